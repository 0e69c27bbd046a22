// Position codes: which weights of a matrix are stored. One file each; positions.cc lists them.
//
// To add one: a value of Storage::Encoding, a file here with its PositionCode, a line in positions.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "analytics/network/layer.h"
#include "analytics/network/packed/bits.h"
#include "analytics/network/packed/weight_matrix.h"

namespace roofscape::packed {

// The weights that are stored, in their order: all, or these places of the matrix. A place may come twice (padding).
class Slots {
 public:
  static Slots all(std::int64_t size) { return Slots(size, nullptr); }
  explicit Slots(std::vector<std::uint32_t> places)
      : Slots(std::make_shared<const std::vector<std::uint32_t>>(std::move(places))) {}
  explicit Slots(std::shared_ptr<const std::vector<std::uint32_t>> places)
      : count_(static_cast<std::int64_t>(places->size())), places_(std::move(places)) {}

  std::int64_t count() const { return count_; }
  std::int64_t place(std::int64_t slot) const { return places_ ? (*places_)[static_cast<std::size_t>(slot)] : slot; }

 private:
  Slots(std::int64_t count, std::shared_ptr<const std::vector<std::uint32_t>> places)
      : count_(count), places_(std::move(places)) {}
  std::int64_t count_;
  std::shared_ptr<const std::vector<std::uint32_t>> places_;
};

struct PositionCode {
  Storage::Encoding encoding;
  const char* name;
  // Writes the positions, or says why this matrix cannot be stored so.
  Result<Slots> (*put)(const WeightMatrix& matrix, const Storage& storage, BitSink& sink);
  // Reads them back.
  Result<Slots> (*read)(const MatrixShape& shape, const Storage& storage, BitReader& reader);
};

const PositionCode& dense_code();
const PositionCode& bitmap_code();
const PositionCode& relative_code();
const PositionCode& csr_code();
const PositionCode& groups_code();
const PositionCode& blocks_code();
const PositionCode& circulant_code();
// For each place of a matrix in circulant blocks, the slot that holds its code.
std::vector<std::uint32_t> circulant_slots(const MatrixShape& shape, const Storage& storage);

const PositionCode& position_code(Storage::Encoding encoding);

}  // namespace roofscape::packed
