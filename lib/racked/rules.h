#pragma once

#include <racked/problem.h>
#include <racked/v1/scenario.pb.h>

#include <google/protobuf/message.h>

#include <vector>

namespace racked {

/// Enforces what the format says of single fields: the options `rule` and `exactly_one`, ids and
/// references to the message's own lists, finite numbers. One walk over the message. Where `known`
/// already has a problem at a path or below it, nothing is reported as missing there. In order of
/// the walk.
std::vector<Problem> check_rules(const google::protobuf::Message& message, const Places& places,
                                 const std::vector<Problem>& known);

}  // namespace racked
