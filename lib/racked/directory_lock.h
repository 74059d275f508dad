#pragma once

#include <filesystem>
#include <vector>

namespace racked {

/// Keeps other processes, and other locks of this one, out of a folder of results. The lock is held
/// on the file `parts/lock` and dies with its process. std::system_error when another holds it, and
/// when the folder can't be made or locked.
class DirectoryLock {
 public:
  explicit DirectoryLock(const std::filesystem::path& directory);
  /// Removes `parts`, too, when nothing else is in it.
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  std::filesystem::path file_;
  int descriptor_ = -1;
};

/// Where the parts of a run are.
std::filesystem::path parts_folder(const std::filesystem::path& directory);

/// The parts there, in the order they were begun: NNNNNN.binpb.
std::vector<std::filesystem::path> part_files(const std::filesystem::path& directory);

}  // namespace racked
