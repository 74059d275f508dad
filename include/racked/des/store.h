#pragma once

#include <racked/des/awaitable.h>
#include <racked/des/fifo.h>
#include <racked/des/process.h>
#include <racked/des/stock.h>
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
  explicit Taker(StoreState<Item>& from) : state(from) {}
  virtual void receive(Item&& item) = 0;
  void leave() noexcept override;
  void let_others() noexcept override;
  std::string told() const override {
    return std::to_string(count) + " of '" + state.name + "', which has " +
           std::to_string(state.items.size());
  }

  void join_queue() {
    Kernel::check(*this, state.loop);
    asked = Kernel::now(*this);
    state.takers.push(*this);
    state.changed();
  }

  StoreState<Item>& state;
  std::size_t count = 1;
  Time asked;  // when it joined the queue
};

/// Waits for one item of a store; the result is empty when patience ended first.
template <class Item>
class [[nodiscard]] TakeOne final : public Awaitable<TakeOne<Item>, Taker<Item>> {
 public:
  explicit TakeOne(StoreState<Item>& from) : Awaitable<TakeOne, Taker<Item>>(from) {}
  bool can_now() const { return this->state.can_give(1); }
  [[gnu::always_inline]] std::optional<Item> take_now() { return this->state.give(); }
  bool try_now() {
    if (!can_now()) return false;
    taken_ = take_now();
    return true;
  }
  void enqueue() { this->join_queue(); }
  // In two pieces, as it was written: read as a whole it would be waited for.
  std::optional<Item> result(bool granted) {
    if (!granted) return std::nullopt;
    return std::optional<Item>(std::move(*taken_));
  }
  void receive(Item&& item) override { taken_.emplace(std::move(item)); }

 private:
  std::optional<Item> taken_;
};

/// Waits for several at once; the result has none when patience ended first.
template <class Item>
class [[nodiscard]] TakeMany final : public Awaitable<TakeMany<Item>, Taker<Item>> {
 public:
  TakeMany(StoreState<Item>& from, std::size_t items) : Awaitable<TakeMany, Taker<Item>>(from) {
    this->count = items;
  }
  bool try_now() {
    if (!this->state.can_give(this->count)) return false;
    this->state.deliver(*this);
    this->state.wait_ended(&StockUse::taken, kNever);
    this->state.room_was_made();
    return true;
  }
  void enqueue() { this->join_queue(); }
  std::vector<Item> result(bool) { return std::move(taken_); }
  void receive(Item&& item) override {
    if (taken_.empty()) taken_.reserve(this->count);
    taken_.push_back(std::move(item));
  }

 private:
  std::vector<Item> taken_;
};

/// Waits for room in a store; false when patience ended first. Then the item is gone, as when it is
/// broken off.
template <class Item>
class [[nodiscard]] Put final : public Awaitable<Put<Item>> {
 public:
  Put(StoreState<Item>& state, Item item) : state_(state), item_(std::move(item)) {}
  bool can_now() const { return state_.has_room(); }
  [[gnu::always_inline]] bool take_now() {
    state_.put(item_);
    return true;
  }
  bool try_now() { return can_now() && take_now(); }
  void enqueue() {
    Kernel::check(*this, state_.loop);
    asked_ = Kernel::now(*this);
    state_.putters.push(*this);
    state_.changed();
  }
  void leave() noexcept override {
    if (!this->queued) return;
    state_.putters.remove(*this);
    state_.wait_ended(&StockUse::left_putting, asked_);
  }
  void let_others() noexcept override { Kernel::serve(state_.loop, state_); }
  bool result(bool granted) const { return granted; }
  std::string told() const override { return "room in '" + state_.name + "'"; }

 private:
  friend struct StoreState<Item>;
  StoreState<Item>& state_;
  Item item_;
  Time asked_;  // when it joined the queue
};

template <class Item>
struct StoreState final : Stock {
  StoreState(ProcessLoop& in, std::string called, std::size_t most)
      : Stock(in, std::move(called)), capacity(most) {}

  bool can_give(std::size_t count) const {
    return items.size() >= count && takers.first() == nullptr;
  }
  [[gnu::always_inline]] Item give() {
    Item item = items.pop();
    wait_ended(&StockUse::taken, kNever);
    room_was_made();
    return item;
  }
  void room_was_made() {
    if (putters.first() != nullptr) [[unlikely]]
      Kernel::serve(loop, *this);
  }
  // Somebody waits for room that there is only until he is served.
  bool has_room() const { return items.size() < capacity && putters.first() == nullptr; }
  [[gnu::always_inline]] void put(Item& item) {
    if (takers.first() != nullptr) [[unlikely]]
      return put_before_takers(item);
    items.push(std::move(item));
    wait_ended(&StockUse::put, kNever);
  }
  // From hand to hand, when there is nothing else and one is all that is wanted.
  [[gnu::noinline]] void put_before_takers(Item& item) {
    Taker<Item>& first = static_cast<Taker<Item>&>(*takers.first());
    if (!items.empty() || first.count > 1 || Kernel::serving(loop)) {
      items.push(std::move(item));
      wait_ended(&StockUse::put, kNever);
      return Kernel::serve(loop, *this);
    }
    first.receive(std::move(item));
    takers.take_first();
    wait_ended(&StockUse::put, kNever);
    wait_ended(&StockUse::taken, first.asked);
    Kernel::end(loop, first, Outcome::granted);
  }
  void deliver(Taker<Item>& taker) {
    for (std::size_t left = taker.count; left > 0; --left) taker.receive(items.pop());
  }
  // Whoever can be served, until nobody can.
  void serve() override {
    for (bool served = true; served;) {
      served = false;
      while (Wait* const first = takers.first()) {
        Taker<Item>& taker = static_cast<Taker<Item>&>(*first);
        if (items.size() < taker.count) break;
        takers.take_first();
        deliver(taker);
        wait_ended(&StockUse::taken, taker.asked);
        Kernel::end(loop, taker, Outcome::granted);
        served = true;
      }
      while (Wait* const first = putters.first()) {
        if (items.size() >= capacity) break;
        Put<Item>& put = static_cast<Put<Item>&>(*first);
        putters.take_first();
        items.push(std::move(put.item_));
        wait_ended(&StockUse::put, put.asked_);
        Kernel::end(loop, put, Outcome::granted);
        served = true;
      }
    }
  }

  void empty() noexcept override { items.clear(); }
  double content() const override { return static_cast<double>(items.size()); }

  std::size_t capacity;
  Fifo<Item> items;
};

template <class Item>
void Taker<Item>::leave() noexcept {
  if (!this->queued) return;
  state.takers.remove(*this);
  state.wait_ended(&StockUse::left_taking, asked);
}

template <class Item>
void Taker<Item>::let_others() noexcept {
  Kernel::serve(state.loop, state);
}

}  // namespace process_detail

/// Items that processes put in and take out, first in, first out: a yard, a buffer between stages.
/// Items are moved, by construction and by assignment, which must not throw. A name for what the
/// loop owns; copies are the same store, which lasts, with its items, as long as one of them, or as
/// somebody waits for it.
template <class Item>
class Store {
 public:
  static constexpr std::size_t kUnlimited =
      std::numeric_limits<std::size_t>::max();  ///< Room for all.

  /// Empty; `name` is for reports. std::invalid_argument for a capacity of 0.
  Store(ProcessLoop& loop, std::string name, std::size_t capacity = kUnlimited)
      : state_(new process_detail::StoreState<Item>(loop, std::move(name), capacity)) {
    if (capacity == 0) throw std::invalid_argument("'" + state_->name + "' has room for nothing");
  }

  /// co_await store.take(): std::optional<Item>, empty only when patience ended first.
  process_detail::TakeOne<Item> take() { return process_detail::TakeOne<Item>(*state_); }

  /// co_await store.take(n): a vector of n, or an empty one when patience ended first.
  /// std::invalid_argument, at the call, unless 1 ≤ n ≤ capacity.
  process_detail::TakeMany<Item> take(std::size_t count) {
    if (count < 1 || count > state_->capacity)
      throw std::invalid_argument("nobody can take " + std::to_string(count) + " of '" +
                                  state_->name + "', which has room for " +
                                  std::to_string(state_->capacity));
    return process_detail::TakeMany<Item>(*state_, count);
  }

  /// co_await store.put(item) waits for room: true, or false when patience ended first. Then, and
  /// when the wait is broken off, the item is lost.
  process_detail::Put<Item> put(Item item) {
    return process_detail::Put<Item>(*state_, std::move(item));
  }

  /// At once or not at all, without waiting, from anywhere: a plain function, a destructor, between
  /// runs. False, with the item as it was, when there is no room, when somebody waits for room, and
  /// when the loop is being destroyed.
  ///@{
  bool try_put(Item&& item) {
    if (process_detail::Kernel::ending(state_->loop) || !state_->has_room()) return false;
    state_->put(item);
    return true;
  }
  bool try_put(const Item& item) { return try_put(Item(item)); }
  ///@}

  /// The same for an item: empty when there is none, when somebody waits for some, and when the
  /// loop is being destroyed.
  std::optional<Item> try_take() {
    if (process_detail::Kernel::ending(state_->loop) || !state_->can_give(1)) return std::nullopt;
    return state_->give();
  }

  /// Begins to keep statistics, or begins anew, as after a warm-up; waits are counted in `unit`.
  /// Unwatched, nothing is kept; watched, each change takes some fifteen nanoseconds more.
  /// std::invalid_argument unless unit > 0.
  void watch(Duration unit = kHour) { state_->watch(unit); }

  /// The statistics up to this instant. std::logic_error when it is not watched.
  StockUse use() const { return state_->use(); }

  std::size_t size() const { return state_->items.size(); }  ///< Items in it.
  std::size_t capacity() const { return state_->capacity; }  ///< Items that it has room for.
  /// Processes that wait for items, and for room.
  ///@{
  std::size_t waiting_to_take() const { return state_->takers.size(); }
  std::size_t waiting_to_put() const { return state_->putters.size(); }
  ///@}
  const std::string& name() const { return state_->name; }  ///< For reports.

 private:
  process_detail::Name<process_detail::StoreState<Item>> state_;
};

}  // namespace racked::des
