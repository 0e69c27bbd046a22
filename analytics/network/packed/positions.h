// Position codes: which weights of a matrix are stored. One file each; positions.cc lists them.
//
// To add one: a value of Storage::Encoding, a file here with its PositionCode, a line in positions.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "analytics/network/layer.h"
#include "analytics/network/packed/bits.h"
#include "analytics/network/packed/weight_matrix.h"

namespace roofscape::packed {

// The weights that are stored, in their order: all, or these places of the matrix. A place may come twice (padding).
class Slots {
 public:
  using Places = std::shared_ptr<const std::vector<std::uint32_t>>;

  static Slots all(std::int64_t size) { return Slots(size, nullptr, nullptr); }
  // `count` places that are listed when first asked for: who only counts does not.
  static Slots later(std::int64_t count, std::function<std::vector<std::uint32_t>()> list) {
    return Slots(count, nullptr, std::move(list));
  }
  explicit Slots(std::vector<std::uint32_t> places)
      : Slots(std::make_shared<const std::vector<std::uint32_t>>(std::move(places))) {}
  explicit Slots(const Places& places) : Slots(static_cast<std::int64_t>(places->size()), places, nullptr) {}

  std::int64_t count() const { return count_; }
  std::int64_t place(std::int64_t slot) const {
    if (!places_ && list_) places_ = std::make_shared<const std::vector<std::uint32_t>>(list_());
    return places_ ? (*places_)[static_cast<std::size_t>(slot)] : slot;
  }

 private:
  Slots(std::int64_t count, Places places, std::function<std::vector<std::uint32_t>()> list)
      : count_(count), places_(std::move(places)), list_(std::move(list)) {}
  std::int64_t count_;
  mutable Places places_;
  std::function<std::vector<std::uint32_t>()> list_;
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
