// Queues whose answers are known, told as events: the state is plain numbers, each event a case of
// one function. The same queues as processes, with more of them and the formulas' source, stand in
// queues_processes.cpp.
#include <racked/des/event_loop.h>
#include <racked/des/random_stream.h>
#include <racked/des/statistics.h>

#include <cmath>
#include <cstdio>
#include <deque>
#include <functional>
#include <vector>

namespace des = racked::des;

namespace {

constexpr int kReplications = 30;
constexpr double kWarmUpHours = 500, kHours = 20'000;

double hours(des::Duration span) {
  return std::chrono::duration<double, std::ratio<3600>>(span).count();
}
des::Duration of_hours(double hours) { return des::Duration(std::llround(hours * 3.6e12)); }
double exponential(des::RandomStream& stream, double rate) {
  return -std::log(stream.uniform()) / rate;
}

// Stations in a row, the last of which is left; each with servers, room, and a queue in the order
// of coming or by class.
struct Line {
  struct Customer {
    des::Time came;
    int klass;
  };
  struct Station {
    int servers;
    int room;  // served or waiting, at most
    std::function<double()> service;
    int busy = 0;
    std::deque<Customer> first{}, second{};  // by class

    int present() const { return busy + static_cast<int>(first.size() + second.size()); }
  };
  struct What {
    int station;  // -1: somebody arrives
    int customer;
  };

  explicit Line(std::uint64_t replication)
      : arrivals(1, des::purpose_key("arrivals"), replication),
        services(1, des::purpose_key("services"), replication) {}

  void run(double rate, double first_class) {
    loop.schedule(des::kStart, des::Turn::start, {-1, 0});
    loop.run_until(des::kStart + of_hours(kHours), [&](const des::Event<What>& event) {
      if (event.payload.station < 0) {
        const des::Duration next = of_hours(exponential(arrivals, rate));
        loop.schedule(event.time + next, des::Turn::start, {-1, 0});
        const bool counts = hours(event.time - des::kStart) >= kWarmUpHours;
        const bool full = stations[0].present() >= stations[0].room;
        if (counts) lost.record(full ? 1 : 0);
        if (!full) join(0, {event.time, arrivals.uniform() < first_class ? 1 : 2});
      } else {
        leave(event.payload);
      }
    });
  }

  void join(int at, Customer customer) {
    Station& station = stations[static_cast<std::size_t>(at)];
    (customer.klass == 1 ? station.first : station.second).push_back(customer);
    if (station.busy < station.servers) serve(at);
  }

  void serve(int at) {
    Station& station = stations[static_cast<std::size_t>(at)];
    std::deque<Customer>& queue = station.first.empty() ? station.second : station.first;
    const Customer customer = queue.front();
    queue.pop_front();
    ++station.busy;
    const bool counts = hours(customer.came - des::kStart) >= kWarmUpHours;
    if (counts && at == 0 && customer.klass == 2) waits.record(hours(loop.now() - customer.came));
    const des::Time end = loop.now() + of_hours(station.service());
    loop.schedule(end, des::Turn::finish, {at, static_cast<int>(served.size())});
    served.push_back(customer);
  }

  void leave(const What& what) {
    Station& station = stations[static_cast<std::size_t>(what.station)];
    const Customer customer = served[static_cast<std::size_t>(what.customer)];
    --station.busy;
    if (!station.first.empty() || !station.second.empty()) serve(what.station);
    const auto next = static_cast<std::size_t>(what.station) + 1;
    if (next < stations.size()) return join(static_cast<int>(next), customer);
    if (hours(customer.came - des::kStart) >= kWarmUpHours)
      stays.record(hours(loop.now() - customer.came));
  }

  des::EventLoop<What> loop;
  des::RandomStream arrivals, services;
  std::vector<Station> stations;
  std::vector<Customer> served;
  des::Tally waits, stays, lost;
};

bool failed = false;

void compare(const char* what, double theory, const std::function<double(Line&)>& replicate) {
  des::Tally means;
  for (int i = 0; i < kReplications; ++i) {
    Line line(static_cast<std::uint64_t>(i));
    means.record(replicate(line));
  }
  const double half = means.half_width(0.999);
  const bool agrees = std::abs(means.mean() - theory) <= half;
  failed = failed || !agrees;
  std::printf("%-58s %8.4f  simulated %8.4f ± %.4f%s\n", what, theory, means.mean(), half,
              agrees ? "" : "  DISAGREES");
}

}  // namespace

int main() {
  constexpr int kAnyNumber = 1'000'000'000;
  const auto memoryless = [](Line& line) {
    return [&line] { return exponential(line.services, 1); };
  };

  compare("M/M/1, rho 0.8: wait in hours", 0.8 / 0.2, [&](Line& line) {
    line.stations = {{1, kAnyNumber, memoryless(line)}};
    line.run(0.8, 0);
    return line.waits.mean();
  });

  // Erlang's C for two servers and load 1.5: 2ρ²/(1 + ρ) = 9/14 with ρ = 0.75.
  compare("M/M/2, load 1.5: wait in hours", (9.0 / 14) / (2 - 1.5), [&](Line& line) {
    line.stations = {{2, kAnyNumber, memoryless(line)}};
    line.run(1.5, 0);
    return line.waits.mean();
  });

  compare("M/G/1, uniform services: wait in hours", 0.7 * (13.0 / 12) / (2 * 0.3), [](Line& line) {
    line.stations = {{1, kAnyNumber, [&line] { return 0.5 + line.services.uniform(); }}};
    line.run(0.7, 0);
    return line.waits.mean();
  });

  // M/M/1/3: p_n ∝ ρⁿ, turned away 0.9³/(1 + 0.9 + 0.81 + 0.729).
  compare("M/M/1/3, rho 0.9: share turned away", 0.729 / 3.439, [&](Line& line) {
    line.stations = {{1, 3, memoryless(line)}};
    line.run(0.9, 0);
    return line.lost.mean();
  });

  compare("M/M/1 with priority: wait of the second class", 0.8 / (0.7 * 0.2), [&](Line& line) {
    line.stations = {{1, kAnyNumber, memoryless(line)}};
    line.run(0.8, 0.375);
    return line.waits.mean();
  });

  compare("tandem of two M/M/1, rho 0.7: stay in hours", 2 / 0.3, [&](Line& line) {
    line.stations = {{1, kAnyNumber, memoryless(line)}, {1, kAnyNumber, memoryless(line)}};
    line.run(0.7, 0);
    return line.stays.mean();
  });
  return failed ? 1 : 0;
}
