// The event queue alone, against std::priority_queue with 16-byte entries.
#include "in_turns.h"

#include <racked/des/event_queue.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <queue>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace racked::des {
namespace {

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
  // Bursts are large: a batch is several of them.
  const std::size_t batch = std::max<std::size_t>(50'000, kind == "bursts" ? pending : pending / 4);
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
BENCHMARK_CAPTURE(hold, exponential_190ms, "exponential_190ms")->Apply(few_sizes);
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
  state.counters["bytes_per_event"] =
      static_cast<double>(ours.memory()) / static_cast<double>(most);
}
BENCHMARK_CAPTURE(up_down, exponential, "exponential")->Apply(few_sizes);
BENCHMARK_CAPTURE(up_down, lognormal, "lognormal")->Apply(few_sizes);

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
  state.counters["bytes_per_event"] =
      static_cast<double>(ours.memory()) / static_cast<double>(pending);
}
BENCHMARK(cancel_mix)->Arg(100)->Arg(10'000)->Arg(1'000'000)->UseManualTime()->MinTime(1);

// A few events that come soon, each a microsecond after the one before it has left, and n a day
// away.
void near_and_far(benchmark::State& state, std::size_t near) {
  const auto far = static_cast<std::size_t>(state.range(0));
  constexpr std::int64_t kDay = 86'400'000'000'000, kSpan = 1'000;
  constexpr std::size_t kBatch = 50'000;
  EventQueue<std::uint64_t> ours;
  std::priority_queue<Plain> plain;
  for (std::size_t i = 0; i < near + far; ++i) {
    const auto number = static_cast<std::int64_t>(i);
    const std::int64_t time = i < near ? number : kDay + number * kSpan;
    ours.push(Time(Duration(time)), Turn::finish, i);
    plain.push({time, i});
  }
  in_turns(
      state, kBatch,
      [&] {
        std::int64_t seen = 0;
        for (std::size_t i = 0; i < kBatch; ++i) {
          const Event<std::uint64_t> event = ours.pop();
          seen += event.time.time_since_epoch().count();
          ours.push(event.time + Duration(kSpan), Turn::finish, i);
        }
        return seen;
      },
      [&] {
        std::int64_t seen = 0;
        for (std::size_t i = 0; i < kBatch; ++i) {
          const Plain event = plain.top();
          plain.pop();
          seen += event.time;
          plain.push({event.time + kSpan, i});
        }
        return seen;
      });
}
BENCHMARK_CAPTURE(near_and_far, 1, 1)->Arg(10'000)->UseManualTime()->MinTime(0.3);
BENCHMARK_CAPTURE(near_and_far, 30, 30)->Arg(10'000)->UseManualTime()->MinTime(0.3);

// Timeouts that are cancelled before their time: of n the first is cancelled and another comes
// behind them; then it is asked which one is the first now.
void cancel_first_and_look(benchmark::State& state) {
  const auto pending = static_cast<std::size_t>(state.range(0));
  const std::size_t batch = 2 * pending;
  EventQueue<std::uint64_t> ours;
  std::priority_queue<Plain> plain;
  std::vector<EventHandle> handles(pending);
  std::vector<std::uint8_t> gone(pending);
  std::size_t mine = 0, theirs = 0;
  const auto time_of = [](std::size_t i) { return static_cast<std::int64_t>(i + 1) * 1'000'000; };
  const auto push = [&](std::size_t i) {
    handles[i % pending] = ours.push_cancellable(Time(Duration(time_of(i))), Turn::finish, i);
  };
  for (; mine < pending; ++mine, ++theirs) {
    push(mine);
    plain.push({time_of(theirs), theirs});
  }
  in_turns(
      state, batch,
      [&] {
        std::int64_t seen = 0;
        for (std::size_t i = 0; i < batch; ++i) {
          ours.cancel(handles[mine % pending]);
          push(mine++);
          seen += ours.next()->time.time_since_epoch().count();
        }
        return seen;
      },
      [&] {
        std::int64_t seen = 0;
        for (std::size_t i = 0; i < batch; ++i) {
          gone[theirs % pending] = 1;
          for (std::size_t first; gone[(first = plain.top().payload) % pending] != 0; plain.pop())
            gone[first % pending] = 0;
          plain.push({time_of(theirs), theirs});
          ++theirs;
          seen += plain.top().time;
        }
        return seen;
      });
}
BENCHMARK(cancel_first_and_look)->Arg(10'000)->Arg(100'000)->UseManualTime()->MinTime(0.3);

// Each of 5 000 events is scheduled before all the others, n being far away; then they leave.
void descending(benchmark::State& state) {
  const auto far = static_cast<std::size_t>(state.range(0));
  constexpr std::int64_t kYear = 31'536'000'000'000'000, kSpan = 1'000;
  constexpr std::int64_t kMany = 5'000;
  EventQueue<std::uint64_t> ours;
  std::priority_queue<Plain> plain;
  for (std::size_t i = 0; i < far; ++i) {
    const std::int64_t time = kYear + static_cast<std::int64_t>(i) * kSpan;
    ours.push(Time(Duration(time)), Turn::finish, i);
    plain.push({time, i});
  }
  std::int64_t mine = 0, theirs = 0;
  in_turns(
      state, 10 * kMany,
      [&] {
        std::int64_t seen = 0;
        for (int round = 0; round < 10; ++round) {
          for (std::int64_t i = kMany; i > 0; --i)
            ours.push(Time(Duration(mine + i * kSpan)), Turn::finish, 0);
          for (std::int64_t i = kMany; i > 0; --i)
            seen += (mine = ours.pop().time.time_since_epoch().count());
        }
        return seen;
      },
      [&] {
        std::int64_t seen = 0;
        for (int round = 0; round < 10; ++round) {
          for (std::int64_t i = kMany; i > 0; --i) plain.push({theirs + i * kSpan, 0});
          for (std::int64_t i = kMany; i > 0; --i) {
            seen += (theirs = plain.top().time);
            plain.pop();
          }
        }
        return seen;
      });
}
BENCHMARK(descending)->Arg(10'000)->UseManualTime()->MinTime(0.3);

// Each of n events is scheduled before all the others, some 500 microseconds apart, and it is asked
// which is the first now; then they leave.
void descending_and_look(benchmark::State& state) {
  const std::int64_t many = state.range(0), span = 500'000;
  EventQueue<std::uint64_t> ours;
  std::priority_queue<Plain> plain;
  std::int64_t mine = 0, theirs = 0;
  in_turns(
      state, static_cast<std::size_t>(many),
      [&] {
        std::int64_t seen = 0;
        for (std::int64_t i = many; i > 0; --i) {
          ours.push(Time(Duration(mine + i * span)), Turn::finish, 0);
          seen += ours.next()->time.time_since_epoch().count();
        }
        while (!ours.empty()) mine = ours.pop().time.time_since_epoch().count();
        return seen + mine;
      },
      [&] {
        std::int64_t seen = 0;
        for (std::int64_t i = many; i > 0; --i) {
          plain.push({theirs + i * span, 0});
          seen += plain.top().time;
        }
        for (; !plain.empty(); plain.pop()) theirs = plain.top().time;
        return seen + theirs;
      });
}
BENCHMARK(descending_and_look)->Arg(50'000)->UseManualTime()->MinTime(0.3);

// HOLD of n events, run in slices of time of which there are `per_event` for each; so most find
// nothing due.
void slices(benchmark::State& state, std::int64_t per_event) {
  const auto pending = static_cast<std::size_t>(state.range(0));
  constexpr std::size_t kBatch = 100'000;  // slices
  const Spans spans = spans_of("exponential");
  const std::int64_t slice = 1'000'000'000 / static_cast<std::int64_t>(pending) / per_event;
  EventQueue<std::uint64_t> ours;
  std::priority_queue<Plain> plain;
  std::size_t drawn = 0, mine = 0, theirs = 0;
  for (; drawn < pending; ++drawn) {
    ours.push(Time(Duration(spans[drawn % kSpans])), Turn::finish, drawn);
    plain.push({spans[drawn % kSpans], drawn});
  }
  std::int64_t our_end = 0, plain_end = 0;
  in_turns(
      state, kBatch,
      [&] {
        std::int64_t seen = 0;
        for (std::size_t i = 0; i < kBatch; ++i) {
          const Time end{Duration(our_end += slice)};
          while (const auto event = ours.pop_until(end)) {
            seen += event->time.time_since_epoch().count();
            ours.push(event->time + Duration(spans[mine++ % kSpans]), Turn::finish, event->payload);
          }
        }
        return seen;
      },
      [&] {
        std::int64_t seen = 0;
        for (std::size_t i = 0; i < kBatch; ++i) {
          plain_end += slice;
          while (plain.top().time <= plain_end) {
            const Plain event = plain.top();
            plain.pop();
            seen += event.time;
            plain.push({event.time + spans[theirs++ % kSpans], event.payload});
          }
        }
        return seen;
      });
}
BENCHMARK_CAPTURE(slices, 10, 10)->Arg(3)->Arg(5'000)->UseManualTime()->MinTime(0.2);
BENCHMARK_CAPTURE(slices, 1000, 1'000)->Arg(3)->Arg(5'000)->UseManualTime()->MinTime(0.2);

// HOLD of fifty events in each of n queues, of which one is taken at random: what does not fit a
// cache.
void many_queues(benchmark::State& state) {
  const auto queues = static_cast<std::size_t>(state.range(0));
  constexpr std::size_t kPending = 50, kBatch = 50'000;
  const Spans spans = spans_of("exponential");
  std::vector<EventQueue<std::uint64_t>> ours(queues);
  std::vector<std::priority_queue<Plain>> plain(queues);
  for (std::size_t i = 0; i < queues * kPending; ++i) {
    ours[i / kPending].push(Time(Duration(spans[i % kSpans])), Turn::finish, i);
    plain[i / kPending].push({spans[i % kSpans], i});
  }
  std::mt19937_64 mine(1), theirs(1);
  in_turns(
      state, kBatch,
      [&] {
        std::int64_t seen = 0;
        for (std::size_t i = 0; i < kBatch; ++i) {
          EventQueue<std::uint64_t>& queue = ours[mine() % queues];
          const Event<std::uint64_t> event = queue.pop();
          seen += event.time.time_since_epoch().count();
          queue.push(event.time + Duration(spans[i]), Turn::finish, event.payload);
        }
        return seen;
      },
      [&] {
        std::int64_t seen = 0;
        for (std::size_t i = 0; i < kBatch; ++i) {
          std::priority_queue<Plain>& queue = plain[theirs() % queues];
          const Plain event = queue.top();
          queue.pop();
          seen += event.time;
          queue.push({event.time + spans[i], event.payload});
        }
        return seen;
      });
}
BENCHMARK(many_queues)->Arg(100)->Arg(10'000)->UseManualTime()->MinTime(0.3);

// Single cycles of HOLD, each timed by itself. The same cycles run three times, from copies of the
// same queue, and of each the shortest time counts: what the machine did meanwhile is left out,
// what the queue does again is not. The clock's own time, some 20 ns, is in all of them.
template <class Queue, class Cycle>
std::vector<float> single_cycles(const Queue& filled, std::size_t cycles, const Cycle& cycle) {
  std::vector<float> times(cycles, 1e30f);
  for (int round = 0; round < 3; ++round) {
    Queue queue = filled;
    for (std::size_t i = 0; i < cycles; ++i) {
      const auto start = std::chrono::steady_clock::now();
      cycle(queue, i);
      const std::chrono::duration<float, std::nano> time = std::chrono::steady_clock::now() - start;
      times[i] = std::min(times[i], time.count());
    }
  }
  std::sort(times.begin(), times.end());
  return times;
}
void count(benchmark::State& state, const std::string& who, const std::vector<float>& times) {
  state.counters[who + "p50_ns"] = times[times.size() / 2];
  state.counters[who + "p999_ns"] = times[times.size() - times.size() / 1000 - 1];
  state.counters[who + "max_ns"] = times.back();
}
void worst(benchmark::State& state, const std::string& kind) {
  const auto pending = static_cast<std::size_t>(state.range(0));
  const std::size_t cycles = std::max<std::size_t>(500'000, pending / 8);
  const Spans spans = spans_of(kind);
  EventQueue<std::uint64_t> ours;
  std::priority_queue<Plain> plain;
  const auto ours_cycle = [&](EventQueue<std::uint64_t>& queue, std::size_t i) {
    const Event<std::uint64_t> event = queue.pop();
    queue.push(event.time + Duration(spans[i % kSpans]), Turn::finish, i);
  };
  const auto plain_cycle = [&](std::priority_queue<Plain>& queue, std::size_t i) {
    const Plain event = queue.top();
    queue.pop();
    queue.push({event.time + spans[i % kSpans], i});
  };
  for (std::size_t i = 0; i < pending; ++i) {
    ours.push(Time(Duration(spans[i % kSpans])), Turn::finish, i);
    plain.push({spans[i % kSpans], i});
  }
  // Those that come due together do so in the midst of what is timed.
  const std::size_t before = pending > cycles ? pending - cycles / 2 : pending / 2;
  for (std::size_t i = 0; i < before; ++i) {
    ours_cycle(ours, i);
    plain_cycle(plain, i);
  }
  for (auto _ : state) {
    count(state, "", single_cycles(ours, cycles, ours_cycle));
    count(state, "std_", single_cycles(plain, cycles, plain_cycle));
  }
}
void once(benchmark::internal::Benchmark* cycle) {
  cycle->Arg(10'000)->Arg(1'000'000)->Arg(10'000'000)->Iterations(1)->Unit(benchmark::kMillisecond);
}
BENCHMARK_CAPTURE(worst, exponential, "exponential")->Apply(once);
BENCHMARK_CAPTURE(worst, bursts, "bursts")->Arg(1'000'000)->Iterations(1);
BENCHMARK_CAPTURE(worst, close_together, "close_together")->Apply(once);

// The same of events that are moved to another time, one after the other, once what has been moved
// away is so much that it is swept out.
void worst_move(benchmark::State& state) {
  const auto pending = static_cast<std::size_t>(state.range(0));
  const Spans spans = spans_of("uniform");
  EventQueue<std::uint64_t> filled;
  std::vector<EventHandle> handles;
  const auto time_of = [&](std::size_t i) {
    return Time(Duration(spans[i % kSpans] + static_cast<std::int64_t>(i)));
  };
  for (std::size_t i = 0; i < pending; ++i)
    handles.push_back(filled.push_cancellable(time_of(i), Turn::finish, i));
  const auto move = [&](EventQueue<std::uint64_t>& queue, std::size_t i) {
    queue.reschedule(handles[i % pending], time_of(7 * i));
  };
  for (std::size_t i = 0; i < 3 * pending; ++i) move(filled, i);
  for (auto _ : state) count(state, "", single_cycles(filled, pending / 4, move));
}
BENCHMARK(worst_move)->Apply(once);

// The longest operation in the whole life of a queue: n events are scheduled, held for two
// million cycles, most of them cancelled if they can be, and the rest leaves. Then the same once
// more in the memory that clear() has kept, in which nothing grows and no page is new. Each life is
// lived twice, and of each operation the shorter time counts.
struct SlowOperations {
  // The clock's own time included.
  template <class Operation>
  void time(const Operation& operation) {
    const auto start = std::chrono::steady_clock::now();
    operation();
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    ++operations;
    if (took.count() > 1e4) slow.emplace_back(operations, took.count());
  }
  double longest_also_in(const SlowOperations& other) const {
    double longest = 0;
    auto at = other.slow.begin();
    for (const auto& [index, took] : slow) {
      while (at != other.slow.end() && at->first < index) ++at;
      if (at != other.slow.end() && at->first == index)
        longest = std::max(longest, std::min(took, at->second));
    }
    return longest;
  }
  std::size_t operations = 0;
  std::vector<std::pair<std::size_t, double>> slow;
};
constexpr std::size_t kHeld = 2'000'000;
SlowOperations live(EventQueue<std::uint64_t>& queue, const Spans& spans, std::size_t most,
                    bool cancel) {
  SlowOperations seen;
  std::vector<EventHandle> handles(cancel ? most : 0);
  std::size_t drawn = 0;
  const auto push = [&](Time now, std::size_t i) {
    const Time time = now + Duration(spans[drawn++ % kSpans]);
    seen.time([&] {
      if (cancel)
        handles[i] = queue.push_cancellable(time, Turn::finish, i);
      else
        queue.push(time, Turn::finish, i);
    });
  };
  const auto pop = [&] {
    Event<std::uint64_t> event;
    seen.time([&] { event = queue.pop(); });
    return event;
  };
  for (std::size_t i = 0; i < most; ++i) push(kStart, i);
  std::minstd_rand luck(1);
  for (std::size_t i = 0; i < kHeld; ++i) {
    const Event<std::uint64_t> event = pop();
    push(event.time, event.payload);
    const std::size_t other = luck() % most;
    if (cancel && i % 2 == 0) {
      seen.time([&] { queue.cancel(handles[other]); });
      push(event.time, other);
    }
  }
  for (std::size_t i = 0; i < handles.size(); ++i)
    if (luck() % 10 < 7) seen.time([&] { queue.cancel(handles[i]); });
  while (!queue.empty()) pop();
  return seen;
}
SlowOperations live(std::priority_queue<Plain>& queue, const Spans& spans, std::size_t most) {
  SlowOperations seen;
  std::size_t drawn = 0;
  const auto push = [&](std::int64_t now, std::uint64_t i) {
    seen.time([&] { queue.push({now + spans[drawn++ % kSpans], i}); });
  };
  const auto pop = [&] {
    const Plain event = queue.top();
    seen.time([&] { queue.pop(); });
    return event;
  };
  for (std::size_t i = 0; i < most; ++i) push(0, i);
  for (std::size_t i = 0; i < kHeld; ++i) {
    const Plain event = pop();
    push(event.time, event.payload);
  }
  while (!queue.empty()) pop();
  return seen;
}
void lives(benchmark::internal::Benchmark* life) {
  life->Arg(1'000'000)->Arg(10'000'000)->Iterations(1)->Unit(benchmark::kMillisecond);
}
void life(benchmark::State& state, const std::string& kind, bool cancel) {
  const auto most = static_cast<std::size_t>(state.range(0));
  const Spans spans = spans_of(kind);
  for (auto _ : state) {
    const bool beside = most <= 1'000'000 && !cancel;  // else the plain queue would take a minute
    std::vector<SlowOperations> fresh, kept, plain;
    for (int round = 0; round < 2; ++round) {
      EventQueue<std::uint64_t> ours;
      fresh.push_back(live(ours, spans, most, cancel));
      ours.clear();
      kept.push_back(live(ours, spans, most, cancel));
      std::priority_queue<Plain> theirs;
      if (beside) plain.push_back(live(theirs, spans, most));
    }
    state.counters["life_max_ns"] = fresh[0].longest_also_in(fresh[1]);
    state.counters["kept_max_ns"] = kept[0].longest_also_in(kept[1]);
    if (beside) state.counters["std_max_ns"] = plain[0].longest_also_in(plain[1]);
  }
}
BENCHMARK_CAPTURE(life, exponential, "exponential", false)->Apply(lives);
BENCHMARK_CAPTURE(life, lognormal, "lognormal", false)->Apply(lives);
BENCHMARK_CAPTURE(life, close_together, "close_together", false)->Apply(lives);
BENCHMARK_CAPTURE(life, cancelled, "exponential", true)->Apply(lives);

// Copies of a queue with n events by make(queue, copy), which makes or changes an optional copy.
template <class Make>
void copies(benchmark::State& state, const Make& make) {
  const auto pending = static_cast<std::size_t>(state.range(0));
  const Spans spans = spans_of("exponential");
  EventQueue<std::uint64_t> ours;
  std::priority_queue<Plain> plain;
  for (std::size_t i = 0; i < pending; ++i) {
    ours.push(Time(Duration(spans[i % kSpans])), Turn::finish, i);
    plain.push({spans[i % kSpans], i});
  }
  const std::size_t copies = std::max<std::size_t>(1, 20'000 / pending);
  const auto all = [&](const auto& queue, auto& copy) {
    std::int64_t seen = 0;
    for (std::size_t i = 0; i < copies; ++i) {
      make(queue, copy);
      benchmark::DoNotOptimize(copy);
      seen += static_cast<std::int64_t>(copy->size());
    }
    return seen;
  };
  std::optional<EventQueue<std::uint64_t>> our_copy(ours);
  std::optional<std::priority_queue<Plain>> plain_copy(plain);
  in_turns(
      state, copies * pending, [&] { return all(ours, our_copy); },
      [&] { return all(plain, plain_copy); });
}
// Into new memory, that of the copy before being given back.
void copy_queue(benchmark::State& state) {
  copies(state, [](const auto& queue, auto& copy) { copy.emplace(queue); });
}
BENCHMARK(copy_queue)->Apply(few_sizes)->Arg(10'000'000);
// Into the memory of the copy before, as when a saved state is branched again and again.
void assign_queue(benchmark::State& state) {
  copies(state, [](const auto& queue, auto& copy) { *copy = queue; });
}
BENCHMARK(assign_queue)->Apply(few_sizes)->Arg(10'000'000);

}  // namespace
}  // namespace racked::des

BENCHMARK_MAIN();
