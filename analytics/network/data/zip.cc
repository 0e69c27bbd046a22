#include "analytics/network/data/zip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "analytics/base/text.h"
#include "analytics/network/data/file_bytes.h"

namespace roofscape::data {
namespace {

constexpr std::uint32_t kLocalHeader = 0x04034B50;
constexpr std::uint32_t kDirectoryEntry = 0x02014B50;
constexpr std::uint32_t kDirectoryEnd = 0x06054B50;
constexpr std::uint32_t kDirectoryEnd64 = 0x06064B50;
constexpr std::uint32_t kLocator64 = 0x07064B50;
constexpr std::size_t kDirectoryEndSize = 22;
constexpr std::size_t kLocatorSize = 20;
constexpr std::size_t kLongestComment = 65535;
constexpr std::uint64_t kMostEntries = 10'000;
constexpr std::uint64_t kSeeZip64 = 0xFFFFFFFF;

using Bytes = std::span<const std::byte>;

bool inside(Bytes bytes, std::uint64_t offset, std::uint64_t count) {
  return offset <= bytes.size() && count <= bytes.size() - offset;
}

bool signature_at(Bytes bytes, std::uint64_t offset, std::uint32_t signature) {
  return inside(bytes, offset, 4) && read_little(bytes, static_cast<std::size_t>(offset), 4) == signature;
}

Status damaged(std::string_view what) {
  return invalid_argument("the NPZ (ZIP) file is damaged or truncated: {}", what);
}

std::optional<std::size_t> find_directory_end(Bytes bytes) {
  if (bytes.size() < kDirectoryEndSize) return std::nullopt;
  const std::size_t last = bytes.size() - kDirectoryEndSize;
  const std::size_t first = last - std::min(last, kLongestComment);
  for (std::size_t at = last + 1; at-- > first;) {
    if (signature_at(bytes, at, kDirectoryEnd)) return at;
  }
  return std::nullopt;
}

struct Directory {
  std::uint64_t entries = 0, offset = 0;
};

Result<Directory> find_directory(Bytes bytes) {
  const std::optional<std::size_t> end = find_directory_end(bytes);
  if (!end) return damaged("it has no directory at its end");
  Directory directory{read_little(bytes, *end + 10, 2), read_little(bytes, *end + 16, 4)};
  if (*end >= kLocatorSize && signature_at(bytes, *end - kLocatorSize, kLocator64)) {
    const std::uint64_t end64 = read_little(bytes, *end - kLocatorSize + 8, 8);
    if (!signature_at(bytes, end64, kDirectoryEnd64) || !inside(bytes, end64, 56)) {
      return damaged("its ZIP64 directory is not where it says");
    }
    directory = {read_little(bytes, static_cast<std::size_t>(end64) + 32, 8),
                 read_little(bytes, static_cast<std::size_t>(end64) + 48, 8)};
  }
  if (directory.entries > kMostEntries) {
    return resource_exhausted("the NPZ file claims {} arrays; at most {} are read", directory.entries, kMostEntries);
  }
  return directory;
}

// Sizes of 4 GiB and more stand in the extra field 0x0001, in this order and only those that did not fit.
Status read_zip64_extra(Bytes extra, Zip::Entry& entry) {
  std::size_t at = 0;
  while (at + 4 <= extra.size()) {
    const auto id = read_little(extra, at, 2);
    const auto length = static_cast<std::size_t>(read_little(extra, at + 2, 2));
    at += 4;
    if (length > extra.size() - at) return damaged("an extra field is too long");
    if (id == 1) {
      std::size_t position = at;
      for (std::uint64_t* field : {&entry.size, &entry.compressed, &entry.local_header}) {
        if (*field != kSeeZip64) continue;
        if (position + 8 > at + length) return damaged("a ZIP64 field is too short");
        *field = read_little(extra, position, 8);
        position += 8;
      }
      return {};
    }
    at += length;
  }
  return {};
}

Result<Zip::Entry> read_entry(Bytes bytes, std::uint64_t& offset) {
  constexpr std::size_t kFixed = 46;
  if (!signature_at(bytes, offset, kDirectoryEntry) || !inside(bytes, offset, kFixed)) {
    return damaged("a directory entry is missing");
  }
  const auto at = static_cast<std::size_t>(offset);
  Zip::Entry entry;
  entry.flags = static_cast<std::uint16_t>(read_little(bytes, at + 8, 2));
  entry.method = static_cast<std::uint16_t>(read_little(bytes, at + 10, 2));
  entry.crc = static_cast<std::uint32_t>(read_little(bytes, at + 16, 4));
  entry.compressed = read_little(bytes, at + 20, 4);
  entry.size = read_little(bytes, at + 24, 4);
  entry.local_header = read_little(bytes, at + 42, 4);
  const auto name = static_cast<std::size_t>(read_little(bytes, at + 28, 2));
  const auto extra = static_cast<std::size_t>(read_little(bytes, at + 30, 2));
  const auto comment = static_cast<std::size_t>(read_little(bytes, at + 32, 2));
  if (!inside(bytes, offset, kFixed + name + extra + comment)) return damaged("a directory entry is cut off");
  entry.name.assign(reinterpret_cast<const char*>(bytes.data()) + at + kFixed, name);
  RS_TRY(read_zip64_extra(bytes.subspan(at + kFixed + name, extra), entry));
  offset += kFixed + name + extra + comment;
  return entry;
}

std::uint32_t checksum(Bytes bytes) {
  std::uint64_t crc = crc32(0, nullptr, 0);
  while (!bytes.empty()) {
    const std::size_t count = std::min<std::size_t>(bytes.size(), std::numeric_limits<uInt>::max());
    crc = crc32(crc, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(count));
    bytes = bytes.subspan(count);
  }
  return static_cast<std::uint32_t>(crc);
}

}  // namespace

bool Zip::recognises(Bytes bytes) {
  return signature_at(bytes, 0, kLocalHeader) || signature_at(bytes, 0, kDirectoryEnd);
}

Result<Zip> Zip::open(Bytes bytes) {
  Zip zip;
  zip.bytes_ = bytes;
  RS_ASSIGN(const Directory directory, find_directory(bytes));
  std::uint64_t offset = directory.offset;
  for (std::uint64_t i = 0; i < directory.entries; ++i) {
    RS_ASSIGN(Entry entry, read_entry(bytes, offset));
    zip.entries_.push_back(std::move(entry));
  }
  return zip;
}

Result<std::vector<std::byte>> Zip::read(const Entry& entry, std::int64_t limit) const {
  constexpr std::size_t kFixed = 30;
  const std::string name = printable(entry.name, 60);
  if ((entry.flags & 1) != 0) return unimplemented("the NPZ entry '{}' is encrypted; save it without", name);
  if (entry.method != 0 && entry.method != 8) {
    return unimplemented("the NPZ entry '{}' is compressed by ZIP method {}; use stored or deflated", name,
                         entry.method);
  }
  if (!signature_at(bytes_, entry.local_header, kLocalHeader) || !inside(bytes_, entry.local_header, kFixed)) {
    return damaged(fmt::format("entry '{}' is not where the directory says", name));
  }
  const auto at = static_cast<std::size_t>(entry.local_header);
  const std::uint64_t start = at + kFixed + read_little(bytes_, at + 26, 2) + read_little(bytes_, at + 28, 2);
  if (!inside(bytes_, start, entry.compressed)) return damaged(fmt::format("entry '{}' is cut off", name));
  if (entry.size > static_cast<std::uint64_t>(limit)) {
    return resource_exhausted("the NPZ entry '{}' claims {} bytes; the limit is {}", name, entry.size, grouped(limit));
  }
  const Bytes stored = bytes_.subspan(static_cast<std::size_t>(start), static_cast<std::size_t>(entry.compressed));
  std::vector<std::byte> content;
  if (entry.method == 0) {
    content.assign(stored.begin(), stored.end());
  } else {
    auto inflated = inflate_bytes(stored, static_cast<std::int64_t>(entry.size), /*raw=*/true);
    if (!inflated.ok()) return std::move(inflated).status().in(fmt::format("NPZ entry '{}'", name));
    content = std::move(*inflated);
  }
  if (content.size() != entry.size || checksum(content) != entry.crc) {
    return damaged(fmt::format("entry '{}' does not match its size or checksum", name));
  }
  return content;
}

}  // namespace roofscape::data
