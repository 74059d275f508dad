#include "directory_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

namespace racked {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(int error, const std::string& what) {
  throw std::system_error(error, std::generic_category(), what);
}

// Who holds a lock writes its name into the file: "process 4711 on some.host".
void write_name(int descriptor) {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  const std::string text =
      "process " + std::to_string(::getpid()) + " on " + std::string(host.data()) + "\n";
  // It is told to people only.
  if (::ftruncate(descriptor, 0) == 0 && ::pwrite(descriptor, text.data(), text.size(), 0) < 0)
    errno = 0;
}

std::string read_name(int descriptor) {
  std::array<char, 300> text{};
  const ::ssize_t size = ::pread(descriptor, text.data(), text.size(), 0);
  const std::string_view all(text.data(), static_cast<std::size_t>(std::max<::ssize_t>(size, 0)));
  const std::string_view line = all.substr(0, all.find('\n'));
  return line.empty() ? "another process" : std::string(line);
}

// Whether the name still leads to the file that is open: who let go of the lock removed it.
bool in_place(int descriptor, const fs::path& file) {
  struct stat open {
  }, named{};
  return ::fstat(descriptor, &open) == 0 && ::stat(file.c_str(), &named) == 0 &&
         open.st_ino == named.st_ino && open.st_dev == named.st_dev;
}

}  // namespace

fs::path parts_folder(const fs::path& directory) { return directory / "parts"; }

std::vector<fs::path> part_files(const fs::path& directory) {
  std::vector<fs::path> files;
  const fs::path folder = parts_folder(directory);
  if (!fs::is_directory(folder)) return files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string stem = entry.path().stem().string();
    const bool digits =
        std::all_of(stem.begin(), stem.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (entry.path().extension() == ".binpb" && stem.size() == 6 && digits)
      files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

DirectoryLock::DirectoryLock(const fs::path& directory) : file_(parts_folder(directory) / "lock") {
  do {
    if (descriptor_ >= 0) ::close(descriptor_);
    fs::create_directories(file_.parent_path());
    descriptor_ = ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor_ < 0 && errno == ENOENT) continue;  // its folder was removed meanwhile
    if (descriptor_ < 0) fail(errno, "cannot write " + file_.string());
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) continue;
    const int error = errno;
    const std::string holder = read_name(descriptor_);
    ::close(descriptor_);
    if (error == EWOULDBLOCK) fail(EBUSY, directory.string() + " is in use by " + holder);
    fail(error, "cannot lock " + file_.string());
  } while (descriptor_ < 0 || !in_place(descriptor_, file_));
  write_name(descriptor_);
}

DirectoryLock::~DirectoryLock() {
  std::error_code ignored;
  fs::remove(file_, ignored);
  fs::remove(file_.parent_path(), ignored);
  ::close(descriptor_);
}

}  // namespace racked
