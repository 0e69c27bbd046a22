#include "client/commands/shared.h"

#include <fmt/format.h>

#include <iterator>
#include <random>

#include "client/text/json.h"
#include "client/text/names.h"
#include "roofscape/v1/service.pb.h"

namespace roofscape::client {

OptionSpec model_argument() {
  return {.name = "MODEL",
          .text = "A model, as `roofscape model list` names it.",
          .values = Values::kModel,
          .required = true};
}
OptionSpec dataset_argument() {
  return {.name = "DATASET",
          .text = "A stored data set, as `roofscape dataset list` names it.",
          .values = Values::kDataset,
          .required = true};
}
OptionSpec platform_argument() {
  return {.name = "PLATFORM",
          .text = "A platform, as `roofscape platform list` names it.",
          .values = Values::kPlatform,
          .required = true};
}
OptionSpec exploration_argument() {
  return {.name = "EXPLORATION",
          .text = "An exploration, as `roofscape exploration list` names it.",
          .values = Values::kExploration,
          .required = true};
}
OptionSpec model_option() {
  return {.name = "--model", .value = "MODEL", .text = "A model.", .values = Values::kModel, .required = true};
}
OptionSpec config_option() {
  return {.name = "--config",
          .value = "FILE|EVALUATION",
          .text =
              "Configuration (YAML): what to approximate, and how; or an exploration's evaluation, "
              "'explorations/e1/evaluations/17'. fp32 unless given.",
          .values = Values::kFile};
}
OptionSpec as_option() {
  return {.name = "--as",
          .value = "FORMAT",
          .text =
              "Price the network as if all of it were in one number format (`int8`, `fp16`), or weights and "
              "activations in two (`int4 x int8`); without a configuration."};
}
OptionSpec batch_option() {
  return {.name = "--batch", .value = "N", .text = "Images priced together; 1 unless given."};
}

std::vector<OptionSpec> measuring_options(std::vector<OptionSpec> own) {
  std::vector<OptionSpec> all = {
      model_option(),
      {.name = "--dataset",
       .value = "DATASET",
       .text = "A stored data set.",
       .values = Values::kDataset,
       .required = true},
      {.name = "--images", .value = "N", .text = "Measure on the first N images only."},
      {.name = "--calibration",
       .value = "DATASET",
       .text = "Learn ranges and moments from this data set, and measure on all of the other.",
       .values = Values::kDataset},
      {.name = "--calibration-images",
       .value = "N",
       .text = "Learn them from so many images; default 512, or an eighth of the set."}};
  std::move(own.begin(), own.end(), std::back_inserter(all));
  return all;
}

Status read_measured_data(const Arguments& given, v1::EvaluateModelRequest* request) {
  RS_ASSIGN(*request->mutable_dataset(), dataset_name(given.text("--dataset")));
  RS_ASSIGN(const std::int64_t limit, given.integer("--images", 0, 1, INT64_MAX));
  request->set_image_limit(limit);
  if (given.has("--calibration")) {
    RS_ASSIGN(*request->mutable_calibration()->mutable_dataset(), dataset_name(given.text("--calibration")));
  }
  RS_ASSIGN(const std::int64_t images, given.integer("--calibration-images", 0, 1, INT64_MAX));
  if (images > 0) request->mutable_calibration()->set_images(images);
  return {};
}

Result<ExitCode> print_json(Session& session, const google::protobuf::Message& message) {
  RS_ASSIGN(const std::string json, to_json(message));
  return print(session, json);
}

Result<ExitCode> print(Session& session, const std::string& text) {
  session.console.out << text;
  return ExitCode::kDone;
}

std::string new_request_id() {
  std::random_device source;
  std::string id;
  for (int i = 0; i < 4; ++i) id += fmt::format("{:08x}", static_cast<unsigned>(source()));
  return id;
}

}  // namespace roofscape::client
