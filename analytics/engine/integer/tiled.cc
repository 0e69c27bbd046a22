#include "analytics/engine/integer/tiled.h"

#include <algorithm>
#include <limits>

#include "analytics/arith/quantise_fast.h"
#include "analytics/engine/integer/packed_weights.h"
#include "analytics/engine/ref/ref.h"

namespace roofscape::engine {
namespace {

Decline decline(const MacTile& tile, DeclineReason reason, std::string because) {
  return {std::string(tile.id), reason, std::move(because)};
}

MaybeDecline saturation_declines(std::string_view who, const IntegerWeights& weights) {
  if (!weights.accumulator || weights.accumulator->overflow != Accumulator::Overflow::kSaturate) return std::nullopt;
  return Decline{std::string(who), DeclineReason::kRange,
                 fmt::format("sums saturate at {} bits, so that the order of adding counts; only ref keeps it",
                             weights.accumulator->bits)};
}

MaybeDecline int8_declines(const MacTile& tile, const Quantiser& input, const IntegerWeights& weights) {
  if (input.format.bits() > 8)
    return decline(tile, DeclineReason::kFormat,
                   fmt::format("activations are {}; at most 8 bits", input.format.name()));
  const auto [low, high] = std::minmax_element(weights.centred.begin(), weights.centred.end());
  if (!weights.centred.empty() && (*low < -128 || *high > 127))
    return decline(tile, DeclineReason::kFormat,
                   fmt::format("centred weights run from {} to {}; int8 holds -128 to 127", *low, *high));
  // Activations are not centred here: the bound is that of 255·Σ|w|.
  const std::int64_t largest_input = std::max<std::int64_t>(weights.largest_input, 1);
  const std::int64_t bound = weights.largest_sum / largest_input * 255;
  if (bound > std::numeric_limits<std::int32_t>::max())
    return decline(tile, DeclineReason::kRange, fmt::format("sums reach {}; int32 holds 2^31 − 1", bound));
  return std::nullopt;
}

MaybeDecline int16_operands_decline(std::string_view who, const IntegerWeights& weights) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int16_t>::max();
  if (weights.largest_input > kMost || weights.largest_weight > kMost)
    return Decline{
        std::string(who), DeclineReason::kFormat,
        fmt::format("operands reach {} and {}; int16 holds {}", weights.largest_input, weights.largest_weight, kMost)};
  if (weights.largest_sum > std::numeric_limits<std::int32_t>::max())
    return Decline{std::string(who), DeclineReason::kRange,
                   fmt::format("sums reach {}; int32 holds 2^31 − 1", weights.largest_sum)};
  return std::nullopt;
}

MaybeDecline not_integer(std::string_view who) {
  return Decline{std::string(who), DeclineReason::kFormat,
                 "weights and activations are not both quantised to integers"};
}

}  // namespace

MaybeDecline int16_declines(std::string_view who, const Layer& layer) {
  if (!is_integer_layer(layer)) return not_integer(who);
  const IntegerWeights weights = integer_weights(layer);
  if (MaybeDecline decline = saturation_declines(who, weights)) return decline;
  return int16_operands_decline(who, weights);
}

MaybeDecline tile_declines(const MacTile& tile, const Layer& layer) {
  if (!is_integer_layer(layer)) return not_integer(tile.id);
  if (!tile.supported())
    return decline(tile, DeclineReason::kInstructionSet, fmt::format("this machine lacks {}", tile.needs));
  const IntegerWeights weights = integer_weights(layer);
  if (MaybeDecline decline = saturation_declines(tile.id, weights)) return decline;
  return tile.operand == MacTile::Operand::kInt8 ? int8_declines(tile, *layer.arithmetic.input(0), weights)
                                                 : int16_operands_decline(tile.id, weights);
}

MaybeDecline split_declines(const MacTile& tile, const PackedWeights& packed) {
  const std::int64_t needed = packed.groups - packed.split_groups;
  if (10 * packed.split_groups <= needed) return std::nullopt;
  return decline(
      tile, DeclineReason::kRange,
      fmt::format("{} of {} groups of weights are too large to be multiplied at once", packed.split_groups, needed));
}

bool is_relu(const Epilogue& epilogue) {
  return epilogue.activation && epilogue.activation->kind == op::Activation::Kind::kRelu;
}

bool tiled_fuses(const Epilogue& epilogue) {
  if (epilogue.quantiser && epilogue.quantiser->per_channel()) return false;
  return !epilogue.activation || epilogue.activation->kind != op::Activation::Kind::kPRelu;
}

std::int64_t output_bytes(const Epilogue& epilogue) {
  if (!epilogue.quantiser) return sizeof(float);
  return static_cast<std::int64_t>(element_bytes(code_element(epilogue.quantiser->format)));
}

void finish_values(const Epilogue& epilogue, std::span<float> values, void* output) {
  if (epilogue.activation && !is_relu(epilogue))
    for (float& value : values) value = activate(*epilogue.activation, value);
  if (!epilogue.quantiser) return;
  const Quantiser& quantiser = *epilogue.quantiser;
  const auto into = [&]<typename Code>(Code* codes) {
    quantise(std::span<const float>(values), quantiser, 0, std::span<Code>(codes, values.size()));
  };
  switch (code_element(quantiser.format)) {
    case Element::kUint8: return into(static_cast<std::uint8_t*>(output));
    case Element::kInt8: return into(static_cast<std::int8_t*>(output));
    case Element::kInt16: return into(static_cast<std::int16_t*>(output));
    case Element::kInt32:
    case Element::kFloat32: return into(static_cast<std::int32_t*>(output));
  }
}

std::int64_t run_tiles(const MacTile& tile, const PackedWeights& packed, std::span<const std::byte* const> pixels,
                       bool relu, float* output, std::int64_t output_stride) {
  std::int64_t overflows = 0;
  TileJob job;
  job.wrap_bits = packed.wrap_bits;
  job.overflows = &overflows;
  job.pixels = pixels.data();
  job.pixel_count = static_cast<std::int64_t>(pixels.size());
  job.relu = relu;
  job.spills = packed.blocks.size() == 1 && packed.channels == output_stride;
  job.output_stride = output_stride;
  std::int64_t channel = 0;
  for (const PackedBlock& block : packed.blocks) {
    job.offsets = block.offsets.data();
    job.groups = static_cast<std::int64_t>(block.offsets.size());
    job.weights = block.weights.data();
    job.correction = packed.correction.data() + channel;
    job.scale = packed.scale.data() + channel;
    job.bias = packed.bias.data() + channel;
    job.channel_count = static_cast<int>(std::min<std::int64_t>(tile.channels, packed.channels - channel));
    job.output = output + channel;
    tile.run(job);
    channel += tile.channels;
  }
  return overflows;
}

}  // namespace roofscape::engine
