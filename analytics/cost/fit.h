// Whether a network has room on a platform. Not known is neither yes nor no: it forbids nothing and promises nothing.
#pragma once

#include <cstdint>

namespace roofscape::cost {

enum class Fit : std::uint8_t {
  kNo,       // impossible, whatever is not known
  kUnknown,  // more than the levels hold that state a capacity, and one that may hold some of it states none
  kYes,
};

}  // namespace roofscape::cost
