#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace racked {

/// A file in the making: written beside its place under a name of its own, and put there whole by
/// finish(). Without finish() nothing of it is left. All errors are std::system_error and name the
/// file.
class WrittenFile {
 public:
  explicit WrittenFile(std::filesystem::path file);
  ~WrittenFile();
  WrittenFile(const WrittenFile&) = delete;
  WrittenFile& operator=(const WrittenFile&) = delete;

  void append(std::string_view bytes);

  /// Brings all to the disk and the file to its place; a file that was there is replaced.
  void finish();

 private:
  std::filesystem::path file_;
  std::string part_;
  int descriptor_ = -1;
};

/// Appends all bytes to the open file; `name` is what an error calls it.
void write_all(int descriptor, std::string_view bytes, const std::filesystem::path& name);

/// All that is in a file.
std::string read_all(const std::filesystem::path& file);

/// Makes the names in a folder outlast a power cut.
void sync_folder(const std::filesystem::path& folder);

/// Removes what a process that was killed has left of WrittenFiles in this place.
void remove_unfinished(const std::filesystem::path& file);

}  // namespace racked
