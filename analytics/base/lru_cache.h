// Keeps what was used last, up to a number of bytes. Values are shared: one that is pushed out lives on with its users.
//
//   LruCache<Digest, Imported> cache(1 << 30);
//   auto network = cache.get(key, [&]() -> Result<Sized<Imported>> { … });   // made once, then found
//
// Thread-safe. Of several callers who want the same thing at once, one makes it and the others wait; different things
// are made side by side.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

#include "analytics/base/status.h"

namespace roofscape {

// A value and the bytes that it keeps in memory.
template <typename T>
struct Sized {
  std::shared_ptr<const T> value;
  std::int64_t bytes = 0;
};

template <typename Key, typename T>
class LruCache {
 public:
  explicit LruCache(std::int64_t capacity_bytes) : capacity_(capacity_bytes) {}

  // The value under `key`; if there is none, what `make` gives. A failure is not kept: the next in line tries again.
  template <typename Maker>
  Result<std::shared_ptr<const T>> get(const Key& key, const Maker& make) {
    std::unique_lock lock(mutex_);
    made_.wait(lock, [&] { return !making_.contains(key); });
    if (auto found = find(key)) return found;
    making_.insert(key);
    lock.unlock();
    const Finished finished{this, key};
    Result<Sized<T>> made = make();
    if (!made.ok()) return made.status();
    lock.lock();
    put(key, *made);
    lock.unlock();
    return made->value;
  }

  std::int64_t bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
  }

 private:
  struct Entry {
    Key key;
    Sized<T> sized;
  };
  // Lets the waiting ones go on, also when the maker throws.
  struct Finished {
    LruCache* cache;
    const Key& key;
    ~Finished() {
      const std::lock_guard lock(cache->mutex_);
      cache->making_.erase(key);
      cache->made_.notify_all();
    }
  };

  std::shared_ptr<const T> find(const Key& key) {
    const auto at = index_.find(key);
    if (at == index_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, at->second);
    return at->second->sized.value;
  }

  void put(const Key& key, const Sized<T>& sized) {
    if (sized.bytes > capacity_) return;
    entries_.push_front({key, sized});
    index_[key] = entries_.begin();
    bytes_ += sized.bytes;
    while (bytes_ > capacity_) {
      bytes_ -= entries_.back().sized.bytes;
      index_.erase(entries_.back().key);
      entries_.pop_back();
    }
  }

  const std::int64_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable made_;
  std::set<Key> making_;
  std::list<Entry> entries_;  // the one used last in front
  std::map<Key, typename std::list<Entry>::iterator> index_;
  std::int64_t bytes_ = 0;
};

}  // namespace roofscape
