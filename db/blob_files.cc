#include "db/blob_files.h"

#include <utility>

namespace roofscape::db {

std::string BlobFiles::shelf(const Digest& digest) const { return folder_ + "/" + digest.hex().substr(0, 2); }

std::string BlobFiles::path(const Digest& digest) const { return shelf(digest) + "/" + digest.hex().substr(2); }

Status BlobFiles::prepare() {
  const std::string temporary = folder_ + "/tmp";
  RS_TRY(files_->make_folder(folder_));
  RS_TRY(files_->make_folder(temporary));
  RS_TRY(files_->sync_folder(folder_));
  RS_ASSIGN(const std::vector<std::string> leftovers, files_->list(temporary));
  for (const std::string& name : leftovers) RS_TRY(files_->remove(temporary + "/" + name));
  return {};
}

Status BlobFiles::put(const Digest& digest, std::span<const std::byte> bytes) {
  if (const Digest found = sha256(bytes); found != digest)
    return invalid_argument("the bytes hash to {}, but were announced as {}; send them again", found.hex(),
                            digest.hex());
  const std::lock_guard lock(writing_);
  const Result<std::optional<std::vector<std::byte>>> present = get(digest);
  if (!present.ok() && present.status().code() != Code::kDataLoss) return present.status();
  if (!present.ok() || !present->has_value()) {
    const std::string temporary = folder_ + "/tmp/" + digest.hex();
    Status written = files_->make_folder(shelf(digest));
    if (written.ok()) written = files_->write_synced(temporary, bytes);
    if (written.ok()) written = files_->rename(temporary, path(digest));
    if (!written.ok()) {
      static_cast<void>(files_->remove(temporary));  // it takes room that may be short; prepare() removes it otherwise
      return written;
    }
  }
  // Also for one that was there: a crash may have come between its rename and these.
  RS_TRY(files_->sync_folder(shelf(digest)));
  return files_->sync_folder(folder_);
}

Result<std::optional<std::vector<std::byte>>> BlobFiles::get(const Digest& digest) const {
  RS_ASSIGN(std::optional<std::vector<std::byte>> bytes, files_->read(path(digest)));
  if (bytes.has_value() && sha256(*bytes) != digest)
    return data_loss("file {} is damaged: its content does not match its hash; import it again", path(digest));
  return bytes;
}

Result<bool> BlobFiles::exists(const Digest& digest) const { return files_->exists(path(digest)); }

Status BlobFiles::remove(const Digest& digest) {
  const std::lock_guard lock(writing_);
  return files_->remove(path(digest));
}

}  // namespace roofscape::db
