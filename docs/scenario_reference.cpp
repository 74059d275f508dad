// Writes the reference of the scenario format from the comments and options of its schema.
//   scenario_reference INCLUDE_FOLDER            prints it
//   scenario_reference INCLUDE_FOLDER FILE       compares; 1 and a hint when FILE is not current
#include <racked/v1/scenario.pb.h>

#include <google/protobuf/compiler/importer.h>
#include <google/protobuf/dynamic_message.h>

#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::SourceLocation;

const char* const kPreamble =
    R"(# The scenario format, version 1

Made from [`scenario.proto`](../include/racked/v1/scenario.proto) by
`docs/scenario_reference.cpp`; a test keeps it current. A scenario is one `Scenario` message in
Protobuf's text form (`.textproto`), JSON or binary.

```
# proto-file: racked/v1/scenario.proto
# proto-message: racked.v1.Scenario
name: "example"
start: "2025-01-06"
horizon: "2026-01-05"
campus {
  id: "site"
  task { id: "shell" elapsed_days { pert { min: 60 mode: 80 max: 140 } } }
}
milestone { id: "roofed" task: "site.shell" by: "2025-04-01" }
```

**Uncertain numbers** are `Distribution` messages whose unit stands in the field that holds
them: `lead_time_days { lognormal { median: 900 p90: 1300 } driver: "market" }`. Certain ones
are `{ fixed: 30 }`.

**Paths** name a field in messages, in `--set` and in variants: fields joined by dots, list
elements in brackets by id or by number from 0, as in
`campus[site].task[shell].elapsed_days.pert.max`. `--set PATH=VALUE` takes a value as in the
text form; words need no quotes, and a plain number makes a distribution certain. In messages
the second element of an id that occurs twice is called `id#2`.

**Overlays** (`--overlay FILE`) are scenarios of which only what is written counts: messages
merge field by field, list elements with an id merge with the element of that id or are added,
other lists are replaced.

**Errors** come all at once, as `file:line:column: path: what is wrong, what is allowed`.

In the tables *required* fields must be given; the default holds when a field is absent, `–`
means none.
)";

// A comment on one line, with what would break a table replaced.
std::string flat(const std::string& comment) {
  std::istringstream words(comment);
  std::string text, word;
  while (words >> word) text += (text.empty() ? "" : " ") + word;
  std::string safe;
  for (const char c : text) safe += c == '|' ? std::string("\\|") : std::string(1, c);
  return safe;
}

template <class Thing>
std::string comment_of(const Thing& thing) {
  SourceLocation location;
  if (!thing.GetSourceLocation(&location)) return "";
  return flat(location.leading_comments.empty() ? location.trailing_comments
                                                : location.leading_comments);
}

std::string number(double value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

// The options of the compiled schema; those of the imported one are not parsed into Rule.
const racked::v1::Rule& rule_of(const FieldDescriptor& field) {
  const auto* known =
      google::protobuf::DescriptorPool::generated_pool()->FindFieldByName(field.full_name());
  return known->options().GetExtension(racked::v1::rule);
}

// "Task"; of what is declared inside another, "Link.Type".
template <class Kind>
std::string title_of(const Kind& kind) {
  return kind.full_name().substr(kind.file()->package().size() + 1);
}

std::string type_of(const FieldDescriptor& field) {
  std::string type = field.type_name();
  if (field.message_type() != nullptr) type = title_of(*field.message_type());
  if (field.enum_type() != nullptr) type = title_of(*field.enum_type());
  if (field.message_type() != nullptr || field.enum_type() != nullptr) {
    std::string anchor;
    for (const char c : type)
      if (c != '.') anchor += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    type = "[" + type + "](#" + anchor + ")";
  }
  return field.is_repeated() ? "list of " + type : type;
}

std::string default_of(const FieldDescriptor& field) {
  if (!field.has_default_value()) return "–";
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_DOUBLE: return number(field.default_value_double());
    case FieldDescriptor::CPPTYPE_INT32: return std::to_string(field.default_value_int32());
    case FieldDescriptor::CPPTYPE_INT64: return std::to_string(field.default_value_int64());
    case FieldDescriptor::CPPTYPE_ENUM: return field.default_value_enum()->name();
    case FieldDescriptor::CPPTYPE_BOOL: return field.default_value_bool() ? "true" : "false";
    default: return field.default_value_string();
  }
}

std::string rules_of(const FieldDescriptor& field) {
  const racked::v1::Rule& rule = rule_of(field);
  std::string text;
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (rule.required()) add("required");
  if (rule.form() == racked::v1::Rule::ID) add("id");
  if (rule.form() == racked::v1::Rule::DATE) add("date");
  if (rule.form() == racked::v1::Rule::TIME_OF_DAY) add("HH:MM");
  if (rule.form() == racked::v1::Rule::MONTH_DAY) add("MM-DD");
  if (rule.form() == racked::v1::Rule::REFERENCE) add("names a " + rule.refers_to());
  if (rule.has_above()) add("> " + number(rule.above()));
  if (rule.has_min()) add("≥ " + number(rule.min()));
  if (rule.has_max()) add("≤ " + number(rule.max()));
  if (rule.has_max_count()) add("at most " + std::to_string(rule.max_count()) + " of them");
  return text.empty() ? "–" : text;
}

void write_enum(const EnumDescriptor& kind, std::ostream& out) {
  out << "\n## " << title_of(kind) << "\n\n"
      << comment_of(kind) << "\n\n| value | meaning |\n| --- | --- |\n";
  for (int i = 0; i < kind.value_count(); ++i)
    out << "| `" << kind.value(i)->name() << "` | " << comment_of(*kind.value(i)) << " |\n";
}

void write_message(const Descriptor& kind, std::ostream& out) {
  out << "\n## " << title_of(kind) << "\n\n";
  if (const std::string comment = comment_of(kind); !comment.empty()) out << comment << "\n\n";
  out << "| field | type | unit | default | rule | meaning |\n| --- | --- | --- | --- | --- | --- "
         "|\n";
  for (int i = 0; i < kind.field_count(); ++i) {
    const FieldDescriptor& field = *kind.field(i);
    const std::string unit = rule_of(field).has_unit() ? rule_of(field).unit() : "–";
    out << "| `" << field.name() << "` | " << type_of(field) << " | " << unit << " | "
        << default_of(field) << " | " << rules_of(field) << " | " << comment_of(field) << " |\n";
  }
  for (int i = 0; i < kind.enum_type_count(); ++i) write_enum(*kind.enum_type(i), out);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 64;
  google::protobuf::compiler::DiskSourceTree tree;
  tree.MapPath("", argv[1]);
  tree.MapPath("", "/usr/include");
  google::protobuf::compiler::Importer importer(&tree, nullptr);
  const auto* file = importer.Import("racked/v1/scenario.proto");
  if (file == nullptr) {
    std::cerr << "cannot read racked/v1/scenario.proto below " << argv[1] << "\n";
    return 74;
  }

  // Rule and Choice describe the schema itself; users never write them.
  std::ostringstream out;
  out << kPreamble;
  for (int i = 0; i < file->message_type_count(); ++i) {
    const Descriptor& kind = *file->message_type(i);
    if (kind.name() != "Rule" && kind.name() != "Choice") write_message(kind, out);
  }
  for (int i = 0; i < file->enum_type_count(); ++i) write_enum(*file->enum_type(i), out);

  if (argc < 3) {
    std::cout << out.str();
    return 0;
  }
  std::ifstream stream(argv[2]);
  std::ostringstream current;
  current << stream.rdbuf();
  if (current.str() == out.str()) return 0;
  std::cerr << argv[2] << " is not current; write it anew: " << argv[0] << " " << argv[1] << " > "
            << argv[2] << "\n";
  return 1;
}
