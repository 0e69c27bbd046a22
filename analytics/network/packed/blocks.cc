// Blocks of R × C weights: a bit for each, 1 where one of its weights is not 0, row by row of the grid; then all
// weights of those blocks, row by row. At the edges of a matrix blocks are smaller.
#include <algorithm>

#include "analytics/network/packed/positions.h"

namespace roofscape::packed {
namespace {

// The grid over all matrices of a tensor.
class Grid {
 public:
  Grid(const MatrixShape& shape, const Storage& storage)
      : shape_(shape),
        height_(storage.block_rows),
        width_(storage.block_columns),
        across_((shape.columns + width_ - 1) / width_),
        down_((shape.matrix_rows + height_ - 1) / height_) {}

  std::int64_t count() const {
    return shape_.matrix_rows == 0 ? 0 : shape_.rows / shape_.matrix_rows * down_ * across_;
  }
  // Blocks of a row of weights are `across()` from this one on.
  std::int64_t first_of_row(std::int64_t row) const {
    return (row / shape_.matrix_rows * down_ + row % shape_.matrix_rows / height_) * across_;
  }
  std::int64_t column_of(std::int64_t column) const { return column / width_; }
  std::int64_t size(std::int64_t block) const {
    const Box box = box_of(block);
    return (box.bottom - box.top) * (box.right - box.left);
  }
  void append_places(std::int64_t block, std::vector<std::uint32_t>& places) const {
    const Box box = box_of(block);
    for (std::int64_t row = box.top; row < box.bottom; ++row)
      for (std::int64_t column = box.left; column < box.right; ++column)
        places.push_back(static_cast<std::uint32_t>(row * shape_.columns + column));
  }

 private:
  struct Box {
    std::int64_t top, bottom, left, right;
  };
  Box box_of(std::int64_t block) const {
    const std::int64_t above = block / across_;
    const std::int64_t matrix = above / down_ * shape_.matrix_rows;
    const std::int64_t top = matrix + above % down_ * height_;
    const std::int64_t left = block % across_ * width_;
    return {top, std::min(top + height_, matrix + shape_.matrix_rows), left, std::min(left + width_, shape_.columns)};
  }

  MatrixShape shape_;
  std::int64_t height_, width_;
  std::int64_t across_, down_;  // blocks of a matrix
};

std::vector<std::uint32_t> places_of(const Grid& grid, const std::vector<bool>& there) {
  std::vector<std::uint32_t> places;
  for (std::size_t block = 0; block < there.size(); ++block)
    if (there[block]) grid.append_places(static_cast<std::int64_t>(block), places);
  return places;
}

Result<Slots> put(const WeightMatrix& matrix, const Storage& storage, BitSink& sink) {
  const Grid grid(matrix.shape(), storage);
  const std::int64_t columns = matrix.shape().columns;
  std::vector<bool> there(static_cast<std::size_t>(grid.count()));
  std::int64_t row = 0, row_end = columns, first = 0;
  for (const std::int64_t place : *matrix.nonzero()) {
    if (place >= row_end) {
      row = place / columns;
      row_end = (row + 1) * columns;
      first = grid.first_of_row(row);
    }
    there[static_cast<std::size_t>(first + grid.column_of(place - row * columns))] = true;
  }
  sink.put_each(grid.count(), 1, [&](std::int64_t block) { return there[static_cast<std::size_t>(block)] ? 1U : 0U; });
  std::int64_t count = 0;
  for (std::int64_t block = 0; block < grid.count(); ++block)
    if (there[static_cast<std::size_t>(block)]) count += grid.size(block);
  return Slots::later(count, [grid, there = std::move(there)] { return places_of(grid, there); });
}

Result<Slots> read(const MatrixShape& shape, const Storage& storage, BitReader& reader) {
  const Grid grid(shape, storage);
  RS_TRY(reader.need(grid.count(), 1, "flags of blocks"));
  std::vector<bool> there;
  for (std::int64_t block = 0; block < grid.count(); ++block) there.push_back(reader.take_bit());
  return Slots(places_of(grid, there));
}

}  // namespace

const PositionCode& blocks_code() {
  static constexpr PositionCode kCode{Storage::Encoding::kBlocks, "blocks", put, read};
  return kCode;
}

}  // namespace roofscape::packed
