#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace racked {

/// A directed graph whose arcs carry flow from node 0, the source. What every arc can still carry
/// is kept apart, so that one graph serves several cases.
class FlowGraph {
 public:
  /// What an arc takes that nothing limits.
  static constexpr std::int64_t kUnlimited = std::numeric_limits<std::int64_t>::max() / 4;

  /// Per arc, and per arc against its direction: what it can still carry.
  using Residual = std::vector<std::int64_t>;

  FlowGraph() = default;
  explicit FlowGraph(std::size_t nodes) : arcs_of_(nodes) {}

  /// Its place in a Residual. Arcs that lead to a node are tried in the order of adding.
  std::size_t add_arc(std::size_t from, std::size_t to);

  /// Entries of a Residual.
  std::size_t size() const { return ends_.size(); }

  /// Brings at most `most` from the source to a node, along shortest ways, turning flow that is on
  /// its way to others into other arcs where that helps; nobody else gets less. Returns how much
  /// arrived: as much as can. (Ford and Fulkerson, Canad. J. Math. 8 (1956) 399; Edmonds and Karp,
  /// J. ACM 19 (1972) 248.) O(arcs) a way.
  std::int64_t push(Residual& residual, std::size_t to, std::int64_t most);

 private:
  bool find_way(const Residual& residual, std::size_t to);

  std::vector<std::size_t> ends_;                  // where each arc, and its reverse, leads
  std::vector<std::vector<std::size_t>> arcs_of_;  // per node: reverses of the arcs that lead to it
  std::vector<std::size_t> next_;  // per node: the arc onward to where one looks from
  std::vector<std::size_t> queue_;
};

}  // namespace racked
