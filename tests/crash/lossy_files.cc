#include "tests/crash/lossy_files.h"

#include <filesystem>
#include <fstream>

namespace roofscape::crash {
namespace {

Status no_power(const std::string& path) { return unavailable("{}: the power is gone", path); }

}  // namespace

Status LossyFiles::make_folder(const std::string& path) {
  if (!disk_.use()) return no_power(path);
  if (!std::filesystem::exists(path)) disk_.will_create_folder(path);
  return db::real_file_system()->make_folder(path);
}

Status LossyFiles::sync_folder(const std::string& path) {
  if (!disk_.use()) return no_power(path);
  if (!disk_.lies().folders) disk_.synced_folder(path);
  return {};
}

Result<std::vector<std::string>> LossyFiles::list(const std::string& path) {
  if (!disk_.use()) return no_power(path);
  return db::real_file_system()->list(path);
}

// Three moments at which the power may go: before the file is there, before its bytes are, before they are synced.
Status LossyFiles::write_synced(const std::string& path, std::span<const std::byte> bytes) {
  if (!disk_.use()) return no_power(path);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!std::filesystem::exists(path)) disk_.will_create_file(path);
  disk_.will_truncate(path, 0);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  if (!disk_.use()) return no_power(path);
  if (disk_.is_full()) return resource_exhausted("disk full: writing file {} found no room; free some space", path);
  disk_.will_write(path, 0, text);
  file.write(text.data(), static_cast<std::streamsize>(text.size())).flush();
  if (!disk_.use()) return no_power(path);
  if (!disk_.lies().files) disk_.synced(path);
  return {};
}

Status LossyFiles::rename(const std::string& from, const std::string& to) {
  if (!disk_.use()) return no_power(from);
  disk_.will_rename(from, to);
  return db::real_file_system()->rename(from, to);
}

Status LossyFiles::remove(const std::string& path) {
  if (!disk_.use()) return no_power(path);
  disk_.will_remove(path);
  return db::real_file_system()->remove(path);
}

Result<std::optional<std::vector<std::byte>>> LossyFiles::read(const std::string& path) {
  if (!disk_.use()) return no_power(path);
  return db::real_file_system()->read(path);
}

Result<bool> LossyFiles::exists(const std::string& path) {
  if (!disk_.use()) return no_power(path);
  return db::real_file_system()->exists(path);
}

}  // namespace roofscape::crash
