// Compressed sparse rows: how many weights are not 0 (⌈log2(n + 1)⌉ bits), where each row but the last ends in their
// list (⌈log2(nnz + 1)⌉ bits each; the first starts at 0, the last ends at nnz), and the column of each (⌈log2
// columns⌉ bits).
#include "analytics/network/packed/positions.h"

namespace roofscape::packed {
namespace {

Result<Slots> put(const WeightMatrix& matrix, const Storage&, BitSink& sink) {
  const MatrixShape& shape = matrix.shape();
  const std::vector<std::uint32_t>& places = *matrix.nonzero();
  const auto count = static_cast<std::int64_t>(places.size());
  sink.put(places.size(), bits_for(static_cast<std::uint64_t>(shape.size()) + 1));
  std::size_t end = 0;
  sink.put_each(shape.rows - 1, bits_for(places.size() + 1), [&](std::int64_t row) {
    while (end < places.size() && places[end] < (row + 1) * shape.columns) ++end;
    return end;
  });
  sink.put_each(count, bits_for(static_cast<std::uint64_t>(shape.columns)), [&](std::int64_t i) {
    return static_cast<std::uint64_t>(places[static_cast<std::size_t>(i)] % shape.columns);
  });
  return Slots(matrix.nonzero());
}

Result<Slots> read(const MatrixShape& shape, const Storage&, BitReader& reader) {
  const auto count = static_cast<std::int64_t>(reader.take(bits_for(static_cast<std::uint64_t>(shape.size()) + 1)));
  if (!reader.ok()) return reader.status();
  if (count > shape.size()) return reader.fail(fmt::format("{} non-zero weights of {}", count, shape.size()));
  const int pointer_bits = bits_for(static_cast<std::uint64_t>(count) + 1);
  const int column_bits = bits_for(static_cast<std::uint64_t>(shape.columns));
  RS_TRY(reader.need(shape.rows - 1, pointer_bits, "row pointers"));
  std::vector<std::int64_t> ends;
  for (std::int64_t row = 0; row + 1 < shape.rows; ++row) {
    ends.push_back(static_cast<std::int64_t>(reader.take(pointer_bits)));
    if (ends.back() > count || (row > 0 && ends.back() < ends[ends.size() - 2]))
      return reader.fail(fmt::format("row {} ends at weight {} of {}, out of order", row, ends.back(), count));
  }
  ends.push_back(count);
  RS_TRY(reader.need(count, column_bits, "column indexes"));
  std::vector<std::uint32_t> places;
  std::int64_t at = 0;
  for (std::int64_t row = 0; row < shape.rows; ++row) {
    std::int64_t before = -1;
    for (; at < ends[static_cast<std::size_t>(row)]; ++at) {
      const auto column = static_cast<std::int64_t>(reader.take(column_bits));
      if (column >= shape.columns || column <= before)
        return reader.fail(fmt::format("column {} in row {} of {} columns, out of order", column, row, shape.columns));
      before = column;
      places.push_back(static_cast<std::uint32_t>(row * shape.columns + column));
    }
  }
  return Slots(std::move(places));
}

}  // namespace

const PositionCode& csr_code() {
  static constexpr PositionCode kCode{Storage::Encoding::kCsr, "csr", put, read};
  return kCode;
}

}  // namespace roofscape::packed
