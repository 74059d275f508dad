#pragma once

#include <racked/des/portable_math.h>

#include <boost/math/policies/policy.hpp>

#include <cmath>
#include <iosfwd>
#include <limits>
#include <type_traits>

namespace racked::des::portable {

// Doubles stay doubles, and what is infinite or not a number is told by the result.
using Policy = boost::math::policies::policy<
    boost::math::policies::promote_double<false>,
    boost::math::policies::domain_error<boost::math::policies::ignore_error>,
    boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::evaluation_error<boost::math::policies::ignore_error>>;

// A double for Boost.Math, whose functions find those of this namespace beside it instead of the C
// library's. What it is asked for is what "Conceptual Requirements for Real Number Types" in the
// manual of Boost.Math lists and the functions in use need.
struct Real {
  Real() = default;
  template <class Number, class = std::enable_if_t<std::is_arithmetic_v<Number>>>
  constexpr Real(Number number) : value(static_cast<double>(number)) {}
  template <class Number, class = std::enable_if_t<std::is_arithmetic_v<Number>>>
  explicit constexpr operator Number() const {
    return static_cast<Number>(value);
  }

  constexpr Real operator-() const { return -value; }
  constexpr Real operator+() const { return value; }
  constexpr Real& operator+=(Real other) { return *this = value + other.value; }
  constexpr Real& operator-=(Real other) { return *this = value - other.value; }
  constexpr Real& operator*=(Real other) { return *this = value * other.value; }
  constexpr Real& operator/=(Real other) { return *this = value / other.value; }
  constexpr Real& operator++() { return *this += 1; }
  constexpr Real& operator--() { return *this -= 1; }
  friend constexpr Real operator+(Real a, Real b) { return a.value + b.value; }
  friend constexpr Real operator-(Real a, Real b) { return a.value - b.value; }
  friend constexpr Real operator*(Real a, Real b) { return a.value * b.value; }
  friend constexpr Real operator/(Real a, Real b) { return a.value / b.value; }
  friend constexpr bool operator==(Real a, Real b) { return a.value == b.value; }
  friend constexpr auto operator<=>(Real a, Real b) { return a.value <=> b.value; }

  double value;
};

inline Real log(Real x) { return log(x.value); }
inline Real exp(Real x) { return exp(x.value); }
inline Real pow(Real x, Real y) { return pow(x.value, y.value); }
// These are exact, or determined by IEEE 754, with every library.
inline Real sqrt(Real x) { return std::sqrt(x.value); }
inline Real fabs(Real x) { return std::fabs(x.value); }
inline Real abs(Real x) { return std::fabs(x.value); }
inline Real floor(Real x) { return std::floor(x.value); }
inline Real ceil(Real x) { return std::ceil(x.value); }
inline Real fmod(Real x, Real y) { return std::fmod(x.value, y.value); }
inline Real ldexp(Real x, int power) { return std::ldexp(x.value, power); }
inline Real frexp(Real x, int* power) { return std::frexp(x.value, power); }
// Within some units in the last place: 0 ≤ x ≤ π, and −1 ≤ x ≤ 1.
Real sin(Real x);
Real cos(Real x);
Real asin(Real x);
Real acos(Real x);

// For the words of Boost's exceptions.
std::ostream& operator<<(std::ostream& out, Real x);

}  // namespace racked::des::portable

template <>
class std::numeric_limits<racked::des::portable::Real> : public std::numeric_limits<double> {
  using Real = racked::des::portable::Real;
  using Double = std::numeric_limits<double>;

 public:
  static constexpr Real min() { return Double::min(); }
  static constexpr Real max() { return Double::max(); }
  static constexpr Real lowest() { return Double::lowest(); }
  static constexpr Real epsilon() { return Double::epsilon(); }
  static constexpr Real round_error() { return Double::round_error(); }
  static constexpr Real infinity() { return Double::infinity(); }
  static constexpr Real quiet_NaN() { return Double::quiet_NaN(); }
  static constexpr Real signaling_NaN() { return Double::signaling_NaN(); }
  static constexpr Real denorm_min() { return Double::denorm_min(); }
};
