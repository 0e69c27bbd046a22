#include "db/reader_pool.h"

#include <utility>

namespace roofscape::db {

ReaderPool::ReaderPool(std::string path, ConnectionOptions options, int most)
    : path_(std::move(path)), options_(std::move(options)), may_open_(most) {
  options_.read_only = true;
}

ReaderPool::Lease::~Lease() {
  if (connection_ != nullptr) pool_->give_back(std::move(connection_));
}

Result<ReaderPool::Lease> ReaderPool::lease() {
  {
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [&] { return !idle_.empty() || may_open_ > 0; });
    if (!idle_.empty()) {
      std::unique_ptr<Connection> connection = std::move(idle_.back());
      idle_.pop_back();
      return Lease(*this, std::move(connection));
    }
    --may_open_;
  }
  Result<std::unique_ptr<Connection>> opened = Connection::open(path_, options_);
  if (opened.ok()) return Lease(*this, std::move(*opened));
  const std::lock_guard lock(mutex_);
  ++may_open_;
  returned_.notify_one();
  return opened.status();
}

void ReaderPool::give_back(std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(connection));
  returned_.notify_one();
}

}  // namespace roofscape::db
