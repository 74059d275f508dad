// `racked trace` as the shell sees it.
#include "command_fixture.h"

#include <gmock/gmock.h>

namespace racked {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class TraceCommand : public Command {};

TEST_F(TraceCommand, WritesWhatItsExtensionAsksFor) {
  const Outcome trace =
      run({"trace", kTwoHalls, "--replication", "3", "--seed", "7", "--out", path("t.pftrace")});
  EXPECT_EQ(trace.code, 0) << trace.err;
  EXPECT_EQ(trace.out, "");
  EXPECT_THAT(trace.err, HasSubstr("ui.perfetto.dev"));
  EXPECT_GT(read(folder_ / "t.pftrace").size(), 5'000u);
  EXPECT_EQ(run({"trace", kTwoHalls, "-r", "3", "-s", "7", "-o", path("t.csv")}).code, 0);
  EXPECT_THAT(read(folder_ / "t.csv"), StartsWith("scenario_hash,seed,replication,kind,"));
  EXPECT_THAT(read(folder_ / "t.csv"), HasSubstr(",7,3,task,example,example.building,"));
}

TEST_F(TraceCommand, RefusesWhatItCannotWrite) {
  const Outcome other = run({"trace", kTwoHalls, "-o", path("t.xml")});
  EXPECT_EQ(other.code, 64);
  EXPECT_THAT(other.err, HasSubstr("must end in .pftrace or .csv"));
  EXPECT_EQ(run({"trace", kTwoHalls}).code, 64);
  EXPECT_EQ(run({"trace", kTwoHalls, "-r", "-1", "-o", path("t.csv")}).code, 64);
  EXPECT_EQ(run({"trace", kTwoHalls, "-o", path("no/t.csv")}).code, 74);
  EXPECT_EQ(run({"trace", kTwoHalls, "--set", "horizon=never", "-o", path("t.csv")}).code, 2);
}

}  // namespace
}  // namespace racked
