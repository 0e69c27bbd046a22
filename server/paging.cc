#include "server/paging.h"

#include "analytics/base/text.h"

namespace roofscape::server {
namespace {

constexpr int kDefaultSize = 100;
constexpr int kLargestSize = 1000;

std::string to_hex(std::string_view bytes) {
  std::string hex;
  for (const char c : bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return hex;
}

// False unless `hex` is pairs of lower-case hexadecimal digits.
bool from_hex(std::string_view hex, std::string* bytes) {
  const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; };
  if (hex.size() % 2 != 0) return false;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = digit(hex[i]), low = digit(hex[i + 1]);
    if (high < 0 || low < 0) return false;
    bytes->push_back(static_cast<char>(high * 16 + low));
  }
  return true;
}

}  // namespace

Result<int> page_size(std::int32_t asked) {
  if (asked < 0) return invalid_argument("page_size is {}; use 0 (for 100) to 1000", asked).at("page_size");
  return asked == 0 ? kDefaultSize : std::min<int>(asked, kLargestSize);
}

std::string write_token(std::string_view position, const Digest& list) { return list.short_hex() + to_hex(position); }

Result<std::string> read_token(std::string_view token, const Digest& list) {
  std::string position;
  if (token.empty()) return position;
  const std::string mark = list.short_hex();
  if (!token.starts_with(mark) || !from_hex(token.substr(mark.size()), &position))
    return invalid_argument(
               "page_token '{}' does not belong to this list; give the next_page_token of the response before, "
               "with the same parent, filter and order_by",
               printable(token, 60))
        .at("page_token");
  return position;
}

}  // namespace roofscape::server
