// Bytes that all uploads in progress hold together, bounded.
//
//   UploadBudget::Share share(budget);
//   RS_TRY(share.take(chunk.size()));      // kResourceExhausted when there is no room; given back with the share
#pragma once

#include <cstdint>
#include <mutex>

#include "analytics/base/status.h"

namespace roofscape::server {

class UploadBudget {
 public:
  explicit UploadBudget(std::int64_t limit) : limit_(limit) {}

  class Share {
   public:
    explicit Share(UploadBudget& budget) : budget_(budget) {}
    ~Share() { budget_.give_back(taken_); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    Status take(std::int64_t bytes) {
      RS_TRY(budget_.take(bytes));
      taken_ += bytes;
      return {};
    }

   private:
    UploadBudget& budget_;
    std::int64_t taken_ = 0;
  };

  std::int64_t in_use() const {
    const std::lock_guard lock(mutex_);
    return in_use_;
  }

 private:
  Status take(std::int64_t bytes) {
    const std::lock_guard lock(mutex_);
    if (bytes > limit_ - in_use_)
      return resource_exhausted(
          "uploads in progress hold {} of {} bytes (setting upload_bytes), which leaves no room for {} more; try again "
          "later",
          in_use_, limit_, bytes);
    in_use_ += bytes;
    return {};
  }
  void give_back(std::int64_t bytes) {
    const std::lock_guard lock(mutex_);
    in_use_ -= bytes;
  }

  const std::int64_t limit_;
  mutable std::mutex mutex_;
  std::int64_t in_use_ = 0;
};

}  // namespace roofscape::server
