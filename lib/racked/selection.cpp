#include <racked/selection.h>

#include <racked/des/portable_math.h>
#include <racked/des/statistics.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace racked {
namespace {

void check(std::size_t systems, const SelectionOptions& options) {
  const auto require = [](bool good, const char* what) {
    if (!good) throw std::invalid_argument(what);
  };
  require(systems >= 2, "a selection is among at least two systems");
  require(options.probability < 1 && options.probability * static_cast<double>(systems) > 1,
          "the probability of a selection is below 1 and above that of a guess");
  require(options.indifference > 0, "the indifference must be positive");
  require(options.first_stage >= 2 && options.first_stage <= options.most,
          "the first stage has at least two replications and not more than all");
}

/// The procedure; names of the paper: S², h², W.
class Procedure {
 public:
  Procedure(std::size_t systems, const SystemSample& sample, const SelectionOptions& options)
      : sample_(sample), options_(options), numbers_(systems), sums_(systems, 0.0) {
    left_.resize(systems);
    std::iota(left_.begin(), left_.end(), std::size_t{0});
    const auto n0 = static_cast<double>(options.first_stage);
    const double others = static_cast<double>(systems) - 1;
    const double eta =
        0.5 * (des::portable::pow(2 * (1 - options.probability) / others, -2 / (n0 - 1)) - 1);
    h2_ = 2 * eta * (n0 - 1);
  }

  Selection run() {
    if (!extend(options_.first_stage)) return outcome();
    estimate_variances();
    for (const std::size_t i : left_)
      for (std::uint64_t r = 0; r < options_.first_stage; ++r)
        sums_[i] += numbers_[i][static_cast<std::size_t>(r)];
    std::uint64_t r = options_.first_stage;
    eliminate(r);
    while (left_.size() > 1 && r < options_.most) {
      const std::uint64_t next = std::min(options_.most, r + std::max<std::uint64_t>(1, r / 8));
      if (!extend(next)) return outcome();
      while (r < next && left_.size() > 1) {
        for (const std::size_t i : left_) sums_[i] += numbers_[i][static_cast<std::size_t>(r)];
        eliminate(++r);
      }
    }
    return outcome();
  }

 private:
  // All systems left get so many; false when a sample was stopped.
  bool extend(std::uint64_t count) {
    for (const std::size_t i : left_) {
      const std::uint64_t have = numbers_[i].size();
      if (have >= count) continue;
      const std::vector<double> more = sample_(i, have, count);
      if (more.size() != count - have) return false;
      numbers_[i].insert(numbers_[i].end(), more.begin(), more.end());
    }
    return true;
  }

  void estimate_variances() {
    const std::size_t systems = numbers_.size();
    variances_.assign(systems * systems, 0.0);
    for (std::size_t i = 0; i < systems; ++i)
      for (std::size_t l = 0; l < i; ++l) {
        des::Tally between;
        for (std::size_t r = 0; r < options_.first_stage; ++r)
          between.record(numbers_[i][r] - numbers_[l][r]);
        variances_[i * systems + l] = variances_[l * systems + i] = between.variance();
      }
  }

  // After r replications of all that are left.
  void eliminate(std::uint64_t r) {
    const std::size_t systems = numbers_.size();
    const double delta = options_.indifference;
    std::vector<std::size_t> stay;
    for (const std::size_t i : left_) {
      const bool behind = std::any_of(left_.begin(), left_.end(), [&](std::size_t l) {
        if (l == i) return false;
        const double allowed = std::max(
            0.0,
            delta / 2 *
                (h2_ * variances_[i * systems + l] / (delta * delta) - static_cast<double>(r)));
        const double more = sums_[i] - sums_[l];
        // Of two that are equal to the end the first stays.
        return more > allowed || (more == 0 && allowed == 0 && l < i);
      });
      if (!behind) stay.push_back(i);
    }
    if (!stay.empty()) left_ = std::move(stay);
  }

  Selection outcome() const {
    Selection selection;
    selection.left = left_;
    for (const std::vector<double>& numbers : numbers_) {
      selection.replications.push_back(numbers.size());
      const double sum = std::accumulate(numbers.begin(), numbers.end(), 0.0);
      selection.means.push_back(numbers.empty() ? 0 : sum / static_cast<double>(numbers.size()));
    }
    selection.best = *std::min_element(
        left_.begin(), left_.end(),
        [&](std::size_t a, std::size_t b) { return selection.means[a] < selection.means[b]; });
    selection.decided = left_.size() == 1;
    return selection;
  }

  const SystemSample& sample_;
  const SelectionOptions& options_;
  std::vector<std::vector<double>> numbers_;
  std::vector<double> sums_;
  std::vector<double> variances_;
  std::vector<std::size_t> left_;
  double h2_ = 0;
};

}  // namespace

Selection select_least(std::size_t systems, const SystemSample& sample,
                       const SelectionOptions& options) {
  check(systems, options);
  return Procedure(systems, sample, options).run();
}

}  // namespace racked
