// docs/models.md: every network of the zoo with its counts and what was published of it.
#pragma once

#include <string>

#include "analytics/base/status.h"

namespace roofscape::zoo {

// Fails where a network cannot be built.
Result<std::string> models_page();

}  // namespace roofscape::zoo
