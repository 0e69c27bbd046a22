// The bytes of a file that a person sent: viewed where they are, or inflated into memory of our own.
//
//   RS_ASSIGN(FileBytes file, FileBytes::open(bytes, limit));   // gunzips if need be
//   file.view();
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "analytics/base/status.h"

namespace roofscape::data {

class FileBytes {
 public:
  // Inflates gzip up to `limit` bytes; anything else is viewed without a copy, so `bytes` must outlive the result.
  static Result<FileBytes> open(std::span<const std::byte> bytes, std::int64_t limit);

  FileBytes(FileBytes&&) = default;
  FileBytes& operator=(FileBytes&&) = default;
  std::span<const std::byte> view() const { return view_; }

 private:
  FileBytes() = default;
  std::vector<std::byte> owned_;
  std::span<const std::byte> view_;
};

// Unsigned number of `width` bytes (1 to 8) at `offset`, which must lie inside.
std::uint64_t read_little(std::span<const std::byte> bytes, std::size_t offset, std::size_t width);
std::uint64_t read_big(std::span<const std::byte> bytes, std::size_t offset, std::size_t width);

// Inflates gzip (all members of it) or, with `raw`, a bare deflate stream. More than `limit` bytes is
// kResourceExhausted; a damaged or truncated stream kInvalidArgument.
Result<std::vector<std::byte>> inflate_bytes(std::span<const std::byte> bytes, std::int64_t limit, bool raw);
bool is_gzip(std::span<const std::byte> bytes);

// "12,345,678" for messages.
std::string grouped(std::int64_t number);

}  // namespace roofscape::data
