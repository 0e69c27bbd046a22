// An SQLite VFS over the default one that writes to a LossyDisk. Locks and shared memory pass through: they live only
// as long as the machine runs.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>

#include "tests/crash/lossy_disk.h"

namespace roofscape::crash {

class LossyVfs {
 public:
  // Registers itself under `name`; give that name to StoreOptions::vfs. Outlives all connections.
  LossyVfs(std::string name, LossyDisk& disk);
  ~LossyVfs();
  LossyVfs(const LossyVfs&) = delete;
  LossyVfs& operator=(const LossyVfs&) = delete;

 private:
  std::string name_;
  std::unique_ptr<sqlite3_vfs> vfs_;
};

}  // namespace roofscape::crash
