// Platforms by id: those that ship with Roofscape and those that people imported.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "analytics/explore/explorer.h"
#include "db/store.h"
#include "roofscape/v1/platform.pb.h"
#include "server/calibration_shelf.h"

namespace roofscape::server {

class PlatformShelf {
 public:
  PlatformShelf(db::Store& store, CalibrationShelf& calibration) : store_(store), calibration_(calibration) {}

  // With `name`, `built_in` and `calibration` set. An unknown id is kNotFound with what was probably meant.
  Result<v1::Platform> get(const std::string& id);
  // All of them, by id, without `calibration`.
  Result<std::vector<v1::Platform>> list();
  // Their ids.
  Result<std::vector<std::string>> ids();
  // What it extends is looked up now: a later library does not change it.
  Result<v1::Platform> import(const v1::Platform& read);
  Status remove(const std::string& id);

 private:
  Result<v1::Platform> find(const std::string& id);

  db::Store& store_;
  CalibrationShelf& calibration_;
};

// Hash of all figures and of the calibration, for content keys.
Digest content_key(const v1::Platform& platform);

// Names of platforms, resolved; the error points at "platforms[2]".
Result<std::vector<explore::NamedPlatform>> named_platforms(
    PlatformShelf& shelf, const google::protobuf::RepeatedPtrField<std::string>& names);

}  // namespace roofscape::server
