#pragma once

#include <racked/causes.h>
#include <racked/explanation.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace racked {

/// How elements of a kind are changed.
Lever::Change change_of(ElementKind kind);

/// The largest amount.
double most_of(Lever::Change change);

/// Changes a model by an amount, as described at Lever and explain().
void pull(Model& model, const CauseGroup& elements, double amount);

/// Mean of the spans drawn for them; none where none is.
std::optional<double> mean_days_of(const Model& model, const CauseGroup& elements);

/// The least amount in [0, most] found whose gain is at least `target`, by regula falsi (the
/// Illinois variant, Dowell and Jarratt, BIT 11 (1971)), knowing the gain of `most`, which is at
/// least that. `gain` is asked at most `runs` times; it may stop the search by returning nothing.
struct Found {
  double amount;
  double gain;
};
std::optional<Found> least_amount(double target, double most, double most_gain, std::size_t runs,
                                  const std::function<std::optional<double>(double)>& gain);

/// A lever in words.
std::string words_of(const Lever& lever);

}  // namespace racked
