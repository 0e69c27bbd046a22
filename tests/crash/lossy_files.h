// The store's file system on a LossyDisk.
#pragma once

#include "db/file_system.h"
#include "tests/crash/lossy_disk.h"

namespace roofscape::crash {

class LossyFiles final : public db::FileSystem {
 public:
  explicit LossyFiles(LossyDisk& disk) : disk_(disk) {}

  Status make_folder(const std::string& path) override;
  Status sync_folder(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& path) override;
  Status write_synced(const std::string& path, std::span<const std::byte> bytes) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status remove(const std::string& path) override;
  Result<std::optional<std::vector<std::byte>>> read(const std::string& path) override;
  Result<bool> exists(const std::string& path) override;

 private:
  LossyDisk& disk_;
};

}  // namespace roofscape::crash
