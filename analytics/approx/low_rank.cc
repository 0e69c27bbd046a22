// Low rank: a weight becomes a product of thin ones, each a layer of its own.
//
// Three forms: SVD of the weight as a matrix; spatial, a column of taps and then a row of them; Tucker-2, the channels
// of both sides. Each minimises the error of the outputs, as the moments of the inputs tell it, or that of the weights.
#include "analytics/linear/low_rank.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "analytics/approx/layer_split.h"
#include "analytics/approx/rank_budget.h"
#include "analytics/approx/registry.h"
#include "analytics/approx/weight_matrix.h"
#include "analytics/base/text.h"
#include "analytics/linear/product.h"

namespace roofscape::approx {
namespace {

using linear::Factors;
using linear::Matrix;
using linear::Spectrum;
using Moments = std::shared_ptr<const SecondMoments>;

constexpr double kLeastShare = 0.05;

// A weight [O, C, kh, kw]; a matrix is one of a single tap.
struct Kernel {
  std::size_t outputs = 0, inputs = 0, height = 1, width = 1;
  std::size_t taps() const { return height * width; }
};

Kernel kernel_of(const Layer& layer, const Matrix& weights) {
  if (!layer.as<op::Conv>()) return {weights.rows, weights.columns};
  const Shape& shape = layer.weight()->shape();
  return {static_cast<std::size_t>(shape[0]), static_cast<std::size_t>(shape[1]), static_cast<std::size_t>(shape[2]),
          static_cast<std::size_t>(shape[3])};
}

// What is known of a layer before a rank is chosen.
struct Problem {
  Kernel kernel;
  Matrix weights;   // as weight_matrices() gives it
  Moments moments;  // of what its columns are multiplied with; null where they are not kept
  bool whitened = false;
  bool corrects_bias = false;
  Matrix gram;  // whitened only

  // Of one group: about the mean where the bias takes that back.
  Matrix gram_of(const SecondMoments& all) const {
    if (corrects_bias) return centred_gram(all);
    Matrix sums(static_cast<std::size_t>(all.columns), static_cast<std::size_t>(all.columns));
    sums.values = all.sums;
    return sums;
  }
  void correct_bias(Layer& layer, const Matrix& approximation) const {
    if (corrects_bias) take_back_mean(layer, weights, approximation, *moments);
  }
};

Result<Problem> problem_of(const Draft& draft, const Layer& layer, const Knobs& knobs) {
  std::vector<WeightMatrix> matrices = weight_matrices(draft, layer);
  Problem problem;
  problem.whitened = flag(knobs, "whitened");
  problem.moments = matrices[0].moments;
  problem.corrects_bias = flag(knobs, "bias_correction") && problem.moments && !layer.as<op::ConvTranspose>();
  if (problem.whitened) {
    if (!problem.moments)
      return failed_precondition("there are no second moments of what '{}' reads; calibrate with them",
                                 printable(layer.name));
    problem.gram = problem.gram_of(*problem.moments);
  }
  problem.kernel = kernel_of(layer, matrices[0].values);
  problem.weights = std::move(matrices[0].values);
  return problem;
}

Result<Spectrum> spectrum_of(const Matrix& weights, const Problem& problem, const Matrix& gram) {
  return problem.whitened ? linear::whitened_spectrum(weights, gram) : linear::plain_spectrum(weights);
}

// What is split must have two sides; full rank is left to a share of 1.
std::size_t rank_at(double share, std::size_t full) {
  constexpr double kSlack = 1e-9;  // shares are quotients
  return std::max<std::size_t>(1, static_cast<std::size_t>(std::floor(share * static_cast<double>(full) + kSlack)));
}

// The square root of each singular value goes to either side, so that number formats find room on both.
Factors balanced(const Spectrum& spectrum, std::size_t rank) {
  constexpr double kLeast = 1e-4;
  Factors factors = spectrum.factors(rank);
  for (std::size_t k = 0; k < rank; ++k) {
    const double largest = spectrum.squares()[0];
    const double scale = largest > 0 ? std::max(std::pow(spectrum.squares()[k] / largest, 0.25), kLeast) : 1;
    for (double& value : factors.right.row(k)) value /= scale;
    for (std::size_t i = 0; i < factors.left.rows; ++i) factors.left(i, k) *= scale;
  }
  return factors;
}

TensorPtr tensor_of(Shape shape, const Matrix& matrix) {
  return make_tensor(std::move(shape), std::vector<float>(matrix.values.begin(), matrix.values.end()));
}

std::int64_t signed_of(std::size_t count) { return static_cast<std::int64_t>(count); }

// Windows of `moments` over single taps, or over columns of taps.
std::vector<std::vector<std::int64_t>> tap_windows(const Kernel& kernel) {
  std::vector<std::vector<std::int64_t>> windows(kernel.taps());
  for (std::size_t tap = 0; tap < kernel.taps(); ++tap)
    for (std::size_t c = 0; c < kernel.inputs; ++c) windows[tap].push_back(signed_of(c * kernel.taps() + tap));
  return windows;
}
std::vector<std::vector<std::int64_t>> column_windows(const Kernel& kernel) {
  std::vector<std::vector<std::int64_t>> windows(kernel.width);
  for (std::size_t j = 0; j < kernel.width; ++j)
    for (std::size_t row = 0; row < kernel.inputs * kernel.height; ++row)
      windows[j].push_back(signed_of(row * kernel.width + j));
  return windows;
}

// A way to take a weight apart, at any rank. A share of 1 is never asked of it.
class Form {
 public:
  virtual ~Form() = default;
  // Ranks differ at steps of 1/grain of the share.
  virtual std::size_t grain() const = 0;
  virtual std::int64_t parameters(double share) const = 0;
  virtual double relative_loss(double share) const = 0;
  virtual Result<Split> split(const Draft& draft, LayerId id, double share) const = 0;
};

double relative(const Spectrum& spectrum, std::size_t rank) {
  return spectrum.loss(0) > 0 ? spectrum.loss(rank) / spectrum.loss(0) : 0;
}

// Statistics of M·x, x what the layer reads.
std::shared_ptr<const ValueStatistics> statistics_through(const Draft& draft, LayerId id, const SecondMoments* mapped,
                                                          const Matrix& map, std::size_t taps, const Shape& shape,
                                                          std::size_t axis) {
  if (mapped != nullptr) return normal_statistics(spread_of(*mapped), shape, axis);
  const LayerId source = draft.network.layer(id).inputs[0];
  const ValueStatistics* input = draft.calibration.find(draft.network.layer(source).name);
  return input == nullptr ? nullptr : normal_statistics(assumed_spread(*input, taps, map), shape, axis);
}

// W = left·right: r filters of the layer's own kind, then a mixture of them.
class SvdForm final : public Form {
 public:
  static Result<std::unique_ptr<Form>> create(Problem problem) {
    RS_ASSIGN(Spectrum spectrum, spectrum_of(problem.weights, problem, problem.gram));
    return std::unique_ptr<Form>(new SvdForm(std::move(problem), std::move(spectrum)));
  }

  std::size_t grain() const override { return spectrum_.full_rank(); }
  std::int64_t parameters(double share) const override {
    return signed_of(rank_at(share, grain()) * (problem_.weights.rows + problem_.weights.columns));
  }
  double relative_loss(double share) const override { return relative(spectrum_, rank_at(share, grain())); }

  Result<Split> split(const Draft& draft, LayerId id, double share) const override {
    const std::size_t rank = rank_at(share, grain());
    const Factors factors = balanced(spectrum_, rank);
    const Layer& layer = draft.network.layer(id);
    Moments mapped;
    if (problem_.moments)
      mapped = std::make_shared<const SecondMoments>(moments_through(*problem_.moments, 0, factors.right));
    Piece first{first_factor(draft.network, layer, factors), nullptr, problem_.moments};
    Shape shape = layer.output_shape;
    std::size_t axis = 0;
    if (layer.as<op::ConvTranspose>() || layer.as<op::Dense>() || layer.as<op::Recurrent>())
      shape = draft.network.layer(layer.inputs[0]).output_shape;
    if (layer.as<op::Dense>() || layer.as<op::Recurrent>()) axis = shape.size() - 1;
    shape[axis] = signed_of(rank);
    first.values = statistics_through(draft, id, mapped.get(), factors.right, problem_.kernel.taps(), shape, axis);
    Layer last = last_factor(layer, factors);
    problem_.correct_bias(last, linear::product(factors.left, factors.right));
    return Split{.before = {std::move(first)}, .last = {std::move(last), nullptr, mapped}};
  }

 private:
  SvdForm(Problem problem, Spectrum spectrum) : problem_(std::move(problem)), spectrum_(std::move(spectrum)) {}

  static Layer first_factor(const Network& network, const Layer& layer, const Factors& factors) {
    const std::string name = part_name(network, layer, "rank");
    const std::int64_t rank = signed_of(factors.right.rows);
    const Shape& shape = layer.weight()->shape();
    if (const auto* conv = layer.as<op::Conv>())
      return make_layer(name, *conv, {tensor_of({rank, shape[1], shape[2], shape[3]}, factors.right)});
    if (layer.as<op::ConvTranspose>())
      return make_layer(name, op::Conv{}, {tensor_of({rank, shape[0], 1, 1}, factors.right)});
    return make_layer(name, op::Dense{}, {tensor_of({rank, signed_of(factors.right.columns)}, factors.right)});
  }

  static Layer last_factor(const Layer& layer, const Factors& factors) {
    Layer last = layer;
    const std::int64_t rank = signed_of(factors.left.columns);
    const Shape& shape = layer.weight()->shape();
    if (layer.as<op::Conv>()) {
      last.operation = op::Conv{};
      last.constants[0] = tensor_of({shape[0], rank, 1, 1}, factors.left);
    } else if (layer.as<op::ConvTranspose>()) {
      last.constants[0] = tensor_of({rank, shape[1], shape[2], shape[3]}, linear::transposed(factors.left));
    } else if (layer.as<op::Recurrent>()) {
      last.constants[0] = tensor_of({shape[0], shape[1], rank}, factors.left);
    } else {
      last.constants[0] = tensor_of({shape[0], rank}, factors.left);
    }
    return last;
  }

  Problem problem_;
  Spectrum spectrum_;
};

// W[o, c, i, j] = Σ_k across[o, k, j]·down[k, c, i]: kh × 1 with the vertical stride, then 1 × kw with the other.
class SpatialForm final : public Form {
 public:
  static Result<std::unique_ptr<Form>> create(Problem problem) {
    const Kernel& k = problem.kernel;
    Matrix unfolded(k.outputs * k.width, k.inputs * k.height);
    for (std::size_t o = 0; o < k.outputs; ++o)
      for (std::size_t row = 0; row < k.inputs * k.height; ++row)
        for (std::size_t j = 0; j < k.width; ++j)
          unfolded(o * k.width + j, row) = problem.weights(o, row * k.width + j);
    Moments columns;
    if (problem.moments)
      columns = std::make_shared<const SecondMoments>(mean_moments(*problem.moments, column_windows(k)));
    RS_ASSIGN(Spectrum spectrum,
              spectrum_of(unfolded, problem, problem.whitened ? problem.gram_of(*columns) : Matrix()));
    return std::unique_ptr<Form>(new SpatialForm(std::move(problem), std::move(columns), std::move(spectrum)));
  }

  std::size_t grain() const override { return spectrum_.full_rank(); }
  std::int64_t parameters(double share) const override {
    const Kernel& k = problem_.kernel;
    return signed_of(rank_at(share, grain()) * (k.outputs * k.width + k.inputs * k.height));
  }
  double relative_loss(double share) const override { return relative(spectrum_, rank_at(share, grain())); }

  Result<Split> split(const Draft& draft, LayerId id, double share) const override {
    const Kernel& kernel = problem_.kernel;
    const std::size_t rank = rank_at(share, grain());
    const Factors factors = balanced(spectrum_, rank);
    // The row of taps sees what the column makes of each column of the window: (k, j) of (c, i, j).
    Matrix map(rank * kernel.width, problem_.weights.columns);
    for (std::size_t k = 0; k < rank; ++k)
      for (std::size_t row = 0; row < kernel.inputs * kernel.height; ++row)
        for (std::size_t j = 0; j < kernel.width; ++j)
          map(k * kernel.width + j, row * kernel.width + j) = factors.right(k, row);
    Matrix across(kernel.outputs, rank * kernel.width);
    for (std::size_t o = 0; o < kernel.outputs; ++o)
      for (std::size_t k = 0; k < rank; ++k)
        for (std::size_t j = 0; j < kernel.width; ++j)
          across(o, k * kernel.width + j) = factors.left(o * kernel.width + j, k);
    if (problem_.whitened) across = linear::refitted(problem_.weights, across, map, problem_.gram);

    const Layer& layer = draft.network.layer(id);
    const op::Conv& conv = *layer.as<op::Conv>();
    op::Conv down = conv;
    down.stride = {conv.stride[0], 1};
    down.dilation = {conv.dilation[0], 1};
    down.pad = {conv.pad[0], 0, conv.pad[2], 0};
    op::Conv sideways = conv;
    sideways.stride = {1, conv.stride[1]};
    sideways.dilation = {1, conv.dilation[1]};
    sideways.pad = {0, conv.pad[1], 0, conv.pad[3]};
    Piece first{make_layer(part_name(draft.network, layer, "rank"), down,
                           {tensor_of({signed_of(rank), signed_of(kernel.inputs), signed_of(kernel.height), 1},
                                      factors.right)}),
                nullptr, columns_};
    std::optional<SecondMoments> mapped;
    if (columns_) mapped = moments_through(*columns_, 0, factors.right);
    first.values = statistics_through(draft, id, mapped ? &*mapped : nullptr, factors.right, kernel.height,
                                      {signed_of(rank), 1, 1}, 0);
    Piece last{layer, nullptr, nullptr};
    last.layer.operation = sideways;
    last.layer.constants[0] =
        tensor_of({signed_of(kernel.outputs), signed_of(rank), 1, signed_of(kernel.width)}, across);
    problem_.correct_bias(last.layer, linear::product(across, map));
    if (problem_.moments)
      last.moments = std::make_shared<const SecondMoments>(moments_through(*problem_.moments, 0, map));
    return Split{.before = {std::move(first)}, .last = std::move(last)};
  }

 private:
  SpatialForm(Problem problem, Moments columns, Spectrum spectrum)
      : problem_(std::move(problem)), columns_(std::move(columns)), spectrum_(std::move(spectrum)) {}

  Problem problem_;
  Moments columns_;  // of one column of a window: what the first factor reads
  Spectrum spectrum_;
};

// W[o, c, t] = Σ_kl out[o, l]·core[l, k, t]·in[k, c]: 1 × 1, the kernel between fewer channels, 1 × 1.
class TuckerForm final : public Form {
 public:
  static Result<std::unique_ptr<Form>> create(Problem problem) {
    const Kernel& k = problem.kernel;
    Matrix unfolded(k.outputs * k.taps(), k.inputs);
    for (std::size_t o = 0; o < k.outputs; ++o)
      for (std::size_t c = 0; c < k.inputs; ++c)
        for (std::size_t t = 0; t < k.taps(); ++t) unfolded(o * k.taps() + t, c) = problem.weights(o, c * k.taps() + t);
    Moments pixels;
    if (problem.moments) pixels = std::make_shared<const SecondMoments>(mean_moments(*problem.moments, tap_windows(k)));
    RS_ASSIGN(Spectrum inputs, spectrum_of(unfolded, problem, problem.whitened ? problem.gram_of(*pixels) : Matrix()));
    RS_ASSIGN(Spectrum outputs, spectrum_of(problem.weights, problem, problem.gram));
    return std::unique_ptr<Form>(
        new TuckerForm(std::move(problem), std::move(pixels), std::move(inputs), std::move(outputs)));
  }

  std::size_t grain() const override { return std::max(inputs_.full_rank(), outputs_.full_rank()); }
  std::int64_t parameters(double share) const override {
    const std::size_t in = rank_at(share, inputs_.full_rank());
    const std::size_t out = rank_at(share, outputs_.full_rank());
    const Kernel& k = problem_.kernel;
    return signed_of(k.inputs * in + in * out * k.taps() + out * k.outputs);
  }
  // What either side loses alone; together they lose no more than the sum.
  double relative_loss(double share) const override {
    return relative(inputs_, rank_at(share, inputs_.full_rank())) +
           relative(outputs_, rank_at(share, outputs_.full_rank()));
  }

  Result<Split> split(const Draft& draft, LayerId id, double share) const override {
    const Kernel& kernel = problem_.kernel;
    const Factors in = balanced(inputs_, rank_at(share, inputs_.full_rank()));
    const Factors out = balanced(outputs_, rank_at(share, outputs_.full_rank()));
    const std::size_t inner = in.right.rows;
    const std::size_t taps = kernel.taps();
    // What the core sees: (k, t) of (c, t).
    Matrix map(inner * taps, problem_.weights.columns);
    for (std::size_t k = 0; k < inner; ++k)
      for (std::size_t c = 0; c < kernel.inputs; ++c)
        for (std::size_t t = 0; t < taps; ++t) map(k * taps + t, c * taps + t) = in.right(k, c);
    // out.right is what the last factor wants to read, over all input channels.
    Matrix core = core_of(out.right, in.right);
    if (problem_.whitened) core = linear::refitted(out.right, core, map, problem_.gram);

    const Layer& layer = draft.network.layer(id);
    const op::Conv& conv = *layer.as<op::Conv>();
    const Shape& input = draft.network.layer(layer.inputs[0]).output_shape;
    Piece first{make_layer(part_name(draft.network, layer, "inputs"), op::Conv{},
                           {tensor_of({signed_of(inner), signed_of(kernel.inputs), 1, 1}, in.right)}),
                nullptr, pixels_};
    Piece middle{make_layer(
        part_name(draft.network, layer, "core"), conv,
        {tensor_of({signed_of(core.rows), signed_of(inner), signed_of(kernel.height), signed_of(kernel.width)},
                   core)})};
    Piece last{layer};
    last.layer.operation = op::Conv{};
    last.layer.constants[0] = tensor_of({signed_of(kernel.outputs), signed_of(out.left.columns), 1, 1}, out.left);
    problem_.correct_bias(last.layer, linear::product(out.left, linear::product(core, map)));
    std::optional<SecondMoments> narrowed;
    if (problem_.moments) {
      narrowed = moments_through(*pixels_, 0, in.right);
      middle.moments = std::make_shared<const SecondMoments>(moments_through(*problem_.moments, 0, map));
      last.moments = std::make_shared<const SecondMoments>(moments_through(*middle.moments, 0, core));
    }
    first.values = statistics_through(draft, id, narrowed ? &*narrowed : nullptr, in.right, 1,
                                      {signed_of(inner), input[1], input[2]}, 0);
    middle.values = statistics_through(draft, id, last.moments.get(), linear::product(core, map), taps,
                                       {signed_of(core.rows), layer.output_shape[1], layer.output_shape[2]}, 0);
    return Split{.before = {std::move(first), std::move(middle)}, .last = std::move(last)};
  }

 private:
  TuckerForm(Problem problem, Moments pixels, Spectrum inputs, Spectrum outputs)
      : problem_(std::move(problem)),
        pixels_(std::move(pixels)),
        inputs_(std::move(inputs)),
        outputs_(std::move(outputs)) {}

  // The core for which core·right comes nearest to the target, tap by tap.
  Matrix core_of(const Matrix& target, const Matrix& right) const {
    const std::size_t taps = problem_.kernel.taps();
    Matrix start(target.rows, right.rows * taps);
    Matrix unit(right.columns, right.columns);
    for (std::size_t c = 0; c < right.columns; ++c) unit(c, c) = 1;
    for (std::size_t t = 0; t < taps; ++t) {
      Matrix slice(target.rows, right.columns);
      for (std::size_t l = 0; l < target.rows; ++l)
        for (std::size_t c = 0; c < right.columns; ++c) slice(l, c) = target(l, c * taps + t);
      const Matrix fitted = linear::refitted(slice, Matrix(target.rows, right.rows), right, unit);
      for (std::size_t l = 0; l < target.rows; ++l)
        for (std::size_t k = 0; k < right.rows; ++k) start(l, k * taps + t) = fitted(l, k);
    }
    return start;
  }

  Problem problem_;
  Moments pixels_;  // of one position's channels
  Spectrum inputs_, outputs_;
};

Result<std::unique_ptr<Form>> form_of(const Draft& draft, LayerId id, const Knobs& knobs) {
  RS_ASSIGN(Problem problem, problem_of(draft, draft.network.layer(id), knobs));
  const std::string& form = word(knobs, "form");
  if (form == "spatial") return SpatialForm::create(std::move(problem));
  if (form == "tucker") return TuckerForm::create(std::move(problem));
  return SvdForm::create(std::move(problem));
}

MaybeDecline decline(DeclineReason reason, std::string because) {
  return Decline{"low_rank", reason, std::move(because)};
}

class LowRank final : public Method {
 public:
  const MethodInfo& info() const override {
    static const MethodInfo kInfo{
        .id = "low_rank",
        .version = 1,
        .stage = Stage::kStructure,
        .summary = "Puts two or three thin layers in the place of one, the best product of their ranks.",
        .knobs =
            {
                KnobSpec::choice("form",
                                 "svd: r filters and a mixture of them; spatial: kh × 1, then 1 × kw; tucker: 1 × 1, "
                                 "the kernel between fewer channels, 1 × 1",
                                 {"svd", "spatial", "tucker"}, "svd"),
                KnobSpec::real("rank", "Share of the full rank that stays; 1 leaves the layer alone", kLeastShare, 1,
                               0.25),
                KnobSpec::flag("whitened",
                               "Whether the error of the outputs on the calibration images is minimised, not that of "
                               "the weights",
                               true),
                KnobSpec::flag("bias_correction", "Whether the bias takes back the mean of the error", true),
                KnobSpec::choice("budget",
                                 "layer: each layer has this share of its rank; network: all that have the step "
                                 "together get as many parameters, spent where they help most",
                                 {"layer", "network"}, "layer"),
            },
        .identity = {{"rank", 1.0}},
    };
    return kInfo;
  }

  MaybeDecline applies(const Network& network, LayerId id) const override {
    if (MaybeDecline declined = declines_split(info().id, network, id)) return declined;
    const Shape& shape = network.layer(id).weight()->shape();
    const bool recurrent = network.layer(id).as<op::Recurrent>() != nullptr;
    const std::int64_t rows = recurrent ? shape[0] * shape[1] : shape[0];
    const std::int64_t size = network.layer(id).weight()->size();
    if (rows < 2 || size / rows < 2) return decline(DeclineReason::kShape, "its weight has rank 1 already");
    return {};
  }

  MaybeDecline accepts(const Network& network, LayerId id, const Knobs& knobs) const override {
    if (number(knobs, "rank") == 1) return {};
    const Layer& layer = network.layer(id);
    const std::string& form = word(knobs, "form");
    if (form != "svd") {
      if (!layer.as<op::Conv>())
        return decline(DeclineReason::kKnob,
                       fmt::format("form {} takes a Conv, not {}; use svd", form, operation_name(layer.operation)));
      const Shape& shape = layer.weight()->shape();
      const bool enough = form == "spatial" ? shape[2] > 1 && shape[3] > 1 : shape[2] * shape[3] > 1;
      if (!enough)
        return decline(DeclineReason::kKnob, fmt::format("form {} has nothing to take apart in a kernel of {} × {}; "
                                                         "use svd",
                                                         form, shape[2], shape[3]));
    }
    if (flag(knobs, "whitened")) return declines_moments(info().id, layer);
    return {};
  }

  // Plain factors take them for the statistics of what lies between.
  bool needs_moments(const Knobs& knobs) const override { return number(knobs, "rank") != 1; }

  Effects effects(const Knobs& knobs) const override {
    if (number(knobs, "rank") == 1) return {};
    return {.decides = Aspect::kFactors, .undoes = {}};
  }

  Result<Draft> apply(const Draft& draft, LayerId id, const Knobs& knobs, std::uint64_t) const override {
    const double share = number(knobs, "rank");
    if (share == 1) return draft;
    if (const MaybeDecline declined = accepts(draft.network, id, knobs))
      return failed_precondition("{}", declined->because);
    RS_ASSIGN(const std::unique_ptr<Form> form, form_of(draft, id, knobs));
    RS_ASSIGN(Split split, form->split(draft, id, share));
    return split_layer(draft, id, std::move(split));
  }

  // As many parameters as `budget: layer` would leave them, spent along the spectra of all layers; a layer that would
  // be no smaller in factors stays whole.
  Result<std::vector<Knobs>> spread(const Draft& draft, std::span<const LayerId> layers,
                                    const Knobs& knobs) const override {
    const double share = number(knobs, "rank");
    std::vector<std::vector<RankOption>> options;
    std::vector<std::vector<double>> shares;
    std::int64_t budget = 0;
    for (const LayerId id : layers) {
      const std::int64_t whole = draft.network.layer(id).weight()->size();
      shares.push_back({1});
      options.push_back({{whole, 0}});
      if (share == 1) continue;
      RS_ASSIGN(const std::unique_ptr<Form> form, form_of(draft, id, knobs));
      budget += form->parameters(share);
      const std::size_t grain = form->grain();
      for (std::size_t step = 1; step < grain; ++step) {
        const double option = static_cast<double>(step) / static_cast<double>(grain);
        if (option < kLeastShare || form->parameters(option) >= whole) continue;
        shares.back().push_back(option);
        options.back().push_back({form->parameters(option), form->relative_loss(option)});
      }
    }
    std::vector<std::size_t> chosen(layers.size(), 0);
    if (share != 1) chosen = spend_parameters(options, budget);
    std::vector<Knobs> result(layers.size(), knobs);
    for (std::size_t l = 0; l < layers.size(); ++l) {
      result[l]["budget"] = std::string("layer");
      result[l]["rank"] = shares[l][chosen[l]];
    }
    return result;
  }
};

}  // namespace

const Method& low_rank_method() {
  static const LowRank kMethod;
  return kMethod;
}

}  // namespace roofscape::approx
