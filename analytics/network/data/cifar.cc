#include "analytics/network/data/cifar.h"

namespace roofscape::data {
namespace {

bool labels_in_range(std::span<const std::byte> bytes, const CifarLayout& layout) {
  const bool ten = layout.labels == 1;
  for (std::size_t at = 0; at < bytes.size(); at += layout.row_bytes()) {
    if (std::to_integer<int>(bytes[at]) >= (ten ? 10 : 20)) return false;
    if (!ten && std::to_integer<int>(bytes[at + 1]) >= 100) return false;
  }
  return true;
}

}  // namespace

std::optional<CifarLayout> recognise_cifar(std::span<const std::byte> bytes) {
  for (const std::size_t labels : {std::size_t{1}, std::size_t{2}}) {
    CifarLayout layout{labels, 0};
    if (bytes.empty() || bytes.size() % layout.row_bytes() != 0) continue;
    layout.rows = static_cast<std::int64_t>(bytes.size() / layout.row_bytes());
    if (labels_in_range(bytes, layout)) return layout;
  }
  return std::nullopt;
}

}  // namespace roofscape::data
