// What processes cost, each beside its plain counterpart in the same run: a bare coroutine resumed
// by hand, a std::priority_queue, a C++ exception.
#include "in_turns.h"

#include <racked/des/process.h>
#include <racked/des/resource.h>
#include <racked/des/store.h>
#include <racked/des/task.h>

#include <benchmark/benchmark.h>

#include <coroutine>
#include <cstdint>
#include <memory>
#include <queue>
#include <stdexcept>
#include <vector>

namespace racked::des {
namespace {

// A coroutine that nothing can interrupt and nobody awaits.
struct Bare {
  struct promise_type {
    Bare get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept {}
  };
  std::coroutine_handle<promise_type> handle;
};

// The life of a process that counts itself.
Process count_itself(ProcessLoop&, std::int64_t& lives) {
  ++lives;
  co_return;
}
Bare count_itself(std::int64_t& lives) {
  ++lives;
  co_return;
}
void create_process(benchmark::State& state) {
  constexpr std::size_t kLives = 20'000;
  ProcessLoop loop;
  in_turns(
      state, kLives,
      [&] {
        std::int64_t lives = 0;
        for (std::size_t i = 0; i < kLives; ++i) {
          loop.start(count_itself(loop, lives));
          loop.run();
        }
        return lives;
      },
      [&] {
        std::int64_t lives = 0;
        for (std::size_t i = 0; i < kLives; ++i) {
          const Bare bare = count_itself(lives);
          bare.handle.resume();
          bare.handle.destroy();
        }
        return lives;
      });
}
BENCHMARK(create_process)->UseManualTime()->MinTime(0.3);

// One of n processes goes on when its time has passed, and waits again; against a queue of n events
// with the same spans.
struct Ticks {
  const Spans& spans;
  std::size_t left = 0;
  std::int64_t seen = 0;
};
Process tick(ProcessLoop& loop, Ticks& ticks, std::size_t next) {
  for (;; ++next) {
    co_await loop.delay(Duration(ticks.spans[next % kSpans]));
    ticks.seen += loop.now().time_since_epoch().count();
    if (--ticks.left == 0) loop.stop();
  }
}
void resume_process(benchmark::State& state) {
  const auto processes = static_cast<std::size_t>(state.range(0));
  const std::size_t batch = std::max<std::size_t>(50'000, processes / 4);
  const Spans spans = spans_of("exponential");
  ProcessLoop loop;
  Ticks ticks{spans};
  std::priority_queue<Plain> plain;
  std::vector<std::size_t> next(processes);
  for (std::size_t i = 0; i < processes; ++i) {
    loop.start(tick(loop, ticks, 7 * i));
    next[i] = 7 * i;
    plain.push({spans[next[i]++ % kSpans], i});
  }
  in_turns(
      state, batch,
      [&] {
        ticks.left = batch;
        ticks.seen = 0;
        loop.run();
        return ticks.seen;
      },
      [&] {
        std::int64_t seen = 0;
        for (std::size_t i = 0; i < batch; ++i) {
          const Plain event = plain.top();
          plain.pop();
          seen += event.time;
          plain.push({event.time + spans[next[event.payload]++ % kSpans], event.payload});
        }
        return seen;
      });
  state.counters["bytes_per_process"] =
      static_cast<double>(loop.memory()) / static_cast<double>(processes);
}
BENCHMARK(resume_process)->Arg(100)->Arg(10'000)->Arg(1'000'000)->UseManualTime()->MinTime(0.5);

// Each delay of a hundred processes in a task that is called for it, against without.
Task<> tick_once(ProcessLoop& loop, Ticks& ticks, std::size_t next) {
  co_await loop.delay(Duration(ticks.spans[next % kSpans]));
  ticks.seen += loop.now().time_since_epoch().count();
  if (--ticks.left == 0) loop.stop();
}
Process tick_by_task(ProcessLoop& loop, Ticks& ticks, std::size_t next) {
  for (;; ++next) co_await tick_once(loop, ticks, next);
}
void call_task(benchmark::State& state) {
  constexpr std::size_t kProcesses = 100, kBatch = 50'000;
  const Spans spans = spans_of("exponential");
  ProcessLoop by_task, plain;
  Ticks ticks{spans};
  for (std::size_t i = 0; i < kProcesses; ++i) {
    by_task.start(tick_by_task(by_task, ticks, 7 * i));
    plain.start(tick(plain, ticks, 7 * i));
  }
  const auto run = [&](ProcessLoop& loop) {
    ticks.left = kBatch;
    ticks.seen = 0;
    loop.run();
    return ticks.seen;
  };
  in_turns(
      state, kBatch, [&] { return run(by_task); }, [&] { return run(plain); });
}
BENCHMARK(call_task)->UseManualTime()->MinTime(0.3);

// Control goes from one process to another at the same instant, by an item that they hand to and
// fro.
Process hand_on(ProcessLoop&, Store<int> from, Store<int> to, std::size_t times,
                std::int64_t& handed) {
  for (std::size_t i = 0; i < times; ++i) {
    co_await from.take();
    ++handed;
    co_await to.put(0);
  }
}
Bare take_turns(std::int64_t& handed) {
  for (;;) {
    ++handed;
    co_await std::suspend_always();
  }
}
void switch_process(benchmark::State& state) {
  constexpr std::size_t kRounds = 20'000;
  in_turns(
      state, 2 * kRounds,
      [&] {
        std::int64_t handed = 0;
        ProcessLoop loop;
        Store<int> here(loop, "here"), there(loop, "there");
        loop.start(hand_on(loop, here, there, kRounds, handed));
        loop.start(hand_on(loop, there, here, kRounds, handed));
        loop.start(
            [](ProcessLoop&, Store<int> first) -> Process { co_await first.put(0); }(loop, here));
        loop.run();
        return handed;
      },
      [&] {
        std::int64_t handed = 0;
        const Bare one = take_turns(handed), other = take_turns(handed);
        for (std::size_t i = 0; i < kRounds; ++i) {
          one.handle.resume();
          other.handle.resume();
        }
        one.handle.destroy();
        other.handle.destroy();
        return handed;
      });
}
BENCHMARK(switch_process)->UseManualTime()->MinTime(0.3);

// Two processes have a unit in turns; one that is watched against one that is not.
Process have_in_turns(ProcessLoop& loop, Resource of, std::size_t rounds, std::int64_t& had) {
  for (std::size_t i = 0; i < rounds; ++i) {
    const Held held = co_await of.seize();
    co_await loop.delay(Duration(1));
    had += held.amount();
  }
}
void watch_resource(benchmark::State& state) {
  constexpr std::size_t kRounds = 20'000;
  const auto rounds = [&](bool watched) {
    std::int64_t had = 0;
    ProcessLoop loop;
    Resource crane(loop, "crane", 1);
    if (watched) crane.watch();
    loop.start(have_in_turns(loop, crane, kRounds, had));
    loop.start(have_in_turns(loop, crane, kRounds, had));
    loop.run();
    return had;
  };
  in_turns(
      state, 2 * kRounds, [&] { return rounds(true); }, [&] { return rounds(false); });
}
BENCHMARK(watch_resource)->UseManualTime()->MinTime(0.3);

// Replications of a queue that a hundred customers come to, in a loop that is reset for each,
// against a new loop for each.
Process be_served(ProcessLoop& loop, Resource clerk, const Spans& spans, std::size_t at,
                  std::int64_t& seen) {
  const Held held = co_await clerk.seize();
  co_await loop.delay(Duration(spans[at % kSpans]));
  seen += loop.now().time_since_epoch().count();
}
Process come(ProcessLoop& loop, Resource clerk, const Spans& spans, std::size_t at,
             std::int64_t& seen) {
  for (std::size_t i = 0; i < 100; ++i) {
    co_await loop.delay(Duration(spans[++at % kSpans]));
    loop.start(be_served(loop, clerk, spans, at + kSpans / 2, seen));
  }
}
void replicate(benchmark::State& state) {
  constexpr std::size_t kReplications = 200;
  const Spans spans = spans_of("exponential");
  ProcessLoop kept;
  Resource same(kept, "clerk", 1);
  in_turns(
      state, kReplications,
      [&] {
        std::int64_t seen = 0;
        for (std::size_t i = 0; i < kReplications; ++i) {
          kept.reset();
          kept.start(come(kept, same, spans, 100 * i, seen));
          kept.run();
        }
        return seen;
      },
      [&] {
        std::int64_t seen = 0;
        for (std::size_t i = 0; i < kReplications; ++i) {
          ProcessLoop loop;
          const Resource clerk(loop, "clerk", 1);
          loop.start(come(loop, clerk, spans, 100 * i, seen));
          loop.run();
        }
        return seen;
      });
}
BENCHMARK(replicate)->UseManualTime()->MinTime(0.3);

// The delay of one of a hundred processes is broken off; it catches that and sleeps again. Against
// an exception thrown and caught.
Process sleep_again(ProcessLoop& loop, std::int64_t& caught) {
  for (;;) {
    try {
      co_await loop.delay(kDay);
    } catch (const Interrupted&) {
      ++caught;
    }
  }
}
Process interrupt_them(ProcessLoop& loop, std::vector<ProcessRef>& sleepers, std::size_t times) {
  for (std::size_t i = 0; i < times; ++i) {
    sleepers[i % sleepers.size()].interrupt("wake up");
    co_await loop.delay(Duration(1));
  }
  loop.stop();
}
void interrupt_process(benchmark::State& state) {
  constexpr std::size_t kTimes = 2'000;
  ProcessLoop loop;
  std::int64_t caught = 0;
  std::vector<ProcessRef> sleepers;
  for (int i = 0; i < 100; ++i) sleepers.push_back(loop.start(sleep_again(loop, caught)));
  in_turns(
      state, kTimes,
      [&] {
        caught = 0;
        loop.start(interrupt_them(loop, sleepers, kTimes));
        loop.run();
        return caught;
      },
      [&] {
        std::int64_t plain = 0;
        for (std::size_t i = 0; i < kTimes; ++i) {
          try {
            throw std::runtime_error("wake up");
          } catch (const std::exception&) {
            ++plain;
          }
        }
        return plain;
      });
}
BENCHMARK(interrupt_process)->UseManualTime()->MinTime(0.3);

}  // namespace
}  // namespace racked::des

BENCHMARK_MAIN();
