// What prices promise of each other on the platforms that ship, with all that was learned of them: laws that an
// architect would check by hand, over networks of the zoo and formats.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "analytics/base/status_matchers.h"
#include "analytics/cost/estimate.h"
#include "roofscape/v1/platform.pb.h"
#include "tests/conformance/shipped.h"

namespace roofscape {
namespace {

using conformance::build;
using conformance::calibrated_platforms;
using conformance::pricer_of;

constexpr double kSlack = 1 + 1e-9;
constexpr cost::EstimateOptions kAnyFormat{.unsupported = cost::EstimateOptions::Unsupported::kDoesNotFit};

// The same graph under other names.
Network renamed(const Network& network) {
  std::vector<Layer> layers(network.layers().begin(), network.layers().end());
  for (std::size_t i = 0; i < layers.size(); ++i) layers[i].name = "mobilenet_of_mine_" + std::to_string(i);
  return *Network::create(std::move(layers), network.output());
}

TEST(PriceLaws, NamesHaveNoPrice) {
  for (const char* id : {"resnet-8", "mobilenet-v1-0.25-96", "resnet-50", "bert-base-128"}) {
    const Network network = build(id, "int8"), other = renamed(network);
    for (const v1::Platform& platform : calibrated_platforms()) {
      const cost::Pricer pricer = pricer_of(platform);
      const auto one = pricer.estimate(network, kAnyFormat), two = pricer.estimate(other, kAnyFormat);
      ASSERT_TRUE(one.ok() && two.ok()) << id << " on " << platform.id();
      EXPECT_EQ(one->latency, two->latency) << id << " on " << platform.id();
      EXPECT_EQ(one->throughput_per_second, two->throughput_per_second) << id << " on " << platform.id();
      EXPECT_EQ(one->energy, two->energy) << id << " on " << platform.id();
    }
  }
}

TEST(PriceLaws, ALargerBatchGivesNoFewerImagesASecond) {
  for (const char* id : {"resnet-8", "mobilenet-v2", "resnet-50", "vgg-16", "bert-base-128", "lstm-ptb-2x650"}) {
    for (const char* formats : {"fp32", "int8"}) {
      const Network network = build(id, formats);
      for (const v1::Platform& platform : calibrated_platforms()) {
        const cost::Pricer pricer = pricer_of(platform);
        double before = 0;
        for (const std::int64_t batch : {1, 2, 4, 8, 16, 32, 64}) {
          cost::EstimateOptions options = kAnyFormat;
          options.batch = batch;
          RS_ASSERT_OK_AND_ASSIGN(const cost::Totals totals, pricer.price(network, options));
          EXPECT_GE(totals.throughput_per_second * kSlack, before)
              << id << " in " << formats << " on " << platform.id() << ", batch " << batch;
          before = totals.throughput_per_second;
        }
      }
    }
  }
}

TEST(PriceLaws, QuantisingOneLayerSlowsNoOther) {
  for (const char* id : {"resnet-8", "mobilenet-v1-0.25-96", "resnet-18"}) {
    const Network whole = build(id), narrow = build(id, "int8");
    for (LayerId changed = 1; changed < whole.size(); changed += 5) {
      if (!whole.layer(changed).has_weight()) continue;
      std::vector<Layer> layers(whole.layers().begin(), whole.layers().end());
      layers[static_cast<std::size_t>(changed)].arithmetic = narrow.layer(changed).arithmetic;
      const Network mixed = *Network::create(std::move(layers), whole.output());
      for (const v1::Platform& platform : calibrated_platforms()) {
        if (platform.has_fpga()) continue;  // a smaller unit leaves room for the others
        const cost::Pricer pricer = pricer_of(platform);
        const auto before = pricer.estimate(whole, kAnyFormat), after = pricer.estimate(mixed, kAnyFormat);
        ASSERT_TRUE(before.ok() && after.ok());
        if (before->fit == cost::Fit::kNo) continue;  // no peak holds fp32: its price is a stand-in
        for (std::size_t i = 0; i < before->layers.size(); ++i) {
          if (i == static_cast<std::size_t>(changed)) continue;
          EXPECT_LE(after->layers[i].time, before->layers[i].time * kSlack)
              << id << " on " << platform.id() << ": " << after->layers[i].layer;
        }
      }
    }
  }
}

TEST(PriceLaws, PowerIsAtMostPeakPower) {
  for (const char* id : {"resnet-8", "resnet-50", "mlp-100"}) {
    const Network network = build(id, "int8");
    for (const v1::Platform& platform : calibrated_platforms()) {
      if (!platform.has_peak_watts()) continue;
      RS_ASSERT_OK_AND_ASSIGN(const cost::Totals totals, pricer_of(platform).price(network, kAnyFormat));
      if (!totals.energy) continue;
      EXPECT_LE(totals.energy->value() * totals.throughput_per_second, platform.peak_watts().value() * kSlack)
          << id << " on " << platform.id();
    }
  }
}

}  // namespace
}  // namespace roofscape
