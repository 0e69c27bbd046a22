// Measurements as rows: what measurements.cc and evaluations.cc share.
#pragma once

#include <optional>

#include "analytics/base/status.h"
#include "db/connection.h"
#include "db/store.h"
#include "roofscape/v1/evaluation.pb.h"

namespace roofscape::db {

Result<std::optional<v1::Counts>> find_counts(Connection& connection, const MeasurementKey& key);
// Stores the counts, or compares them with those that are there: kInternal if they differ.
Status put_counts(Connection& connection, const MeasurementKey& key, const v1::Counts& counts);

}  // namespace roofscape::db
