// Weight sharing: a layer's weights take a few values only, and each weight is an index into the list of them.
#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>

#include "analytics/approx/format_steps.h"
#include "analytics/approx/registry.h"
#include "analytics/approx/storage_choice.h"
#include "analytics/approx/weight_matrix.h"
#include "analytics/linear/k_means_1d.h"
#include "analytics/linear/least_squares.h"
#include "analytics/linear/sweep.h"

namespace roofscape::approx {
namespace {

// Rows that share one list of values.
struct Members {
  std::vector<double> values, weights;
  std::vector<std::pair<std::size_t, std::size_t>> rows;  // matrix, row
};

// A weight goes to the list's value whose centre, as k-means found it, is nearest.
struct List {
  std::vector<double> centres, values;  // centres ascending

  std::size_t index_of(double weight) const { return linear::nearest(centres, weight); }
};
// The list of each row: of matrix m, row r at [m][r].
using Lists = std::vector<std::vector<std::shared_ptr<List>>>;

// Zeros that pruning made are not stored, so they need no value in the list.
bool skips_zeros(const Layer& layer) { return layer.storage.is_sparse(); }

// G of a matrix, about the mean where the bias takes that back.
linear::Matrix gram_of(const WeightMatrix& matrix, bool about_mean) {
  return about_mean ? centred_gram(*matrix.moments, matrix.group) : matrix.gram();
}

// What a weight's squared error costs, by column.
std::vector<double> curvature(const WeightMatrix& matrix, bool about_mean) {
  const linear::Matrix gram = gram_of(matrix, about_mean);
  std::vector<double> weights(gram.columns);
  for (std::size_t c = 0; c < weights.size(); ++c) weights[c] = std::max(gram(c, c), 0.0);
  return weights;
}

void collect(const WeightMatrix& matrix, std::size_t row, const std::vector<double>& weights, bool skip_zeros,
             Members& members) {
  for (std::size_t c = 0; c < matrix.values.columns; ++c) {
    const double value = matrix.values(row, c);
    if (skip_zeros && value == 0) continue;
    members.values.push_back(value);
    if (!weights.empty()) members.weights.push_back(weights[c]);
  }
}

void find_list(Members& members, std::size_t clusters, Lists& lists) {
  auto list = std::make_shared<List>();
  if (!members.values.empty()) list->centres = linear::k_means_1d(members.values, members.weights, clusters).centres;
  list->values = list->centres;
  for (const auto& [matrix, row] : members.rows) lists[matrix][row] = list;
  members = {};
}

// Values as they are stored, so that equal ones are equal bit for bit.
double nearest_of(const List& list, double value) {
  return list.values.empty() ? value : static_cast<double>(static_cast<float>(list.values[list.index_of(value)]));
}

// Normal equations of one list: with d = w − values[index], Σ d·G·dᵀ is least for values + A⁻¹·b.
struct NormalEquations {
  explicit NormalEquations(std::size_t size) : a(size, size), b(size, 1) {}

  // Only weights that are shared have an error and a value to move.
  void add_row(std::span<const double> weights, const List& list, const linear::Matrix& gram, bool skip_zeros) {
    struct Shared {
      std::size_t column, index;
      double error;
    };
    std::vector<Shared> shared;
    for (std::size_t c = 0; c < weights.size(); ++c) {
      if (skip_zeros && weights[c] == 0) continue;
      const std::size_t index = list.index_of(weights[c]);
      shared.push_back({c, index, weights[c] - list.values[index]});
    }
    linear::Matrix sums(b.rows, weights.size());  // for each value, the rows of G of its weights
    for (const Shared& one : shared) {
      const std::span<const double> row = gram.row(one.column);
      const std::span<double> sum = sums.row(one.index);
      for (std::size_t c = 0; c < row.size(); ++c) sum[c] += row[c];
    }
    for (std::size_t k = 0; k < b.rows; ++k) {
      for (const Shared& one : shared) {
        a(k, one.index) += sums(k, one.column);
        b(k, 0) += sums(k, one.column) * one.error;
      }
    }
  }

  linear::Matrix a, b;
};

// Moves each list's values to where the layer's outputs miss least, weights staying with their value.
Status refit(const std::vector<WeightMatrix>& matrices, const Lists& lists, bool skip_zeros, bool about_mean) {
  std::map<List*, NormalEquations> equations;
  for (std::size_t m = 0; m < matrices.size(); ++m) {
    if (!matrices[m].moments) continue;
    const linear::Matrix gram = gram_of(matrices[m], about_mean);
    for (std::size_t r = 0; r < matrices[m].values.rows; ++r) {
      List& list = *lists[m][r];
      if (list.values.empty()) continue;
      equations.try_emplace(&list, list.values.size())
          .first->second.add_row(matrices[m].values.row(r), list, gram, skip_zeros);
    }
  }
  for (auto& [list, equation] : equations) {
    constexpr double kRidge = 1e-6;  // of the mean diagonal: values that hardly matter stay
    double trace = 0;
    for (std::size_t i = 0; i < equation.a.rows; ++i) trace += equation.a(i, i);
    const double ridge = kRidge * trace / static_cast<double>(equation.a.rows);
    if (!(ridge > 0)) continue;
    RS_ASSIGN(const linear::Matrix moves, linear::least_squares(equation.a, equation.b, ridge));
    for (std::size_t i = 0; i < list->values.size(); ++i) list->values[i] += moves(i, 0);
  }
  return {};
}

// Each weight to the value of its list that is nearest, or, with second-order rounding, nearest once the errors of the
// columns before it are made good.
Status assign(WeightMatrix& matrix, const std::vector<std::shared_ptr<List>>& lists, bool skip_zeros,
              bool second_order) {
  const linear::Mask frozen = linear::nonzero_mask(matrix.values);
  const auto value_at = [&](std::size_t row, std::size_t column, double value) {
    return skip_zeros && !frozen(row, column) ? 0.0 : nearest_of(*lists[row], value);
  };
  if (!second_order || !matrix.moments) {
    for (std::size_t r = 0; r < matrix.values.rows; ++r)
      for (std::size_t c = 0; c < matrix.values.columns; ++c) matrix.values(r, c) = value_at(r, c, matrix.values(r, c));
    return {};
  }
  linear::SweepOptions options;
  options.rule = [&](std::size_t column, std::span<const double> values, std::span<double> result) {
    for (std::size_t row = 0; row < values.size(); ++row) result[row] = value_at(row, column, values[row]);
  };
  if (skip_zeros) options.frozen = &frozen;
  options.descending = true;
  RS_ASSIGN(const CurvaturePtr curvature, matrix.curvature(CurvatureOrder::kDescending));
  RS_ASSIGN(linear::Swept swept, linear::sweep(matrix.values, curvature->hessian, curvature->factor, options));
  matrix.values = std::move(swept.weights);
  return {};
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
                                 {"plain", "hessian"}, "plain")
                    .about_values_alone(),
                KnobSpec::choice(
                    "rounding",
                    "nearest: each weight takes the nearest value; second-order: the nearest once the errors "
                    "of weights before it are made good",
                    {"nearest", "second-order"}, "nearest")
                    .about_values_alone(),
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
  bool needs_moments(const Knobs& knobs) const override {
    return word(knobs, "weighting") == "hessian" || word(knobs, "rounding") == "second-order";
  }
  Effects effects(const Knobs&) const override { return {.decides = Aspect::kTies, .undoes = {}}; }

  Result<Draft> apply(const Draft& draft, LayerId id, const Knobs& knobs, std::uint64_t) const override {
    return with_changed_layer(draft, id, [&](Layer& layer) -> Status {
      const TensorPtr original = layer.constants[0];
      RS_TRY(share_layer(draft, layer, knobs));
      layer.storage.values = Storage::Values::kCodebook;
      layer.storage.codebook_entries = whole_number(knobs, "clusters");
      layer.storage.codebook_rows = whole_number(knobs, "rows");
      layer.storage = smallest_storage(layer);
      return correct_weights(draft, layer, original, {.range = {}, .bias_correction = flag(knobs, "bias_correction")});
    });
  }

 private:
  static Status share_layer(const Draft& draft, Layer& layer, const Knobs& knobs) {
    std::vector<WeightMatrix> matrices = weight_matrices(draft, layer);
    const bool skip_zeros = skips_zeros(layer);
    const Lists lists = find_lists(layer, matrices, knobs);
    const bool nearest = word(knobs, "rounding") == "nearest";
    if (word(knobs, "weighting") == "hessian" && nearest)
      RS_TRY(refit(matrices, lists, skip_zeros, flag(knobs, "bias_correction")));
    std::vector<std::vector<float>> values;
    for (std::size_t i = 0; i < weight_count(layer); ++i) values.emplace_back(layer.constants[i]->values().size());
    for (std::size_t m = 0; m < matrices.size(); ++m) {
      RS_TRY(assign(matrices[m], lists[m], skip_zeros, !nearest));
      matrices[m].write_to(values[matrices[m].constant]);
    }
    for (std::size_t i = 0; i < values.size(); ++i)
      layer.constants[i] = make_tensor(layer.constants[i]->shape(), std::move(values[i]));
    return {};
  }

  static Lists find_lists(const Layer& layer, const std::vector<WeightMatrix>& matrices, const Knobs& knobs) {
    const auto clusters = static_cast<std::size_t>(whole_number(knobs, "clusters"));
    const auto rows = static_cast<std::size_t>(whole_number(knobs, "rows"));
    const bool hessian = word(knobs, "weighting") == "hessian";
    Lists lists;
    for (const WeightMatrix& matrix : matrices) lists.emplace_back(matrix.values.rows);
    Members members;
    for (std::size_t m = 0; m < matrices.size(); ++m) {
      if (m > 0 && matrices[m].constant != matrices[m - 1].constant) find_list(members, clusters, lists);
      const std::vector<double> weights = hessian && matrices[m].moments
                                              ? curvature(matrices[m], flag(knobs, "bias_correction"))
                                              : std::vector<double>();
      for (std::size_t r = 0; r < matrices[m].values.rows; ++r) {
        collect(matrices[m], r, weights, skips_zeros(layer), members);
        members.rows.emplace_back(m, r);
        if (rows > 0 && members.rows.size() == rows) find_list(members, clusters, lists);
      }
    }
    find_list(members, clusters, lists);
    return lists;
  }
};

}  // namespace

const Method& share_method() {
  static const Share kMethod;
  return kMethod;
}

}  // namespace roofscape::approx
