// Power cuts at random moments: what the store acknowledged is there afterwards, and nothing is torn.
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "db/test_support.h"
#include "tests/crash/lossy_disk.h"
#include "tests/crash/lossy_files.h"
#include "tests/crash/lossy_vfs.h"
#include "tests/crash/store_history.h"

namespace roofscape::crash {
namespace {

using db::testing::as_blob;
using db::testing::TemporaryFolder;

constexpr int kRounds = 3;       // power cuts in the life of one folder
constexpr int kOperations = 25;  // at most, between two of them

// One folder on one disk; every round opens the store, works until the power fails, and looks what is left.
class Machine {
 public:
  explicit Machine(std::uint64_t seed, Lies lies = {})
      : rng_(seed), disk_(seed + 1, lies), vfs_("lossy", disk_), files_(disk_) {}

  // Empty, or what was lost.
  std::string live() {
    if (std::string trouble = prepare(); !trouble.empty()) return trouble;
    for (int round = 0; round < kRounds; ++round) {
      disk_.cut_power_after(rng_.below(160));
      work();
      disk_.restart();
      if (std::string lost = look(); !lost.empty()) return fmt::format("round {}: {}", round, lost);
    }
    return "";
  }
  // How many operations were acknowledged, and how many rounds ended with one under way.
  int acknowledged() const { return acknowledged_; }
  int interrupted() const { return interrupted_; }

 private:
  Result<std::unique_ptr<db::Store>> open() {
    return db::open_store(folder_.path(), {.vfs = "lossy", .files = &files_, .busy_seconds = 0.1});
  }

  // The model and data set that explorations rest on; then a clean restart.
  std::string prepare() {
    auto opened = open();
    if (!opened.ok()) return opened.status().message();
    v1::Model model = db::testing::sample_model("base", "base");
    v1::Dataset dataset = db::testing::sample_dataset("base", "base");
    Status status = (*opened)->put_blob(sha256("base"), as_blob("base"));
    if (status.ok()) status = (*opened)->put_model(model);
    if (status.ok()) status = (*opened)->put_dataset(dataset, sha256("base"));
    return status.message();
  }

  void work() {
    under_way_.reset();
    auto opened = open();
    for (int i = 0; opened.ok() && i < kOperations; ++i) {
      Operation operation = do_something(**opened, facts_, rng_);
      if (operation.status.ok()) {
        ++acknowledged_;
        facts_ = std::move(operation.after);
      } else if (!disk_.has_power()) {
        ++interrupted_;
        under_way_ = std::move(operation);
        return;
      }
    }
    // The power may go while the store is closed, or stay: then it is cut at rest.
  }

  std::string look() {
    auto opened = open();
    if (!opened.ok()) return "does not open: " + opened.status().message();
    const Result<Facts> found = read_facts(**opened);
    if (!found.ok()) return "cannot be read: " + found.status().message();
    std::string lost = difference(facts_, *found);
    if (!lost.empty() && under_way_.has_value() && difference(under_way_->after, *found).empty()) lost.clear();
    if (!lost.empty() && under_way_.has_value())
      lost = fmt::format("{} (under way: {}: {})", lost, under_way_->text, under_way_->status.message());
    facts_ = *found;
    return lost;
  }

  TemporaryFolder folder_;
  Rng rng_;
  LossyDisk disk_;
  LossyVfs vfs_;
  LossyFiles files_;
  Facts facts_;
  std::optional<Operation> under_way_;
  int acknowledged_ = 0;
  int interrupted_ = 0;
};

TEST(PowerCut, LosesNothingAcknowledged) {
  int acknowledged = 0, interrupted = 0;
  constexpr int kSeeds = 200;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Machine machine(seed);
    ASSERT_EQ(machine.live(), "") << "seed " << seed;
    acknowledged += machine.acknowledged();
    interrupted += machine.interrupted();
  }
  // The test means something only if there was something to lose, and cuts came in the middle of it.
  EXPECT_GT(acknowledged, 5 * kSeeds);
  EXPECT_GT(interrupted, kSeeds);
}

// Seeds of 60 in which a disk that only pretends to sync loses something.
int seeds_that_lose(Lies lies) {
  int losing = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed)
    if (!Machine(seed, lies).live().empty()) ++losing;
  return losing;
}

// As with PRAGMA synchronous=OFF.
TEST(PowerCut, HarnessNoticesUnsyncedDatabase) { EXPECT_GT(seeds_that_lose({.database = true}), 6); }
TEST(PowerCut, HarnessNoticesUnsyncedBlobs) { EXPECT_GT(seeds_that_lose({.files = true}), 6); }
TEST(PowerCut, HarnessNoticesUnsyncedFolders) { EXPECT_GT(seeds_that_lose({.folders = true}), 6); }

}  // namespace
}  // namespace roofscape::crash
