// What the parts of the store share: the writer, the readers and the blob files of one data folder.
//
//   FOLDER/lock            held while the store is open
//   FOLDER/roofscape.db    rows (with -wal and -shm beside it while it is open)
//   FOLDER/blobs/ab/cdef…  files
#pragma once

#include <memory>
#include <string>

#include "analytics/base/status.h"
#include "db/blob_files.h"
#include "db/folder_lock.h"
#include "db/reader_pool.h"
#include "db/store.h"
#include "db/writer.h"

namespace roofscape::db {

class Database {
 public:
  static Result<std::unique_ptr<Database>> open(const std::string& folder, const StoreOptions& options);

  Status write(const Writer::Work& work) { return writer_.write(work); }
  Result<ReaderPool::Lease> reader() { return readers_.lease(); }
  BlobFiles& blobs() { return blobs_; }

 private:
  Database(FolderLock lock, const std::string& folder, FileSystem* files, std::unique_ptr<Connection> writer,
           const ConnectionOptions& options);

  FolderLock lock_;  // first, so that it is let go last
  BlobFiles blobs_;
  Writer writer_;
  ReaderPool readers_;
};

}  // namespace roofscape::db
