// Every network of the zoo has a price on every platform, in fp32 and as integers, and none makes up a weight for it.
#include <gtest/gtest.h>

#include "analytics/base/status_matchers.h"
#include "analytics/cost/demand.h"
#include "analytics/cost/estimate.h"
#include "analytics/cost/uniform_formats.h"
#include "analytics/network/work.h"
#include "analytics/zoo/zoo.h"
#include "platforms/library.h"

namespace roofscape {
namespace {

bool any_made_up(const Network& network) {
  for (const Layer& layer : network.layers())
    for (const TensorPtr& constant : layer.constants)
      if (constant && constant->is_shape_only() && constant->has_values()) return true;
  return false;
}

TEST(ZooPrices, DemandAddsUpToTheWork) {
  for (const zoo::Entry& entry : zoo::networks()) {
    RS_ASSERT_OK_AND_ASSIGN(const Network network, entry.build());
    const cost::Demand demanded = cost::demand(network);
    double ops = 0;
    for (const cost::LayerDemand& layer : demanded.layers) ops += layer.ops.value();
    EXPECT_DOUBLE_EQ(ops, static_cast<double>(network_work(network).ops())) << entry.id;
    EXPECT_FALSE(any_made_up(network)) << entry.id;
  }
}

TEST(ZooPrices, EveryNetworkIsPricedOnEveryPlatform) {
  RS_ASSERT_OK_AND_ASSIGN(const cost::UniformFormats int8, cost::parse_formats("int8"));
  const cost::EstimateOptions options{.unsupported = cost::EstimateOptions::Unsupported::kDoesNotFit};
  for (const v1::Platform& platform : platforms::built_in_platforms()) {
    RS_ASSERT_OK_AND_ASSIGN(const cost::Pricer pricer, cost::Pricer::create(platform));
    for (const zoo::Entry& entry : zoo::networks()) {
      RS_ASSERT_OK_AND_ASSIGN(const Network fp32, entry.build());
      RS_ASSERT_OK_AND_ASSIGN(const Network narrow, cost::with_formats(fp32, int8));
      for (const Network* network : {&fp32, &narrow}) {
        const auto totals = pricer.price(*network, options);
        ASSERT_TRUE(totals.ok()) << entry.id << " on " << platform.id() << ": " << totals.status().message();
        EXPECT_GT(totals->latency.value(), 0) << entry.id << " on " << platform.id();
        EXPECT_FALSE(any_made_up(*network)) << entry.id << " on " << platform.id();
      }
    }
  }
}

}  // namespace
}  // namespace roofscape
