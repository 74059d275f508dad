#include <racked/problem.h>

#include <algorithm>
#include <array>
#include <utility>

namespace racked {
namespace {

constexpr std::size_t kLongestName = 100;

// FNV-1a, 64 bits: the hash of every prefix comes along while the whole is hashed.
constexpr std::uint64_t kHashStart = 14695981039346656037ULL;
constexpr std::uint64_t kHashPrime = 1099511628211ULL;

std::uint64_t extended(std::uint64_t hash, char c) {
  return (hash ^ static_cast<unsigned char>(c)) * kHashPrime;
}

std::uint64_t hash_of(std::string_view path) {
  std::uint64_t hash = kHashStart;
  for (const char c : path) hash = extended(hash, c);
  return hash;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Optimal string alignment distance, or anything above `limit` when it exceeds that.
std::size_t distance(std::string_view a, std::string_view b, std::size_t limit) {
  const std::size_t apart = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (apart > limit) return limit + 1;

  // Rows of the table: the one before the last, the last, this one.
  std::array<std::array<std::size_t, 2 * kLongestName + 1>, 3> rows;
  auto *before = &rows[0], *last = &rows[1], *row = &rows[2];
  for (std::size_t j = 0; j <= b.size(); ++j) (*row)[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(before, last);
    std::swap(last, row);
    (*row)[0] = i;
    std::size_t least = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1;
      (*row)[j] = std::min({(*last)[j] + 1, (*row)[j - 1] + 1, (*last)[j - 1] + change});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
          lower(a[i - 2]) == lower(b[j - 1]))
        (*row)[j] = std::min((*row)[j], (*before)[j - 2] + 1);
      least = std::min(least, (*row)[j]);
    }
    if (least > limit) return limit + 1;
  }
  return (*row)[b.size()];
}

std::string joined(const std::vector<Problem>& problems) {
  std::string text;
  for (const Problem& problem : problems) {
    if (!text.empty()) text += '\n';
    text += to_string(problem);
  }
  return text;
}

}  // namespace

void Places::add(std::string_view path, const Place& place) {
  const auto known = std::find(files_.begin(), files_.end(), place.file);
  const auto file = static_cast<std::uint32_t>(known - files_.begin());
  if (known == files_.end()) files_.push_back(place.file);
  spots_[hash_of(path)] = {file, place.line, place.column};
}

void Places::merge(const Places& other) {
  const auto first = static_cast<std::uint32_t>(files_.size());
  files_.insert(files_.end(), other.files_.begin(), other.files_.end());
  for (const auto& [path, spot] : other.spots_)
    spots_[path] = {first + spot.file, spot.line, spot.column};
}

void Places::remove(std::string_view path) { spots_.erase(hash_of(path)); }

Place Places::find(std::string_view path) const {
  auto nearest = spots_.find(kHashStart);
  std::uint64_t hash = kHashStart;
  for (std::size_t i = 0; i <= path.size(); ++i) {
    if (i == path.size() || path[i] == '.' || path[i] == '[') {
      const auto found = spots_.find(hash);
      if (found != spots_.end()) nearest = found;
    }
    if (i < path.size()) hash = extended(hash, path[i]);
  }
  if (nearest == spots_.end()) return {};
  return {files_[nearest->second.file], nearest->second.line, nearest->second.column};
}

bool Places::contains(std::string_view path) const { return spots_.count(hash_of(path)) > 0; }

std::string to_string(const Problem& problem) {
  std::string text = problem.place.file;
  if (problem.place.line > 0) {
    if (!text.empty()) text += ':';
    text += std::to_string(problem.place.line);
    if (problem.place.column > 0) text += ':' + std::to_string(problem.place.column);
  }
  for (const std::string& part : {problem.path, problem.message}) {
    if (!text.empty() && !part.empty()) text += ": ";
    text += part;
  }
  return text;
}

ScenarioError::ScenarioError(std::vector<Problem> problems)
    : std::runtime_error(joined(problems)), problems_(std::move(problems)) {}

std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates) {
  if (name.size() > kLongestName) return {};
  std::size_t limit = std::max<std::size_t>(1, name.size() / 3);
  const std::string* nearest = nullptr;
  for (const std::string& candidate : candidates) {
    const std::size_t edits = distance(name, candidate, limit);
    if (edits > limit) continue;
    nearest = &candidate;
    if (edits == 0) break;
    limit = edits - 1;  // only a closer one can replace it
  }
  return nearest == nullptr ? std::string() : *nearest;
}

}  // namespace racked
