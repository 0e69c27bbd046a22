#include "db/database.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "analytics/base/text.h"
#include "db/migrations.h"

namespace roofscape::db {
namespace {

// Creates `folder` and its missing parents, durably.
Status make_data_folder(FileSystem& files, const std::filesystem::path& folder) {
  RS_ASSIGN(const bool there, files.exists(folder.string()));
  const std::filesystem::path parent = folder.parent_path();
  if (there || parent == folder) return files.make_folder(folder.string());
  RS_TRY(make_data_folder(files, parent));
  RS_TRY(files.make_folder(folder.string()));
  return files.sync_folder(parent.string());
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const std::string& folder, const StoreOptions& options) {
  FileSystem* files = options.files != nullptr ? options.files : real_file_system();
  std::error_code error;
  std::filesystem::path absolute = std::filesystem::absolute(folder, error).lexically_normal();
  if (folder.empty() || error) return invalid_argument("data folder '{}' is not a path", printable(folder));
  if (!absolute.has_filename()) absolute = absolute.parent_path();  // "data/"
  const std::string root = absolute.string();
  RS_TRY(make_data_folder(*files, absolute));
  RS_ASSIGN(FolderLock lock, FolderLock::take(root));

  const ConnectionOptions connecting{.vfs = options.vfs, .busy_seconds = options.busy_seconds};
  RS_ASSIGN(std::unique_ptr<Connection> writer, Connection::open(root + "/roofscape.db", connecting));
  RS_TRY(writer->check());
  RS_TRY(migrate(*writer, migrations()));
  std::unique_ptr<Database> database(new Database(std::move(lock), root, files, std::move(writer), connecting));
  RS_TRY(database->blobs_.prepare());
  RS_TRY(files->sync_folder(root));  // the names of the database and of blobs/
  return database;
}

Database::Database(FolderLock lock, const std::string& folder, FileSystem* files, std::unique_ptr<Connection> writer,
                   const ConnectionOptions& options)
    : lock_(std::move(lock)),
      blobs_(folder + "/blobs", files),
      writer_(std::move(writer)),
      readers_(folder + "/roofscape.db", options) {}

}  // namespace roofscape::db
