// What measurements say of platforms: the calibration that ships with Roofscape, or one that was made from a person's
// own measurements and stored in its place.
#pragma once

#include <memory>
#include <mutex>

#include "db/store.h"
#include "roofscape/v1/calibration.pb.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::server {

// Thread-safe.
class CalibrationShelf {
 public:
  explicit CalibrationShelf(db::Store& store) : store_(store) {}

  // The one in force. A stored one that this version cannot use (an older program made it, with other features) is
  // passed over with a warning in the log.
  Result<std::shared_ptr<const v1::Calibration>> current();
  // The one that ships, to be built on; kFailedPrecondition where this version cannot use it.
  static Result<const v1::Calibration*> built_in();
  // Takes the place of the stored one and is durable when this returns.
  Status put(v1::Calibration calibration);
  // Back to the one that ships; kNotFound where nothing is stored.
  Status remove();

  // Sets `calibration` of the platform to what the one in force says of it.
  Status attach(v1::Platform* platform);

 private:
  Result<std::shared_ptr<const v1::Calibration>> load();

  db::Store& store_;
  std::mutex mutex_;  // held while the store is written, so that what is kept is what is stored
  std::shared_ptr<const v1::Calibration> current_;
};

}  // namespace roofscape::server
