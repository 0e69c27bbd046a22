#include "analytics/cost/own_spread.h"

#include <algorithm>
#include <cmath>

#include "analytics/base/text.h"
#include "roofscape/v1/calibration.pb.h"

namespace roofscape::cost {
namespace {

// How far beyond a factor of two, in such factors, squared.
double squared_beyond(double known, double of) {
  const double factors = std::abs(std::log2(of / known));
  const double beyond = std::max(0.0, factors - 1);
  return beyond * beyond;
}

// Between two variances, `share` of the way.
double between(double from, double to, double share) { return from + share * (std::min(to, from) - from); }

}  // namespace

std::string_view main_arithmetic(const Load& load) {
  for (std::size_t p = 0; p < kPrecisions; ++p)
    if (load.share(static_cast<Precision>(p)) > 0.5) return precision_name(static_cast<Precision>(p));
  return "";
}

Result<OwnSpread> OwnSpread::create(const v1::OwnSpread& message) {
  OwnSpread out;
  out.row_ = message.row_spread();
  out.network_ = message.network_spread();
  for (const v1::MeasuredPoint& point : message.points()) {
    const std::optional<NetworkKind> kind = kind_named(point.kind());
    if (!kind || !(point.mac_count() > 0) || !(point.parameter_count() >= 0) || !(point.batch_size() > 0))
      return invalid_argument("a measured network of the kind '{}' with {} multiply-accumulates in batches of {}",
                              printable(point.kind(), 40), point.mac_count(), point.batch_size())
          .at("own.points");
    out.points_.push_back(
        {{*kind, point.mac_count(), point.parameter_count()}, point.arithmetic(), point.batch_size()});
  }
  return out;
}

double OwnSpread::narrowed(const Traits& traits, std::string_view arithmetic, double batch, double spread) const {
  double near = 0, same = 0;
  for (const Point& point : points_) {
    if (point.network.kind != traits.kind || point.arithmetic != arithmetic) continue;
    const double batches = squared_beyond(point.batch, batch);
    double distance = batches + squared_beyond(point.network.macs, traits.macs);
    if (point.network.parameters > 0 && !traits.parameters_are_guessed)
      distance += squared_beyond(point.network.parameters, traits.parameters);
    near = std::max(near, std::exp(-distance / 2));
    same = std::max(same, likeness(point.network, traits) * std::exp(-batches / 2));
  }
  const double of_networks = between(spread * spread, network_ * network_, near);
  return std::sqrt(between(of_networks, row_ * row_, same));
}

}  // namespace roofscape::cost
