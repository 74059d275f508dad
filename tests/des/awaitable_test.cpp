#include <racked/des/awaitable.h>

#include <racked/des/any_of.h>
#include <racked/des/process.h>
#include <racked/des/resource.h>
#include <racked/des/store.h>

#include <gtest/gtest.h>

#include <cstdint>
#include <stdexcept>
#include <string>

namespace racked::des {
namespace {

using namespace std::chrono_literals;

// A wait of one's own: for a bell.
struct Bell {
  process_detail::WaitList listeners;
  ProcessLoop& loop;

  void ring() {
    while (process_detail::Wait* const first = listeners.first()) {
      listeners.remove(*first);
      process_detail::Kernel::end(loop, *first, process_detail::Outcome::granted);
    }
  }
};
class Ringing final : public process_detail::Awaitable<Ringing> {
 public:
  explicit Ringing(Bell& bell) : bell_(bell) {}
  bool try_now() const { return false; }
  void enqueue() { bell_.listeners.push(*this); }
  void leave() noexcept override {
    if (queued) bell_.listeners.remove(*this);
  }
  bool result(bool granted) const { return granted; }
  std::string told() const override { return "a bell"; }

 private:
  Bell& bell_;
};

// Another, that looks at its process again and again before it waits, inlined into the coroutine.
class Undecided final : public process_detail::Awaitable<Undecided> {
 public:
  explicit Undecided(const std::uint64_t& changes) : changes_(changes) {}
  bool try_now() {
    for (;;) {
      const std::uint64_t before = changes_;
      bool had = false;
      process_detail::Kernel::before_serving(process->loop, [&] { had = changes_ > 9; });
      if (had || outcome != process_detail::Outcome::pending || process->seat().interrupted() ||
          changes_ == before)
        return had;
    }
  }
  void enqueue() {}
  bool result(bool granted) const { return granted; }
  std::string told() const override { return "what never comes"; }

 private:
  const std::uint64_t& changes_;
};

// clang 14 left the loop of such a process on the stack when it optimised.
TEST(Awaitable, MayLookAtItsProcessInALoop) {
  ProcessLoop loop;
  Resource crew(loop, "crew", 2);
  std::uint64_t changes = 0;
  bool waited = false;
  const auto undecided = [](ProcessLoop& in, Resource of, std::uint64_t& at, bool& did) -> Process {
    const Held one = co_await of.seize(1, 0);
    const Held other = co_await of.seize(1, 9);
    co_await in.delay(2h);
    try {
      co_await Undecided(at).within(50h);
      did = true;
    } catch (const Preempted&) {
      did = false;
    }
  };
  loop.start(undecided(loop, crew, changes, waited));
  loop.run();
  EXPECT_TRUE(waited);
  EXPECT_EQ(loop.now(), kStart + 52h);
}

TEST(Awaitable, EndsByItsGrantItsPatienceOrAnInterrupt) {
  ProcessLoop loop;
  Bell bell{{}, loop};
  std::string told;
  const auto listens = [](ProcessLoop& in, Bell& to, Duration patience, std::string& out,
                          char name) -> Process {
    out += name;
    try {
      const bool rang = co_await Ringing(to).within(patience);
      out += rang ? " rang;" : " did not;";
    } catch (const Interrupted&) {
      out += " interrupted;";
    }
    EXPECT_LE(in.now(), kStart + 2h);
  };
  loop.start(listens(loop, bell, 1h, told, 'a'));
  loop.start(listens(loop, bell, 9h, told, 'b'));
  const ProcessRef third = loop.start(listens(loop, bell, Duration::max(), told, 'c'));
  loop.start([](ProcessLoop& in, Bell& by, ProcessRef other) -> Process {
    co_await in.delay(2h);
    other.interrupt("enough");
    by.ring();
  }(loop, bell, third));
  loop.run();
  EXPECT_EQ(told, "abc did not; interrupted; rang;");
  EXPECT_EQ(loop.now(), kStart + 2h);
}

TEST(Awaitable, OneThatIsNamedIsAwaitedWhereItStands) {
  ProcessLoop loop;
  Bell bell{{}, loop};
  bool heard = false;
  loop.start([](ProcessLoop&, Bell& to, bool& flag) -> Process {
    Ringing ringing(to);
    flag = co_await ringing;
  }(loop, bell, heard));
  loop.start([](ProcessLoop& in, Bell& by) -> Process {
    co_await in.delay(1h);
    by.ring();
  }(loop, bell));
  loop.run();
  EXPECT_TRUE(heard);
}

TEST(Awaitable, RefusesNegativePatience) {
  ProcessLoop loop;
  Bell bell{{}, loop};
  EXPECT_THROW((void)Ringing(bell).within(-1h), std::invalid_argument);
}

TEST(Awaitable, OnceEndedIsNotAwaitedAgain) {
  // What it was granted has been given out: it would seem to have lost patience.
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  bool refused = false;
  loop.start([](ProcessLoop& in, Resource of) -> Process {
    const Held held = co_await of.seize();
    co_await in.delay(1h);
  }(loop, crane));
  loop.start([](ProcessLoop&, Resource of, bool& told) -> Process {
    auto wait = of.seize();
    {
      const Held held = co_await wait;
      EXPECT_TRUE(held);
    }
    try {
      const Held again = co_await wait;
    } catch (const std::logic_error&) {
      told = true;
    }
  }(loop, crane, refused));
  loop.run();
  EXPECT_TRUE(refused);
  EXPECT_EQ(crane.in_use(), 0);
}

TEST(Awaitable, IsNotAwaitedTwiceAtOnce) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  int refused = 0;
  loop.start([](ProcessLoop& in, Resource of) -> Process {
    const Held held = co_await of.seize();
    co_await in.delay(1h);
  }(loop, crane));
  loop.start([](ProcessLoop& in, Resource of, int& told) -> Process {
    auto wait = of.seize();
    try {
      co_await any_of(wait, wait);
    } catch (const std::logic_error&) {
      ++told;
    }
    EXPECT_EQ(of.waiting(), 0u);
    const Held held = co_await of.seize();
    EXPECT_EQ(in.now(), kStart + 1h);
  }(loop, crane, refused));
  loop.run();
  EXPECT_EQ(refused, 1);
  EXPECT_EQ(crane.in_use(), 0);
}

TEST(Awaitable, HadAtOnceItIsNotAwaitedAgain) {
  ProcessLoop loop;
  Store<int> yard(loop, "yard");
  bool refused = false;
  loop.start([](ProcessLoop&, Store<int> into, bool& told) -> Process {
    auto wait = into.put(7);
    co_await wait;
    try {
      co_await wait;
    } catch (const std::logic_error&) {
      told = true;
    }
  }(loop, yard, refused));
  loop.run();
  EXPECT_TRUE(refused);
  EXPECT_EQ(yard.size(), 1u);
}

}  // namespace
}  // namespace racked::des
