// Weight sharing: a layer's weights take a few values only, and each weight is an index into the list of them.
#include <algorithm>
#include <cmath>
#include <set>

#include "analytics/approx/format_steps.h"
#include "analytics/approx/registry.h"
#include "analytics/approx/storage_choice.h"
#include "analytics/approx/weight_matrix.h"
#include "analytics/linear/k_means_1d.h"

namespace roofscape::approx {
namespace {

// Values of some rows, with the curvature of their columns where that counts.
struct Members {
  std::vector<double> values, weights;
  std::vector<std::pair<std::size_t, std::size_t>> places;  // matrix, index within it
};

// Zeros that pruning made are not stored, so they need no value in the list.
bool skips_zeros(const Layer& layer) { return layer.storage.is_sparse(); }

void share_members(std::vector<WeightMatrix>& matrices, const Members& members, std::size_t clusters) {
  if (members.values.empty()) return;
  const linear::Clusters found = linear::k_means_1d(members.values, members.weights, clusters);
  for (std::size_t i = 0; i < members.values.size(); ++i) {
    const auto [matrix, index] = members.places[i];
    const double centre = found.centres[linear::nearest(found.centres, members.values[i])];
    matrices[matrix].values.values[index] = centre;
  }
}

void collect(const WeightMatrix& matrix, std::size_t number, std::size_t row, bool hessian, bool skip_zeros,
             Members& members) {
  const std::size_t columns = matrix.values.columns;
  for (std::size_t c = 0; c < columns; ++c) {
    const double value = matrix.values(row, c);
    if (skip_zeros && value == 0) continue;
    members.values.push_back(value);
    members.places.emplace_back(number, row * columns + c);
    if (hessian) {
      const std::span<const double> sums = matrix.moments->sums_of(matrix.group);
      members.weights.push_back(sums[c * columns + c]);
    }
  }
}

class Share final : public Method {
 public:
  const MethodInfo& info() const override {
    static const MethodInfo kInfo{
        .id = "share",
        .version = 1,
        .stage = Stage::kSharing,
        .summary = "Few values a layer, found by exact k-means on the line; each weight is an index into their list.",
        .knobs =
            {
                KnobSpec::integer("clusters", "Values in the list", 2, 4096, 16),
                KnobSpec::choice("weighting",
                                 "plain: least squared error of the weights; hessian: weighted by what each weight is "
                                 "multiplied with",
                                 {"plain", "hessian"}, "plain"),
                KnobSpec::integer("rows", "Rows of the weight matrix that share a list; 0: all of a tensor", 0, 1024,
                                  0),
                KnobSpec::flag("bias_correction", "Whether biases take back the mean error of the weights", true),
            },
    };
    return kInfo;
  }

  MaybeDecline applies(const Network& network, LayerId id) const override {
    return declines_weights(info().id, network, id);
  }
  MaybeDecline accepts(const Network& network, LayerId id, const Knobs& knobs) const override {
    const Layer& layer = network.layer(id);
    if (whole_number(knobs, "rows") > 0 && layer.as<op::ConvTranspose>())
      return Decline{info().id, DeclineReason::kStructure,
                     "rows of a transposed convolution are input channels, which cannot share a list; use rows: 0"};
    return needs_moments(knobs) ? declines_moments(info().id, layer) : MaybeDecline();
  }
  bool needs_moments(const Knobs& knobs) const override { return word(knobs, "weighting") == "hessian"; }
  Effects effects(const Knobs&) const override { return {.decides = Aspect::kTies, .undoes = {}}; }

  Result<Draft> apply(const Draft& draft, LayerId id, const Knobs& knobs, std::uint64_t) const override {
    return with_changed_layer(draft, id, [&](Layer& layer) -> Status {
      const TensorPtr original = layer.constants[0];
      share_layer(draft, layer, knobs);
      layer.storage.values = Storage::Values::kCodebook;
      layer.storage.codebook_entries = whole_number(knobs, "clusters");
      layer.storage.codebook_rows = whole_number(knobs, "rows");
      layer.storage = smallest_storage(layer);
      return correct_weights(draft, layer, original, {.range = {}, .bias_correction = flag(knobs, "bias_correction")});
    });
  }

 private:
  static void share_layer(const Draft& draft, Layer& layer, const Knobs& knobs) {
    const auto clusters = static_cast<std::size_t>(whole_number(knobs, "clusters"));
    const auto rows = static_cast<std::size_t>(whole_number(knobs, "rows"));
    const bool skip_zeros = skips_zeros(layer);
    std::vector<WeightMatrix> matrices = weight_matrices(draft, layer);
    for (std::size_t constant = 0; constant < weight_count(layer); ++constant) {
      Members members;
      std::size_t collected = 0;
      std::vector<float> values(layer.constants[constant]->values().size());
      for (std::size_t m = 0; m < matrices.size(); ++m) {
        if (matrices[m].constant != constant) continue;
        const bool hessian = word(knobs, "weighting") == "hessian" && matrices[m].moments != nullptr;
        for (std::size_t r = 0; r < matrices[m].values.rows; ++r) {
          collect(matrices[m], m, r, hessian, skip_zeros, members);
          if (rows == 0 || ++collected % rows != 0) continue;
          share_members(matrices, members, clusters);
          members = {};
        }
      }
      share_members(matrices, members, clusters);
      for (const WeightMatrix& matrix : matrices)
        if (matrix.constant == constant) matrix.write_to(values);
      layer.constants[constant] = make_tensor(layer.constants[constant]->shape(), std::move(values));
    }
  }
};

}  // namespace

const Method& share_method() {
  static const Share kMethod;
  return kMethod;
}

}  // namespace roofscape::approx
