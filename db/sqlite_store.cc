#include "db/sqlite_store.h"

#include <utility>

namespace roofscape::db {

Result<std::unique_ptr<Store>> open_store(const std::string& folder, const StoreOptions& options) {
  RS_ASSIGN(std::unique_ptr<Database> database, Database::open(folder, options));
  return std::unique_ptr<Store>(std::make_unique<SqliteStore>(std::move(database)));
}

}  // namespace roofscape::db
