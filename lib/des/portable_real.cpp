#include "portable_real.h"

#include <ostream>

namespace racked::des::portable {

namespace {

// π less its first part.
constexpr double kPi = 0x1.921fb54442d18p+1, kPiRest = 0x1.1a62633145c07p-53;

// x − x³/3! + x⁵/5! … from its n-th power on, for |x| ≤ π/4: the next term is below 2^-60 of all.
double alternating_series(double x, int n) {
  constexpr int kLast = 19;
  double sum = 0;
  for (int i = kLast - 1 + n % 2; i > n; i -= 2) sum = (1 - sum) * x * x / (i * (i - 1));
  return (1 - sum) * (n == 1 ? x : 1);
}

// An angle whose sine is at most that of π/4.
double small_asin(double x) {
  double angle = x + x * x * x / 6;
  for (int i = 0; i < 4; ++i)
    angle += (x - alternating_series(angle, 1)) / alternating_series(angle, 0);
  return angle;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, Real x) { return out << x.value; }

Real sin(Real x) {
  if (x.value > 3 * kPi / 4) return sin((kPi - x.value) + kPiRest);
  return x.value > kPi / 4 ? alternating_series((kPi / 2 - x.value) + kPiRest / 2, 0)
                           : alternating_series(x.value, 1);
}

Real cos(Real x) {
  if (x.value > 3 * kPi / 4) return -cos((kPi - x.value) + kPiRest);
  return x.value > kPi / 4 ? alternating_series((kPi / 2 - x.value) + kPiRest / 2, 1)
                           : alternating_series(x.value, 0);
}

Real asin(Real x) {
  if (x.value < 0) return -asin(-x);
  if (x.value * x.value <= 0.5) return small_asin(x.value);
  return kPi / 2 - (2 * small_asin(std::sqrt((1 - x.value) / 2)) - kPiRest / 2);
}

Real acos(Real x) {
  if (x.value * x.value <= 0.5) return kPi / 2 - (asin(x).value - kPiRest / 2);
  if (x.value < 0) return kPi - (acos(-x).value - kPiRest);
  return 2 * small_asin(std::sqrt((1 - x.value) / 2));
}

}  // namespace racked::des::portable
