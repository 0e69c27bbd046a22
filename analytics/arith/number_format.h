// What a number is made of: the format of a weight, an activation or an accumulator.
//
//   NumberFormat w = NumberFormat::integer(4, Signedness::kSigned);   // "int4", values -8 … 7
//   NumberFormat a = NumberFormat::integer(8, Signedness::kUnsigned); // "uint8", values 0 … 255
//   NumberFormat::fp32();                                             // the default everywhere
//
// A format says nothing of scales: those belong to a Quantiser (quantiser.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "analytics/base/hash.h"
#include "analytics/base/status.h"

namespace roofscape {

enum class Signedness : std::uint8_t { kUnsigned, kSigned };

class NumberFormat {
 public:
  enum class Kind : std::uint8_t {
    kFloat,    // IEEE-like binary floating point: exponent and mantissa bits
    kInteger,  // two's complement or unsigned, 1 to 32 bits
  };

  NumberFormat() = default;  // fp32
  static NumberFormat fp32() { return {}; }
  // 1 to 8 exponent and 0 to 23 mantissa bits.
  static NumberFormat minifloat(int exponent_bits, int mantissa_bits);
  // 1 to 32 bits. `narrow` leaves out the most negative value of a signed format of at least 2
  // bits (-7 … 7 instead of -8 … 7).
  static NumberFormat integer(int bits, Signedness signedness, bool narrow = false);
  // Reads what name() writes: "fp32", "fp16", "bf16", "e4m3", "int8", "uint4", "int4n" (narrow).
  static Result<NumberFormat> parse(std::string_view name);

  Kind kind() const { return kind_; }
  bool is_fp32() const { return kind_ == Kind::kFloat && exponent_bits_ == 8 && mantissa_bits_ == 23; }
  bool is_integer() const { return kind_ == Kind::kInteger; }
  bool is_signed() const { return is_signed_; }
  bool is_narrow() const { return narrow_; }
  int exponent_bits() const { return exponent_bits_; }
  int mantissa_bits() const { return mantissa_bits_; }
  // Bits that one value takes when stored.
  int bits() const;
  // Smallest and largest representable integer; only for integers.
  std::int64_t lowest() const;
  std::int64_t highest() const;
  std::string name() const;

  void hash_into(Hasher& hasher) const;
  friend bool operator==(const NumberFormat&, const NumberFormat&) = default;

 private:
  Kind kind_ = Kind::kFloat;
  bool is_signed_ = true;
  bool narrow_ = false;
  int exponent_bits_ = 8;
  int mantissa_bits_ = 23;
  int bits_ = 32;
};

}  // namespace roofscape
