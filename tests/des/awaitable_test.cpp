#include <racked/des/awaitable.h>

#include <racked/des/process.h>

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace racked::des
