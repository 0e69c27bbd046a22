#include "client/report/sensitivity_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "analytics/base/text.h"
#include "client/report/recipe.h"

namespace roofscape::client {
namespace {

constexpr double kLeast = 1e-6;  // nats; about the unit in which the engine counts
constexpr std::size_t kNameLength = 40;

double logarithm(double nats) { return std::log(std::max(nats, kLeast)); }

// The method that stands in front of "integer w4 a8"; of several steps all methods.
std::string method_of(const v1::Sensitivity& sensitivity) {
  std::string method;
  for (const v1::Step& step : sensitivity.steps()) method += (method.empty() ? "" : " + ") + printable(step.method());
  return method;
}

// What follows it: "w4 a8".
std::string title_of(const RecipeStyle& style, const v1::Sensitivity& sensitivity) {
  std::string title;
  for (const v1::Step& step : sensitivity.steps()) {
    const std::string knobs = style.setting(step).substr(printable(step.method()).size());
    if (!knobs.empty()) title += (title.empty() ? "" : " +") + knobs;
  }
  return std::string(trim(title));
}

double median_logarithm(const SensitivityMap::Setting& setting) {
  std::vector<double> values;
  for (const std::optional<double>& nats : setting.nats)
    if (nats) values.push_back(logarithm(*nats));
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

}  // namespace

std::string nats_text(double nats) {
  if (!(nats > 0)) return "0";
  if (nats < kLeast) return "<1e-6";
  if (nats >= 10) return fmt::format("{:.0f}", nats);
  return fmt::format("{:.2g}", nats);
}

std::string layers_text(const v1::Sensitivity& sensitivity) {
  const auto& layers = sensitivity.layers();
  if (layers.empty()) return "–";
  const std::string first = printable(layers[0], kNameLength);
  if (layers.size() == 1) return first;
  const std::string last = printable(layers[layers.size() - 1], kNameLength);
  if (layers.size() == 2) return first + ", " + last;
  return fmt::format("{}, … {} ({} layers)", first, last, layers.size());
}

double SensitivityMap::Setting::worst() const {
  double worst = 0;
  for (const std::optional<double>& one : nats) worst = std::max(worst, one.value_or(0));
  return worst;
}

std::size_t SensitivityMap::Setting::rows() const {
  return static_cast<std::size_t>(
      std::count_if(nats.begin(), nats.end(), [](const std::optional<double>& one) { return one.has_value(); }));
}

std::optional<std::size_t> SensitivityMap::Setting::most_sensitive() const {
  if (rows() < 2 || worst() <= 0) return std::nullopt;
  const auto less = [](const std::optional<double>& a, const std::optional<double>& b) {
    return a.value_or(-1) < b.value_or(-1);
  };
  return static_cast<std::size_t>(std::max_element(nats.begin(), nats.end(), less) - nats.begin());
}

std::string SensitivityMap::Group::name(const Setting& setting) const {
  return setting.title.empty() ? method : method + " " + setting.title;
}

SensitivityMap SensitivityMap::of(std::string network, const v1::MeasureSensitivityResponse& response) {
  SensitivityMap map;
  map.network = std::move(network);
  map.images = response.image_count();
  std::vector<v1::Recipe> recipes;
  for (const v1::Sensitivity& one : response.sensitivities()) *recipes.emplace_back().mutable_steps() = one.steps();
  std::vector<const v1::Recipe*> pointers;
  for (const v1::Recipe& recipe : recipes) pointers.push_back(&recipe);
  const RecipeStyle style = RecipeStyle::of(pointers);
  map.legend = style.legend();

  std::map<std::vector<std::string>, std::size_t> row_of;
  std::vector<std::size_t> row;  // of each sensitivity
  for (const v1::Sensitivity& one : response.sensitivities()) {
    const auto [found, is_new] =
        row_of.emplace(std::vector<std::string>(one.layers().begin(), one.layers().end()), map.rows.size());
    if (is_new) map.rows.push_back(layers_text(one));
    row.push_back(found->second);
  }
  std::map<std::string, std::map<std::string, Setting>> methods;
  for (int i = 0; i < response.sensitivities_size(); ++i) {
    const v1::Sensitivity& one = response.sensitivities(i);
    const std::string title = title_of(style, one);
    Setting& setting = methods[method_of(one)][title];
    setting.title = title;
    setting.nats.resize(map.rows.size());
    setting.nats[row[static_cast<std::size_t>(i)]] = one.divergence_nats();
  }
  for (auto& [method, settings] : methods) {
    Group& group = map.groups.emplace_back();
    group.method = method;
    for (auto& [title, setting] : settings) group.settings.push_back(std::move(setting));
    std::stable_sort(group.settings.begin(), group.settings.end(),
                     [](const Setting& a, const Setting& b) { return median_logarithm(a) < median_logarithm(b); });
  }
  return map;
}

std::vector<std::size_t> SensitivityMap::most_sensitive(std::size_t count) const {
  std::vector<double> excess(rows.size());
  std::vector<double> settings(rows.size());
  for (const Group& group : groups)
    for (const Setting& setting : group.settings) {
      double mean = 0;
      for (const std::optional<double>& nats : setting.nats)
        if (nats) mean += logarithm(*nats) / static_cast<double>(setting.rows());
      for (std::size_t r = 0; r < rows.size(); ++r) {
        if (!setting.nats[r]) continue;
        excess[r] += logarithm(*setting.nats[r]) - mean;
        ++settings[r];
      }
    }
  for (std::size_t r = 0; r < rows.size(); ++r) excess[r] /= std::max(settings[r], 1.0);
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return excess[a] > excess[b]; });
  order.resize(std::min(order.size(), count));
  return order;
}

std::optional<SensitivityMap::Mildest> SensitivityMap::mildest() const {
  std::size_t most = 0;
  for (const Group& group : groups)
    for (const Setting& setting : group.settings) most = std::max(most, setting.rows());
  std::optional<Mildest> mildest;
  for (const Group& group : groups)
    for (const Setting& setting : group.settings)
      if (setting.rows() == most && most > 0 && (!mildest || setting.worst() < mildest->worst))
        mildest = {group.name(setting), setting.worst()};
  return mildest;
}

}  // namespace roofscape::client
