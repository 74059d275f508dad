#pragma once

#include <racked/des/event_queue.h>

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <random>
#include <tuple>
#include <utility>
#include <vector>

namespace racked::des {

inline Time at(std::int64_t ticks) { return Time(Duration(ticks)); }

// Plain and obviously right: a sorted map from (time, turn, sequence).
class ReferenceQueue {
 public:
  using Key = std::tuple<Time, Turn, std::uint64_t>;

  Key push(Time time, Turn turn, int payload) {
    const Key key{time, turn, sequence_++};
    events_.emplace(key, payload);
    return key;
  }
  bool cancel(const Key& key) { return events_.erase(key) > 0; }
  // The new key; the old one when there is no such event.
  Key reschedule(const Key& key, Time time) {
    const auto found = events_.find(key);
    if (found == events_.end()) return key;
    const int payload = found->second;
    events_.erase(found);
    return push(time, std::get<Turn>(key), payload);
  }
  std::optional<Event<int>> pop_until(Time end) {
    if (events_.empty() || std::get<Time>(events_.begin()->first) > end) return std::nullopt;
    const auto [key, payload] = *events_.begin();
    events_.erase(events_.begin());
    return Event<int>{std::get<Time>(key), std::get<Turn>(key), payload};
  }
  void clear() { events_.clear(); }
  bool contains(const Key& key) const { return events_.count(key) > 0; }
  std::size_t size() const { return events_.size(); }
  const std::map<Key, int>& events() const { return events_; }

 private:
  std::map<Key, int> events_;
  std::uint64_t sequence_ = 0;
};

// Does the same to both queues and compares what can be seen.
class Twins {
 public:
  explicit Twins(std::uint32_t seed, Time start = kStart) : random_(seed), queue_(start) {}

  std::uint64_t random() { return random_(); }
  std::size_t size() const { return reference_.size(); }
  Time reached() const { return queue_.reached(); }

  void push(Time time) {
    const auto turn = static_cast<Turn>(random_() % 3);
    const int payload = static_cast<int>(random_() >> 33);
    const auto key = reference_.push(time, turn, payload);
    if (random_() % 2 == 0) return queue_.push(time, turn, payload);
    handles_.emplace_back(queue_.push_cancellable(time, turn, payload), key);
  }

  void pop_until(Time end) {
    const auto expected = reference_.pop_until(end);
    const auto event = queue_.pop_until(end);
    ASSERT_EQ(event.has_value(), expected.has_value());
    if (!event) return;
    ASSERT_EQ(event->time, expected->time);
    ASSERT_EQ(event->turn, expected->turn);
    ASSERT_EQ(event->payload, expected->payload);
  }

  // One of the handles given out so far, stale or not, is cancelled or rescheduled.
  void touch(const std::function<Time()>& time) {
    if (handles_.empty()) return;
    const std::size_t i = random_() % handles_.size();
    auto& [handle, key] = handles_[i];
    ASSERT_EQ(queue_.pending(handle), reference_.contains(key));
    if (random_() % 2 == 0) {
      ASSERT_EQ(queue_.cancel(handle), reference_.cancel(key));
    } else {
      const Time to = time();
      ASSERT_EQ(queue_.reschedule(handle, to), reference_.contains(key));
      key = reference_.reschedule(key, to);
    }
    if (handles_.size() > 5000) handles_.erase(handles_.begin(), handles_.begin() + 2500);
  }

  void compare() {
    ASSERT_EQ(queue_.size(), reference_.size());
    ASSERT_EQ(queue_.empty(), reference_.size() == 0);
    const auto next = queue_.next();
    ASSERT_EQ(next.has_value(), reference_.size() > 0);
    if (!next) return;
    ASSERT_EQ(next->time, std::get<Time>(reference_.events().begin()->first));
    ASSERT_EQ(next->turn, std::get<Turn>(reference_.events().begin()->first));
  }

  void clear() {
    queue_.clear(reached());
    reference_.clear();
  }

  void go_on_with_a_copy() {
    const EventQueue<int> copy = queue_;
    queue_ = copy;
  }

  void drain() {
    while (reference_.size() > 0) ASSERT_NO_FATAL_FAILURE(pop_until(Time::max()));
    ASSERT_FALSE(queue_.pop_until(Time::max()));
  }

 private:
  std::mt19937_64 random_;
  EventQueue<int> queue_;
  ReferenceQueue reference_;
  std::vector<std::pair<EventHandle, ReferenceQueue::Key>> handles_;
};

}  // namespace racked::des
