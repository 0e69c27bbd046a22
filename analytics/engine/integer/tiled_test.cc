// Every micro-kernel of this machine against the naive reference, bit for bit, over random layers.
#include "analytics/engine/integer/tiled.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "analytics/base/instruction_sets.h"
#include "analytics/base/rng.h"
#include "analytics/engine/integer/depthwise.h"
#include "analytics/engine/integer/shallow.h"
#include "analytics/engine/ref/ref.h"
#include "analytics/network/network.h"

namespace roofscape::engine {
namespace {

struct Aligned {
  static constexpr std::byte kUntouched{0x5a};
  explicit Aligned(std::size_t bytes) : bytes_((bytes + 127) / 64 * 64), data(std::aligned_alloc(64, bytes_)) {
    std::memset(data, static_cast<int>(kUntouched), bytes_);
  }
  ~Aligned() { std::free(data); }
  Aligned(const Aligned&) = delete;
  std::size_t bytes_;
  void* data;
};

std::int64_t pick(Rng& rng, std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(high - low + 1)));
}

QuantiserPtr random_quantiser(Rng& rng, int bits, bool is_signed, bool affine, std::size_t channels) {
  auto quantiser = std::make_shared<Quantiser>();
  quantiser->format = NumberFormat::integer(bits, is_signed ? Signedness::kSigned : Signedness::kUnsigned);
  quantiser->scale.clear();
  quantiser->zero_point.clear();
  for (std::size_t c = 0; c < channels; ++c) {
    quantiser->scale.push_back(static_cast<float>(0.001 + rng.uniform()));
    quantiser->zero_point.push_back(
        affine ? static_cast<std::int32_t>(pick(rng, quantiser->format.lowest(), quantiser->format.highest())) : 0);
  }
  quantiser->axis = channels > 1 ? 0 : Quantiser::kPerTensor;
  return quantiser;
}

// A tensor whose values lie on the quantiser's grid, along axis 0.
TensorPtr on_grid(Rng& rng, const Shape& shape, const Quantiser& quantiser) {
  std::vector<float> values(static_cast<std::size_t>(element_count(shape)));
  const std::size_t inner = values.size() / static_cast<std::size_t>(shape[0]);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto code = static_cast<std::int32_t>(pick(rng, quantiser.format.lowest(), quantiser.format.highest()));
    values[i] = quantiser.dequantise(code, quantiser.per_channel() ? i / inner : 0);
  }
  return make_tensor(shape, std::move(values));
}

TensorPtr random_bias(Rng& rng, std::int64_t count) {
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& value : values) value = static_cast<float>(rng.normal());
  return make_tensor({count}, std::move(values));
}

// Reorders [C, H, W] to [H, W, C], for elements of any size.
void to_channels_last(const std::byte* in, std::byte* out, const Shape& shape, std::size_t bytes) {
  const std::int64_t c = shape[0], pixels = shape[1] * shape[2];
  for (std::int64_t i = 0; i < c * pixels; ++i)
    std::memcpy(out + (i % pixels * c + i / pixels) * static_cast<std::int64_t>(bytes),
                in + i * static_cast<std::int64_t>(bytes), bytes);
}

struct Case {
  Layer layer;
  Shape input;
  std::int64_t batch = 1;
};

Case random_conv(Rng& rng) {
  Case c;
  const std::int64_t groups = rng.below(3) == 0 ? pick(rng, 2, 3) : 1;
  const std::int64_t per_group = pick(rng, 1, 9), filters = groups * pick(rng, 1, 40);
  const std::int64_t kh = pick(rng, 1, 4), kw = pick(rng, 1, 5);
  op::Conv conv;
  conv.groups = groups;
  conv.stride = {pick(rng, 1, 2), pick(rng, 1, 3)};
  conv.dilation = {pick(rng, 1, 2), pick(rng, 1, 2)};
  conv.pad = {pick(rng, 0, 3), pick(rng, 0, 2), pick(rng, 0, 1), pick(rng, 0, 2)};
  c.input = {groups * per_group, (kh - 1) * conv.dilation[0] + pick(rng, 1, 6),
             (kw - 1) * conv.dilation[1] + pick(rng, 1, 7)};
  const int weight_bits = static_cast<int>(pick(rng, 2, 9)), input_bits = static_cast<int>(pick(rng, 2, 9));
  c.layer.operation = conv;
  c.layer.arithmetic.weight = random_quantiser(rng, weight_bits, rng.below(4) != 0, rng.below(4) == 0,
                                               rng.below(2) == 0 ? static_cast<std::size_t>(filters) : 1);
  c.layer.arithmetic.inputs = {random_quantiser(rng, input_bits, rng.below(2) == 0, rng.below(2) == 0, 1)};
  c.layer.constants = {on_grid(rng, {filters, per_group, kh, kw}, *c.layer.arithmetic.weight),
                       rng.below(2) == 0 ? random_bias(rng, filters) : nullptr};
  c.batch = pick(rng, 1, 3);
  return c;
}

Case random_depthwise(Rng& rng) {
  Case c = random_conv(rng);
  const std::int64_t channels = pick(rng, 2, 37);
  c.input[0] = channels;
  c.layer.as<op::Conv>()->groups = channels;
  const Shape kernel = c.layer.constants[0]->shape();
  c.layer.arithmetic.weight = random_quantiser(rng, static_cast<int>(pick(rng, 2, 9)), true, false,
                                               rng.below(2) == 0 ? static_cast<std::size_t>(channels) : 1);
  c.layer.constants = {on_grid(rng, {channels, 1, kernel[2], kernel[3]}, *c.layer.arithmetic.weight),
                       random_bias(rng, channels)};
  return c;
}

Case random_shallow(Rng& rng) {
  Case c = random_conv(rng);
  auto& conv = *c.layer.as<op::Conv>();
  const Shape kernel = c.layer.constants[0]->shape();
  const std::int64_t channels = pick(rng, 1, 4), filters = pick(rng, 1, 20);
  conv.groups = 1;
  conv.stride[1] = 1;
  c.input[0] = channels;
  c.input[2] = (kernel[3] - 1) * conv.dilation[1] + pick(rng, 1, 40);
  c.layer.arithmetic.weight = random_quantiser(rng, static_cast<int>(pick(rng, 2, 9)), true, false,
                                               rng.below(2) == 0 ? static_cast<std::size_t>(filters) : 1);
  c.layer.constants = {on_grid(rng, {filters, channels, kernel[2], kernel[3]}, *c.layer.arithmetic.weight),
                       random_bias(rng, filters)};
  return c;
}

Case random_dense(Rng& rng) {
  Case c;
  const std::int64_t inputs = pick(rng, 1, 70), outputs = pick(rng, 1, 50);
  c.input = rng.below(2) == 0 ? Shape{inputs} : Shape{pick(rng, 1, 40), inputs};
  c.layer.operation = op::Dense{};
  c.layer.arithmetic.weight = random_quantiser(rng, static_cast<int>(pick(rng, 2, 12)), true, rng.below(4) == 0,
                                               rng.below(2) == 0 ? static_cast<std::size_t>(outputs) : 1);
  c.layer.arithmetic.inputs = {
      random_quantiser(rng, static_cast<int>(pick(rng, 2, 12)), rng.below(2) == 0, rng.below(2) == 0, 1)};
  c.layer.constants = {on_grid(rng, {outputs, inputs}, *c.layer.arithmetic.weight), random_bias(rng, outputs)};
  c.batch = pick(rng, 1, 5);
  return c;
}

// A layer of `make` whose sums wrap.
template <Case (*make)(Rng&)>
Case wrapping(Rng& rng) {
  Case c = make(rng);
  c.layer.arithmetic.accumulator = Accumulator{static_cast<int>(pick(rng, 4, 18)), Accumulator::Overflow::kWrap};
  return c;
}

Epilogue random_epilogue(Rng& rng) {
  Epilogue epilogue;
  if (rng.below(2) == 0)
    epilogue.activation = rng.below(3) == 0 ? op::Activation{op::Activation::Kind::kSigmoid} : op::Activation{};
  if (rng.below(2) == 0) epilogue.quantiser = random_quantiser(rng, static_cast<int>(pick(rng, 2, 12)), false, true, 1);
  return epilogue;
}

// Codes of random activations for a whole batch, in plain order.
std::vector<std::byte> random_codes(Rng& rng, const Case& c) {
  const NumberFormat& format = c.layer.arithmetic.inputs[0]->format;
  const Element element = code_element(format);
  const std::size_t bytes = element_bytes(element);
  std::vector<std::byte> codes(static_cast<std::size_t>(c.batch * element_count(c.input)) * bytes);
  for (std::size_t i = 0; i < codes.size(); i += bytes) {
    const std::int64_t code = pick(rng, format.lowest(), format.highest());
    std::memcpy(codes.data() + i, &code, bytes);  // little-endian: the low bytes
  }
  return codes;
}

std::vector<std::byte> run(const Kernel& kernel, const Site& site, const Epilogue& epilogue, const Case& c,
                           const std::vector<std::byte>& codes, std::size_t out_bytes, std::int64_t* overflows) {
  auto step = kernel.prepare(site, epilogue, c.batch);
  EXPECT_TRUE(step.ok()) << step.status().message();
  const Forms forms = kernel.forms(site);
  const std::size_t bytes = element_bytes(forms.inputs[0].element());
  Aligned input(codes.size()), output(static_cast<std::size_t>(c.batch * element_count(site.output())) * out_bytes),
      scratch((*step)->scratch_bytes());
  std::memcpy(input.data, codes.data(), codes.size());
  const std::size_t image = codes.size() / static_cast<std::size_t>(c.batch);
  if (forms.inputs[0].layout == Layout::kChannelsLast)
    for (std::int64_t n = 0; n < c.batch; ++n)
      to_channels_last(codes.data() + static_cast<std::size_t>(n) * image,
                       static_cast<std::byte*>(input.data) + static_cast<std::size_t>(n) * image, c.input, bytes);
  const void* inputs[] = {input.data};
  *overflows = 0;
  (*step)->run(c.batch, {inputs, output.data, scratch.data, overflows});
  const auto* out = static_cast<const std::byte*>(output.data);
  const auto* end = out + static_cast<std::size_t>(c.batch * element_count(site.output())) * out_bytes;
  EXPECT_TRUE(std::all_of(end, out + output.bytes_, [](std::byte b) { return b == Aligned::kUntouched; }))
      << kernel.id() << " wrote behind its output";
  return {out, end};
}

// What the reference gives, with the epilogue done value by value, in the layout in which the kernel answers.
std::vector<std::byte> expected(const Kernel& reference, const Site& site, const Epilogue& epilogue, const Case& c,
                                const std::vector<std::byte>& codes, Layout layout, std::int64_t* overflows) {
  const std::vector<std::byte> plain = run(reference, site, {}, c, codes, sizeof(float), overflows);
  std::vector<float> values(plain.size() / sizeof(float));
  std::memcpy(values.data(), plain.data(), plain.size());
  const std::size_t bytes =
      epilogue.quantiser ? element_bytes(code_element(epilogue.quantiser->format)) : sizeof(float);
  std::vector<std::byte> answer(values.size() * bytes);
  for (std::size_t i = 0; i < values.size(); ++i) {
    float value = values[i];
    if (epilogue.activation) value = activate(*epilogue.activation, value);
    if (epilogue.quantiser) {
      const std::int32_t code = epilogue.quantiser->quantise(value);
      std::memcpy(answer.data() + i * bytes, &code, bytes);
    } else {
      std::memcpy(answer.data() + i * bytes, &value, bytes);
    }
  }
  if (layout == Layout::kPlain || site.output().size() != 3) return answer;
  std::vector<std::byte> moved(answer.size());
  const std::size_t image = answer.size() / static_cast<std::size_t>(c.batch);
  for (std::int64_t n = 0; n < c.batch; ++n)
    to_channels_last(answer.data() + static_cast<std::size_t>(n) * image,
                     moved.data() + static_cast<std::size_t>(n) * image, site.output(), bytes);
  return moved;
}

void compare(std::span<const Kernel* const> kernels, const Kernel& reference, Case (*make)(Rng&),
             const std::vector<bool>& machine_has) {
  constexpr int kRounds = 400;
  std::vector<int> ran(kernels.size()), overflowing(kernels.size());
  const bool wraps =
      make == wrapping<random_conv> || make == wrapping<random_dense> || make == wrapping<random_depthwise>;
  for (int seed = 0; seed < kRounds; ++seed) {
    Rng rng(static_cast<std::uint64_t>(seed));
    Case c = make(rng);
    c.layer.name = "it";
    const Epilogue epilogue = random_epilogue(rng);
    NetworkBuilder builder;
    const LayerId x = builder.input(c.input);
    const LayerId id = builder.add("it", c.layer.operation, {x}, c.layer.constants);
    builder.layer(id).arithmetic = c.layer.arithmetic;
    auto network = builder.finish(id);
    ASSERT_TRUE(network.ok()) << network.status().message();
    const Site site{&network->layer(id), {c.input}, {Layout::kPlain}};
    const std::vector<std::byte> codes = random_codes(rng, c);
    for (std::size_t k = 0; k < kernels.size(); ++k) {
      if (kernels[k]->declines(site) || !kernels[k]->fuses(site, epilogue)) continue;
      ++ran[k];
      const std::size_t bytes =
          epilogue.quantiser ? element_bytes(code_element(epilogue.quantiser->format)) : sizeof(float);
      std::int64_t overflows = 0, wanted_overflows = 0;
      const auto got = run(*kernels[k], site, epilogue, c, codes, bytes, &overflows);
      const auto want =
          expected(reference, site, epilogue, c, codes, kernels[k]->forms(site).output, &wanted_overflows);
      ASSERT_EQ(got, want) << kernels[k]->id() << " differs from ref with seed " << seed;
      ASSERT_EQ(overflows, wanted_overflows) << kernels[k]->id() << " counts otherwise than ref with seed " << seed;
      if (overflows > 0) ++overflowing[k];
    }
  }
  for (std::size_t k = 0; k < kernels.size(); ++k) {
    if (machine_has[k]) {
      EXPECT_GT(ran[k], kRounds / 10) << kernels[k]->id() << " was hardly tested";
      EXPECT_EQ(overflowing[k] > kRounds / 20, wraps)
          << kernels[k]->id() << " overflowed " << overflowing[k] << " times";
    }
  }
}

std::vector<bool> tiles_of_this_machine() {
  std::vector<bool> supported;
  for (const MacTile* tile : mac_tiles()) supported.push_back(tile->supported());
  return supported;
}

TEST(TiledConv, EqualsTheReferenceBitForBit) {
  compare(tiled_conv_kernels(), ref_conv(), random_conv, tiles_of_this_machine());
}
TEST(TiledDense, EqualsTheReferenceBitForBit) {
  compare(tiled_dense_kernels(), ref_dense(), random_dense, tiles_of_this_machine());
}

TEST(Depthwise, EqualsTheReferenceBitForBit) {
  std::vector<bool> machine_has(depthwise_kernels().size(), false);
  machine_has.back() = true;  // the portable one
  compare(depthwise_kernels(), ref_conv(), random_depthwise, machine_has);
}

TEST(Shallow, EqualsTheReferenceBitForBit) {
  compare(shallow_kernels(), ref_conv(), random_shallow, std::vector<bool>(shallow_kernels().size(), has_avx2()));
}

TEST(TiledConv, WrapsAsTheReferenceDoes) {
  compare(tiled_conv_kernels(), ref_conv(), wrapping<random_conv>, tiles_of_this_machine());
}
TEST(TiledDense, WrapsAsTheReferenceDoes) {
  compare(tiled_dense_kernels(), ref_dense(), wrapping<random_dense>, tiles_of_this_machine());
}
TEST(Depthwise, WrapsAsTheReferenceDoes) {
  std::vector<bool> machine_has(depthwise_kernels().size(), false);
  machine_has.back() = true;
  compare(depthwise_kernels(), ref_conv(), wrapping<random_depthwise>, machine_has);
}

TEST(Tiles, DeclineWithTheReason) {
  Layer layer;
  layer.operation = op::Dense{};
  layer.constants = {make_tensor({1, 2}, {1, 1}), nullptr};
  const MacTile& portable = *mac_tiles()[mac_tiles().size() - 2];
  EXPECT_EQ(tile_declines(portable, layer)->reason, DeclineReason::kFormat);

  Rng rng(1);
  layer.arithmetic.weight = random_quantiser(rng, 16, true, false, 1);
  layer.arithmetic.inputs = {random_quantiser(rng, 16, false, false, 1)};
  EXPECT_EQ(to_string(*tile_declines(portable, layer)).find("portable-int16 declines (format): operands reach 65535"),
            0U);
  const std::int64_t many = 40'000;
  layer.arithmetic.weight = std::make_shared<Quantiser>(Quantiser{NumberFormat::integer(12, Signedness::kSigned)});
  layer.arithmetic.inputs = {std::make_shared<Quantiser>(Quantiser{NumberFormat::integer(12, Signedness::kSigned)})};
  layer.constants[0] = make_tensor({1, many}, std::vector<float>(static_cast<std::size_t>(many), 2047.0F));
  EXPECT_EQ(tile_declines(portable, layer)->reason, DeclineReason::kRange);
}

}  // namespace
}  // namespace roofscape::engine
