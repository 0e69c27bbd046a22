// Block-circulant weights: a block of b × b weights holds b values, and its product is a cyclic convolution.
#include "analytics/approx/format_steps.h"
#include "analytics/approx/layer_split.h"
#include "analytics/approx/registry.h"
#include "analytics/approx/storage_choice.h"
#include "analytics/approx/weight_matrix.h"
#include "analytics/base/text.h"
#include "analytics/network/packed/positions.h"

namespace roofscape::approx {
namespace {

bool by_hessian(const Knobs& knobs) { return word(knobs, "weighting") == "hessian"; }

// How much each weight's change counts: all alike, or with Σ x² of what it is multiplied with.
Result<std::vector<std::vector<double>>> importances(const Draft& draft, const Layer& layer, bool hessian) {
  std::vector<std::vector<double>> result;
  for (std::size_t i = 0; i < weight_count(layer); ++i)
    result.emplace_back(static_cast<std::size_t>(layer.constants[i]->size()), 1.0);
  if (!hessian) return result;
  for (const WeightMatrix& matrix : weight_matrices(draft, layer)) {
    if (!matrix.moments)
      return failed_precondition("there are no second moments of what '{}' reads; calibrate with them",
                                 printable(layer.name));
    const std::span<const double> sums = matrix.moments->sums_of(matrix.group);
    for (std::size_t row = 0; row < matrix.values.rows; ++row)
      for (std::size_t column = 0; column < matrix.values.columns; ++column)
        result[matrix.constant][matrix.element(row, column)] = sums[column * matrix.values.columns + column];
  }
  return result;
}

// Each weight becomes the mean of those that share its code; where none of them counts, the plain mean.
TensorPtr projected(const Tensor& tensor, bool stacked, const Storage& storage, const std::vector<double>& importance) {
  struct Mean {
    double weighted = 0, importance = 0, sum = 0, count = 0;
  };
  const std::vector<std::uint32_t> slots =
      packed::circulant_slots(packed::matrix_shape(tensor.shape(), stacked), storage);
  std::vector<Mean> means;
  for (std::size_t place = 0; place < slots.size(); ++place) {
    if (slots[place] >= means.size()) means.resize(slots[place] + 1);
    Mean& mean = means[slots[place]];
    const auto value = static_cast<double>(tensor.values()[place]);
    mean.weighted += importance[place] * value;
    mean.importance += importance[place];
    mean.sum += value;
    mean.count += 1;
  }
  std::vector<float> values(slots.size());
  for (std::size_t place = 0; place < slots.size(); ++place) {
    const Mean& mean = means[slots[place]];
    values[place] = static_cast<float>(mean.importance > 0 ? mean.weighted / mean.importance : mean.sum / mean.count);
  }
  return make_tensor(tensor.shape(), std::move(values));
}

class Circulant final : public Method {
 public:
  const MethodInfo& info() const override {
    static const MethodInfo kInfo{
        .id = "circulant",
        .version = 1,
        .stage = Stage::kSharing,
        .summary = "Makes each block of b × b weights circulant: b values, multiplied by way of their spectra.",
        .knobs =
            {
                KnobSpec::integer("block", "Rows and columns of a block; 1 leaves the layer alone", 1, 2, 4)
                    .or_also(4)
                    .or_also(8)
                    .or_also(16)
                    .or_also(32)
                    .or_also(64),
                KnobSpec::choice("weighting",
                                 "plain: the weights move least; hessian: each weight counts with the square of what "
                                 "it is multiplied with",
                                 {"plain", "hessian"}, "plain")
                    .about_values_alone(),
                KnobSpec::flag("bias_correction", "Whether biases take back the mean error of the weights", true),
            },
        .identity = {{"block", 1.0}},
    };
    return kInfo;
  }

  MaybeDecline applies(const Network& network, LayerId id) const override {
    return declines_split(info().id, network, id);
  }
  MaybeDecline accepts(const Network& network, LayerId id, const Knobs& knobs) const override {
    return needs_moments(knobs) ? declines_moments(info().id, network.layer(id)) : MaybeDecline();
  }
  bool needs_moments(const Knobs& knobs) const override {
    return whole_number(knobs, "block") > 1 && by_hessian(knobs);
  }
  Effects effects(const Knobs& knobs) const override {
    if (whole_number(knobs, "block") == 1) return {};
    return {.decides = Aspects(Aspect::kFactors) | Aspect::kTies, .undoes = Aspect::kZeros};
  }

  Result<Draft> apply(const Draft& draft, LayerId id, const Knobs& knobs, std::uint64_t) const override {
    const int block = whole_number(knobs, "block");
    if (block == 1) return draft;
    return with_changed_layer(draft, id, [&](Layer& layer) -> Status {
      RS_ASSIGN(const auto importance, importances(draft, layer, by_hessian(knobs)));
      const TensorPtr original = layer.constants[0];
      layer.storage.encoding = Storage::Encoding::kCirculant;
      layer.storage.block_rows = block;
      for (std::size_t i = 0; i < weight_count(layer); ++i)
        layer.constants[i] =
            projected(*layer.constants[i], layer.as<op::Recurrent>() != nullptr, layer.storage, importance[i]);
      RS_TRY(correct_weights(draft, layer, original, {.bias_correction = flag(knobs, "bias_correction")}));
      // Small layers may fill so little of their blocks that circulant ones take more.
      layer.storage = smallest_storage(layer);
      return {};
    });
  }
};

}  // namespace

const Method& circulant_method() {
  static const Circulant kMethod;
  return kMethod;
}

}  // namespace roofscape::approx
