#pragma once

#include <google/protobuf/message.h>

namespace racked {

/// Lays a message of the same kind over another: fields that `from` has replace those of `into`,
/// messages are laid over each other field by field, and so are the elements of lists with ids that
/// have the same id; other elements with ids are appended. Lists without ids are replaced as a
/// whole. O(elements²) within one list.
void lay_over(google::protobuf::Message& into, const google::protobuf::Message& from);

}  // namespace racked
