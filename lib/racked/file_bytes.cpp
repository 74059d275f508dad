#include "file_bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

namespace racked {
namespace {

namespace fs = std::filesystem;

/// What mkostemp puts in their place is as long.
constexpr std::string_view kRandomLetters = "XXXXXX";

// How a file is called until it is whole, but for the letters.
std::string begin_of_name(const fs::path& file) {
  return "." + file.filename().string() + ".writing-";
}

[[noreturn]] void fail(const fs::path& file) {
  throw std::system_error(errno, std::generic_category(), "cannot write " + file.string());
}

}  // namespace

WrittenFile::WrittenFile(fs::path file)
    : file_(std::move(file)),
      part_((file_.parent_path() / begin_of_name(file_)).string() + std::string(kRandomLetters)) {
  descriptor_ = ::mkostemp(part_.data(), O_CLOEXEC);
  if (descriptor_ < 0) fail(file_);
}

WrittenFile::~WrittenFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(part_.c_str());
}

void WrittenFile::append(std::string_view bytes) { write_all(descriptor_, bytes, file_); }

void WrittenFile::finish() {
  if (::fchmod(descriptor_, 0644) != 0 || ::fsync(descriptor_) != 0) fail(file_);
  if (::rename(part_.c_str(), file_.c_str()) != 0) fail(file_);
  ::close(descriptor_);
  descriptor_ = -1;
}

void write_all(int descriptor, std::string_view bytes, const fs::path& name) {
  while (!bytes.empty()) {
    const ::ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(name);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string read_all(const fs::path& file) {
  errno = 0;
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  std::string bytes;
  if (in && fs::is_regular_file(file)) {
    bytes.resize(static_cast<std::size_t>(in.tellg()));
    in.seekg(0);
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  } else {
    in.setstate(std::ios::failbit);
  }
  if (!in)
    throw std::system_error(errno != 0 ? errno : EIO, std::generic_category(), file.string());
  return bytes;
}

void sync_folder(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) fail(folder);
  // Some file systems can't; there is nothing more to be done for them.
  ::fsync(descriptor);
  ::close(descriptor);
}

void remove_unfinished(const fs::path& file) {
  const std::string begin = begin_of_name(file);
  std::vector<fs::path> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(file.parent_path())) {
    const std::string name = entry.path().filename().string();
    if (name.size() == begin.size() + kRandomLetters.size() &&
        name.compare(0, begin.size(), begin) == 0)
      found.push_back(entry.path());
  }
  for (const fs::path& path : found) {
    std::error_code ignored;
    fs::remove(path, ignored);
  }
}

}  // namespace racked
