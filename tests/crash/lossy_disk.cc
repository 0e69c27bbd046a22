#include "tests/crash/lossy_disk.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace roofscape::crash {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kSector = 512;

Content read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void write_file(const std::string& path, const Content& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(content.data(), static_cast<std::streamsize>(content.size()));
}

void write_at(Content& content, std::uint64_t offset, std::string_view bytes) {
  if (content.size() < offset + bytes.size()) content.resize(offset + bytes.size(), '\0');
  content.replace(offset, bytes.size(), bytes);
}

}  // namespace

void LossyDisk::cut_power_after(std::uint64_t operations) {
  const std::lock_guard lock(mutex_);
  operations_left_ = operations;
}

bool LossyDisk::has_power() const {
  const std::lock_guard lock(mutex_);
  return power_;
}

void LossyDisk::set_full(bool full) {
  const std::lock_guard lock(mutex_);
  full_ = full;
}

bool LossyDisk::is_full() const {
  const std::lock_guard lock(mutex_);
  return full_;
}

bool LossyDisk::use() {
  const std::lock_guard lock(mutex_);
  if (operations_left_.has_value() && (*operations_left_)-- == 0) {
    power_ = false;
    operations_left_.reset();
  }
  return power_;
}

LossyDisk::Unsynced& LossyDisk::unsynced(const std::string& path) {
  const auto found = unsynced_.find(path);
  if (found != unsynced_.end()) return found->second;
  return unsynced_.emplace(path, Unsynced{read_file(path), {}}).first->second;
}

void LossyDisk::will_write(const std::string& path, std::uint64_t offset, std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  unsynced(path).changes.push_back({offset, std::string(bytes)});
}

void LossyDisk::will_truncate(const std::string& path, std::uint64_t size) {
  const std::lock_guard lock(mutex_);
  unsynced(path).changes.push_back({size, std::nullopt});
}

void LossyDisk::synced(const std::string& path) {
  const std::lock_guard lock(mutex_);
  unsynced_.erase(path);
}

// --- names ---

void LossyDisk::name_changed(const std::string& path, std::function<void()> undo) {
  names_[fs::path(path).parent_path().string()].push_back(std::move(undo));
}

void LossyDisk::will_create_file(const std::string& path) {
  const std::lock_guard lock(mutex_);
  name_changed(path, [path] { fs::remove(path); });
}

void LossyDisk::will_create_folder(const std::string& path) {
  const std::lock_guard lock(mutex_);
  name_changed(path, [path] { fs::remove_all(path); });
}

void LossyDisk::will_rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  if (auto moved = unsynced_.extract(from); !moved.empty()) {
    moved.key() = to;
    unsynced_.erase(to);
    unsynced_.insert(std::move(moved));
  }
  std::optional<Content> replaced;
  if (fs::exists(to)) replaced = read_file(to);
  name_changed(to, [from, to, replaced] {
    if (fs::exists(fs::path(from).parent_path())) fs::rename(to, from);
    if (replaced.has_value()) write_file(to, *replaced);
  });
}

void LossyDisk::will_remove(const std::string& path) {
  const std::lock_guard lock(mutex_);
  unsynced_.erase(path);
  if (!fs::exists(path)) return;
  name_changed(path, [path, content = read_file(path)] { write_file(path, content); });
}

void LossyDisk::synced_folder(const std::string& path) {
  const std::lock_guard lock(mutex_);
  names_.erase(path);
}

// --- the power cut ---

void LossyDisk::apply(Content& content, const Change& change) {
  if (change.bytes.has_value())
    write_at(content, change.offset, *change.bytes);
  else
    content.resize(change.offset, '\0');
}

Content LossyDisk::after_power_cut(const Unsynced& file) {
  enum Fate { kKept, kDropped, kTorn, kGarbage };
  Content content = file.durable;
  for (const Change& change : file.changes) {
    const auto fate = static_cast<Fate>(rng_.below(4));
    if (fate == kDropped || (!change.bytes.has_value() && fate != kKept)) continue;
    if (fate == kKept) {
      apply(content, change);
      continue;
    }
    for (std::size_t at = 0; at < change.bytes->size(); at += kSector) {
      if (rng_.below(2) == 0) continue;
      std::string sector = change.bytes->substr(at, kSector);
      if (fate == kGarbage)
        for (char& byte : sector) byte = static_cast<char>(rng_.below(256));
      write_at(content, change.offset + at, sector);
    }
  }
  return content;
}

void LossyDisk::undo_names() {
  for (auto& [folder, changes] : names_) {
    const std::size_t kept = rng_.below(changes.size() + 1);
    for (std::size_t i = changes.size(); i > kept; --i)
      if (fs::exists(folder)) changes[i - 1]();
  }
}

void LossyDisk::restart() {
  const std::lock_guard lock(mutex_);
  for (const auto& [path, file] : unsynced_)
    if (fs::exists(path)) write_file(path, after_power_cut(file));
  undo_names();
  unsynced_.clear();
  names_.clear();
  operations_left_.reset();
  power_ = true;
}

}  // namespace roofscape::crash
