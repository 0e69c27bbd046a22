#include "analytics/search/point.h"

namespace roofscape::search {

std::size_t PointHash::operator()(const Point& point) const noexcept {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (std::uint16_t choice : point) hash = (hash ^ choice) * 0x100000001b3;
  return static_cast<std::size_t>(hash ^ (hash >> 32));
}

}  // namespace roofscape::search
