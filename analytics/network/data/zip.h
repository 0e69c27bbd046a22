// A ZIP file as numpy.savez writes it: named entries, stored or deflated. Nothing is inflated before it is asked for.
//
//   RS_ASSIGN(Zip zip, Zip::open(bytes));
//   for (const Zip::Entry& entry : zip.entries()) …
//   RS_ASSIGN(std::vector<std::byte> npy, zip.read(entry, limit));
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "analytics/base/status.h"

namespace roofscape::data {

class Zip {
 public:
  struct Entry {
    std::string name;  // as in the file: print it through printable()
    std::uint16_t flags = 0, method = 0;
    std::uint32_t crc = 0;
    std::uint64_t compressed = 0, size = 0, local_header = 0;
  };

  static bool recognises(std::span<const std::byte> bytes);
  // Reads the directory at the end (ZIP64 too). `bytes` must outlive the result.
  static Result<Zip> open(std::span<const std::byte> bytes);

  const std::vector<Entry>& entries() const { return entries_; }
  // The entry's content, at most `limit` bytes of it (more is kResourceExhausted), its checksum verified.
  Result<std::vector<std::byte>> read(const Entry& entry, std::int64_t limit) const;

 private:
  std::span<const std::byte> bytes_;
  std::vector<Entry> entries_;
};

}  // namespace roofscape::data
