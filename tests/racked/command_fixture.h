#pragma once

#include <places.h>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace racked {

namespace fs = std::filesystem;

#ifdef RACKED_COMMAND
inline constexpr const char* kCommand = RACKED_COMMAND;
#else
inline constexpr const char* kCommand = nullptr;
#endif

inline const std::string kTwoHalls =
    std::string(RACKED_SOURCE_DIR) + "/docs/scenarios/two_halls.textproto";

/// What a run of the command came to.
struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
};

/// The command as the shell sees it, in a folder of its own.
class Command : public ::testing::Test {
 protected:
  Command() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() /
              (std::string("racked_command_") + test->name() + "_" + std::to_string(::getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~Command() override { fs::remove_all(folder_); }

  void SetUp() override {
    if (kCommand == nullptr) GTEST_SKIP() << "the command is not built";
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return path(name);
  }
  static std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

  /// All files below a folder, by name.
  static std::map<std::string, std::string> files(const fs::path& folder) {
    std::map<std::string, std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
      if (entry.is_regular_file()) all[fs::relative(entry.path(), folder)] = read(entry.path());
    return all;
  }

  /// Starts the command with these ends for its output.
  static pid_t start(const std::vector<std::string>& arguments, int out, int err) {
    std::vector<char*> argv = {const_cast<char*>(kCommand)};
    for (const std::string& argument : arguments)
      argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    const pid_t child = ::fork();
    if (child != 0) return child;
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    ::execv(kCommand, argv.data());
    ::_exit(127);
  }
  static int exit_code(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  }
  static int open_for_writing(const std::string& file) {
    return ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  }

  /// Runs the command to its end.
  Outcome run(const std::vector<std::string>& arguments, const std::string& out_file = "") const {
    const std::string out_path = out_file.empty() ? path("stdout") : out_file;
    const int out = open_for_writing(out_path), err = open_for_writing(path("stderr"));
    Outcome outcome;
    outcome.code = exit_code(start(arguments, out, err));
    ::close(out);
    ::close(err);
    if (out_file.empty()) outcome.out = read(out_path);
    outcome.err = read(path("stderr"));
    return outcome;
  }

  fs::path folder_;
};

/// In characters.
inline std::size_t widest_line(const std::string& text) {
  std::size_t widest = 0;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    const auto characters = std::count_if(line.begin(), line.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    });
    widest = std::max(widest, static_cast<std::size_t>(characters));
  }
  return widest;
}

}  // namespace racked
