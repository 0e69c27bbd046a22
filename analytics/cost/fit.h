// Whether a network has room on a platform. Not known is neither yes nor no: it forbids nothing and promises nothing.
#pragma once

#include <cstdint>

namespace roofscape::cost {

enum class Fit : std::uint8_t {
  kNo,       // impossible, whatever is not known
  kUnknown,  // not impossible, but a level that may hold some of it does not state its capacity
  kYes,
};

}  // namespace roofscape::cost
