#include "tests/bench/yardstick/best_fronts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "analytics/base/status_matchers.h"
#include "db/test_support.h"

namespace roofscape::bench {
namespace {

using ::roofscape::testing::IsOk;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

const Digest kJob = sha256("job");

TEST(BestFronts, KeepsWhatNoOtherPointDominates) {
  const db::testing::TemporaryFolder folder;
  RS_ASSERT_OK_AND_ASSIGN(BestFronts best, BestFronts::read(folder / "best"));
  best.add(kJob, "zcu104", {{1, 4}, {2, 5}});
  best.add(kJob, "zcu104", {{3, 1}, {1, 4}});
  EXPECT_THAT(best.front(kJob, "zcu104"), UnorderedElementsAre(search::Values{1, 4}, search::Values{3, 1}));
  EXPECT_TRUE(best.front(kJob, "tpu-v1").empty());
}

TEST(BestFronts, JoinsWhatAnotherRunWroteMeanwhile) {
  const db::testing::TemporaryFolder folder;
  RS_ASSERT_OK_AND_ASSIGN(BestFronts mine, BestFronts::read(folder / "best"));
  RS_ASSERT_OK_AND_ASSIGN(BestFronts other, BestFronts::read(folder / "best"));
  other.add(kJob, "zcu104", {{0.1, 4}});
  EXPECT_THAT(other.write(), IsOk());
  mine.add(kJob, "zcu104", {{3, 1}});
  EXPECT_THAT(mine.write(), IsOk());
  RS_ASSERT_OK_AND_ASSIGN(const BestFronts both, BestFronts::read(folder / "best"));
  EXPECT_THAT(both.front(kJob, "zcu104"), UnorderedElementsAre(search::Values{0.1, 4}, search::Values{3, 1}));
}

TEST(BestFronts, NamesTheLineThatIsNone) {
  const db::testing::TemporaryFolder folder;
  std::ofstream(folder / "best") << kJob.hex() << " zcu104 1 x\n";
  const auto read = BestFronts::read(folder / "best");
  ASSERT_FALSE(read.ok());
  EXPECT_THAT(read.status().message(), HasSubstr("best:1: 'x' is no number"));
}

}  // namespace
}  // namespace roofscape::bench
