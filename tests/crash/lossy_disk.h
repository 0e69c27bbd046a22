// A disk whose power fails.
//
// Files are written through to the real file system at once, which is what running programs see, as through a page
// cache. Beside that the disk remembers what has not been synced yet. When the power is cut, every later operation
// fails; restart() then rewrites the real files as a machine would find them: synced bytes as they are, each unsynced
// write kept, dropped, torn at 512-byte sectors or turned to garbage, unsynced truncations kept or dropped, and of the
// names created, renamed or removed in a folder since it was last synced some of the latest undone.
//
//   LossyDisk disk(seed);
//   LossyVfs vfs("lossy", disk);            // for SQLite
//   LossyFiles files(disk);                 // for blobs
//   disk.cut_power_after(17);               // operations
//   …                                       // use the store until it fails, close it
//   disk.restart();
//
// Thread-safe. The seed fixes every choice.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analytics/base/rng.h"

namespace roofscape::crash {

using Content = std::string;  // of a file

// Syncs that the disk pretends to have done: a harness that then finds nothing lost is no harness.
struct Lies {
  bool database = false;  // SQLite's files
  bool files = false;     // blobs
  bool folders = false;   // names
};

class LossyDisk {
 public:
  explicit LossyDisk(std::uint64_t seed, Lies lies = {}) : rng_(seed), lies_(lies) {}

  void cut_power_after(std::uint64_t operations);
  bool has_power() const;
  // While full, whatever needs room fails.
  void set_full(bool full);
  bool is_full() const;
  const Lies& lies() const { return lies_; }

  // Every operation asks first. False: the power is gone; do nothing and fail.
  bool use();

  // What was done to the real file at `path`; each is called right before it is done.
  void will_write(const std::string& path, std::uint64_t offset, std::string_view bytes);
  void will_truncate(const std::string& path, std::uint64_t size);
  void synced(const std::string& path);
  // What was done to names.
  void will_create_file(const std::string& path);
  void will_create_folder(const std::string& path);
  void will_rename(const std::string& from, const std::string& to);
  void will_remove(const std::string& path);
  void synced_folder(const std::string& path);

  // Leaves behind what the power cut did and switches the power on. All files must be closed.
  void restart();

 private:
  // A write, or a truncation (no bytes).
  struct Change {
    std::uint64_t offset;
    std::optional<std::string> bytes;
  };
  struct Unsynced {
    Content durable;
    std::vector<Change> changes;
  };
  Unsynced& unsynced(const std::string& path);
  Content after_power_cut(const Unsynced& file);
  void apply(Content& content, const Change& change);
  void undo_names();
  void name_changed(const std::string& path, std::function<void()> undo);

  mutable std::mutex mutex_;
  Rng rng_;
  const Lies lies_;
  bool power_ = true;
  bool full_ = false;
  std::optional<std::uint64_t> operations_left_;
  std::map<std::string, Unsynced> unsynced_;
  std::map<std::string, std::vector<std::function<void()>>> names_;  // by folder, oldest first
};

}  // namespace roofscape::crash
