#include "tests/crash/lossy_vfs.h"

#include <filesystem>
#include <string_view>
#include <utility>

namespace roofscape::crash {
namespace {

// What SQLite sees as a file; the default VFS's own file lies right behind it.
struct LossyFile {
  sqlite3_file base;
  LossyDisk* disk;
  std::string* path;  // null for temporary files, which nobody misses
  bool is_log;        // journal or write-ahead log: the default VFS syncs their folder together with them
};

LossyFile& lossy(sqlite3_file* file) { return *reinterpret_cast<LossyFile*>(file); }
sqlite3_file* real(sqlite3_file* file) { return reinterpret_cast<sqlite3_file*>(&lossy(file) + 1); }
LossyDisk& disk_of(sqlite3_vfs* vfs) { return *static_cast<LossyDisk*>(vfs->pAppData); }
sqlite3_vfs* default_vfs() {
  static sqlite3_vfs* const vfs = sqlite3_vfs_find("unix");
  return vfs;
}

// --- files ---

int close_file(sqlite3_file* file) {
  const int rc = real(file)->pMethods->xClose(real(file));
  delete std::exchange(lossy(file).path, nullptr);
  return rc;
}

int read_file(sqlite3_file* file, void* buffer, int size, sqlite3_int64 offset) {
  if (!lossy(file).disk->has_power()) return SQLITE_IOERR_READ;
  return real(file)->pMethods->xRead(real(file), buffer, size, offset);
}

int write_file(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  LossyFile& self = lossy(file);
  if (!self.disk->use()) return SQLITE_IOERR_WRITE;
  if (self.disk->is_full()) return SQLITE_FULL;
  if (self.path != nullptr)
    self.disk->will_write(*self.path, static_cast<std::uint64_t>(offset),
                          {static_cast<const char*>(bytes), static_cast<std::size_t>(size)});
  return real(file)->pMethods->xWrite(real(file), bytes, size, offset);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  LossyFile& self = lossy(file);
  if (!self.disk->use()) return SQLITE_IOERR_TRUNCATE;
  if (self.path != nullptr) self.disk->will_truncate(*self.path, static_cast<std::uint64_t>(size));
  return real(file)->pMethods->xTruncate(real(file), size);
}

// The real file is not synced: its bytes are in the page cache, which the test does not lose.
int sync_file(sqlite3_file* file, int) {
  LossyFile& self = lossy(file);
  if (!self.disk->use()) return SQLITE_IOERR_FSYNC;
  if (self.path == nullptr || self.disk->lies().database) return SQLITE_OK;
  self.disk->synced(*self.path);
  if (self.is_log) self.disk->synced_folder(std::filesystem::path(*self.path).parent_path().string());
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  if (!lossy(file).disk->has_power()) return SQLITE_IOERR_FSTAT;
  return real(file)->pMethods->xFileSize(real(file), size);
}

int lock_file(sqlite3_file* file, int level) { return real(file)->pMethods->xLock(real(file), level); }
int unlock_file(sqlite3_file* file, int level) { return real(file)->pMethods->xUnlock(real(file), level); }
int check_reserved(sqlite3_file* file, int* out) { return real(file)->pMethods->xCheckReservedLock(real(file), out); }
int sector_size(sqlite3_file* file) { return real(file)->pMethods->xSectorSize(real(file)); }
int characteristics(sqlite3_file* file) { return real(file)->pMethods->xDeviceCharacteristics(real(file)); }
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  return real(file)->pMethods->xShmMap(real(file), page, size, extend, out);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) { real(file)->pMethods->xShmBarrier(real(file)); }
int shm_unmap(sqlite3_file* file, int remove) { return real(file)->pMethods->xShmUnmap(real(file), remove); }

// Hints about sizes and in-place writes would reach the real file behind the disk's back.
int file_control(sqlite3_file* file, int op, void* argument) {
  if (op == SQLITE_FCNTL_SIZE_HINT || op == SQLITE_FCNTL_CHUNK_SIZE) return SQLITE_OK;
  return real(file)->pMethods->xFileControl(real(file), op, argument);
}

constexpr sqlite3_io_methods kMethods = {
    .iVersion = 2,  // without xFetch: no memory-mapped writes
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = file_size,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_reserved,
    .xFileControl = file_control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

// --- names ---

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  LossyDisk& disk = disk_of(vfs);
  file->pMethods = nullptr;
  if (!disk.use()) return SQLITE_CANTOPEN;
  if (name != nullptr && (flags & SQLITE_OPEN_CREATE) != 0 && !std::filesystem::exists(name))
    disk.will_create_file(name);
  const int rc = default_vfs()->xOpen(default_vfs(), name, real(file), flags, out_flags);
  if (rc != SQLITE_OK) return rc;
  LossyFile& self = lossy(file);
  self.disk = &disk;
  self.path = name == nullptr || (flags & SQLITE_OPEN_DELETEONCLOSE) != 0 ? nullptr : new std::string(name);
  self.is_log = (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
  self.base.pMethods = &kMethods;
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  LossyDisk& disk = disk_of(vfs);
  if (!disk.use()) return SQLITE_IOERR_DELETE;
  disk.will_remove(name);
  const int rc = default_vfs()->xDelete(default_vfs(), name, 0);
  if (sync_folder != 0 && !disk.lies().database) disk.synced_folder(std::filesystem::path(name).parent_path().string());
  return rc;
}

int access_file(sqlite3_vfs* vfs, const char* name, int flags, int* out) {
  if (!disk_of(vfs).has_power()) return SQLITE_IOERR_ACCESS;
  return default_vfs()->xAccess(default_vfs(), name, flags, out);
}

}  // namespace

LossyVfs::LossyVfs(std::string name, LossyDisk& disk)
    : name_(std::move(name)), vfs_(std::make_unique<sqlite3_vfs>(*default_vfs())) {
  vfs_->zName = name_.c_str();
  vfs_->pAppData = &disk;
  vfs_->szOsFile = static_cast<int>(sizeof(LossyFile)) + default_vfs()->szOsFile;
  vfs_->pNext = nullptr;
  vfs_->xOpen = open_file;
  vfs_->xDelete = delete_file;
  vfs_->xAccess = access_file;
  // The rest (random numbers, time, full paths) of the default VFS looks at its own pAppData only in xOpen.
  sqlite3_vfs_register(vfs_.get(), 0);
}

LossyVfs::~LossyVfs() { sqlite3_vfs_unregister(vfs_.get()); }

}  // namespace roofscape::crash
