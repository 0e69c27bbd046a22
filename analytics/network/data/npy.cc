// NPY (numpy.save): "\x93NUMPY", version, header length, a Python dictionary literal, then the values.
#include <cctype>
#include <cstring>

#include "analytics/base/text.h"
#include "analytics/network/data/array.h"
#include "analytics/network/data/file_bytes.h"

namespace roofscape::data {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kLongestHeader = 1 << 16;
constexpr std::size_t kMostAxes = 32;

// Reads the few literals that numpy writes: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }.
class HeaderReader {
 public:
  explicit HeaderReader(std::string_view text) : text_(text) {}

  Status read(Array& array) {
    bool descr = false;
    bool order = false;
    bool shape = false;
    RS_TRY(expect('{'));
    while (!accept('}')) {
      RS_ASSIGN(const std::string key, string());
      RS_TRY(expect(':'));
      if (key == "descr" && !descr) {
        RS_ASSIGN(array.type, type());
        descr = true;
      } else if (key == "fortran_order" && !order) {
        RS_ASSIGN(array.fortran_order, truth());
        order = true;
      } else if (key == "shape" && !shape) {
        RS_ASSIGN(array.shape, tuple());
        shape = true;
      } else {
        return invalid_argument("the NPY header has an unknown or repeated key '{}'", printable(key, 40));
      }
      if (!accept(',') && !peek('}')) return unexpected("',' or '}'");
    }
    if (!descr || !order || !shape) {
      return invalid_argument("the NPY header lacks '{}'", !descr ? "descr" : !order ? "fortran_order" : "shape");
    }
    return {};
  }

 private:
  void skip_blanks() {
    while (position_ < text_.size() && (text_[position_] == ' ' || text_[position_] == '\n')) ++position_;
  }
  bool peek(char c) {
    skip_blanks();
    return position_ < text_.size() && text_[position_] == c;
  }
  bool accept(char c) {
    if (!peek(c)) return false;
    ++position_;
    return true;
  }
  Status unexpected(std::string_view wanted) const {
    return invalid_argument("the NPY header reads '{}' where {} belongs", printable(text_.substr(position_), 24),
                            wanted);
  }
  Status expect(char c) { return accept(c) ? Status() : unexpected(fmt::format("'{}'", c)); }

  Result<std::string> string() {
    skip_blanks();
    if (position_ >= text_.size() || (text_[position_] != '\'' && text_[position_] != '"')) {
      return unexpected("a quoted word");
    }
    const std::size_t end = text_.find(text_[position_], position_ + 1);
    if (end == std::string_view::npos) return unexpected("a quoted word");
    std::string word(text_.substr(position_ + 1, end - position_ - 1));
    position_ = end + 1;
    return word;
  }

  Result<bool> truth() {
    skip_blanks();
    for (const auto& [word, value] : {std::pair<std::string_view, bool>{"True", true}, {"False", false}}) {
      if (text_.substr(position_).starts_with(word)) {
        position_ += word.size();
        return value;
      }
    }
    return unexpected("True or False");
  }

  Result<Shape> tuple() {
    RS_TRY(expect('('));
    Shape shape;
    while (!accept(')')) {
      skip_blanks();
      const std::size_t first = position_;
      while (position_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[position_])) != 0) ++position_;
      const std::optional<long long> size = parse_int(text_.substr(first, position_ - first));
      if (!size) return unexpected("a size");
      if (position_ < text_.size() && text_[position_] == 'L') ++position_;  // Python 2 wrote "3L"
      shape.push_back(*size);
      if (shape.size() > kMostAxes) return invalid_argument("the NPY shape has more than {} axes", kMostAxes);
      if (!accept(',') && !peek(')')) return unexpected("',' or ')'");
    }
    return shape;
  }

  Result<ElementType> type() {
    if (peek('[')) {
      return unimplemented("the NPY array is a record array; save a plain array of numbers instead");
    }
    RS_ASSIGN(const std::string word, string());
    constexpr std::string_view kOrders = "<>|=";
    const bool with_order = !word.empty() && kOrders.find(word[0]) != std::string_view::npos;
    const std::string_view kind = std::string_view(word).substr(with_order ? 1 : 0);
    ElementType type;
    type.big_endian = with_order && word[0] == '>';
    using Kind = ElementType::Kind;
    if (kind == "u1" || kind == "b1") return ElementType{Kind::kUnsigned, 1, false};
    if (kind == "i1") return ElementType{Kind::kSigned, 1, false};
    if (kind == "f4" || kind == "f8" || kind == "i2" || kind == "i4" || kind == "i8" || kind == "u2" || kind == "u4" ||
        kind == "u8") {
      type.kind = kind[0] == 'f' ? Kind::kFloat : kind[0] == 'i' ? Kind::kSigned : Kind::kUnsigned;
      type.bytes = static_cast<std::size_t>(kind[1] - '0');
      return type;
    }
    return unimplemented("the NPY array holds '{}' values; use uint8, float32, float64 or integers of 1 to 8 bytes",
                         printable(word, 24));
  }

  std::string_view text_;
  std::size_t position_ = 0;
};

}  // namespace

bool is_npy(std::span<const std::byte> bytes) {
  return bytes.size() >= kMagic.size() && std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) == 0;
}

Result<Array> parse_npy(std::span<const std::byte> bytes) {
  RS_CHECK(is_npy(bytes));
  if (bytes.size() < 10) return invalid_argument("the NPY file is truncated after {} bytes", bytes.size());
  const auto version = std::to_integer<int>(bytes[6]);
  if (version < 1 || version > 3) return unimplemented("NPY version {}; versions 1 to 3 are known", version);
  const std::size_t width = version == 1 ? 2 : 4;
  if (bytes.size() < 8 + width) return invalid_argument("the NPY file is truncated after {} bytes", bytes.size());
  const std::uint64_t length = read_little(bytes, 8, width);
  if (length > kLongestHeader || 8 + width + length > bytes.size()) {
    return invalid_argument("the NPY header claims {} bytes; {} follow, and at most {} are read",
                            grouped(static_cast<std::int64_t>(length)),
                            grouped(static_cast<std::int64_t>(bytes.size() - 8 - width)), grouped(kLongestHeader));
  }
  const std::size_t start = 8 + width + static_cast<std::size_t>(length);
  const auto* text = reinterpret_cast<const char*>(bytes.data()) + 8 + width;
  Array array;
  RS_TRY(HeaderReader(std::string_view(text, static_cast<std::size_t>(length))).read(array));
  array.values = bytes.subspan(start);
  RS_ASSIGN(const std::int64_t expected, byte_count(array.shape, array.type.bytes));
  const auto actual = static_cast<std::int64_t>(array.values.size());
  if (actual != expected) {
    return invalid_argument("the NPY file is {}: its header asks for {} bytes of {} values, {} are there",
                            actual < expected ? "truncated" : "too long", grouped(expected), array.type.name(),
                            grouped(actual));
  }
  return array;
}

}  // namespace roofscape::data
