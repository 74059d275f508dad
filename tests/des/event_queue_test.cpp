#include <racked/des/event_queue.h>

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <tuple>
#include <vector>

namespace racked::des {
namespace {

constexpr Time at(std::int64_t ticks) { return Time(Duration(ticks)); }

// Obviously right: a map ordered by (time, turn, order of scheduling).
class Oracle {
 public:
  std::uint64_t push(Time time, Turn turn, int payload) {
    const Key key(time, turn, ++sequence_);
    keys_[++identity_] = key;
    events_[key] = {payload, identity_};
    return identity_;
  }
  std::tuple<Time, Turn, int> pop() {
    const auto [key, event] = *events_.begin();
    events_.erase(events_.begin());
    keys_.erase(event.second);
    return {std::get<0>(key), std::get<1>(key), event.first};
  }
  bool cancel(std::uint64_t identity) {
    const auto known = keys_.find(identity);
    if (known == keys_.end()) return false;
    events_.erase(known->second);
    keys_.erase(known);
    return true;
  }
  bool reschedule(std::uint64_t identity, Time time) {
    const auto known = keys_.find(identity);
    if (known == keys_.end()) return false;
    const auto event = events_[known->second];
    events_.erase(known->second);
    known->second = Key(time, std::get<1>(known->second), ++sequence_);
    events_[known->second] = event;
    return true;
  }
  std::size_t size() const { return events_.size(); }

 private:
  using Key = std::tuple<Time, Turn, std::uint64_t>;
  std::map<Key, std::pair<int, std::uint64_t>> events_;
  std::map<std::uint64_t, Key> keys_;
  std::uint64_t sequence_ = 0, identity_ = 0;
};

struct Both {
  EventQueue<int> queue;
  Oracle oracle;
  std::vector<std::pair<EventHandle, std::uint64_t>> handles;
};

void expect_same_pop(Both& both) {
  ASSERT_EQ(both.queue.size(), both.oracle.size());
  if (both.queue.empty()) return;
  const Time next = both.queue.next_time();
  const Turn turn = both.queue.next_turn();
  const Event<int> event = both.queue.pop();
  ASSERT_EQ(std::make_tuple(event.time, event.turn, event.payload), both.oracle.pop());
  ASSERT_EQ(event.time, next);
  ASSERT_EQ(event.turn, turn);
}

// Random pushes, pops, cancels and reschedules with stale handles among them; `spread` sets how
// many ties.
void run_random(std::uint64_t seed, std::int64_t spread, int operations) {
  std::mt19937_64 random(seed);
  Both both;
  for (int i = 0; i < operations; ++i) {
    const Time time = at(static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(spread)));
    const auto turn = static_cast<Turn>(random() % 3);
    // Grow for a while, then drain for a while.
    const bool growing = i / 2000 % 2 == 0;
    const auto dice = random() % 10;
    if (dice < (growing ? 5u : 2u)) {
      both.handles.emplace_back(both.queue.push(time, turn, i), both.oracle.push(time, turn, i));
    } else if (dice < 7) {
      expect_same_pop(both);
    } else if (!both.handles.empty()) {
      const auto [handle, identity] = both.handles[random() % both.handles.size()];
      if (dice == 9) {
        ASSERT_EQ(both.queue.cancel(handle), both.oracle.cancel(identity));
        ASSERT_FALSE(both.queue.pending(handle));
      } else {
        ASSERT_EQ(both.queue.reschedule(handle, time), both.oracle.reschedule(identity, time));
      }
    }
    if (testing::Test::HasFatalFailure()) return;
    // A copy yields the same sequence; here it takes the place of the original.
    if (i % 3001 == 0) both.queue = EventQueue<int>(both.queue);
  }
  while (!both.queue.empty() && !testing::Test::HasFatalFailure()) expect_same_pop(both);
}

TEST(EventQueue, AgreesWithTheOracleWhateverTheTimes) {
  for (const std::int64_t spread : {1, 3, 50, 10'000, 1'000'000'000})
    for (std::uint64_t seed = 0; seed < 4; ++seed) run_random(seed, spread, 50'000);
}

TEST(EventQueue, EqualTimesLeaveByTurnThenFirstScheduledFirst) {
  EventQueue<int> queue;
  queue.push(at(5), Turn::observe, 1);
  queue.push(at(5), Turn::start, 2);
  queue.push(at(5), Turn::finish, 3);
  queue.push(at(5), Turn::finish, 4);
  queue.push(at(4), Turn::observe, 5);
  std::vector<int> order;
  while (!queue.empty()) order.push_back(queue.pop().payload);
  EXPECT_EQ(order, (std::vector<int>{5, 3, 4, 2, 1}));
}

TEST(EventQueue, ARescheduledEventCountsAsScheduledNow) {
  EventQueue<int> queue;
  const EventHandle first = queue.push(at(1), Turn::finish, 1);
  queue.push(at(9), Turn::finish, 2);
  EXPECT_TRUE(queue.reschedule(first, at(9)));
  EXPECT_TRUE(queue.pending(first));
  EXPECT_EQ(queue.pop().payload, 2);
  EXPECT_EQ(queue.pop().payload, 1);
  EXPECT_FALSE(queue.pending(first));
}

TEST(EventQueue, TheEntryThatFillsAHoleMayHaveToMoveUp) {
  // The last entry of a heap, moved into a hole in another branch, can be earlier than the hole's
  // parent. Removal of each position in turn, of many heaps, must leave the rest in order.
  for (std::size_t removed = 0; removed < 64; ++removed) {
    std::mt19937_64 random(removed);
    EventQueue<int> queue;
    std::vector<EventHandle> handles;
    for (int i = 0; i < 64; ++i)
      handles.push_back(
          queue.push(at(static_cast<std::int64_t>(random() % 1000)), Turn::finish, i));
    ASSERT_TRUE(queue.cancel(handles[removed]));
    Time last = at(0);
    for (int left = 63; left > 0; --left) {
      const Event<int> event = queue.pop();
      ASSERT_GE(event.time, last);
      ASSERT_NE(event.payload, static_cast<int>(removed));
      last = event.time;
    }
  }
}

TEST(EventQueue, AStaleHandleIsNeverAnotherEvents) {
  EventQueue<int> queue;
  const EventHandle gone = queue.push(at(1), Turn::finish, 1);
  queue.pop();
  const EventHandle present = queue.push(at(2), Turn::finish, 2);  // takes over the slot
  EXPECT_FALSE(queue.pending(gone));
  EXPECT_FALSE(queue.cancel(gone));
  EXPECT_FALSE(queue.reschedule(gone, at(5)));
  EXPECT_FALSE(queue.cancel(EventHandle()));
  EXPECT_TRUE(queue.pending(present));
  queue.clear();
  EXPECT_FALSE(queue.pending(present));
  EXPECT_EQ(queue.size(), 0u);
}

TEST(EventQueue, PopPushIsPopThenPush) {
  std::mt19937_64 random(5);
  EventQueue<int> fused, plain;
  for (int i = 0; i < 300; ++i) {
    const Time time = at(static_cast<std::int64_t>(random() % 40));
    fused.push(time, Turn::start, i);
    plain.push(time, Turn::start, i);
  }
  for (int i = 300; i < 5000; ++i) {
    const Time time = fused.next_time() + Duration(static_cast<std::int64_t>(random() % 40));
    EventHandle handle;
    const Event<int> a = fused.pop_push(time, Turn::start, i, &handle);
    const Event<int> b = plain.pop();
    plain.push(time, Turn::start, i);
    ASSERT_EQ(a.payload, b.payload);
    ASSERT_TRUE(fused.pending(handle));
  }
}

TEST(EventQueue, TheEndsOfTimeAreInOrder) {
  EventQueue<int> queue;
  queue.push(Time::max(), Turn::finish, 4);
  queue.push(Time::min(), Turn::observe, 2);
  queue.push(at(0), Turn::finish, 3);
  queue.push(Time::min(), Turn::finish, 1);
  for (int expected = 1; expected <= 4; ++expected) EXPECT_EQ(queue.pop().payload, expected);
}

}  // namespace
}  // namespace racked::des
