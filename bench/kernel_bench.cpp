// The kernel's hot paths but for the queue alone, which queue_bench.cpp measures.
#include "in_turns.h"

#include <racked/des/distribution.h>
#include <racked/des/event_loop.h>
#include <racked/des/process.h>
#include <racked/des/random_stream.h>
#include <racked/des/resource.h>
#include <racked/des/store.h>

#include <boost/random/exponential_distribution.hpp>
#include <boost/random/normal_distribution.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <coroutine>
#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace racked::des {
namespace {

// HOLD through the loop by the way to the code of an event: one kind of event, or eight that nobody
// can predict, told apart by a switch, by a virtual call, or by a std::function.
struct Counts {
  std::array<std::uint64_t, 8> handled{};
};
template <std::size_t kKind>
struct Effect {
  static void on(Counts& counts) { counts.handled[kKind] += 2 * kKind + 1; }
};
struct OneKind {
  void operator()(std::uint64_t, Counts& counts) const { Effect<0>::on(counts); }
};
struct Switch {
  void operator()(std::uint64_t kind, Counts& counts) const {
    switch (kind) {
      case 0: return Effect<0>::on(counts);
      case 1: return Effect<1>::on(counts);
      case 2: return Effect<2>::on(counts);
      case 3: return Effect<3>::on(counts);
      case 4: return Effect<4>::on(counts);
      case 5: return Effect<5>::on(counts);
      case 6: return Effect<6>::on(counts);
      default: return Effect<7>::on(counts);
    }
  }
};
struct Kind {
  virtual ~Kind() = default;
  virtual void on(Counts& counts) const = 0;
};
template <std::size_t kKind>
struct KindOf final : Kind {
  void on(Counts& counts) const override { Effect<kKind>::on(counts); }
};
struct VirtualCall {
  VirtualCall() {
    [this]<std::size_t... kKinds>(std::index_sequence<kKinds...>) {
      (kinds.push_back(std::make_unique<KindOf<kKinds>>()), ...);
    }
    (std::make_index_sequence<8>());
  }
  void operator()(std::uint64_t kind, Counts& counts) const { kinds[kind]->on(counts); }
  std::vector<std::unique_ptr<Kind>> kinds;
};
struct Function {
  Function() {
    [this]<std::size_t... kKinds>(std::index_sequence<kKinds...>) {
      (kinds.emplace_back(&Effect<kKinds>::on), ...);
    }
    (std::make_index_sequence<8>());
  }
  void operator()(std::uint64_t kind, Counts& counts) const { kinds[kind](counts); }
  std::vector<std::function<void(Counts&)>> kinds;
};
template <class Way>
void dispatch(benchmark::State& state) {
  const Spans spans = spans_of("exponential");
  std::vector<std::uint8_t> kinds(kSpans);
  RandomStream stream(1, purpose_key("bench/kinds"), 0);
  for (std::uint8_t& kind : kinds) kind = static_cast<std::uint8_t>(stream() % 8);
  EventLoop<std::uint64_t> loop;
  for (std::size_t i = 0; i < 1'000; ++i)
    loop.schedule(kStart + Duration(spans[i]), Turn::finish, kinds[i]);
  const Way way;
  Counts counts;
  std::size_t next = 0;
  const auto handler = [&](const Event<std::uint64_t>& event) {
    way(event.payload, counts);
    const std::size_t i = next++ % kSpans;
    loop.schedule(event.time + Duration(spans[i]), Turn::finish, kinds[i]);
  };
  for (auto _ : state) loop.run_until(kNever, handler, 100'000);
  benchmark::DoNotOptimize(counts);
  state.SetItemsProcessed(state.iterations() * 100'000);
  state.counters["ns"] =
      benchmark::Counter(static_cast<double>(loop.events_handled()) * 1e-9,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK_TEMPLATE(dispatch, OneKind);
BENCHMARK_TEMPLATE(dispatch, Switch);
BENCHMARK_TEMPLATE(dispatch, VirtualCall);
BENCHMARK_TEMPLATE(dispatch, Function);

// HOLD through the loop, with a record of 64 bytes an event that is read and written; with and
// without asking for it ahead of time.
struct Record {
  std::array<std::uint64_t, 8> words;
};
template <bool kAhead>
struct RecordHandler {
  EventLoop<std::uint64_t>& loop;
  std::vector<Record>& records;
  const Spans& spans;
  std::size_t next = 0;

  void prefetch(const std::uint64_t& payload) requires(kAhead) {
    __builtin_prefetch(&records[payload], 1);
  }
  void operator()(const Event<std::uint64_t>& event) {
    Record& record = records[event.payload];
    ++record.words[event.payload % 8];
    loop.schedule(event.time + Duration(spans[next++ % kSpans]), Turn::finish, event.payload);
  }
};
template <bool kAhead>
void records(benchmark::State& state) {
  const auto pending = static_cast<std::size_t>(state.range(0));
  const Spans spans = spans_of("exponential");
  std::vector<Record> all(pending);
  EventLoop<std::uint64_t> loop;
  for (std::size_t i = 0; i < pending; ++i)
    loop.schedule(kStart + Duration(spans[i % kSpans]), Turn::finish, i);
  RecordHandler<kAhead> handler{loop, all, spans};
  loop.run_until(kNever, handler, 2 * pending);
  for (auto _ : state) loop.run_until(kNever, handler, 100'000);
  state.SetItemsProcessed(state.iterations() * 100'000);
}
BENCHMARK_TEMPLATE(records, false)->Arg(100)->Arg(10'000)->Arg(1'000'000);
BENCHMARK_TEMPLATE(records, true)->Arg(100)->Arg(10'000)->Arg(1'000'000);

// M/M/1 with ρ = 0.9: as events, as two processes with a store between them, and as a process for
// each customer; against a plain loop over std::priority_queue. They tell the same time in the
// system, up to the order of ticks. Spans are drawn beforehand, or while the model runs, as in a
// simulation. Beside them what no kernel undercuts: the two times of what comes next in two
// variables, and two bare coroutines that are resumed by hand.
struct Beforehand {
  Beforehand() : between(spans_of("exponential")), services(kSpans) {
    RandomStream stream(1, purpose_key("bench/services"), 0);
    for (std::int64_t& span : services)
      span = static_cast<std::int64_t>(-0.9e9 * std::log(stream.uniform()));
  }
  void restart() { arrivals = started = 0; }
  Duration arrival() { return Duration(between[arrivals++ % kSpans]); }
  Duration service() { return Duration(services[started++ % kSpans]); }

  Spans between, services;
  std::size_t arrivals = 0, started = 0;
};
struct Drawn {
  void restart() { *this = {}; }
  Duration arrival() { return drawn(1e9, arrivals); }
  Duration service() { return drawn(0.9e9, services); }
  static Duration drawn(double mean, RandomStream& from) {
    boost::random::exponential_distribution<double> shape;
    return Duration(static_cast<std::int64_t>(mean * shape(from)));
  }

  RandomStream arrivals{1, purpose_key("bench/arrivals"), 0};
  RandomStream services{1, purpose_key("bench/services"), 0};
};
template <class Luck>
struct Queueing : Luck {
  /// Another run over the same spans.
  void restart() {
    Luck::restart();
    served = 0;
    present = area = 0;
    last = kStart;
  }
  void change(Time now, int by) {
    area += present * (now - last).count() / 1'000;
    last = now;
    present += by;
  }

  std::size_t served = 0;
  std::int64_t present = 0, area = 0;
  Time last = kStart;
};
constexpr std::size_t kCustomers = 100'000;

template <class Luck>
std::int64_t plain_queueing(Queueing<Luck>& q) {
  std::priority_queue<Plain> events;
  events.push({q.arrival().count(), 0});
  while (q.served < kCustomers) {
    const Plain event = events.top();
    events.pop();
    const Time now{Duration(event.time)};
    if (event.payload == 0) {
      q.change(now, 1);
      events.push({event.time + q.arrival().count(), 0});
      if (q.present == 1) events.push({event.time + q.service().count(), 1});
    } else {
      q.change(now, -1);
      ++q.served;
      if (q.present > 0) events.push({event.time + q.service().count(), 1});
    }
  }
  return q.area;
}

template <class Luck>
std::int64_t variables_queueing(Queueing<Luck>& q) {
  Time arrival = kStart + q.arrival(), departure = kNever;
  while (q.served < kCustomers) {
    if (arrival < departure) {
      q.change(arrival, 1);
      if (q.present == 1) departure = arrival + q.service();
      arrival += q.arrival();
    } else {
      q.change(departure, -1);
      ++q.served;
      departure = q.present > 0 ? departure + q.service() : kNever;
    }
  }
  return q.area;
}

struct BareCoroutine {
  struct promise_type {
    BareCoroutine get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const { throw; }
  };
  std::coroutine_handle<promise_type> handle;
};
struct NextTimes {
  Time arrival, departure;
};
template <class Luck>
BareCoroutine arrive_barely(NextTimes& next, Queueing<Luck>& q) {
  for (next.arrival = kStart;;) {
    next.arrival += q.arrival();
    co_await std::suspend_always{};
    q.change(next.arrival, 1);
    if (q.present == 1) next.departure = next.arrival + q.service();
  }
}
template <class Luck>
BareCoroutine serve_barely(NextTimes& next, Queueing<Luck>& q) {
  for (next.departure = kNever;;) {
    co_await std::suspend_always{};
    q.change(next.departure, -1);
    ++q.served;
    next.departure = q.present > 0 ? next.departure + q.service() : kNever;
  }
}
template <class Luck>
std::int64_t coroutines_queueing(Queueing<Luck>& q) {
  NextTimes next;
  const auto server = serve_barely(next, q).handle, source = arrive_barely(next, q).handle;
  while (q.served < kCustomers) (next.arrival < next.departure ? source : server).resume();
  source.destroy();
  server.destroy();
  return q.area;
}

template <class Luck>
std::int64_t events_queueing(Queueing<Luck>& q) {
  EventLoop<std::uint64_t> loop;
  loop.schedule(kStart + q.arrival(), Turn::start, 0);
  loop.run_while([&] { return q.served < kCustomers; },
                 [&](const Event<std::uint64_t>& event) {
                   if (event.payload == 0) {
                     q.change(event.time, 1);
                     loop.schedule(event.time + q.arrival(), Turn::start, 0);
                     if (q.present == 1) loop.schedule(event.time + q.service(), Turn::start, 1);
                   } else {
                     q.change(event.time, -1);
                     ++q.served;
                     if (q.present > 0) loop.schedule(event.time + q.service(), Turn::start, 1);
                   }
                 });
  return q.area;
}

template <class Luck>
Process arrive(ProcessLoop& loop, Queueing<Luck>& q, Store<int> queue) {
  for (;;) {
    co_await loop.delay(q.arrival());
    q.change(loop.now(), 1);
    co_await queue.put(0);
  }
}
template <class Luck>
Process serve(ProcessLoop& loop, Queueing<Luck>& q, Store<int> queue) {
  while (q.served < kCustomers) {
    co_await queue.take();
    co_await loop.delay(q.service());
    q.change(loop.now(), -1);
    ++q.served;
  }
  loop.stop();
}
template <class Luck>
std::int64_t store_queueing(Queueing<Luck>& q) {
  ProcessLoop loop;
  Store<int> queue(loop, "queue");
  loop.start(arrive(loop, q, queue));
  loop.start(serve(loop, q, queue));
  loop.run();
  return q.area;
}

template <class Luck>
Process customer(ProcessLoop& loop, Queueing<Luck>& q, Resource clerk) {
  q.change(loop.now(), 1);
  {
    const Held held = co_await clerk.seize();
    co_await loop.delay(q.service());
  }
  q.change(loop.now(), -1);
  if (++q.served == kCustomers) loop.stop();
}
template <class Luck>
Process come(ProcessLoop& loop, Queueing<Luck>& q, Resource clerk) {
  for (;;) {
    co_await loop.delay(q.arrival());
    loop.start(customer(loop, q, clerk));
  }
}
template <class Luck>
std::int64_t customer_queueing(Queueing<Luck>& q) {
  ProcessLoop loop;
  Resource clerk(loop, "clerk", 1);
  loop.start(come(loop, q, clerk));
  loop.run();
  return q.area;
}

template <class Luck>
void mm1(benchmark::State& state, std::int64_t (*run)(Queueing<Luck>&)) {
  Queueing<Luck> q;
  in_turns(
      state, kCustomers,
      [&] {
        q.restart();
        return run(q);
      },
      [&] {
        q.restart();
        return plain_queueing(q);
      });
}
template <class Luck>
bool register_mm1(const std::string& name) {
  const std::pair<const char*, std::int64_t (*)(Queueing<Luck>&)> ways[] = {
      {"events", events_queueing<Luck>},
      {"processes_store", store_queueing<Luck>},
      {"processes_customers", customer_queueing<Luck>},
      {"floor_variables", variables_queueing<Luck>},
      {"floor_coroutines", coroutines_queueing<Luck>}};
  for (const auto& [way, run] : ways)
    benchmark::RegisterBenchmark((name + way).c_str(), mm1<Luck>, run)
        ->UseManualTime()
        ->MinTime(0.5);
  return true;
}
const bool mm1_registered = register_mm1<Beforehand>("mm1/") && register_mm1<Drawn>("mm1/drawn_");

// A stream made and its first number drawn, against the generator of the standard library.
void make_stream(benchmark::State& state) {
  constexpr std::size_t kStreams = 10'000;
  std::uint64_t replication = 0, seed = 0;
  in_turns(
      state, kStreams,
      [&] {
        for (std::size_t i = 0; i < kStreams; ++i)
          benchmark::DoNotOptimize(RandomStream(1, 2, ++replication)());
        return std::int64_t{kStreams};
      },
      [&] {
        for (std::size_t i = 0; i < kStreams; ++i)
          benchmark::DoNotOptimize(std::mt19937_64(++seed)());
        return std::int64_t{kStreams};
      });
}
BENCHMARK(make_stream)->UseManualTime()->MinTime(0.3);

void draw_uniform(benchmark::State& state) {
  RandomStream stream(1, 2, 3);
  for (auto _ : state) benchmark::DoNotOptimize(stream.uniform());
}
BENCHMARK(draw_uniform);

void fill(benchmark::State& state) {
  RandomStream stream(1, 2, 3);
  std::vector<std::uint64_t> numbers(1024);
  for (auto _ : state) {
    stream.fill(numbers);
    benchmark::DoNotOptimize(numbers.data());
  }
  state.SetItemsProcessed(state.iterations() * 1024);
}
BENCHMARK(fill);

template <class Ziggurat>
void ziggurat(benchmark::State& state) {
  RandomStream stream(1, 2, 3);
  Ziggurat shape;
  for (auto _ : state) benchmark::DoNotOptimize(shape(stream));
}
BENCHMARK_TEMPLATE(ziggurat, boost::random::exponential_distribution<double>);
BENCHMARK_TEMPLATE(ziggurat, boost::random::normal_distribution<double>);

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
BENCHMARK_CAPTURE(draw, empirical, Distribution::empirical({1, 2, 3, 5, 8, 13}));
BENCHMARK_CAPTURE(draw, hyperexponential,
                  Distribution::mixture({3, 1}, {Distribution::exponential(2),
                                                 Distribution::exponential(20)}));

template <class Make>
void make(benchmark::State& state, const Make& distribution) {
  for (auto _ : state) benchmark::DoNotOptimize(distribution());
}
BENCHMARK_CAPTURE(make, pert, [] { return Distribution::pert(3, 4, 8); });
BENCHMARK_CAPTURE(make, gamma, [] { return Distribution::gamma(2.5, 4); });
BENCHMARK_CAPTURE(make, gamma_of_a_million, [] { return Distribution::gamma(1e6, 1); });

}  // namespace
}  // namespace racked::des

BENCHMARK_MAIN();
