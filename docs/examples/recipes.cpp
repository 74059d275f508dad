// What models of waiting are made of, a recipe each, with its answer reckoned by hand; told in
// docs/processes.md.
#include <racked/des/any_of.h>
#include <racked/des/any_wait.h>
#include <racked/des/condition.h>
#include <racked/des/gate.h>
#include <racked/des/level.h>
#include <racked/des/process.h>
#include <racked/des/resource.h>
#include <racked/des/store.h>
#include <racked/des/task.h>

#include <any>
#include <cstdio>
#include <functional>
#include <queue>
#include <string>
#include <vector>

using namespace racked::des;
using namespace std::chrono_literals;

namespace {

bool failed = false;

// When something happened, in minutes.
struct Log {
  void note(const ProcessLoop& loop) { at.push_back(units_of(loop.now() - kStart, 1min)); }
  void expect(const char* recipe, const std::vector<double>& minutes) const {
    const bool same = at == minutes;
    failed = failed || !same;
    std::printf("%-14s%s", recipe, same ? "at minutes" : "DISAGREES: at minutes");
    for (const double minute : at) std::printf(" %g", minute);
    std::printf("\n");
  }
  std::vector<double> at;
};

Process customer(ProcessLoop& loop, Resource clerk, Log& served) {
  const Held held = co_await clerk.seize().within(10min);
  if (!held) co_return;  // lost patience
  served.note(loop);
  co_await loop.delay(7min);
}

// Three come at once: one at 0, one at 7; the third has left at 10.
void patience() {
  ProcessLoop loop;
  Resource clerk(loop, "clerk", 1);
  Log served;
  for (int i = 0; i < 3; ++i) loop.start(customer(loop, clerk, served));
  loop.run();
  served.expect("patience", {0, 7});
}

Process make_part(ProcessLoop& loop, Log& done) {
  Duration work = 60min, mending = 0min;
  while (work > 0min) {
    Duration& left = mending > 0min ? mending : work;
    try {
      co_await loop.delay(left);
      left = 0min;
    } catch (const Interrupted& breakdown) {
      left = breakdown.remaining;
      // It is awaited in the loop: co_await is not allowed here.
      mending = std::any_cast<Duration>(breakdown.cause);
    }
  }
  done.note(loop);
}

// Broken down after 20 of 60 minutes; repaired in 30; 40 are left.
void breakdown() {
  ProcessLoop loop;
  Log done;
  const ProcessRef machine = loop.start(make_part(loop, done));
  loop.run_until(kStart + 20min);
  machine.interrupt("a belt has torn", Duration(30min));
  loop.run_until(kStart + 40min);
  machine.interrupt("a cable has burnt", Duration(15min));
  loop.run();
  done.expect("breakdown", {20 + 20 + 15 + 40});
}

Process job(ProcessLoop& loop, Resource crane, Duration work, Log& done) {
  while (work > 0min) {
    bool begun = false;
    try {
      const Held held = co_await crane.seize(1, 0);
      begun = true;
      co_await loop.delay(work);
      work = 0min;
    } catch (const Preempted& lost) {
      if (begun) work = lost.remaining;
    }
  }
  done.note(loop);
}

Process emergency(ProcessLoop& loop, Resource crane, Log& done) {
  co_await loop.delay(15min);
  for (const Duration lasts : {30min, 10min}) {
    const Held held = co_await crane.preempt(1, 1);
    co_await loop.delay(lasts);
    done.note(loop);
  }
}

// 15 of 50 minutes are done; from 45 on the other 35.
void pre_emption() {
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  Log done;
  loop.start(job(loop, crane, 50min, done));
  loop.start(emergency(loop, crane, done));
  loop.run();
  done.expect("pre-emption", {45, 55, 55 + 35});
}

Process car(ProcessLoop& loop, Level tank, Log& filled) {
  co_await tank.get(40);
  co_await loop.delay(2min);
  filled.note(loop);
}

Process tanker(ProcessLoop& loop, Level tank) {
  for (;;) {
    if (tank.amount() < 20) {
      co_await loop.delay(30min);
      co_await tank.put(tank.capacity() - tank.amount());
    }
    co_await loop.delay(10min);
  }
}

// The tank has 50: one car at 2. The tanker, called at 0, is there at 30.
void filling_station() {
  ProcessLoop loop;
  Level tank(loop, "tank", 200, 50);
  Log filled;
  for (int i = 0; i < 3; ++i) loop.start(car(loop, tank, filled));
  loop.start(tanker(loop, tank));
  loop.run_until(kStart + 60min);
  filled.expect("station", {2, 32, 32});
}

Process ferry(ProcessLoop& loop, Store<int> quay, Log& leaves) {
  for (;;) {
    std::vector<int> cars = co_await quay.take(4).within(15min);
    while (cars.size() < 4) {  // patience has ended: those that are there
      const auto one = quay.try_take();
      if (!one) break;
      cars.push_back(*one);
    }
    if (cars.empty()) continue;
    leaves.note(loop);
    co_await loop.delay(20min);
  }
}

// Four cars at 0, one at 25: at 20 the ferry is back, and waits for 15 minutes.
void batch() {
  ProcessLoop loop;
  Store<int> quay(loop, "quay");
  Log leaves;
  loop.start(ferry(loop, quay, leaves));
  for (int i = 0; i < 4; ++i) quay.try_put(i);
  loop.run_until(kStart + 25min);
  quay.try_put(4);
  loop.run_until(kStart + 60min);
  leaves.expect("batch", {0, 35});
}

Process assemble(ProcessLoop& loop, Store<std::string> frames, Store<std::string> engines,
                 Log& done) {
  for (;;) {
    const auto [frame, engine] = co_await all_of(frames.take(), engines.take());
    co_await loop.delay(5min);
    done.note(loop);
  }
}

// The frame is there at 0, the engine at 12.
void assembly() {
  ProcessLoop loop;
  Store<std::string> frames(loop, "frames"), engines(loop, "engines");
  Log done;
  loop.start(assemble(loop, frames, engines, done));
  frames.try_put("frame");
  loop.run_until(kStart + 12min);
  engines.try_put("engine");
  loop.run();
  done.expect("assembly", {17});
}

Process close_at(ProcessLoop& loop, Time closes, std::vector<ProcessRef> guests, Log& left) {
  co_await loop.until(closes);
  for (const ProcessRef& guest : guests)
    if (guest.running()) {
      guest.cancel();  // gives back what it held
      left.note(loop);
    }
}

// Of three customers who come at 0 one is done at 7, one is being served at 9 and one waits.
void closing_time() {
  ProcessLoop loop;
  Resource clerk(loop, "clerk", 1);
  Log served, left;
  std::vector<ProcessRef> guests;
  for (int i = 0; i < 3; ++i) guests.push_back(loop.start(customer(loop, clerk, served)));
  loop.start(close_at(loop, kStart + 9min, guests, left));
  loop.run();
  left.expect("closing time", {9, 9});
}

Process light(ProcessLoop& loop, Gate green) {
  for (;;) {
    green.set_open(true);
    co_await loop.delay(1min);
    green.set_open(false);
    co_await loop.delay(2min);
  }
}

Process drive(ProcessLoop& loop, Duration comes, Gate green, Log& passes) {
  co_await loop.delay(comes);
  co_await green.open();
  passes.note(loop);
}

// Green from 0 to 1 and from 3 to 4.
void traffic_light() {
  ProcessLoop loop;
  Gate green(loop, "green");
  Log passes;
  loop.start(light(loop, green));
  for (const auto& comes : {30s, 80s, 100s}) loop.start(drive(loop, comes, green, passes));
  loop.run_until(kStart + 5min);
  passes.expect("light", {0.5, 3, 3});
}

Process first_station(ProcessLoop& loop, Resource machine, Store<int> buffer, int part) {
  const Held held = co_await machine.seize();
  co_await loop.delay(2min);
  co_await buffer.put(part);  // the machine is blocked until there is room
}

Process second_station(ProcessLoop& loop, Store<int> buffer, Log& done) {
  for (;;) {
    co_await buffer.take();
    co_await loop.delay(5min);
    done.note(loop);
  }
}

// Parts are ready at 2, 4 and 6, taken on at 2, 7 and 12. The buffer has room for one: the third is
// in it from 7 on, and only then the machine is free.
void blocking() {
  ProcessLoop loop;
  Resource machine(loop, "machine", 1);
  Store<int> buffer(loop, "buffer", 1);
  Log done;
  for (int part = 0; part < 3; ++part) loop.start(first_station(loop, machine, buffer, part));
  loop.start(second_station(loop, buffer, done));
  machine.watch(1min);
  buffer.watch(1min);
  loop.run();
  done.expect("blocking", {7, 12, 17});
  Log busy;  // for 7 of 17 minutes
  busy.at = {machine.use().in_use.mean() * 17};
  busy.expect("blocked", {7});
  Log held;  // by the buffer: one from 4 to 7, the next from 7 to 12, which waits from 6 on
  held.at = {buffer.use().content.mean() * 17, buffer.use().putting.mean() * 17};
  held.expect("buffer", {8, 1});
}

Process shifts(ProcessLoop& loop, Resource crew) {
  for (;;) {
    crew.set_capacity(3);
    co_await loop.delay(8h);
    crew.set_capacity(1);  // who is at work ends what is begun
    co_await loop.delay(16h);
  }
}

Process task(ProcessLoop& loop, Resource crew, Duration begins, Log& done) {
  co_await loop.until(kStart + begins);
  const Held held = co_await crew.seize(2);
  co_await loop.delay(3h);
  done.note(loop);
}

// The first task ends at 9:00, an hour after the shift; for the other, at 10:00, there are two from
// 24:00 on.
void shift_work() {
  ProcessLoop loop;
  Resource crew(loop, "crew", 0, 3);
  Log done;
  loop.start(shifts(loop, crew));
  loop.start(task(loop, crew, 6h, done));
  loop.start(task(loop, crew, 10h, done));
  loop.run_until(kStart + 2 * kDay);
  done.expect("shifts", {9 * 60, 27 * 60});
}

Process activity(ProcessLoop& loop, std::vector<ProcessRef> after, Duration lasts, Log& done) {
  co_await all_of(after);
  co_await loop.delay(lasts);
  done.note(loop);
}

// Walls (20) and roof (30) after the foundation (10); to move in (5) after both.
void project() {
  ProcessLoop loop;
  Log done;
  const ProcessRef foundation = loop.start(activity(loop, {}, 10min, done));
  const ProcessRef walls = loop.start(activity(loop, {foundation}, 20min, done));
  const ProcessRef roof = loop.start(activity(loop, {foundation}, 30min, done));
  loop.start(activity(loop, {walls, roof}, 5min, done));
  loop.run();
  done.expect("project", {10, 30, 40, 45});
}

Process call(ProcessLoop& loop, Resource english, Resource french, Log& answered) {
  const auto [one, other] = co_await any_of(english.seize(), french.seize());
  answered.note(loop);
  co_await loop.delay(6min);
}

// Two who speak two languages between them: two calls at once, the third when one is free.
void either() {
  ProcessLoop loop;
  Resource english(loop, "english", 1), french(loop, "french", 1);
  Log answered;
  for (int i = 0; i < 3; ++i) loop.start(call(loop, english, french, answered));
  loop.run();
  answered.expect("either", {0, 0, 6});
}

Process moor(ProcessLoop& loop, std::vector<Resource>& quays, Log& moored) {
  const auto berth = co_await any_of(quays, [](Resource& quay) { return quay.seize(); });
  moored.note(loop);
  co_await loop.delay(berth->place == 0 ? 20min : 30min);  // berth->value holds it
}

// Of five ships that come at once the first quay, which is faster, has those of 0, 20 and 40.
void whichever() {
  ProcessLoop loop;
  std::vector<Resource> quays;
  for (const char* name : {"north", "south"}) quays.emplace_back(loop, name, 1);
  Log moored;
  for (int i = 0; i < 5; ++i) loop.start(moor(loop, quays, moored));
  loop.run();
  moored.expect("whichever", {0, 0, 20, 30, 40});
}

struct Site {
  Resource crane;
  Level steel;
  Gate permit;
};
struct Need {
  std::string what;
  int amount;
};

Process erect(ProcessLoop& loop, Site& site, std::vector<Need> needs, Log& begun) {
  const auto need = [&](const Need& of) -> AnyWait<Held> {
    if (of.what == "crane")
      return {[&] { return site.crane.seize(of.amount); }, [](Held units) { return units; }};
    if (of.what == "steel")
      return {[&] { return site.steel.get(of.amount); }, [](bool) { return Held(); }};
    return {[&] { return site.permit.open(); }, [](bool) { return Held(); }};
  };
  const std::vector<Held> held = co_await all_of(needs, need);
  begun.note(loop);
  co_await loop.delay(30min);
}

// One crane, steel of 10 every 10 minutes, a permit at 40. The frame has the crane at 0, and its
// steel at 30; the roof has the crane at 60, which it waited for longer than for the permit.
void needs_of_a_plan() {
  ProcessLoop loop;
  Site site{Resource(loop, "crane", 1), Level(loop, "steel", 100), Gate(loop, "permit")};
  Log begun;
  loop.start(erect(loop, site, {{"crane", 1}, {"steel", 30}}, begun));
  loop.start(erect(loop, site, {{"permit", 1}, {"crane", 1}}, begun));
  for (int load = 1; load <= 5; ++load) {
    loop.run_until(kStart + load * 10min);
    site.steel.try_put(10);
    if (load == 4) site.permit.set_open(true);
  }
  loop.run();
  begun.expect("plan", {30, 60});
}

Task<int> dig(ProcessLoop& loop, Resource excavator, int metres) {
  const Held held = co_await excavator.seize();
  co_await loop.delay(metres * 2min);
  co_return metres * 3;
}

Process foundation(ProcessLoop& loop, Resource excavator, Log& done) {
  int soil = 0;
  for (const int metres : {10, 5}) soil += co_await dig(loop, excavator, metres);
  co_await loop.delay(soil * 1min);  // carts it away
  done.note(loop);
}

// The one digs from 0 to 20 and 40 to 50, the other from 20 to 40 and 50 to 60; each carts 45
// minutes.
void parts() {
  ProcessLoop loop;
  Resource excavator(loop, "excavator", 1);
  Log done;
  for (int i = 0; i < 2; ++i) loop.start(foundation(loop, excavator, done));
  loop.run();
  done.expect("parts", {50 + 45, 60 + 45});
}

Process pits(ProcessLoop& loop, Resource excavators, Log& done) {
  const std::vector<int> metres = {10, 5, 20};
  co_await all_of(metres, [&](int deep) { return dig(loop, excavators, deep); });
  done.note(loop);
  const auto [soil, dusk] = co_await any_of(dig(loop, excavators, 30), loop.delay(45min));
  if (dusk) done.note(loop);
}

// Two dig from 0 to 20 and 10, and one of them from 10 to 50; then one for 45 minutes of 60.
void parts_at_a_time() {
  ProcessLoop loop;
  Resource excavators(loop, "excavators", 2);
  Log done;
  loop.start(pits(loop, excavators, done));
  loop.run();
  done.expect("at a time", {10 + 40, 50 + 45});
}

struct Shop {
  explicit Shop(ProcessLoop& loop) : changed(loop, "shop") {}
  std::priority_queue<int, std::vector<int>, std::greater<>> jobs;  // the shortest is its top
  Condition changed;
};

Process mechanic(ProcessLoop& loop, Shop& shop, Log& done) {
  for (;;) {
    int job = 0;
    co_await shop.changed.until([&] {
      if (shop.jobs.empty()) return false;
      job = shop.jobs.top();
      shop.jobs.pop();
      return true;
    });
    co_await loop.delay(job * 1min);
    done.note(loop);
  }
}

void shortest_first() {
  ProcessLoop loop;
  Shop shop(loop);
  Log done;
  loop.start(mechanic(loop, shop, done));
  for (const int job : {50, 30, 40}) shop.jobs.push(job);
  shop.changed.notify();
  loop.run();
  done.expect("shortest", {30, 30 + 40, 30 + 40 + 50});
}

Process visitor(ProcessLoop& loop, Resource clerk, Duration takes) {
  const Held held = co_await clerk.seize();
  co_await loop.delay(takes);
}

void replications() {
  ProcessLoop loop;
  Resource clerk(loop, "clerk", 1);
  clerk.watch(1min);
  Log waits;
  for (const Duration takes : {5min, 7min, 9min}) {
    loop.reset();
    for (int i = 0; i < 3; ++i) loop.start(visitor(loop, clerk, takes));
    loop.run();
    waits.at.push_back(clerk.use().granted.mean());
  }
  waits.expect("replications", {5, 7, 9});
}

}  // namespace

int main() {
  patience();
  breakdown();
  pre_emption();
  filling_station();
  batch();
  assembly();
  closing_time();
  traffic_light();
  blocking();
  shift_work();
  project();
  either();
  whichever();
  needs_of_a_plan();
  parts();
  parts_at_a_time();
  shortest_first();
  replications();
  return failed ? 1 : 0;
}
