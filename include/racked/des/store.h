#pragma once

#include <racked/des/awaitable.h>
#include <racked/des/fifo.h>
#include <racked/des/process.h>
#include <racked/des/wait_queue.h>

#include <cstddef>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace racked::des {

namespace process_detail {

template <class Item>
struct StoreState;

template <class Item>
struct Taker : Wait {
  Taker(StoreState<Item>& from, std::size_t items) : state(from), count(items) {}
  virtual void deliver() = 0;
  void leave() noexcept override;
  void let_others() noexcept override;
  std::string told() const override {
    return std::to_string(count) + " of '" + state.name + "', which has " +
           std::to_string(state.items.size());
  }

  StoreState<Item>& state;
  std::size_t count;
};

/// Waits for one item of a store; the result is empty when patience ended first.
template <class Item>
class [[nodiscard]] TakeOne final : public Awaitable<TakeOne<Item>, Taker<Item>> {
 public:
  explicit TakeOne(StoreState<Item>& from)
      : Awaitable<TakeOne, Taker<Item>>(from, std::size_t{1}) {}
  bool try_now() { return this->state.take_now(*this); }
  void enqueue() { this->state.takers.push(*this); }
  // In two pieces, as it was written: read as a whole it would be waited for.
  std::optional<Item> result(bool granted) {
    if (!granted) return std::nullopt;
    return std::optional<Item>(std::move(*taken_));
  }
  void deliver() override { taken_.emplace(this->state.items.pop()); }

 private:
  std::optional<Item> taken_;
};

/// Waits for several at once; the result has none when patience ended first.
template <class Item>
class [[nodiscard]] TakeMany final : public Awaitable<TakeMany<Item>, Taker<Item>> {
 public:
  TakeMany(StoreState<Item>& from, std::size_t items)
      : Awaitable<TakeMany, Taker<Item>>(from, items) {}
  bool try_now() { return this->state.take_now(*this); }
  void enqueue() { this->state.takers.push(*this); }
  std::vector<Item> result(bool) { return std::move(taken_); }
  void deliver() override {
    taken_.reserve(this->count);
    while (taken_.size() < this->count) taken_.push_back(this->state.items.pop());
  }

 private:
  std::vector<Item> taken_;
};

/// Waits for room in a store; false when patience ended first, and the item is gone.
template <class Item>
class [[nodiscard]] Put final : public Awaitable<Put<Item>> {
 public:
  Put(StoreState<Item>& state, Item item) : state_(state), item_(std::move(item)) {}
  bool try_now() { return state_.put_now(*this); }
  void enqueue() { state_.putters.push(*this); }
  void leave() noexcept override {
    if (this->queued) state_.putters.remove(*this);
  }
  void let_others() noexcept override { state_.serve(); }
  bool result(bool granted) const { return granted; }
  std::string told() const override { return "room in '" + state_.name + "'"; }
  void deliver() { state_.items.push(std::move(item_)); }

 private:
  StoreState<Item>& state_;
  Item item_;
};

template <class Item>
struct StoreState final : Owned {
  StoreState(ProcessLoop& in, std::string called, std::size_t most)
      : loop(in), name(std::move(called)), capacity(most) {}

  bool take_now(Taker<Item>& taker) {
    if (takers.first() != nullptr || items.size() < taker.count) return false;
    taker.deliver();
    if (putters.first() != nullptr) serve();
    return true;
  }
  bool put_now(Put<Item>& put) {
    if (putters.first() != nullptr || items.size() >= capacity) return false;
    put.deliver();
    if (takers.first() != nullptr) serve();
    return true;
  }
  // Whoever can be served, until nobody can.
  void serve() {
    if (Kernel::ending(loop)) return;
    for (bool served = true; served;) {
      served = false;
      while (Wait* const first = takers.first()) {
        Taker<Item>& taker = static_cast<Taker<Item>&>(*first);
        if (items.size() < taker.count) break;
        takers.remove(taker);
        taker.deliver();
        Kernel::end(loop, taker, Outcome::granted);
        served = true;
      }
      while (Wait* const first = putters.first()) {
        if (items.size() >= capacity) break;
        Put<Item>& put = static_cast<Put<Item>&>(*first);
        putters.remove(put);
        put.deliver();
        Kernel::end(loop, put, Outcome::granted);
        served = true;
      }
    }
  }

  ProcessLoop& loop;
  std::string name;
  std::size_t capacity;
  Fifo<Item> items;
  WaitList takers, putters;
};

template <class Item>
void Taker<Item>::leave() noexcept {
  if (this->queued) state.takers.remove(*this);
}

template <class Item>
void Taker<Item>::let_others() noexcept {
  state.serve();
}

}  // namespace process_detail

/// Items that processes put in and take out, first in, first out: a yard, a buffer between stages.
/// A name for what the loop owns; copies are the same store.
template <class Item>
class Store {
 public:
  static constexpr std::size_t kUnlimited =
      std::numeric_limits<std::size_t>::max();  ///< Room for all.

  /// Empty; `name` is for reports.
  Store(ProcessLoop& loop, std::string name, std::size_t capacity = kUnlimited)
      : state_(process_detail::Kernel::own(loop, std::make_unique<process_detail::StoreState<Item>>(
                                                     loop, std::move(name), capacity))) {}

  /// co_await store.take(): std::optional<Item>, empty only when patience ended first.
  process_detail::TakeOne<Item> take() { return process_detail::TakeOne<Item>(*state_); }

  /// co_await store.take(n): a vector of n. std::invalid_argument unless 1 ≤ n ≤ capacity.
  process_detail::TakeMany<Item> take(std::size_t count) {
    if (count < 1 || count > state_->capacity)
      throw std::invalid_argument("nobody can take " + std::to_string(count) + " of '" +
                                  state_->name + "'");
    return process_detail::TakeMany<Item>(*state_, count);
  }

  /// co_await store.put(item) waits for room.
  process_detail::Put<Item> put(Item item) {
    return process_detail::Put<Item>(*state_, std::move(item));
  }

  std::size_t size() const { return state_->items.size(); }  ///< Items in it.
  const std::string& name() const { return state_->name; }   ///< For reports.

 private:
  process_detail::StoreState<Item>* state_;
};

}  // namespace racked::des
