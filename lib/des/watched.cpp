#include <racked/des/process_promise.h>
#include <racked/des/resource.h>
#include <racked/des/stock.h>
#include <racked/des/watched.h>

#include <stdexcept>
#include <utility>

namespace racked::des::process_detail {

template <class State, class Use>
void Watched<State, Use>::watch(Duration unit) {
  if (unit <= Duration::zero())
    throw std::invalid_argument("waits for '" + name + "' cannot be told in a unit of no length");
  if (!watch_) watch_ = std::make_unique<Watch>();
  watch_->unit = unit;
  watch_anew();
}

template <class State, class Use>
void Watched<State, Use>::watch_anew() noexcept {
  if (!watch_) return;
  watch_->use = Use();
  state().each_average([&](TimeAverage Use::*average, double now) {
    watch_->use.*average = TimeAverage(loop.now(), now);
  });
}

template <class State, class Use>
Use Watched<State, Use>::use() const {
  if (!watch_) throw std::logic_error("'" + name + "' is not watched");
  Use use = watch_->use;
  state().each_average(
      [&](TimeAverage Use::*average, double) { (use.*average).finish(loop.now()); });
  return use;
}

template <class State, class Use>
void Watched<State, Use>::look() noexcept {
  if (Kernel::ending(loop)) return;
  state().each_average([&](TimeAverage Use::*average, double now) {
    (watch_->use.*average).record(loop.now(), now);
  });
}

template <class State, class Use>
void Watched<State, Use>::note(Tally& waits, Time asked) noexcept {
  waits.record(asked == kNever ? 0 : units_of(span_between(asked, loop.now()), watch_->unit));
  look();
}

template struct Watched<ResourceState, ResourceUse>;
template struct Watched<Stock, StockUse>;

}  // namespace racked::des::process_detail
