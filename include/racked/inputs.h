#pragma once

#include <racked/luck.h>
#include <racked/model.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace racked {

/// Something uncertain that a scenario was given in one place: a distribution, the chance of
/// something, a risk driver, a weather. What a building design says once is one input for all
/// buildings built by it.
struct UncertainInput {
  /// What numbers mean to it.
  enum class Kind : std::uint8_t {
    quantity,  ///< Distributions; a small number makes a small value.
    chance,    ///< Happens when the number is below a probability.
    many,      ///< A number for every day or rack: weather, failures.
  };
  /// The field, as error messages name it: "building_design[b].task[roof].work_days".
  std::string path;
  Kind kind = Kind::quantity;           ///< What its numbers mean.
  std::vector<std::uint64_t> purposes;  ///< What it is drawn for; ascending.
  std::vector<std::uint64_t> chances;   ///< Of these, those that decide whether it happens.
  /// One purpose that is drawn once a replication, so that one number is all of its luck.
  bool single = false;
};

/// All inputs of a model that vary and are drawn in some replications, in ascending order of their
/// paths. Risk drivers are one input each: whether they strike, factor and extra time together.
std::vector<UncertainInput> uncertain_inputs(const Model& model);

/// Adds to the luck: every draw of the input gets `number`. What may happen or not does not happen
/// for numbers below ½, and does for others; how it happens is left free.
void pin(const UncertainInput& input, double number, Luck& luck);

/// Adds to the luck: all draws of the input are anew those that belong to `number`, uniformly
/// distributed if it is. A single input gets the number itself.
void redraw(const UncertainInput& input, double number, Luck& luck);

}  // namespace racked
