#pragma once

// What the benchmarks of the kernel share: spans drawn beforehand, a plain queue of 16-byte
// entries, and turns. Each cycle runs on std::priority_queue as well, alternating with ours in the
// same run, so that the ratio of the two (medians of processor time) survives a noisy machine. What
// was measured is checked: both must have told the same times.

#include <racked/des/distribution.h>
#include <racked/des/random_stream.h>

#include <benchmark/benchmark.h>
#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace racked::des {

// Spans drawn beforehand, so that drawing is not measured.
using Spans = std::vector<std::int64_t>;
constexpr std::size_t kSpans = 1 << 16;

inline Spans spans_of(const std::string& kind) {
  RandomStream stream(1, purpose_key("bench/hold"), 0);
  Spans spans(kSpans);
  for (std::int64_t& span : spans) {
    const double u = stream.uniform(), v = stream.uniform();
    const double exponential = -1e9 * std::log(u);
    double value = exponential;
    if (kind == "exponential_190ms") value = 0.19 * exponential;
    if (kind == "uniform") value = 2e9 * u;
    if (kind == "bimodal") value = (v < 0.9 ? 1e9 : 1e11) * u;
    if (kind == "lognormal") value = 1e5 * std::exp(3 * Distribution::normal(0, 1).quantile(u));
    if (kind == "constant") value = 1e9;
    if (kind == "close_together") value = 1e9 + 1e6 * u;
    if (kind == "bursts") value = 86.4e9 * (1 + std::floor(5 * u));
    if (kind == "zero") value = v < 0.9 ? 0 : exponential;
    span = static_cast<std::int64_t>(value);
  }
  return spans;
}

struct Plain {
  std::int64_t time;
  std::uint64_t payload;
  bool operator<(const Plain& other) const { return time > other.time; }
};

// Of this thread, in seconds: what other programs take does not count.
inline double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

inline double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

// Runs ours() and plain() in turns, `batch` cycles each; both return what they saw. Both count for
// how long a benchmark takes.
template <class Ours, class Theirs>
void in_turns(benchmark::State& state, std::size_t batch, Ours&& ours, Theirs&& plain) {
  std::vector<double> our_times, plain_times;
  for (auto _ : state) {
    double start = cpu_seconds();
    const std::int64_t seen = ours();
    our_times.push_back(cpu_seconds() - start);
    start = cpu_seconds();
    const std::int64_t expected = plain();
    plain_times.push_back(cpu_seconds() - start);
    state.SetIterationTime(our_times.back() + plain_times.back());
    if (seen != expected) throw std::logic_error("the two do not do the same");
  }
  const double cycles = static_cast<double>(batch);
  state.counters["ns"] = median(our_times) / cycles * 1e9;
  state.counters["std_ns"] = median(plain_times) / cycles * 1e9;
  state.counters["ratio"] = median(our_times) / median(plain_times);
  state.counters["events_per_second"] = cycles / median(our_times);
}

}  // namespace racked::des
