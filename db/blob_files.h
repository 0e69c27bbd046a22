// Content-addressed files: blobs/ab/cdef… holds the bytes whose SHA-256 is abcdef….
//
//   RS_TRY(blobs.put(sha256(bytes), bytes));       // durable when it returns
//   RS_ASSIGN(auto back, blobs.get(digest));       // verified; nothing if there is none
//
// A file is written under blobs/tmp, synced, renamed, and its folder synced: under its final name stands the whole
// content or nothing. What is left in blobs/tmp after a crash is removed when the store is next opened.
#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analytics/base/hash.h"
#include "analytics/base/status.h"
#include "db/file_system.h"

namespace roofscape::db {

class BlobFiles {
 public:
  // `folder` is ".../blobs"; prepare() must have succeeded before anything else is called.
  BlobFiles(std::string folder, FileSystem* files) : folder_(std::move(folder)), files_(files) {}

  // Creates the folder, removes what an interrupted put left behind.
  Status prepare();
  // Thread-safe, all of them. A damaged file under the same name is replaced.
  Status put(const Digest& digest, std::span<const std::byte> bytes);
  // kDataLoss naming the file if its bytes do not have the hash that its name promises.
  Result<std::optional<std::vector<std::byte>>> get(const Digest& digest) const;
  Result<bool> exists(const Digest& digest) const;
  Status remove(const Digest& digest);

  std::string path(const Digest& digest) const;

 private:
  std::string shelf(const Digest& digest) const;  // blobs/ab

  const std::string folder_;
  FileSystem* files_;
  std::mutex writing_;  // so that "it is there already" means "and durable"
};

}  // namespace roofscape::db
