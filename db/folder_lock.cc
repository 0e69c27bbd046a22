#include "db/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "analytics/base/text.h"

namespace roofscape::db {
namespace {

// The process id that the owner left in the file, or "of unknown id".
std::string owner(int descriptor) {
  char buffer[32];
  const ssize_t size = ::pread(descriptor, buffer, sizeof buffer, 0);
  const std::string_view text = trim(std::string_view(buffer, size > 0 ? static_cast<std::size_t>(size) : 0));
  return parse_int(text).has_value() ? std::string(text) : "of unknown id";
}

}  // namespace

Result<FolderLock> FolderLock::take(const std::string& folder) {
  const std::string path = folder + "/lock";
  FolderLock lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (lock.descriptor_ < 0) {
    const int error = errno;
    return Status(error == EACCES || error == EROFS ? Code::kPermissionDenied : Code::kUnavailable,
                  fmt::format("cannot open lock file {}: {}", path, std::generic_category().message(error)));
  }
  if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    if (error == EWOULDBLOCK)
      return unavailable("data folder {} is in use by process {}; stop that one or use another data folder", folder,
                         owner(lock.descriptor_));
    return unavailable("cannot lock data folder {}: {}", folder, std::generic_category().message(error));
  }
  const std::string id = fmt::format("{}\n", ::getpid());
  // Only a courtesy for messages: a full disk must not keep the store from opening.
  if (::ftruncate(lock.descriptor_, 0) == 0)
    static_cast<void>(::pwrite(lock.descriptor_, id.data(), id.size(), 0) == static_cast<ssize_t>(id.size()));
  return lock;
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace roofscape::db
