// What all services share: the settings, the store and what is kept in memory. No gRPC here: the services are thin
// shells around functions that take a Backend.
#pragma once

#include <memory>

#include "analytics/engine/engine.h"
#include "analytics/network/statistics.h"
#include "db/store.h"
#include "server/calibration_shelf.h"
#include "server/dataset_shelf.h"
#include "server/model_shelf.h"
#include "server/platform_shelf.h"
#include "server/settings.h"
#include "server/turns.h"

namespace roofscape::server {

struct Backend {
  Backend(const Settings& given, std::unique_ptr<db::Store> opened);

  // Options of an engine that may use all workers.
  engine::EngineOptions engine_options() const;

  const Settings settings;
  const std::unique_ptr<db::Store> store;
  ModelShelf models;
  DatasetShelf datasets;
  CalibrationShelf calibration;  // of platforms, by measurements
  PlatformShelf platforms;
  LruCache<Digest, Calibration> calibrations;  // of activations, by images
  Turns turns;                                 // at the engine
};

}  // namespace roofscape::server
