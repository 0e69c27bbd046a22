// docs/platforms.md and a page for each platform that ships, written from their files.
#pragma once

#include <span>
#include <string>

#include "roofscape/v1/platform.pb.h"

namespace roofscape::client {

// docs/platforms/<id>.md: what it is, what measurement files call it, and every figure with its source.
std::string platform_page(const v1::Platform& platform);
// docs/platforms.md: all of them by kind.
std::string platforms_index(std::span<const v1::Platform> platforms);

}  // namespace roofscape::client
