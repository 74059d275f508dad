// The recipes of docs/clusters.md do what they say.
#include "command_fixture.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace racked {
namespace {

/// Runs lines of bash in the folder of the test, with `racked` in the path.
class Clusters : public Command {
 protected:
  int shell(const std::string& lines) const {
    const std::string file =
        write("lines.sh", "set -eu\nPATH=" + fs::path(kCommand).parent_path().string() +
                              ":$PATH\ncd " + folder_.string() + "\n" + lines);
    const int status = std::system(("bash " + file + " >/dev/null 2>" + path("stderr")).c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  static std::string recipe(const std::string& name) {
    return std::string(RACKED_SOURCE_DIR) + "/docs/examples/" + name;
  }
};

TEST_F(Clusters, GnuParallelRunsPartsThatMergeToTheWhole) {
  if (std::system("parallel --version >/dev/null 2>&1") != 0)
    GTEST_SKIP() << "GNU parallel is not installed";
  ASSERT_EQ(run({"run", kTwoHalls, "-n", "100", "--seed", "4", "-o", path("whole")}).code, 0);
  const std::string command = recipe("parallel.sh") + " " + kTwoHalls + " 100 3 out --seed 4\n";
  ASSERT_EQ(shell(command), 0) << read(folder_ / "stderr");
  EXPECT_EQ(files(folder_ / "out"), files(folder_ / "whole"));
  // Parts that have ended are taken as they are.
  ASSERT_EQ(shell("rm -r out\n" + command), 0) << read(folder_ / "stderr");
  EXPECT_EQ(files(folder_ / "out"), files(folder_ / "whole"));
}

// Without fused multiplication and addition glibc takes other versions of log, exp and pow.
TEST_F(Clusters, ProcessorsThatCannotFuseHaveTheSameBytes) {
  const std::string run_halls = "racked run " + kTwoHalls + " -n 2000 -o ";
  ASSERT_EQ(shell(run_halls +
                  "here\n"
                  "export GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2\n"
                  "GLIBC_TUNABLES=$GLIBC_TUNABLES,-FMA_Usable,-FMA4_Usable,-AVX2_Usable\n" +
                  run_halls + "there\n"),
            0)
      << read(folder_ / "stderr");
  EXPECT_TRUE(files(folder_ / "here") == files(folder_ / "there"));
}

// What Slurm tells a task is told by hand.
TEST_F(Clusters, TasksOfASlurmArrayMergeToTheWhole) {
  ASSERT_EQ(run({"run", kTwoHalls, "-n", "100", "--seed", "4", "-o", path("whole")}).code, 0);
  ASSERT_EQ(shell("export SLURM_ARRAY_TASK_MIN=3 SLURM_ARRAY_TASK_MAX=6 SLURM_CPUS_PER_TASK=2\n"
                  "for SLURM_ARRAY_TASK_ID in 3 4 5 6; do\n"
                  "  export SLURM_ARRAY_TASK_ID\n  bash " +
                  recipe("slurm_array.sh") + " " + kTwoHalls +
                  " 100 out --seed 4\ndone\nracked merge out.parts/* --out out\n"),
            0)
      << read(folder_ / "stderr");
  EXPECT_EQ(files(folder_ / "out"), files(folder_ / "whole"));
}

}  // namespace
}  // namespace racked
