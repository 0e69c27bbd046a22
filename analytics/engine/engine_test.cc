#include "analytics/engine/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>

#include "analytics/base/status_matchers.h"
#include "analytics/engine/testing.h"

namespace roofscape::engine {
namespace {

using ::roofscape::testing::IsOk;
using ::roofscape::testing::StatusIs;
using ::testing::HasSubstr;
using testing::quantised;
using testing::random_dataset;
using testing::small_network;

class EngineTest : public ::testing::Test {
 protected:
  std::vector<Counts> measure(const std::vector<const Network*>& networks, EngineOptions options = {},
                              const MeasureOptions& measure_options = {}) {
    auto counts = Engine(std::move(options)).measure(networks, 0, data_, {}, measure_options);
    EXPECT_THAT(counts, IsOk());
    return counts.ok() ? *counts : std::vector<Counts>(networks.size());
  }

  Rng rng_{7};
  Dataset data_ = random_dataset(rng_, {2, 12, 12}, 300, 10);
  Network fp32_ = small_network(1);
  Network int8_ = quantised(fp32_, 8, 8);
  Network int4_ = quantised(fp32_, 4, 4);
};

TEST_F(EngineTest, CountsAgreeWithScoringTheOutputsOneByOne) {
  const Engine engine({});
  std::vector<float> images(300 * 288);
  prepare_images(data_, {}, {0, 300}, images);
  RS_ASSERT_OK_AND_ASSIGN(const std::vector<float> outputs, engine.run(fp32_, images, 300));
  std::int64_t top1 = 0;
  for (std::size_t n = 0; n < 300; ++n) {
    const auto first = outputs.begin() + static_cast<std::ptrdiff_t>(n * 10);
    top1 += std::max_element(first, first + 10) - first == data_.labels[n] ? 1 : 0;
  }
  const Counts counts = measure({&fp32_})[0];
  EXPECT_EQ(counts.images, 300);
  EXPECT_EQ(counts.top1, top1);
  EXPECT_EQ(counts.agree, 300);
  EXPECT_EQ(counts.snr_fixed, std::int64_t{300} * 200 << 20);
}

TEST_F(EngineTest, QuantisingFinelyAgreesMoreThanCoarsely) {
  const std::vector<Counts> counts = measure({&fp32_, &int8_, &int4_});
  EXPECT_GT(metrics(counts[1]).agreement, 0.9);
  EXPECT_LT(metrics(counts[2]).agreement, metrics(counts[1]).agreement);
  EXPECT_GT(metrics(counts[1]).snr_db, metrics(counts[2]).snr_db + 10);
}

TEST_F(EngineTest, AnyNumberOfThreadsGivesTheSameCounts) {
  const auto one = measure({&fp32_, &int8_, &int4_}, {.threads = 1, .batch = 16});
  EXPECT_EQ(measure({&fp32_, &int8_, &int4_}, {.threads = 2, .batch = 16}), one);
  EXPECT_EQ(measure({&fp32_, &int8_, &int4_}, {.threads = 3, .batch = 16}), one);
}

TEST_F(EngineTest, TheSetAndItsOrderDoNotMatter) {
  const auto together = measure({&fp32_, &int8_, &int4_});
  const auto reordered = measure({&fp32_, &int4_, &fp32_, &int8_});
  EXPECT_EQ(reordered[0], together[0]);
  EXPECT_EQ(reordered[1], together[2]);
  EXPECT_EQ(reordered[2], together[0]);
  EXPECT_EQ(reordered[3], together[1]);
  EXPECT_EQ(measure({&fp32_, &int8_})[1], together[1]);
}

TEST_F(EngineTest, PartsOfTheDataAddUpToTheWhole) {
  Counts sum = measure({&int8_}, {}, {.range = ImageRange{0, 77}})[0];
  sum += measure({&int8_}, {}, {.range = ImageRange{77, 223}})[0];
  EXPECT_EQ(sum, measure({&int8_})[0]);
}

TEST_F(EngineTest, BatchSizeDoesNotMatter) {
  EXPECT_EQ(measure({&fp32_, &int8_}, {.batch = 10}), measure({&fp32_, &int8_}, {.batch = 64}));
}

TEST_F(EngineTest, ReportsProgressToTheEnd) {
  std::vector<std::int64_t> done;
  measure({&fp32_}, {.threads = 2, .batch = 100}, {.progress = [&](std::int64_t images) { done.push_back(images); }});
  EXPECT_EQ(done, (std::vector<std::int64_t>{100, 200, 300}));
}

// Classes of 300 images by each network, as an observer sees them; −1 where it never did.
using Classes = std::vector<std::vector<std::int32_t>>;

TEST_F(EngineTest, AnObserverSeesWhatIsCountedAndChangesNothing) {
  const std::vector<const Network*> networks{&fp32_, &int8_, &int4_};
  const auto observed = [&](const EngineOptions& options, std::optional<ImageRange> range = {}) {
    Classes classes(3, std::vector<std::int32_t>(300, -1));
    std::atomic<std::int64_t> calls_to_old_images = 0;
    MeasureOptions measure_options{.range = range};
    measure_options.observe = [&](std::size_t network, std::int64_t first, std::span<const std::int32_t> seen) {
      for (const std::int32_t one : seen) {
        std::int32_t& place = classes[network][static_cast<std::size_t>(first++)];
        if (place != -1) ++calls_to_old_images;
        place = one;
      }
    };
    const auto counts = measure(networks, options, measure_options);
    EXPECT_EQ(counts, measure(networks, options, {.range = range}));
    EXPECT_EQ(calls_to_old_images, 0);
    for (std::size_t n = 0; n < 3; ++n) {
      std::int64_t top1 = 0, agree = 0;
      for (std::size_t i = 0; i < 300; ++i) {
        top1 += classes[n][i] == data_.labels[i] ? 1 : 0;
        agree += classes[n][i] != -1 && classes[n][i] == classes[0][i] ? 1 : 0;
      }
      EXPECT_EQ(counts[n].top1, top1);
      EXPECT_EQ(counts[n].agree, agree);
    }
    return classes;
  };
  const Classes one = observed({.threads = 1, .batch = 16});
  EXPECT_EQ(observed({.threads = 2, .batch = 16}), one);
  EXPECT_EQ(observed({.threads = 3, .batch = 64}), one);
  Classes middle(3, std::vector<std::int32_t>(300, -1));
  for (std::size_t n = 0; n < 3; ++n) std::copy_n(one[n].begin() + 50, 100, middle[n].begin() + 50);
  EXPECT_EQ(observed({.threads = 2, .batch = 16}, ImageRange{50, 100}), middle);
}

TEST_F(EngineTest, StopsWhenCancelled) {
  CancelToken token;
  MeasureOptions options{.cancel = &token};
  std::int64_t calls = 0;
  options.progress = [&](std::int64_t) {
    ++calls;
    token.cancel();
  };
  const Network* networks[] = {&fp32_};
  EXPECT_THAT(Engine({.batch = 10}).measure(networks, 0, data_, {}, options),
              StatusIs(Code::kCancelled, "the measurement was cancelled"));
  EXPECT_EQ(calls, 1);
}

TEST_F(EngineTest, NamesTheImageWhoseLabelIsOutOfRange) {
  data_.labels[123] = 10;
  const Network* networks[] = {&fp32_};
  EXPECT_THAT(Engine({}).measure(networks, 0, data_, {}),
              StatusIs(Code::kInvalidArgument,
                       "image 123 has label 10; the network gives 10 classes, so labels must be 0 to 9"));
  data_.labels[123] = -1;
  EXPECT_THAT(Engine({}).measure(networks, 0, data_, {}),
              StatusIs(Code::kInvalidArgument, HasSubstr("image 123 has label -1")));
}

TEST_F(EngineTest, RefusesWhatDoesNotFit) {
  const Network* networks[] = {&fp32_};
  EXPECT_THAT(Engine({.threads = 0}).measure(networks, 0, data_, {}),
              StatusIs(Code::kInvalidArgument, HasSubstr("0 threads")));
  EXPECT_THAT(Engine({.batch = 0}).measure(networks, 0, data_, {}),
              StatusIs(Code::kInvalidArgument, HasSubstr("batch is 0")));
  EXPECT_THAT(Engine({}).measure(networks, 1, data_, {}),
              StatusIs(Code::kInvalidArgument, HasSubstr("the reference is network 1 of 1")));
  EXPECT_THAT(Engine({}).measure(networks, 0, data_, {}, {.range = ImageRange{200, 101}}),
              StatusIs(Code::kOutOfRange, HasSubstr("images 200 to 301 are asked for; the data set holds 300")));
  EngineOptions forced;
  forced.force_kernels = {"reff"};
  EXPECT_THAT(Engine(forced).measure(networks, 0, data_, {}),
              StatusIs(Code::kNotFound, "no kernel has the id 'reff'; did you mean 'ref'?"));
  data_.image_shape = {2, 12, 13};
  EXPECT_THAT(Engine({}).measure(networks, 0, data_, {}),
              StatusIs(Code::kInvalidArgument, HasSubstr("the network takes [2, 12, 12] (288 values), but the data's "
                                                         "images are [2, 12, 13] (312 values)")));
}

TEST_F(EngineTest, TurnsChannelsToWhereTheNetworkWantsThem) {
  // The same network behind a transpose, fed with the same images: it takes them channels last.
  NetworkBuilder b;
  std::vector<Layer> layers(fp32_.layers().begin(), fp32_.layers().end());
  std::vector<LayerId> ids{b.input({12, 12, 2})};
  ids[0] = b.add("channels_first", op::Transpose{{2, 0, 1}}, {ids[0]});
  for (std::size_t i = 1; i < layers.size(); ++i) {
    std::vector<LayerId> inputs;
    for (const LayerId input : layers[i].inputs) inputs.push_back(ids[static_cast<std::size_t>(input)]);
    ids.push_back(b.add(layers[i].name, layers[i].operation, inputs, layers[i].constants));
  }
  const Network channels_last = *b.finish(ids.back());
  EXPECT_EQ(measure({&channels_last})[0], measure({&fp32_})[0]);
}

TEST_F(EngineTest, NanOutputsScoreTheFirstClassAndTheCap) {
  NetworkBuilder b;
  const LayerId x = b.input({4});
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Network network = *b.finish(b.add("nan", op::Binary{}, {x}, {make_tensor({4}, {nan, nan, nan, nan})}));
  Dataset data = random_dataset(rng_, {4}, 5, 1);
  const Network* networks[] = {&network};
  RS_ASSERT_OK_AND_ASSIGN(const std::vector<Counts> counts, Engine({}).measure(networks, 0, data, {}));
  EXPECT_EQ(counts[0].top1, 5);
  EXPECT_EQ(counts[0].loss_fixed, std::int64_t{5} << 30);
}

TEST_F(EngineTest, MergesWhatIsEqual) {
  const Network* twice[] = {&fp32_, &fp32_};
  const MergeReport same = merge_report(twice);
  EXPECT_EQ(same.nodes_separate, 2 * fp32_.size());
  EXPECT_EQ(same.nodes_merged, fp32_.size());
  EXPECT_EQ(same.macs_separate, 2 * same.macs_merged);

  // Only the last layer differs: all others are shared.
  std::vector<Layer> layers(fp32_.layers().begin(), fp32_.layers().end());
  layers.back().constants[1] = nullptr;
  const Network other = *Network::create(layers, fp32_.output());
  const Network* near[] = {&fp32_, &other};
  EXPECT_EQ(merge_report(near).nodes_merged, fp32_.size() + 1);
}

// [4] → padded to `elements` → times `factor` → [4].
Network wide_network(std::int64_t elements, float factor) {
  NetworkBuilder b;
  const LayerId x = b.input({4});
  const LayerId wide = b.add("pad", op::Pad{{0}, {elements - 4}, 0, op::Pad::Mode::kConstant}, {x});
  const LayerId product = b.add("times", op::Binary{op::Binary::Kind::kMul}, {wide}, {make_tensor({}, {factor})});
  return *b.finish(b.add("slice", op::Slice{{0}, {4}, {1}}, {product}));
}

// A layer that takes small inputs as 0 is the same layer after a Shrink; integer layers stay integer.
TEST_F(EngineTest, SmallInputsAreTakenAsZeroOnEntry) {
  for (const bool integer : {false, true}) {
    const Network plain = integer ? testing::quantised(fp32_, 8, 4) : fp32_;
    std::vector<Layer> skipping(plain.layers().begin(), plain.layers().end());
    NetworkBuilder b;
    std::vector<LayerId> placed;
    for (LayerId id = 0; id < plain.size(); ++id) {
      const Layer& layer = plain.layer(id);
      std::vector<LayerId> inputs;
      for (const LayerId input : layer.inputs) inputs.push_back(placed[static_cast<std::size_t>(input)]);
      if (layer.has_weight()) {
        skipping[static_cast<std::size_t>(id)].arithmetic.skips =
            std::make_shared<const Skips>(Skips{.threshold = 0.75F});
        inputs[0] =
            b.add(layer.name + "/before", op::Activation{op::Activation::Kind::kHardShrink, 0.75F}, {inputs[0]});
      }
      placed.push_back(b.add(layer.name, layer.operation, inputs, layer.constants));
      b.layer(placed.back()).arithmetic = layer.arithmetic;
    }
    RS_ASSERT_OK_AND_ASSIGN(const Network shrunk, b.finish(placed.back()));
    RS_ASSERT_OK_AND_ASSIGN(const Network skips, Network::create(std::move(skipping), plain.output()));
    std::vector<float> images(4 * 288);
    prepare_images(data_, {}, {0, 4}, images);
    RS_ASSERT_OK_AND_ASSIGN(const std::vector<float> expected, Engine({}).run(shrunk, images, 4));
    RS_ASSERT_OK_AND_ASSIGN(const std::vector<float> got, Engine({}).run(skips, images, 4));
    EXPECT_EQ(got, expected);
    RS_ASSERT_OK_AND_ASSIGN(const std::vector<float> without, Engine({}).run(plain, images, 4));
    EXPECT_NE(got, without);
    RS_ASSERT_OK_AND_ASSIGN(const std::vector<KernelUse> with_skips, Engine({}).kernels(skips));
    RS_ASSERT_OK_AND_ASSIGN(const std::vector<KernelUse> as_before, Engine({}).kernels(plain));
    for (std::size_t i = 0; integer && i < as_before.size(); ++i) EXPECT_EQ(with_skips[i].kernel, as_before[i].kernel);
  }
}

TEST_F(EngineTest, WhatNeedsMuchMemoryIsMeasuredInPartsAndSmallerPieces) {
  const std::int64_t elements = std::int64_t{1} << 22;  // 16 MiB an image and value
  const Network one = wide_network(elements, 1);
  const Network negative = wide_network(elements, -1);
  const Network twice = wide_network(elements, 2);
  const Dataset data = random_dataset(rng_, {4}, 20, 4);
  const Network* all[] = {&one, &negative, &twice};
  std::vector<std::int64_t> done;
  MeasureOptions options;
  options.progress = [&](std::int64_t images) { done.push_back(images); };
  Classes seen(3, std::vector<std::int32_t>(20, -1));
  options.observe = [&](std::size_t network, std::int64_t first, std::span<const std::int32_t> classes) {
    std::copy(classes.begin(), classes.end(), seen[network].begin() + first);
  };
  RS_ASSERT_OK_AND_ASSIGN(const std::vector<Counts> together, Engine({}).measure(all, 0, data, {}, options));
  EXPECT_EQ(together[0].agree, 20);
  EXPECT_EQ(together[1].agree, 0);
  EXPECT_EQ(together[2].agree, 20);
  EXPECT_GT(done.size(), 1);  // in parts
  EXPECT_EQ(done.back(), 20);
  for (std::size_t n = 0; n < 3; ++n) {
    std::int64_t top1 = 0;
    for (std::size_t i = 0; i < 20; ++i) top1 += seen[n][i] == data.labels[i] ? 1 : 0;
    EXPECT_EQ(together[n].top1, top1);
  }
  EXPECT_EQ(seen[2], seen[0]);
  RS_ASSERT_OK_AND_ASSIGN(const std::vector<float> outputs, Engine({}).run(twice, std::vector<float>(80, 3), 20));
  EXPECT_EQ(outputs, std::vector<float>(80, 6));
}

TEST_F(EngineTest, RefusesWhatNoMemoryCouldHold) {
  const Network network = wide_network(std::int64_t{1} << 30, 1);
  EXPECT_THAT(Engine({}).run(network, std::vector<float>(4), 1),
              StatusIs(Code::kResourceExhausted, HasSubstr("bytes of memory a thread; at most")));
}

TEST_F(EngineTest, FingerprintNamesWhatCouldChangeResults) {
  EXPECT_THAT(Engine({.batch = 32}).fingerprint(), HasSubstr("batch 32"));
  EXPECT_EQ(Engine({.threads = 1}).fingerprint(), Engine({.threads = 2}).fingerprint());
  EngineOptions forced;
  forced.force_kernels = {"ref"};
  EXPECT_NE(Engine(forced).fingerprint(), Engine({}).fingerprint());
}

TEST_F(EngineTest, SaysWhichKernelsRun) {
  EngineOptions forced;
  forced.force_kernels = {"ref"};
  RS_ASSERT_OK_AND_ASSIGN(const std::vector<KernelUse> uses, Engine(forced).kernels(int8_));
  ASSERT_EQ(uses.size(), static_cast<std::size_t>(int8_.size()) - 1);
  for (const KernelUse& use : uses) EXPECT_EQ(use.kernel, use.layer == "flatten" ? "ref (view)" : "ref") << use.layer;
  RS_ASSERT_OK_AND_ASSIGN(const std::vector<KernelUse> chosen, Engine({}).kernels(fp32_));
  EXPECT_FALSE(chosen[0].declined.empty());
}

// The network with this accumulator in every layer that adds integer products.
Network limited(const Network& network, int bits, Accumulator::Overflow overflow) {
  std::vector<Layer> layers(network.layers().begin(), network.layers().end());
  for (Layer& layer : layers)
    if (layer.has_weight()) layer.arithmetic.accumulator = Accumulator{bits, overflow};
  return *Network::create(std::move(layers), network.output());
}

TEST_F(EngineTest, WideAccumulatorsChangeNothing) {
  using Overflow = Accumulator::Overflow;
  RS_ASSERT_OK_AND_ASSIGN(const std::vector<KernelUse> before, Engine({}).kernels(int8_));
  const Counts counts = measure({&fp32_, &int8_})[1];
  for (const Overflow overflow : {Overflow::kWrap, Overflow::kSaturate}) {
    const Network wide = limited(int8_, 32, overflow);
    EXPECT_NE(wide.key(), int8_.key());
    EXPECT_EQ(measure({&fp32_, &wide})[1], counts);
    RS_ASSERT_OK_AND_ASSIGN(const std::vector<KernelUse> after, Engine({}).kernels(wide));
    for (std::size_t i = 0; i < before.size(); ++i) EXPECT_EQ(after[i].kernel, before[i].kernel);
  }
  EXPECT_EQ(counts.overflows, 0);
}

TEST_F(EngineTest, NarrowAccumulatorsOverflowAndAreCounted) {
  using Overflow = Accumulator::Overflow;
  const Network wraps = limited(int8_, 14, Overflow::kWrap), saturates = limited(int8_, 14, Overflow::kSaturate);
  const Network narrower = limited(int8_, 10, Overflow::kWrap);
  const std::vector<const Network*> networks{&fp32_, &int8_, &wraps, &saturates, &narrower};
  const std::vector<Counts> counts = measure(networks, {.batch = 16});
  EXPECT_EQ(counts[0].overflows, 0);
  EXPECT_EQ(counts[1].overflows, 0);
  EXPECT_GT(counts[2].overflows, 0);
  EXPECT_GT(counts[3].overflows, 0);
  EXPECT_GT(counts[4].overflows, counts[2].overflows);
  EXPECT_LT(counts[4].snr_fixed, counts[1].snr_fixed);

  // Whatever computes them, beside what they are computed and in how many parts.
  EXPECT_EQ(measure(networks, {.batch = 16, .force_kernels = {"ref"}})[2].overflows, counts[2].overflows);
  EXPECT_EQ(measure(networks, {.threads = 2, .batch = 64}), counts);
  EXPECT_EQ(measure({&fp32_, &narrower, &wraps, &narrower})[2], counts[2]);
  Counts sum = measure({&fp32_, &saturates}, {}, {.range = ImageRange{0, 77}})[1];
  sum += measure({&fp32_, &saturates}, {}, {.range = ImageRange{77, 223}})[1];
  EXPECT_EQ(sum, counts[3]);
}

TEST_F(EngineTest, OnlyTheReferenceSaturates) {
  RS_ASSERT_OK_AND_ASSIGN(const std::vector<KernelUse> uses,
                          Engine({}).kernels(limited(int8_, 10, Accumulator::Overflow::kSaturate)));
  for (const KernelUse& use : uses) {
    if (use.layer != "conv2" && use.layer != "dense1") continue;
    EXPECT_EQ(use.kernel, "ref") << use.layer;
    EXPECT_THAT(use.declined, ::testing::Contains(HasSubstr("sums saturate at 10 bits, so that the order")));
  }
  RS_ASSERT_OK_AND_ASSIGN(const std::vector<KernelUse> wrapping,
                          Engine({}).kernels(limited(int8_, 10, Accumulator::Overflow::kWrap)));
  for (const KernelUse& use : wrapping) {
    if (use.layer == "conv2" || use.layer == "dense1") {
      EXPECT_NE(use.kernel, "ref") << use.layer;
    }
  }
}

// A layer that the output does not need runs or not, depending on the other networks: it does not count.
TEST_F(EngineTest, OverflowsOfLayersThatLeadNowhereDoNotCount) {
  Network wraps = limited(int8_, 10, Accumulator::Overflow::kWrap);
  std::vector<Layer> layers(wraps.layers().begin(), wraps.layers().end());
  for (Layer& layer : layers)
    if (layer.name != "dense2") layer.arithmetic.accumulator.reset();
  Layer aside = layers.back();
  aside.name = "aside";
  aside.arithmetic.accumulator.reset();
  layers.push_back(aside);
  const Network without = *Network::create(layers, static_cast<LayerId>(layers.size()) - 1);
  const Network with = *Network::create(layers, static_cast<LayerId>(layers.size()) - 2);
  const std::vector<Counts> counts = measure({&fp32_, &without, &with});
  EXPECT_EQ(counts[1].overflows, 0);
  EXPECT_GT(counts[2].overflows, 0);
}

}  // namespace
}  // namespace roofscape::engine
