#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/console/progress.h"
#include "client/report/estimate_report.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) {
  const Arguments& given = session.arguments;
  v1::EvaluateModelRequest request;
  RS_ASSIGN(*request.mutable_model(), model_name(given.text("--model")));
  RS_ASSIGN(*request.mutable_dataset(), dataset_name(given.text("--dataset")));
  for (const std::string& platform : given.list("--platform")) {
    RS_ASSIGN(*request.add_platforms(), platform_name(platform));
  }
  RS_ASSIGN(const std::int64_t batch, given.integer("--batch", 1, 1, kLargestBatch));
  RS_ASSIGN(const std::int64_t limit, given.integer("--images", 0, 1, INT64_MAX));
  request.set_batch(batch);
  request.set_image_limit(limit);
  SpecFile config;
  if (given.has("--config")) {
    RS_ASSIGN(config, read_config(session, request.mutable_configuration()));
  }

  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  Progress progress(session.console, "measuring");
  const Result<v1::EvaluateModelResponse> response =
      daemon->evaluate_model(request, [&](const v1::EvaluateModelResponse& now) {
        if (!now.has_evaluation()) progress.update(now.images_done(), now.images_total(), "images");
      });
  progress.wipe();
  if (!response.ok()) return config.place(response.status(), {"configuration", "space"});
  if (session.format() == Format::kJson) return print_json(session, *response);
  return print(session, evaluation_text(*response, session.console));
}

}  // namespace

CommandSpec evaluate() {
  return {.path = "evaluate",
          .summary = "measure a model's accuracy, and price it where asked",
          .details =
              "Accuracy comes with its 95 % Wilson interval. With a configuration, the images from which ranges are "
              "learned are left out of the measurement.",
          .options = {model_option(),
                      {.name = "--dataset",
                       .value = "DATASET",
                       .text = "A stored data set.",
                       .values = Values::kDataset,
                       .required = true},
                      config_option(),
                      {.name = "--platform",
                       .value = "PLATFORM",
                       .text = "Add an estimate for this platform; may be given several times.",
                       .values = Values::kPlatform,
                       .repeatable = true},
                      batch_option(),
                      {.name = "--images", .value = "N", .text = "Measure on the first N images only."}},
          .examples = {{"roofscape evaluate --model lenet5 --dataset fashion"},
                       {"roofscape evaluate --model lenet5 --dataset fashion --config int8.yaml --platform zcu104"}},
          .run = run};
}

}  // namespace roofscape::client
