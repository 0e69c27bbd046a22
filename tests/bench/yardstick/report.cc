#include "tests/bench/yardstick/report.h"

#include <algorithm>

#include "analytics/base/text.h"

namespace roofscape::bench {
namespace {

constexpr std::size_t kFirstColumns = 7;  // width of a column; names of platforms may be longer

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

}  // namespace

void Report::add(std::uint64_t seed, const Trace& trace) {
  boxes_ = trace.boxes();
  const std::int64_t images = file_.prepared.job.evaluation.count;
  for (const std::int64_t checkpoint : checkpoints_) {
    const std::size_t evaluations = axis_ == Axis::kEvaluations ? static_cast<std::size_t>(checkpoint)
                                                                : trace.evaluations_within(checkpoint * images);
    rows_.push_back({seed, checkpoint, trace.after(evaluations)});
  }
}

std::string Report::line(const std::string& name, const Row& row) const {
  const Moment& moment = row.moment;
  std::string text = fmt::format("{:<7} {:>5} {:>12} {:>9} {:>9.1f} {:>9}", name, row.checkpoint, moment.evaluations,
                                 moment.spent.images, moment.spent.seconds, moment.feasible);
  for (std::size_t i = 0; i < boxes_.size(); ++i)
    text += fmt::format("  {:>{}.4f}", moment.hypervolumes[i],
                        std::max(file_.prepared.job.platforms[boxes_[i].platform].id.size(), kFirstColumns));
  return text + fmt::format("  {:>7.4f}\n", moment.mean);
}

std::string Report::last_seed() const {
  std::string text;
  if (rows_.size() == checkpoints_.size()) {
    text = fmt::format("{:<7} {:>5} {:>12} {:>9} {:>9} {:>9}", "seed", "at", "evaluations", "images", "seconds",
                       "feasible");
    for (const explore::FrontBox& box : boxes_)
      text += fmt::format("  {:>{}}", file_.prepared.job.platforms[box.platform].id, kFirstColumns);
    text += fmt::format("  {:>7}\n", "mean");
  }
  for (std::size_t i = rows_.size() - checkpoints_.size(); i < rows_.size(); ++i)
    text += line(std::to_string(rows_[i].seed), rows_[i]);
  return text;
}

Report::Row Report::at_share(std::int64_t checkpoint, double share) const {
  Row row{0, checkpoint, {}};
  const auto chosen = [&](const auto& value) {
    std::vector<double> values;
    for (const Row& other : rows_)
      if (other.checkpoint == checkpoint) values.push_back(value(other.moment));
    std::sort(values.begin(), values.end());
    const double at = share * static_cast<double>(values.size() - 1);
    const auto low = static_cast<std::size_t>(at);
    const std::size_t high = std::min(low + 1, values.size() - 1);
    return values[low] + (at - static_cast<double>(low)) * (values[high] - values[low]);
  };
  const auto whole = [&](const auto& value) { return static_cast<std::size_t>(chosen(value)); };
  row.moment.evaluations = whole([](const Moment& m) { return static_cast<double>(m.evaluations); });
  row.moment.feasible = whole([](const Moment& m) { return static_cast<double>(m.feasible); });
  row.moment.spent.images =
      static_cast<std::int64_t>(chosen([](const Moment& m) { return static_cast<double>(m.spent.images); }));
  row.moment.spent.seconds = chosen([](const Moment& m) { return m.spent.seconds; });
  for (std::size_t i = 0; i < boxes_.size(); ++i)
    row.moment.hypervolumes.push_back(chosen([i](const Moment& m) { return m.hypervolumes[i]; }));
  row.moment.mean = chosen([](const Moment& m) { return m.mean; });
  return row;
}

std::vector<double> Report::best_hypervolumes(const BestFronts& best) const {
  std::vector<double> hypervolumes;
  for (const explore::FrontBox& box : boxes_)
    hypervolumes.push_back(
        explore::hypervolume(box, best.front(file_.key, file_.prepared.job.platforms[box.platform].id)));
  return hypervolumes;
}

std::string Report::summary(const BestFronts* best) const {
  std::string text;
  for (const std::int64_t checkpoint : checkpoints_) text += line("median", at_share(checkpoint, 0.5));
  for (const std::int64_t checkpoint : checkpoints_) text += line("worst", at_share(checkpoint, 0));
  if (best == nullptr) return text;
  const std::vector<double> most = best_hypervolumes(*best);
  Row known{0, 0, {}};
  known.moment.hypervolumes = most;
  known.moment.mean = mean(most);
  text += line("best", known);
  for (const std::int64_t checkpoint : checkpoints_) {
    Row row = at_share(checkpoint, 0);
    for (std::size_t i = 0; i < most.size(); ++i) row.moment.hypervolumes[i] /= most[i] > 0 ? most[i] : 1;
    row.moment.mean /= mean(most) > 0 ? mean(most) : 1;
    text += line("/best", row);
  }
  return text;
}

std::string Report::csv_header() {
  return "job,searcher,budget,seed,at,evaluations,images,seconds,feasible,platform,hypervolume,best\n";
}

std::string Report::csv(const std::string& searcher, const BestFronts* best) const {
  std::string text;
  const std::vector<double> most = best ? best_hypervolumes(*best) : std::vector<double>(boxes_.size(), 0.0);
  for (const Row& row : rows_) {
    const Moment& moment = row.moment;
    for (std::size_t i = 0; i < boxes_.size(); ++i)
      text += fmt::format("{},{},{},{},{},{},{},{:.2f},{},{},{:.9g},{:.9g}\n", file_.name, searcher,
                          checkpoints_.back(), row.seed, row.checkpoint, moment.evaluations, moment.spent.images,
                          moment.spent.seconds, moment.feasible, file_.prepared.job.platforms[boxes_[i].platform].id,
                          moment.hypervolumes[i], most[i]);
  }
  return text;
}

}  // namespace roofscape::bench
