#include <racked/des/any_wait.h>
#include <racked/des/condition.h>
#include <racked/des/gate.h>
#include <racked/des/level.h>
#include <racked/des/resource.h>
#include <racked/des/store.h>

#include "hours.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace racked::des {

// Not without a name: g++ takes what became of coroutines for unused.
namespace waits_of_several_kinds {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

Task<int> dig(ProcessLoop& loop, Resource excavator) {
  const Held held = co_await excavator.seize();
  co_await loop.delay(1h);
  co_return 3;
}

enum class Kind { crane, yard, full, tank, permit, other, excavator, shelf, dusk };
const std::vector<Kind> kAll = {Kind::crane, Kind::yard,      Kind::full,  Kind::tank, Kind::permit,
                                Kind::other, Kind::excavator, Kind::shelf, Kind::dusk};

// One of each, none of which can be had before it is let.
struct Site {
  explicit Site(ProcessLoop& in)
      : loop(in),
        crane(in, "crane", 0, 1),
        excavator(in, "excavator", 0, 1),
        yard(in, "yard"),
        full(in, "full", 1),
        tank(in, "tank", 10),
        permit(in, "permit"),
        shelf(in, "shelf"),
        other(in.start([](ProcessLoop& of) -> Process { co_await of.delay(1000h); }(in))) {
    EXPECT_TRUE(full.try_put(0));
  }

  // Says what was had, or that it was not.
  AnyWait<std::string> wait(Kind kind, Duration patience = Duration::max()) {
    const auto had = [](bool granted) { return granted ? "had" : "not"; };
    const auto number = [](std::optional<int> of) { return of ? std::to_string(*of) : "none"; };
    switch (kind) {
      case Kind::crane:
        return {[&] { return crane.seize(); },
                [&](Held units) {
                  held = std::move(units);
                  return held ? "held" : "not held";
                },
                patience};
      case Kind::yard: return {[&] { return yard.take(); }, number, patience};
      case Kind::full: return {[&] { return full.put(1); }, had, patience};
      case Kind::tank: return {[&] { return tank.get(4); }, had, patience};
      case Kind::permit: return {[&] { return permit.open(); }, had, patience};
      case Kind::other: return {[&] { return other; }, had, patience};
      case Kind::excavator: return {[&] { return dig(loop, excavator); }, number, patience};
      case Kind::shelf:
        return {[&] { return shelf.until([&] { return std::exchange(ready, false); }); }, had,
                patience};
      case Kind::dusk: break;
    }
    return {[&] { return loop.delay(9h); }, [](std::monostate) { return "passed"; }, patience};
  }
  auto waits() {
    return [this](Kind kind) { return wait(kind); };
  }
  void let(Kind kind) {
    switch (kind) {
      case Kind::crane: return crane.set_capacity(1);
      case Kind::yard: EXPECT_TRUE(yard.try_put(7)); return;
      case Kind::full: EXPECT_TRUE(full.try_take()); return;
      case Kind::tank: EXPECT_TRUE(tank.try_put(4)); return;
      case Kind::permit: return permit.set_open(true);
      case Kind::other: return other.cancel();
      case Kind::excavator: return excavator.set_capacity(1);
      case Kind::shelf: ready = true; return shelf.notify();
      case Kind::dusk: return;
    }
  }

  ProcessLoop& loop;
  Resource crane, excavator;
  Store<int> yard, full;
  Level tank;
  Gate permit;
  Condition shelf;
  bool ready = false;
  Held held;
  ProcessRef other;
};

// One of them is let at 2, the others at 20: none of those has been taken by who waited for all.
TEST(AnyWait, IsTheFirstOfWaitsThatDiffer) {
  const std::vector<std::string> had = {"held", "7", "had", "had",   "had",
                                        "had",  "3", "had", "passed"};
  const std::vector<double> at = {2, 2, 2, 2, 2, 2, 2 + 1, 2, 9};
  for (std::size_t first = 0; first < kAll.size(); ++first) {
    SCOPED_TRACE(first);
    ProcessLoop loop;
    Site site(loop);
    double ended = 0;
    loop.start([](ProcessLoop& in, Site& of, std::size_t place, std::string what,
                  double& when) -> Process {
      const auto got = co_await any_of(kAll, of.waits());
      when = hours(in);
      EXPECT_EQ(got->place, place);
      EXPECT_EQ(got->value, what);
      co_await in.delay(100h);
      of.held.release();
    }(loop, site, first, had[first], ended));
    loop.run_until(kStart + 2h);
    site.let(kAll[first]);
    loop.run_until(kStart + 20h);
    EXPECT_EQ(ended, at[first]);
    for (const Kind kind : kAll)
      if (kind != kAll[first]) site.let(kind);
    loop.run();
    EXPECT_EQ(site.yard.size(), kAll[first] == Kind::yard ? 0u : 1u);
    EXPECT_EQ(site.full.size(), kAll[first] == Kind::full ? 1u : 0u);
    EXPECT_EQ(site.tank.amount(), kAll[first] == Kind::tank ? 0 : 4);
    EXPECT_EQ(site.ready, kAll[first] != Kind::shelf);
    EXPECT_EQ(site.crane.in_use() + site.excavator.in_use(), 0);
    EXPECT_EQ(loop.processes(), 0u);
  }
}

// One is let each hour; the dig, let at 6, takes one more, and dusk comes at 9.
TEST(AnyWait, AllOfThemKeepWhatTheyGot) {
  ProcessLoop loop;
  Site site(loop);
  std::vector<std::string> got;
  loop.start([](ProcessLoop& in, Site& of, std::vector<std::string>& all) -> Process {
    all = co_await all_of(kAll, of.waits());
    EXPECT_EQ(hours(in), 9);
  }(loop, site, got));
  for (const Kind kind : kAll) {
    loop.run_until(loop.now() + 1h);
    site.let(kind);
  }
  loop.run();
  EXPECT_THAT(got, ElementsAre("held", "7", "had", "had", "had", "had", "3", "had", "passed"));
  EXPECT_EQ(site.crane.in_use(), 1);
}

// The yard and the crane are let within the same instant: the crane stays free.
TEST(AnyWait, TakesOneOfWhatComesAtTheSameInstant) {
  ProcessLoop loop;
  Site site(loop);
  std::string got;
  loop.start([](ProcessLoop&, Site& of, std::string& what) -> Process {
    what = (co_await any_of(kAll, of.waits()))->value;
  }(loop, site, got));
  loop.run_until(kStart + 2h);
  site.let(Kind::yard);
  site.let(Kind::crane);
  site.let(Kind::tank);
  EXPECT_EQ(site.crane.in_use(), 0);
  EXPECT_EQ(site.tank.amount(), 4);
  loop.run();
  EXPECT_EQ(got, "7");
}

// Patience of 1, 2, … 9 hours, each of which ends without success but for the delay.
TEST(AnyWait, HasPatienceOfItsOwn) {
  ProcessLoop loop;
  Site site(loop);
  std::vector<std::string> got;
  loop.start([](ProcessLoop& in, Site& of, std::vector<std::string>& all) -> Process {
    Duration patience = 0h;
    const auto impatient = [&](Kind kind) { return of.wait(kind, patience += 1h); };
    all = co_await all_of(kAll, impatient);
    EXPECT_EQ(hours(in), 9);
    patience = 1h;
    const auto first = co_await any_of(kAll, impatient);
    EXPECT_EQ(first->place, 0u);
    EXPECT_EQ(first->value, "not held");
    EXPECT_EQ(hours(in), 9 + 2);
  }(loop, site, got));
  loop.run_until(kStart + 100h);
  EXPECT_THAT(got,
              ElementsAre("not held", "none", "not", "not", "not", "not", "none", "not", "passed"));
  EXPECT_EQ(loop.processes(), 1u) << "what waits for nobody but passes its time";
  EXPECT_THROW((void)site.wait(Kind::tank, -1h), std::invalid_argument);
  EXPECT_THROW((void)site.wait(Kind::dusk, -1h), std::invalid_argument);
}

// Not in a list: by itself, and as one of the arguments.
TEST(AnyWait, IsAwaitedAsTheWaitInside) {
  ProcessLoop loop;
  Site site(loop);
  bool done = false;
  loop.start([](ProcessLoop& in, Site& of, bool& flag) -> Process {
    EXPECT_EQ(co_await of.wait(Kind::permit), "had");
    EXPECT_EQ(hours(in), 2);
    EXPECT_EQ(co_await of.wait(Kind::permit), "had") << "it still is open";
    EXPECT_EQ(co_await of.wait(Kind::yard).within(1h), "none");
    EXPECT_EQ(hours(in), 3);
    const auto [item, dusk] = co_await any_of(of.wait(Kind::yard), in.delay(1h));
    EXPECT_TRUE(dusk && !item);
    const auto [passed, dug] = co_await all_of(of.wait(Kind::permit), of.wait(Kind::dusk));
    EXPECT_EQ(passed + dug, "hadpassed");
    EXPECT_EQ(hours(in), 4 + 9);
    flag = true;
  }(loop, site, done));
  loop.run_until(kStart + 2h);
  site.let(Kind::permit);
  loop.run();
  EXPECT_TRUE(done);
}

// (yard or tank) and (permit or dusk), of any depth: fuel comes at 2, and the permit at 5.
TEST(AnyWait, NestsLists) {
  ProcessLoop loop;
  Site site(loop);
  std::vector<std::string> got;
  loop.start([](ProcessLoop& in, Site& of, std::vector<std::string>& all) -> Process {
    const std::vector<std::vector<Kind>> groups = {{Kind::yard, Kind::tank},
                                                   {Kind::permit, Kind::dusk}};
    const auto waits = of.waits();
    const auto group = [&](const std::vector<Kind>& kinds) -> AnyWait<std::string> {
      return {[&] { return any_of(kinds, waits); },
              [](const std::optional<FirstOfList<std::string>>& first) {
                return std::to_string(first->place) + first->value;
              }};
    };
    all = co_await all_of(groups, group);
    EXPECT_EQ(hours(in), 5);
  }(loop, site, got));
  loop.run_until(kStart + 2h);
  site.let(Kind::tank);
  ASSERT_EQ(loop.waiting().size(), 2u);
  EXPECT_EQ(loop.waiting()[1].awaits, "'permit' to open or time to pass");
  loop.run_until(kStart + 5h);
  site.let(Kind::permit);
  site.let(Kind::yard);
  loop.run();
  EXPECT_THAT(got, ElementsAre("1had", "0had"));
  EXPECT_EQ(site.yard.size(), 1u);
}

// At 1, of a delay of 9: it leaves all queues, and whoever stands behind it is served.
TEST(AnyWait, IsInterruptedWithWhatIsLeft) {
  ProcessLoop loop;
  Site site(loop);
  std::optional<Duration> left;
  std::optional<double> served;
  const ProcessRef waits =
      loop.start([](ProcessLoop&, Site& of, std::optional<Duration>& rest) -> Process {
        try {
          co_await all_of(kAll, of.waits());
        } catch (const Interrupted& by) {
          rest = by.remaining;
        }
      }(loop, site, left));
  loop.start([](ProcessLoop& in, Level of, std::optional<double>& when) -> Process {
    co_await of.get(3);
    when = hours(in);
  }(loop, site.tank, served));
  loop.run_until(kStart + 1h);
  EXPECT_TRUE(site.tank.try_put(3)) << "not enough for the first";
  waits.interrupt("rain");
  loop.run_until(kStart + 2h);
  EXPECT_EQ(left, 8h);
  EXPECT_EQ(served, 1);
  for (const Kind kind : kAll) site.let(kind);
  loop.run();
  EXPECT_EQ(site.crane.in_use(), 0);
  EXPECT_EQ(site.tank.amount(), 4);
}

// While it waits the process is cancelled, or the loop goes: what was kept is given back.
TEST(AnyWait, GoesHalfWay) {
  for (const bool cancelled : {true, false}) {
    SCOPED_TRACE(cancelled);
    auto loop = std::make_unique<ProcessLoop>();
    Site site(*loop);
    const auto kept = std::make_shared<int>();
    const ProcessRef waits =
        loop->start([](ProcessLoop&, Site& of, std::shared_ptr<int> by) -> Process {
          const auto hold = [&](Kind kind) -> AnyWait<std::shared_ptr<int>> {
            const auto convert = [by](Held) { return by; };
            if (kind == Kind::crane) return {[&] { return of.crane.seize(); }, convert};
            return {[&] { return of.excavator.seize(); }, convert};
          };
          const std::vector both = {Kind::crane, Kind::excavator};
          co_await all_of(both, hold);
        }(*loop, site, kept));
    loop->run_until(kStart + 2h);
    site.let(Kind::crane);
    EXPECT_EQ(site.crane.in_use(), 1);
    EXPECT_EQ(kept.use_count(), 4) << "here, in the process, in either conversion";
    if (cancelled) {
      waits.cancel();
      EXPECT_EQ(site.crane.in_use(), 0);
    }
    loop.reset();
    EXPECT_EQ(kept.use_count(), 1);
  }
}

// What leaves a process is thrown by the wait for it; a wait that cannot begin withdraws the
// others.
TEST(AnyWait, Throws) {
  ProcessLoop loop;
  Site site(loop);
  int thrown = 0;
  loop.start([](ProcessLoop& in, Site& of, int& count) -> Process {
    const ProcessRef fails = in.start([](ProcessLoop& at) -> Process {
      co_await at.delay(1h);
      throw std::runtime_error("out of order");
    }(in));
    const auto wait = [&](Kind kind) -> AnyWait<std::string> {
      if (kind == Kind::other) return {[&] { return fails; }, [](bool) { return "ended"; }};
      if (kind == Kind::excavator)
        return {[&] { return of.excavator.seize(2); }, [](Held) { return "two"; }};
      return of.wait(kind);
    };
    const std::vector one_fails = {Kind::crane, Kind::other};
    const std::vector one_is_refused = {Kind::crane, Kind::excavator};
    try {
      co_await all_of(one_fails, wait);
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "out of order");
      EXPECT_EQ(of.crane.waiting(), 0u);
      ++count;
    }
    try {
      co_await any_of(one_is_refused, wait);
    } catch (const std::invalid_argument&) {
      EXPECT_EQ(of.crane.waiting(), 0u);
      ++count;
    }
    co_await in.delay(1h);
  }(loop, site, thrown));
  loop.run_until(kStart + 10h);
  EXPECT_EQ(thrown, 2);
  EXPECT_EQ(loop.processes(), 1u);
}

// What a function makes has to own its parts: those of any_of(a, b) stand where it is called.
TEST(AnyWait, RefusesWhatWouldNotLast) {
  ProcessLoop loop;
  Gate gate(loop, "gate");
  const auto refers = [&] { return any_of(gate.open(), gate.open()); };
  const auto refers_to_all = [&] { return all_of(gate.open(), gate.open()); };
  const auto owns = [&] { return any_of(loop.delay(1h), loop.delay(2h)); };
  const auto convert = [](const auto&) { return 1; };
  static_assert(!std::is_constructible_v<AnyWait<int>, decltype(refers), decltype(convert)>);
  static_assert(!std::is_constructible_v<AnyWait<int>, decltype(refers_to_all), decltype(convert)>);
  static_assert(std::is_constructible_v<AnyWait<int>, decltype(owns), decltype(convert)>);
  const auto of_list = [](auto& make) {
    return requires(std::vector<int> & list) { any_of(list, make); };
  };
  const auto refers_each = [&](int) { return any_of(gate.open(), gate.open()); };
  const auto owns_each = [&](int) { return any_of(loop.delay(1h), loop.delay(2h)); };
  EXPECT_FALSE(of_list(refers_each));
  EXPECT_TRUE(of_list(owns_each));
}

}  // namespace waits_of_several_kinds

}  // namespace racked::des
