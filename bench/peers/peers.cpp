// HOLD and M/M/1 as a plain loop over std::priority_queue, as racked's events and as its processes.
// Spans are drawn beforehand.
//
//     peers hold PENDING EVENTS | peers mm1 CUSTOMERS     one line a kernel: name, ns per event or
//                                                         customer
#include <racked/des/event_loop.h>
#include <racked/des/process.h>
#include <racked/des/random_stream.h>
#include <racked/des/resource.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <queue>
#include <string>
#include <vector>

namespace des = racked::des;

namespace {

using Clock = std::chrono::steady_clock;

// Exponential spans, used over and over.
class Spans {
 public:
  Spans(double mean, const char* purpose) : spans_(kSpans) {
    des::RandomStream stream(1, des::purpose_key(purpose), 0);
    for (std::int64_t& span : spans_)
      span = static_cast<std::int64_t>(-mean * 1e9 * std::log(stream.uniform()));
  }
  std::int64_t next() { return spans_[next_++ % kSpans]; }

 private:
  static constexpr std::size_t kSpans = 1 << 16;
  std::vector<std::int64_t> spans_;
  std::size_t next_ = 0;
};

struct Luck {
  Spans between{1, "between"}, service{0.9, "service"};
};

struct Plain {
  std::int64_t time;
  std::uint64_t what;
  bool operator<(const Plain& other) const { return time > other.time; }
};

Clock::time_point plain_hold(Luck& luck, std::size_t pending, std::size_t events) {
  std::priority_queue<Plain> queue;
  for (std::size_t i = 0; i < pending; ++i) queue.push({luck.between.next(), i});
  const auto start = Clock::now();
  for (std::size_t i = 0; i < events; ++i) {
    const Plain event = queue.top();
    queue.pop();
    queue.push({event.time + luck.between.next(), event.what});
  }
  return start;
}

void plain_mm1(Luck& luck, std::size_t customers) {
  std::priority_queue<Plain> queue;
  std::size_t present = 0;
  queue.push({luck.between.next(), 0});
  while (customers > 0) {
    const Plain event = queue.top();
    queue.pop();
    if (event.what == 0) {
      queue.push({event.time + luck.between.next(), 0});
      if (++present == 1) queue.push({event.time + luck.service.next(), 1});
    } else {
      --customers;
      if (--present > 0) queue.push({event.time + luck.service.next(), 1});
    }
  }
}

Clock::time_point events_hold(Luck& luck, std::size_t pending, std::size_t events) {
  des::EventLoop<std::uint64_t> loop;
  for (std::size_t i = 0; i < pending; ++i)
    loop.schedule(des::kStart + des::Duration(luck.between.next()), des::Turn::start, i);
  const auto again = [&](const des::Event<std::uint64_t>& event) {
    const des::Duration span(luck.between.next());
    loop.schedule(event.time + span, des::Turn::start, event.payload);
  };
  const auto start = Clock::now();
  loop.run_until(des::kNever, again, events);
  return start;
}

void events_mm1(Luck& luck, std::size_t customers) {
  des::EventLoop<std::uint64_t> loop;
  std::size_t present = 0;
  const auto arrival = [&] { return des::Duration(luck.between.next()); };
  const auto service = [&] { return des::Duration(luck.service.next()); };
  loop.schedule(des::kStart + arrival(), des::Turn::start, 0);
  loop.run_until(des::kNever, [&](const des::Event<std::uint64_t>& event) {
    if (event.payload == 0) {
      loop.schedule(event.time + arrival(), des::Turn::start, 0);
      if (++present == 1) loop.schedule(event.time + service(), des::Turn::start, 1);
    } else {
      if (--customers == 0) loop.stop();
      if (--present > 0) loop.schedule(event.time + service(), des::Turn::start, 1);
    }
  });
}

des::Process hold(des::ProcessLoop& loop, Luck& luck, std::size_t& events) {
  for (;;) {
    co_await loop.delay(des::Duration(luck.between.next()));
    if (--events == 0) loop.stop();
  }
}
Clock::time_point processes_hold(Luck& luck, std::size_t pending, std::size_t events) {
  des::ProcessLoop loop;
  for (std::size_t i = 0; i < pending; ++i) loop.start(hold(loop, luck, events));
  loop.run_until(des::kStart);
  const auto start = Clock::now();
  loop.run();
  return start;
}

des::Process customer(des::ProcessLoop& loop, Luck& luck, des::Resource clerk, std::size_t& left) {
  const des::Held held = co_await clerk.seize();
  co_await loop.delay(des::Duration(luck.service.next()));
  if (--left == 0) loop.stop();
}
des::Process arrive(des::ProcessLoop& loop, Luck& luck, des::Resource clerk, std::size_t& left) {
  for (;;) {
    co_await loop.delay(des::Duration(luck.between.next()));
    loop.start(customer(loop, luck, clerk, left));
  }
}
void processes_mm1(Luck& luck, std::size_t customers) {
  des::ProcessLoop loop;
  const des::Resource clerk(loop, "clerk", 1);
  loop.start(arrive(loop, luck, clerk, customers));
  loop.run();
}

struct Kernel {
  const char* name;
  Clock::time_point (*hold)(Luck&, std::size_t, std::size_t);  // returns when it was filled
  void (*mm1)(Luck&, std::size_t);
};

const Kernel kKernels[] = {{"std::priority_queue", plain_hold, plain_mm1},
                           {"racked, events", events_hold, events_mm1},
                           {"racked, processes", processes_hold, processes_mm1}};

}  // namespace

int main(int count, char** words) {
  const std::vector<std::string> given(words + 1, words + count);
  const bool holds = given.size() == 3 && given[0] == "hold";
  if (!holds && !(given.size() == 2 && given[0] == "mm1")) {
    std::fprintf(stderr, "usage: peers hold PENDING EVENTS | peers mm1 CUSTOMERS\n");
    return 2;
  }
  const std::size_t cycles = std::stoul(given.back());
  for (const Kernel& kernel : kKernels) {
    Luck luck;
    auto start = Clock::now();
    if (holds) {
      start = kernel.hold(luck, std::stoul(given[1]), cycles);
    } else {
      kernel.mm1(luck, cycles);
    }
    const std::chrono::duration<double, std::nano> took = Clock::now() - start;
    std::printf("%s\t%.2f\n", kernel.name, took.count() / static_cast<double>(cycles));
  }
  return 0;
}
