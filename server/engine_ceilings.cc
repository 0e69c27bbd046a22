#include "server/engine_ceilings.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "analytics/engine/stopwatch.h"
#include "analytics/network/work.h"
#include "analytics/zoo/builder.h"
#include "server/timed_network.h"

namespace roofscape::server {
namespace {

using zoo::Builder;
using zoo::Kind;
using MakeLayer = std::function<LayerId(Builder&, LayerId x, LayerId first)>;

constexpr int kLayers = 8;       // in a row
constexpr double kSlice = 0.01;  // seconds of a round
constexpr std::int64_t kBatch = 4;

// A layer to be measured: what its kind is called, what it reads, how it is made.
struct Sample {
  const char* kind;
  Shape input;
  MakeLayer make;
};

// Kinds that multiply, in two shapes where speed depends on it: few channels on large maps, many on small ones.
std::vector<Sample> matrix_samples() {
  const auto conv = [](std::int64_t filters, std::int64_t kernel, std::int64_t groups) -> MakeLayer {
    return [=](Builder& b, LayerId x, LayerId) {
      return b.conv(x, filters, {.kernel = {kernel, kernel}, .groups = groups});
    };
  };
  return {{"Conv", {16, 32, 32}, conv(16, 3, 1)},
          {"Conv", {96, 8, 8}, conv(96, 3, 1)},
          {"pointwise Conv", {24, 32, 32}, conv(24, 1, 1)},
          {"pointwise Conv", {144, 8, 8}, conv(144, 1, 1)},
          {"depthwise Conv", {32, 32, 32}, conv(32, 3, 32)},
          {"depthwise Conv", {128, 8, 8}, conv(128, 3, 128)},
          {"grouped Conv", {64, 16, 16}, conv(64, 3, 16)}};
}

// Kinds without multipliers, behind a convolution that leaves its values as convolutions do. Relu is not among them:
// the engine computes it with the layer before.
std::vector<Sample> other_samples() {
  const auto function = [](Kind kind) -> MakeLayer {
    return [=](Builder& b, LayerId x, LayerId) { return b.activation(x, kind); };
  };
  const Shape image{32, 16, 16};
  std::vector<std::int64_t> shuffled(32);
  for (std::size_t i = 0; i < shuffled.size(); ++i) shuffled[i] = static_cast<std::int64_t>((i % 2) * 16 + i / 2);
  return {{"Clip", image, [](Builder& b, LayerId x, LayerId) { return b.relu6(x); }},
          {"HardSwish", image, function(Kind::kHardSwish)},
          {"Sigmoid", image, function(Kind::kSigmoid)},
          {"Tanh", image, function(Kind::kTanh)},
          {"Add", image, [](Builder& b, LayerId x, LayerId first) { return b.plus(x, first); }},
          {"Mul", image, [](Builder& b, LayerId x, LayerId first) { return b.times(x, first); }},
          {"MaxPool", image, [](Builder& b, LayerId x, LayerId) { return b.max_pool(x, 3, 1, 1); }},
          {"AveragePool", image, [](Builder& b, LayerId x, LayerId) { return b.average_pool(x, 3, 1, 1); }},
          {"BatchNormalization", image, [](Builder& b, LayerId x, LayerId) { return b.scale_shift(x); }},
          {"Gather", image, [shuffled](Builder& b, LayerId x, LayerId) { return b.gather(x, shuffled); }}};
}

Result<Network> in_a_row(const Shape& input, bool behind_a_convolution, int layers, const MakeLayer& make) {
  Builder b(input);
  LayerId x = b.input();
  if (behind_a_convolution) x = b.pointwise(x, b.channels(x));
  const LayerId first = x;
  for (int i = 0; i < layers; ++i) x = make(b, x, first);
  return b.finish(x);
}

void set_figure(double value, int threads, v1::Figure* figure) {
  figure->set_value(value);
  figure->set_provenance(v1::MEASURED);
  figure->set_source(
      fmt::format("roofscape platform probe: the engine, {} layers in a row, {} threads, best of several rounds",
                  kLayers, threads));
}

// Networks of one layer over and over, timed side by side.
class Bench {
 public:
  explicit Bench(int threads) : threads_(threads) {}

  // Returns the number under which its time is found.
  Result<std::size_t> add(const Network& shape_only, TimedFormat format, std::int64_t batch) {
    RS_ASSIGN(Network network, timed_network(shape_only, format, nullptr));
    Timed& timed = *timed_.emplace_back(std::make_unique<Timed>(Timed{std::move(network), nullptr}));
    RS_ASSIGN(timed.watch, engine::Stopwatch::create(timed.network, batch));
    return timed_.size() - 1;
  }
  Status round(const CancelToken* cancel) {
    for (const auto& timed : timed_) {
      RS_ASSIGN(const Seconds time, timed->watch->round(threads_, kSlice, cancel));
      timed->best = std::min(timed->best, time.value());
    }
    return {};
  }
  double seconds(std::size_t at) const { return timed_[at]->best; }
  // Of one image.
  double ops(std::size_t at) const { return static_cast<double>(network_work(timed_[at]->network).ops()); }
  double weights(std::size_t at) const { return static_cast<double>(network_work(timed_[at]->network).weight_count); }

 private:
  struct Timed {
    Network network;
    std::unique_ptr<engine::Stopwatch> watch;
    double best = std::numeric_limits<double>::infinity();
  };
  int threads_;
  std::vector<std::unique_ptr<Timed>> timed_;
};

// The peak in which layers of a format are computed.
v1::ComputeCeiling* peak_of(const std::string& format, v1::Platform* platform) {
  for (const std::string& holds : {format, std::string(format == "int8" ? "int16" : "")})
    for (v1::ComputeCeiling& peak : *platform->mutable_compute())
      if (peak.weight() == holds) return &peak;
  return nullptr;
}

// No layer is faster than arithmetic: a loop of the probe that came off worse is no peak.
void mend_peaks(v1::Platform* platform) {
  for (const v1::LayerCeiling& layer : platform->layer_ceilings()) {
    v1::ComputeCeiling* peak = peak_of(layer.format(), platform);
    if (peak == nullptr || peak->ops_per_second().value() >= layer.ops_per_second().value()) continue;
    v1::Figure* figure = peak->mutable_ops_per_second();
    *figure = layer.ops_per_second();
    figure->set_source(figure->source() + ", " + layer.operation());
  }
}

constexpr TimedFormat kFormats[] = {TimedFormat::kFp32, TimedFormat::kInt8};
constexpr std::int64_t kWidth = 256;  // of the dense layers

class Ceilings final : public EngineCeilings {
 public:
  explicit Ceilings(int threads) : threads_(threads), bench_(threads) {}

  Status prepare(const CancelToken* cancel) {
    const auto tiny = [](Builder& b, LayerId x, LayerId) { return b.dense(x, 8); };
    RS_ASSIGN(const Network start, in_a_row({8}, false, kLayers, tiny));
    RS_ASSIGN(start_, bench_.add(start, TimedFormat::kFp32, 1));
    const auto dense_layer = [](Builder& b, LayerId x, LayerId) { return b.dense(x, kWidth); };
    RS_ASSIGN(const Network dense, in_a_row({kWidth}, false, kLayers, dense_layer));
    for (const TimedFormat format : kFormats) {
      if (cancel != nullptr && cancel->cancelled()) return cancelled("the probe was cancelled");
      for (const Sample& sample : matrix_samples()) {
        RS_ASSIGN(const Network network, in_a_row(sample.input, false, kLayers, sample.make));
        RS_ASSIGN(const std::size_t at, bench_.add(network, format, kBatch));
        matrix_.push_back({sample.kind, format, at});
      }
      RS_ASSIGN(const std::size_t one, bench_.add(dense, format, 1));
      RS_ASSIGN(const std::size_t many, bench_.add(dense, format, kDenseBatch));
      dense_.push_back({format, one, many});
    }
    for (const Sample& sample : other_samples()) {
      RS_ASSIGN(const Network without, in_a_row(sample.input, true, 0, sample.make));
      RS_ASSIGN(const Network with, in_a_row(sample.input, true, kLayers, sample.make));
      RS_ASSIGN(const std::size_t less, bench_.add(without, TimedFormat::kFp32, kBatch));
      RS_ASSIGN(const std::size_t more, bench_.add(with, TimedFormat::kFp32, kBatch));
      const double values = static_cast<double>(kLayers * element_count(with.output_shape()));
      other_.push_back({sample.kind, less, more, values});
    }
    return {};
  }

  Status round(const CancelToken* cancel) override { return bench_.round(cancel); }

  void write(v1::Platform* platform) const override {
    set_figure(bench_.seconds(start_) / kLayers, threads_, platform->mutable_launch_seconds_per_layer());
    add_matrix(platform);
    add_dense(platform);
    add_other(platform);
    mend_peaks(platform);
  }

 private:
  static constexpr std::int64_t kDenseBatch = 16;
  struct Matrix {
    std::string kind;
    TimedFormat format;
    std::size_t at;
  };
  struct Dense {
    TimedFormat format;
    std::size_t one, many;  // image, images
  };
  struct Other {
    std::string kind;
    std::size_t without, with;
    double values;
  };

  double start() const { return bench_.seconds(start_); }
  v1::LayerCeiling* add(const std::string& kind, v1::Platform* platform) const {
    v1::LayerCeiling* ceiling = platform->add_layer_ceilings();
    ceiling->set_operation(kind);
    return ceiling;
  }
  // What layers take beside being started, which the platform states apart.
  double beside_start(double seconds) const { return std::max(seconds - start(), seconds / 2); }

  void add_matrix(v1::Platform* platform) const {
    for (std::size_t i = 0; i < matrix_.size(); ++i) {
      if (i > 0 && matrix_[i].kind == matrix_[i - 1].kind && matrix_[i].format == matrix_[i - 1].format) continue;
      double ops = 0, seconds = 0;
      for (std::size_t k = i; k < matrix_.size(); ++k) {
        if (matrix_[k].kind != matrix_[i].kind || matrix_[k].format != matrix_[i].format) continue;
        ops += bench_.ops(matrix_[k].at) * static_cast<double>(kBatch * threads_);
        seconds += beside_start(bench_.seconds(matrix_[k].at));
      }
      v1::LayerCeiling* ceiling = add(matrix_[i].kind, platform);
      ceiling->set_format(std::string(format_name(matrix_[i].format)));
      set_figure(ops / seconds, threads_, ceiling->mutable_ops_per_second());
    }
  }

  // One image and many take the same time for the weights.
  void add_dense(v1::Platform* platform) const {
    for (const Dense& of : dense_) {
      const double one = bench_.seconds(of.one), many = bench_.seconds(of.many);
      const double image = std::max(many - one, many / kDenseBatch) / (kDenseBatch - 1);
      v1::LayerCeiling* ceiling = add("Gemm", platform);
      ceiling->set_format(std::string(format_name(of.format)));
      set_figure(bench_.ops(of.one) * threads_ / image, threads_, ceiling->mutable_ops_per_second());
      const double reading = std::max(beside_start(one) - image, one / 100);
      set_figure(bench_.weights(of.one) / reading, threads_, ceiling->mutable_weights_per_second());
    }
  }

  void add_other(v1::Platform* platform) const {
    for (const Other& of : other_) {
      const double seconds = bench_.seconds(of.with) - bench_.seconds(of.without);
      if (seconds <= 0) continue;  // done with the convolution, or too fast to be seen
      const auto images = static_cast<double>(kBatch * threads_);
      const double ops = bench_.ops(of.with) - bench_.ops(of.without);
      v1::LayerCeiling* ceiling = add(of.kind, platform);
      if (ops > 0)
        set_figure(ops * images / seconds, threads_, ceiling->mutable_ops_per_second());
      else
        set_figure(of.values * images / seconds, threads_, ceiling->mutable_values_per_second());
    }
  }

  int threads_;
  Bench bench_;
  std::size_t start_ = 0;
  std::vector<Matrix> matrix_;
  std::vector<Dense> dense_;
  std::vector<Other> other_;
};

}  // namespace

Result<std::unique_ptr<EngineCeilings>> EngineCeilings::create(int threads, const CancelToken* cancel) {
  auto ceilings = std::make_unique<Ceilings>(threads);
  RS_TRY(ceilings->prepare(cancel));
  return std::unique_ptr<EngineCeilings>(std::move(ceilings));
}

Status add_engine_ceilings(int threads, const CancelToken* cancel, v1::Platform* platform) {
  RS_ASSIGN(const auto ceilings, EngineCeilings::create(threads, cancel));
  for (int i = 0; i < EngineCeilings::kRounds; ++i) RS_TRY(ceilings->round(cancel));
  ceilings->write(platform);
  return {};
}

}  // namespace roofscape::server
