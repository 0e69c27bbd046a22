#include "server/engine_ceilings.h"

#include <gtest/gtest.h>

#include <set>

#include "analytics/base/status_matchers.h"

namespace roofscape::server {
namespace {

using roofscape::testing::StatusIs;
using ::testing::HasSubstr;

TEST(EngineCeilings, StateEveryKindWithARateAndASource) {
  RS_ASSERT_OK_AND_ASSIGN(const auto ceilings, EngineCeilings::create(2, nullptr));
  ASSERT_TRUE(ceilings->round(nullptr).ok());
  v1::Platform platform;
  platform.add_compute()->set_weight("fp32");
  ceilings->write(&platform);
  EXPECT_GT(platform.compute(0).ops_per_second().value(), 0);  // the engine's, above none at all
  EXPECT_GT(platform.launch_seconds_per_layer().value(), 0);
  std::set<std::pair<std::string, std::string>> kinds;
  for (const v1::LayerCeiling& of : platform.layer_ceilings()) {
    EXPECT_TRUE(kinds.insert({of.operation(), of.format()}).second) << of.operation();
    const v1::Figure& rate = of.has_ops_per_second() ? of.ops_per_second() : of.values_per_second();
    EXPECT_GT(rate.value(), 0) << of.operation();
    EXPECT_EQ(rate.provenance(), v1::MEASURED);
    EXPECT_THAT(rate.source(), HasSubstr("2 threads"));
  }
  for (const char* kind : {"Conv", "pointwise Conv", "depthwise Conv", "grouped Conv", "Gemm"})
    for (const char* format : {"fp32", "int8"}) EXPECT_EQ(kinds.count({kind, format}), 1U) << kind;
}

TEST(EngineCeilings, StopWhenCancelled) {
  CancelToken cancel;
  cancel.cancel();
  EXPECT_THAT(EngineCeilings::create(1, &cancel).status(), StatusIs(Code::kCancelled, HasSubstr("cancelled")));
}

}  // namespace
}  // namespace roofscape::server
