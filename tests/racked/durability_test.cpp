// Runs that are killed, run out of disk or meet another: nothing finished is lost, and the end is
// that of a run that nothing disturbed.
#include "command_fixture.h"

#include <racked/results.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/mount.h>
#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>

namespace racked {
namespace {

using ::testing::HasSubstr;

class Durability : public Command {
 protected:
  /// As a shell would run it: what it prints goes nowhere.
  static pid_t start_quietly(const std::vector<std::string>& arguments) {
    const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    const pid_t child = start(arguments, null, null);
    ::close(null);
    return child;
  }

  /// Starts it, waits until it has begun to keep what is finished, and returns it still running.
  static pid_t start_and_wait(const std::vector<std::string>& arguments, const fs::path& out) {
    const pid_t child = start_quietly(arguments);
    const fs::path part = out / "parts/000001.binpb";
    std::error_code missing;
    while ((!fs::exists(part) || fs::file_size(part, missing) == 0) &&
           ::waitpid(child, nullptr, WNOHANG) == 0)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    // What it had begun to write is whole a moment later.
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return child;
  }

  std::vector<std::string> arguments(const std::string& replications, const std::string& out) {
    return {"run", kTwoHalls, "-n", replications, "-s", "5", "--progress", "none", "-o", path(out)};
  }
};

// Killed again and again at moments that have nothing to do with what it is doing: at its start,
// between and within writes, while the results are written.
TEST_F(Durability, KilledAtAnyMomentItGoesOnToTheSameBytes) {
  ASSERT_EQ(run(arguments("4000", "whole")).code, 0);
  const auto whole = files(folder_ / "whole");
  ASSERT_EQ(whole.size(), 22u);  // nine tables, the scenario, the page, its charts
  std::mt19937 bits(17);
  int killed = 0;
  for (int round = 0; round < 2; ++round) {
    fs::remove_all(folder_ / "out");
    for (int attempt = 0;; ++attempt) {
      const pid_t child = start_quietly(arguments("4000", "out"));
      // Longer and longer, so that it ends on the slowest machine.
      const auto most = static_cast<std::uint32_t>(100 + 20 * attempt);
      std::this_thread::sleep_for(std::chrono::milliseconds(bits() % most));
      ::kill(child, SIGKILL);
      const int code = exit_code(child);
      if (code == 0) break;
      ASSERT_EQ(code, 1000 + SIGKILL);
      ++killed;
    }
    EXPECT_EQ(files(folder_ / "out"), whole) << round;
  }
  EXPECT_GT(killed, 3);
}

TEST_F(Durability, AKilledRunIsNotBegunAnew) {
  const auto all = arguments("15000", "out");
  const pid_t child = start_and_wait(all, folder_ / "out");
  ::kill(child, SIGKILL);
  exit_code(child);
  std::vector<std::string> talking = all;
  talking[7] = "json";
  const Outcome again = run(talking);
  EXPECT_EQ(again.code, 0);
  const auto last = nlohmann::json::parse(again.err.substr(again.err.rfind("{\"done\"")));
  EXPECT_EQ(last.at("done"), 15000);
  EXPECT_GT(last.at("found"), 0);
}

TEST_F(Durability, ADamagedPartIsNamedAndItsReplicationsRunAgain) {
  ASSERT_EQ(run(arguments("8000", "whole")).code, 0);
  const auto all = arguments("8000", "out");
  const pid_t child = start_and_wait(all, folder_ / "out");
  ::kill(child, SIGKILL);
  exit_code(child);
  const fs::path part = folder_ / "out/parts/000001.binpb";
  if (!fs::exists(part)) GTEST_SKIP() << "it ended before it could be killed";
  std::string bytes = read(part);
  bytes[bytes.size() / 2] ^= 1;
  write("out/parts/000001.binpb", bytes);
  const Outcome again = run(all);
  EXPECT_EQ(again.code, 0);
  EXPECT_THAT(again.err, HasSubstr("000001.binpb, byte "));
  EXPECT_THAT(again.err, HasSubstr("computed again"));
  EXPECT_EQ(files(folder_ / "out"), files(folder_ / "whole"));
}

TEST_F(Durability, TwoRunsDoNotShareAFolder) {
  std::vector<std::string> few = arguments("100000", "out");
  const pid_t child = start_and_wait(few, folder_ / "out");
  const Outcome second = run(few);
  ::kill(child, SIGKILL);
  exit_code(child);
  EXPECT_EQ(second.code, 74);
  EXPECT_THAT(second.err, HasSubstr("is in use by process " + std::to_string(child)));
  // The lock died with its process; another seed is refused all the same.
  few[5] = "6";
  const Outcome other = run(few);
  EXPECT_EQ(other.code, 64);
  EXPECT_THAT(other.err, HasSubstr("it differs in the seed: 5 and 6"));
  EXPECT_EQ(run({"merge", path("out"), "-o", path("merged")}).code, 64);
}

TEST_F(Durability, AnInterruptedRunGoesOnByTheSameCommand) {
  ASSERT_EQ(run(arguments("12000", "whole")).code, 0);
  const auto all = arguments("12000", "out");
  const pid_t child = start_and_wait(all, folder_ / "out");
  ::kill(child, SIGINT);
  const int code = exit_code(child);
  ASSERT_TRUE(code == 130 || code == 0) << code;
  EXPECT_FALSE(fs::exists(folder_ / "out/parts"));
  EXPECT_EQ(run(all).code, 0);
  EXPECT_EQ(files(folder_ / "out"), files(folder_ / "whole"));
}

TEST_F(Durability, PartsOfResumedRunsMergeToTheWhole) {
  ASSERT_EQ(run(arguments("0:6000", "whole")).code, 0);
  ASSERT_EQ(run(arguments("0:2000", "a")).code, 0);
  const auto rest = arguments("2000:6000", "b");
  const pid_t child = start_and_wait(rest, folder_ / "b");
  ::kill(child, SIGKILL);
  exit_code(child);
  ASSERT_EQ(run(rest).code, 0);
  ASSERT_EQ(run({"merge", path("b"), path("a"), "-o", path("merged")}).code, 0);
  EXPECT_EQ(files(folder_ / "merged"), files(folder_ / "whole"));
}

/// A file system of this size, for as long as it lives.
class SmallDisk {
 public:
  SmallDisk(fs::path place, const std::string& size) : place_(std::move(place)) {
    fs::create_directories(place_);
    mounted_ = ::mount("racked", place_.c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(place_.c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }
  bool grow(const std::string& size) const {
    return ::mount("racked", place_.c_str(), "tmpfs", MS_REMOUNT, ("size=" + size).c_str()) == 0;
  }

 private:
  fs::path place_;
  bool mounted_ = false;
};

TEST_F(Durability, AFullDiskCostsNothingThatWasFinished) {
  const SmallDisk disk(folder_ / "disk", "900k");
  if (!disk.mounted()) GTEST_SKIP() << "mounting a small file system is not allowed here";
  ASSERT_EQ(run(arguments("8000", "whole")).code, 0);
  const auto all = arguments("8000", "disk/out");
  const Outcome full = run(all);
  EXPECT_EQ(full.code, 74);
  EXPECT_THAT(full.err, HasSubstr("disk/out/"));
  EXPECT_THAT(full.err, HasSubstr("No space left on device"));
  EXPECT_THAT(full.err, HasSubstr("the same command goes on"));
  // Still too small: what is there is not harmed.
  EXPECT_EQ(run(all).code, 74);

  ASSERT_TRUE(disk.grow("200m"));
  std::vector<std::string> talking = all;
  talking[7] = "json";
  const Outcome again = run(talking);
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_GT(nlohmann::json::parse(again.err.substr(again.err.rfind("{\"done\""))).at("found"), 0);
  EXPECT_EQ(files(folder_ / "disk/out"), files(folder_ / "whole"));
}

// The same without being root: no file may grow beyond so many bytes.
TEST_F(Durability, AFileThatMayNotGrowIsLikeAFullDisk) {
  ASSERT_EQ(run(arguments("8000", "whole")).code, 0);
  const auto all = arguments("8000", "out");
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  struct rlimit small = before;
  small.rlim_cur = 200'000;
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const Outcome full = run(all);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(full.code, 74);
  EXPECT_THAT(full.err, HasSubstr("parts/000001.binpb"));
  EXPECT_EQ(run(all).code, 0);
  EXPECT_EQ(files(folder_ / "out"), files(folder_ / "whole"));
}

}  // namespace
}  // namespace racked
