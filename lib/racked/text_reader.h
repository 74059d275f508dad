#pragma once

#include "findings.h"
#include "syntax.h"

#include <racked/problem.h>

#include <google/protobuf/message.h>

#include <string>

namespace racked {

/// Gives a tree its meaning: fills `message`, which is empty, and records where each field stood
/// and what does not fit, the tree's own problems included. What does not fit is left unset.
/// O(size).
void read_tree(const SyntaxTree& tree, const std::string& file, google::protobuf::Message& message,
               Places& places, Findings& findings);

}  // namespace racked
