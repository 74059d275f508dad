#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace racked {

/// Where something stood in what the user wrote. Lines and columns count from 1, columns in
/// characters (a tab is one); line 0: the file is known, the line is not. Binary files and edits
/// have no lines.
struct Place {
  std::string file;  ///< As it was named by the user.
  int line = 0;      ///< From 1; 0: not known.
  int column = 0;    ///< In characters, from 1.
};

/// Where each field of a scenario stood, by field path ("campus[rainier].feeder[poi].capacity_mw").
///
/// Elements are named by their id ("feeder[poi]"); a second sibling with the same id is
/// "feeder[poi#2]", and so on; elements without an id, or with one that would not be readable
/// between brackets (above 100 characters, not starting with a letter, holding any of []#. or a
/// control character), are named by their number from 0. "campus" alone is the first campus; the
/// empty path is the scenario.
///
/// Paths are kept as 64-bit hashes: about 50 bytes an entry. A text made for the purpose could let
/// two paths share a place and nothing worse.
class Places {
 public:
  /// From now on the place of `path`, whatever it was before.
  void add(std::string_view path, const Place& place);
  /// The path has no place any more; those within it keep theirs.
  void remove(std::string_view path);

  /// Takes over all places of `other`; where both know a path, those of `other`.
  void merge(const Places& other);

  /// The place of the path, or of the nearest enclosing element that has one; an empty Place if
  /// none. O(length of the path).
  Place find(std::string_view path) const;

  /// Whether exactly this path has a place. O(length of the path).
  bool contains(std::string_view path) const;

 private:
  struct Spot {
    std::uint32_t file;
    int line;
    int column;
  };
  std::vector<std::string> files_;
  std::unordered_map<std::uint64_t, Spot> spots_;
};

/// One thing that is wrong with a scenario: what, which field, where it was written.
struct Problem {
  Place place;          ///< Where it was written.
  std::string path;     ///< Of the field.
  std::string message;  ///< What is wrong and what is allowed; one sentence, no final full stop.
};

/// "file:line:column: path: message"; parts that are unknown are left out.
std::string to_string(const Problem& problem);

/// A scenario that cannot be simulated. Carries every problem found, in the order of their places;
/// what() is one line per problem.
class ScenarioError : public std::runtime_error {
 public:
  /// what() is made of them as they are given.
  explicit ScenarioError(std::vector<Problem> problems);
  const std::vector<Problem>& problems() const { return problems_; }  ///< By place.

 private:
  std::vector<Problem> problems_;
};

/// The candidate closest to `name` by edit distance when it is close enough to be a slip of the
/// pen, otherwise empty. A slip: at most a third of the name's characters (at least one) inserted,
/// left out, replaced or swapped with their neighbour; upper and lower case count as equal. Ties:
/// the first. Names above 100 characters are like none. O(candidates · length²).
std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace racked
