#include "field_path.h"

#include "findings.h"
#include "syntax.h"

#include <algorithm>

namespace racked {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

namespace {

constexpr std::size_t kLongestKey = 100;

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool digit(char c) { return c >= '0' && c <= '9'; }

bool is_key(std::string_view id) {
  const auto readable = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte != 0x7f &&
           std::string_view("[]#.").find(c) == std::string_view::npos;
  };
  return !id.empty() && id.size() <= kLongestKey && letter(id.front()) &&
         std::all_of(id.begin(), id.end(), readable) && is_utf8(id);
}

}  // namespace

std::string field_path(std::string_view parent, std::string_view field) {
  const bool word =
      field.size() <= kLongestKey &&
      std::all_of(field.begin(), field.end(), [](char c) { return letter(c) || digit(c); });
  std::string path(parent);
  if (!path.empty()) path += '.';
  return word ? path.append(field) : path.append(in_quotes(field));
}

std::string element_path(std::string_view list, std::string_view key) {
  std::string path(list);
  path += '[';
  path += key;
  path += ']';
  return path;
}

std::string ElementKeys::next(std::string_view id) {
  const int index = index_++;
  if (!is_key(id)) return std::to_string(index);
  const int count = ++seen_[std::string(id)];
  return count == 1 ? std::string(id) : std::string(id) + "#" + std::to_string(count);
}

const FieldDescriptor* id_field(const Descriptor& kind) {
  const FieldDescriptor* field = kind.FindFieldByName("id");
  const bool names = field != nullptr && !field->is_repeated() &&
                     field->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
  return names ? field : nullptr;
}

std::string id_of(const Message& element) {
  const FieldDescriptor* field = id_field(*element.GetDescriptor());
  return field == nullptr ? std::string() : element.GetReflection()->GetString(element, field);
}

std::vector<std::string> field_names(const Descriptor& kind) {
  std::vector<std::string> names;
  for (int i = 0; i < kind.field_count(); ++i) names.push_back(kind.field(i)->name());
  return names;
}

}  // namespace racked
