#include <optional>

#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/console/progress.h"
#include "client/report/estimate_report.h"
#include "client/report/predictions_csv.h"
#include "client/text/files.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) {
  const Arguments& given = session.arguments;
  v1::EvaluateModelRequest request;
  RS_ASSIGN(*request.mutable_model(), model_name(given.text("--model")));
  RS_TRY(read_measured_data(given, &request));
  for (const std::string& platform : given.list("--platform")) {
    RS_ASSIGN(*request.add_platforms(), platform_name(platform));
  }
  RS_ASSIGN(const std::int64_t batch, given.integer("--batch", 1, 1, kLargestBatch));
  request.set_batch(batch);
  RS_ASSIGN(const SpecFile config, read_configured(session, &request));
  std::optional<OutputFile> predictions;
  if (given.has("--predictions")) {
    RS_ASSIGN(predictions, OutputFile::prepare(given.text("--predictions")));
    request.set_predictions(true);
  }

  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  Progress progress(session.console, "measuring");
  PredictionsCsv csv;
  Status received;
  const Result<v1::EvaluateModelResponse> response =
      daemon->evaluate_model(request, [&](const v1::EvaluateModelResponse& now) {
        if (!now.has_evaluation()) progress.update(now.images_done(), now.images_total(), "images");
        if (now.has_predictions() && received.ok()) received = csv.add(now.predictions());
      });
  progress.wipe();
  if (!response.ok()) return config.place(response.status(), {"configuration", "space"});
  RS_TRY(received);
  if (predictions) {
    const std::int64_t images = response->evaluation().counts().image_count();
    if (csv.images() != images)
      return internal_error("the server sent the classes of {} of {} images; is it of another version?", csv.images(),
                            images);
    RS_TRY(predictions->write(csv.to_text()));
  }
  if (session.format() == Format::kJson) return print_json(session, *response);
  return print(session, evaluation_text(*response, session.console));
}

}  // namespace

CommandSpec evaluate() {
  return {.path = "evaluate",
          .summary = "measure a model's accuracy, and price it where asked",
          .details =
              "Accuracy comes with its 95 % Wilson interval. With a configuration, the images from which ranges are "
              "learned are left out of the measurement.\n"
              "The file of --predictions has one line an image: its index in the data set, its label, the class that "
              "the measured network gives it, and the fp32 network's.",
          .options = measuring_options({config_option(),
                                        {.name = "--platform",
                                         .value = "PLATFORM",
                                         .text = "Add an estimate for this platform; may be given several times.",
                                         .values = Values::kPlatform,
                                         .repeatable = true},
                                        batch_option(),
                                        {.name = "--predictions",
                                         .value = "FILE",
                                         .text = "Also write each image's class to this file (CSV).",
                                         .values = Values::kFile}}),
          .examples = {{"roofscape evaluate --model lenet5 --dataset fashion"},
                       {"roofscape evaluate --model lenet5 --dataset fashion --config int8.yaml --platform zcu104"},
                       {"roofscape evaluate --model lenet5 --dataset fashion --config explorations/e1/evaluations/17 "
                        "--predictions e1-17.csv"}},
          .run = run};
}

}  // namespace roofscape::client
