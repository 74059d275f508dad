#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace racked {

/// Appends blocks to a file of its own; each is whole or, after a power cut, known not to be. The
/// file is v1::Part. Errors: std::system_error, naming the file, after which the file ends with the
/// last whole block.
class PartWriter {
 public:
  /// Makes the file; it must not exist.
  explicit PartWriter(std::filesystem::path file);
  ~PartWriter();
  PartWriter(const PartWriter&) = delete;
  PartWriter& operator=(const PartWriter&) = delete;

  /// From its return on, the block outlives this process.
  void append(std::string_view block);

  /// From its return on, all blocks outlive a power cut.
  void sync();

 private:
  std::filesystem::path file_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

/// Reads the blocks of a part in turn and hands them to `take`. What is damaged is told to
/// `damaged` by its place ("byte 812 to 1044") and stepped over: what follows is found again.
void read_part(std::string_view bytes, const std::function<void(std::string_view)>& take,
               const std::function<void(const std::string&)>& damaged);

}  // namespace racked
