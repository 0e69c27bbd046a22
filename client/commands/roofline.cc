#include <fmt/format.h>
#include <google/protobuf/struct.pb.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/plot/platform_mark.h"
#include "client/plot/roofline_plot.h"
#include "client/report/roofline_report.h"
#include "client/text/files.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

Result<v1::Estimate> price(rpc::Daemon& daemon, const v1::EstimateModelRequest& request) {
  RS_ASSIGN(v1::Estimate estimate, daemon.estimate_model(request));
  return request.with_ceilings_only() ? estimate.ceilings_only() : estimate;
}

Result<plot::RooflineSeries> series_for(rpc::Daemon& daemon, v1::EstimateModelRequest request, const SpecFile& config) {
  plot::RooflineSeries series;
  RS_ASSIGN(series.platform, daemon.get_platform(request.platform()));
  if (request.has_configuration() || !request.evaluation().empty() || !request.format().empty()) {
    const Result<v1::Estimate> approximated = price(daemon, request);
    if (!approximated.ok()) return config.place(approximated.status(), {"configuration", "space"});
    series.approximated = *approximated;
  }
  request.clear_configuration();
  request.clear_evaluation();
  request.clear_format();
  // An integer-only accelerator has no place for the fp32 network; the approximated one alone is drawn then.
  const Result<v1::Estimate> base = price(daemon, request);
  if (base.ok()) series.fp32 = *base;
  if (!base.ok() && !(series.approximated && base.status().code() == Code::kFailedPrecondition)) return base.status();
  return series;
}

// The platforms of --platform, by resource name.
Result<std::vector<std::string>> platforms_of(const Arguments& given) {
  std::vector<std::string> platforms;
  for (const std::string& platform : given.list("--platform")) {
    RS_ASSIGN(std::string name, platform_name(platform));
    if (std::find(platforms.begin(), platforms.end(), name) != platforms.end())
      return invalid_argument("--platform {} is given twice; a chart shows each platform once", id_of(name));
    platforms.push_back(std::move(name));
  }
  if (platforms.size() > plot::kMostPlatforms)
    return invalid_argument("--platform is given {} times; a chart holds at most {} platforms", platforms.size(),
                            plot::kMostPlatforms);
  return platforms;
}

Result<ExitCode> draw(Session& session, const plot::RooflinePicture& picture, const OutputFile& file) {
  RS_TRY(file.write(plot::roofline_plot(picture)));
  if (session.format() != Format::kJson) return print(session, "wrote " + file.path() + "\n");
  google::protobuf::Struct answer;
  (*answer.mutable_fields())["file"].set_string_value(file.path());
  return print_json(session, answer);
}

Result<ExitCode> run(Session& session) {
  const Arguments& given = session.arguments;
  v1::EstimateModelRequest request;
  RS_ASSIGN(*request.mutable_model(), model_name(given.text("--model")));
  RS_ASSIGN(const std::int64_t batch, given.integer("--batch", 1, 1, kLargestBatch));
  request.set_batch(batch);
  RS_ASSIGN(const std::vector<std::string> platforms, platforms_of(given));
  SpecFile config;
  plot::RooflinePicture picture;
  picture.model = id_of(request.model());
  if (given.has("--config")) {
    RS_ASSIGN(config, read_configured(session, &request));
    picture.configuration = id_of(given.text("--config"));
  }
  if (given.has("--as")) {
    request.set_format(given.text("--as"));
    picture.configuration = request.format();
  }
  picture.ceilings_only = given.has("--ceilings-only");
  request.set_with_ceilings_only(picture.ceilings_only);
  std::optional<OutputFile> file;
  if (given.has("--plot")) {
    RS_ASSIGN(file, OutputFile::prepare(given.text("--plot")));
  }
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  for (const std::string& platform : platforms) {
    request.set_platform(platform);
    RS_ASSIGN(plot::RooflineSeries series, series_for(*daemon, request, config));
    picture.series.push_back(std::move(series));
  }
  if (file) return draw(session, picture, *file);
  if (session.format() == Format::kJson) return print_json(session, roofline_json(picture));
  return print(session, roofline_text(picture, session.console));
}

}  // namespace

CommandSpec roofline() {
  return {
      .path = "roofline",
      .summary = "show where the layers of a model stand under the roofs of platforms",
      .options = {model_option(),
                  {.name = "--platform",
                   .value = "PLATFORM",
                   .text = "The platform; given several times, one series each.",
                   .values = Values::kPlatform,
                   .required = true,
                   .repeatable = true},
                  config_option(),
                  as_option(),
                  batch_option(),
                  {.name = "--ceilings-only",
                   .text = "Take times from ceilings and mechanisms alone, without what measurements say."},
                  {.name = "--plot",
                   .value = "FILE",
                   .text = "Draw all that as an SVG file; printed as tables unless given.",
                   .values = Values::kFile}},
      .examples =
          {{"roofscape roofline --model lenet5 --platform raspberry-pi-4 --plot roofline.svg"},
           {"roofscape roofline --model lenet5 --platform zcu104 --config int8.yaml --plot roofline.svg",
            "the approximated network against fp32"},
           {"roofscape roofline --model vgg-16 --platform nvidia-t4 --platform raspberry-pi-4 --as int8 --plot vgg.svg",
            "two platforms in one chart"},
           {"roofscape roofline --model resnet-50 --platform nvidia-t4 --as int8", "the numbers alone"}},
      .run = run};
}

}  // namespace roofscape::client
