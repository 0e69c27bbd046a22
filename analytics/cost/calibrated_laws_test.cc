// The promises of estimate.h on platforms that carry a calibration, whatever its numbers.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "analytics/cost/estimate.h"
#include "analytics/cost/estimate_proto.h"
#include "analytics/cost/features.h"
#include "analytics/cost/test_networks.h"
#include "roofscape/v1/calibration.pb.h"

namespace roofscape::cost {
namespace {

using namespace testing;  // NOLINT: the room's own test helpers

constexpr double kSlack = 1 + 1e-9;

// A number between -1 and 1.
double any_share() { return static_cast<double>(*rc::gen::inRange(-1000, 1001)) / 1000; }

v1::PlatformCalibration any_calibration() {
  v1::PlatformCalibration out;
  out.set_seen(v1::CalibrationGrade::PLATFORM);
  out.set_row_count(10);
  for (std::size_t k = 0; k < kFeatures; ++k) {
    out.add_coefficients(k == 0 ? 2 : any_share());
    out.add_least(-5);
    out.add_most(5);
  }
  for (std::size_t p = 0; p < kPrecisions; ++p) {
    out.add_precision_levels(any_share());
    out.add_precision_row_counts(*rc::gen::inRange(0, 3));
  }
  out.set_residual_spread(0.2);
  out.set_low_quantile(-1.7);
  out.set_high_quantile(1.5);
  out.set_relative_spread(0.1);
  return out;
}

v1::Platform any_platform() {
  v1::Platform p;
  p.set_id("any");
  p.set_device_class(v1::GPU);
  for (const char* format : {"fp32", "fp16", "int8"})
    if (std::string(format) == "fp32" || *rc::gen::arbitrary<bool>())
      add_peak(&p, format, *rc::gen::element(1e9, 1e11, 1e13), 0);
  if (*rc::gen::arbitrary<bool>()) add_memory(&p, "SRAM", *rc::gen::element(5e3, 1e5, 1e8), 0, 0);
  add_memory(&p, "DRAM", 0, *rc::gen::element(1e8, 1e10), 0);
  if (*rc::gen::arbitrary<bool>()) set(p.mutable_launch_seconds_per_layer(), *rc::gen::element(1e-7, 1e-4));
  if (*rc::gen::arbitrary<bool>()) set(p.mutable_host_seconds_per_batch(), 1e-4);
  set(p.mutable_peak_watts(), 7);
  *p.mutable_calibration() = any_calibration();
  return p;
}

Network any_network() {
  return quantised(*rc::gen::arbitrary<bool>() ? small_network(6, 12) : residual_network(), *rc::gen::element(0, 4, 8),
                   *rc::gen::element(0, 8));
}

Estimate price(const Network& network, const v1::Platform& platform, std::int64_t batch) {
  const Result<Estimate> e = estimate(network, platform, {.batch = batch});
  if (!e.ok()) RC_FAIL(e.status().message());
  return *e;
}

void grow(v1::Figure* figure) { figure->set_value(figure->value() * *rc::gen::element(1.5, 10.0)); }

RC_GTEST_PROP(Calibrated, RaisingACeilingIsNeverSlower, ()) {
  const Network network = any_network();
  const v1::Platform p = any_platform();
  const std::int64_t batch = *rc::gen::element(1, 8, 64);
  v1::Platform better = p;
  const int which = *rc::gen::inRange(0, p.compute_size() + p.memory_size());
  if (which < p.compute_size()) {
    grow(better.mutable_compute(which)->mutable_ops_per_second());
  } else {
    v1::MemoryLevel* level = better.mutable_memory(which - p.compute_size());
    if (level->has_bandwidth_bytes_per_second()) grow(level->mutable_bandwidth_bytes_per_second());
    if (level->has_capacity_bytes()) grow(level->mutable_capacity_bytes());
  }
  RC_ASSERT(price(network, better, batch).latency <= price(network, p, batch).latency * kSlack);
}

RC_GTEST_PROP(Calibrated, NeverFasterThanTheRooflineOfWhichItIsPart, ()) {
  const Network network = any_network();
  const v1::Platform p = any_platform();
  v1::Platform plain = p;
  plain.clear_calibration();
  const Estimate e = price(network, p, 8), bound = price(network, plain, 8);
  RC_ASSERT(e.latency * kSlack >= bound.latency);
  RC_ASSERT(e.latency_interval.has_value());
  RC_ASSERT(e.latency_interval->low <= e.latency * kSlack);
  RC_ASSERT(e.latency_interval->high * kSlack >= e.latency);
  RC_ASSERT(e.latency_interval->low * kSlack >= bound.latency);
  RC_ASSERT(e.energy_interval.has_value());
  Seconds sum;
  for (std::size_t i = 0; i < e.layers.size(); ++i) {
    RC_ASSERT(e.layers[i].time * kSlack >= bound.layers[i].time);
    sum += e.layers[i].time;
  }
  RC_ASSERT(std::abs((sum + Seconds(p.host_seconds_per_batch().value())) / e.latency - 1) < 1e-9);
}

RC_GTEST_PROP(Calibrated, TotalsAndDetailsAgreeAndEqualInputsGiveEqualBytes, ()) {
  const Network network = any_network();
  const v1::Platform p = any_platform();
  const auto pricer = Pricer::create(p);
  if (!pricer.ok()) RC_FAIL(pricer.status().message());
  const auto totals = pricer->price(network, {.batch = 4});
  const Estimate e = price(network, p, 4), again = price(network, p, 4);
  RC_ASSERT(totals->latency == e.latency);
  RC_ASSERT(totals->latency_interval->high == e.latency_interval->high);
  RC_ASSERT(to_proto(e, "any", 4, true).SerializeAsString() == to_proto(again, "any", 4, true).SerializeAsString());
}

TEST(Calibrated, AnotherNumberOfFeaturesIsRefused) {
  v1::Platform p;
  p.set_id("any");
  p.set_device_class(v1::GPU);
  add_peak(&p, "fp32", 1e9, 0);
  add_memory(&p, "DRAM", 0, 1e9, 0);
  p.mutable_calibration()->set_group("any");
  const auto pricer = Pricer::create(p);
  ASSERT_FALSE(pricer.ok());
  EXPECT_EQ(pricer.status().message(),
            "the calibration from 'any' has 0 coefficients; this version has " + std::to_string(kFeatures));
}

}  // namespace
}  // namespace roofscape::cost
