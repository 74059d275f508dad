#include <racked/luck.h>

#include <racked/des/random_stream.h>

#include <algorithm>

namespace racked {
namespace {

double from_stream(std::uint64_t seed, std::uint64_t purpose, std::uint64_t replication,
                   std::uint64_t index, std::uint32_t attempt) {
  des::RandomStream stream(seed, purpose, replication, index);
  for (std::uint32_t i = 0; i < attempt; ++i) stream();
  return stream.uniform();
}

}  // namespace

double Luck::number(std::uint64_t seed, std::uint64_t purpose, std::uint64_t index,
                    std::uint32_t attempt) const {
  const auto at =
      std::lower_bound(given.begin(), given.end(), purpose,
                       [](const GivenLuck& one, std::uint64_t key) { return one.purpose < key; });
  std::uint64_t whose = replication;
  if (at != given.end() && at->purpose == purpose) switch (at->kind) {
      case GivenLuck::Kind::first_number:
        if (index == 0 && attempt == 0) return at->number;
        break;
      case GivenLuck::Kind::every_number: return at->number;
      case GivenLuck::Kind::stream: whose = at->replication; break;
    }
  const double u = from_stream(seed, purpose, whose, index, attempt);
  return mirrored ? 1 - u : u;
}

LuckPlan antithetic_luck() {
  return {"antithetic", [](std::uint64_t replication, Luck& luck) {
            luck.replication = replication / 2;
            luck.mirrored = replication % 2 == 1;
          }};
}

}  // namespace racked
