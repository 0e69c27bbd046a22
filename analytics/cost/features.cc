#include "analytics/cost/features.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace roofscape::cost {
namespace {

// What a feature is computed from.
struct Question {
  const Traits& traits;
  const Load& load;
  double batch;

  // In a byte each, whatever their format: formats differ by their ceilings and bytes alone.
  bool overflows() const { return load.room > 0 && traits.parameters > load.room; }
};

using Value = double (*)(const Question&);
struct Row {
  Feature feature;
  Value value;
};

double above(double value, double knee) { return std::max(0.0, value - knee); }

template <NetworkKind kind>
double is_kind(const Question& of) {
  return of.traits.kind == kind ? 1 : 0;
}
template <Precision precision>
double share_of(const Question& of) {
  return of.load.share(precision);
}
double one(const Question&) { return 1; }
double log_batch(const Question& of) { return std::log(of.batch) / 3; }

constexpr double kFewImages = 4;
constexpr double kUsualWidth = 500;  // operations a cycle

}  // namespace

double width_feature(OpsPerSecond rate, Hertz clock) {
  return std::log(rate.value() / clock.value() / kUsualWidth) / 4;
}

Seconds Load::arithmetic() const {
  Seconds all;
  for (const Seconds one : compute) all += one;
  return all;
}

std::array<Seconds, kParts> Load::parts() const {
  if (overlaps) return {std::max(arithmetic(), fetch + traffic), Seconds(0), Seconds(0), launch};
  return {arithmetic(), fetch, traffic, launch};
}

double Load::share(Precision precision) const {
  const Seconds all = arithmetic();
  return all.value() > 0 ? compute[static_cast<std::size_t>(precision)] / all : 0;
}

namespace {

// Bounds of coefficients. A part's time is work x exp(sum of coefficient x feature) and features are logarithms, so
// coefficients over scales are powers.
constexpr double kFree = std::numeric_limits<double>::infinity();
struct Coefficient {
  double least = -kFree, most = kFree;
};
constexpr Coefficient kAny{}, kNotLess{0, kFree};
// Of work^1 without it: work to no power below 0.
constexpr Coefficient no_less(double scale) { return {-scale, kFree}; }
// A batch of n takes from n^0 to n^1 of one, where its work is n^1, and where it is n^0.
constexpr Coefficient of_batch(double scale) { return {-scale, 0}; }
constexpr Coefficient beside_batch(double scale) { return {0, scale}; }

constexpr Row row(std::string_view name, Part part, Aspect aspect, Coefficient bounds, Value value) {
  return {{name, part, aspect, bounds.least, bounds.most}, value};
}

constexpr double kLog4 = 1.3862943611198906;
double log_of(double value) { return std::log(value); }

// How much of a logarithm lies between two knots, from what is usual: a curve of straight pieces, each with a slope of
// its own. A knot at 0 is none.
template <int from, int to>
double piece(double value, double usual) {
  const double low = from == 0 ? -kFree : from, high = to == 0 ? kFree : to;
  return (std::clamp(value, low, high) - std::clamp(usual, low, high)) / 3;
}
// Multiply-accumulates of the batch, from where a device is kept busy by them to where it is not.
template <int from, int to>
double work(const Question& of) {
  return piece<from, to>(log_of(of.traits.macs * of.batch), 20);
}
// Activations of the batch.
template <int from, int to>
double moved(const Question& of) {
  return piece<from, to>(log_of(of.traits.activations * of.batch), 14);
}
// Products of one activation.
template <int knee>
double reduction(const Question& of) {
  const double products = log_of(of.traits.macs / of.traits.activations);
  return (knee == 0 ? products - 5 : above(products, log_of(knee))) / 3;
}
template <int knee>
double outputs(const Question& of) {
  return above(log_of(of.traits.activations * of.batch), log_of(knee)) / 3;
}
// The same work in one piece is no slower, and no faster than as much again.
constexpr Coefficient of_work(double scale) { return {-0.4 * scale, 0}; }

// The one table of features. Scales bring each to a size of about 1 over published rows, so that one variance of
// coefficients serves an aspect; they are part of the model.
constexpr std::array<Row, kFeatures> kTable = {
    {
        row("one", Part::kArithmetic, Aspect::kLevel, kAny, one),
        row("macs", Part::kArithmetic, Aspect::kSize, {-0.3 * 3, kFree},
            [](const Question& of) { return (log_of(of.traits.macs) - 20) / 3; }),
        row("parameters", Part::kArithmetic, Aspect::kSize, kNotLess,
            [](const Question& of) { return (log_of(of.traits.parameters) - 15) / 3; }),
        row("activations", Part::kArithmetic, Aspect::kSize, kNotLess,
            [](const Question& of) { return (log_of(of.traits.activations) - 14) / 3; }),
        row("layers", Part::kArithmetic, Aspect::kSize, kNotLess,
            [](const Question& of) { return (log_of(of.traits.layers) - 4) / 1.5; }),
        row("work to e^14", Part::kArithmetic, Aspect::kSize, of_work(3), work<0, 14>),
        row("work to e^17", Part::kArithmetic, Aspect::kSize, of_work(3), work<14, 17>),
        row("work to e^20", Part::kArithmetic, Aspect::kSize, of_work(3), work<17, 20>),
        row("work to e^23", Part::kArithmetic, Aspect::kSize, of_work(3), work<20, 23>),
        row("work above e^23", Part::kArithmetic, Aspect::kSize, of_work(3), work<23, 0>),
        row("batch up to 4", Part::kArithmetic, Aspect::kSize, of_batch(0.3 * kLog4),
            [](const Question& of) { return log_of(std::min(of.batch, kFewImages)) / kLog4; }),
        row("batch above 4", Part::kArithmetic, Aspect::kSize, of_batch(0.3 * 3),
            [](const Question& of) { return above(log_of(of.batch), kLog4) / 3; }),
        row("input up to e^12", Part::kArithmetic, Aspect::kTask, kNotLess,
            [](const Question& of) { return std::min(log_of(of.traits.input), 12.0) - 11; }),
        row("input above e^12", Part::kArithmetic, Aspect::kTask, kNotLess,
            [](const Question& of) { return above(log_of(of.traits.input), 12); }),
        row("detects", Part::kArithmetic, Aspect::kTask, kAny,
            [](const Question& of) { return of.traits.detects ? 0.5 : 0.0; }),
        row("segments", Part::kArithmetic, Aspect::kTask, kAny,
            [](const Question& of) { return of.traits.segments ? 0.5 : 0.0; }),
        row("plain", Part::kArithmetic, Aspect::kKind, kAny, is_kind<NetworkKind::kPlain>),
        row("separable", Part::kArithmetic, Aspect::kKind, kAny, is_kind<NetworkKind::kSeparable>),
        row("grouped", Part::kArithmetic, Aspect::kKind, kAny, is_kind<NetworkKind::kGrouped>),
        row("concat", Part::kArithmetic, Aspect::kKind, kAny, is_kind<NetworkKind::kConcat>),
        row("hybrid", Part::kArithmetic, Aspect::kKind, kAny, is_kind<NetworkKind::kHybrid>),
        row("transformer", Part::kArithmetic, Aspect::kKind, kAny, is_kind<NetworkKind::kTransformer>),
        row("text", Part::kArithmetic, Aspect::kKind, kAny, is_kind<NetworkKind::kText>),
        row("fp32", Part::kArithmetic, Aspect::kPrecision, kAny, share_of<Precision::kSingle>),
        row("fp16", Part::kArithmetic, Aspect::kPrecision, kAny, share_of<Precision::kHalf>),
        row("int8 x int16", Part::kArithmetic, Aspect::kPrecision, kAny, share_of<Precision::kMixed>),
        row("int8", Part::kArithmetic, Aspect::kPrecision, kAny, share_of<Precision::kByte>),
        row("int4", Part::kArithmetic, Aspect::kPrecision, kAny, share_of<Precision::kNarrow>),
        row("weights exceed the room", Part::kArithmetic, Aspect::kOverflow, kNotLess,
            [](const Question& of) { return of.overflows() ? 1.0 : 0.0; }),
        row("by how much", Part::kArithmetic, Aspect::kOverflow, kNotLess,
            [](const Question& of) { return of.overflows() ? log_of(of.traits.parameters / of.load.room) : 0; }),
        row("reduction", Part::kArithmetic, Aspect::kReduction, kAny, reduction<0>),
        row("reduction above 16", Part::kArithmetic, Aspect::kReduction, kAny, reduction<16>),
        row("reduction above 128", Part::kArithmetic, Aspect::kReduction, kAny, reduction<128>),
        row("reduction above 1024", Part::kArithmetic, Aspect::kReduction, kAny, reduction<1024>),
        row("reduction above 8192", Part::kArithmetic, Aspect::kReduction, kAny, reduction<8192>),
        row("outputs above 1e4", Part::kArithmetic, Aspect::kReduction, kAny, outputs<10000>),
        row("outputs above 1e5", Part::kArithmetic, Aspect::kReduction, kAny, outputs<100000>),
        row("outputs above 1e6", Part::kArithmetic, Aspect::kReduction, kAny, outputs<1000000>),
        // Of a wider unit at most all of its width is lost.
        row("width", Part::kArithmetic, Aspect::kPeak, {-kFree, 4},
            [](const Question& of) {
              const Seconds time = of.load.arithmetic();
              const bool computes = time.value() > 0 && of.load.ops.value() > 0;
              return computes ? width_feature(of.load.ops / time, of.load.clock) : 0;
            }),
        row("fetch: one", Part::kFetch, Aspect::kLevel, kAny, one),
        row("traffic: one", Part::kTraffic, Aspect::kLevel, kAny, one),
        row("traffic: batch", Part::kTraffic, Aspect::kSize, of_batch(0.5 * 3), log_batch),
        row("traffic: to e^12", Part::kTraffic, Aspect::kSize, of_batch(0.5 * 3), moved<0, 12>),
        row("traffic: to e^15", Part::kTraffic, Aspect::kSize, of_batch(0.5 * 3), moved<12, 15>),
        row("traffic: to e^18", Part::kTraffic, Aspect::kSize, of_batch(0.5 * 3), moved<15, 18>),
        row("traffic: above e^18", Part::kTraffic, Aspect::kSize, of_batch(0.5 * 3), moved<18, 0>),
        row("traffic: plain", Part::kTraffic, Aspect::kKind, kAny, is_kind<NetworkKind::kPlain>),
        row("traffic: separable", Part::kTraffic, Aspect::kKind, kAny, is_kind<NetworkKind::kSeparable>),
        row("traffic: grouped", Part::kTraffic, Aspect::kKind, kAny, is_kind<NetworkKind::kGrouped>),
        row("traffic: concat", Part::kTraffic, Aspect::kKind, kAny, is_kind<NetworkKind::kConcat>),
        row("traffic: hybrid", Part::kTraffic, Aspect::kKind, kAny, is_kind<NetworkKind::kHybrid>),
        row("traffic: transformer", Part::kTraffic, Aspect::kKind, kAny, is_kind<NetworkKind::kTransformer>),
        row("traffic: text", Part::kTraffic, Aspect::kKind, kAny, is_kind<NetworkKind::kText>),
        row("launch: one", Part::kLaunch, Aspect::kLevel, kAny, one),
        row("launch: batch", Part::kLaunch, Aspect::kSize, beside_batch(3), log_batch),
        row("launch: layers", Part::kLaunch, Aspect::kSize, no_less(2),
            [](const Question& of) { return log_of(of.traits.layers / 50) / 2; }),
    }};

constexpr std::array<Feature, kFeatures> kFeatureTable = [] {
  std::array<Feature, kFeatures> all{};
  for (std::size_t k = 0; k < kFeatures; ++k) all[k] = kTable[k].feature;
  return all;
}();

template <typename Is>
FeatureRange range_of(const Is& is) {
  FeatureRange range;
  for (std::size_t k = kFeatures; k-- > 0;)
    if (is(kFeatureTable[k])) range = {k, range.count + 1};
  return range;
}

}  // namespace

std::string_view precision_name(Precision precision) {
  constexpr std::array<std::string_view, kPrecisions> kPrecisionNames = {"fp32", "fp16", "int8 x int16", "int8",
                                                                         "int4"};
  return kPrecisionNames[static_cast<std::size_t>(precision)];
}

Precision precision_of(const NumberFormat& weight, const NumberFormat& activation) {
  const int widest = std::max(weight.bits(), activation.bits());
  const bool integers = weight.is_integer() && activation.is_integer();
  if (widest > 16) return Precision::kSingle;
  if (integers && widest > 8 && weight.bits() <= 8) return Precision::kMixed;
  if (!integers || widest > 8) return Precision::kHalf;
  return widest > 4 ? Precision::kByte : Precision::kNarrow;
}

std::span<const Feature> feature_table() { return kFeatureTable; }

void keep_bounds(std::span<double> coefficients) {
  for (std::size_t k = 0; k < kFeatures; ++k)
    coefficients[k] = std::clamp(coefficients[k], kFeatureTable[k].least, kFeatureTable[k].most);
}

FeatureRange features_of(Part part) {
  return range_of([&](const Feature& feature) { return feature.part == part; });
}

FeatureRange features_of(Part part, Aspect aspect) {
  return range_of([&](const Feature& feature) { return feature.part == part && feature.aspect == aspect; });
}

std::array<double, kFeatures> features(const Traits& traits, const Load& load, double batch) {
  const Question question{traits, load, batch};
  std::array<double, kFeatures> out{};
  for (std::size_t k = 0; k < kFeatures; ++k) out[k] = kTable[k].value(question);
  return out;
}

}  // namespace roofscape::cost
