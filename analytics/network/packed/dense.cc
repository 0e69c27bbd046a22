// Every weight: nothing to say about positions.
#include "analytics/network/packed/positions.h"

namespace roofscape::packed {
namespace {

Result<Slots> put(const WeightMatrix& matrix, const Storage&, BitSink&) { return Slots::all(matrix.shape().size()); }
Result<Slots> read(const MatrixShape& shape, const Storage&, BitReader&) { return Slots::all(shape.size()); }

}  // namespace

const PositionCode& dense_code() {
  static constexpr PositionCode kCode{Storage::Encoding::kDense, "dense", put, read};
  return kCode;
}

}  // namespace roofscape::packed
