// A network's totals against its layers: every network of the zoo priced both ways, on every fourth built-in platform
// with its shipped calibration (all of them take a minute and say the same). Prints within which factor nine of ten
// pairs agree, which is what cost::left_open says:
//
//   build/release/tests/conformance/totals_test
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "analytics/base/status_matchers.h"
#include "analytics/calibrate/layouts.h"
#include "analytics/cost/by_totals.h"
#include "analytics/cost/calibration.h"
#include "analytics/zoo/zoo.h"
#include "platforms/calibration.h"
#include "platforms/library.h"
#include "roofscape/v1/calibration.pb.h"

namespace roofscape {
namespace {

using cost::Given;
using cost::Outline;

// What a publication would say of the network: counts, and its name.
Outline published(const std::string& name, const cost::Traits& traits, Given given) {
  calibrate::Measurement of;
  of.network = name;
  of.outline.macs = traits.macs;
  of.outline.input = traits.input;
  calibrate::describe_network(&of);
  of.outline.parameters = given == Given::kMacs ? 0 : traits.parameters;
  of.outline.activations = given == Given::kActivations ? traits.activations : 0;
  return of.outline;
}

struct Priced {
  std::string id;
  Network network;
  cost::Traits traits;
};

std::vector<Priced> networks(const cost::UniformFormats& formats) {
  std::vector<Priced> all;
  for (const zoo::Entry& entry : zoo::networks()) {
    Network network = *cost::with_formats(*entry.build(), formats);
    all.push_back({entry.id, network, cost::traits_of(network)});
  }
  return all;
}

// ln of time by totals over time by layers, of whatever the platforms compute.
std::array<std::vector<double>, 3> log_ratios() {
  std::array<std::vector<double>, 3> all;
  for (const char* format : {"fp32", "fp16", "int8"}) {
    const cost::UniformFormats formats = *cost::parse_formats(format);
    const std::vector<Priced> of_format = networks(formats);
    for (std::size_t p = 0; p < platforms::built_in_platforms().size(); p += 4) {
      v1::Platform platform = platforms::built_in_platforms()[p];
      if (platform.has_fpga()) continue;
      const auto of = cost::resolve(platforms::built_in_calibration(), cost::calibration_key(platform));
      if (of.ok() && *of) *platform.mutable_calibration() = **of;
      const cost::Pricer pricer = *cost::Pricer::create(platform);
      for (const Priced& priced : of_format)
        for (const std::int64_t batch : {1, 32}) {
          Outline outline = published(priced.id, priced.traits, Given::kActivations);
          const auto by_layers = pricer.price(priced.network, {.batch = batch});
          if (!by_layers.ok()) continue;  // no peak holds the format
          for (const Given given : {Given::kMacs, Given::kParameters, Given::kActivations}) {
            outline = published(priced.id, priced.traits, given);
            const auto by_totals = cost::estimate_by_totals(outline, formats, platform, batch);
            if (!by_totals.ok()) continue;
            all[static_cast<std::size_t>(given)].push_back(std::log(by_totals->latency / by_layers->latency));
          }
        }
    }
  }
  return all;
}

double percentile(std::vector<double> values, double share) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

TEST(ByTotals, NineOfTenAgreeWithTheirLayersWithinWhatIsLeftOpen) {
  const auto ratios = log_ratios();
  for (const Given given : {Given::kMacs, Given::kParameters, Given::kActivations}) {
    const std::vector<double>& of = ratios[static_cast<std::size_t>(given)];
    ASSERT_GT(of.size(), 10'000U);
    std::vector<double> sizes;
    for (const double ratio : of) sizes.push_back(std::abs(ratio));
    const double factor = std::exp(percentile(sizes, 0.9));
    std::printf("%zu pairs: nine of ten within a factor of %.2f; median ratio %.2f\n", of.size(), factor,
                std::exp(percentile(of, 0.5)));
    EXPECT_NEAR(factor / cost::left_open(given), 1, 0.15);
  }
}

}  // namespace
}  // namespace roofscape
