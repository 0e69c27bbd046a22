#include "client/report/evaluations_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "analytics/base/text.h"
#include "client/console/quantity.h"
#include "client/console/table.h"
#include "client/report/front_report.h"
#include "client/report/latency_text.h"
#include "client/report/recipe.h"
#include "client/text/csv.h"
#include "client/text/names.h"
#include "proto/estimate_words.h"

namespace roofscape::client {
namespace {

constexpr std::size_t kShortRecipe = 72;

// What stands before the last whole layer within `most` bytes, and that there is more.
std::string shortened(const std::string& recipe, std::size_t most) {
  if (recipe.size() <= most) return recipe;
  for (const char* between : {"; ", ", "})
    if (const auto end = recipe.rfind(between, most); end != std::string::npos) return recipe.substr(0, end) + "; …";
  return printable(recipe, most);
}

// Those of the list, or the one that is asked for.
std::vector<std::string> platforms_of(const EvaluationList& list) {
  if (!list.platform.empty()) return {list.platform};
  std::vector<std::string> platforms;
  for (const v1::Evaluation& evaluation : list.evaluations.evaluations())
    for (const v1::Estimate& estimate : evaluation.estimates())
      if (std::find(platforms.begin(), platforms.end(), estimate.platform()) == platforms.end())
        platforms.push_back(estimate.platform());
  return platforms;
}

std::string latency_on(const v1::Evaluation& evaluation, const std::string& platform, bool interval) {
  const v1::Estimate* estimate = estimate_on(evaluation, platform);
  if (estimate == nullptr) return std::string(kDash);
  return (cannot_fit(*estimate) ? "✗ " : "") +
         (interval ? latency_text(*estimate) : seconds(estimate->latency_seconds()));
}

// On fewer images than the base network: it was certain early that it would be on no front.
bool was_out(const v1::Evaluation& evaluation, const EvaluationList& list) {
  return evaluation.accuracy().image_count() < list.evaluations.base_image_count();
}

Table table_for(const std::vector<std::string>& platforms) {
  std::vector<Column> columns = {
      {"#", Align::kRight}, {"top-1 (95 %)", Align::kRight}, {"as fp32", Align::kRight}, {"weights", Align::kRight}};
  if (platforms.size() == 1) {
    columns.push_back({"latency", Align::kRight});
    columns.push_back({"energy", Align::kRight});
  } else {
    for (const std::string& platform : platforms) columns.push_back({"latency@" + id_of(platform), Align::kRight});
  }
  columns.push_back({"holds"});
  columns.push_back({"approximation", Align::kLeft, true});
  return Table(std::move(columns));
}

}  // namespace

std::string evaluations_table(const EvaluationList& list, const Console& console) {
  const auto& evaluations = list.evaluations.evaluations();
  if (evaluations.empty()) return "no evaluation of this kind has been measured\n";
  std::vector<const v1::Recipe*> recipes;
  for (const v1::Evaluation& evaluation : evaluations) recipes.push_back(&evaluation.recipe());
  const RecipeStyle style = RecipeStyle::of(recipes);
  const std::vector<std::string> platforms = platforms_of(list);
  Table table = table_for(platforms);
  bool any_out = false;
  for (const v1::Evaluation& evaluation : evaluations) {
    const v1::Accuracy& accuracy = evaluation.accuracy();
    const bool out = was_out(evaluation, list);
    std::vector<std::string> row = {
        evaluation.index() == 0 ? "base" : std::to_string(evaluation.index()),
        out ? fmt::format("out after {} images", count(accuracy.image_count())) : top1_text(accuracy),
        out ? std::string(kDash) : percent(accuracy.agreement()),
        evaluation.has_weight_bytes() ? bytes(static_cast<double>(evaluation.weight_bytes())) : std::string(kDash)};
    for (const std::string& platform : platforms)
      row.push_back(latency_on(evaluation, platform, platforms.size() == 1));
    if (platforms.size() == 1) {
      const v1::Estimate* estimate = estimate_on(evaluation, platforms[0]);
      row.push_back(estimate == nullptr ? std::string(kDash) : energy_text(*estimate));
    }
    // Of what was out, top-1 is not known well enough to say that it holds.
    row.emplace_back(evaluation.violation() > 0 ? "no" : out ? kDash : "yes");
    const std::string recipe = style.summary(evaluation.recipe());
    row.push_back(list.full_recipes ? recipe : shortened(recipe, kShortRecipe));
    any_out |= out;
    table.add(std::move(row), evaluation.violation() > 0 || out ? Ink::kFaint : Ink::kPlain);
  }
  std::string text = table.to_text(console);
  std::vector<std::string> remarks = {fmt::format("{} {}{}", count(evaluations.size()),
                                                  evaluations.size() == 1 ? "evaluation" : "evaluations",
                                                  list.more ? "; --limit leaves out more" : "")};
  if (any_out)
    remarks.emplace_back("out: certain to break a constraint or to be dominated, so measured on no more images");
  if (text.find("✗") != std::string::npos)
    remarks.emplace_back("✗ does not fit the platform: the figures are what it would take");
  if (const std::string legend = style.legend(); !legend.empty()) remarks.push_back("behind a method: " + legend);
  text += "\n";
  for (const std::string& remark : remarks) text += console.paint(Ink::kFaint, remark) + "\n";
  return text;
}

std::string evaluations_csv(const EvaluationList& list) {
  std::vector<std::string> header = evaluation_columns();
  header.emplace_back("violation");
  Csv csv(header);
  for (const v1::Evaluation& evaluation : list.evaluations.evaluations())
    for (const std::string& platform : platforms_of(list)) {
      std::vector<std::string> cells = evaluation_cells(evaluation, platform);
      cells.push_back(Csv::number(evaluation.violation()));
      csv.add(cells);
    }
  return csv.to_text();
}

}  // namespace roofscape::client
