#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

/// Points of the unit cube at which an experiment looks. Functions of their arguments.
namespace racked {

/// Coordinates in (0, 1).
using Point = std::vector<double>;

/// Latin hypercube: in every coordinate each of `points` equal slices holds one point, at random
/// within its slice; slices are combined at random. McKay, Beckman, Conover, Technometrics 21
/// (1979). O(points · coordinates). std::invalid_argument without points or coordinates.
std::vector<Point> latin_hypercube(std::size_t points, std::size_t coordinates, std::uint64_t seed);

/// The first points of the Sobol sequence (direction numbers of Joe and Kuo, SIAM J. Sci. Comput.
/// 30 (2008)), its bits shifted at random: every point alone is uniform, and a power of two of them
/// fills the cube evenly. `shift` tells apart independent shifts of one seed. O(points ·
/// coordinates). std::invalid_argument without points or coordinates, above 2³² points or above
/// kMostSobolCoordinates.
std::vector<Point> sobol_points(std::size_t points, std::size_t coordinates, std::uint64_t seed,
                                std::uint64_t shift = 0);
inline constexpr std::size_t kMostSobolCoordinates = 3667;  ///< Of Joe and Kuo's tables.

/// Every combination of 0 … levels[i] − 1; the last varies fastest. O(combinations).
/// std::length_error above `most` combinations.
std::vector<std::vector<std::size_t>> grid(const std::vector<std::size_t>& levels,
                                           std::size_t most);

}  // namespace racked
