#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <tuple>

#include "analytics/base/text.h"
#include "server/evaluation_filter.h"
#include "server/exploration_view.h"
#include "server/metric_value.h"
#include "server/names.h"
#include "server/paging.h"

namespace roofscape::server {
namespace {

constexpr std::int64_t kRowsAtOnce = 1000;

// Where an evaluation stands in an ordered list: those without value last, equal ones by index.
struct Place {
  bool missing = false;
  double value = 0;  // negated where the order descends
  std::int64_t index = 0;

  auto key() const { return std::tuple(missing, value, index); }
  std::string text() const { return fmt::format("{} {:a} {}", missing ? 1 : 0, value, index); }
};

Place place_of(const Order& order, const v1::Evaluation& evaluation, const ImageCount& images) {
  if (images.is_short_of(order.metric, evaluation)) return {true, 0, evaluation.index()};
  const auto value = metric_value(order.metric, evaluation, order.platform);
  if (!value || std::isnan(*value)) return {true, 0, evaluation.index()};
  return {false, order.descending ? -*value : *value, evaluation.index()};
}

Result<Place> parse_place(const std::string& text) {
  const auto parts = split(text, ' ');
  if (parts.size() == 3) {
    const auto index = parse_int(parts[2]);
    const std::string value(parts[1]);
    char* end = nullptr;
    const double parsed = std::strtod(value.c_str(), &end);
    if (index && end == value.c_str() + value.size() && !value.empty()) return Place{parts[0] == "1", parsed, *index};
  }
  return invalid_argument("the page_token is damaged; give the next_page_token of the response before")
      .at("page_token");
}

Status list_in_order(Backend& backend, const std::string& id, const Order& order,
                     const std::vector<Condition>& conditions, const ImageCount& images, const std::string& after,
                     int size, const Digest& list, v1::ListEvaluationsResponse* response) {
  RS_ASSIGN(auto rows, all_evaluations(backend, id));
  std::vector<std::pair<Place, const v1::Evaluation*>> places;
  std::optional<Place> start;
  if (!after.empty()) {
    RS_ASSIGN(start, parse_place(after));
  }
  for (const v1::Evaluation& row : rows) {
    const Place place = place_of(order, row, images);
    if ((!start || place.key() > start->key()) && images.holds(conditions, row)) places.emplace_back(place, &row);
  }
  std::sort(places.begin(), places.end(), [](const auto& a, const auto& b) { return a.first.key() < b.first.key(); });
  const auto shown = std::min(places.size(), static_cast<std::size_t>(size));
  for (std::size_t i = 0; i < shown; ++i) *response->add_evaluations() = *places[i].second;
  if (shown < places.size()) response->set_next_page_token(write_token(places[shown - 1].first.text(), list));
  return {};
}

Status list_by_index(Backend& backend, const std::string& id, const std::vector<Condition>& conditions,
                     const ImageCount& images, const std::string& after, int size, const Digest& list,
                     v1::ListEvaluationsResponse* response) {
  std::int64_t first = 0;
  if (!after.empty()) {
    const auto index = parse_int(after);
    if (!index) return parse_place(after).status();
    first = *index + 1;
  }
  for (;;) {
    RS_ASSIGN(auto rows, backend.store->list_evaluations(id, first, kRowsAtOnce));
    for (v1::Evaluation& row : rows) {
      first = row.index() + 1;
      if (!images.holds(conditions, row)) continue;
      if (response->evaluations_size() == size) {
        const std::int64_t last = response->evaluations(size - 1).index();
        response->set_next_page_token(write_token(fmt::format("{}", last), list));
        return {};
      }
      *response->add_evaluations() = std::move(row);
    }
    if (static_cast<std::int64_t>(rows.size()) < kRowsAtOnce) return {};
  }
}

}  // namespace

Result<std::vector<v1::Evaluation>> all_evaluations(Backend& backend, const std::string& id) {
  std::vector<v1::Evaluation> all;
  for (;;) {
    const std::int64_t first = all.empty() ? 0 : all.back().index() + 1;
    RS_ASSIGN(auto rows, backend.store->list_evaluations(id, first, kRowsAtOnce));
    for (v1::Evaluation& row : rows) all.push_back(std::move(row));
    if (static_cast<std::int64_t>(rows.size()) < kRowsAtOnce) return all;
  }
}

Result<v1::ListEvaluationsResponse> list_evaluations(Backend& backend, const v1::ListEvaluationsRequest& request) {
  RS_ASSIGN(const std::string id, parse_name(kExplorations, request.parent(), "parent"));
  RS_ASSIGN(const v1::Exploration exploration, backend.store->get_exploration(id));
  const std::vector<std::string> platforms = platform_ids(exploration);
  RS_ASSIGN(const int size, page_size(request.page_size()));
  RS_ASSIGN(const auto conditions, parse_filter(request.filter(), platforms));
  const Digest list = Hasher("list-evaluations/1").add(id).add(request.filter()).add(request.order_by()).finish();
  RS_ASSIGN(const std::string after, read_token(request.page_token(), list));
  v1::ListEvaluationsResponse response;
  RS_ASSIGN(const auto base, backend.store->list_evaluations(id, 0, 1));
  ImageCount images;
  if (!base.empty()) images.all = base[0].counts().image_count();
  response.set_base_image_count(images.all);
  if (trim(request.order_by()).empty()) {
    RS_TRY(list_by_index(backend, id, conditions, images, after, size, list, &response));
  } else {
    RS_ASSIGN(const Order order, parse_order(request.order_by(), platforms));
    RS_TRY(list_in_order(backend, id, order, conditions, images, after, size, list, &response));
  }
  return response;
}

}  // namespace roofscape::server
