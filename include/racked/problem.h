#pragma once

#include <cstddef>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace racked {

/// Where something stood in what the user wrote. Lines and columns count from 1; line 0: unknown.
struct Place {
  std::string file;
  int line = 0;
  int column = 0;
};

/// Where each field of a scenario stood, by field path ("campus[rainier].feeder[poi].capacity_mw").
/// Elements with an id are named by it, others by their number from 0.
class Places {
 public:
  void add(std::string path, Place place);

  /// The place of the path, or of the nearest enclosing element that has one; an empty Place if none.
  /// O(depth · log n).
  Place find(std::string_view path) const;

  /// Whether exactly this path has a place. O(log n).
  bool contains(std::string_view path) const;

 private:
  std::map<std::string, Place, std::less<>> places_;
};

/// One thing that is wrong with a scenario: what, which field, where it was written.
struct Problem {
  Place place;
  std::string path;
  std::string message;  ///< What is wrong and what is allowed; one sentence, no final full stop.
};

/// "file:line:column: path: message"; parts that are unknown are left out.
std::string to_string(const Problem& problem);

/// A scenario that cannot be simulated. Carries every problem found, in the order of their places.
class ScenarioError : public std::runtime_error {
 public:
  explicit ScenarioError(std::vector<Problem> problems);
  const std::vector<Problem>& problems() const { return problems_; }

 private:
  std::vector<Problem> problems_;
};

/// The candidate closest to `name` by edit distance when it is close enough to be a slip of the pen
/// (at most a third of the length, at least one edit), otherwise empty. O(candidates · length²).
std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace racked
