#include "analytics/arith/number_format.h"

#include <array>
#include <utility>

#include "analytics/base/text.h"

namespace roofscape {
namespace {

constexpr int kMostIntegerBits = 32;
constexpr int kMostExponentBits = 8;
constexpr int kMostMantissaBits = 23;
constexpr int kMostLogarithmicBits = 7;  // the sign aside
constexpr int kLeastBlock = 2;
constexpr int kMostBlock = 1024;
constexpr int kSharedExponentBits = 8;

// Other names of formats, as vendors and the OCP specifications spell them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kAliases = {{
    {"tf32", "e8m10"},
    {"fp8_e4m3", "e4m3fn"},
    {"fp8_e5m2", "e5m2"},
    {"fp6_e3m2", "e3m2fn"},
    {"fp6_e2m3", "e2m3fn"},
    {"fp4", "e2m1fn"},
    {"fp4_e2m1", "e2m1fn"},
    {"mxfp8_e4m3", "e4m3fn/32"},
    {"mxfp8_e5m2", "e5m2/32"},
    {"mxfp6_e3m2", "e3m2fn/32"},
    {"mxfp6_e2m3", "e2m3fn/32"},
    {"mxfp4", "e2m1fn/32"},
    {"mxfp4_e2m1", "e2m1fn/32"},
    {"mxint8", "int8n/32"},
}};

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
      "'{}' is not a number format; use fp32, fp16, bf16, eXmY (X exponent and Y mantissa bits; eXmYfn without "
      "infinities), fp8_e4m3, fp8_e5m2, fp6_e3m2, fp6_e2m3, fp4, intN or uintN with N from 1 to 32 (a final n for "
      "narrow "
      "signed integers, int4n: -7 to 7), bipolar, logN or ulogN (a final r2 for powers of √2), and /B for blocks of B "
      "values that share an exponent (int8/32)",
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
  const bool finite = name.substr(position) == "fn";
  const int most_exponent_bits = finite ? kMostExponentBits - 1 : kMostExponentBits;
  if (position + (finite ? 2 : 0) != name.size() || exponent < 1 || exponent > most_exponent_bits || mantissa < 0 ||
      mantissa > kMostMantissaBits) {
    return unknown_format(name);
  }
  return finite ? NumberFormat::finite(exponent, mantissa) : NumberFormat::minifloat(exponent, mantissa);
}

Result<NumberFormat> parse_logarithmic(std::string_view name) {
  const bool is_signed = name[0] == 'l';
  std::size_t position = is_signed ? 3 : 4;
  const int bits = read_number(name, position);
  const bool root = name.substr(position) == "r2";
  const int exponent = bits - (is_signed ? 1 : 0);
  if (position + (root ? 2 : 0) != name.size() || exponent < 1 || exponent > kMostLogarithmicBits) {
    return unknown_format(name);
  }
  return NumberFormat::logarithmic(bits, root ? NumberFormat::Base::kRootTwo : NumberFormat::Base::kTwo,
                                   is_signed ? Signedness::kSigned : Signedness::kUnsigned);
}

Result<NumberFormat> parse_element(std::string_view name) {
  if (name == "fp32") return NumberFormat::fp32();
  if (name == "fp16") return NumberFormat::minifloat(5, 10);
  if (name == "bf16") return NumberFormat::minifloat(8, 7);
  if (name == "bipolar") return NumberFormat::bipolar();
  if (name.starts_with("int") || name.starts_with("uint")) return parse_integer(name);
  if (name.starts_with("log") || name.starts_with("ulog")) return parse_logarithmic(name);
  if (name.starts_with("e")) return parse_minifloat(name);
  return unknown_format(name);
}

bool can_share_exponent(const NumberFormat& element) {
  return !element.is_fp32() && !(element.is_integer() && element.is_signed() && element.bits() < 2);
}

// "int8/32": the part behind the stroke, 2 to 1024; -1 for anything else.
int read_block(std::string_view text) {
  int size = 0;
  if (text.empty() || text.size() > 4 || text[0] == '0') return -1;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return -1;
    size = size * 10 + (digit - '0');
  }
  return size >= kLeastBlock && size <= kMostBlock ? size : -1;
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

NumberFormat NumberFormat::finite(int exponent_bits, int mantissa_bits) {
  RS_CHECK(exponent_bits < kMostExponentBits);
  NumberFormat format = minifloat(exponent_bits, mantissa_bits);
  format.finite_ = true;
  return format;
}

NumberFormat NumberFormat::logarithmic(int bits, Base base, Signedness signedness) {
  NumberFormat format;
  format.kind_ = Kind::kLogarithmic;
  format.is_signed_ = signedness == Signedness::kSigned;
  format.base_ = base;
  format.exponent_bits_ = bits - (format.is_signed_ ? 1 : 0);
  format.mantissa_bits_ = 0;
  format.bits_ = bits;
  RS_CHECK(format.exponent_bits_ >= 1 && format.exponent_bits_ <= kMostLogarithmicBits);
  return format;
}

NumberFormat NumberFormat::bipolar() {
  NumberFormat format = integer(1, Signedness::kSigned);
  format.bipolar_ = true;
  return format;
}

NumberFormat NumberFormat::in_blocks(int size) const {
  RS_CHECK(size >= kLeastBlock && size <= kMostBlock && can_share_exponent(*this));
  NumberFormat format = *this;
  // -2^(b-1) would raise the exponent of its own block when quantised again.
  format.narrow_ = is_integer() && is_signed_;
  format.block_ = size;
  return format;
}

NumberFormat NumberFormat::element() const {
  NumberFormat format = *this;
  format.block_ = 0;
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
  std::string_view meant = name;
  for (const auto& [alias, format] : kAliases) {
    if (name == alias) meant = format;
  }
  const std::size_t stroke = meant.find('/');
  auto element = parse_element(meant.substr(0, stroke));
  if (!element.ok()) return unknown_format(name);
  if (stroke == std::string_view::npos) return element;
  const int block = read_block(meant.substr(stroke + 1));
  if (block < 0 || !can_share_exponent(*element)) return unknown_format(name);
  return element->in_blocks(block);
}

int NumberFormat::bits() const { return bits_; }

double NumberFormat::bits_per_value() const {
  return bits_ + (block_ == 0 ? 0.0 : static_cast<double>(kSharedExponentBits) / block_);
}

std::int64_t NumberFormat::lowest() const {
  RS_CHECK(is_integer());
  if (!is_signed_) return 0;
  if (bipolar_) return -1;
  return -(std::int64_t{1} << (bits_ - 1)) + (narrow_ ? 1 : 0);
}

std::int64_t NumberFormat::highest() const {
  RS_CHECK(is_integer());
  if (bipolar_) return 1;
  return (std::int64_t{1} << (is_signed_ ? bits_ - 1 : bits_)) - 1;
}

std::string NumberFormat::name() const {
  if (block_ != 0) return fmt::format("{}/{}", element().name(), block_);
  if (bipolar_) return "bipolar";
  const char* const sign = is_signed_ ? "" : "u";
  if (is_integer()) return fmt::format("{}int{}{}", sign, bits_, narrow_ ? "n" : "");
  if (is_logarithmic()) return fmt::format("{}log{}{}", sign, bits_, base_ == Base::kRootTwo ? "r2" : "");
  if (finite_) return fmt::format("e{}m{}fn", exponent_bits_, mantissa_bits_);
  if (is_fp32()) return "fp32";
  if (exponent_bits_ == 5 && mantissa_bits_ == 10) return "fp16";
  if (exponent_bits_ == 8 && mantissa_bits_ == 7) return "bf16";
  return fmt::format("e{}m{}", exponent_bits_, mantissa_bits_);
}

void NumberFormat::hash_into(Hasher& hasher) const {
  hasher.add(kind_).add(is_signed_).add(narrow_).add(exponent_bits_).add(mantissa_bits_).add(bits_);
  // Added later, and only where they say something, so that older addresses stay.
  if (bipolar_ || finite_ || is_logarithmic() || block_ != 0) {
    hasher.add("more").add(bipolar_).add(finite_).add(base_).add(block_);
  }
}

}  // namespace roofscape
