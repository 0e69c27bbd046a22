#include "client/commands/compare_platforms.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "analytics/base/pattern.h"
#include "client/commands/shared.h"
#include "client/plot/ranking_plot.h"
#include "client/report/ranking_report.h"
#include "client/text/files.h"

namespace roofscape::client {

bool compares_platforms(const Arguments& given) {
  const std::vector<std::string> platforms = given.list("--platform");
  return platforms.size() > 1 || std::any_of(platforms.begin(), platforms.end(), is_pattern);
}

std::vector<OptionSpec> comparison_options() {
  return {{.name = "--sort",
           .value = "METRIC",
           .text = "Order of several platforms, the best first: latency unless given; by energy, basis by basis.",
           .values = Values::kChoice,
           .choices = rank_names()},
          {.name = "--limit",
           .value = "N",
           .text = "Of several platforms show the first N, by energy of each basis; all unless given."}};
}

Status refuse_comparison_options(const Arguments& given) {
  for (const char* option : {"--sort", "--limit"})
    if (given.has(option))
      return invalid_argument(
          "{} orders several platforms, and one is named; give --platform more than once, or a pattern such as '*'",
          option);
  return {};
}

Result<ExitCode> compare_platforms(Session& session, v1::EstimateModelRequest request, const SpecFile& config,
                                   std::string network) {
  const Arguments& given = session.arguments;
  RS_ASSIGN(const std::int64_t batch, given.integer("--batch", 1, 1, kLargestBatch));
  RS_ASSIGN(const std::int64_t limit, given.integer("--limit", 0, 1, INT64_MAX));
  std::optional<OutputFile> picture;
  if (given.has("--plot")) {
    RS_ASSIGN(picture, OutputFile::prepare(given.text("--plot")));
  }
  request.set_batch(batch);
  v1::EstimateOnPlatformsRequest asked;
  *asked.mutable_estimate() = std::move(request);
  for (const std::string& platform : given.list("--platform")) asked.add_platforms(platform);
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  const auto response = daemon->estimate_on_platforms(asked);
  if (!response.ok()) return config.place(response.status(), {"estimate.configuration"});
  const Ranking ranking =
      ranked(std::move(network), *response, rank_by(given.text("--sort")), static_cast<std::size_t>(limit));
  if (picture) {
    const std::size_t most = limit == 0 ? plot::kUsualRankRows : plot::kMostRankRows;
    RS_TRY(picture->write(plot::ranking_plot(ranking, most)));
    session.console.note("wrote " + picture->path());
  }
  if (session.format() == Format::kJson) return print_json(session, ranking_json(ranking));
  return print(session,
               session.format() == Format::kCsv ? ranking_csv(ranking) : ranking_table(ranking, session.console));
}

}  // namespace roofscape::client
