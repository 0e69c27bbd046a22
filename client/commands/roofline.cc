#include <fmt/format.h>
#include <google/protobuf/struct.pb.h>

#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/plot/roofline_plot.h"
#include "client/text/files.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

Result<plot::RooflinePanel> panel_for(rpc::Daemon& daemon, v1::EstimateModelRequest request, const SpecFile& config) {
  plot::RooflinePanel panel;
  RS_ASSIGN(panel.platform, daemon.get_platform(request.platform()));
  if (request.has_configuration() || !request.format().empty()) {
    const Result<v1::Estimate> approximated = daemon.estimate_model(request);
    if (!approximated.ok()) return config.place(approximated.status(), {"configuration", "space"});
    panel.approximated = *approximated;
  }
  request.clear_configuration();
  request.clear_format();
  // An integer-only accelerator has no place for the fp32 network; the approximated one alone is drawn then.
  const Result<v1::Estimate> base = daemon.estimate_model(request);
  if (base.ok()) panel.fp32 = *base;
  if (!base.ok() && !(panel.approximated && base.status().code() == Code::kFailedPrecondition)) return base.status();
  return panel;
}

Result<ExitCode> run(Session& session) {
  const Arguments& given = session.arguments;
  v1::EstimateModelRequest request;
  RS_ASSIGN(*request.mutable_model(), model_name(given.text("--model")));
  RS_ASSIGN(const std::int64_t batch, given.integer("--batch", 1, 1, kLargestBatch));
  request.set_batch(batch);
  std::vector<std::string> platforms;
  for (const std::string& platform : given.list("--platform")) {
    RS_ASSIGN(std::string name, platform_name(platform));
    platforms.push_back(std::move(name));
  }
  SpecFile config;
  plot::RooflinePicture picture;
  picture.model = id_of(request.model());
  if (given.has("--config")) {
    RS_ASSIGN(config, read_config(session, request.mutable_configuration()));
    picture.configuration = id_of(given.text("--config"));
  }
  if (given.has("--as")) {
    request.set_format(given.text("--as"));
    picture.configuration = request.format();
  }
  RS_ASSIGN(const OutputFile file, OutputFile::prepare(given.text("--plot")));
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  for (const std::string& platform : platforms) {
    request.set_platform(platform);
    RS_ASSIGN(plot::RooflinePanel panel, panel_for(*daemon, request, config));
    picture.panels.push_back(std::move(panel));
  }
  RS_TRY(file.write(plot::roofline_plot(picture)));
  if (session.format() == Format::kJson) {
    google::protobuf::Struct answer;
    (*answer.mutable_fields())["file"].set_string_value(file.path());
    return print_json(session, answer);
  }
  return print(session, "wrote " + file.path() + "\n");
}

}  // namespace

CommandSpec roofline() {
  return {.path = "roofline",
          .summary = "draw where the layers of a model stand under a platform's roofs",
          .options = {model_option(),
                      {.name = "--platform",
                       .value = "PLATFORM",
                       .text = "The platform; given several times, one panel each.",
                       .values = Values::kPlatform,
                       .required = true,
                       .repeatable = true},
                      config_option(),
                      as_option(),
                      batch_option(),
                      {.name = "--plot",
                       .value = "FILE",
                       .text = "The SVG file to write.",
                       .values = Values::kFile,
                       .required = true}},
          .examples = {{"roofscape roofline --model lenet5 --platform raspberry-pi-4 --plot roofline.svg"},
                       {"roofscape roofline --model lenet5 --platform zcu104 --config int8.yaml --plot roofline.svg",
                        "the approximated network against fp32"},
                       {"roofscape roofline --model resnet-50 --platform nvidia-t4 --as int8 --plot roofline.svg"}},
          .run = run};
}

}  // namespace roofscape::client
