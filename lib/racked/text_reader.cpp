#include "text_reader.h"

#include "field_path.h"
#include "written_value.h"

#include <unordered_map>
#include <utility>

namespace racked {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

namespace {

using Kind = Written::Kind;

// The message being filled, and those around it.
struct Frame {
  Message* message;
  std::string path;
  Frame* parent;
  bool closed;           // the closing brace is there
  bool strayed = false;  // a field of a message further out was met
  std::unordered_map<const FieldDescriptor*, ElementKeys> keys;

  const Descriptor& kind() const { return *message->GetDescriptor(); }
};

class TreeReader {
 public:
  TreeReader(const SyntaxTree& tree, const std::string& file, Places& places, Findings& findings)
      : tree_(tree), file_(file), places_(places), findings_(findings) {
    for (const SyntaxProblem& problem : tree.problems) syntax_.emplace(problem.inside, &problem);
  }

  void read(Message& message) {
    places_.add("", {file_, 0, 0});
    Frame root{&message, "", nullptr, true, false, {}};
    report(0, "");
    read_fields(root, 0);
  }

 private:
  const Written& written(int node) const { return tree_.nodes[static_cast<std::size_t>(node)]; }
  bool json() const { return tree_.form == SyntaxTree::Form::kJson; }

  void problem(Written::Spot at, std::string_view path, std::string message) {
    findings_.add({file_, at.line, at.column}, path, std::move(message));
  }

  // The problems of writing that belong to a node, or to all that is below it.
  void report(int node, std::string_view path) {
    const auto [begin, end] = syntax_.equal_range(node);
    for (auto it = begin; it != end; ++it) problem(it->second->at, path, it->second->message);
  }
  void report_all(int node, std::string_view path) {
    if (syntax_.empty()) return;
    report(node, path);
    for (int i = written(node).first; i >= 0; i = written(i).next) report_all(i, path);
  }

  void read_fields(Frame& frame, int body) {
    for (int i = written(body).first; i >= 0; i = written(i).next) read_field(frame, i);
  }

  void read_field(Frame& frame, int node) {
    const FieldDescriptor* field = find(frame.kind(), written(node).name);
    if (field == nullptr) return read_unknown(frame, node);
    const std::string path = field_path(frame.path, field->name());
    const bool null = json() && written(node).kind == Kind::kWord && written(node).text == "null";
    if (null) return;
    if (!fits(frame, *field, node, path)) return report_all(node, path);

    if (!field->is_repeated() || !places_.contains(path)) add_place(path, written(node).name_at);
    if (!field->is_repeated()) return read_value(frame, *field, node, path);
    if (written(node).kind != Kind::kList)
      return read_element(frame, *field, node, path, written(node).name_at);
    report(node, path);
    for (int i = written(node).first; i >= 0; i = written(i).next)
      read_element(frame, *field, i, path, written(i).value_at);
  }

  const FieldDescriptor* find(const Descriptor& kind, std::string_view name) const {
    const std::string key(name);
    const FieldDescriptor* field = kind.FindFieldByName(key);
    return field == nullptr && json() ? kind.FindFieldByCamelcaseName(key) : field;
  }

  // Whether the field may stand here in this form.
  bool fits(const Frame& frame, const FieldDescriptor& field, int node, const std::string& path) {
    const Reflection& reflection = *frame.message->GetReflection();
    const Written& value = written(node);
    const bool list = value.kind == Kind::kList;
    const bool scalar = field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE;
    if (list && !field.is_repeated())
      return problem(value.value_at, path, "takes one value, not a list"), false;
    if (json() && field.is_repeated() && !list)
      return problem(value.value_at, path, "must be a list: [ … ]"), false;
    if (list && scalar && !value.colon)
      return problem(value.value_at, path, "':' is missing before the list"), false;
    if (field.is_repeated()) return true;

    if (reflection.HasField(*frame.message, &field))
      return problem(value.name_at, path, "is given twice" + also(path)), false;
    if (field.containing_oneof() == nullptr) return true;
    const FieldDescriptor* other =
        reflection.GetOneofFieldDescriptor(*frame.message, field.containing_oneof());
    if (other == nullptr) return true;
    problem(value.name_at, path,
            "cannot stand beside '" + other->name() + "'" +
                also(field_path(frame.path, other->name())) + "; give one of them");
    return false;
  }

  std::string also(const std::string& path) const {
    const Place place = places_.find(path);
    return " (the other in line " + std::to_string(place.line) + ")";
  }

  // A field that this message does not have. When a message further out has it, a brace is in the
  // wrong place; it is read there, so that one slip is one problem.
  void read_unknown(Frame& frame, int node) {
    const Written& value = written(node);
    const std::string path = field_path(frame.path, value.name);
    for (Frame* outer = frame.parent; outer != nullptr; outer = outer->parent) {
      const FieldDescriptor* field = find(outer->kind(), value.name);
      if (field == nullptr) continue;
      const bool body =
          field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && value.kind == Kind::kBody;
      if (frame.closed && !body) continue;
      if (frame.closed && !frame.strayed)
        problem(value.name_at, path,
                no_field(frame, value.name) + ", but " + outer->kind().name() +
                    " has: is a '}' missing before it?");
      frame.strayed = true;
      return read_field(*outer, node);
    }

    std::string message = no_field(frame, value.name);
    const std::vector<std::string> names = field_names(frame.kind());
    const std::string hint = did_you_mean(value.name, names);
    if (value.name.starts_with("["))
      message = "extensions are not known here";
    else
      message += hint.empty() ? ", only " + listed(names, "and") : hint;
    problem(value.name_at, path, std::move(message));
    report_all(node, path);
  }

  static std::string no_field(const Frame& frame, std::string_view name) {
    return frame.kind().name() + " has no field " + in_quotes(name);
  }

  void read_element(Frame& frame, const FieldDescriptor& field, int node, const std::string& list,
                    Written::Spot at) {
    const bool message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    const std::string key =
        message ? frame.keys[&field].next(written_id(node, *field.message_type()))
                : std::to_string(frame.message->GetReflection()->FieldSize(*frame.message, &field));
    const std::string path = element_path(list, key);
    add_place(path, at);
    read_value(frame, field, node, path);
  }

  // The id that an element will have, looked up before the element is read.
  std::string written_id(int node, const Descriptor& kind) const {
    if (id_field(kind) == nullptr || written(node).kind != Kind::kBody) return {};
    for (int i = written(node).first; i >= 0; i = written(i).next)
      if (written(i).name == "id" && written(i).kind == Kind::kString)
        return json() ? decoded_json(written(i).text) : decoded_text(written(i).text);
    return {};
  }

  void read_value(Frame& frame, const FieldDescriptor& field, int node, const std::string& path) {
    const Written& value = written(node);
    report(node, path);
    if (value.kind == Kind::kUnreadable) return;
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      const std::string wrong = store(value, tree_.form, *frame.message, field);
      if (wrong.empty()) return;
      problem(value.value_at, path, wrong);
      for (int i = value.first; i >= 0; i = written(i).next) report_all(i, path);
      return;
    }
    if (value.kind != Kind::kBody)
      return problem(value.value_at, path, braces_expected(field, value));
    const Reflection& reflection = *frame.message->GetReflection();
    Message* inner = field.is_repeated() ? reflection.AddMessage(frame.message, &field)
                                         : reflection.MutableMessage(frame.message, &field);
    Frame inside{inner, path, &frame, value.closed, false, {}};
    read_fields(inside, node);
  }

  static std::string braces_expected(const FieldDescriptor& field, const Written& value) {
    const bool number = value.kind == Kind::kInteger || value.kind == Kind::kFloat;
    const bool certain = number && field.message_type()->FindFieldByName("fixed") != nullptr;
    const std::string inside = certain ? "fixed: " + as_written(value) : "…";
    return "must stand in braces: " + field.name() + " { " + inside + " }";
  }

  void add_place(const std::string& path, Written::Spot at) {
    places_.add(path, {file_, at.line, at.column});
  }

  const SyntaxTree& tree_;
  const std::string& file_;
  Places& places_;
  Findings& findings_;
  std::unordered_multimap<int, const SyntaxProblem*> syntax_;
};

}  // namespace

void read_tree(const SyntaxTree& tree, const std::string& file, Message& message, Places& places,
               Findings& findings) {
  TreeReader(tree, file, places, findings).read(message);
}

}  // namespace racked
