#pragma once

#include <racked/model.h>

#include <cstdint>
#include <functional>
#include <string>

namespace racked {

/// Sets Task::dispatch_key by Model::dispatch and, for Scheme::serial, the keys and Need::turn by
/// the planned starts. `priority` is asked for DispatchRule::priority only. Returns why the scheme
/// cannot be followed, empty when it can. Precondition: the plan is free of cycles. O(tasks +
/// links), except most_successors: O(tasks × links); the serial scheme besides: a look through the
/// crew's plan for each task.
std::string set_dispatch(Model& model, const std::function<std::int64_t(Id<Task>)>& priority);

}  // namespace racked
