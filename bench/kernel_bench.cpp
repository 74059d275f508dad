// The kernel's hot paths. HOLD keeps n events pending and replaces each one that leaves by another
// an exponential time later; the same cycle runs on std::priority_queue with 16-byte entries,
// alternating with ours in the same run, so that the ratio of the two survives a noisy machine.
#include <racked/des/distribution.h>
#include <racked/des/event_queue.h>
#include <racked/des/random_stream.h>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <queue>
#include <vector>

namespace racked::des {
namespace {

// Exponential increments drawn beforehand, so that drawing is not measured.
std::vector<std::int64_t> increments() {
  RandomStream stream(1, purpose_key("bench/hold"), 0);
  std::vector<std::int64_t> spans(1 << 16);
  for (std::int64_t& span : spans)
    span = static_cast<std::int64_t>(-1e9 * std::log(stream.uniform()));
  return spans;
}

struct Plain {
  std::int64_t time;
  std::uint64_t payload;
  bool operator<(const Plain& other) const { return time > other.time; }
};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

void hold(benchmark::State& state) {
  const auto pending = static_cast<std::size_t>(state.range(0));
  const std::vector<std::int64_t> spans = increments();
  EventQueue<std::uint64_t> ours;
  std::priority_queue<Plain> plain;
  for (std::size_t i = 0; i < pending; ++i) {
    ours.push(Time(Duration(spans[i % spans.size()])), Turn::finish, i);
    plain.push({spans[i % spans.size()], i});
  }
  constexpr std::size_t kBatch = 50'000;
  std::vector<double> our_times, plain_times;
  std::size_t next = 0;
  const auto span = [&] { return spans[next++ & (spans.size() - 1)]; };
  for (auto _ : state) {
    auto start = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < kBatch; ++i) {
      const Event<std::uint64_t> event = ours.pop();
      ours.push(event.time + Duration(span()), Turn::finish, i);
      benchmark::DoNotOptimize(event);
    }
    our_times.push_back(seconds_since(start));
    state.SetIterationTime(our_times.back());

    start = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < kBatch; ++i) {
      const Plain event = plain.top();
      plain.pop();
      plain.push({event.time + span(), event.payload});
    }
    plain_times.push_back(seconds_since(start));
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(kBatch) * state.iterations());
  state.counters["ns_per_hold"] = median(our_times) / kBatch * 1e9;
  state.counters["std_ns_per_hold"] = median(plain_times) / kBatch * 1e9;
  state.counters["ratio_to_std"] = median(our_times) / median(plain_times);
}
BENCHMARK(hold)->Arg(100)->Arg(10'000)->Arg(1'000'000)->UseManualTime()->MinTime(1);

void make_stream(benchmark::State& state) {
  std::uint64_t replication = 0;
  for (auto _ : state) benchmark::DoNotOptimize(RandomStream(1, 2, ++replication)());
}
BENCHMARK(make_stream);

void draw_uniform(benchmark::State& state) {
  RandomStream stream(1, 2, 3);
  for (auto _ : state) benchmark::DoNotOptimize(stream.uniform());
}
BENCHMARK(draw_uniform);

void draw(benchmark::State& state, const Distribution& shape) {
  RandomStream stream(1, 2, 3);
  for (auto _ : state) benchmark::DoNotOptimize(shape.sample(stream));
}
BENCHMARK_CAPTURE(draw, triangular, Distribution::triangular(3, 4, 8));
BENCHMARK_CAPTURE(draw, pert, Distribution::pert(3, 4, 8));
BENCHMARK_CAPTURE(draw, normal, Distribution::normal(0, 1));
BENCHMARK_CAPTURE(draw, lognormal, Distribution::lognormal(20, 0.5));
BENCHMARK_CAPTURE(draw, gamma, Distribution::gamma(2.5, 4));
BENCHMARK_CAPTURE(draw, weibull, Distribution::weibull(1.5, 30));
BENCHMARK_CAPTURE(draw, exponential, Distribution::exponential(7));

}  // namespace
}  // namespace racked::des

BENCHMARK_MAIN();
