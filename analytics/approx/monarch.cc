// Monarch: two block-diagonal factors with a permutation between them, as grouped convolutions of one tap.
//
// The weight is seen as a grid of blocks. Input block a and output group l meet in one number, u[l, a] = R_a[l]·x_a,
// and outputs are y_l = L_l·u[l]: each block of the grid has rank 1, and the best one is known in closed form.
#include <algorithm>
#include <numeric>

#include "analytics/approx/layer_split.h"
#include "analytics/approx/registry.h"
#include "analytics/approx/weight_matrix.h"
#include "analytics/base/text.h"
#include "analytics/linear/low_rank.h"
#include "analytics/linear/product.h"

namespace roofscape::approx {
namespace {

using linear::Matrix;
using Moments = std::shared_ptr<const SecondMoments>;
using Statistics = std::shared_ptr<const ValueStatistics>;

std::int64_t signed_of(std::size_t count) { return static_cast<std::int64_t>(count); }

// `size` in `count` blocks of `each`; the last may reach beyond the end.
struct Blocks {
  std::size_t size = 0, each = 0, count = 0;
  Blocks(std::size_t whole, std::size_t wanted)
      : size(whole), each((whole + wanted - 1) / wanted), count((whole + each - 1) / each) {}
  std::size_t padded() const { return each * count; }
};

Matrix block_of(const Matrix& matrix, std::size_t top, std::size_t left, std::size_t rows, std::size_t columns) {
  Matrix block(rows, columns);
  for (std::size_t i = 0; i < std::min(rows, matrix.rows - std::min(top, matrix.rows)); ++i)
    for (std::size_t j = 0; j < std::min(columns, matrix.columns - std::min(left, matrix.columns)); ++j)
      block(i, j) = matrix(top + i, left + j);
  return block;
}

struct Factors {
  Matrix right;              // [a·groups + l, column within a]
  Matrix left;               // [row, a]
  std::vector<Matrix> maps;  // of each group: x → u[l], [a, column]

  // The weight for which they stand.
  Matrix product(const Blocks& out) const {
    Matrix whole(out.size, maps[0].columns);
    for (std::size_t row = 0; row < out.size; ++row)
      for (std::size_t a = 0; a < left.columns; ++a)
        for (std::size_t i = 0; i < whole.columns; ++i) whole(row, i) += left(row, a) * maps[row / out.each](a, i);
    return whole;
  }
};

// Of weights [outputs, inputs]; `gram` is empty where the weights' own error counts.
Result<Factors> factors_of(const Matrix& weights, const Blocks& in, const Blocks& out, const Matrix& gram) {
  const bool whitened = gram.rows > 0;
  Factors factors{Matrix(in.count * out.count, in.each), Matrix(out.padded(), in.count), {}};
  for (std::size_t l = 0; l < out.count; ++l) {
    Matrix map(in.count, in.size);
    Matrix left(out.each, in.count);
    for (std::size_t a = 0; a < in.count; ++a) {
      const Matrix block = block_of(weights, l * out.each, a * in.each, out.each, in.each);
      auto spectrum = whitened
                          ? linear::whitened_spectrum(block, block_of(gram, a * in.each, a * in.each, in.each, in.each))
                          : linear::plain_spectrum(block);
      if (!spectrum.ok()) return spectrum.status();
      const linear::Factors one = spectrum->factors(1);
      for (std::size_t j = 0; j < in.each; ++j) {
        factors.right(a * out.count + l, j) = one.right(0, j);
        if (a * in.each + j < in.size) map(a, a * in.each + j) = one.right(0, j);
      }
      for (std::size_t i = 0; i < out.each; ++i) left(i, a) = one.left(i, 0);
    }
    if (whitened) left = linear::refitted(block_of(weights, l * out.each, 0, out.each, in.size), left, map, gram);
    for (std::size_t i = 0; i < out.each; ++i)
      for (std::size_t a = 0; a < in.count; ++a) factors.left(l * out.each + i, a) = left(i, a);
    factors.maps.push_back(std::move(map));
  }
  return factors;
}

// Moments of each block of columns by itself: a group each, the last filled up with zeros.
Moments block_moments(const SecondMoments& all, const Blocks& in) {
  SecondMoments result{.groups = signed_of(in.count), .columns = signed_of(in.each), .samples = all.samples};
  const std::span<const double> sums = all.sums_of(0);
  const std::span<const double> totals = all.totals_of(0);
  for (std::size_t a = 0; a < in.count; ++a) {
    for (std::size_t i = a * in.each; i < (a + 1) * in.each; ++i) {
      for (std::size_t j = a * in.each; j < (a + 1) * in.each; ++j)
        result.sums.push_back(i < in.size && j < in.size ? sums[i * in.size + j] : 0);
      result.totals.push_back(i < in.size ? totals[i] : 0);
    }
  }
  return std::make_shared<const SecondMoments>(std::move(result));
}

// Of the second factor: a group for each of its own, columns u[l].
Moments mapped_moments(const SecondMoments& all, const std::vector<Matrix>& maps) {
  SecondMoments result{.groups = signed_of(maps.size()), .columns = signed_of(maps[0].rows), .samples = all.samples};
  for (const Matrix& map : maps) {
    const SecondMoments one = moments_through(all, 0, map);
    result.sums.insert(result.sums.end(), one.sums.begin(), one.sums.end());
    result.totals.insert(result.totals.end(), one.totals.begin(), one.totals.end());
  }
  return std::make_shared<const SecondMoments>(std::move(result));
}

// The same values with their channels along axis 0, filled up with zeros to `count`.
Statistics with_channels(const Statistics& all, std::size_t size, std::size_t count) {
  if (!all) return nullptr;
  auto result = std::make_shared<ValueStatistics>(*all);
  if (all->channel_mean.size() != size) {  // counted along another axis
    const double sum = std::accumulate(all->channel_mean.begin(), all->channel_mean.end(), 0.0);
    const auto channels = static_cast<double>(std::max<std::size_t>(all->channel_mean.size(), 1));
    result->channel_mean.assign(size, sum / channels);
    result->channel_min.assign(size, all->min);
    result->channel_max.assign(size, all->max);
  }
  result->channel_mean.resize(count, 0);
  result->channel_min.resize(count, 0);
  result->channel_max.resize(count, 0);
  if (count > size) {
    result->min = std::min(result->min, 0.0F);
    result->max = std::max(result->max, 0.0F);
  }
  return result;
}

Statistics statistics_of(const Draft& draft, const std::string& layer) {
  const auto found = draft.calibration.values.find(layer);
  return found == draft.calibration.values.end() ? nullptr : found->second;
}

TensorPtr tensor_of(Shape shape, const Matrix& matrix) {
  return make_tensor(std::move(shape), std::vector<float>(matrix.values.begin(), matrix.values.end()));
}

// Puts the split's layers together.
class Builder {
 public:
  Builder(const Draft& draft, LayerId id, const Blocks& in, const Blocks& out)
      : draft_(draft), layer_(draft.network.layer(id)), in_(in), out_(out) {
    const Layer& source = draft.network.layer(layer_.inputs[0]);
    input_ = source.output_shape;
    read_ = statistics_of(draft, source.name);
    written_ = statistics_of(draft, layer_.name);
  }

  // `corrected` has the bias.
  Split build(const Factors& factors, const Moments& moments, const Layer& corrected) && {
    enter();
    op::Conv blocks;
    if (const auto* conv = layer_.as<op::Conv>()) {
      blocks.stride = conv->stride;
      blocks.pad = conv->pad;
    }
    blocks.groups = signed_of(in_.count);
    const std::size_t inner = in_.count * out_.count;
    Piece& first = add(split_.before, "blocks", blocks);
    first.layer.constants = {tensor_of({signed_of(inner), signed_of(in_.each), 1, 1}, factors.right)};
    Moments mapped;
    ChannelSpread spread;  // group by group: as the second factor reads it
    if (moments) {
      first.moments = block_moments(*moments, in_);
      mapped = mapped_moments(*moments, factors.maps);
      spread = spread_of(*mapped);
    } else if (read_) {
      for (const Matrix& map : factors.maps) {
        const ChannelSpread group = assumed_spread(*read_, 1, map);
        spread.mean.insert(spread.mean.end(), group.mean.begin(), group.mean.end());
        spread.variance.insert(spread.variance.end(), group.variance.begin(), group.variance.end());
      }
    }
    // u comes block by block and is read group by group.
    op::Gather permute{.axis = 0, .indices = {}, .indices_shape = {signed_of(inner)}};
    ChannelSpread made = spread;
    for (std::size_t l = 0; l < out_.count; ++l) {
      for (std::size_t a = 0; a < in_.count; ++a) {
        permute.indices.push_back(signed_of(a * out_.count + l));
        if (spread.mean.empty()) continue;
        made.mean[a * out_.count + l] = spread.mean[l * in_.count + a];
        made.variance[a * out_.count + l] = spread.variance[l * in_.count + a];
      }
    }
    const Shape planes = {signed_of(inner), 1, 1};
    if (!spread.mean.empty()) first.values = normal_statistics(made, planes, 0);
    Piece& permuted = add(split_.before, "permuted", std::move(permute));
    if (!spread.mean.empty()) permuted.values = normal_statistics(spread, planes, 0);

    op::Conv groups;
    groups.groups = signed_of(out_.count);
    Layer last = make_layer(layer_.name, groups,
                            {tensor_of({signed_of(out_.padded()), signed_of(in_.count), 1, 1}, factors.left)});
    last.constants.push_back(padded_bias(corrected));
    split_.last = {std::move(last), with_channels(written_, out_.size, out_.padded()), mapped};
    leave();
    return std::move(split_);
  }

 private:
  Piece& add(std::vector<Piece>& pieces, std::string_view suffix, Operation operation) {
    pieces.push_back({make_layer(part_name(draft_.network, layer_, suffix), std::move(operation))});
    return pieces.back();
  }

  // A dense layer's vectors become planes of channels; channels are filled up to whole blocks.
  void enter() {
    const Statistics channels = with_channels(read_, in_.size, in_.size);
    if (layer_.as<op::Dense>()) {
      if (input_.size() > 1) {
        op::Transpose turn;
        turn.permutation.push_back(signed_of(input_.size()) - 1);
        for (std::size_t axis = 0; axis + 1 < input_.size(); ++axis) turn.permutation.push_back(signed_of(axis));
        add(split_.before, "turned", std::move(turn)).values = channels;
      }
      vectors_ = element_count(input_) / signed_of(in_.size);
      add(split_.before, "planes", op::Reshape{{signed_of(in_.size), vectors_, 1}}).values = channels;
    }
    if (in_.padded() == in_.size) return;
    op::Pad pad{.before = {0, 0, 0}, .after = {signed_of(in_.padded() - in_.size), 0, 0}};
    add(split_.before, "padded", std::move(pad)).values = with_channels(read_, in_.size, in_.padded());
  }

  void leave() {
    if (out_.padded() != out_.size) {
      Shape size = layer_.output_shape;
      if (layer_.as<op::Dense>()) size = {signed_of(out_.size), vectors_, 1};
      op::Slice cut{.start = {0, 0, 0}, .size = size, .step = {1, 1, 1}};
      add(split_.after, "cut", std::move(cut)).values = with_channels(written_, out_.size, out_.size);
    }
    if (layer_.as<op::Dense>()) {
      const Shape& wanted = layer_.output_shape;
      Shape turned = {wanted.back()};
      turned.insert(turned.end(), wanted.begin(), wanted.end() - 1);
      add(split_.after, "vectors", op::Reshape{turned}).values = written_;
      if (wanted.size() > 1) {
        op::Transpose back;
        for (std::size_t axis = 1; axis < wanted.size(); ++axis) back.permutation.push_back(signed_of(axis));
        back.permutation.push_back(0);
        add(split_.after, "turned_back", std::move(back)).values = written_;
      }
    }
  }

  TensorPtr padded_bias(const Layer& corrected) const {
    if (corrected.constants.size() < 2 || !corrected.constants[1]) return nullptr;
    const std::span<const float> bias = corrected.constants[1]->values();
    std::vector<float> values(bias.begin(), bias.end());
    values.resize(out_.padded(), 0.0F);
    return make_tensor({signed_of(out_.padded())}, std::move(values));
  }

  const Draft& draft_;
  const Layer& layer_;
  const Blocks in_, out_;
  Shape input_;
  Statistics read_, written_;  // of what the layer reads and writes
  std::int64_t vectors_ = 1;   // of a dense layer
  Split split_{};
};

MaybeDecline decline(DeclineReason reason, std::string because) {
  return Decline{"monarch", reason, std::move(because)};
}

class Monarch final : public Method {
 public:
  const MethodInfo& info() const override {
    static const MethodInfo kInfo{
        .id = "monarch",
        .version = 1,
        .stage = Stage::kStructure,
        .summary = "Puts two block-diagonal factors with a permutation between them in the place of a weight.",
        .knobs =
            {
                KnobSpec::integer("blocks", "Blocks of each factor; 1 leaves the layer alone", 1, 16, 4),
                KnobSpec::flag("whitened",
                               "Whether the error of the outputs on the calibration images is minimised, not that of "
                               "the weights",
                               true),
                KnobSpec::flag("bias_correction", "Whether the bias takes back the mean of the error", true),
            },
        .identity = {{"blocks", 1.0}},
    };
    return kInfo;
  }

  MaybeDecline applies(const Network& network, LayerId id) const override {
    if (MaybeDecline declined = declines_split(info().id, network, id)) return declined;
    const Layer& layer = network.layer(id);
    const Shape& shape = layer.weight()->shape();
    if (layer.as<op::Conv>()) {
      if (shape[2] == 1 && shape[3] == 1) return {};
      return decline(DeclineReason::kShape,
                     fmt::format("its kernel is {} × {}; take 1 × 1 convolutions or Gemm", shape[2], shape[3]));
    }
    if (layer.as<op::Dense>()) return {};
    return decline(DeclineReason::kOperation,
                   operation_name(layer.operation) + " has no Monarch form; take 1 × 1 convolutions or Gemm");
  }
  MaybeDecline accepts(const Network& network, LayerId id, const Knobs& knobs) const override {
    const std::int64_t blocks = whole_number(knobs, "blocks");
    if (blocks == 1) return {};
    const Shape& shape = network.layer(id).weight()->shape();
    if (std::min(shape[0], shape[1]) < blocks)
      return decline(DeclineReason::kKnob, fmt::format("its weight [{}, {}] cannot be cut into {} blocks a side",
                                                       shape[0], shape[1], blocks));
    if (flag(knobs, "whitened")) return declines_moments(info().id, network.layer(id));
    return {};
  }
  // Plain factors take them for the statistics of what lies between.
  bool needs_moments(const Knobs& knobs) const override { return whole_number(knobs, "blocks") != 1; }
  Effects effects(const Knobs& knobs) const override {
    if (whole_number(knobs, "blocks") == 1) return {};
    return {.decides = Aspect::kFactors, .undoes = {}};
  }

  Result<Draft> apply(const Draft& draft, LayerId id, const Knobs& knobs, std::uint64_t) const override {
    const auto blocks = static_cast<std::size_t>(whole_number(knobs, "blocks"));
    if (blocks == 1) return draft;
    if (const MaybeDecline declined = accepts(draft.network, id, knobs))
      return failed_precondition("{}", declined->because);
    const Layer& layer = draft.network.layer(id);
    const WeightMatrix matrix = weight_matrices(draft, layer)[0];
    const bool whitened = flag(knobs, "whitened");
    if (whitened && !matrix.moments)
      return failed_precondition("there are no second moments of what '{}' reads; calibrate with them",
                                 printable(layer.name));
    const Blocks in(matrix.values.columns, blocks);
    const Blocks out(matrix.values.rows, blocks);
    const bool corrects_bias = flag(knobs, "bias_correction") && matrix.moments;
    Matrix gram;
    if (whitened) gram = corrects_bias ? centred_gram(*matrix.moments) : matrix.gram();
    RS_ASSIGN(const Factors factors, factors_of(matrix.values, in, out, gram));
    Layer corrected = layer;
    if (corrects_bias) take_back_mean(corrected, matrix.values, factors.product(out), *matrix.moments);
    return split_layer(draft, id, Builder(draft, id, in, out).build(factors, matrix.moments, corrected));
  }
};

}  // namespace

const Method& monarch_method() {
  static const Monarch kMethod;
  return kMethod;
}

}  // namespace roofscape::approx
