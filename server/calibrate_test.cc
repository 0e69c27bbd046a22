// The whole way from files of published measurements to figures of validation, where the files are at hand.
#include "server/calibrate.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "analytics/base/status_matchers.h"
#include "analytics/calibrate/validate.h"
#include "platforms/library.h"
#include "tests/support/shared_data.h"

namespace roofscape::server {
namespace {

// Coarse on purpose: the model may get better, and no figure may fall apart unseen.
TEST(Validation, OfPublishedMeasurementsIsFarBetterThanOneFactor) {
  std::vector<calibrate::Table> tables;
  for (const char* name : {"qutibench.csv", "nasbench201.csv", "published.csv", "network_costs.csv"}) {
    const auto path = shared_data(std::string("../reference/validation/") + name);
    if (!path) GTEST_SKIP() << name << " is not there; set ROOFSCAPE_DATA";
    std::ostringstream text;
    text << std::ifstream(*path).rdbuf();
    RS_ASSERT_OK_AND_ASSIGN(calibrate::Table table, calibrate::Table::parse(text.str(), name));
    tables.push_back(std::move(table));
  }
  RS_ASSERT_OK_AND_ASSIGN(const v1::Validation validation,
                          calibrate::validate(tables, platforms::built_in_platforms()));
  EXPECT_GT(validation.rows_size(), 1000);
  bool found = false;
  for (const v1::ValidationSummary& of : validation.summaries()) {
    if (of.group() != "all" || of.grade() != v1::UNSEEN_NETWORK) continue;
    found = true;
    EXPECT_NEAR(of.geometric_mean_ratio(), 1, 0.1);
    EXPECT_LT(of.median_error(), 0.25);
    EXPECT_LT(of.median_error(), of.baseline_median_error());
    EXPECT_GT(of.rank_correlation(), 0.9);
    EXPECT_GT(of.coverage(), 0.8);
  }
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace roofscape::server
