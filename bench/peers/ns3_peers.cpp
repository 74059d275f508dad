// HOLD and M/M/1 as callbacks of ns-3's simulator, by scheduler. In C++17: its headers are older
// than C++20. Debian's build has logging compiled in, which costs it a little everywhere. Spans are
// drawn beforehand.
//
//     ns3_peers hold PENDING EVENTS | ns3_peers mm1 CUSTOMERS     as peers
#include <ns3/core-module.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

class Spans {
 public:
  Spans(double mean, unsigned seed) : spans_(kSpans) {
    std::mt19937_64 stream(seed);
    std::exponential_distribution<double> draw(1 / mean);
    for (std::int64_t& span : spans_) span = static_cast<std::int64_t>(1e9 * draw(stream));
  }
  ns3::Time next() { return ns3::NanoSeconds(spans_[next_++ % kSpans]); }

 private:
  static constexpr std::size_t kSpans = 1 << 16;
  std::vector<std::int64_t> spans_;
  std::size_t next_ = 0;
};

struct Luck {
  Spans between{1, 1}, service{0.9, 2};
};

using ns3::Simulator;

void use(const std::string& scheduler) {
  ns3::ObjectFactory factory;
  factory.SetTypeId("ns3::" + scheduler);
  Simulator::SetScheduler(factory);
}

struct Ns3Hold {
  Luck& luck;
  std::size_t left;
  void fire() {
    if (--left == 0) return Simulator::Stop();
    Simulator::Schedule(luck.between.next(), &Ns3Hold::fire, this);
  }
};
Clock::time_point ns3_hold(const std::string& scheduler, Luck& luck, std::size_t pending,
                           std::size_t events) {
  use(scheduler);
  Ns3Hold model{luck, events};
  for (std::size_t i = 0; i < pending; ++i)
    Simulator::Schedule(luck.between.next(), &Ns3Hold::fire, &model);
  const auto start = Clock::now();
  Simulator::Run();
  Simulator::Destroy();
  return start;
}

struct Ns3Queue {
  Luck& luck;
  std::size_t left;
  std::size_t present = 0;
  void come() {
    Simulator::Schedule(luck.between.next(), &Ns3Queue::come, this);
    if (++present == 1) Simulator::Schedule(luck.service.next(), &Ns3Queue::leave, this);
  }
  void leave() {
    if (--left == 0) Simulator::Stop();
    if (--present > 0) Simulator::Schedule(luck.service.next(), &Ns3Queue::leave, this);
  }
};
void ns3_mm1(const std::string& scheduler, Luck& luck, std::size_t customers) {
  use(scheduler);
  Ns3Queue model{luck, customers};
  Simulator::Schedule(luck.between.next(), &Ns3Queue::come, &model);
  Simulator::Run();
  Simulator::Destroy();
}

}  // namespace

int main(int count, char** words) {
  const std::vector<std::string> given(words + 1, words + count);
  const bool holds = given.size() == 3 && given[0] == "hold";
  if (!holds && !(given.size() == 2 && given[0] == "mm1")) {
    std::fprintf(stderr, "usage: ns3_peers hold PENDING EVENTS | ns3_peers mm1 CUSTOMERS\n");
    return 2;
  }
  const std::size_t cycles = std::stoul(given.back());
  for (const std::string scheduler : {"MapScheduler", "HeapScheduler", "CalendarScheduler"}) {
    Luck luck;
    auto start = Clock::now();
    if (holds) {
      start = ns3_hold(scheduler, luck, std::stoul(given[1]), cycles);
    } else {
      ns3_mm1(scheduler, luck, cycles);
    }
    const std::chrono::duration<double, std::nano> took = Clock::now() - start;
    std::printf("ns-3, %s\t%.2f\n", scheduler.c_str(), took.count() / static_cast<double>(cycles));
  }
  return 0;
}
