// Value codes: how the stored weights of a matrix are written, each in its format or as an index into a codebook,
// either of them Huffman-coded or not.
//
// Codebook: for each group of `codebook_rows` rows (of the whole tensor where that is 0) the entries in the weight's
// format, ascending by their bits, filled up with the last; then each weight as ⌈log2 entries⌉ bits. Huffman: the
// table, one for the tensor, then the codes.
#pragma once

#include <vector>

#include "analytics/network/packed/positions.h"

namespace roofscape::packed {

// Fails where a codebook is too small for the weights.
Status put_values(const WeightMatrix& matrix, const Slots& slots, const Storage& storage, BitSink& sink);
// The code of each slot, of `bits` bits.
Result<std::vector<std::uint32_t>> read_values(const MatrixShape& shape, int bits, const Slots& slots,
                                               const Storage& storage, BitReader& reader);

}  // namespace roofscape::packed
