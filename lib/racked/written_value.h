#pragma once

#include "syntax.h"

#include <google/protobuf/message.h>

#include <string>

namespace racked {

/// Sets the field, or adds to it when it is repeated, to what was written. Returns what is wrong
/// with the value, in which case nothing is set; empty when all is well. The field is not a
/// message.
std::string store(const Written& value, SyntaxTree::Form form, google::protobuf::Message& message,
                  const google::protobuf::FieldDescriptor& field);

/// A word or number as it stands in the text, with its sign.
std::string as_written(const Written& value);

}  // namespace racked
