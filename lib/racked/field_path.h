#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace racked {

/// "parent.field"; the parent of a scenario's own fields is "". A name that could not be read in a
/// path is quoted and cut short.
std::string field_path(std::string_view parent, std::string_view field);

/// "list[key]".
std::string element_path(std::string_view list, std::string_view key);

/// Gives the elements of one repeated field their keys, one after the other: id, "id#2" for the
/// second of that id, or the number from 0. See Places.
class ElementKeys {
 public:
  std::string next(std::string_view id);

 private:
  int index_ = 0;
  std::unordered_map<std::string, int> seen_;
};

/// The field that names the elements of this kind, or null.
const google::protobuf::FieldDescriptor* id_field(const google::protobuf::Descriptor& kind);

/// The id of an element; empty if it has none.
std::string id_of(const google::protobuf::Message& element);

std::vector<std::string> field_names(const google::protobuf::Descriptor& kind);

}  // namespace racked
