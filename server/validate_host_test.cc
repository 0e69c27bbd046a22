#include "server/validate_host.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

#include "analytics/base/status_matchers.h"
#include "analytics/calibrate/calibrate.h"
#include "analytics/cost/features.h"
#include "db/store.h"
#include "server/test_data.h"

namespace roofscape::server {
namespace {

using roofscape::testing::StatusIs;
using ::testing::HasSubstr;

class ValidateHostTest : public ::testing::Test {
 protected:
  ValidateHostTest() {
    Settings settings;
    settings.workers = 2;
    backend_.emplace(settings, *db::open_store(folder_));
  }
  ~ValidateHostTest() override {
    backend_.reset();
    std::filesystem::remove_all(folder_);
  }
  Result<v1::ValidateHostResponse> run(std::vector<std::string> networks, int threads = 0) {
    v1::ValidateHostRequest request;
    request.mutable_networks()->Assign(networks.begin(), networks.end());
    request.set_rounds(1);
    request.set_threads(threads);
    return validate_host(
        *backend_, request, [&](const auto& now) { doing_ = now.doing(); }, cancel_);
  }

  const std::string folder_ = testing::new_folder();
  std::optional<Backend> backend_;
  CancelToken cancel_;
  std::string doing_;
};

TEST_F(ValidateHostTest, PredictsEachPointWithoutItsNetwork) {
  RS_ASSERT_OK_AND_ASSIGN(const v1::ValidateHostResponse last, run({"tfc", "ds-cnn", "lenet-5"}));
  EXPECT_EQ(doing_, "timing networks");
  const v1::Validation& validation = last.validation();
  EXPECT_EQ(validation.left_out_size(), 0);
  ASSERT_EQ(validation.rows_size(), 3 * 2 * 2 * 2);  // networks, formats, batches, threads
  for (const v1::ValidationRow& row : validation.rows()) {
    EXPECT_EQ(row.device_class(), "cpu by layer");
    EXPECT_GT(row.measured_seconds(), 0);
    EXPECT_EQ(row.predictions_size(), 4);
  }
  ASSERT_EQ(last.platforms_size(), 2);
  EXPECT_EQ(last.platforms(0).id(), "host-1");
  EXPECT_EQ(last.platforms(1).id(), "host");
  EXPECT_GT(last.platforms(1).layer_ceilings_size(), 10);
  EXPECT_EQ(last.timings_done(), 24);
}

TEST_F(ValidateHostTest, ItsMeasurementsCalibrateThePlatform) {
  RS_ASSERT_OK_AND_ASSIGN(const v1::ValidateHostResponse last, run({"tfc", "ds-cnn"}, 1));
  std::vector<calibrate::Table> tables;
  RS_ASSERT_OK_AND_ASSIGN(calibrate::Table table, calibrate::Table::parse(last.measurements().contents(), "host.csv"));
  tables.push_back(std::move(table));
  v1::Calibration base;
  for (const cost::Feature& feature : cost::feature_table()) base.add_features(std::string(feature.name));
  base.add_classes()->set_id("gpu");
  RS_ASSERT_OK_AND_ASSIGN(const v1::Calibration all,
                          calibrate::calibrate(tables, std::span(last.platforms().data()[0], 1), base));
  ASSERT_EQ(all.classes_size(), 2);
  EXPECT_EQ(all.classes(1).id(), "cpu by layer");
}

TEST_F(ValidateHostTest, RefusesWhatCannotBe) {
  EXPECT_THAT(run({"nonesuch"}).status(), StatusIs(Code::kNotFound, HasSubstr("no built-in network 'nonesuch'")));
  EXPECT_THAT(run({"tfc"}, 3).status(), StatusIs(Code::kInvalidArgument, HasSubstr("threads is 3; use 1 to 2")));
  cancel_.cancel();
  EXPECT_THAT(run({"tfc"}).status(), StatusIs(Code::kCancelled, HasSubstr("cancelled")));
}

}  // namespace
}  // namespace roofscape::server
