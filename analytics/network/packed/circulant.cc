// Circulant blocks of b × b: element (i, j) of a block holds code c[(i − j) mod b], so that b codes say them all, c[0]
// first, block by block and row by row of the grid. At the edges of a matrix blocks have fewer rows or columns, but
// still b codes: where c[d] stands nowhere, the code of the block's first element is stored in its place.
//
// What is circulant are the stored codes; with a scale for each row the values need not be.
#include <algorithm>

#include "analytics/network/packed/positions.h"

namespace roofscape::packed {
namespace {

// Calls `visit(place, slot, diagonal)` for each element; slots of a block start at `slot` and are b.
template <typename Visit>
void for_elements(const MatrixShape& shape, std::int64_t b, Visit&& visit) {
  const std::int64_t channels = shape.columns / shape.taps;
  std::int64_t slot = 0;
  for (std::int64_t matrix = 0; matrix < shape.rows; matrix += shape.matrix_rows) {
    const std::int64_t bottom = matrix + shape.matrix_rows;
    for (std::int64_t top = matrix; top < bottom; top += b) {
      for (std::int64_t left = 0; left < channels; left += b) {
        const std::int64_t rows = std::min(b, bottom - top);
        const std::int64_t columns = std::min(b, channels - left);
        for (std::int64_t tap = 0; tap < shape.taps; ++tap, slot += b)
          for (std::int64_t i = 0; i < rows; ++i)
            for (std::int64_t j = 0; j < columns; ++j)
              visit((top + i) * shape.columns + (left + j) * shape.taps + tap, slot, i >= j ? i - j : i - j + b);
      }
    }
  }
}

std::int64_t slot_count(const MatrixShape& shape, std::int64_t b) {
  if (shape.size() == 0) return 0;
  const std::int64_t channels = shape.columns / shape.taps;
  return shape.rows / shape.matrix_rows * ((shape.matrix_rows + b - 1) / b) * ((channels + b - 1) / b) * shape.taps * b;
}

// The place that each slot takes its code from.
std::vector<std::uint32_t> sources(const MatrixShape& shape, std::int64_t b) {
  constexpr std::uint32_t kNone = ~std::uint32_t{0};
  std::vector<std::uint32_t> places(static_cast<std::size_t>(slot_count(shape, b)), kNone);
  for_elements(shape, b, [&](std::int64_t place, std::int64_t slot, std::int64_t diagonal) {
    std::uint32_t& source = places[static_cast<std::size_t>(slot + diagonal)];
    if (source == kNone) source = static_cast<std::uint32_t>(place);
  });
  for (std::size_t i = 0; i < places.size(); ++i)
    if (places[i] == kNone) places[i] = places[i - i % static_cast<std::size_t>(b)];
  return places;
}

Result<Slots> put(const WeightMatrix& matrix, const Storage& storage, BitSink&) {
  std::vector<std::uint32_t> places = sources(matrix.shape(), storage.block_rows);
  const std::vector<std::uint32_t>& codes = matrix.codes();
  const std::vector<std::uint32_t> slots = circulant_slots(matrix.shape(), storage);
  for (std::size_t place = 0; place < codes.size(); ++place) {
    const std::uint32_t source = places[slots[place]];
    if (codes[place] != codes[source])
      return invalid_argument("weights {} and {} of a circulant block differ", source, place);
  }
  return Slots(std::move(places));
}

Result<Slots> read(const MatrixShape& shape, const Storage& storage, BitReader&) {
  return Slots(sources(shape, storage.block_rows));
}

}  // namespace

std::vector<std::uint32_t> circulant_slots(const MatrixShape& shape, const Storage& storage) {
  std::vector<std::uint32_t> slots(static_cast<std::size_t>(shape.size()));
  for_elements(shape, storage.block_rows, [&](std::int64_t place, std::int64_t slot, std::int64_t diagonal) {
    slots[static_cast<std::size_t>(place)] = static_cast<std::uint32_t>(slot + diagonal);
  });
  return slots;
}

const PositionCode& circulant_code() {
  static constexpr PositionCode kCode{Storage::Encoding::kCirculant, "circulant", put, read};
  return kCode;
}

}  // namespace roofscape::packed
