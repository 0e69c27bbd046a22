#include "db/file_system.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace roofscape::db {
namespace {

// What went wrong with `path`, by errno.
Status file_error(int error, std::string_view doing, const std::string& path) {
  const std::string text = std::generic_category().message(error);
  switch (error) {
    case ENOSPC:
    case EDQUOT: return resource_exhausted("disk full: {} {} found no room; free some space", doing, path);
    case EACCES:
    case EPERM:
    case EROFS: return Status(Code::kPermissionDenied, fmt::format("no permission for {} {}: {}", doing, path, text));
    case ENOENT:
    case ENOTDIR:
    case EEXIST: return failed_precondition("{} {} is not possible: {}; see what is there", doing, path, text);
    default: return unavailable("{} {} failed: {}", doing, path, text);
  }
}

// A file descriptor that closes itself.
class File {
 public:
  File(const std::string& path, int flags) {
    do descriptor_ = ::open(path.c_str(), flags | O_CLOEXEC, 0644);
    while (descriptor_ < 0 && errno == EINTR);
  }
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  bool is_open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_ = -1;
};

class RealFileSystem final : public FileSystem {
 public:
  Status make_folder(const std::string& path) override {
    if (::mkdir(path.c_str(), 0755) == 0) return {};
    const int error = errno;
    struct stat found {};
    if (error == EEXIST && ::stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode)) return {};
    return file_error(error, "creating folder", path);
  }

  Status sync_folder(const std::string& path) override {
    const File folder(path, O_RDONLY | O_DIRECTORY);
    if (!folder.is_open() || ::fsync(folder.descriptor()) != 0) return file_error(errno, "syncing folder", path);
    return {};
  }

  Result<std::vector<std::string>> list(const std::string& path) override {
    std::vector<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator at(path, error), end; !error && at != end; at.increment(error))
      names.push_back(at->path().filename().string());
    if (error) return file_error(error.value(), "listing folder", path);
    std::sort(names.begin(), names.end());
    return names;
  }

  Status write_synced(const std::string& path, std::span<const std::byte> bytes) override {
    const File file(path, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file.is_open()) return file_error(errno, "creating file", path);
    while (!bytes.empty()) {
      const ssize_t written = ::write(file.descriptor(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return file_error(errno, "writing file", path);
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    if (::fsync(file.descriptor()) != 0) return file_error(errno, "syncing file", path);
    return {};
  }

  Status rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return file_error(errno, "renaming file", from);
    return {};
  }

  Status remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return file_error(errno, "removing file", path);
    return {};
  }

  Result<std::optional<std::vector<std::byte>>> read(const std::string& path) override {
    using Content = std::optional<std::vector<std::byte>>;
    const File file(path, O_RDONLY);
    if (!file.is_open() && (errno == ENOENT || errno == ENOTDIR)) return Content();
    struct stat found {};
    if (!file.is_open() || ::fstat(file.descriptor(), &found) != 0) return file_error(errno, "opening file", path);
    std::vector<std::byte> bytes(static_cast<std::size_t>(found.st_size));
    std::size_t filled = 0;
    while (filled < bytes.size()) {
      const ssize_t got = ::read(file.descriptor(), bytes.data() + filled, bytes.size() - filled);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return file_error(errno, "reading file", path);
      if (got == 0) break;  // cut short meanwhile; its hash will tell
      filled += static_cast<std::size_t>(got);
    }
    bytes.resize(filled);
    return Content(std::move(bytes));
  }

  Result<bool> exists(const std::string& path) override {
    struct stat found {};
    if (::stat(path.c_str(), &found) == 0) return true;
    if (errno == ENOENT || errno == ENOTDIR) return false;
    return file_error(errno, "looking for file", path);
  }
};

}  // namespace

FileSystem* real_file_system() {
  static RealFileSystem file_system;
  return &file_system;
}

}  // namespace roofscape::db
