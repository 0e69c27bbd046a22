// The methods and their knobs, described for people.
#pragma once

#include <vector>

#include "roofscape/v1/approximation.pb.h"

namespace roofscape::server {

std::vector<v1::MethodInfo> list_methods();

}  // namespace roofscape::server
