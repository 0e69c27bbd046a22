// What a number is made of: the format of a weight, an activation or an accumulator.
//
//   NumberFormat w = NumberFormat::integer(4, Signedness::kSigned);   // "int4", values -8 … 7
//   NumberFormat a = NumberFormat::integer(8, Signedness::kUnsigned); // "uint8", values 0 … 255
//   NumberFormat f = NumberFormat::finite(4, 3);                      // "e4m3fn", largest 448
//   NumberFormat p = NumberFormat::logarithmic(4, 2);                 // "log4", ±2^-6 … ±1 and 0
//   NumberFormat m = NumberFormat::finite(2, 1).in_blocks(32);        // "e2m1fn/32": MXFP4
//   NumberFormat::fp32();                                             // the default everywhere
//
// A format says nothing of scales: those belong to a Quantiser (quantiser.h). Only formats in blocks bring their own, a
// power of two for each block of neighbouring values (block_quantise.h).
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
    kFloat,        // IEEE-like binary floating point: exponent and mantissa bits
    kInteger,      // two's complement or unsigned, 1 to 32 bits; or bipolar, -1 and +1 in one bit
    kLogarithmic,  // 0 and ±base^-k: sign and exponent only, so that a multiplication is a shift
  };
  // Logarithmic formats: neighbouring powers are a factor 2 or √2 apart.
  enum class Base : std::uint8_t { kTwo, kRootTwo };

  NumberFormat() = default;  // fp32
  static NumberFormat fp32() { return {}; }
  // 1 to 8 exponent and 0 to 23 mantissa bits; the topmost exponent is kept for infinity and NaN.
  static NumberFormat minifloat(int exponent_bits, int mantissa_bits);
  // The same without infinity: the topmost exponent holds values too, but for one NaN in formats of 8 bits and more
  // (OCP 8-bit E4M3 and the MX element formats E3M2, E2M3, E2M1). 1 to 7 exponent bits.
  static NumberFormat finite(int exponent_bits, int mantissa_bits);
  // 0 and the powers base^0, base^-1 … base^-(2^n - 2), with n = bits, less the sign; n is 1 to 7.
  static NumberFormat logarithmic(int bits, Base base, Signedness signedness = Signedness::kSigned);
  // -1 and +1, an integer format of one bit.
  static NumberFormat bipolar();
  // 1 to 32 bits. `narrow` leaves out the most negative value of a signed format of at least 2
  // bits (-7 … 7 instead of -8 … 7).
  static NumberFormat integer(int bits, Signedness signedness, bool narrow = false);
  // The same format whose values share a power of two in blocks of `size` (2 to 1024), as in microscaling (MX); signed
  // integers become narrow.
  NumberFormat in_blocks(int size) const;
  // The format of one value of a block; itself where there are no blocks.
  NumberFormat element() const;
  // Reads what name() writes: "fp32", "fp16", "bf16", "e4m3", "e4m3fn" (finite), "int8", "uint4", "int4n" (narrow),
  // "bipolar", "log4", "ulog4r2" (base √2), "int8/32" (blocks); and names of vendors and OCP: "tf32", "fp8_e4m3",
  // "mxfp4" ….
  static Result<NumberFormat> parse(std::string_view name);

  Kind kind() const { return kind_; }
  bool is_fp32() const { return kind_ == Kind::kFloat && exponent_bits_ == 8 && mantissa_bits_ == 23; }
  bool is_integer() const { return kind_ == Kind::kInteger; }
  bool is_signed() const { return is_signed_; }
  bool is_narrow() const { return narrow_; }
  bool is_logarithmic() const { return kind_ == Kind::kLogarithmic; }
  bool is_bipolar() const { return bipolar_; }
  bool is_finite() const { return finite_; }
  Base base() const { return base_; }
  // Values that share an exponent; 0 where there are no blocks.
  int block() const { return block_; }
  int exponent_bits() const { return exponent_bits_; }
  int mantissa_bits() const { return mantissa_bits_; }
  // Bits that one value takes when stored, the shared exponent of its block aside.
  int bits() const;
  // The same with its share of that exponent (8 bits a block).
  double bits_per_value() const;
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
  bool bipolar_ = false;
  bool finite_ = false;
  Base base_ = Base::kTwo;
  int block_ = 0;
  int exponent_bits_ = 8;
  int mantissa_bits_ = 23;
  int bits_ = 32;
};

}  // namespace roofscape
