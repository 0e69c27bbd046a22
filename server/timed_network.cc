#include "server/timed_network.h"

#include "analytics/base/rng.h"
#include "analytics/explore/whole_network.h"
#include "analytics/network/dataset.h"
#include "analytics/zoo/made_up_weights.h"

namespace roofscape::server {
namespace {

constexpr std::int64_t kImages = 2;

Dataset noise(const Shape& image) {
  Rng rng(1);
  Dataset data;
  data.image_shape = image;
  data.count = kImages;
  data.raw.resize(static_cast<std::size_t>(kImages * element_count(image)));
  for (std::byte& value : data.raw) value = static_cast<std::byte>(rng.below(256));
  return data;
}

}  // namespace

std::string_view format_name(TimedFormat format) { return format == TimedFormat::kFp32 ? "fp32" : "int8"; }

Result<Network> timed_network(const Network& shape_only, TimedFormat format, const CancelToken* cancel) {
  RS_ASSIGN(Network network, zoo::with_made_up_weights(shape_only));
  if (format == TimedFormat::kFp32) return network;
  return explore::in_integers(network, noise(network.input_shape()), {.scale = 1.0 / 255}, {}, cancel);
}

}  // namespace roofscape::server
