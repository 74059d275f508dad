#include <racked/designs.h>

#include <racked/des/random_stream.h>

#include <boost/random/sobol.hpp>

#include <cstdint>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>

namespace racked {
namespace {

using SobolEngine = boost::random::sobol_engine<std::uint32_t, 32>;

void require_points(std::size_t points, std::size_t coordinates) {
  if (points == 0 || coordinates == 0)
    throw std::invalid_argument("a design needs at least one point and one coordinate");
}

// A whole number in [0, n).
std::size_t below(std::size_t n, des::RandomStream& stream) {
  return static_cast<std::size_t>(stream.uniform() * static_cast<double>(n));
}

}  // namespace

std::vector<Point> latin_hypercube(std::size_t points, std::size_t coordinates,
                                   std::uint64_t seed) {
  require_points(points, coordinates);
  std::vector<Point> design(points, Point(coordinates));
  std::vector<std::size_t> slices(points);
  for (std::size_t j = 0; j < coordinates; ++j) {
    des::RandomStream stream(seed, des::purpose_key("design/latin_hypercube"), j);
    std::iota(slices.begin(), slices.end(), std::size_t{0});
    for (std::size_t i = points; i > 1; --i) std::swap(slices[i - 1], slices[below(i, stream)]);
    for (std::size_t i = 0; i < points; ++i)
      design[i][j] =
          (static_cast<double>(slices[i]) + stream.uniform()) / static_cast<double>(points);
  }
  return design;
}

std::vector<Point> sobol_points(std::size_t points, std::size_t coordinates, std::uint64_t seed,
                                std::uint64_t shift) {
  require_points(points, coordinates);
  if (coordinates > kMostSobolCoordinates)
    throw std::invalid_argument("a Sobol sequence has at most " +
                                std::to_string(kMostSobolCoordinates) + " coordinates");
  if (points > std::size_t{1} << 32)
    throw std::invalid_argument("a Sobol sequence is used up to 2^32 points");
  std::vector<std::uint32_t> shifts(coordinates);
  des::RandomStream stream(seed, des::purpose_key("design/sobol"), shift);
  for (std::uint32_t& bits : shifts) bits = static_cast<std::uint32_t>(stream() >> 32);

  SobolEngine engine(coordinates);
  std::vector<Point> design(points, Point(coordinates));
  for (std::size_t i = 0; i < points; ++i)
    for (std::size_t j = 0; j < coordinates; ++j) {
      // The engine leaves out the sequence's first point, which is the origin.
      const std::uint32_t bits = (i == 0 ? 0 : engine()) ^ shifts[j];
      design[i][j] = (static_cast<double>(bits) + 0.5) * 0x1p-32;
    }
  return design;
}

std::vector<std::vector<std::size_t>> grid(const std::vector<std::size_t>& levels,
                                           std::size_t most) {
  std::size_t count = 1;
  for (const std::size_t n : levels) {
    if (n != 0 && count > most / n)
      throw std::length_error("a grid has at most " + std::to_string(most) + " points");
    count *= n;
  }
  std::vector<std::vector<std::size_t>> points;
  std::vector<std::size_t> at(levels.size(), 0);
  for (std::size_t i = 0; i < count; ++i) {
    points.push_back(at);
    for (std::size_t j = levels.size(); j-- > 0;) {
      if (++at[j] < levels[j]) break;
      at[j] = 0;
    }
  }
  return points;
}

}  // namespace racked
