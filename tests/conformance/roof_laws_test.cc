// No layer lies above the roof of what it runs in, by its ceilings or as measured: what a roofline shows is one price.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "analytics/base/status_matchers.h"
#include "analytics/cost/estimate.h"
#include "roofscape/v1/platform.pb.h"
#include "tests/conformance/shipped.h"

namespace roofscape {
namespace {

using conformance::build;
using conformance::calibrated_platforms;
using conformance::pricer_of;

// Weights meet activations twice, a bias or what is fused adds once: at most one operation in so many.
constexpr double kSlack = 1.01;

// "int4 in LUT" of "int4 x int4 in LUT", as roofs are called.
std::string roof_of(const std::string& runs_as) {
  const std::size_t times = runs_as.find(" x ");
  const std::size_t end = std::min(runs_as.find_first_of(", ", times + 3), runs_as.size());
  const std::string first = runs_as.substr(0, times), second = runs_as.substr(times + 3, end - times - 3);
  const std::string rest = runs_as.substr(end), weights = ", weights ";
  return (first == second ? first : first + " x " + second) + (rest.starts_with(weights)
                                                                   ? " " + rest.substr(weights.size())
                                                               : rest.starts_with(", ") ? rest.substr(1)
                                                                                        : rest);
}

int expect_below_roofs(const cost::Estimate& e, const std::string& what) {
  int found = 0;
  for (const cost::LayerEstimate& layer : e.layers) {
    // What is computed with the layer before it moves no bytes, and is no dot of a roofline.
    if (!(layer.intensity.value() > 0) || !(layer.time.value() > 0)) continue;
    for (const cost::RoofLine& roof : e.roofs) {
      if (!roof.arithmetic || roof.name != roof_of(layer.runs_as)) continue;
      ++found;
      EXPECT_LE(layer.ops / layer.time.value(), roof.arithmetic->value() * kSlack)
          << what << ": " << layer.layer << " (" << layer.operation << ") under " << roof.name;
    }
  }
  return found;
}

TEST(RoofLaws, NoLayerLiesAboveTheRoofOfItsArithmetic) {
  for (const char* id : {"resnet-8", "cnv-50", "mobilenet-v1-0.25-96", "mlp-100"})
    for (const char* formats : {"fp32", "int8", "int4", "bipolar"}) {
      const Network network = build(id, formats);
      for (v1::Platform platform : calibrated_platforms()) {
        const cost::EstimateOptions options{.unsupported = cost::EstimateOptions::Unsupported::kDoesNotFit};
        const std::string what = std::string(id) + " in " + formats + " on " + platform.id();
        RS_ASSERT_OK_AND_ASSIGN(const cost::Estimate as_measured, pricer_of(platform).estimate(network, options));
        EXPECT_GT(expect_below_roofs(as_measured, what), 0) << what;
        platform.clear_calibration();
        RS_ASSERT_OK_AND_ASSIGN(const cost::Estimate by_ceilings, pricer_of(platform).estimate(network, options));
        expect_below_roofs(by_ceilings, what + ", by its ceilings");
        for (std::size_t i = 0; i < by_ceilings.roofs.size() && i < as_measured.roofs.size(); ++i)
          EXPECT_EQ(by_ceilings.roofs[i].arithmetic, as_measured.roofs[i].arithmetic) << what;
      }
    }
}

// The dots of a streaming design and the time in its legend are of one price, with what measurements say in both or in
// neither: unless its DRAM sets the interval between images, its busiest layer does.
TEST(RoofLaws, DotsOfAStreamingDesignAreOfThePriceThatIsNamed) {
  const Network network = build("cnv-50", "int4");
  int seen = 0;
  for (v1::Platform platform : calibrated_platforms()) {
    if (!platform.has_fpga()) continue;
    for (const bool as_measured : {true, false}) {
      if (!as_measured) platform.clear_calibration();
      const auto estimate = pricer_of(platform).estimate(network);
      if (!estimate.ok() || !estimate->resources || estimate->fit == cost::Fit::kNo) continue;
      double busiest = 0;
      for (const cost::LayerEstimate& layer : estimate->layers) busiest = std::max(busiest, layer.time.value());
      const double interval = 1 / estimate->throughput_per_second;
      EXPECT_LE(busiest, interval * (1 + 1e-9)) << platform.id();
      if (estimate->binding_roof.starts_with("memory")) continue;
      ++seen;
      EXPECT_NEAR(busiest / interval, 1, 1e-9) << platform.id();
    }
  }
  EXPECT_GT(seen, 10);
}

}  // namespace
}  // namespace roofscape
