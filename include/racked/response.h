#pragma once

#include <racked/experiment.h>
#include <racked/inputs.h>
#include <racked/model.h>
#include <racked/sensitivity.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace racked {

/// How a look's coordinate becomes the luck of an input (racked/inputs.h).
enum class InputLuck : std::uint8_t { pin, redraw };

/// The days from the start until a milestone, as a function of the luck of some inputs; those not
/// reached by the horizon count as the horizon. `inputs`, `model` and `options` must outlive it;
/// of the options seed, threads, policies and on_progress count (a stopped run throws Stopped). A
/// replication that fails throws std::runtime_error with its message: its look has no answer.
/// std::invalid_argument for a milestone that does not exist.
Response milestone_response(const Model& model, const std::string& milestone,
                            const std::vector<UncertainInput>& inputs, InputLuck luck,
                            const ExperimentOptions& options);

/// Row of a milestone of this name; std::invalid_argument, with the name that may have been meant.
Id<Milestone> find_milestone(const Model& model, std::string_view name);

/// Days from the start; what is not reached counts as the horizon.
double days_or_horizon(const Model& model, des::Time reached);

/// on_progress asked to stop.
class Stopped : public std::runtime_error {
 public:
  Stopped() : std::runtime_error("stopped") {}
};

}  // namespace racked
