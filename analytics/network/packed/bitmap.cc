// Bitmap: a bit a weight, 1 for each that is not 0; n bits.
#include "analytics/network/packed/positions.h"

namespace roofscape::packed {
namespace {

Result<Slots> put(const WeightMatrix& matrix, const Storage&, BitSink& sink) {
  sink.put_each(matrix.shape().size(), 1, [&](std::int64_t place) { return matrix.is_zero(place) ? 0U : 1U; });
  return Slots(matrix.nonzero());
}

Result<Slots> read(const MatrixShape& shape, const Storage&, BitReader& reader) {
  RS_TRY(reader.need(shape.size(), 1, "flags of a bitmap"));
  std::vector<std::uint32_t> places;
  for (std::int64_t place = 0; place < shape.size(); ++place)
    if (reader.take_bit()) places.push_back(static_cast<std::uint32_t>(place));
  return Slots(std::move(places));
}

}  // namespace

const PositionCode& bitmap_code() {
  static constexpr PositionCode kCode{Storage::Encoding::kBitmap, "bitmap", put, read};
  return kCode;
}

}  // namespace roofscape::packed
