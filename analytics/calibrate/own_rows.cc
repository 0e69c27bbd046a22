#include "analytics/calibrate/own_rows.h"

#include <map>
#include <set>
#include <tuple>

#include "analytics/calibrate/spread.h"
#include "analytics/cost/own_spread.h"
#include "analytics/cost/relatives.h"

namespace roofscape::calibrate {
namespace {

// Rows of one network are off together and count as one.
std::vector<double> of_networks(std::span<const int> network_of_row, std::span<const double> residuals) {
  std::map<int, std::vector<double>> by_network;
  for (std::size_t i = 0; i < residuals.size(); ++i) by_network[network_of_row[i]].push_back(residuals[i]);
  std::vector<double> spreads;
  for (const auto& [network, of] : by_network) spreads.push_back(spread_of(of, 0, 0));
  return spreads;
}

void add_points(std::span<const Observation* const> rows, v1::OwnSpread* own) {
  std::set<std::tuple<cost::NetworkKind, double, double, std::string_view, double>> known;
  for (const Observation* row : rows) {
    const cost::Relative network = cost::relative_of(row->traits);
    const std::string_view arithmetic = cost::main_arithmetic(row->load);
    if (!known.emplace(network.kind, network.macs, network.parameters, arithmetic, row->at_once).second) continue;
    v1::MeasuredPoint* point = own->add_points();
    point->set_kind(std::string(cost::kind_name(network.kind)));
    point->set_mac_count(network.macs);
    point->set_parameter_count(network.parameters);
    point->set_arithmetic(std::string(arithmetic));
    point->set_batch_size(row->at_once);
  }
}

}  // namespace

v1::OwnSpread own_spread(std::span<const Observation* const> rows, std::span<const int> network_of_row,
                         std::span<const double> without_network, std::span<const double> without_row, double usual) {
  v1::OwnSpread own;
  const std::vector<double> networks = of_networks(network_of_row, without_network);
  own.set_network_spread(spread_of(networks, usual, kUsualCounts));
  own.set_row_spread(spread_of(without_row, usual, kUsualCounts));
  own.set_row_count(static_cast<int>(rows.size()));
  own.set_network_count(static_cast<int>(networks.size()));
  add_points(rows, &own);
  return own;
}

}  // namespace roofscape::calibrate
