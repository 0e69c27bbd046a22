// Estimates of a network of which only totals are known.
#pragma once

#include "analytics/base/status.h"
#include "roofscape/v1/service.pb.h"
#include "server/evaluate.h"

namespace roofscape::server {

// `request` holds totals. What its name says of the network, and the counts of a well-known one, are filled in where
// they are not given, and a note says so.
Result<PriceOn> price_of_totals(const v1::EstimateModelRequest& request);

}  // namespace roofscape::server
