#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace racked {

/// A number given to one purpose in place of what its stream would draw.
struct GivenLuck {
  /// Which of the draws of the purpose are replaced.
  enum class Kind : std::uint8_t {
    first_number,  ///< `number` for the first draw of the purpose; the others from its stream.
    every_number,  ///< `number` for all of its draws.
    stream,        ///< The stream of replication `replication`.
  };
  std::uint64_t purpose = 0;       ///< Whose draws are replaced.
  Kind kind = Kind::first_number;  ///< How.
  double number = 0.5;             ///< In (0, 1).
  std::uint64_t replication = 0;   ///< Whose stream is taken, for Kind::stream.
};

/// Where the uniform numbers of one replication come from: from the streams of a replication
/// (usually its own), mirrored or not, but for those that are given. A value.
struct Luck {
  std::uint64_t replication = 0;  ///< Whose streams are drawn from.
  bool mirrored = false;          ///< 1 − u in place of every u that comes from a stream.
  std::vector<GivenLuck> given;   ///< Ascending by purpose, each once.

  /// Whether all comes from the streams as they are.
  bool plain() const { return !mirrored && given.empty(); }

  /// Draw number `index` of a purpose, its `attempt`-th repetition. O(log given).
  double number(std::uint64_t seed, std::uint64_t purpose, std::uint64_t index,
                std::uint32_t attempt) const;
};

/// Deals its luck to every replication of an experiment.
struct LuckPlan {
  std::string name;  ///< Told in the results' hash, so that results of different luck do not merge.
  /// Fills what is that of the replication by itself. Called by several threads at once; must
  /// depend on its argument alone.
  std::function<void(std::uint64_t replication, Luck& luck)> deal;
};

/// Replications 2k and 2k + 1 draw from the same streams, the second 1 − u where the first drew u:
/// their mean varies less than that of two by themselves where the time of a milestone rises with
/// every draw. Hammersley and Morton, Proc. Camb. Phil. Soc. 52 (1956).
LuckPlan antithetic_luck();

}  // namespace racked
