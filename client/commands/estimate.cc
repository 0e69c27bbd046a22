#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/report/estimate_report.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) {
  const Arguments& given = session.arguments;
  v1::EstimateModelRequest request;
  RS_ASSIGN(*request.mutable_model(), model_name(given.text("--model")));
  RS_ASSIGN(*request.mutable_platform(), platform_name(given.text("--platform")));
  RS_ASSIGN(const std::int64_t batch, given.integer("--batch", 1, 1, kLargestBatch));
  request.set_batch(batch);
  if (given.has("--dataset")) {
    RS_ASSIGN(*request.mutable_dataset(), dataset_name(given.text("--dataset")));
  }
  SpecFile config;
  if (given.has("--config")) {
    RS_ASSIGN(config, read_config(session, request.mutable_configuration()));
  }
  if (given.has("--as")) request.set_format(given.text("--as"));
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  const Result<v1::Estimate> estimate = daemon->estimate_model(request);
  if (!estimate.ok()) return config.place(estimate.status(), {"configuration", "space"});
  if (session.format() == Format::kJson) return print_json(session, *estimate);
  return print(session,
               session.format() == Format::kCsv ? estimate_csv(*estimate) : estimate_text(*estimate, session.console));
}

}  // namespace

CommandSpec estimate() {
  return {.path = "estimate",
          .summary = "price a model on a platform: time, energy, bytes and the binding roof of each layer",
          .options = {model_option(),
                      {.name = "--platform",
                       .value = "PLATFORM",
                       .text = "The platform.",
                       .values = Values::kPlatform,
                       .required = true},
                      config_option(),
                      as_option(),
                      batch_option(),
                      {.name = "--dataset",
                       .value = "DATASET",
                       .text = "Learn activation ranges from it; costs do not depend on them.",
                       .values = Values::kDataset}},
          .examples = {{"roofscape estimate --model lenet5 --platform zcu104"},
                       {"roofscape estimate --model lenet5 --platform nvidia-t4 --config int8.yaml --batch 32"},
                       {"roofscape estimate --model vgg-16 --platform nvidia-t4 --as int8",
                        "a built-in network, whatever its weights are"}},
          .formats = {"table", "json", "csv"},
          .run = run};
}

}  // namespace roofscape::client
