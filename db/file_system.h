// The few things that the store asks of a file system, as an interface, so that a test can watch their order and take
// the power away between them (tests/crash).
//
// A name that was created, renamed or removed is durable only once its folder has been synced.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analytics/base/status.h"

namespace roofscape::db {

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // Fine if it is there already; its parent must be there.
  virtual Status make_folder(const std::string& path) = 0;
  // Makes the names in `path` durable.
  virtual Status sync_folder(const std::string& path) = 0;
  // Names (not paths) in `path`, sorted.
  virtual Result<std::vector<std::string>> list(const std::string& path) = 0;

  // Creates or replaces the file and returns when its bytes are durable (its name is not, see sync_folder).
  virtual Status write_synced(const std::string& path, std::span<const std::byte> bytes) = 0;
  // Replaces `to` in one step.
  virtual Status rename(const std::string& from, const std::string& to) = 0;
  // Fine if it is not there.
  virtual Status remove(const std::string& path) = 0;
  // Nothing if it is not there.
  virtual Result<std::optional<std::vector<std::byte>>> read(const std::string& path) = 0;
  virtual Result<bool> exists(const std::string& path) = 0;
};

// The machine's own file system; never null, lives for ever.
FileSystem* real_file_system();

}  // namespace roofscape::db
