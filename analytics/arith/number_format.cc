#include "analytics/arith/number_format.h"

#include "analytics/base/text.h"

namespace roofscape {
namespace {

constexpr int kMostIntegerBits = 32;
constexpr int kMostExponentBits = 8;
constexpr int kMostMantissaBits = 23;

// The digits of `text` from `position` on as a number of at most two digits; -1 when there are none or more.
int read_number(std::string_view text, std::size_t& position) {
  int value = 0;
  const std::size_t first = position;
  while (position < text.size() && text[position] >= '0' && text[position] <= '9' && position - first < 3) {
    value = value * 10 + (text[position++] - '0');
  }
  const std::size_t digits = position - first;
  return digits == 0 || digits > 2 || (digits == 2 && text[first] == '0') ? -1 : value;
}

Status unknown_format(std::string_view name) {
  return invalid_argument(
      "'{}' is not a number format; use fp32, fp16, bf16, eXmY (X exponent and Y mantissa bits), intN or uintN with N "
      "from 1 to 32, and a final n for narrow signed integers (int4n: -7 to 7)",
      printable(name, 40));
}

Result<NumberFormat> parse_integer(std::string_view name) {
  const bool is_signed = name[0] == 'i';
  std::size_t position = is_signed ? 3 : 4;
  const int bits = read_number(name, position);
  const bool narrow = is_signed && position + 1 == name.size() && name[position] == 'n';
  if (position + (narrow ? 1 : 0) != name.size() || bits < 1 || bits > kMostIntegerBits || (narrow && bits < 2)) {
    return unknown_format(name);
  }
  return NumberFormat::integer(bits, is_signed ? Signedness::kSigned : Signedness::kUnsigned, narrow);
}

Result<NumberFormat> parse_minifloat(std::string_view name) {
  std::size_t position = 1;
  const int exponent = read_number(name, position);
  if (position >= name.size() || name[position] != 'm') return unknown_format(name);
  ++position;
  const int mantissa = read_number(name, position);
  if (position != name.size() || exponent < 1 || exponent > kMostExponentBits || mantissa < 0 ||
      mantissa > kMostMantissaBits) {
    return unknown_format(name);
  }
  return NumberFormat::minifloat(exponent, mantissa);
}

}  // namespace

NumberFormat NumberFormat::minifloat(int exponent_bits, int mantissa_bits) {
  RS_CHECK(exponent_bits >= 1 && exponent_bits <= kMostExponentBits);
  RS_CHECK(mantissa_bits >= 0 && mantissa_bits <= kMostMantissaBits);
  NumberFormat format;
  format.exponent_bits_ = exponent_bits;
  format.mantissa_bits_ = mantissa_bits;
  format.bits_ = 1 + exponent_bits + mantissa_bits;
  return format;
}

NumberFormat NumberFormat::integer(int bits, Signedness signedness, bool narrow) {
  RS_CHECK(bits >= 1 && bits <= kMostIntegerBits);
  RS_CHECK(!narrow || (signedness == Signedness::kSigned && bits >= 2));
  NumberFormat format;
  format.kind_ = Kind::kInteger;
  format.is_signed_ = signedness == Signedness::kSigned;
  format.narrow_ = narrow;
  format.exponent_bits_ = 0;
  format.mantissa_bits_ = 0;
  format.bits_ = bits;
  return format;
}

Result<NumberFormat> NumberFormat::parse(std::string_view name) {
  if (name == "fp32") return fp32();
  if (name == "fp16") return minifloat(5, 10);
  if (name == "bf16") return minifloat(8, 7);
  if (name.starts_with("int") || name.starts_with("uint")) return parse_integer(name);
  if (name.starts_with("e")) return parse_minifloat(name);
  return unknown_format(name);
}

int NumberFormat::bits() const { return bits_; }

std::int64_t NumberFormat::lowest() const {
  RS_CHECK(is_integer());
  if (!is_signed_) return 0;
  return -(std::int64_t{1} << (bits_ - 1)) + (narrow_ ? 1 : 0);
}

std::int64_t NumberFormat::highest() const {
  RS_CHECK(is_integer());
  return (std::int64_t{1} << (is_signed_ ? bits_ - 1 : bits_)) - 1;
}

std::string NumberFormat::name() const {
  if (is_integer()) return fmt::format("{}int{}{}", is_signed_ ? "" : "u", bits_, narrow_ ? "n" : "");
  if (is_fp32()) return "fp32";
  if (exponent_bits_ == 5 && mantissa_bits_ == 10) return "fp16";
  if (exponent_bits_ == 8 && mantissa_bits_ == 7) return "bf16";
  return fmt::format("e{}m{}", exponent_bits_, mantissa_bits_);
}

void NumberFormat::hash_into(Hasher& hasher) const {
  hasher.add(kind_).add(is_signed_).add(narrow_).add(exponent_bits_).add(mantissa_bits_).add(bits_);
}

}  // namespace roofscape
