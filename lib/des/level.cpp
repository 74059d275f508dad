#include <racked/des/level.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace racked::des {

struct process_detail::LevelState final : Stock {
  LevelState(ProcessLoop& in, std::string called, double fits, double begins_with)
      : Stock(in, std::move(called)), capacity(fits), initial(begins_with) {}
  double content() const override { return amount; }

  WaitList& queue_of(double change) { return change < 0 ? takers : putters; }
  static Tally StockUse::*granted(double change) {
    return change < 0 ? &StockUse::taken : &StockUse::put;
  }
  // What rounding has taken away, or added, keeps nobody waiting; but nothing is had for nothing.
  bool fits(double change) const {
    const double grain = std::min(most * 0x1p-40, std::abs(change) * 0x1p-10);
    return amount + change >= -grain && amount + change <= capacity + grain;
  }
  // Precondition: it fits.
  void add(double change) {
    amount = std::clamp(amount + change, 0.0, capacity);
    most = std::max(most, amount);
  }

  // At once, or not at all; whether it was.
  bool try_add(double change) {
    if (queue_of(change).first() != nullptr || !fits(change)) return false;
    add(change);
    wait_ended(granted(change), kNever);
    Kernel::serve(loop, *this);
    return true;
  }

  // The first of a queue, if it can be served; whether it was.
  bool serve_first(WaitList& queue) {
    Wait* const first = queue.first();
    if (first == nullptr) return false;
    LevelChange& change = static_cast<LevelChange&>(*first);
    if (!fits(change.change_)) return false;
    queue.remove(change);
    add(change.change_);
    wait_ended(granted(change.change_), change.asked_);
    Kernel::end(loop, change, Outcome::granted);
    return true;
  }
  void serve() override {
    while (serve_first(takers) || serve_first(putters)) {
    }
  }

  void restart() noexcept override {
    amount = most = initial;
    Stock::restart();
  }

  const double capacity, initial;
  double amount = initial;
  double most = initial;  // that there has been
};

bool LevelChange::try_now() { return state_.try_add(change_); }

void LevelChange::enqueue() {
  process_detail::Kernel::check(*this, state_.loop);
  asked_ = process_detail::Kernel::now(*this);
  state_.queue_of(change_).push(*this);
  state_.changed();
}

void LevelChange::leave() noexcept {
  if (!queued) return;
  state_.queue_of(change_).remove(*this);
  state_.wait_ended(change_ < 0 ? &StockUse::left_taking : &StockUse::left_putting, asked_);
}

void LevelChange::let_others() noexcept { process_detail::Kernel::serve(state_.loop, state_); }

std::string LevelChange::told() const {
  return (change_ < 0 ? std::to_string(-change_) + " of '"
                      : "room for " + std::to_string(change_) + " in '") +
         state_.name + "', which has " + std::to_string(state_.amount);
}

Level::Level(ProcessLoop& loop, std::string name, double capacity, double initial)
    : state_(new process_detail::LevelState(loop, std::move(name), capacity, initial)) {
  if (!(initial >= 0 && initial <= capacity))
    throw std::invalid_argument("'" + this->name() + "' begins with " + std::to_string(initial) +
                                ", which is not between 0 and its capacity of " +
                                std::to_string(capacity));
}

double Level::checked(double amount) const {
  if (!(amount > 0 && amount <= state_->capacity && std::isfinite(amount)))
    throw std::invalid_argument("'" + state_->name + "' cannot change by " +
                                std::to_string(amount) + ": it has a capacity of " +
                                std::to_string(state_->capacity));
  return amount;
}

LevelChange Level::change(double by) const { return {*state_, by}; }
bool Level::try_change(double by) const {
  return !process_detail::Kernel::ending(state_->loop) && state_->try_add(by);
}

void Level::watch(Duration unit) { state_->watch(unit); }
StockUse Level::use() const { return state_->use(); }
double Level::amount() const { return state_->amount; }
double Level::capacity() const { return state_->capacity; }
std::size_t Level::waiting_to_get() const { return state_->takers.size(); }
std::size_t Level::waiting_to_put() const { return state_->putters.size(); }
const std::string& Level::name() const { return state_->name; }

}  // namespace racked::des
