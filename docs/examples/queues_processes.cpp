// Queues whose answers are known, told as processes: each is simulated in thirty independent
// replications and compared with its formula by a 99.9 % interval. Rates are per hour; formulas in
// Gross, Shortle, Thompson, Harris, Fundamentals of Queueing Theory, chapters 2, 3 and 6.
#include <racked/des/portable_math.h>
#include <racked/des/process.h>
#include <racked/des/random_stream.h>
#include <racked/des/resource.h>
#include <racked/des/statistics.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <string>

namespace des = racked::des;

namespace {

constexpr int kReplications = 30;
constexpr double kWarmUpHours = 500, kHours = 20'000;

double hours(des::Duration span) { return des::units_of(span, des::kHour); }
des::Duration of_hours(double hours) { return des::rounded(hours, des::kHour); }

// One replication: its luck, its clock, and the hours its customers waited, after warm-up; of those
// with priority nothing is recorded.
struct Run {
  explicit Run(std::uint64_t replication)
      : arrivals(1, des::purpose_key("arrivals"), replication),
        services(1, des::purpose_key("services"), replication) {}

  double exponential(des::RandomStream& stream, double rate) {
    return -des::portable::log(stream.uniform()) / rate;
  }
  void waited(des::Time since) {
    if (hours(since - des::kStart) >= kWarmUpHours) waits.record(hours(loop.now() - since));
  }

  des::RandomStream arrivals, services;
  des::Tally waits;
  des::Tally lost;  // 1 for a customer turned away, 0 for one let in
  des::ProcessLoop loop;
};

// Poisson arrivals; `customer` begins each.
des::Process arrive(des::ProcessLoop& loop, Run& run, double rate, std::function<void()> customer) {
  for (;;) {
    co_await loop.delay(of_hours(run.exponential(run.arrivals, rate)));
    customer();
  }
}

des::Process be_served(des::ProcessLoop& loop, des::Resource server, double service) {
  const des::Held held = co_await server.seize();
  co_await loop.delay(of_hours(service));
}

des::Process be_served_by_class(des::ProcessLoop& loop, Run& run, des::Resource server,
                                double service, int priority) {
  const des::Time came = loop.now();
  const des::Held held = co_await server.seize(1, priority);
  if (priority == 0) run.waited(came);
  co_await loop.delay(of_hours(service));
}

bool failed = false;

// The mean of what `replicate` measures, against what theory says.
void compare(const std::string& what, double theory, const std::function<double(Run&)>& replicate) {
  des::Tally means;
  for (int i = 0; i < kReplications; ++i) {
    Run run(static_cast<std::uint64_t>(i));
    means.record(replicate(run));
  }
  const double half = means.half_width(0.999);
  const bool agrees = std::abs(means.mean() - theory) <= half;
  failed = failed || !agrees;
  std::printf("%-58s %8.4f  simulated %8.4f ± %.4f%s\n", what.c_str(), theory, means.mean(), half,
              agrees ? "" : "  DISAGREES");
}

// Erlang's C: the probability that an M/M/c customer waits, for offered load a.
double erlang_c(int servers, double load) {
  double blocked = 1;  // Erlang's B, by its recursion
  for (int n = 1; n <= servers; ++n) blocked = load * blocked / (n + load * blocked);
  return servers * blocked / (servers - load * (1 - blocked));
}

// What is seen of a resource after the warm-up.
des::ResourceUse use_of(des::Resource resource, des::ProcessLoop& loop) {
  loop.run_until(des::kStart + of_hours(kWarmUpHours));
  resource.watch();
  loop.run_until(des::kStart + of_hours(kHours));
  return resource.use();
}

// M/G/c by the service drawn; the mean wait.
double mean_wait(Run& run, int servers, double rate, const std::function<double()>& service) {
  des::Resource server(run.loop, "server", servers);
  run.loop.start(arrive(run.loop, run, rate,
                        [&, server] { run.loop.start(be_served(run.loop, server, service())); }));
  return use_of(server, run.loop).granted.mean();
}

// Urgent customers take the server from the others, who go on later with what is left: before those
// of their class who have not begun, as they come back by the odd number above its even one.
des::Process be_served_with_breaks(des::ProcessLoop& loop, Run& run, des::Resource server,
                                   double service, int priority) {
  const des::Time came = loop.now();
  des::Duration left = of_hours(service);
  int ask = 2 * priority;
  do {
    bool begun = false;
    try {
      const des::Held held = co_await server.preempt(1, ask);
      begun = true;
      co_await loop.delay(left);
      break;
    } catch (const des::Preempted& lost) {
      if (begun) left = lost.remaining;
    }
    ask = 2 * priority + 1;
  } while (left > des::Duration::zero());
  if (priority == 0) run.waited(came);  // the time in the system, of the others
}

des::Process break_down_and_be_repaired(des::ProcessLoop& loop, Run& run, des::Resource crew,
                                        double failures, double repairs) {
  for (;;) {
    co_await loop.delay(of_hours(run.exponential(run.arrivals, failures)));
    const des::Held held = co_await crew.seize();
    co_await loop.delay(of_hours(run.exponential(run.services, repairs)));
  }
}

des::Process pass_two_stages(des::ProcessLoop& loop, Run& run, des::Resource first,
                             des::Resource second, double rate) {
  const des::Time came = loop.now();
  {
    const des::Held held = co_await first.seize();
    co_await loop.delay(of_hours(run.exponential(run.services, rate)));
  }
  const des::Held held = co_await second.seize();
  co_await loop.delay(of_hours(run.exponential(run.services, rate)));
  run.waited(came);
}

}  // namespace

int main() {
  const auto exponential = [](Run& run) {
    return [&run] { return run.exponential(run.services, 1); };
  };

  // M/M/1: Wq = ρ/(μ − λ).
  compare("M/M/1, rho 0.8: wait in hours", 0.8 / (1 - 0.8),
          [&](Run& run) { return mean_wait(run, 1, 0.8, exponential(run)); });

  // M/M/c: Wq = C(c, a)/(cμ − λ).
  compare("M/M/4, load 3.2: wait in hours", erlang_c(4, 3.2) / (4 - 3.2),
          [&](Run& run) { return mean_wait(run, 4, 3.2, exponential(run)); });

  // M/G/1 (Pollaczek and Khinchine): Wq = λ E[S²]/(2(1 − ρ)); S uniform on [0.5, 1.5], E[S²] =
  // 13/12.
  compare("M/G/1, uniform services: wait in hours", 0.7 * (13.0 / 12) / (2 * 0.3), [](Run& run) {
    return mean_wait(run, 1, 0.7, [&run] { return 0.5 + run.services.uniform(); });
  });

  // M/M/c/K: p_n = p_0 aⁿ/n! up to c = 2, then times a/c each; the share turned away is p_K, K = 5.
  const double load = 1.8;
  double sum = 0, last = 1;
  for (int n = 0; n <= 5; ++n) {
    if (n > 0) last *= load / std::min(n, 2);
    sum += last;
  }
  compare("M/M/2/5, load 1.8: share turned away", last / sum, [&](Run& run) {
    des::Resource server(run.loop, "server", 2), room(run.loop, "room", 5);
    const auto customer = [](des::ProcessLoop& loop, Run& of, des::Resource place,
                             des::Resource served) -> des::Process {
      const bool counts = hours(loop.now() - des::kStart) >= kWarmUpHours;
      const bool full = place.free() == 0;
      if (counts) of.lost.record(full ? 1 : 0);
      if (full) co_return;
      const des::Held in = co_await place.seize();
      const des::Held held = co_await served.seize();
      co_await loop.delay(of_hours(of.exponential(of.services, 1)));
    };
    run.loop.start(arrive(run.loop, run, load,
                          [&] { run.loop.start(customer(run.loop, run, room, server)); }));
    run.loop.run_until(des::kStart + of_hours(kHours));
    return run.lost.mean();
  });

  // M/M/1 with two classes, the first served first (Cobham): W = λ E[S²]/2 = 0.8; the second waits
  // W/((1 − ρ1)(1 − ρ)) with ρ1 = 0.3, ρ = 0.8.
  compare("M/M/1 with priority: wait of the second class", 0.8 / (0.7 * 0.2), [](Run& run) {
    des::Resource server(run.loop, "server", 1);
    run.loop.start(arrive(run.loop, run, 0.8, [&, server] {
      const int priority = run.arrivals.uniform() < 0.375 ? 1 : 0;
      const double service = run.exponential(run.services, 1);
      run.loop.start(be_served_by_class(run.loop, run, server, service, priority));
    }));
    run.loop.run_until(des::kStart + of_hours(kHours));
    return run.waits.mean();
  });

  // Constant services of an hour, pre-emptive: the second class spends S/(1 − ρ1) + W/((1 − ρ1)(1 −
  // ρ)), with W = λ S²/2.
  compare("M/D/1 with pre-emption: stay of the second class", 1 / 0.7 + 0.4 / (0.7 * 0.2),
          [](Run& run) {
            des::Resource server(run.loop, "server", 1);
            run.loop.start(arrive(run.loop, run, 0.8, [&, server] {
              const int priority = run.arrivals.uniform() < 0.375 ? 1 : 0;
              run.loop.start(be_served_with_breaks(run.loop, run, server, 1, priority));
            }));
            run.loop.run_until(des::kStart + of_hours(kHours));
            return run.waits.mean();
          });

  // Two stages in tandem (Burke): each alone is M/M/1, W = 2/(μ − λ).
  compare("tandem of two M/M/1, rho 0.7: stay in hours", 2 / (1 - 0.7), [](Run& run) {
    des::Resource first(run.loop, "first", 1), second(run.loop, "second", 1);
    run.loop.start(arrive(run.loop, run, 0.7, [&, first, second] {
      run.loop.start(pass_two_stages(run.loop, run, first, second, 1));
    }));
    run.loop.run_until(des::kStart + of_hours(kHours));
    return run.waits.mean();
  });

  // Machine repair: 6 machines fail at rate 0.2 each, one crew repairs at rate 1. p_n ∝ 6!/(6 − n)!
  // 0.2ⁿ.
  double weight = 1, all = 1, down = 0;
  for (int n = 1; n <= 6; ++n) {
    weight *= 0.2 * (7 - n);
    all += weight;
    down += n * weight;
  }
  compare("machine repair, 6 machines: how many are down", down / all, [](Run& run) {
    des::Resource crew(run.loop, "crew", 1);
    for (int i = 0; i < 6; ++i)
      run.loop.start(break_down_and_be_repaired(run.loop, run, crew, 0.2, 1));
    const des::ResourceUse use = use_of(crew, run.loop);
    return use.waiting.mean() + use.in_use.mean();
  });
  return failed ? 1 : 0;
}
