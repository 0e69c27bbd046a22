#include "analytics/network/packed/bits.h"

#include <algorithm>
#include <bit>

namespace roofscape::packed {

int bits_for(std::uint64_t choices) { return choices <= 1 ? 0 : std::bit_width(choices - 1); }

std::vector<std::uint8_t> BitSink::bytes() const {
  std::vector<std::uint8_t> all = bytes_;
  if (open_bits_ > 0) all.push_back(static_cast<std::uint8_t>(open_ << (8 - open_bits_)));
  return all;
}

void BitSink::write(std::uint64_t value, int width) {
  while (width > 0) {
    const int taken = std::min(width, 8 - open_bits_);
    width -= taken;
    const auto piece = static_cast<std::uint8_t>((value >> width) & ((1U << taken) - 1));
    open_ = static_cast<std::uint8_t>((open_ << taken) | piece);
    open_bits_ += taken;
    if (open_bits_ == 8) {
      bytes_.push_back(open_);
      open_ = 0;
      open_bits_ = 0;
    }
  }
}

BitReader::BitReader(std::span<const std::uint8_t> bytes, std::int64_t first, std::int64_t count)
    : bytes_(bytes), first_(first), at_(first), end_(first + count) {
  RS_CHECK(first >= 0 && count >= 0 && end_ <= 8 * std::ssize(bytes));
}

std::uint64_t BitReader::take(int width) {
  if (width > left()) {
    if (ok()) status_ = data_loss("the packed weights end at bit {}, within a code of {} bits", end_ - first_, width);
    at_ = end_;
    return 0;
  }
  std::uint64_t value = 0;
  while (width > 0) {
    const int within = static_cast<int>(at_ % 8);
    const int taken = std::min(width, 8 - within);
    const std::uint32_t byte = bytes_[static_cast<std::size_t>(at_ / 8)];
    value = (value << taken) | ((byte >> (8 - within - taken)) & ((1U << taken) - 1));
    at_ += taken;
    width -= taken;
  }
  return value;
}

Status BitReader::need(std::int64_t count, std::int64_t width, std::string_view what) {
  if (!ok()) return status_;
  if (width == 0 || count <= left() / width) return {};
  return fail(fmt::format("{} {} of {} bits do not fit into the {} bits that are left", count, what, width, left()));
}

Status BitReader::fail(std::string_view text) {
  if (ok()) status_ = data_loss("packed weights, bit {}: {}", position(), text);
  return status_;
}

}  // namespace roofscape::packed
