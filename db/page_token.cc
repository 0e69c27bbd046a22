#include "db/page_token.h"

#include <algorithm>

#include "analytics/base/hash.h"
#include "analytics/base/text.h"

namespace roofscape::db {
namespace {

constexpr int kDefaultSize = 100;
constexpr int kLargestSize = 1000;

std::string checksum(std::string_view list, std::string_view key) {
  return Hasher("page-token/1").add(list).add(key).finish().short_hex();
}

}  // namespace

std::string make_page_token(std::string_view list, std::string_view last_key) {
  return fmt::format("{}~{}", last_key, checksum(list, last_key));
}

Result<std::string> read_page_token(std::string_view list, std::string_view token) {
  const auto tilde = token.rfind('~');
  if (tilde != std::string_view::npos) {
    const std::string_view key = token.substr(0, tilde);
    if (token.substr(tilde + 1) == checksum(list, key)) return std::string(key);
  }
  return invalid_argument("page token '{}' does not belong to this list; send the next_page_token of the page before",
                          printable(token))
      .at("page_token");
}

Result<int> page_size(int size) {
  if (size < 0) return invalid_argument("page size is {}; use 0 (for {}) or more", size, kDefaultSize).at("page_size");
  return size == 0 ? kDefaultSize : std::min(size, kLargestSize);
}

}  // namespace roofscape::db
