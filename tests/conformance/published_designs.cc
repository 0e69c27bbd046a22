#include "tests/conformance/published_designs.h"

#include <cmath>
#include <memory>
#include <random>

#include "analytics/cost/uniform_formats.h"
#include "analytics/zoo/builder.h"

namespace roofscape::published {
namespace {

using zoo::Builder;

Network in(const Network& network, const char* formats) {
  return cost::with_formats(network, cost::parse_formats(formats).value()).value();
}

struct Convolution {
  std::int64_t channels, side, filters, kernel, stride = 1, groups = 1;
};

Network alone(const Convolution& of) {
  Builder b({of.channels, of.side, of.side});
  zoo::Window window{.kernel = {of.kernel, of.kernel}, .stride = of.stride, .groups = of.groups};
  if (of.stride > 1) window.pad = zoo::kNoPad;
  return b.finish(b.conv(b.input(), of.filters, window)).value();
}

// The first layer with weights in one pair of formats, all others in another.
Network first_in(const Network& network, const char* first, const char* others) {
  const Network wide = in(network, first), narrow = in(network, others);
  std::vector<Layer> layers(narrow.layers().begin(), narrow.layers().end());
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (!layers[i].has_weight()) continue;
    layers[i].arithmetic = wide.layer(static_cast<LayerId>(i)).arithmetic;
    break;
  }
  return Network::create(std::move(layers), narrow.output()).value();
}

// Two convolutions and a pool for each width, then dense layers: CIFAR-10 and SVHN.
Network pairs_of_convolutions(std::int64_t width) {
  Builder b({3, 32, 32});
  LayerId x = b.input();
  for (int stage = 0; stage < 3; ++stage, width *= 2) {
    for (int i = 0; i < 2; ++i) x = b.relu(b.conv(x, width));
    x = b.max_pool(x, 2, 2);
  }
  x = b.flatten(x);
  for (int i = 0; i < 2; ++i) x = b.relu(b.dense(x, 1024));
  return b.finish(b.dense(x, 10)).value();
}

Network two_columns() {
  Builder b({3, 227, 227});
  LayerId x = b.relu(b.conv(b.input(), 96, {.kernel = {11, 11}, .stride = 4, .pad = zoo::kNoPad}));
  x = b.relu(b.conv(b.max_pool(x, 3, 2), 256, {.kernel = {5, 5}, .groups = 2}));
  x = b.relu(b.conv(b.max_pool(x, 3, 2), 384));
  x = b.relu(b.conv(x, 384, {.groups = 2}));
  x = b.relu(b.conv(x, 256, {.groups = 2}));
  x = b.flatten(b.max_pool(x, 3, 2));
  for (int i = 0; i < 2; ++i) x = b.relu(b.dense(x, 4096));
  return b.finish(b.dense(x, 1000)).value();
}

Network lenet() {
  Builder b({1, 32, 32});
  LayerId x = b.max_pool(b.relu(b.conv(b.input(), 32, {.kernel = {5, 5}})), 2, 2);
  x = b.max_pool(b.relu(b.conv(x, 64, {.kernel = {5, 5}})), 2, 2);
  x = b.relu(b.dense(b.flatten(x), 512));
  return b.finish(b.dense(x, 10)).value();
}

Network vgg_7() {
  Builder b({3, 32, 32});
  LayerId x = b.max_pool(b.relu(b.conv(b.input(), 256)), 2, 2);
  x = b.max_pool(b.relu(b.conv(x, 512, {.groups = 2})), 2, 2);
  x = b.max_pool(b.relu(b.conv(x, 1024, {.groups = 2})), 2, 2);
  return b.finish(b.dense(b.flatten(x), 512)).value();
}

// In the simulator's results each block is a 1 x 1 convolution and a 3 x 3 one.
Network resnet_18() {
  Builder b({3, 224, 224});
  LayerId x = b.relu(b.conv(b.input(), 64, {.kernel = {7, 7}, .stride = 2}));
  x = b.max_pool(x, 3, 2, 1);
  for (const std::int64_t width : {64, 128, 256, 512})
    for (int block = 0; block < 2; ++block) {
      const std::int64_t stride = block == 0 && width > 64 ? 2 : 1;
      x = b.relu(b.conv(x, width, {.kernel = {1, 1}, .stride = stride}));
      x = b.relu(b.conv(x, width));
    }
  return b.finish(b.dense(b.global_average(x), 1000)).value();
}

Network one_dense(std::int64_t inputs, std::int64_t outputs) {
  Builder b({inputs});
  return b.finish(b.dense(b.input(), outputs)).value();
}

Network dense_layers(int count, double weights) {
  const std::int64_t width = std::llround(std::sqrt(weights / count));
  Builder b({width});
  LayerId x = b.input();
  for (int i = 0; i < count; ++i) x = b.relu(b.dense(x, width));
  return b.finish(x).value();
}

// Positions of a board, and convolutions of one width on it: 2,888 multiplications a weight byte are eight boards.
Network go_board() {
  Builder b({48, 19, 19});
  LayerId x = b.relu(b.conv(b.input(), 256, {.kernel = {5, 5}}));
  for (int i = 0; i < 13; ++i) x = b.relu(b.conv(x, 256));
  return b.finish(b.conv(x, 1, {.kernel = {1, 1}})).value();
}

}  // namespace

std::vector<Design> eyeriss_alexnet() {
  constexpr Convolution kLayers[] = {
      {3, 227, 96, 11, 4}, {96, 27, 256, 5, 1, 2}, {256, 13, 384, 3}, {384, 13, 384, 3, 1, 2}, {384, 13, 256, 3, 1, 2}};
  std::vector<Design> all;
  for (const Convolution& of : kLayers)
    all.push_back({"CONV" + std::to_string(all.size() + 1), in(alone(of), "int16")});
  return all;
}

Network eyeriss_vgg16() {
  Builder b({3, 224, 224});
  LayerId x = b.input();
  constexpr std::int64_t kStages[][2] = {{64, 2}, {128, 2}, {256, 3}, {512, 3}, {512, 3}};
  for (const auto& [width, count] : kStages) {
    if (width > 64) x = b.max_pool(x, 2, 2);
    for (std::int64_t i = 0; i < count; ++i) x = b.relu(b.conv(x, width));
  }
  return in(b.finish(x).value(), "int16");
}

std::vector<EieLayer> eie_layers() {
  return {{"AlexNet FC6", 9216, 4096, .09, .351}, {"AlexNet FC7", 4096, 4096, .09, .353},
          {"AlexNet FC8", 4096, 1000, .25, .375}, {"VGG16 FC6", 25088, 4096, .04, .183},
          {"VGG16 FC7", 4096, 4096, .04, .375},   {"VGG16 FC8", 4096, 1000, .23, .411},
          {"NT- We", 4096, 600, .10, 1},          {"NT- Wd", 600, 8791, .11, 1},
          {"NT- LSTM", 1201, 2400, .10, 1}};
}

Network eie_layer(const EieLayer& of) {
  std::vector<float> weights(static_cast<std::size_t>(of.inputs * of.outputs), 0.0F);
  std::mt19937_64 random(1);
  std::geometric_distribution<std::size_t> zeros_before(of.weights);
  for (std::size_t i = zeros_before(random); i < weights.size(); i += 1 + zeros_before(random)) weights[i] = 1;
  NetworkBuilder b;
  const LayerId x = b.input({of.inputs});
  const LayerId fc = b.add("fc", op::Dense{}, {x}, {make_tensor({of.outputs, of.inputs}, std::move(weights)), nullptr});
  const Network plain = in(b.finish(fc).value(), "int16");
  std::vector<Layer> layers(plain.layers().begin(), plain.layers().end());
  Layer& layer = layers[static_cast<std::size_t>(fc)];
  layer.storage.encoding = Storage::Encoding::kRelative;
  layer.storage.values = Storage::Values::kCodebook;
  const auto zeros = static_cast<float>(1 - of.activations);
  layer.arithmetic.skips =
      std::make_shared<const Skips>(Skips{0, std::vector<float>(static_cast<std::size_t>(of.inputs), zeros)});
  return Network::create(std::move(layers), fc).value();
}

std::vector<Design> bitfusion_networks() {
  return {{"AlexNet", in(two_columns(), "int8")},
          {"SVHN", first_in(pairs_of_convolutions(64), "int8", "int2")},
          {"CIFAR10", first_in(pairs_of_convolutions(128), "int8", "int2")},
          {"LeNet-5", first_in(lenet(), "int8", "int2")},
          {"VGG-7", first_in(vgg_7(), "int8", "int2")},
          {"ResNet-18", in(resnet_18(), "int8")},
          // Both lie in memory in 16 bits.
          {"RNN", in(one_dense(2048, 2048), "int16 x int8")},
          {"LSTM", in(one_dense(900, 3600), "int16 x int8")}};
}

std::vector<Design> tpu_applications() {
  return {{"MLP0", in(dense_layers(5, 20e6), "int8")},
          {"MLP1", in(dense_layers(4, 5e6), "int8")},
          {"LSTM0", in(dense_layers(24, 52e6), "int8")},
          {"LSTM1", in(dense_layers(37, 34e6), "int8")},
          {"CNN0", in(go_board(), "int8")}};
}

}  // namespace roofscape::published
