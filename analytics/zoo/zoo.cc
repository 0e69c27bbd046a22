#include "analytics/zoo/zoo.h"

#include <algorithm>
#include <cstdlib>

#include "analytics/network/work.h"

namespace roofscape::zoo {
namespace {

double unit_of(std::string_view suffix) {
  if (suffix.empty()) return 1;
  RS_CHECK(suffix == " k" || suffix == " M" || suffix == " G");
  return suffix == " k" ? 1e3 : suffix == " M" ? 1e6 : 1e9;
}

}  // namespace

Figure::Figure(const char* text) {
  const std::string_view all = text;
  if (all.empty()) return;
  const std::size_t end = std::min(all.find(' '), all.size());
  std::string digits(all.substr(0, end));
  digits.erase(std::remove(digits.begin(), digits.end(), ','), digits.end());
  RS_CHECK(!digits.empty() && digits.find_first_not_of("0123456789.") == std::string::npos);
  double last = unit_of(all.substr(end));
  value = std::strtod(digits.c_str(), nullptr) * last;
  if (const std::size_t point = digits.find('.'); point != std::string::npos)
    for (std::size_t i = point + 1; i < digits.size(); ++i) last /= 10;
  slack = last / 2;
}

Figure Figure::cut_off() const {
  Figure figure = *this;
  figure.slack *= 2;
  return figure;
}

const Entry* find(std::string_view id) {
  const std::span<const Entry> all = networks();
  const auto found = std::lower_bound(all.begin(), all.end(), id,
                                      [](const Entry& entry, std::string_view wanted) { return entry.id < wanted; });
  if (found != all.end() && found->id == id) return &*found;
  const auto named = std::find_if(all.begin(), all.end(), [id](const Entry& entry) {
    return std::find(entry.aliases.begin(), entry.aliases.end(), id) != entry.aliases.end();
  });
  return named != all.end() ? &*named : nullptr;
}

Counts count(const Network& network) {
  const Work work = network_work(network);
  return {static_cast<double>(work.weight_count), static_cast<double>(work.macs),
          static_cast<double>(activation_count(network)), static_cast<double>(work.ops())};
}

double macs_as_counted_by(const Published& published, const Counts& ours) {
  return ours.macs + published.more_an_activation * ours.activations;
}

}  // namespace roofscape::zoo
