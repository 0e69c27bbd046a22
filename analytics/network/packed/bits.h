// Bits in a row: a sink that writes or merely counts them, and a reader that cannot run past its end.
//
//   BitSink sink;                                       // or BitSink::counting()
//   sink.put(0b101, 3);
//   sink.put_each(n, 4, [&](std::int64_t i) { return codes[i]; });   // a counting sink never calls the function
//
// The first bit is the highest of the first byte; a code's highest bit comes first.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "analytics/base/status.h"

namespace roofscape::packed {

// Bits that tell `choices` (at least 1) apart: ⌈log2 choices⌉.
int bits_for(std::uint64_t choices);

class BitSink {
 public:
  BitSink() = default;
  // Counts what would be written.
  static BitSink counting() {
    BitSink sink;
    sink.counts_only_ = true;
    return sink;
  }

  // The lowest `width` (0 to 64) bits of `value`; the others are 0.
  void put(std::uint64_t value, int width) {
    bits_ += width;
    if (!counts_only_) write(value, width);
  }
  template <typename Code>
  void put_each(std::int64_t count, int width, Code&& code) {
    if (counts_only_) {
      bits_ += count * width;
      return;
    }
    for (std::int64_t i = 0; i < count; ++i) put(code(i), width);
  }
  // Bits counted elsewhere; only when counting.
  void add_counted(std::int64_t bits) { bits_ += bits; }

  bool counts_only() const { return counts_only_; }
  std::int64_t bits() const { return bits_; }
  // What was written, the last byte filled up with zeros.
  std::vector<std::uint8_t> bytes() const;

 private:
  void write(std::uint64_t value, int width);

  bool counts_only_ = false;
  std::int64_t bits_ = 0;
  std::vector<std::uint8_t> bytes_;
  std::uint8_t open_ = 0;  // bits of the byte that is not full yet
  int open_bits_ = 0;
};

// Reading past the end gives zeros and is remembered, as is any other fault: look at status() before what was read
// is used, and at left() before memory is taken for it.
class BitReader {
 public:
  explicit BitReader(std::span<const std::uint8_t> bytes) : BitReader(bytes, 0, 8 * std::ssize(bytes)) {}
  // The bits [first, first + count) of `bytes`, which must hold them.
  BitReader(std::span<const std::uint8_t> bytes, std::int64_t first, std::int64_t count);

  std::uint64_t take(int width);
  bool take_bit() { return take(1) != 0; }
  std::int64_t left() const { return end_ - at_; }
  // Bits taken so far.
  std::int64_t position() const { return at_ - first_; }

  // Fails unless `count` codes of `width` bits are still there; `what` names them.
  Status need(std::int64_t count, std::int64_t width, std::string_view what);
  // Remembers the first fault; returns it with the place.
  Status fail(std::string_view text);
  bool ok() const { return status_.ok(); }
  const Status& status() const { return status_; }

 private:
  std::span<const std::uint8_t> bytes_;
  std::int64_t first_, at_, end_;
  Status status_;
};

}  // namespace roofscape::packed
