// What prices promise of each other on the platforms that ship, with all that was learned of them: laws that an
// architect would check by hand, over networks of the zoo and formats.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analytics/base/status_matchers.h"
#include "analytics/cost/ceilings.h"
#include "analytics/cost/demand.h"
#include "analytics/cost/estimate.h"
#include "analytics/cost/traits.h"
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

bool is_recurrent(const Network& network) {
  return std::any_of(network.layers().begin(), network.layers().end(),
                     [](const Layer& layer) { return layer.as<op::Recurrent>() != nullptr; });
}

// What a network asks for in all: a stated need, not a time.
struct Need {
  std::string id;
  Network network;
  cost::Traits traits;
  cost::Demand demand;

  // Activations that layers read and write, and those that come from outside and leave.
  Bytes moves() const {
    Bytes bytes;
    for (const cost::LayerDemand& layer : demand.layers) bytes += layer.activation_bytes();
    return bytes;
  }
  std::ptrdiff_t starts() const {
    return std::count_if(demand.layers.begin(), demand.layers.end(), [](const cost::LayerDemand& layer) {
      using Kind = cost::LayerDemand::Kind;
      return layer.kind != Kind::kFree && layer.kind != Kind::kFused && !layer.joined;
    });
  }
  Bytes ends() const {
    Bytes bytes;
    for (const cost::LayerDemand& layer : demand.layers) bytes += layer.network_bytes;
    return bytes;
  }
  // Whether it asks for no less than `other` does of anything, on a network of the same kind.
  bool is_no_less_than(const Need& other) const {
    const cost::Traits &a = traits, &b = other.traits;
    return a.kind == b.kind && a.macs >= b.macs && a.parameters >= b.parameters && a.activations >= b.activations &&
           a.input >= b.input && a.layers >= b.layers && starts() >= other.starts() &&
           demand.peak_activation_bytes >= other.demand.peak_activation_bytes && moves() >= other.moves() &&
           ends() >= other.ends() && is_recurrent(network) == is_recurrent(other.network);
  }
};

std::vector<Need> needs_of_zoo(const std::string& formats) {
  std::vector<Need> all;
  for (const zoo::Entry& entry : zoo::networks()) {
    Network network = build(entry.id, formats);
    const cost::Traits traits = cost::traits_of(network);
    cost::Demand demand = cost::demand(network);
    all.push_back({entry.id, std::move(network), traits, std::move(demand)});
  }
  return all;
}

// Pairs of networks of which one asks for no less of anything, and those of them in which it is faster none the less.
struct Pairs {
  int all = 0, broken = 0;
  std::string worst;
  double by = 1;
};

Pairs compare_needs(const std::vector<v1::Platform>& of) {
  Pairs pairs;
  for (const char* formats : {"fp32", "int8"}) {
    const std::vector<Need> needs = needs_of_zoo(formats);
    for (const v1::Platform& platform : of) {
      const cost::Pricer pricer = pricer_of(platform);
      std::vector<double> rates;  // 0: does not fit
      for (const Need& need : needs) {
        const cost::Totals priced = *pricer.price(need.network, kAnyFormat);
        rates.push_back(priced.fit != cost::Fit::kNo ? priced.throughput_per_second : 0);
      }
      for (std::size_t a = 0; a < needs.size(); ++a)
        for (std::size_t b = 0; b < needs.size(); ++b) {
          if (a == b || rates[a] == 0 || rates[b] == 0 || !needs[a].is_no_less_than(needs[b])) continue;
          ++pairs.all;
          if (rates[a] <= rates[b] * kSlack) continue;
          ++pairs.broken;
          if (rates[a] / rates[b] <= pairs.by) continue;
          pairs.by = rates[a] / rates[b];
          pairs.worst = needs[a].id + " against " + needs[b].id + " in " + formats + " on " + platform.id();
        }
    }
  }
  return pairs;
}

// Ceilings alone say so of every pair, but where cycles are counted, or a unit of its own does what has no channels to
// add: there a larger network may have less of the one kind of work, or fill lanes better.
TEST(PriceLaws, WhoNeedsNoLessIsNotCheaperByCeilings) {
  std::vector<v1::Platform> plain;
  for (const v1::Platform& platform : platforms::built_in_platforms())
    if (!cost::counts_cycles(cost::calibration_key(platform).device_class) && !platform.has_vector_unit())
      plain.push_back(platform);
  const Pairs pairs = compare_needs(plain);
  EXPECT_GT(pairs.all, 10000);
  EXPECT_EQ(pairs.broken, 0) << "of " << pairs.all << "; " << pairs.worst << " by " << pairs.by;
}

// What is known of single networks, and lanes that are filled better or worse, leave a few in a thousand.
TEST(PriceLaws, WhoNeedsNoLessIsRarelyCheaper) {
  const Pairs pairs = compare_needs(calibrated_platforms());
  EXPECT_GT(pairs.all, 10000);
  EXPECT_LT(pairs.broken, 0.005 * pairs.all) << pairs.worst << " by " << pairs.by;
  RecordProperty("broken", pairs.broken);
}

TEST(PriceLaws, HalfTheClockOfAStreamIsHalfItsRate) {
  for (const char* id : {"mlp-100", "cnv-50", "resnet-8"}) {
    const Network network = build(id, "int4");
    for (v1::Platform platform : calibrated_platforms()) {
      if (!platform.has_fpga()) continue;
      const auto before = pricer_of(platform).estimate(network, kAnyFormat);
      v1::Figure* clock = platform.mutable_fpga()->mutable_clock_hertz();
      clock->set_value(clock->value() / 2);
      const auto after = pricer_of(platform).estimate(network, kAnyFormat);
      ASSERT_TRUE(before.ok() && after.ok()) << id << " on " << platform.id();
      const double share = after->throughput_per_second / before->throughput_per_second;
      EXPECT_GE(share, 0.5 / kSlack) << id << " on " << platform.id();
      if (before->binding_roof.starts_with("memory")) continue;
      EXPECT_LE(share, 0.5 * kSlack) << id << " on " << platform.id() << ", " << before->binding_roof;
    }
  }
}

double inner_room(const v1::Platform& platform) {
  double room = 0;
  for (int level = 0; level + 1 < platform.memory_size(); ++level)
    room += platform.memory(level).capacity_bytes().value();
  return room;
}

// The peak that computes dense layers in such a format, if there is one.
std::optional<cost::Ceiling> peak_of(const cost::Ceilings& ceilings, const std::string& format) {
  Layer dense;
  dense.operation = op::Dense{};
  const NumberFormat of = *NumberFormat::parse(format);
  const int at = ceilings.find(of, of, dense);
  return at < 0 ? std::nullopt : std::optional(ceilings.at(at));
}

// Floats alone may take Winograd's way, which is a fact of engines.
bool knows_winograd(const cost::Ceilings& ceilings) {
  return std::any_of(ceilings.all().begin(), ceilings.all().end(), [](const auto& of) { return of.winograd; });
}

// Whether rows of the device say how fast such arithmetic is.
bool is_measured(const v1::Platform& platform, const cost::Ceiling& peak) {
  return platform.has_calibration() &&
         platform.calibration().precision_row_counts(static_cast<int>(peak.precision)) > 0;
}

// Without rows of the device that show otherwise, a narrower format is at most as much faster as the peaks or the bytes
// allow, and never slower.
TEST(PriceLaws, FormatsOfOneDeviceStandAsItsCeilingsDo) {
  struct Format {
    std::string name;
    double bytes;
  };
  const std::vector<Format> formats = {{"fp32", 4}, {"fp16", 2}, {"int8", 1}};
  for (const char* id : {"resnet-8", "mobilenet-v2", "resnet-50", "vgg-16", "bert-base-128"}) {
    for (const v1::Platform& platform : calibrated_platforms()) {
      const auto ceilings = *cost::Ceilings::create(platform);
      if (platform.has_fpga() || knows_winograd(ceilings)) continue;
      const cost::Pricer pricer = pricer_of(platform);
      for (std::size_t wide = 0; wide < formats.size(); ++wide)
        for (std::size_t narrow = wide + 1; narrow < formats.size(); ++narrow) {
          const auto of_wide = peak_of(ceilings, formats[wide].name),
                     of_narrow = peak_of(ceilings, formats[narrow].name);
          if (!of_wide || !of_narrow || (is_measured(platform, *of_wide) && is_measured(platform, *of_narrow)))
            continue;
          const cost::Totals before = *pricer.price(build(id, formats[wide].name), kAnyFormat),
                             after = *pricer.price(build(id, formats[narrow].name), kAnyFormat);
          const double ratio = before.latency / after.latency;
          const std::string which =
              std::string(id) + " on " + platform.id() + ": " + formats[wide].name + " over " + formats[narrow].name;
          EXPECT_GE(ratio * kSlack, 1) << which;
          if (after.weight_bytes.value() < inner_room(platform)) continue;  // they stay inside
          EXPECT_LE(ratio,
                    std::max(of_narrow->rate / of_wide->rate, formats[wide].bytes / formats[narrow].bytes) * kSlack)
              << which;
        }
    }
  }
}

// int16 where only floats are: the same arithmetic, with half the bytes.
TEST(PriceLaws, AFormatThatRunsAsAnotherCostsWhatThatCosts) {
  for (const char* id : {"resnet-8", "resnet-50", "vgg-11"}) {
    for (const v1::Platform& platform : calibrated_platforms()) {
      if (platform.has_fpga()) continue;
      const cost::Pricer pricer = pricer_of(platform);
      const auto wide = pricer.estimate(build(id, "fp32"), kAnyFormat),
                 narrow = pricer.estimate(build(id, "int16"), kAnyFormat);
      ASSERT_TRUE(wide.ok() && narrow.ok());
      for (std::size_t i = 0; i < wide->layers.size(); ++i) {
        const cost::LayerEstimate &of = narrow->layers[i], &as = wide->layers[i];
        if (of.runs_as != as.runs_as || !(as.time.value() > 0)) continue;
        EXPECT_LE(of.time, as.time * kSlack) << id << " on " << platform.id() << ": " << of.layer;
        const double bytes = (of.weight_bytes + of.activation_bytes) / (as.weight_bytes + as.activation_bytes);
        const bool computes = of.binding_roof == "compute " + of.runs_as && as.binding_roof == of.binding_roof;
        if (!(of.weight_bytes.value() > 0) || !computes) continue;
        EXPECT_GE(of.time * kSlack, as.time * std::min(1.0, bytes))
            << id << " on " << platform.id() << ": " << of.layer;
      }
    }
  }
}

// Header and table are one design point: layers add up to the latency, or the slowest of a stream sets the rate.
TEST(PriceLaws, LayersAreOfTheDesignThatTheHeaderPrices) {
  for (const char* id : {"resnet-8", "mobilenet-v1", "lstm-ptb-2x650"}) {
    const Network network = build(id, "int8");
    for (const v1::Platform& platform : calibrated_platforms()) {
      RS_ASSERT_OK_AND_ASSIGN(const cost::Estimate estimate, pricer_of(platform).estimate(network, kAnyFormat));
      double sum = 0, slowest = 0;
      for (const cost::LayerEstimate& layer : estimate.layers) {
        sum += layer.time.value();
        slowest = std::max(slowest, layer.time.value());
      }
      const std::string which = std::string(id) + " on " + platform.id();
      if (platform.has_fpga()) {
        EXPECT_LE(estimate.throughput_per_second * slowest, kSlack) << which;
        if (estimate.binding_roof.starts_with("memory") || estimate.fit == cost::Fit::kNo) continue;
        EXPECT_NEAR(estimate.throughput_per_second * slowest, 1, 1e-9) << which;
      } else if (platform.has_pipelined_image_count()) {
        EXPECT_NEAR(estimate.throughput_per_second * sum, 1, 1e-9) << which;
        EXPECT_NEAR(estimate.latency.value() / sum, platform.pipelined_image_count().value(), 1e-9) << which;
      } else {
        EXPECT_NEAR(sum + platform.host_seconds_per_batch().value(), estimate.latency.value(),
                    1e-9 * estimate.latency.value())
            << which;
      }
    }
  }
}

}  // namespace
}  // namespace roofscape
