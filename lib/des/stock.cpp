#include <racked/des/process_promise.h>
#include <racked/des/stock.h>

#include <stdexcept>

namespace racked::des::process_detail {

void Stock::watch(Duration unit) {
  if (unit <= Duration::zero())
    throw std::invalid_argument("waits for '" + name + "' cannot be told in a unit of no length");
  const Time now = loop.now();
  StockUse use;
  use.content = TimeAverage(now, content());
  use.taking = TimeAverage(now, static_cast<double>(takers.size()));
  use.putting = TimeAverage(now, static_cast<double>(putters.size()));
  watched = std::make_unique<Watch>(Watch{use, unit});
}

StockUse Stock::use() const {
  if (!watched) throw std::logic_error("'" + name + "' is not watched");
  StockUse use = watched->use;
  for (TimeAverage* const average : {&use.content, &use.taking, &use.putting})
    average->finish(loop.now());
  return use;
}

void Stock::look() noexcept {
  if (Kernel::ending(loop)) return;
  watched->use.content.record(loop.now(), content());
  watched->use.taking.record(loop.now(), static_cast<double>(takers.size()));
  watched->use.putting.record(loop.now(), static_cast<double>(putters.size()));
}

void Stock::note(Tally& waits, Time asked) noexcept {
  waits.record(asked == kNever ? 0 : units_of(loop.now() - asked, watched->unit));
  look();
}

}  // namespace racked::des::process_detail
