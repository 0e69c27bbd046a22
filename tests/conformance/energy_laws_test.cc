// What energies, and the intervals around them, promise on the platforms that ship, with all that was learned of them.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>

#include "analytics/base/status_matchers.h"
#include "analytics/cost/estimate.h"
#include "analytics/cost/features.h"
#include "roofscape/v1/platform.pb.h"
#include "tests/conformance/shipped.h"

namespace roofscape {
namespace {

using conformance::build;
using conformance::calibrated_platform;
using conformance::calibrated_platforms;
using conformance::pricer_of;
using cost::EnergyBasis;
using cost::EnergyParts;

constexpr double kSlack = 1 + 1e-9;

// Calls `check(platform, estimate, what)` for every platform that ships, over networks, formats and batches.
template <typename Check>
void for_all_prices(const Check& check) {
  for (const char* id : {"resnet-8", "mobilenet-v2", "resnet-50", "mlp-100", "bert-base-128"})
    for (const char* formats : {"fp32", "int8", "int4 x int8"}) {
      const Network network = build(id, formats);
      for (const v1::Platform& platform : calibrated_platforms())
        for (const std::int64_t batch : {1, 8}) {
          const cost::EstimateOptions options{.batch = batch,
                                              .unsupported = cost::EstimateOptions::Unsupported::kDoesNotFit};
          const auto estimate = pricer_of(platform).estimate(network, options);
          ASSERT_TRUE(estimate.ok()) << platform.id();
          check(platform, *estimate,
                std::string(id) + " in " + formats + " on " + platform.id() + ", batch " + std::to_string(batch));
        }
    }
}

void expect_no_negative(const EnergyParts& parts, const std::string& what) {
  for (const Joules part : {parts.operations, parts.idle, parts.waiting, parts.undivided})
    EXPECT_GE(part.value(), 0) << what;
  for (const Joules part : parts.memory) EXPECT_GE(part.value(), 0) << what;
}

TEST(EnergyLaws, PartsAddUpToTheWhole) {
  for_all_prices([](const v1::Platform&, const cost::Estimate& e, const std::string& what) {
    if (!e.energy) {
      EXPECT_EQ(e.energy_parts, EnergyParts()) << what;
      return;
    }
    expect_no_negative(e.energy_parts, what);
    EXPECT_NEAR(e.energy_parts.total() / *e.energy, 1, 1e-9) << what;
  });
}

TEST(EnergyLaws, LayersAndWaitingAddUpToTheWholePartByPart) {
  for_all_prices([](const v1::Platform&, const cost::Estimate& e, const std::string& what) {
    if (!e.energy) return;
    EnergyParts sum;
    for (const cost::LayerEstimate& layer : e.layers) {
      expect_no_negative(layer.energy_parts, what);
      EXPECT_LE(std::abs((layer.energy_parts.total() - *layer.energy).value()), 1e-9 * layer.energy->value()) << what;
      sum.add(layer.energy_parts);
    }
    const double batch = what.ends_with(" 8") ? 8 : 1, near = 1e-9 * e.energy->value() * batch;
    EXPECT_EQ(sum.waiting, Joules(0)) << what;
    EXPECT_NEAR(sum.operations.value(), e.energy_parts.operations.value() * batch, near) << what;
    EXPECT_NEAR(sum.idle.value(), e.energy_parts.idle.value() * batch, near) << what;
    EXPECT_NEAR(sum.undivided.value(), e.energy_parts.undivided.value() * batch, near) << what;
    for (std::size_t level = 0; level < cost::kMostMemories; ++level)
      EXPECT_NEAR(sum.memory[level].value(), e.energy_parts.memory[level].value() * batch, near) << what;
  });
}

// The device idles between images too where its host takes longer.
TEST(EnergyLaws, PowerLiesBetweenStaticAndPeakPower) {
  for_all_prices([](const v1::Platform& platform, const cost::Estimate& e, const std::string& what) {
    if (!e.energy) return;
    const double watts = e.energy->value() * e.throughput_per_second;
    EXPECT_TRUE(!platform.has_peak_watts() || watts <= platform.peak_watts().value() * kSlack) << what << ": " << watts;
    if (!platform.has_static_watts()) return;
    EXPECT_GE(watts * kSlack, platform.static_watts().value()) << what;
    const double still = (e.energy_parts.of_time()).value() * e.throughput_per_second;
    EXPECT_NEAR(still / platform.static_watts().value(), 1, 1e-9) << what;
  });
}

TEST(EnergyLaws, NoIntervalGoesBeyondUpperTimeAndPeakPower) {
  int seen = 0;
  for_all_prices([&](const v1::Platform& platform, const cost::Estimate& e, const std::string& what) {
    ASSERT_EQ(e.throughput_interval.has_value(), e.latency_interval.has_value()) << what;
    if (e.throughput_interval) {
      EXPECT_GT(e.throughput_interval->low, 0) << what;
      EXPECT_LE(e.throughput_interval->low, e.throughput_per_second * kSlack) << what;
      EXPECT_GE(e.throughput_interval->high * kSlack, e.throughput_per_second) << what;
    }
    if (!e.energy_interval) return;
    EXPECT_GE(e.energy_interval->low.value(), 0) << what;
    EXPECT_LE(e.energy_interval->low, *e.energy * kSlack) << what;
    EXPECT_GE(e.energy_interval->high * kSlack, *e.energy) << what;
    if (!e.throughput_interval || !platform.has_peak_watts()) return;
    ++seen;
    EXPECT_LE(e.energy_interval->high.value() * e.throughput_interval->low, platform.peak_watts().value() * kSlack)
        << what;
  });
  EXPECT_GT(seen, 1000);
}

// Energies compare only on one basis, so each says which it is, and truly.
TEST(EnergyLaws, EachNamesTheBasisThatItHas) {
  std::map<EnergyBasis, int> counts;
  for_all_prices([&](const v1::Platform& platform, const cost::Estimate& e, const std::string& what) {
    ++counts[e.energy_basis];
    EXPECT_EQ(e.energy.has_value(), e.energy_basis != EnergyBasis::kNone) << what;
    const EnergyParts& parts = e.energy_parts;
    switch (e.energy_basis) {
      case EnergyBasis::kMeasured:
        EXPECT_TRUE(platform.has_energy_calibration()) << what;
        EXPECT_NE(platform.energy_calibration().seen(), v1::CalibrationGrade::CLASS) << what;
        break;
      case EnergyBasis::kActivityAndStaticPower:
        EXPECT_TRUE(platform.has_static_watts()) << what;
        EXPECT_GT(parts.idle.value(), 0) << what;
        break;
      case EnergyBasis::kActivityAlone:
        EXPECT_FALSE(platform.has_static_watts()) << what;
        EXPECT_EQ(parts.of_time(), Joules(0)) << what;
        break;
      case EnergyBasis::kPeakPower: EXPECT_TRUE(platform.has_peak_watts()) << what; break;
      case EnergyBasis::kNone: break;
    }
    const bool divided = parts.operations.value() > 0;
    EXPECT_EQ(divided,
              e.energy_basis == EnergyBasis::kActivityAlone || e.energy_basis == EnergyBasis::kActivityAndStaticPower)
        << what;
  });
  for (const EnergyBasis basis : {EnergyBasis::kMeasured, EnergyBasis::kActivityAlone, EnergyBasis::kPeakPower})
    EXPECT_GT(counts[basis], 0) << static_cast<int>(basis);
}

// Measured energies and times are learned apart, and what they come to together may be less than the device takes idle.
TEST(EnergyLaws, AMeasuredEnergyIsNoLessThanIdlePowerTimesTimeAndSaysSo) {
  int raised = 0;
  for_all_prices([&](const v1::Platform& platform, const cost::Estimate& e, const std::string& what) {
    if (e.energy_basis != EnergyBasis::kMeasured || !platform.has_static_watts()) return;
    EXPECT_GE(e.energy->value() * e.throughput_per_second * kSlack, platform.static_watts().value()) << what;
    bool said = false;
    for (const std::string& note : e.notes)
      said = said || note.find("no more than the device takes while idle") != std::string::npos;
    EXPECT_EQ(said, !(e.energy_parts.undivided.value() > 0)) << what;
    raised += said ? 1 : 0;
  });
  EXPECT_GT(raised, 0);
}

double watts(const cost::Estimate& e) { return e.energy->value() * e.throughput_per_second; }

// Energies are learned as factors of nominal power. Where cycles are counted, a platform that states none and was not
// measured would take the scale of boards that its family was measured on.
TEST(EnergyLaws, WithoutAStatedPowerAFamilyGivesAnOverlayNoEnergy) {
  v1::Platform board = calibrated_platform("kv260-dpu");  // of the ZCU104's family, whose boards were measured
  ASSERT_EQ(board.energy_calibration().seen(), v1::CalibrationGrade::FAMILY);
  ASSERT_FALSE(board.has_peak_watts());
  const Network network = build("resnet-50", "int8");
  EXPECT_EQ(pricer_of(board).estimate(network)->energy_basis, EnergyBasis::kNone);
  EXPECT_TRUE(pricer_of(board).estimate(network)->missing.back().starts_with("peak_watts, or energy_joules_per_op"));
  board.mutable_peak_watts()->set_value(15);
  const auto stated = pricer_of(board).estimate(network);
  EXPECT_EQ(stated->energy_basis, EnergyBasis::kMeasured);
  EXPECT_LE(watts(*stated), 15 * kSlack);
  board.clear_peak_watts();  // one that was measured itself needs none
  board.mutable_energy_calibration()->set_seen(v1::CalibrationGrade::PLATFORM);
  EXPECT_EQ(pricer_of(board).estimate(network)->energy_basis, EnergyBasis::kMeasured);
}

// Power of a class is none of a device.
TEST(EnergyLaws, AClassGivesNoEnergy) {
  v1::Platform device = calibrated_platform("edge-tpu");
  const Network network = build("resnet-8", "int8");
  EXPECT_EQ(pricer_of(device).estimate(network)->energy_basis, EnergyBasis::kMeasured);
  device.mutable_energy_calibration()->set_seen(v1::CalibrationGrade::CLASS);
  EXPECT_EQ(pricer_of(device).estimate(network)->energy_basis, EnergyBasis::kPeakPower);
}

TEST(EnergyLaws, AMeasuredEnergyAbovePeakPowerIsLoweredAndSaysSo) {
  v1::Platform device = calibrated_platform("edge-tpu");
  const Network network = build("resnet-8", "int8");
  const auto lowered = [](const cost::Estimate& e) {
    for (const std::string& note : e.notes)
      if (note.find("times lower than its figures say, so that power stays within the peak of 2 W") !=
          std::string::npos)
        return note;
    return std::string();
  };
  const auto before = pricer_of(device).estimate(network);
  EXPECT_LT(watts(*before), 2);
  EXPECT_EQ(lowered(*before), "");
  const double times = 10 * 2 / watts(*before);  // ten times the peak, whatever the energy is made of
  v1::PlatformCalibration* of = device.mutable_energy_calibration();
  for (std::size_t p = 0; p < cost::kParts; ++p) {
    const auto level = static_cast<int>(cost::features_of(static_cast<cost::Part>(p), cost::Aspect::kLevel).first);
    of->set_coefficients(level, of->coefficients(level) + std::log(times));
  }
  const auto after = pricer_of(device).estimate(network);
  EXPECT_EQ(after->energy_basis, EnergyBasis::kMeasured);
  EXPECT_NEAR(watts(*after), 2, 1e-6);
  EXPECT_TRUE(lowered(*after).starts_with("energy is 10 times lower")) << lowered(*after);
}

// Not known is no yes: it says why, and is told only where some memory does not state its capacity.
TEST(FitLaws, WhatIsNotKnownIsNeverAYes) {
  int unknown = 0;
  for_all_prices([&](const v1::Platform& platform, const cost::Estimate& e, const std::string& what) {
    EXPECT_EQ(e.fit == cost::Fit::kNo, !e.does_not_fit.empty()) << what;
    EXPECT_EQ(e.fit == cost::Fit::kUnknown, !e.fit_not_known.empty()) << what;
    bool stated = true;
    for (const v1::MemoryLevel& level : platform.memory()) stated = stated && level.has_capacity_bytes();
    EXPECT_TRUE(e.fit != cost::Fit::kUnknown || !stated) << what;
    unknown += e.fit == cost::Fit::kUnknown ? 1 : 0;
  });
  EXPECT_GT(unknown, 0);
}

}  // namespace
}  // namespace roofscape
