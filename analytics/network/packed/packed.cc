#include "analytics/network/packed/packed.h"

#include <bit>

#include "analytics/base/text.h"
#include "analytics/network/packed/positions.h"
#include "analytics/network/packed/values.h"

namespace roofscape::packed {
namespace {

constexpr int kFloatBits = 32;
constexpr int kExponentBits = 8;
constexpr std::uint8_t kNoExponent = 255;  // E8M0's NaN
constexpr int kWidestHuffman = 16;

bool is_stacked(const Layer& layer) { return layer.as<op::Recurrent>() != nullptr; }

Status check_storage(const Storage& storage, const NumberFormat& format) {
  RS_TRY(storage.validate());
  if (storage.is_sparse() && format.is_bipolar())
    return invalid_argument("bipolar weights have no zero; every one must be stored");
  if (storage.huffman_values && storage.values == Storage::Values::kPlain && format.bits() > kWidestHuffman)
    return invalid_argument("{} has {} bits; only codes of at most {} bits can be Huffman-coded", format.name(),
                            format.bits(), kWidestHuffman);
  return {};
}

Status write_tensor(const WeightMatrix& matrix, const Storage& storage, BitSink& sink) {
  sink.put_each(matrix.element().shared_exponent_count(), kExponentBits,
                [&](std::int64_t i) { return matrix.shared_exponents()[static_cast<std::size_t>(i)]; });
  RS_ASSIGN(const Slots slots, position_code(storage.encoding).put(matrix, storage, sink));
  return put_values(matrix, slots, storage, sink);
}

// Every code that depends on shapes alone is counted without a look at the weights.
bool is_plain(const Storage& storage) {
  return storage.encoding == Storage::Encoding::kDense && storage.values == Storage::Values::kPlain &&
         !storage.huffman_values;
}

Result<std::int64_t> count_tensor(const WeightMatrix& matrix, const Storage& storage) {
  BitSink sink = BitSink::counting();
  RS_TRY(write_tensor(matrix, storage, sink));
  return sink.bits();
}

// What a remembered count depends on, the tensor aside.
std::string count_key(const Storage& storage, const Quantiser* quantiser, bool stacked) {
  Hasher hasher("stored bits/1");
  storage.hash_into(hasher);
  hasher.add(stacked).add(quantiser != nullptr);
  if (quantiser != nullptr) quantiser->hash_into(hasher);
  return hasher.finish().hex();
}

Result<std::int64_t> remembered_count(const Tensor& tensor, const WeightMatrix& matrix, const Storage& storage,
                                      const Quantiser* quantiser, bool stacked) {
  if (is_plain(storage)) return count_tensor(matrix, storage);
  const std::string key = count_key(storage, quantiser, stacked);
  if (const auto known = tensor.remembered(key)) return *known;
  RS_ASSIGN(const std::int64_t bits, count_tensor(matrix, storage));
  tensor.remember(key, bits);
  return bits;
}

void write_floats(std::span<const float> values, BitSink& sink) {
  sink.put_each(static_cast<std::int64_t>(values.size()), kFloatBits,
                [&](std::int64_t i) { return std::bit_cast<std::uint32_t>(values[static_cast<std::size_t>(i)]); });
}

// Counted by its size alone: it may have no values of its own.
void write_constant(const Tensor& tensor, BitSink& sink) {
  if (sink.counts_only()) {
    sink.add_counted(tensor.size() * kFloatBits);
  } else {
    write_floats(tensor.values(), sink);
  }
}

void write_quantiser(const Quantiser& quantiser, BitSink& sink) {
  if (quantiser.format.block() != 0) return;
  const auto count = static_cast<std::int64_t>(quantiser.scale.size());
  write_floats(quantiser.scale, sink);
  write_floats(quantiser.negative_scale, sink);
  if (quantiser.symmetric()) return;
  const std::uint64_t mask = (std::uint64_t{1} << quantiser.format.bits()) - 1;
  sink.put_each(count, quantiser.format.bits(), [&](std::int64_t i) {
    return static_cast<std::uint64_t>(std::int64_t{quantiser.zero_point[static_cast<std::size_t>(i)]}) & mask;
  });
}

// `count(i)` counts weight tensor i for a counting sink.
template <typename Count>
Status write_layer(const Layer& layer, const Storage& storage, BitSink& sink, Count&& count) {
  const std::size_t weights = weight_tensors(layer);
  const Quantiser* quantiser = weights > 0 ? layer.arithmetic.weight.get() : nullptr;
  if (weights > 0) RS_TRY(check_storage(storage, quantiser ? quantiser->format : NumberFormat::fp32()));
  if (quantiser) write_quantiser(*quantiser, sink);
  for (std::size_t i = 0; i < layer.constants.size(); ++i) {
    if (!layer.constants[i]) continue;
    const Tensor& tensor = *layer.constants[i];
    if (i >= weights) {
      write_constant(tensor, sink);
    } else if (sink.counts_only()) {
      RS_ASSIGN(const std::int64_t bits, count(i));
      sink.add_counted(bits);
    } else {
      RS_TRY(ElementCode::check(quantiser, tensor.shape()));
      RS_TRY(write_tensor(WeightMatrix(tensor, quantiser, is_stacked(layer)), storage, sink));
    }
  }
  return {};
}

std::int32_t sign_extended(std::uint64_t code, const NumberFormat& format) {
  auto value = static_cast<std::int64_t>(code);
  // Bipolar zero points are two's complement of one bit: 0 or −1.
  if (format.is_signed() && (code >> (format.bits() - 1)) != 0) value -= std::int64_t{1} << format.bits();
  return static_cast<std::int32_t>(value);
}

Result<QuantiserPtr> read_quantiser(BitReader& reader, const Outline& outline) {
  auto quantiser = std::make_shared<Quantiser>();
  quantiser->format = *outline.format;
  quantiser->axis = outline.axis;
  quantiser->rounding = outline.rounding;
  quantiser->zero_point_first = outline.zero_point_first;
  if (quantiser->format.block() == 0) {
    const auto count = static_cast<std::size_t>(outline.scales);
    const auto take_scales = [&](std::vector<float>& scales) -> Status {
      RS_TRY(reader.need(outline.scales, kFloatBits, "scales"));
      scales.resize(count);
      for (float& scale : scales) scale = std::bit_cast<float>(static_cast<std::uint32_t>(reader.take(32)));
      return {};
    };
    RS_TRY(take_scales(quantiser->scale));
    if (outline.negative_scales) RS_TRY(take_scales(quantiser->negative_scale));
    quantiser->zero_point.assign(count, 0);
    if (outline.zero_points) {
      for (std::int32_t& zero : quantiser->zero_point)
        zero = sign_extended(reader.take(quantiser->format.bits()), quantiser->format);
    }
  }
  if (!reader.ok()) return reader.status();
  RS_TRY(quantiser->validate());
  return std::shared_ptr<const Quantiser>(std::move(quantiser));
}

Result<TensorPtr> read_weight(BitReader& reader, const Shape& shape, const Outline& outline,
                              const Quantiser* quantiser) {
  RS_TRY(ElementCode::check(quantiser, shape));
  const MatrixShape matrix = matrix_shape(shape, outline.stacked);
  const ElementCode element(quantiser, shape);
  const std::int64_t blocks = element.shared_exponent_count();
  RS_TRY(reader.need(blocks, kExponentBits, "shared exponents"));
  std::vector<std::uint8_t> exponents(static_cast<std::size_t>(blocks));
  for (std::uint8_t& exponent : exponents) {
    exponent = static_cast<std::uint8_t>(reader.take(kExponentBits));
    if (exponent == kNoExponent) return reader.fail("a shared exponent is 255, which stands for none");
  }
  const Storage& storage = outline.storage;
  if (is_plain(storage)) RS_TRY(reader.need(matrix.size(), element.bits(), "weights"));
  RS_ASSIGN(const Slots slots, position_code(storage.encoding).read(matrix, storage, reader));
  RS_ASSIGN(const std::vector<std::uint32_t> codes, read_values(matrix, element.bits(), slots, storage, reader));
  std::vector<float> values(static_cast<std::size_t>(matrix.size()), 0.0F);
  const auto set = [&](std::int64_t place, std::uint32_t code) {
    values[static_cast<std::size_t>(place)] = element.value(code, place, exponents);
  };
  if (storage.encoding == Storage::Encoding::kCirculant) {
    const std::vector<std::uint32_t> slot_of = circulant_slots(matrix, storage);
    for (std::size_t place = 0; place < slot_of.size(); ++place)
      set(static_cast<std::int64_t>(place), codes[slot_of[place]]);
  } else {
    for (std::int64_t i = 0; i < slots.count(); ++i) set(slots.place(i), codes[static_cast<std::size_t>(i)]);
  }
  return make_tensor(shape, std::move(values));
}

Result<TensorPtr> read_floats(BitReader& reader, const Shape& shape) {
  RS_TRY(reader.need(element_count(shape), kFloatBits, "constants"));
  std::vector<float> values(static_cast<std::size_t>(element_count(shape)));
  for (float& value : values) value = std::bit_cast<float>(static_cast<std::uint32_t>(reader.take(kFloatBits)));
  return make_tensor(shape, std::move(values));
}

std::uint32_t comparable_bits(float value, bool weight) {
  return weight && value == 0 ? 0 : std::bit_cast<std::uint32_t>(value);
}

}  // namespace

Outline outline_of(const Layer& layer) {
  Outline outline;
  for (const TensorPtr& constant : layer.constants)
    outline.constants.push_back(constant ? std::optional(constant->shape()) : std::nullopt);
  outline.weights = weight_tensors(layer);
  outline.stacked = is_stacked(layer);
  outline.storage = layer.storage;
  if (outline.weights > 0 && layer.arithmetic.weight) {
    const Quantiser& quantiser = *layer.arithmetic.weight;
    outline.format = quantiser.format;
    outline.axis = quantiser.axis;
    outline.rounding = quantiser.rounding;
    outline.zero_point_first = quantiser.zero_point_first;
    outline.scales = static_cast<std::int64_t>(quantiser.scale.size());
    outline.negative_scales = !quantiser.one_scale();
    outline.zero_points = !quantiser.symmetric();
  }
  return outline;
}

Status write(const Layer& layer, BitSink& sink) {
  if (sink.counts_only()) {
    RS_ASSIGN(const std::int64_t bits, count_bits(layer));
    sink.add_counted(bits);
    return {};
  }
  return write_layer(layer, layer.storage, sink, [](std::size_t) -> Result<std::int64_t> { return std::int64_t{0}; });
}

Result<UnpackedLayer> read(BitReader& reader, const Outline& outline) {
  RS_TRY(check_storage(outline.storage, outline.format.value_or(NumberFormat::fp32())));
  UnpackedLayer layer;
  if (outline.format) {
    RS_ASSIGN(layer.weight, read_quantiser(reader, outline));
  }
  for (std::size_t i = 0; i < outline.constants.size(); ++i) {
    layer.constants.push_back(nullptr);
    if (!outline.constants[i]) continue;
    const Shape& shape = *outline.constants[i];
    if (i < outline.weights) {
      RS_ASSIGN(layer.constants.back(), read_weight(reader, shape, outline, layer.weight.get()));
    } else {
      RS_ASSIGN(layer.constants.back(), read_floats(reader, shape));
    }
  }
  return layer;
}

Result<PackedLayer> pack(const Layer& layer) {
  BitSink sink;
  RS_TRY(write(layer, sink));
  PackedLayer packed{sink.bytes(), sink.bits()};
  RS_ASSIGN(const UnpackedLayer same, unpack(packed.bytes, outline_of(layer)));
  RS_TRY(check_same(layer, same));
  return packed;
}

Result<UnpackedLayer> unpack(std::span<const std::uint8_t> bytes, const Outline& outline) {
  BitReader reader(bytes);
  RS_ASSIGN(UnpackedLayer layer, read(reader, outline));
  constexpr int kByte = 8;
  if (reader.left() >= kByte) return reader.fail(fmt::format("{} bits are left over", reader.left()));
  if (reader.take(static_cast<int>(reader.left())) != 0)
    return reader.fail("the last byte is not filled up with zeros");
  return layer;
}

Status check_same(const Layer& layer, const UnpackedLayer& read) {
  RS_CHECK(layer.constants.size() == read.constants.size());
  const std::size_t weights = weight_tensors(layer);
  for (std::size_t i = 0; i < layer.constants.size(); ++i) {
    if (!layer.constants[i]) continue;
    RS_CHECK(read.constants[i] != nullptr);
    const std::span<const float> held = layer.constants[i]->values();
    const std::span<const float> got = read.constants[i]->values();
    RS_CHECK(held.size() == got.size());
    for (std::size_t at = 0; at < held.size(); ++at) {
      if (comparable_bits(held[at], i < weights) == comparable_bits(got[at], i < weights)) continue;
      return invalid_argument(
          "element {} of constant {} is {}, which is not on the grid it is stored on: that gives {}", at, i, held[at],
          got[at]);
    }
  }
  if (weights > 0 && layer.arithmetic.weight && *layer.arithmetic.weight != *read.weight)
    return internal_error("the weight quantiser came back otherwise than it went");
  return {};
}

struct BitCount::State {
  const Layer& layer;
  std::vector<WeightMatrix> matrices;
  Status status;
};

BitCount::BitCount(const Layer& layer) : state_(std::make_unique<State>(State{layer, {}, {}})) {
  for (std::size_t i = 0; i < weight_tensors(layer) && state_->status.ok(); ++i) {
    if (!layer.constants[i]) continue;
    const Quantiser* quantiser = layer.arithmetic.weight.get();
    state_->status = ElementCode::check(quantiser, layer.constants[i]->shape());
    if (state_->status.ok()) state_->matrices.emplace_back(*layer.constants[i], quantiser, is_stacked(layer));
  }
}

BitCount::~BitCount() = default;

Result<std::int64_t> BitCount::under(const Storage& storage) const {
  if (!state_->status.ok()) return state_->status;
  const Layer& layer = state_->layer;
  BitSink sink = BitSink::counting();
  RS_TRY(write_layer(layer, storage, sink, [&](std::size_t i) {
    return remembered_count(*layer.constants[i], state_->matrices[i], storage, layer.arithmetic.weight.get(),
                            is_stacked(layer));
  }));
  return sink.bits();
}

std::int64_t BitCount::fullest_group(int members) const {
  std::int64_t most = 0;
  for (const WeightMatrix& matrix : state_->matrices) {
    // Places ascend, so that those of one group are neighbours in the list.
    std::int64_t group = -1, count = 0;
    const std::int64_t columns = matrix.shape().columns;
    if (matrix.is_shape_only()) {
      most = std::max(most, std::min<std::int64_t>(members, columns));
      continue;
    }
    for (const std::uint32_t place : *matrix.nonzero()) {
      const std::int64_t own = place / columns * columns + place % columns / members;
      count = own == group ? count + 1 : 1;
      group = own;
      most = std::max(most, count);
      if (most >= members) return most;
    }
  }
  return most;
}

std::int64_t fullest_group(const Layer& layer, int members) {
  // What is remembered is one tensor's count.
  if (weight_tensors(layer) != 1) return BitCount(layer).fullest_group(members);
  const std::string key = fmt::format("fullest group/1/{}", members);
  if (const auto known = layer.constants[0]->remembered(key)) return *known;
  const std::int64_t most = BitCount(layer).fullest_group(members);
  layer.constants[0]->remember(key, most);
  return most;
}

std::size_t weight_tensors(const Layer& layer) {
  if (!layer.has_weight()) return 0;
  return std::min<std::size_t>(layer.as<op::Recurrent>() ? 2 : 1, layer.constants.size());
}

Result<std::int64_t> count_bits(const Layer& layer) { return BitCount(layer).under(layer.storage); }

}  // namespace roofscape::packed
