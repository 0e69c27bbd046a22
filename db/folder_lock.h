// One process owns a data folder: an flock on FOLDER/lock, which the kernel drops when the process ends, however it
// ends. The file holds the owner's process id, for the message that the next one gets.
#pragma once

#include <string>
#include <utility>

#include "analytics/base/status.h"

namespace roofscape::db {

class FolderLock {
 public:
  // kUnavailable, naming folder and process, while another holds it.
  static Result<FolderLock> take(const std::string& folder);
  FolderLock(FolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace roofscape::db
