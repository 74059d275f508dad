// The kernel's hot paths. Each cycle on a queue runs on std::priority_queue with 16-byte entries as
// well, alternating with ours in the same run, so that the ratio of the two (medians) survives a
// noisy machine. What was measured is checked: both queues must have told the same times.
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
#include <chrono>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace racked::des {
namespace {

// Spans drawn beforehand, so that drawing is not measured.
using Spans = std::vector<std::int64_t>;
constexpr std::size_t kSpans = 1 << 16;

Spans spans_of(const std::string& kind) {
  RandomStream stream(1, purpose_key("bench/hold"), 0);
  Spans spans(kSpans);
  for (std::int64_t& span : spans) {
    const double u = stream.uniform(), v = stream.uniform();
    const double exponential = -1e9 * std::log(u);
    double value = exponential;
    if (kind == "uniform") value = 2e9 * u;
    if (kind == "bimodal") value = (v < 0.9 ? 1e9 : 1e11) * u;
    if (kind == "lognormal") value = 1e5 * std::exp(3 * Distribution::normal(0, 1).quantile(u));
    if (kind == "constant") value = 1e9;
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

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

// Runs ours() and plain() in turns, `batch` cycles each; both return what they saw.
template <class Ours, class Theirs>
void in_turns(benchmark::State& state, std::size_t batch, Ours&& ours, Theirs&& plain) {
  std::vector<double> our_times, plain_times;
  for (auto _ : state) {
    auto start = std::chrono::steady_clock::now();
    const std::int64_t seen = ours();
    our_times.push_back(seconds_since(start));
    start = std::chrono::steady_clock::now();
    const std::int64_t expected = plain();
    plain_times.push_back(seconds_since(start));
    state.SetIterationTime(our_times.back());
    if (seen != expected) throw std::logic_error("the two do not do the same");
  }
  const double cycles = static_cast<double>(batch);
  state.SetItemsProcessed(static_cast<std::int64_t>(batch) * state.iterations());
  state.counters["ns"] = median(our_times) / cycles * 1e9;
  state.counters["std_ns"] = median(plain_times) / cycles * 1e9;
  state.counters["ratio"] = median(our_times) / median(plain_times);
}

// Keeps n events pending: each that leaves is replaced by another.
void hold(benchmark::State& state, const std::string& kind) {
  const auto pending = static_cast<std::size_t>(state.range(0));
  const Spans spans = spans_of(kind);
  EventQueue<std::uint64_t> ours;
  std::priority_queue<Plain> plain;
  for (std::size_t i = 0; i < pending; ++i) {
    ours.push(Time(Duration(spans[i % kSpans])), Turn::finish, i);
    plain.push({spans[i % kSpans], i});
  }
  const std::size_t batch = std::max<std::size_t>(50'000, pending / 4);
  std::size_t mine = 0, theirs = 0;
  in_turns(
      state, batch,
      [&] {
        std::int64_t seen = 0;
        for (std::size_t i = 0; i < batch; ++i) {
          const Event<std::uint64_t> event = ours.pop();
          seen += event.time.time_since_epoch().count();
          ours.push(event.time + Duration(spans[mine++ % kSpans]), Turn::finish, i);
        }
        return seen;
      },
      [&] {
        std::int64_t seen = 0;
        for (std::size_t i = 0; i < batch; ++i) {
          const Plain event = plain.top();
          plain.pop();
          seen += event.time;
          plain.push({event.time + spans[theirs++ % kSpans], i});
        }
        return seen;
      });
  state.counters["bytes_per_event"] =
      static_cast<double>(ours.memory()) / static_cast<double>(pending);
}
BENCHMARK_CAPTURE(hold, exponential, "exponential")
    ->Arg(2)
    ->Arg(10)
    ->Arg(100)
    ->Arg(1'000)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Arg(10'000'000)
    ->UseManualTime()
    ->MinTime(1);
void few_sizes(benchmark::internal::Benchmark* cycle) {
  cycle->Arg(100)->Arg(10'000)->Arg(1'000'000)->UseManualTime()->MinTime(0.5);
}
BENCHMARK_CAPTURE(hold, uniform, "uniform")->Apply(few_sizes);
BENCHMARK_CAPTURE(hold, bimodal, "bimodal")->Apply(few_sizes);
BENCHMARK_CAPTURE(hold, lognormal, "lognormal")->Apply(few_sizes);
BENCHMARK_CAPTURE(hold, constant, "constant")->Apply(few_sizes);
BENCHMARK_CAPTURE(hold, bursts, "bursts")->Apply(few_sizes);
BENCHMARK_CAPTURE(hold, zero, "zero")->Apply(few_sizes);

// Grows to n events and drains to none, with other spans each time.
void up_down(benchmark::State& state, const std::string& kind) {
  const auto most = static_cast<std::size_t>(state.range(0));
  const std::size_t rounds = std::max<std::size_t>(1, 50'000 / most);
  const Spans spans = spans_of(kind);
  EventQueue<std::uint64_t> ours;
  std::priority_queue<Plain> plain;
  std::size_t mine = 0, theirs = 0;
  const auto add = [](std::int64_t seen, std::int64_t time) {
    return 3 * (seen % (1 << 30)) + time % (1 << 20);
  };
  in_turns(
      state, rounds * most,
      [&] {
        std::int64_t seen = 0;
        for (std::size_t round = 0; round < rounds; ++round) {
          ours.clear();
          for (std::size_t i = 0; i < most; ++i)
            ours.push(Time(Duration(spans[mine++ % kSpans])), Turn::finish, i);
          for (std::size_t i = 0; i < most; ++i)
            seen = add(seen, ours.pop().time.time_since_epoch().count());
        }
        return seen;
      },
      [&] {
        std::int64_t seen = 0;
        for (std::size_t round = 0; round < rounds; ++round) {
          for (std::size_t i = 0; i < most; ++i) plain.push({spans[theirs++ % kSpans], i});
          for (std::size_t i = 0; i < most; ++i) {
            seen = add(seen, plain.top().time);
            plain.pop();
          }
        }
        return seen;
      });
}
BENCHMARK_CAPTURE(up_down, exponential, "exponential")->Apply(few_sizes);
BENCHMARK_CAPTURE(up_down, lognormal, "lognormal")->Apply(few_sizes);

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

// One event leaves, two are scheduled, one of all that are pending is cancelled. The plain queue
// marks what is cancelled and throws it away when it surfaces.
void cancel_mix(benchmark::State& state) {
  const auto pending = static_cast<std::size_t>(state.range(0));
  const Spans spans = spans_of("exponential");
  struct Lazy {
    std::int64_t time;
    std::uint64_t id;
    bool operator<(const Lazy& other) const {
      return time != other.time ? time > other.time : id > other.id;
    }
  };
  EventQueue<std::uint64_t> ours;
  std::priority_queue<Lazy> plain;
  std::vector<EventHandle> handles(pending);
  // What is pending under each number; both sides number their events alike.
  std::vector<std::uint64_t> ids(pending);
  std::vector<std::uint8_t> gone(std::size_t{1} << 28);
  std::uint64_t next_id = 0;
  for (std::size_t i = 0; i < pending; ++i) {
    handles[i] = ours.push_cancellable(Time(Duration(spans[i % kSpans])), Turn::finish, i);
    ids[i] = next_id++;
    plain.push({spans[i % kSpans], ids[i] << 28 | i});
  }
  // Which place is freed by a pop, so that the second push has somewhere to go, is in the payload.
  const std::size_t batch = std::max<std::size_t>(20'000, pending / 8);
  RandomStream mine(2, 3, 4), theirs(2, 3, 4);
  std::size_t my_span = 0, their_span = 0;
  in_turns(
      state, batch,
      [&] {
        std::int64_t seen = 0;
        for (std::size_t i = 0; i < batch; ++i) {
          const Event<std::uint64_t> event = ours.pop();
          seen += event.time.time_since_epoch().count();
          const std::size_t other = mine() % pending;
          const auto push = [&](std::size_t place) {
            const Duration span(spans[my_span++ % kSpans]);
            handles[place] = ours.push_cancellable(event.time + span, Turn::finish, place);
          };
          push(event.payload);
          ours.cancel(handles[other]);
          push(other);
        }
        return seen;
      },
      [&] {
        std::int64_t seen = 0;
        constexpr std::uint64_t kPlace = (std::uint64_t{1} << 28) - 1;
        for (std::size_t i = 0; i < batch; ++i) {
          while (gone[plain.top().id >> 28]) plain.pop();
          const Lazy event = plain.top();
          plain.pop();
          seen += event.time;
          const std::size_t other = theirs() % pending;
          const auto push = [&](std::size_t place) {
            ids[place] = next_id++;
            plain.push({event.time + spans[their_span++ % kSpans], ids[place] << 28 | place});
          };
          push(event.id & kPlace);
          gone[ids[other]] = 1;
          push(other);
        }
        if (next_id + 2 * batch + 2 > gone.size()) throw std::length_error("too long a run");
        return seen;
      });
}
BENCHMARK(cancel_mix)->Arg(100)->Arg(10'000)->Arg(1'000'000)->UseManualTime()->MinTime(0.3);

// A copy of a queue with n events.
void copy_queue(benchmark::State& state) {
  const Spans spans = spans_of("exponential");
  EventQueue<std::uint64_t> queue;
  for (std::int64_t i = 0; i < state.range(0); ++i)
    queue.push(Time(Duration(spans[static_cast<std::size_t>(i) % kSpans])), Turn::finish, 0);
  for (auto _ : state) {
    EventQueue<std::uint64_t> copy = queue;
    benchmark::DoNotOptimize(copy);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(copy_queue)->Arg(100)->Arg(10'000)->Arg(1'000'000);

// M/M/1 with ρ = 0.9: as events, as two processes with a store between them, and as a process for
// each customer; against a plain loop over std::priority_queue. They tell the same time in the
// system, up to the order of ticks.
struct Queueing {
  Queueing() : between(spans_of("exponential")), services(kSpans) {
    RandomStream stream(1, purpose_key("bench/services"), 0);
    for (std::int64_t& span : services)
      span = static_cast<std::int64_t>(-0.9e9 * std::log(stream.uniform()));
  }
  /// Another run over the same spans.
  void restart() {
    arrivals = started = served = 0;
    present = area = 0;
    last = kStart;
  }
  Duration arrival() { return Duration(between[arrivals++ % kSpans]); }
  Duration service() { return Duration(services[started++ % kSpans]); }
  void change(Time now, int by) {
    area += present * (now - last).count() / 1'000;
    last = now;
    present += by;
  }

  Spans between, services;
  std::size_t arrivals = 0, started = 0, served = 0;
  std::int64_t present = 0, area = 0;
  Time last = kStart;
};
constexpr std::size_t kCustomers = 100'000;

std::int64_t plain_queueing(Queueing& q) {
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

std::int64_t events_queueing(Queueing& q) {
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

Process arrive(ProcessLoop& loop, Queueing& q, Store<int> queue) {
  for (;;) {
    co_await loop.delay(q.arrival());
    q.change(loop.now(), 1);
    co_await queue.put(0);
  }
}
Process serve(ProcessLoop& loop, Queueing& q, Store<int> queue) {
  while (q.served < kCustomers) {
    co_await queue.take();
    co_await loop.delay(q.service());
    q.change(loop.now(), -1);
    ++q.served;
  }
  loop.stop();
}
std::int64_t store_queueing(Queueing& q) {
  ProcessLoop loop;
  Store<int> queue(loop, "queue");
  loop.start(arrive(loop, q, queue));
  loop.start(serve(loop, q, queue));
  loop.run();
  return q.area;
}

Process customer(ProcessLoop& loop, Queueing& q, Resource clerk) {
  q.change(loop.now(), 1);
  {
    const Held held = co_await clerk.seize();
    co_await loop.delay(q.service());
  }
  q.change(loop.now(), -1);
  if (++q.served == kCustomers) loop.stop();
}
Process come(ProcessLoop& loop, Queueing& q, Resource clerk) {
  for (;;) {
    co_await loop.delay(q.arrival());
    loop.start(customer(loop, q, clerk));
  }
}
std::int64_t customer_queueing(Queueing& q) {
  ProcessLoop loop;
  Resource clerk(loop, "clerk", 1);
  loop.start(come(loop, q, clerk));
  loop.run();
  return q.area;
}

void mm1(benchmark::State& state, std::int64_t (*run)(Queueing&)) {
  Queueing q;
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
BENCHMARK_CAPTURE(mm1, events, events_queueing)->UseManualTime()->MinTime(0.5);
BENCHMARK_CAPTURE(mm1, processes_store, store_queueing)->UseManualTime()->MinTime(0.5);
BENCHMARK_CAPTURE(mm1, processes_customers, customer_queueing)->UseManualTime()->MinTime(0.5);

// The life of a process that does nothing, and one resumption among n waiting processes.
Process nothing(ProcessLoop&) { co_return; }
void create_process(benchmark::State& state) {
  ProcessLoop loop;
  for (auto _ : state) {
    loop.start(nothing(loop));
    loop.run();
  }
}
BENCHMARK(create_process);

Process tick(ProcessLoop& loop, const Spans& spans, std::size_t next) {
  for (;; ++next) co_await loop.delay(Duration(spans[next % kSpans]));
}
void resume_process(benchmark::State& state) {
  const Spans spans = spans_of("exponential");
  ProcessLoop loop;
  for (std::int64_t i = 0; i < state.range(0); ++i)
    loop.start(tick(loop, spans, static_cast<std::size_t>(i) * 7));
  for (auto _ : state) loop.run_until(loop.now() + Duration(10'000'000'000 / state.range(0)));
  state.counters["ns"] =
      benchmark::Counter(static_cast<double>(loop.events_handled()) * 1e-9,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(resume_process)->Arg(100)->Arg(10'000)->Arg(1'000'000);

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

}  // namespace
}  // namespace racked::des

BENCHMARK_MAIN();
