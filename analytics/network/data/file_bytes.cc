#include "analytics/network/data/file_bytes.h"

#include "analytics/network/dataset.h"

namespace roofscape::data {

Result<FileBytes> FileBytes::open(std::span<const std::byte> bytes, std::int64_t limit) {
  FileBytes file;
  if (is_gzip(bytes)) {
    RS_ASSIGN(file.owned_, inflate_bytes(bytes, limit, /*raw=*/false));
    file.view_ = file.owned_;  // moving the vector keeps its memory where it is
    return file;
  }
  if (static_cast<std::int64_t>(bytes.size()) > limit) {
    return resource_exhausted("{} bytes; the limit is {}", grouped(static_cast<std::int64_t>(bytes.size())),
                              grouped(limit));
  }
  file.view_ = bytes;
  return file;
}

std::uint64_t read_little(std::span<const std::byte> bytes, std::size_t offset, std::size_t width) {
  RS_CHECK(width <= 8 && offset + width <= bytes.size());
  std::uint64_t value = 0;
  for (std::size_t i = width; i-- > 0;) value = value << 8 | std::to_integer<std::uint64_t>(bytes[offset + i]);
  return value;
}

std::uint64_t read_big(std::span<const std::byte> bytes, std::size_t offset, std::size_t width) {
  RS_CHECK(width <= 8 && offset + width <= bytes.size());
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < width; ++i) value = value << 8 | std::to_integer<std::uint64_t>(bytes[offset + i]);
  return value;
}

std::string grouped(std::int64_t number) {
  const std::string digits = std::to_string(number);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const std::size_t left = digits.size() - i;
    if (i > 0 && left % 3 == 0 && digits[i - 1] != '-') text.push_back(',');
    text.push_back(digits[i]);
  }
  return text;
}

}  // namespace roofscape::data

namespace roofscape {

Result<std::vector<std::byte>> decompress(std::span<const std::byte> bytes, std::int64_t limit) {
  if (data::is_gzip(bytes)) return data::inflate_bytes(bytes, limit, /*raw=*/false);
  if (static_cast<std::int64_t>(bytes.size()) > limit) {
    return resource_exhausted("{} bytes; the limit is {}", data::grouped(static_cast<std::int64_t>(bytes.size())),
                              data::grouped(limit));
  }
  return std::vector<std::byte>(bytes.begin(), bytes.end());
}

}  // namespace roofscape
