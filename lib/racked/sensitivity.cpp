#include <racked/sensitivity.h>

#include "rank.h"

#include <racked/designs.h>
#include <racked/des/random_stream.h>
#include <racked/des/statistics.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>

namespace racked {
namespace {

void require(bool good, const char* what) {
  if (!good) throw std::invalid_argument(what);
}

std::vector<double> ask(const Response& response, const std::vector<Look>& looks) {
  std::vector<double> answers = response(looks);
  if (answers.size() != looks.size())
    throw std::logic_error("a response answers every look: " + std::to_string(looks.size()) +
                           " asked, " + std::to_string(answers.size()) + " answered");
  return answers;
}

}  // namespace

std::vector<Swing> swings(const Response& response, std::size_t inputs, std::size_t replications) {
  require(replications > 0, "a swing needs at least one replication");
  std::vector<Look> looks;
  for (std::size_t i = 0; i < inputs; ++i)
    for (const double level : {0.1, 0.9})
      for (std::size_t r = 0; r < replications; ++r) {
        looks.push_back({std::vector<double>(inputs, kFree), r});
        looks.back().inputs[i] = level;
      }
  const std::vector<double> answers = ask(response, looks);
  std::vector<Swing> result(inputs);
  for (std::size_t i = 0; i < inputs; ++i) {
    const double* low = &answers[2 * i * replications];
    const double* high = low + replications;
    des::Tally lows, highs, between;
    for (std::size_t r = 0; r < replications; ++r) {
      lows.record(low[r]);
      highs.record(high[r]);
      between.record(high[r] - low[r]);
    }
    result[i] = {lows.mean(), highs.mean(), between.half_width(0.95)};
  }
  return result;
}

// Elementary effects.

namespace {

struct Trajectory {
  std::vector<std::size_t> order;  ///< In which inputs are changed.
  std::vector<double> change;      ///< Of each input, with its sign.
};

std::size_t below(std::size_t n, des::RandomStream& stream) {
  return static_cast<std::size_t>(stream.uniform() * static_cast<double>(n));
}

// From half of the cells one steps half the cells up, from the others down.
Trajectory add_trajectory(std::size_t inputs, std::size_t levels, des::RandomStream& stream,
                          std::uint64_t rest, std::vector<Look>& looks) {
  Trajectory trajectory;
  const auto cells = static_cast<double>(levels);
  Look at{std::vector<double>(inputs), rest};
  for (double& u : at.inputs) {
    const std::size_t cell = below(levels, stream);
    u = (static_cast<double>(cell) + 0.5) / cells;
    trajectory.change.push_back(cell < levels / 2 ? 0.5 : -0.5);
  }
  trajectory.order.resize(inputs);
  std::iota(trajectory.order.begin(), trajectory.order.end(), std::size_t{0});
  for (std::size_t i = inputs; i > 1; --i)
    std::swap(trajectory.order[i - 1], trajectory.order[below(i, stream)]);
  looks.push_back(at);
  for (const std::size_t input : trajectory.order) {
    at.inputs[input] += trajectory.change[input];
    looks.push_back(at);
  }
  return trajectory;
}

}  // namespace

std::vector<ElementaryEffects> morris(const Response& response, std::size_t inputs,
                                      std::size_t trajectories, std::size_t levels,
                                      std::uint64_t seed) {
  require(inputs > 0 && trajectories > 0, "screening needs inputs and trajectories");
  require(levels >= 2 && levels % 2 == 0, "screening needs an even number of levels");
  std::vector<Look> looks;
  std::vector<Trajectory> all;
  for (std::size_t t = 0; t < trajectories; ++t) {
    des::RandomStream stream(seed, des::purpose_key("sensitivity/morris"), t);
    all.push_back(add_trajectory(inputs, levels, stream, t, looks));
  }
  const std::vector<double> answers = ask(response, looks);
  std::vector<des::Tally> effects(inputs), sizes(inputs);
  std::size_t at = 0;
  for (const Trajectory& trajectory : all) {
    for (const std::size_t input : trajectory.order) {
      const double effect = (answers[at + 1] - answers[at]) / trajectory.change[input];
      effects[input].record(effect);
      sizes[input].record(std::abs(effect));
      ++at;
    }
    ++at;
  }
  std::vector<ElementaryEffects> result;
  for (std::size_t i = 0; i < inputs; ++i)
    result.push_back({effects[i].mean(), sizes[i].mean(), std::sqrt(effects[i].variance()),
                      sizes[i].half_width(0.95)});
  return result;
}

// Shares of variance.

namespace {

/// Answers of the matrices A, B, and A with one column of B: of each input, and of the rest.
struct Answers {
  std::vector<double> a, b;
  std::vector<std::vector<double>> mixed;
};

Answers answers_of(const Response& response, std::size_t inputs, std::size_t rows,
                   std::uint64_t seed) {
  const std::vector<Point> points = sobol_points(rows, 2 * inputs, seed);
  std::vector<Look> looks;
  const auto add = [&](std::size_t matrix) {
    for (std::size_t j = 0; j < rows; ++j) {
      const auto middle = points[j].begin() + static_cast<std::ptrdiff_t>(inputs);
      Look look;
      if (matrix == 1)
        look = {{middle, points[j].end()}, 2 * j + 1};
      else
        look = {{points[j].begin(), middle}, 2 * j};
      if (matrix >= 2 && matrix - 2 < inputs)
        look.inputs[matrix - 2] = middle[static_cast<std::ptrdiff_t>(matrix - 2)];
      if (matrix == inputs + 2) look.rest = 2 * j + 1;
      looks.push_back(std::move(look));
    }
  };
  for (std::size_t matrix = 0; matrix < inputs + 3; ++matrix) add(matrix);
  const std::vector<double> all = ask(response, looks);
  const auto slice = [&](std::size_t matrix) {
    const auto from = all.begin() + static_cast<std::ptrdiff_t>(matrix * rows);
    return std::vector<double>(from, from + static_cast<std::ptrdiff_t>(rows));
  };
  Answers answers{slice(0), slice(1), {}};
  for (std::size_t i = 0; i <= inputs; ++i) answers.mixed.push_back(slice(i + 2));
  return answers;
}

struct Shares {
  double mean = 0;
  double variance = 0;
  std::vector<std::pair<double, double>> indices;  ///< First and total, of each mixed matrix.
};

// By the given rows, which may repeat.
Shares shares_of(const Answers& answers, const std::vector<std::size_t>& rows) {
  Shares shares;
  des::Tally both;
  for (const std::size_t j : rows) {
    both.record(answers.a[j]);
    both.record(answers.b[j]);
  }
  shares.mean = both.mean();
  shares.variance = both.variance();
  for (const std::vector<double>& mixed : answers.mixed) {
    double first = 0, total = 0;
    for (const std::size_t j : rows) {
      const double moved = mixed[j] - answers.a[j];
      first += (answers.b[j] - shares.mean) * moved;
      total += moved * moved;
    }
    const double all = shares.variance * static_cast<double>(rows.size());
    shares.indices.emplace_back(all > 0 ? first / all : 0, all > 0 ? total / (2 * all) : 0);
  }
  return shares;
}

des::Interval percentiles(std::vector<double> values) {
  if (values.empty()) return {-HUGE_VAL, HUGE_VAL};
  std::sort(values.begin(), values.end());
  return {values[rank(0.025, values.size())], values[rank(0.975, values.size())]};
}

}  // namespace

SobolIndices sobol_indices(const Response& response, std::size_t inputs, std::size_t rows,
                           std::uint64_t seed, std::size_t resamples) {
  require(inputs > 0 && rows > 0, "indices need inputs and rows");
  const Answers answers = answers_of(response, inputs, rows, seed);
  std::vector<std::size_t> chosen(rows);
  std::iota(chosen.begin(), chosen.end(), std::size_t{0});
  const Shares shares = shares_of(answers, chosen);

  std::vector<std::vector<double>> firsts(inputs + 1), totals(inputs + 1);
  for (std::size_t r = 0; r < resamples; ++r) {
    des::RandomStream stream(seed, des::purpose_key("sensitivity/bootstrap"), r);
    for (std::size_t& row : chosen) row = below(rows, stream);
    const Shares again = shares_of(answers, chosen);
    for (std::size_t i = 0; i <= inputs; ++i) {
      firsts[i].push_back(again.indices[i].first);
      totals[i].push_back(again.indices[i].second);
    }
  }
  SobolIndices result{shares.mean, shares.variance, {}, {}};
  for (std::size_t i = 0; i <= inputs; ++i) {
    const SobolIndex index{shares.indices[i].first, shares.indices[i].second,
                           percentiles(std::move(firsts[i])), percentiles(std::move(totals[i]))};
    if (i < inputs)
      result.inputs.push_back(index);
    else
      result.rest = index;
  }
  return result;
}

}  // namespace racked
