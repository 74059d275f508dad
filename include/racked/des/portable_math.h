#pragma once

/// Elementary functions that give the same bits on every processor and with every C library.
///
/// Those of a C library do not: as the program starts, glibc chooses by the processor versions with
/// or without fused multiplication and addition, which differ in the last bit of one number in a
/// thousand; other libraries and other versions differ again. These use additions,
/// multiplications, divisions and comparisons of doubles alone, in a fixed order, which IEEE 754
/// determines to the last bit. They are compiled once, into the library, so that flags of a program
/// that uses them change nothing.
///
/// Special values (zeros, infinities, NaN, negative arguments) as in the C standard; errno is not
/// set, and the flags of floating-point exceptions mean nothing. Rounding has to be to nearest, and
/// subnormal numbers must not be flushed to 0, which linking with -ffast-math does. Thread-safe.
namespace racked::des::portable {

/// Natural logarithm; the error is below 0.51 units in the last place. About 7 ns.
double log(double x);

/// log(1 + x), below 0.52 units. About 8 ns.
double log1p(double x);

/// e to the power x, below 0.52 units; where the result is less than 2^-1022, below 1.02 times the
/// least number. About 5 ns.
double exp(double x);

/// exp(x) − 1, below 0.8 units. About 7 ns.
double expm1(double x);

/// x to the power y, below 0.55 units, and as of exp() where the result is less than 2^-1022. About
/// 20 ns.
double pow(double x, double y);

}  // namespace racked::des::portable
