#pragma once

#include <racked/v1/scenario.pb.h>

#include <string>

namespace racked {

/// The distribution with every value multiplied by `factor`; its drivers stay.
v1::Distribution scaled(const v1::Distribution& distribution, double factor);

/// "{ pert { min: 8 mode: 16 max: 24 } driver: \"market\" }", as it is written for `--set`.
std::string written(const google::protobuf::Message& message);

}  // namespace racked
