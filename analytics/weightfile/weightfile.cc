#include "analytics/weightfile/weightfile.h"

#include <algorithm>

#include "analytics/base/text.h"
#include "analytics/network/packed/packed.h"
#include "proto/packed_frame.h"

namespace roofscape {
namespace {

using packed::BitReader;
using packed::BitSink;
using packed::Outline;

// Both enums list the same codes in the same order; the wire's begins with UNSPECIFIED.
v1::WeightPositions to_proto(Storage::Encoding encoding) {
  return static_cast<v1::WeightPositions>(static_cast<int>(encoding) + 1);
}
static_assert(v1::CIRCULANT_WEIGHTS == static_cast<int>(Storage::Encoding::kCirculant) + 1);

v1::WeightStorage to_proto(const Storage& storage) {
  using Encoding = Storage::Encoding;
  v1::WeightStorage message;
  message.set_positions(to_proto(storage.encoding));
  if (storage.encoding == Encoding::kRelative) {
    message.set_gap_bits(storage.gap_bits);
    message.set_huffman_gaps(storage.huffman_gaps);
  }
  if (storage.encoding == Encoding::kGroups) {
    message.set_kept(storage.kept);
    message.set_group(storage.group);
  }
  if (storage.encoding == Encoding::kBlocks || storage.encoding == Encoding::kCirculant)
    message.set_block_rows(storage.block_rows);
  if (storage.encoding == Encoding::kBlocks) message.set_block_columns(storage.block_columns);
  if (storage.values == Storage::Values::kCodebook) {
    message.set_codebook_entries(storage.codebook_entries);
    message.set_codebook_rows(storage.codebook_rows);
  }
  message.set_huffman_values(storage.huffman_values);
  return message;
}

Result<Storage> from_proto(const v1::WeightStorage& message) {
  if (message.positions() < v1::DENSE_WEIGHTS || message.positions() > v1::CIRCULANT_WEIGHTS)
    return data_loss("positions are {}; this Roofscape knows {} to {}", int{message.positions()},
                     int{v1::DENSE_WEIGHTS}, int{v1::CIRCULANT_WEIGHTS});
  Storage storage;
  storage.encoding = static_cast<Storage::Encoding>(message.positions() - 1);
  if (storage.encoding == Storage::Encoding::kRelative) storage.gap_bits = message.gap_bits();
  if (storage.encoding == Storage::Encoding::kGroups) {
    storage.kept = message.kept();
    storage.group = message.group();
  }
  if (message.block_rows() != 0) storage.block_rows = message.block_rows();
  if (message.block_columns() != 0) storage.block_columns = message.block_columns();
  if (message.codebook_entries() != 0) {
    storage.values = Storage::Values::kCodebook;
    storage.codebook_entries = message.codebook_entries();
    storage.codebook_rows = message.codebook_rows();
  }
  storage.huffman_values = message.huffman_values();
  storage.huffman_gaps = message.huffman_gaps();
  return storage;
}

v1::PackedLayer describe(const Layer& layer, std::int64_t first_bit, std::int64_t bit_count) {
  const Outline outline = packed::outline_of(layer);
  v1::PackedLayer message;
  message.set_name(layer.name);
  message.set_operation(operation_name(layer.operation));
  for (std::size_t i = 0; i < outline.constants.size(); ++i) {
    v1::PackedConstant& constant = *message.add_constants();
    constant.set_absent(!outline.constants[i]);
    if (!outline.constants[i]) continue;
    for (const std::int64_t dimension : *outline.constants[i]) constant.add_dimensions(dimension);
    constant.set_is_weight(i < outline.weights);
  }
  if (outline.format) {
    v1::WeightGrid& grid = *message.mutable_grid();
    grid.set_format(outline.format->name());
    grid.set_axis(outline.axis);
    grid.set_scale_count(outline.format->block() != 0 ? 0 : outline.scales);
    grid.set_negative_scales(outline.negative_scales);
    grid.set_zero_points(outline.zero_points);
    grid.set_rounding(static_cast<int>(outline.rounding));
    grid.set_zero_point_first(outline.zero_point_first);
  }
  if (outline.weights > 0) *message.mutable_storage() = to_proto(layer.storage);
  message.set_first_bit(first_bit);
  message.set_bit_count(bit_count);
  return message;
}

bool has_constants(const Layer& layer) {
  return std::any_of(layer.constants.begin(), layer.constants.end(), [](const TensorPtr& c) { return c != nullptr; });
}

Status check_constants(const v1::PackedLayer& message, const Outline& outline) {
  if (message.constants_size() != static_cast<int>(outline.constants.size()))
    return invalid_argument("the file has {} constants, the network {}", message.constants_size(),
                            outline.constants.size());
  for (int i = 0; i < message.constants_size(); ++i) {
    const v1::PackedConstant& given = message.constants(i);
    const std::optional<Shape>& wanted = outline.constants[static_cast<std::size_t>(i)];
    const Shape shape(given.dimensions().begin(), given.dimensions().end());
    if (given.absent() != !wanted || (wanted && shape != *wanted))
      return invalid_argument("constant {} has the shape {} in the file and {} in the network", i,
                              given.absent() ? "none" : to_string(shape), wanted ? to_string(*wanted) : "none");
  }
  return {};
}

// How the file says that a layer of the skeleton is to be read.
Result<Outline> outline_from(const v1::PackedLayer& message, const Layer& skeleton) {
  Outline outline = packed::outline_of(skeleton);
  RS_TRY(check_constants(message, outline));
  outline.format = std::nullopt;
  outline.storage = {};
  if (outline.weights == 0) return outline;
  RS_ASSIGN(outline.storage, from_proto(message.storage()));
  if (!message.has_grid()) return outline;
  const v1::WeightGrid& grid = message.grid();
  RS_ASSIGN(outline.format, NumberFormat::parse(grid.format()));
  constexpr int kLastRounding = static_cast<int>(Rounding::kTowardsZero);
  if (grid.rounding() < 0 || grid.rounding() > kLastRounding)
    return data_loss("rounding is {}; use 0 to {}", grid.rounding(), kLastRounding);
  if (grid.axis() < Quantiser::kPerTensor) return data_loss("the grid's axis is {}; use -1 or more", grid.axis());
  if (outline.format->block() == 0 && grid.scale_count() < 1)
    return data_loss("the grid has {} scales; at least one is needed", grid.scale_count());
  outline.axis = grid.axis();
  outline.scales = grid.scale_count();
  outline.negative_scales = grid.negative_scales();
  outline.zero_points = grid.zero_points();
  outline.rounding = static_cast<Rounding>(grid.rounding());
  outline.zero_point_first = grid.zero_point_first();
  return outline;
}

Status read_layer(const v1::PackedLayer& message, std::span<const std::uint8_t> bits, std::int64_t first_bit,
                  Layer& layer) {
  if (message.name() != layer.name) return invalid_argument("the file has layer '{}' here", printable(message.name()));
  if (message.first_bit() != first_bit || message.bit_count() < 0 ||
      message.bit_count() > 8 * std::ssize(bits) - first_bit)
    return data_loss("its {} bits from bit {} on should start at bit {} of {}", message.bit_count(),
                     message.first_bit(), first_bit, 8 * std::ssize(bits));
  RS_ASSIGN(const Outline outline, outline_from(message, layer));
  BitReader reader(bits, first_bit, message.bit_count());
  RS_ASSIGN(packed::UnpackedLayer read, packed::read(reader, outline));
  if (reader.left() != 0) return data_loss("{} bits are left over", reader.left());
  layer.constants = std::move(read.constants);
  layer.arithmetic.weight = std::move(read.weight);
  layer.storage = outline.storage;
  return {};
}

std::string in_layer(const Layer& layer) { return fmt::format("layer '{}'", printable(layer.name)); }

}  // namespace

Result<std::string> write_weights(const Network& network, std::string_view model) {
  RS_TRY(network.check_values());
  v1::PackedManifest manifest;
  manifest.set_model(std::string(model));
  BitSink sink;
  for (const Layer& layer : network.layers()) {
    if (!has_constants(layer)) continue;
    const std::int64_t before = sink.bits();
    RS_TRY(packed::write(layer, sink).in(in_layer(layer)));
    *manifest.add_layers() = describe(layer, before, sink.bits() - before);
    for (const TensorPtr& constant : layer.constants)
      manifest.set_element_count(manifest.element_count() + (constant ? constant->size() : 0));
  }
  manifest.set_bit_count(sink.bits());
  const std::vector<std::uint8_t> bytes = sink.bytes();
  std::int64_t first = 0;
  int index = 0;
  for (const Layer& layer : network.layers()) {
    if (!has_constants(layer)) continue;
    const std::int64_t count = manifest.layers(index++).bit_count();
    BitReader reader(bytes, first, count);
    first += count;
    RS_ASSIGN(const packed::UnpackedLayer read, packed::read(reader, packed::outline_of(layer)));
    RS_CHECK(reader.left() == 0);
    RS_TRY(packed::check_same(layer, read).in(in_layer(layer)));
  }
  return write_packed_frame(manifest, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

Result<Network> read_weights(std::string_view file, const Network& skeleton) {
  RS_ASSIGN(const PackedFrame frame, read_packed_frame(file));
  const std::span bits(reinterpret_cast<const std::uint8_t*>(frame.bits.data()), frame.bits.size());
  std::vector<Layer> layers(skeleton.layers().begin(), skeleton.layers().end());
  int next = 0;
  std::int64_t first_bit = 0;
  for (Layer& layer : layers) {
    if (!has_constants(layer)) continue;
    if (next == frame.manifest.layers_size())
      return invalid_argument("the file has {} layers; the network's next is '{}'", next, printable(layer.name));
    const v1::PackedLayer& message = frame.manifest.layers(next++);
    RS_TRY(read_layer(message, bits, first_bit, layer).in(in_layer(layer)));
    first_bit += message.bit_count();
  }
  if (next != frame.manifest.layers_size())
    return invalid_argument("the file has {} layers, the network {}", frame.manifest.layers_size(), next);
  if (first_bit != frame.manifest.bit_count() || (first_bit + 7) / 8 != std::ssize(frame.bits))
    return data_loss("the layers take {} bits; the file states {} and has {} bytes", first_bit,
                     frame.manifest.bit_count(), frame.bits.size());
  return Network::create(std::move(layers), skeleton.output());
}

}  // namespace roofscape
