#include <racked/des/time.h>

#include <cmath>
#include <stdexcept>

namespace racked::des {

Duration rounded(double count, Duration unit) {
  const double ticks = count * static_cast<double>(unit.count());
  if (std::isnan(ticks)) throw std::invalid_argument("a span of time must be a number");
  if (ticks >= 0x1p63) return Duration::max();
  if (ticks <= -0x1p63) return Duration::min();
  return Duration(std::llround(ticks));
}

}  // namespace racked::des
