#include "server/data_choice.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <vector>

#include "analytics/base/status_matchers.h"
#include "server/backend.h"
#include "server/test_data.h"

namespace roofscape::server {
namespace {

using roofscape::testing::IsOk;
using roofscape::testing::StatusIs;
using ::testing::AllOf;
using testing::dots_images;
using testing::dots_labels;
using ::testing::HasSubstr;

// Every image of the dots is another one: its pixels tell which it is.
std::set<std::vector<std::byte>> images_of(const Dataset& data) {
  const auto bytes = static_cast<std::ptrdiff_t>(data.raw.size()) / std::max<std::int64_t>(data.count, 1);
  std::set<std::vector<std::byte>> images;
  for (auto at = data.raw.begin(); at != data.raw.end(); at += bytes) images.emplace(at, at + bytes);
  return images;
}

bool disjoint(const Dataset& a, const Dataset& b) {
  const auto images = images_of(b);
  for (const auto& image : images_of(a))
    if (images.contains(image)) return false;
  return true;
}

class DataChoiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::new_folder();
    Settings settings;
    settings.data_dir = folder_;
    auto store = db::open_store(folder_);
    ASSERT_THAT(store, IsOk());
    backend_ = std::make_unique<Backend>(settings, *std::move(store));
    import("dots", dots_images(200), dots_labels(200));
    import("few", dots_images(120), dots_labels(120));
    import("unlabelled", dots_images(40), "");
    auto dots = backend_->datasets.get("dots");
    ASSERT_THAT(dots, IsOk());
    dots_ = *std::move(dots);
  }
  void TearDown() override {
    backend_.reset();
    std::filesystem::remove_all(folder_);
  }
  void import(const std::string& id, const std::string& images, const std::string& labels) {
    const DatasetFiles files{"images", "labels", std::as_bytes(std::span(images)), std::as_bytes(std::span(labels)), 0};
    ASSERT_THAT(backend_->datasets.import(id, files), IsOk());
  }
  Result<DataChoice> choose(const v1::ConfirmationSettings* confirmation, std::int64_t limit = 0,
                            const std::string& calibrate_on = "") {
    v1::CalibrationSettings calibration;
    calibration.set_images(40);
    calibration.set_dataset(calibrate_on);
    return choose_data(backend_->datasets, dots_, calibration, CalibrationNeed::kNeeded, limit, "evaluation_images", {},
                       confirmation);
  }

  std::string folder_;
  std::unique_ptr<Backend> backend_;
  StoredDataset dots_;
};

v1::ConfirmationSettings settings(double share, const std::string& dataset = "") {
  v1::ConfirmationSettings confirmation;
  confirmation.set_share(share);
  confirmation.set_dataset(dataset);
  return confirmation;
}

TEST_F(DataChoiceTest, AShareIsSetAsideForConfirmation) {
  RS_ASSERT_OK_AND_ASSIGN(const DataChoice plain, choose(nullptr));
  EXPECT_EQ(plain.confirmation, nullptr);
  EXPECT_EQ(plain.evaluation->count, 160);
  const v1::ConfirmationSettings third = settings(0.3);
  RS_ASSERT_OK_AND_ASSIGN(const DataChoice choice, choose(&third));
  ASSERT_NE(choice.confirmation, nullptr);
  EXPECT_EQ(choice.calibration_key, plain.calibration_key);
  EXPECT_EQ(choice.confirmation->count, 48);
  EXPECT_EQ(choice.evaluation->count, 112);
  EXPECT_TRUE(disjoint(*choice.confirmation, *choice.evaluation));
  EXPECT_TRUE(disjoint(*choice.confirmation, *choice.calibration));
  EXPECT_TRUE(disjoint(*choice.evaluation, *choice.calibration));
  EXPECT_NE(choice.data_key, plain.data_key);
  EXPECT_NE(choice.confirmation_key, choice.data_key);
  EXPECT_NE(choice.confirmation_key, plain.data_key);

  RS_ASSERT_OK_AND_ASSIGN(const DataChoice again, choose(&third));
  EXPECT_EQ(again.data_key, choice.data_key);
  EXPECT_EQ(again.confirmation_key, choice.confirmation_key);

  // Spread over the set: each half of the images that are left gives half of them.
  const auto& left = *choice.evaluation_indices;
  ASSERT_EQ(left.size(), 112u);
  EXPECT_TRUE(std::is_sorted(left.begin(), left.end()));
  EXPECT_NEAR(static_cast<double>(std::count_if(left.begin(), left.end(), [](auto i) { return i < 100; })), 56, 2);
}

TEST_F(DataChoiceTest, ALimitShortensTheSearchAndNotItsConfirmation) {
  const v1::ConfirmationSettings half = settings(0.5);
  RS_ASSERT_OK_AND_ASSIGN(const DataChoice whole, choose(&half));
  RS_ASSERT_OK_AND_ASSIGN(const DataChoice limited, choose(&half, 30));
  EXPECT_EQ(limited.evaluation->count, 30);
  EXPECT_EQ(limited.confirmation->count, 80);
  EXPECT_EQ(limited.confirmation_key, whole.confirmation_key);
  EXPECT_TRUE(disjoint(*limited.confirmation, *limited.evaluation));
}

TEST_F(DataChoiceTest, AnotherDataSetConfirmsWhole) {
  RS_ASSERT_OK_AND_ASSIGN(const DataChoice plain, choose(nullptr));
  const v1::ConfirmationSettings few = settings(0, "datasets/few");
  RS_ASSERT_OK_AND_ASSIGN(const DataChoice choice, choose(&few));
  EXPECT_EQ(choice.confirmation->count, 120);
  EXPECT_EQ(choice.data_key, plain.data_key) << "the search is none the worse for it";

  // But the images that calibrate.
  RS_ASSERT_OK_AND_ASSIGN(const DataChoice shared, choose(&few, 0, "few"));
  EXPECT_EQ(shared.confirmation->count, 80);
  EXPECT_TRUE(disjoint(*shared.confirmation, *shared.calibration));
  EXPECT_NE(shared.confirmation_key, choice.confirmation_key);
}

TEST_F(DataChoiceTest, WhatCannotConfirmIsRefused) {
  const auto refusal = [&](const v1::ConfirmationSettings& confirmation) { return choose(&confirmation).status(); };
  Status status = refusal(settings(0));
  EXPECT_THAT(status, StatusIs(Code::kInvalidArgument, HasSubstr("confirmation: {share: 0.3}")));
  EXPECT_EQ(status.field(), "confirmation");
  status = refusal(settings(0.3, "few"));
  EXPECT_THAT(status, StatusIs(Code::kInvalidArgument, AllOf(HasSubstr("share is 0.3"), HasSubstr("'few'"))));
  EXPECT_EQ(status.field(), "confirmation.share");
  for (const double share : {-0.1, 0.95, 1.0}) {
    status = refusal(settings(share));
    EXPECT_THAT(status, StatusIs(Code::kOutOfRange, HasSubstr("at most 0.9"))) << share;
    EXPECT_EQ(status.field(), "confirmation.share");
  }
  status = refusal(settings(0, "none"));
  EXPECT_THAT(status, StatusIs(Code::kNotFound, HasSubstr("none")));
  EXPECT_EQ(status.field(), "confirmation.dataset");
  status = refusal(settings(0, "unlabelled"));
  EXPECT_THAT(status, StatusIs(Code::kFailedPrecondition, HasSubstr("has no labels")));
  EXPECT_EQ(status.field(), "confirmation.dataset");
  status = refusal(settings(0, "dots"));
  EXPECT_THAT(status, StatusIs(Code::kInvalidArgument, HasSubstr("the images that the search uses")));
  EXPECT_EQ(status.field(), "confirmation.dataset");
}

}  // namespace
}  // namespace roofscape::server
