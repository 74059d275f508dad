#include <racked/des/time.h>

#include <cmath>
#include <cstdint>
#include <stdexcept>

namespace racked::des {

Duration rounded(double count, Duration unit) {
  const double ticks = count * static_cast<double>(unit.count());
  if (std::isnan(ticks)) throw std::invalid_argument("a span of time must be a number");
  if (ticks >= 0x1p63) return Duration::max();
  if (ticks <= -0x1p63) return Duration::min();
  // Halves away from zero, as std::llround, which is a call; the rest is exact.
  const auto whole = static_cast<std::int64_t>(ticks);
  const double rest = ticks - static_cast<double>(whole);
  return Duration(whole + (rest >= 0.5) - (rest <= -0.5));
}

}  // namespace racked::des
