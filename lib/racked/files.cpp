#include <racked/files.h>

#include "field_path.h"
#include "file_bytes.h"
#include "findings.h"
#include "input_bytes.h"
#include "overlay.h"
#include "syntax.h"
#include "text_reader.h"

#include <racked/des/random_stream.h>

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/text_format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

namespace racked {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr std::size_t kMostBytes = std::size_t{64} << 20;

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& what,
                       int error = errno) {
  throw std::system_error(error, std::generic_category(), what + " " + file.string());
}

// A file that is closed in any case.
class OpenFile {
 public:
  explicit OpenFile(int number) : number_(number) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

// Fields of a binary message that this version does not know.
void find_unknown_fields(const Message& message, const std::string& path, Findings& findings,
                         const Place& place) {
  const Reflection& reflection = *message.GetReflection();
  const auto& unknown = reflection.GetUnknownFields(message);
  for (int i = 0; i < unknown.field_count() && !findings.full(); ++i)
    findings.add(place, path,
                 "holds a field numbered " + std::to_string(unknown.field(i).number()) +
                     " that this format does not have, or an enum value it does not know");
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const std::string at = field_path(path, field->name());
    if (!field->is_repeated()) {
      find_unknown_fields(reflection.GetMessage(message, field), at, findings, place);
      continue;
    }
    ElementKeys keys;
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      const Message& element = reflection.GetRepeatedMessage(message, field, i);
      find_unknown_fields(element, element_path(at, keys.next(id_of(element))), findings, place);
    }
  }
}

ScenarioFile too_large_file(const std::string& name) {
  ScenarioFile file;
  file.places.add("", {name, 0, 0});
  file.problems.push_back(
      {{name, 0, 0}, "", "is larger than 64 MiB, the most a scenario may have"});
  return file;
}

ScenarioFile read_binary(std::string_view bytes, const std::string& name) {
  ScenarioFile file;
  file.places.add("", {name, 0, 0});
  Findings findings;
  google::protobuf::io::ArrayInputStream stream(bytes.data(), static_cast<int>(bytes.size()));
  google::protobuf::io::CodedInputStream input(&stream);
  input.SetRecursionLimit(kMostLevels);
  if (!file.scenario.ParseFromCodedStream(&input) || !input.ConsumedEntireMessage()) {
    file.scenario.Clear();
    findings.add({name, 0, 0}, "",
                 "is no binary scenario: its bytes do not follow the Protobuf encoding");
  } else {
    find_unknown_fields(file.scenario, "", findings, {name, 0, 0});
  }
  file.problems = std::move(findings).sorted();
  return file;
}

bool looks_binary(std::string_view bytes) {
  // Control characters other than white space do not occur in text.
  for (const char c : bytes.substr(0, 4096)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != '\v') return true;
  }
  return false;
}

ScenarioFile parse_tree(const SyntaxTree& tree, const std::string& name) {
  ScenarioFile file;
  Findings findings;
  read_tree(tree, name, file.scenario, file.places, findings);
  file.problems = std::move(findings).sorted();
  return file;
}

ScenarioFile read_one(const std::filesystem::path& path) {
  bool too_large = false;
  const std::string bytes = read_bytes(path, too_large);
  const std::string name = path.string();
  if (too_large) return too_large_file(name);
  const std::string extension = path.extension().string();
  if (extension == ".binpb" || extension == ".pb") return read_binary(bytes, name);
  if (extension == ".json") return parse_tree(parse_json(bytes), name);
  if (extension == ".textproto" || extension == ".txtpb")
    return parse_tree(parse_text(bytes), name);
  return parse_bytes(bytes, name);
}

// Edits.

struct PathPart {
  std::string name;
  std::string key;  // inside the brackets
  bool keyed = false;
};

// Takes "a[b].c" apart; false when it is no path.
bool split_path(const std::string& path, std::vector<PathPart>& parts) {
  std::size_t at = 0;
  while (at <= path.size()) {
    PathPart part;
    const std::size_t end = path.find_first_of(".[", at);
    part.name = path.substr(at, end - at);
    at = end;
    if (at != std::string::npos && path[at] == '[') {
      const std::size_t close = path.find(']', at);
      if (close == std::string::npos) return false;
      part.keyed = true;
      part.key = path.substr(at + 1, close - at - 1);
      at = close + 1;
    }
    if (part.name.empty()) return false;
    parts.push_back(part);
    if (at == std::string::npos || at >= path.size()) return true;
    if (path[at] != '.') return false;
    ++at;
  }
  return false;
}

class Editor {
 public:
  Editor(ScenarioFile& file, const Edit& edit) : file_(file), edit_(edit) {}

  void apply() {
    std::vector<PathPart> parts;
    if (!split_path(edit_.path, parts))
      return add("is no path; write field[id].field=value, as error messages do");
    Message* message = &file_.scenario;
    std::string path;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const FieldDescriptor* field = find_field(*message, parts[i], path);
      if (field == nullptr) return;
      path = field_path(path, field->name());
      if (i + 1 == parts.size()) return assign(*message, *field, parts[i], path);
      message = enter(*message, *field, parts[i], path);
      if (message == nullptr) return;
    }
  }

 private:
  void add(const std::string& what) { file_.problems.push_back({edit_.place, edit_.path, what}); }

  const FieldDescriptor* find_field(const Message& message, const PathPart& part,
                                    const std::string& path) {
    const auto* field = message.GetDescriptor()->FindFieldByName(part.name);
    if (field != nullptr) return field;
    add((path.empty() ? std::string("the scenario") : path) + " has no field " +
        in_quotes(part.name) + did_you_mean(part.name, field_names(*message.GetDescriptor())));
    return nullptr;
  }

  // The index of the element that the key names; -1, with a problem, when there is none.
  int find_element(const Message& message, const FieldDescriptor& field, const PathPart& part,
                   const std::string& path) {
    const Reflection& reflection = *message.GetReflection();
    const int size = reflection.FieldSize(message, &field);
    ElementKeys keys;
    std::vector<std::string> names;
    for (int i = 0; i < size; ++i) {
      const bool is_message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
      names.push_back(is_message
                          ? keys.next(id_of(reflection.GetRepeatedMessage(message, &field, i)))
                          : std::to_string(i));
      if (names.back() == part.key || std::to_string(i) == part.key) return i;
    }
    add(path + " has no element " + in_quotes(part.key) +
        (names.empty() ? std::string("; it is empty") : did_you_mean(part.key, names)));
    return -1;
  }

  Message* enter(Message& message, const FieldDescriptor& field, const PathPart& part,
                 std::string& path) {
    const Reflection& reflection = *message.GetReflection();
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      add(path + " is a single value and has no fields");
      return nullptr;
    }
    if (field.is_repeated() != part.keyed) {
      add(field.is_repeated() ? path + " is a list; name the element in brackets"
                              : path + " is no list; leave out the brackets");
      return nullptr;
    }
    if (!field.is_repeated()) return reflection.MutableMessage(&message, &field);
    const int index = find_element(message, field, part, path);
    path = element_path(path, part.key);
    return index < 0 ? nullptr : reflection.MutableRepeatedMessage(&message, &field, index);
  }

  void assign(Message& message, const FieldDescriptor& field, const PathPart& part,
              const std::string& path) {
    if (part.keyed && !field.is_repeated())
      return add(path + " is no list; leave out the brackets");
    int index = -1;
    if (part.keyed) {
      index = find_element(message, field, part, path);
      if (index < 0) return;
    }
    if (is_certain_number(field)) return make_certain(message, field, index);

    // The value is read like any text, into a message of its own.
    const std::unique_ptr<Message> one(message.New());
    Places places;
    Findings findings;
    const std::string text = field.name() + ": " + as_text(field);
    read_tree(parse_text(text), "--set", *one, places, findings);
    const std::vector<Problem> problems = std::move(findings).sorted();
    for (const Problem& problem : problems)
      add("cannot be " + in_quotes(edit_.value) + ": " + problem.message);
    if (!problems.empty()) return;

    const Reflection& reflection = *message.GetReflection();
    if (index < 0) {
      reflection.ClearField(&message, &field);
      message.MergeFrom(*one);
    } else {
      message.MergeFrom(*one);
      reflection.SwapElements(&message, &field, index, reflection.FieldSize(message, &field) - 1);
      reflection.RemoveLast(&message, &field);
    }
    file_.places.add(part.keyed ? element_path(path, part.key) : path, edit_.place);
  }

  bool is_certain_number(const FieldDescriptor& field) const {
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE ||
        field.message_type() != v1::Distribution::descriptor())
      return false;
    const std::size_t first = edit_.value.find_first_not_of(' ');
    return first != std::string::npos &&
           std::string_view("+-.0123456789").find(edit_.value[first]) != std::string_view::npos;
  }

  // A number for a distribution makes it certain; its drivers stay.
  void make_certain(Message& message, const FieldDescriptor& field, int index) {
    const Reflection& reflection = *message.GetReflection();
    auto& distribution = static_cast<v1::Distribution&>(
        index < 0 ? *reflection.MutableMessage(&message, &field)
                  : *reflection.MutableRepeatedMessage(&message, &field, index));
    char* end = nullptr;
    const double value = std::strtod(edit_.value.c_str(), &end);
    if (end == edit_.value.c_str() || *end != '\0')
      return add("cannot be " + in_quotes(edit_.value) + "; write a number or { a distribution }");
    distribution.clear_at_least();
    distribution.clear_at_most();
    distribution.set_fixed(value);
    file_.places.add(edit_.path, edit_.place);
  }

  // Words for string fields need no quotes on a command line.
  std::string as_text(const FieldDescriptor& field) const {
    const std::string& value = edit_.value;
    const std::size_t first = value.find_first_not_of(' ');
    const bool bare = first == std::string::npos ||
                      (value[first] != '"' && value[first] != '\'' && value[first] != '[');
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_STRING || !bare) return value;
    std::string text = "\"";
    for (const char c : value) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    return text + '"';
  }

  ScenarioFile& file_;
  const Edit& edit_;
};

}  // namespace

std::string read_bytes(const std::filesystem::path& file, bool& too_large) {
  const OpenFile opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (opened.number() < 0) fail(file, "cannot read");
  struct stat status {};
  if (::fstat(opened.number(), &status) != 0) fail(file, "cannot read");
  if (S_ISDIR(status.st_mode)) fail(file, "cannot read", EISDIR);
  std::string bytes;
  too_large = S_ISREG(status.st_mode) && static_cast<std::size_t>(status.st_size) > kMostBytes;
  while (!too_large) {
    constexpr std::size_t kChunk = 1 << 16;
    const std::size_t before = bytes.size();
    bytes.resize(before + kChunk);
    const ::ssize_t got = ::read(opened.number(), bytes.data() + before, kChunk);
    if (got < 0 && errno != EINTR) fail(file, "cannot read");
    bytes.resize(before + static_cast<std::size_t>(got < 0 ? 0 : got));
    if (got == 0) break;
    too_large = bytes.size() > kMostBytes;
  }
  return bytes;
}

bool looks_like_json(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  return first != std::string_view::npos && text[first] == '{';
}

ScenarioFile read_scenario(const std::filesystem::path& file,
                           const std::vector<std::filesystem::path>& overlays,
                           const std::vector<Edit>& edits) {
  ScenarioFile scenario = read_one(file);
  for (const std::filesystem::path& overlay : overlays) merge_overlay(scenario, read_one(overlay));
  for (const Edit& edit : edits) apply_edit(scenario, edit);
  return scenario;
}

ScenarioFile parse_scenario(std::string_view text, std::string name) {
  return parse_tree(looks_like_json(text) ? parse_json(text) : parse_text(text), name);
}

ScenarioFile parse_binary(std::string_view bytes, std::string name) {
  return bytes.size() > kMostBytes ? too_large_file(name) : read_binary(bytes, name);
}

ScenarioFile parse_bytes(std::string_view bytes, std::string name) {
  return looks_binary(bytes) ? parse_binary(bytes, std::move(name))
                             : parse_scenario(bytes, std::move(name));
}

void merge_overlay(ScenarioFile& file, const ScenarioFile& overlay) {
  lay_over(file.scenario, overlay.scenario);
  file.places.merge(overlay.places);
  file.problems.insert(file.problems.end(), overlay.problems.begin(), overlay.problems.end());
}

void apply_edit(ScenarioFile& file, const Edit& edit) { Editor(file, edit).apply(); }

std::string scenario_bytes(const v1::Scenario& scenario) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream output(&stream);
    output.SetSerializationDeterministic(true);
    scenario.SerializePartialToCodedStream(&output);
  }
  return bytes;
}

std::uint64_t scenario_hash(const v1::Scenario& scenario) {
  return des::purpose_key(scenario_bytes(scenario));
}

std::string print_scenario(const v1::Scenario& scenario) {
  std::string text;
  google::protobuf::TextFormat::Printer printer;
  printer.SetUseUtf8StringEscaping(true);
  printer.PrintToString(scenario, &text);
  return "# proto-file: racked/v1/scenario.proto\n# proto-message: racked.v1.Scenario\n\n" + text;
}

void write_file(const std::filesystem::path& file, std::string_view content) {
  WrittenFile written(file);
  written.append(content);
  written.finish();
}

}  // namespace racked
