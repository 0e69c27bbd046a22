// Every kernel of every list against the naive reference, over random layers: integer layers and layers that move or
// combine elements bit for bit, sums in fp32 within a bound.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "analytics/engine/engine.h"
#include "analytics/engine/graph.h"
#include "analytics/engine/kernel.h"
#include "analytics/engine/plan.h"
#include "analytics/engine/testing.h"
#include "analytics/engine/workers.h"
#include "analytics/network/shape_inference.h"

namespace roofscape::engine {
namespace {

using testing::random_tensor;
using testing::random_values;

int pick(int low, int high) { return *rc::gen::inRange(low, high + 1); }

// A layer, its inputs' shapes, and a number of images: what a kernel is tried on.
struct Trial {
  Layer layer;
  std::vector<Shape> shapes;
  std::int64_t count = 1;
  // Inputs produced by a convolution lie channels last; these kernels must then agree, too.
  bool channels_last = false;
};

std::optional<Network> network_of(const Trial& trial) {
  Rng rng(11);
  std::int64_t total = 0;
  for (const Shape& shape : trial.shapes) total += element_count(shape);
  NetworkBuilder b;
  const LayerId all = b.input({total});
  std::vector<LayerId> ids;
  std::int64_t start = 0;
  for (std::size_t i = 0; i < trial.shapes.size(); ++i) {
    const Shape& shape = trial.shapes[i];
    const LayerId part = b.add("part" + std::to_string(i), op::Slice{{start}, {element_count(shape)}, {1}}, {all});
    LayerId id = b.add("input" + std::to_string(i), op::Reshape{shape}, {part});
    if (trial.channels_last) {  // each channel by itself times 1: the same values, from a convolution
      op::Conv conv;
      conv.groups = shape[0];
      const TensorPtr ones =
          make_tensor({shape[0], 1, 1, 1}, std::vector<float>(static_cast<std::size_t>(shape[0]), 1));
      id = b.add("turn" + std::to_string(i), conv, {id}, {ones, nullptr});
    }
    ids.push_back(id);
    start += element_count(shape);
  }
  const LayerId id = b.add("layer", trial.layer.operation, ids, trial.layer.constants);
  b.layer(id).arithmetic = trial.layer.arithmetic;
  auto network = b.finish(id);
  if (!network.ok()) return std::nullopt;
  return std::move(*network);
}

std::vector<float> outputs(const Network& network, const std::vector<float>& images, std::int64_t count,
                           const std::vector<std::string>& force, std::int64_t batch = 64) {
  EngineOptions options;
  options.batch = batch;
  options.force_kernels = force;
  auto result = Engine(options).run(network, images, count);
  RC_ASSERT(result.ok());
  return *result;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

// Forces each kernel of the layer's list in turn. `bound`: of the difference, relative to the largest output; 0 means
// bit for bit.
void compare(const Trial& trial, double bound) {
  const std::optional<Network> network = network_of(trial);
  RC_PRE(network.has_value());
  Rng rng(static_cast<std::uint64_t>(pick(0, 1'000'000)));
  const std::vector<float> images = random_values(rng, trial.count * element_count(network->input_shape()), 2);
  const std::vector<float> expected = outputs(*network, images, trial.count, {"ref"});
  float largest = 1;
  for (const float value : expected) largest = std::max(largest, std::abs(value));
  for (const Kernel* kernel : kernel_list(trial.layer.operation)) {
    const std::vector<float> got = outputs(*network, images, trial.count, {std::string(kernel->id()), "onednn-conv"});
    if (bound == 0) {
      if (!same_bits(expected, got)) RC_FAIL(std::string(kernel->id()) + " differs from ref");
      continue;
    }
    for (std::size_t i = 0; i < got.size(); ++i) RC_ASSERT(std::abs(got[i] - expected[i]) <= bound * largest);
    // Nor does the size of a batch matter to any kernel.
    RC_ASSERT(same_bits(got, outputs(*network, images, trial.count, {std::string(kernel->id()), "onednn-conv"}, 2)));
  }
}

// Grids for the weights and the first input: what makes an integer layer.
void quantise_layer(Layer& layer, std::size_t axis, bool per_channel) {
  const int bits = pick(2, 12);
  Quantiser w;
  w.format = NumberFormat::integer(pick(2, 12), Signedness::kSigned);
  const Shape& shape = layer.constants[0]->shape();
  if (per_channel) {
    w.axis = static_cast<int>(axis);
    w.scale.clear();
    for (std::int64_t c = 0; c < shape[axis]; ++c) w.scale.push_back(0.01F * static_cast<float>(pick(1, 20)));
    w.zero_point.assign(w.scale.size(), 0);
  } else {
    w.scale = {0.01F * static_cast<float>(pick(1, 20))};
  }
  std::int64_t inner = 1;
  for (std::size_t d = axis + 1; d < shape.size(); ++d) inner *= shape[d];
  std::vector<float> on_grid;
  for (std::int64_t i = 0; i < layer.constants[0]->size(); ++i)
    on_grid.push_back(w.fake(layer.constants[0]->values()[static_cast<std::size_t>(i)],
                             per_channel ? static_cast<std::size_t>(i / inner % shape[axis]) : 0));
  layer.constants[0] = make_tensor(shape, std::move(on_grid));
  layer.arithmetic.weight = std::make_shared<Quantiser>(w);
  layer.arithmetic.inputs = {std::make_shared<Quantiser>(
      quantiser_for_range(NumberFormat::integer(bits, pick(0, 1) ? Signedness::kSigned : Signedness::kUnsigned), -3, 5,
                          {.symmetric = pick(0, 1) == 1}))};
}

template <typename Window>
void random_window(Window& window, bool padded) {
  window.stride = {pick(1, 3), pick(1, 3)};
  window.dilation = {pick(1, 2), pick(1, 3)};
  if (padded) window.pad = {pick(0, 2), pick(0, 2), pick(0, 2), pick(0, 2)};
}

op::Pool random_pool() {
  op::Pool pool;
  pool.kind = pick(0, 2) == 0 ? op::Pool::Kind::kAverage : op::Pool::Kind::kMax;
  pool.kernel = {pick(1, 3), pick(1, 3)};
  random_window(pool, false);
  for (std::size_t side = 0; side < 4; ++side) pool.pad[side] = pick(0, static_cast<int>(pool.kernel[side % 2]) - 1);
  return pool;
}

std::int64_t pooled_length(const op::Pool& pool, std::size_t axis, std::int64_t length) {
  const std::int64_t window = (pool.kernel[axis] - 1) * pool.dilation[axis] + 1;
  return (length + pool.pad[axis] + pool.pad[axis + 2] - window) / pool.stride[axis] + 1;
}

Trial conv_trial(bool transposed) {
  Trial trial;
  Rng rng(static_cast<std::uint64_t>(pick(0, 1'000'000)));
  const std::int64_t groups = pick(0, 2) == 0 ? pick(1, 6) : 1;
  const std::int64_t inputs = groups * pick(1, 9);
  const std::int64_t outputs_a_group = pick(1, 20);
  const std::int64_t kh = pick(1, 4);
  const std::int64_t kw = pick(1, 4);
  trial.shapes = {{inputs, pick(1, 12), pick(1, 12)}};
  trial.count = pick(1, 5);
  const TensorPtr bias = pick(0, 1) ? random_tensor(rng, {groups * outputs_a_group}) : nullptr;
  if (transposed) {
    op::ConvTranspose conv;
    random_window(conv, true);
    conv.output_pad = {pick(0, static_cast<int>(conv.stride[0]) - 1), pick(0, static_cast<int>(conv.stride[1]) - 1)};
    conv.groups = groups;
    trial.layer.operation = conv;
    trial.layer.constants = {random_tensor(rng, {inputs, outputs_a_group, kh, kw}), bias};
  } else {
    op::Conv conv;
    random_window(conv, true);
    conv.groups = groups;
    trial.layer.operation = conv;
    trial.layer.constants = {random_tensor(rng, {groups * outputs_a_group, inputs / groups, kh, kw}), bias};
  }
  return trial;
}

// Sums of at most 9·16 products in fp32, in another order: far below 1e-5 of the largest output.
constexpr double kSumBound = 1e-5;

RC_GTEST_PROP(Kernels, Convolution, ()) { compare(conv_trial(false), kSumBound); }
RC_GTEST_PROP(Kernels, IntegerConvolution, ()) {
  Trial trial = conv_trial(false);
  quantise_layer(trial.layer, 0, pick(0, 1) == 1);
  compare(trial, 0);
}
RC_GTEST_PROP(Kernels, TransposedConvolution, ()) { compare(conv_trial(true), kSumBound); }
RC_GTEST_PROP(Kernels, IntegerTransposedConvolution, ()) {
  Trial trial = conv_trial(true);
  quantise_layer(trial.layer, 1, pick(0, 1) == 1);
  compare(trial, 0);
}

Trial dense_trial() {
  Trial trial;
  Rng rng(static_cast<std::uint64_t>(pick(0, 1'000'000)));
  const std::int64_t inputs = pick(1, 70);
  const std::int64_t outputs_count = pick(1, 40);
  trial.shapes = {pick(0, 1) ? Shape{inputs} : Shape{pick(1, 5), inputs}};
  trial.count = pick(1, 9);
  trial.layer.operation = op::Dense{};
  trial.layer.constants = {random_tensor(rng, {outputs_count, inputs}),
                           pick(0, 1) ? random_tensor(rng, {outputs_count}) : nullptr};
  return trial;
}
RC_GTEST_PROP(Kernels, Dense, ()) { compare(dense_trial(), kSumBound); }
RC_GTEST_PROP(Kernels, IntegerDense, ()) {
  Trial trial = dense_trial();
  quantise_layer(trial.layer, 0, pick(0, 1) == 1);
  compare(trial, 0);
}

Shape image_shape() { return {pick(1, 20), pick(1, 9), pick(1, 9)}; }

RC_GTEST_PROP(Kernels, Pooling, ()) {
  Trial trial;
  trial.shapes = {image_shape()};
  trial.channels_last = pick(0, 1) == 1;
  trial.count = pick(1, 4);
  op::Pool pool = random_pool();
  pool.ceil_mode = pick(0, 1) == 1;
  pool.count_include_pad = pick(0, 1) == 1;
  trial.layer.operation = pool;
  compare(trial, 0);
}

RC_GTEST_PROP(Kernels, Binary, ()) {
  using Kind = op::Binary::Kind;
  Trial trial;
  Rng rng(static_cast<std::uint64_t>(pick(0, 1'000'000)));
  const Shape shape = image_shape();
  trial.channels_last = pick(0, 1) == 1;
  trial.count = pick(1, 4);
  op::Binary binary;
  binary.kind = *rc::gen::element(Kind::kAdd, Kind::kSub, Kind::kMul, Kind::kDiv, Kind::kMax, Kind::kMin);
  const Shape other =
      *rc::gen::element(shape, Shape{}, Shape{shape[0], 1, 1}, Shape{1, shape[1], shape[2]}, Shape{shape[2]});
  if (pick(0, 1) && other.size() == 3) {
    trial.shapes = {shape, other};
    if (pick(0, 1)) std::swap(trial.shapes[0], trial.shapes[1]);
  } else {
    trial.shapes = {shape};
    binary.constant_first = pick(0, 1) == 1;
    trial.layer.constants = {random_tensor(rng, other)};
  }
  trial.layer.operation = binary;
  for (std::size_t i = 0; i < trial.shapes.size(); ++i) {
    const Signedness sign = pick(0, 1) ? Signedness::kSigned : Signedness::kUnsigned;
    const Quantiser q =
        quantiser_for_range(NumberFormat::integer(pick(2, 10), sign), -3, 5, {.symmetric = pick(0, 1) == 1});
    trial.layer.arithmetic.inputs.push_back(pick(0, 2) == 0 ? nullptr : std::make_shared<Quantiser>(q));
  }
  compare(trial, 0);
}

RC_GTEST_PROP(Kernels, ActivationsOfAllKinds, ()) {
  Trial trial;
  trial.shapes = {image_shape()};
  trial.channels_last = pick(0, 1) == 1;
  op::Activation activation;
  activation.kind = static_cast<op::Activation::Kind>(pick(0, static_cast<int>(op::Activation::Kind::kHardShrink)));
  activation.alpha = 0.25F;
  activation.beta = 0.75F;
  Rng rng(5);
  if (activation.kind == op::Activation::Kind::kPRelu)
    trial.layer.constants = {random_tensor(rng, {trial.shapes[0][0], 1, 1})};
  trial.layer.operation = activation;
  compare(trial, 0);
}

RC_GTEST_PROP(Kernels, ConcatAffineAndTranspose, ()) {
  Trial trial;
  Rng rng(6);
  const Shape shape = image_shape();
  trial.channels_last = pick(0, 1) == 1;
  trial.count = pick(1, 3);
  trial.shapes = {shape};
  switch (pick(0, 2)) {
    case 0:
      trial.shapes = {shape, {pick(1, 9), shape[1], shape[2]}, shape};
      trial.layer.operation = op::Concat{0};
      break;
    case 1: {
      const std::int64_t axis = pick(0, 2);
      const std::int64_t size = shape[static_cast<std::size_t>(axis)];
      trial.layer.operation = op::Affine{axis};
      trial.layer.constants = {random_tensor(rng, {size}), random_tensor(rng, {size})};
      break;
    }
    default:
      trial.layer.operation = op::Transpose{*rc::gen::element(
          std::vector<std::int64_t>{2, 0, 1}, std::vector<std::int64_t>{1, 2, 0}, std::vector<std::int64_t>{0, 2, 1})};
  }
  compare(trial, 0);
}

// conv → activation → pool → conv, with and without other readers of the values between, float and integer: what is
// fused must not change what comes out.
RC_GTEST_PROP(Kernels, FusingChangesNothing, ()) {
  Rng rng(static_cast<std::uint64_t>(pick(0, 1'000'000)));
  using Kind = op::Activation::Kind;
  op::Activation activation;
  activation.kind = *rc::gen::element(Kind::kRelu, Kind::kClip, Kind::kLeakyRelu, Kind::kHardSwish);
  activation.alpha = 0.1F;
  activation.beta = 1.5F;
  const bool integer = pick(0, 1) == 1;
  NetworkBuilder b;
  op::Conv conv;
  conv.pad = {1, 1, 1, 1};
  const LayerId x = b.input({3, 8, 8});
  const LayerId c1 = b.add("c1", conv, {x}, {random_tensor(rng, {5, 3, 3, 3}), random_tensor(rng, {5})});
  const LayerId a1 = b.add("a1", activation, {c1});
  const op::Pool pool = random_pool();
  const std::int64_t pixels = pooled_length(pool, 0, 8) * pooled_length(pool, 1, 8);
  const LayerId p1 = b.add("p1", pool, {a1});
  const LayerId c2 = b.add("c2", conv, {p1}, {random_tensor(rng, {4, 5, 3, 3}), nullptr});
  const LayerId flat = b.add("flat", op::Reshape{{4 * pixels}}, {c2});
  const LayerId d = b.add("d", op::Dense{}, {flat}, {random_tensor(rng, {6, 4 * pixels}), nullptr});
  const LayerId a2 = b.add("a2", activation, {d});
  if (integer)
    for (const LayerId id : {c1, c2, d}) quantise_layer(b.layer(id), 0, false);
  const Network network = *b.finish(a2);
  const std::vector<float> images = random_values(rng, 3 * 192);
  const std::vector<float> alone = outputs(network, images, 3, {});

  // The same with every value wanted: nothing can be fused.
  const Network* const networks[] = {&network};
  const Graph graph = merge_networks(networks);
  std::vector<NodeId> taps;
  for (NodeId node = 0; node < static_cast<NodeId>(graph.nodes.size()); ++node) taps.push_back(node);
  const auto plan = Plan::build(graph, taps, {.piece = 3});
  RC_ASSERT(plan.ok());
  const OneOpenMpThread one_thread;
  Workspace workspace(*plan);
  std::copy(images.begin(), images.end(), plan->input(workspace, 0));
  std::vector<float> tapped;
  plan->run(workspace, 3, [&](std::size_t tap, const float* values) {
    if (tap + 1 == taps.size()) tapped.assign(values, values + alone.size());
  });
  RC_ASSERT(same_bits(alone, tapped));
  if (integer) RC_ASSERT(same_bits(alone, outputs(network, images, 3, {"ref"})));
}

TEST(Kernels, EveryListEndsInTheReference) {
  const Operation operations[] = {op::Conv{},      op::ConvTranspose{},  op::Dense{},   op::MatMul{},
                                  op::Affine{},    op::Activation{},     op::Softmax{}, op::Pool{},
                                  op::Binary{},    op::Concat{},         op::Slice{},   op::Pad{},
                                  op::Reshape{},   op::Transpose{},      op::Gather{},  op::ReduceMean{},
                                  op::Recurrent{}, op::MultiThreshold{}, op::Truncate{},
                                  op::Select{}};
  for (const Operation& operation : operations) {
    const auto list = kernel_list(operation);
    ASSERT_FALSE(list.empty()) << operation_name(operation);
    EXPECT_EQ(list.back()->id(), "ref") << operation_name(operation);
  }
}

TEST(Kernels, SpecialValuesPassThroughFusedReluAsThroughTheReference) {
  // One pixel a value: NaN, −0, infinities through a 1×1 convolution and Relu.
  const float inf = std::numeric_limits<float>::infinity();
  const std::vector<float> images{std::numeric_limits<float>::quiet_NaN(), -0.0F, inf, -inf, 1e-42F, -1};
  NetworkBuilder b;
  const LayerId x = b.input({1, 1, 6});
  const LayerId c = b.add("c", op::Conv{}, {x}, {make_tensor({1, 1, 1, 1}, {1}), nullptr});
  const Network network = *b.finish(b.add("r", op::Activation{}, {c}));
  EngineOptions forced;
  forced.force_kernels = {"ref"};
  const std::vector<float> expected = *Engine(forced).run(network, images, 1);
  const std::vector<float> got = *Engine({}).run(network, images, 1);
  EXPECT_TRUE(same_bits(expected, got));
}

}  // namespace
}  // namespace roofscape::engine
