// Budgets: limits held against estimates and, where one of them asks for it, a measurement.
#pragma once

#include "analytics/base/cancel.h"
#include "roofscape/v1/service.pb.h"
#include "server/backend.h"

namespace roofscape::server {

Result<v1::CheckModelResponse> check_model(Backend& backend, const v1::CheckSpec& spec, const CancelToken* cancel);

}  // namespace roofscape::server
