// A layer's constants as bits, exactly as many as its storage and arithmetic ask for, and back.
//
//   RS_ASSIGN(const PackedLayer packed, pack(layer));                      // packed.bits == stored_bits(layer)
//   RS_ASSIGN(UnpackedLayer same, unpack(packed.bytes, outline_of(layer)));
//
// In this order: the weight quantiser's scales (32 bits each) and, where one is not 0, zero points (the format's bits
// each; formats in blocks have neither); then each constant. Weights: shared exponents (8 bits a block), positions,
// values. Other constants: 32 bits an element. What says how to read them (shapes, formats, storage) is not among the
// bits: see Outline, and packed_file.h for a whole network.
//
// Weights come back bit for bit, but that a zero loses its sign; other constants keep it. docs/storage.md has each
// code.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analytics/network/layer.h"
#include "analytics/network/packed/bits.h"

namespace roofscape::packed {

// How many of a layer's constants, from the first, hold weights in its weight format; the rest (biases, states) are
// plain.
std::size_t weight_tensors(const Layer& layer);

// What must be known of a layer to read its bits.
struct Outline {
  std::vector<std::optional<Shape>> constants;  // nothing where the layer has a null constant
  std::size_t weights = 0;                      // constants that are weights; they come first
  bool stacked = false;                         // weights of three axes are matrices one below the other
  // Of the weight quantiser.
  std::optional<NumberFormat> format;
  int axis = Quantiser::kPerTensor;
  Rounding rounding = Rounding::kHalfEven;
  bool zero_point_first = false;
  std::int64_t scales = 1;
  bool negative_scales = false;  // as many again
  bool zero_points = false;
  Storage storage;
};
Outline outline_of(const Layer& layer);

struct PackedLayer {
  std::vector<std::uint8_t> bytes;  // the last one filled up with zeros
  std::int64_t bits = 0;
};
struct UnpackedLayer {
  std::vector<TensorPtr> constants;
  QuantiserPtr weight;
};

// Fails where the storage cannot hold the weights (more than N of M, more values than a codebook has entries, blocks
// that are not circulant, zeros left out in a format without one) or the weights do not lie on their quantiser's grid.
Result<PackedLayer> pack(const Layer& layer);
// Of any bytes whatever: those that pack() did not write give an error. Takes no more memory than the outline's shapes
// and the bytes do.
Result<UnpackedLayer> unpack(std::span<const std::uint8_t> bytes, const Outline& outline);

// The same onto a sink and from a reader, for several layers one after the other. write() counts or writes; it does not
// look whether the weights lie on their grid.
Status write(const Layer& layer, BitSink& sink);
Result<UnpackedLayer> read(BitReader& reader, const Outline& outline);
// Fails unless `read` is what `layer` holds (zeros without sign).
Status check_same(const Layer& layer, const UnpackedLayer& read);

// The bits that write() takes. Quick where every weight is stored plainly; other counts are remembered by the tensors.
Result<std::int64_t> count_bits(const Layer& layer);

// The most non-zero weights of any group, as BitCount::fullest_group; remembered by the tensor.
std::int64_t fullest_group(const Layer& layer, int members);

// One layer's bits under several storages: goes through the weights once. The layer must outlive it.
class BitCount {
 public:
  explicit BitCount(const Layer& layer);
  ~BitCount();
  Result<std::int64_t> under(const Storage& storage) const;
  // The most non-zero weights that a group of `members` neighbours in a row has (groups as Storage::kGroups has them).
  std::int64_t fullest_group(int members) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace roofscape::packed
