#include "tests/conformance/onnx/sample_networks.h"

#include <cmath>
#include <utility>

#include "analytics/arith/element.h"
#include "analytics/base/rng.h"

namespace roofscape::testing {
namespace {

using ActivationKind = op::Activation::Kind;
using BinaryKind = op::Binary::Kind;
using Recurrent = op::Recurrent;

TensorPtr uniform(Rng& rng, Shape shape, double low = -1, double high = 1) {
  std::vector<float> values;
  for (std::int64_t i = 0; i < element_count(shape); ++i)
    values.push_back(static_cast<float>(low + (high - low) * rng.uniform()));
  return make_tensor(std::move(shape), std::move(values));
}

// A network of one layer on one input.
class Samples {
 public:
  void single(std::string name, Shape input, Operation operation, std::vector<TensorPtr> constants = {}) {
    NetworkBuilder b;
    const LayerId x = b.input(std::move(input));
    add(std::move(name), b, b.add("layer", std::move(operation), {x}, std::move(constants)));
  }
  void add(std::string name, NetworkBuilder& b, LayerId output) {
    Result<Network> network = b.finish(output);
    if (!network.ok()) check_failed(__FILE__, __LINE__, (name + ": " + network.status().message()).c_str());
    list.push_back({std::move(name), *std::move(network)});
  }
  std::vector<Sample> list;
  Rng rng{7};
};

void add_convolutions(Samples& s) {
  s.single("conv", {3, 7, 6}, op::Conv{.stride = {2, 1}, .pad = {1, 0, 2, 1}},
           {uniform(s.rng, {4, 3, 3, 2}), uniform(s.rng, {4})});
  s.single("conv_grouped", {4, 6, 6}, op::Conv{.dilation = {2, 1}, .groups = 2},
           {uniform(s.rng, {6, 2, 2, 3}), nullptr});
  op::ConvTranspose transposed{.stride = {2, 3}, .pad = {1, 0, 0, 1}, .output_pad = {1, 0}};
  s.single("conv_transpose", {3, 4, 5}, transposed, {uniform(s.rng, {3, 2, 3, 3}), uniform(s.rng, {2})});
  s.single("conv_transpose_grouped", {4, 3, 3}, op::ConvTranspose{.groups = 2},
           {uniform(s.rng, {4, 3, 2, 2}), nullptr});
}

void add_products(Samples& s) {
  s.single("dense", {6}, op::Dense{}, {uniform(s.rng, {4, 6}), uniform(s.rng, {4})});
  s.single("dense_rows", {3, 6}, op::Dense{}, {uniform(s.rng, {4, 6}), uniform(s.rng, {4})});
  s.single("dense_rows_no_bias", {2, 3, 6}, op::Dense{}, {uniform(s.rng, {4, 6}), nullptr});
  NetworkBuilder b;
  const LayerId x = b.input({2, 3, 4});
  const LayerId t = b.add("transposed", op::Transpose{{0, 2, 1}}, {x});
  s.add("matmul", b, b.add("product", op::MatMul{}, {x, t}));
  NetworkBuilder c;
  const LayerId y = c.input({2, 3, 4});
  const LayerId matrix = c.add("cut", op::Slice{{0, 0, 0}, {1, 1, 4}, {1, 1, 1}}, {y});
  const LayerId column = c.add("column", op::Reshape{{4, 1}}, {matrix});
  s.add("matmul_broadcast", c, c.add("product", op::MatMul{}, {y, column}));
}

void add_elementwise(Samples& s) {
  s.single("affine", {3, 2, 4}, op::Affine{1}, {uniform(s.rng, {2}), uniform(s.rng, {2})});
  const std::pair<const char*, op::Activation> activations[] = {
      {"relu", {ActivationKind::kRelu}},
      {"leaky_relu", {ActivationKind::kLeakyRelu, 0.2F}},
      {"clip", {ActivationKind::kClip, -0.5F, 1}},
      {"sigmoid", {ActivationKind::kSigmoid}},
      {"tanh", {ActivationKind::kTanh}},
      {"hard_sigmoid", {ActivationKind::kHardSigmoid, 0.25F, 0.4F}},
      {"hard_swish", {ActivationKind::kHardSwish}},
      {"elu", {ActivationKind::kElu, 1.5F}},
      {"gelu", {ActivationKind::kGelu}},
      {"gelu_tanh", {ActivationKind::kGeluTanh}},
      {"erf", {ActivationKind::kErf}},
      {"exp", {ActivationKind::kExp}},
      {"negate", {ActivationKind::kNegate}},
      {"abs", {ActivationKind::kAbs}},
      {"square", {ActivationKind::kSquare}},
      {"softplus", {ActivationKind::kSoftplus}},
      {"softsign", {ActivationKind::kSoftsign}},
      {"silu", {ActivationKind::kSilu}},
  };
  for (const auto& [name, activation] : activations) s.single(name, {2, 5}, activation);
  s.single("prelu", {3, 2, 2}, op::Activation{ActivationKind::kPRelu}, {uniform(s.rng, {3, 1, 1})});
  for (const auto& [name, kind] : {std::pair{"log", ActivationKind::kLog}, std::pair{"sqrt", ActivationKind::kSqrt}}) {
    NetworkBuilder b;
    const LayerId positive = b.add("positive", op::Activation{ActivationKind::kExp}, {b.input({5})});
    s.add(name, b, b.add("layer", op::Activation{kind}, {positive}));
  }
  const std::pair<const char*, BinaryKind> kinds[] = {{"add", BinaryKind::kAdd}, {"sub", BinaryKind::kSub},
                                                      {"mul", BinaryKind::kMul}, {"div", BinaryKind::kDiv},
                                                      {"max", BinaryKind::kMax}, {"min", BinaryKind::kMin}};
  for (const auto& [name, kind] : kinds) {
    const TensorPtr constant = uniform(s.rng, {3, 1}, 0.5, 2);
    s.single(std::string(name) + "_constant", {2, 3, 4}, op::Binary{kind}, {constant});
    s.single(std::string(name) + "_constant_first", {3, 4}, op::Binary{kind, true}, {uniform(s.rng, {2, 3, 4})});
    NetworkBuilder b;
    const LayerId x = b.input({2, 3, 4});
    const LayerId cut = b.add("cut", op::Slice{{1, 0, 1}, {1, 3, 1}, {1, 1, 1}}, {x});
    const LayerId row = b.add("row", op::Reshape{{3, 1}}, {cut});
    s.add(std::string(name) + "_activations", b, b.add("layer", op::Binary{kind}, {x, row}));
  }
  s.single("softmax", {3, 4, 2}, op::Softmax{1});
  s.single("log_softmax", {6}, op::Softmax{0, true});
}

void add_pools(Samples& s) {
  using Kind = op::Pool::Kind;
  for (const Kind kind : {Kind::kMax, Kind::kAverage}) {
    const std::string name = kind == Kind::kMax ? "max_pool" : "average_pool";
    op::Pool pool{.kind = kind, .kernel = {3, 2}, .stride = {2, 2}, .pad = {1, 0, 1, 1}};
    s.single(name, {2, 7, 6}, pool);
    pool.ceil_mode = true;
    s.single(name + "_ceil", {2, 6, 6}, pool);
    pool.count_include_pad = kind == Kind::kAverage;
    pool.ceil_mode = false;
    s.single(name + "_include_pad", {2, 7, 6}, pool);
    pool.dilation = {2, 1};
    s.single(name + "_dilated", {2, 7, 6}, pool);
    pool.ceil_mode = true;
    s.single(name + "_dilated_ceil", {2, 8, 6}, pool);
    pool.dilation = {1, 1};
    s.single(name + "_include_pad_ceil", {2, 8, 7}, pool);
    s.single(name + "_global", {3, 4, 5}, op::Pool{.kind = kind, .kernel = {4, 5}, .global = true});
  }
}

void add_shapes(Samples& s) {
  NetworkBuilder b;
  const LayerId x = b.input({2, 3, 4});
  const LayerId flipped = b.add("flipped", op::Slice{{1, 2, 0}, {2, 2, 2}, {-1, -2, 2}}, {x});
  const LayerId front = b.add("front", op::Slice{{0, 0, 1}, {2, 2, 2}, {1, 1, 1}}, {x});
  s.add("concat_slices", b, b.add("layer", op::Concat{1}, {flipped, front, flipped}));
  using Mode = op::Pad::Mode;
  for (const auto& [name, mode] : {std::pair{"pad", Mode::kConstant}, std::pair{"pad_reflect", Mode::kReflect},
                                   std::pair{"pad_edge", Mode::kEdge}})
    s.single(name, {2, 4, 3}, op::Pad{{0, 2, 1}, {1, 1, 2}, mode == Mode::kConstant ? 0.5F : 0.0F, mode});
  s.single("reshape", {2, 3, 4}, op::Reshape{{4, 6}});
  s.single("transpose", {2, 3, 4}, op::Transpose{{2, 0, 1}});
  s.single("gather", {2, 5, 3}, op::Gather{1, {4, 0, 2, 2}, {2, 2}});
  s.single("gather_one", {2, 5, 3}, op::Gather{2, {1}, {}});
  s.single("reduce_mean", {2, 3, 4}, op::ReduceMean{{0, 2}, true});
  s.single("reduce_mean_drop", {2, 3, 4}, op::ReduceMean{{1}, false});
}

void add_recurrent(Samples& s) {
  using Direction = Recurrent::Direction;
  using Output = Recurrent::Output;
  for (const Recurrent::Kind kind : {Recurrent::Kind::kLstm, Recurrent::Kind::kGru}) {
    const bool lstm = kind == Recurrent::Kind::kLstm;
    const std::int64_t gates = lstm ? 4 : 3, hidden = 3;
    const std::string name = lstm ? "lstm" : "gru";
    for (const std::int64_t d : {1, 2}) {
      const TensorPtr w = uniform(s.rng, {d, gates * hidden, 2}), r = uniform(s.rng, {d, gates * hidden, hidden});
      const TensorPtr bias = uniform(s.rng, {d, 2 * gates * hidden}), h = uniform(s.rng, {d, hidden});
      const TensorPtr c = lstm ? uniform(s.rng, {d, hidden}) : nullptr;
      const TensorPtr p = lstm ? uniform(s.rng, {d, 3 * hidden}) : nullptr;
      const Direction direction = d == 2 ? Direction::kBidirectional : Direction::kReverse;
      const std::string suffix = d == 2 ? "_both" : "_reverse";
      s.single(name + suffix, {5, 2}, Recurrent{kind, direction}, {w, r, bias, h, c, p});
      s.single(name + suffix + "_hidden", {5, 2}, Recurrent{kind, direction, Output::kLastHidden},
               {w, r, nullptr, nullptr, nullptr, nullptr});
      if (lstm)
        s.single(name + suffix + "_cell", {5, 2}, Recurrent{kind, direction, Output::kLastCell},
                 {w, r, bias, nullptr, c, nullptr});
      if (!lstm)
        s.single(name + suffix + "_linear", {5, 2}, Recurrent{kind, direction, Output::kSequence, true},
                 {w, r, bias, nullptr, nullptr, nullptr});
    }
  }
}

QuantiserPtr quantiser(NumberFormat format, std::vector<float> scale, std::vector<std::int32_t> zero_point = {},
                       int axis = Quantiser::kPerTensor) {
  if (zero_point.empty()) zero_point.assign(scale.size(), 0);
  return std::make_shared<const Quantiser>(Quantiser{format, std::move(scale), std::move(zero_point), axis});
}

// Puts the weight of a layer onto a grid of one scale for each index of `axis`.
void quantise_weight(Layer& layer, NumberFormat format, int axis) {
  const Tensor& tensor = *layer.constants[0];
  std::int64_t inner = 1;
  for (std::size_t i = static_cast<std::size_t>(axis) + 1; i < tensor.shape().size(); ++i) inner *= tensor.shape()[i];
  const auto channels = static_cast<std::size_t>(tensor.shape()[static_cast<std::size_t>(axis)]);
  std::vector<float> scales;
  for (std::size_t c = 0; c < channels; ++c)
    scales.push_back((1.0F + 0.1F * static_cast<float>(c)) / largest_element(format));
  layer.arithmetic.weight = quantiser(format, scales, {}, axis);
  std::vector<float> values(tensor.values().begin(), tensor.values().end());
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = layer.arithmetic.weight->fake(values[i], i / static_cast<std::size_t>(inner) % channels);
  layer.constants[0] = make_tensor(tensor.shape(), std::move(values));
}

// conv → relu → dense, all weights of one format and all inputs of another.
void add_quantised(Samples& s, const std::string& name, NumberFormat weight, const QuantiserPtr& input) {
  NetworkBuilder b;
  const LayerId x = b.input({2, 4, 4});
  const LayerId conv =
      b.add("conv", op::Conv{.pad = {1, 1, 1, 1}}, {x}, {uniform(s.rng, {3, 2, 3, 3}), uniform(s.rng, {3})});
  const LayerId relu = b.add("relu", op::Activation{}, {conv});
  const LayerId flat = b.add("flat", op::Reshape{{48}}, {relu});
  const LayerId dense = b.add("dense", op::Dense{}, {flat}, {uniform(s.rng, {5, 48}), uniform(s.rng, {5})});
  for (const LayerId id : {conv, dense}) {
    quantise_weight(b.layer(id), weight, 0);
    b.layer(id).arithmetic.inputs = {input};
  }
  s.add(name, b, dense);
}

}  // namespace

std::vector<Sample> float_samples() {
  Samples s;
  add_convolutions(s);
  add_products(s);
  add_elementwise(s);
  add_pools(s);
  add_shapes(s);
  add_recurrent(s);
  return std::move(s.list);
}

std::vector<Sample> quantised_samples() {
  Samples s;
  const auto format = [](int bits, bool is_signed, bool narrow = false) {
    return NumberFormat::integer(bits, is_signed ? Signedness::kSigned : Signedness::kUnsigned, narrow);
  };
  add_quantised(s, "int8", format(8, true), quantiser(format(8, true), {0.03F}));
  add_quantised(s, "int8_narrow_uint8", format(8, true, true), quantiser(format(8, false), {0.02F}, {101}));
  add_quantised(s, "int4_uint5", format(4, true), quantiser(format(5, false), {0.15F}, {13}));
  add_quantised(s, "int2_int3", format(2, true), quantiser(format(3, true), {0.5F}, {1}));
  add_quantised(s, "int6_uint12", format(6, true), quantiser(format(12, false), {0.001F}, {2000}));
  add_quantised(s, "int12_int16", format(12, true), quantiser(format(16, true), {0.0001F}, {-77}));
  // Rows through a dense layer, inputs channel by channel, in 8 bits and in 6.
  for (const int bits : {8, 6}) {
    NetworkBuilder b;
    const LayerId x = b.input({3, 6});
    const LayerId dense = b.add("dense", op::Dense{}, {x}, {uniform(s.rng, {4, 6}), uniform(s.rng, {4})});
    quantise_weight(b.layer(dense), format(bits, true), 0);
    const float unit = bits == 8 ? 1.0F : 4.0F;
    b.layer(dense).arithmetic.inputs = {
        quantiser(format(bits, true), {0.01F * unit, 0.02F * unit, 0.015F * unit}, {}, 0)};
    s.add("dense_rows_int" + std::to_string(bits), b, dense);
  }
  return std::move(s.list);
}

std::vector<Sample> qonnx_samples() {
  Samples s;
  const auto format = [](int bits, bool is_signed, bool narrow = false) {
    return NumberFormat::integer(bits, is_signed ? Signedness::kSigned : Signedness::kUnsigned, narrow);
  };
  const auto with = [](NumberFormat f, float scale, std::int32_t zero_point, Rounding rounding) {
    Quantiser q{f, {scale}, {zero_point}};
    q.rounding = rounding;
    q.zero_point_first = zero_point != 0;
    return std::make_shared<const Quantiser>(q);
  };
  add_quantised(s, "int2n_uint2", format(2, true, true), quantiser(format(2, false), {0.5F}));
  add_quantised(s, "int12_int13n", format(12, true), quantiser(format(13, true, true), {0.001F}));
  add_quantised(s, "int3_floor", format(3, true), with(format(4, false), 0.15F, 5, Rounding::kFloor));
  add_quantised(s, "int3_half_up", format(3, true), with(format(4, true), 0.25F, 0, Rounding::kHalfUp));
  add_quantised(s, "int3_even_after_zero", format(3, true), with(format(9, false), 0.03F, 101, Rounding::kHalfEven));
  add_quantised(s, "bipolar", NumberFormat::bipolar(), quantiser(NumberFormat::bipolar(), {0.5F}));
  add_quantised(s, "e4m3fn", NumberFormat::finite(4, 3), quantiser(NumberFormat::finite(4, 3), {0.01F}));
  add_quantised(s, "e5m2_e2m1fn", NumberFormat::minifloat(5, 2), quantiser(NumberFormat::finite(2, 1), {0.3F}));
  add_quantised(s, "bf16", NumberFormat::minifloat(8, 7), quantiser(NumberFormat::minifloat(5, 10), {1}));
  // The zero point is added after rounding: QuantizeLinear, and a Clip where the format is narrower than 8 bits.
  add_quantised(s, "int4_uint5", format(4, true), quantiser(format(5, false), {0.15F}, {13}));
  add_quantised(s, "int8_uint8", format(8, true), quantiser(format(8, false), {0.02F}, {101}));
  {
    NetworkBuilder b;
    const LayerId x = b.input({3, 6});
    const LayerId dense = b.add("dense", op::Dense{}, {x}, {uniform(s.rng, {4, 6}), uniform(s.rng, {4})});
    quantise_weight(b.layer(dense), format(6, true), 0);
    b.layer(dense).arithmetic.inputs = {quantiser(format(5, true), {0.1F, 0.2F, 0.15F}, {}, 0)};
    s.add("dense_rows", b, dense);
  }
  {
    NetworkBuilder b;
    const LayerId x = b.input({3, 2, 2});
    const op::MultiThreshold thresholding{.axis = 0, .scale = 1, .bias = -2};
    const LayerId t = b.add("thresholds", thresholding, {x}, {uniform(s.rng, {3, 3})});
    const LayerId conv = b.add("conv", op::Conv{}, {t}, {uniform(s.rng, {2, 3, 1, 1}), nullptr});
    quantise_weight(b.layer(conv), format(4, true), 0);
    b.layer(conv).arithmetic.inputs = {quantiser(format(2, true), {1})};
    const LayerId cut = b.add("cut", op::Truncate{.scale = 0.0625F, .shift = 3, .output_scale = 0.0625F}, {conv});
    s.add("thresholds_and_trunc", b, cut);
  }
  return std::move(s.list);
}

std::vector<float> sample_images(const Network& network, std::int64_t count) {
  Rng rng(11);
  std::vector<float> values(static_cast<std::size_t>(count * element_count(network.input_shape())));
  for (float& value : values) value = static_cast<float>(4 * rng.uniform() - 2);
  return values;
}

}  // namespace roofscape::testing
