// Blocks of R × C weights: a bit for each, 1 where one of its weights is not 0, row by row of the grid; then all
// weights of those blocks, row by row. At the edges of a matrix blocks are smaller.
#include <algorithm>

#include "analytics/network/packed/positions.h"

namespace roofscape::packed {
namespace {

// Calls `visit` with the places of each block.
template <typename Visit>
void for_blocks(const MatrixShape& shape, const Storage& storage, Visit&& visit) {
  std::vector<std::uint32_t> places;
  for (std::int64_t matrix = 0; matrix < shape.rows; matrix += shape.matrix_rows) {
    const std::int64_t bottom = matrix + shape.matrix_rows;
    for (std::int64_t top = matrix; top < bottom; top += storage.block_rows) {
      for (std::int64_t left = 0; left < shape.columns; left += storage.block_columns) {
        places.clear();
        for (std::int64_t row = top; row < std::min(bottom, top + storage.block_rows); ++row)
          for (std::int64_t column = left; column < std::min(shape.columns, left + storage.block_columns); ++column)
            places.push_back(static_cast<std::uint32_t>(row * shape.columns + column));
        visit(places);
      }
    }
  }
}

Result<Slots> put(const WeightMatrix& matrix, const Storage& storage, BitSink& sink) {
  std::vector<std::uint32_t> kept;
  for_blocks(matrix.shape(), storage, [&](const std::vector<std::uint32_t>& places) {
    const bool there = !std::all_of(places.begin(), places.end(), [&](std::uint32_t p) { return matrix.is_zero(p); });
    sink.put(there ? 1 : 0, 1);
    if (there) kept.insert(kept.end(), places.begin(), places.end());
  });
  return Slots(std::move(kept));
}

Result<Slots> read(const MatrixShape& shape, const Storage& storage, BitReader& reader) {
  std::vector<std::uint32_t> kept;
  for_blocks(shape, storage, [&](const std::vector<std::uint32_t>& places) {
    if (reader.take_bit()) kept.insert(kept.end(), places.begin(), places.end());
  });
  if (!reader.ok()) return reader.status();
  return Slots(std::move(kept));
}

}  // namespace

const PositionCode& blocks_code() {
  static constexpr PositionCode kCode{Storage::Encoding::kBlocks, "blocks", put, read};
  return kCode;
}

}  // namespace roofscape::packed
