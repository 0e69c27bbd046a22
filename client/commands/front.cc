#include <fmt/format.h>

#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/plot/front_plot.h"
#include "client/report/front_report.h"
#include "client/text/files.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

constexpr std::int64_t kMostPicked = 1000;

Status draw(rpc::Daemon& daemon, const std::string& name, const v1::GetParetoFrontResponse& fronts,
            const OutputFile& file) {
  plot::FrontPicture picture;
  picture.fronts = fronts;
  RS_ASSIGN(picture.exploration, daemon.get_exploration(name));
  v1::ListEvaluationsRequest all;
  all.set_parent(name);
  RS_ASSIGN(picture.seen, daemon.list_evaluations(all));
  return file.write(plot::front_plot(picture));
}

Result<ExitCode> run(Session& session) {
  const Arguments& given = session.arguments;
  v1::GetParetoFrontRequest request;
  RS_ASSIGN(*request.mutable_name(), exploration_name(given.text("EXPLORATION")));
  if (given.has("--platform")) {
    RS_ASSIGN(*request.mutable_platform(), platform_name(given.text("--platform")));
  }
  for (const std::string& limit : given.list("--where")) request.add_where(limit);
  RS_ASSIGN(const std::int64_t pick, given.integer("--pick", 0, 1, kMostPicked));
  request.set_pick(static_cast<std::int32_t>(pick));
  request.set_show_all(given.has("--all"));
  std::optional<OutputFile> picture;
  if (given.has("--plot")) {
    RS_ASSIGN(picture, OutputFile::prepare(given.text("--plot")));
  }
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  RS_ASSIGN(const v1::GetParetoFrontResponse fronts, daemon->get_pareto_front(request));
  if (picture) {
    RS_TRY(draw(*daemon, request.name(), fronts, *picture));
    session.console.note("wrote " + picture->path());
  }
  if (session.format() == Format::kJson) return print_json(session, comparable(fronts));
  return print(session, session.format() == Format::kCsv ? front_csv(fronts) : front_table(fronts, session.console));
}

}  // namespace

CommandSpec front() {
  return {
      .path = "front",
      .summary = "print and draw the Pareto front of each platform",
      .details =
          "Points that have no advantage over another one, as far as the intervals tell, are shown as one. The one "
          "marked ★ is the knee of the front: the recommendation where nothing is known of what the objectives are "
          "worth to you.\n"
          "Where the exploration asks for a confirmation, top-1 on images that the search never used stands beside "
          "the search's own; ! marks a point that breaks a constraint there.\n"
          "Equal runs give equal bytes with --format json and csv, whatever the exploration is called.",
      .options =
          {exploration_argument(),
           {.name = "--platform", .value = "PLATFORM", .text = "This platform only.", .values = Values::kPlatform},
           {.name = "--where",
            .value = "LIMIT",
            .text = "Only points that hold this limit, such as 'top1 >= 0.9'; a price without @PLATFORM is that on the "
                    "front's own platform. May be given several times.",
            .repeatable = true},
           {.name = "--pick",
            .value = "N",
            .text = "Only the N points of each front that keep most of its hypervolume."},
           {.name = "--all", .text = "Show every point, those that the intervals cannot tell apart too."},
           {.name = "--plot",
            .value = "FILE",
            .text = "Also draw the fronts into this SVG file.",
            .values = Values::kFile}},
      .examples = {{"roofscape front e1 --where 'top1>=0.9' --where 'latency@zcu104 <= 1 ms'"},
                   {"roofscape front e1 --platform zcu104 --pick 5", "the five that keep most of the front"},
                   {"roofscape front e1 --plot front.svg --format csv > front.csv"}},
      .formats = {"table", "json", "csv"},
      .run = run};
}

}  // namespace roofscape::client
