// Queues whose answers are known, told as events: the state is plain numbers, each event a case of
// one function. The same queues as processes, with more of them and the formulas' source, stand in
// queues_processes.cpp.
#include <racked/des/event_loop.h>
#include <racked/des/portable_math.h>
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

double hours(des::Duration span) { return des::units_of(span, des::kHour); }
des::Duration of_hours(double hours) { return des::rounded(hours, des::kHour); }
double exponential(des::RandomStream& stream, double rate) {
  return -des::portable::log(stream.uniform()) / rate;
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

// One server whom the first class takes from the second: who is served is sent back to the head of
// the queue, and the end of the service, an event already scheduled, is cancelled.
struct PreemptiveServer {
  enum class What { arrival, end };
  struct Customer {
    des::Time came;
    des::Duration left;
    int klass;
  };

  explicit PreemptiveServer(std::uint64_t replication)
      : arrivals(1, des::purpose_key("arrivals"), replication) {}

  void run(double rate, double first_class) {
    loop.schedule(des::kStart, des::Turn::start, What::arrival);
    loop.run_until(des::kStart + of_hours(kHours), [&](const des::Event<What>& event) {
      if (event.payload == What::end) return leave();
      const des::Duration next = of_hours(exponential(arrivals, rate));
      loop.schedule(event.time + next, des::Turn::start, What::arrival);
      const int klass = arrivals.uniform() < first_class ? 1 : 2;
      join({event.time, of_hours(1), klass});
    });
  }

  void join(const Customer& customer) {
    (customer.klass == 1 ? first : second).push_back(customer);
    if (loop.pending(end) && customer.klass < served.klass) {
      loop.cancel(end);
      served.left -= loop.now() - since;
      second.push_front(served);
    }
    if (!loop.pending(end)) serve();
  }

  void serve() {
    std::deque<Customer>& queue = first.empty() ? second : first;
    served = queue.front();
    queue.pop_front();
    since = loop.now();
    end = loop.schedule_cancellable(since + served.left, des::Turn::finish, What::end);
  }

  void leave() {
    if (served.klass == 2 && hours(served.came - des::kStart) >= kWarmUpHours)
      stays.record(hours(loop.now() - served.came));
    if (!first.empty() || !second.empty()) serve();
  }

  des::EventLoop<What> loop;
  des::RandomStream arrivals;
  std::deque<Customer> first, second;
  Customer served{};
  des::Time since;
  des::EventHandle end;
  des::Tally stays;
};

// Machines that fail and are repaired one after the other; an event names the machine.
struct MachineRepair {
  struct What {
    int machine;
    bool fails;
  };

  explicit MachineRepair(std::uint64_t replication)
      : failures(1, des::purpose_key("failures"), replication),
        repairs(1, des::purpose_key("repairs"), replication) {}

  void run(int machines, double failure_rate) {
    const auto work = [&](int machine) {
      const des::Duration span = of_hours(exponential(failures, failure_rate));
      loop.schedule(loop.now() + span, des::Turn::start, {machine, true});
    };
    const auto repair = [&] {
      const des::Duration span = of_hours(exponential(repairs, 1));
      loop.schedule(loop.now() + span, des::Turn::finish, {down.front().machine, false});
    };
    for (int machine = 0; machine < machines; ++machine) work(machine);
    loop.run_until(des::kStart + of_hours(kHours), [&](const des::Event<What>& event) {
      if (event.payload.fails) {
        down.push_back({event.payload.machine, event.time});
        if (down.size() == 1) repair();
        return;
      }
      const des::Time since = down.front().since;
      if (hours(since - des::kStart) >= kWarmUpHours) hours_down.record(hours(event.time - since));
      down.pop_front();
      work(event.payload.machine);
      if (!down.empty()) repair();
    });
  }

  struct Down {
    int machine;
    des::Time since;
  };
  des::EventLoop<What> loop;
  des::RandomStream failures, repairs;
  std::deque<Down> down;
  des::Tally hours_down;
};

bool failed = false;

template <class Model>
void compare(const char* what, double theory, double (*replicate)(Model&)) {
  des::Tally means;
  for (int i = 0; i < kReplications; ++i) {
    Model model(static_cast<std::uint64_t>(i));
    means.record(replicate(model));
  }
  const double half = means.half_width(0.999);
  const bool agrees = std::abs(means.mean() - theory) <= half;
  failed = failed || !agrees;
  std::printf("%-58s %8.4f  simulated %8.4f ± %.4f%s\n", what, theory, means.mean(), half,
              agrees ? "" : "  DISAGREES");
}

constexpr int kAnyNumber = 1'000'000'000;

std::function<double()> memoryless(Line& line) {
  return [&line] { return exponential(line.services, 1); };
}

double wait_of(Line& line, Line::Station station, double rate) {
  line.stations = {std::move(station)};
  line.run(rate, 0);
  return line.waits.mean();
}

}  // namespace

int main() {
  compare<Line>("M/M/1, rho 0.8: wait in hours", 0.8 / 0.2, [](Line& line) {
    return wait_of(line, {1, kAnyNumber, memoryless(line)}, 0.8);
  });

  // Erlang's C for two servers and load 1.5: 2ρ²/(1 + ρ) = 9/14 with ρ = 0.75.
  compare<Line>("M/M/2, load 1.5: wait in hours", (9.0 / 14) / (2 - 1.5), [](Line& line) {
    return wait_of(line, {2, kAnyNumber, memoryless(line)}, 1.5);
  });

  // For four and load 3.2: Erlang's B by its recursion from 1 is 3.2/4.2, then 0.549356, 0.369475,
  // 0.228145; C = 4 B/(4 − 3.2 (1 − B)) = 0.596432.
  compare<Line>("M/M/4, load 3.2: wait in hours", 0.596432 / (4 - 3.2), [](Line& line) {
    return wait_of(line, {4, kAnyNumber, memoryless(line)}, 3.2);
  });

  compare<Line>("M/G/1, uniform services: wait in hours", 0.7 * (13.0 / 12) / (2 * 0.3),
                [](Line& line) {
                  const auto service = [&line] { return 0.5 + line.services.uniform(); };
                  return wait_of(line, {1, kAnyNumber, service}, 0.7);
                });

  // M/M/1/3: p_n ∝ ρⁿ, turned away 0.9³/(1 + 0.9 + 0.81 + 0.729).
  compare<Line>("M/M/1/3, rho 0.9: share turned away", 0.729 / 3.439, [](Line& line) {
    wait_of(line, {1, 3, memoryless(line)}, 0.9);
    return line.lost.mean();
  });

  // M/M/2/5 with load 1.8: p_n ∝ 1, 1.8, 1.62, then times 0.9 each: 1.458, 1.3122, 1.18098.
  compare<Line>("M/M/2/5, load 1.8: share turned away", 1.18098 / 8.37118, [](Line& line) {
    wait_of(line, {2, 5, memoryless(line)}, 1.8);
    return line.lost.mean();
  });

  compare<Line>("M/M/1 with priority: wait of the second class", 0.8 / (0.7 * 0.2), [](Line& line) {
    line.stations = {{1, kAnyNumber, memoryless(line)}};
    line.run(0.8, 0.375);
    return line.waits.mean();
  });

  compare<PreemptiveServer>("M/D/1 with pre-emption: stay of the second class",
                            1 / 0.7 + 0.4 / (0.7 * 0.2), [](PreemptiveServer& server) {
                              server.run(0.8, 0.375);
                              return server.stays.mean();
                            });

  compare<Line>("tandem of two M/M/1, rho 0.7: stay in hours", 2 / 0.3, [](Line& line) {
    line.stations = {{1, kAnyNumber, memoryless(line)}, {1, kAnyNumber, memoryless(line)}};
    line.run(0.7, 0);
    return line.stays.mean();
  });

  // Six machines that fail at rate 0.2: p_n ∝ 1, 1.2, 1.2, 0.96, 0.576, 0.2304, 0.04608, so that
  // L = 10.21248/5.21248 = 1.959236 are down, each for L/(0.2 (6 − L)).
  compare<MachineRepair>("machine repair, 6 machines: hours down",
                         1.959236 / (0.2 * (6 - 1.959236)), [](MachineRepair& shop) {
                           shop.run(6, 0.2);
                           return shop.hours_down.mean();
                         });
  return failed ? 1 : 0;
}
