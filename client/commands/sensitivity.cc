#include <optional>

#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/console/progress.h"
#include "client/plot/sensitivity_plot.h"
#include "client/report/sensitivity_report.h"
#include "client/text/files.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

// What is asked, and the file of its rules.
struct Asked {
  v1::MeasureSensitivityRequest request;
  SpecFile space;
};

Status read_rules(const Arguments& given, Asked& asked) {
  if (!given.has("--space")) return {};
  v1::Configuration rules;
  RS_ASSIGN(asked.space, SpecFile::read(given.text("--space"), &rules));
  if (rules.has_cascade())
    return asked.space.place(
        invalid_argument("a cascade changes no layer; leave it out, its rules may stand under `space`").at("cascade"),
        {""});
  *asked.request.mutable_space() = rules.space();
  return {};
}

Result<Asked> read_exploration(const Arguments& given) {
  for (const char* option : {"--model", "--dataset", "--space", "--images", "--calibration", "--calibration-images"})
    if (given.has(option))
      return invalid_argument("--exploration brings its own model, data, rules and images; leave out either it or {}",
                              option);
  Asked asked;
  RS_ASSIGN(*asked.request.mutable_exploration(), exploration_name(given.text("--exploration")));
  return asked;
}

Result<Asked> read_asked(const Arguments& given) {
  if (given.has("--exploration")) return read_exploration(given);
  if (!given.has("--model") || !given.has("--dataset"))
    return invalid_argument("{} is missing; give --model and --dataset, or --exploration",
                            given.has("--model") ? "--dataset" : "--model");
  Asked asked;
  RS_ASSIGN(*asked.request.mutable_model(), model_name(given.text("--model")));
  v1::EvaluateModelRequest data;
  RS_TRY(read_measured_data(given, &data));
  asked.request.set_dataset(data.dataset());
  asked.request.set_image_limit(data.image_limit());
  if (data.has_calibration()) *asked.request.mutable_calibration() = data.calibration();
  RS_TRY(read_rules(given, asked));
  return asked;
}

Result<ExitCode> run(Session& session) {
  const Arguments& given = session.arguments;
  RS_ASSIGN(Asked asked, read_asked(given));
  std::optional<OutputFile> picture;
  if (given.has("--plot")) {
    RS_ASSIGN(picture, OutputFile::prepare(given.text("--plot")));
  }
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  Progress progress(session.console, "measuring");
  const Result<v1::MeasureSensitivityResponse> response =
      daemon->measure_sensitivity(asked.request, [&](const v1::MeasureSensitivityResponse& now) {
        if (now.sensitivities().empty()) progress.update(now.choices_done(), now.choices_total(), "choices");
      });
  progress.wipe();
  // Other fields are options of the command line.
  if (!response.ok() && response.status().field().starts_with("space"))
    return asked.space.place(response.status(), {""});
  if (!response.ok()) return response.status();
  const std::string network = asked.request.exploration().empty() ? asked.request.model() : asked.request.exploration();
  const SensitivityMap map = SensitivityMap::of(id_of(network), *response);
  if (picture) {
    RS_TRY(picture->write(plot::sensitivity_plot(map)));
    session.console.note("wrote " + picture->path());
  }
  if (session.format() == Format::kJson) return print_json(session, *response);
  return print(session,
               session.format() == Format::kCsv ? sensitivity_csv(*response) : sensitivity_text(map, session.console));
}

}  // namespace

CommandSpec sensitivity() {
  return {.path = "sensitivity",
          .summary = "measure which layers are sensitive to what, one choice at a time",
          .details =
              "Each choice of the rules is made alone, every other layer left as it is, and the outputs on calibration "
              "images are compared with the unchanged network's. What was measured before is found in the store, also "
              "what explorations measured.",
          .options = {{.name = "--model", .value = "MODEL", .text = "A model.", .values = Values::kModel},
                      {.name = "--dataset",
                       .value = "DATASET",
                       .text = "A stored data set; a part of it calibrates.",
                       .values = Values::kDataset},
                      {.name = "--exploration",
                       .value = "EXPLORATION",
                       .text = "In place of both: model, data, rules and images of this exploration.",
                       .values = Values::kExploration},
                      {.name = "--space",
                       .value = "FILE",
                       .text = "Rules (YAML, `space:` as in an exploration) that offer the choices; integers of 2 to 8 "
                               "bits, pruning and factors unless given.",
                       .values = Values::kFile},
                      {.name = "--images",
                       .value = "N",
                       .text = "Measure on the first N calibration images; 256 unless given."},
                      {.name = "--calibration",
                       .value = "DATASET",
                       .text = "Take the calibration images from this data set.",
                       .values = Values::kDataset},
                      {.name = "--calibration-images",
                       .value = "N",
                       .text = "Calibrate on so many images; default 512, or an eighth of the set."},
                      {.name = "--plot",
                       .value = "FILE",
                       .text = "Also draw a map of layers and settings as an SVG file.",
                       .values = Values::kFile}},
          .examples = {{"roofscape sensitivity --model lenet5 --dataset fashion --plot sensitivity.svg"},
                       {"roofscape sensitivity --model lenet5 --dataset fashion --space rules.yaml --images 64"},
                       {"roofscape sensitivity --exploration e1", "what its search began with"}},
          .formats = {"table", "json", "csv"},
          .run = run};
}

}  // namespace roofscape::client
