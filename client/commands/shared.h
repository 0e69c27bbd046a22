// What several commands share: options that mean the same everywhere, and the last step of printing.
#pragma once

#include <string>
#include <vector>

#include "client/command.h"
#include "client/session.h"
#include "client/text/names.h"
#include "client/text/spec_file.h"
#include "roofscape/v1/approximation.pb.h"

namespace google::protobuf {
class Message;
}

namespace roofscape::v1 {
class EvaluateModelRequest;
}

namespace roofscape::client {

OptionSpec model_argument();
OptionSpec dataset_argument();
OptionSpec platform_argument();
OptionSpec exploration_argument();
OptionSpec model_option();
OptionSpec config_option();
// A format that EstimateModel takes.
OptionSpec as_option();
OptionSpec batch_option();

// --model, --dataset, --images, --calibration and --calibration-images, and then the command's own: what is measured,
// on which images, and which are learned from.
std::vector<OptionSpec> measuring_options(std::vector<OptionSpec> own);
Status read_measured_data(const Arguments& given, v1::EvaluateModelRequest* request);

inline constexpr std::int64_t kLargestBatch = 1 << 20;

// Prints the message as JSON and is done.
Result<ExitCode> print_json(Session& session, const google::protobuf::Message& message);
// Prints text on standard output and is done.
Result<ExitCode> print(Session& session, const std::string& text);

// What --config names, into a request that takes either rules, from a file, or an evaluation; nothing without it.
template <typename Request>
Result<SpecFile> read_configured(const Session& session, Request* request) {
  const std::string given = session.arguments.text("--config");
  if (!names_evaluation(given))
    return given.empty() ? SpecFile() : SpecFile::read(given, request->mutable_configuration());
  request->set_evaluation(given);
  return SpecFile();
}

// A random id that makes a creation safe to repeat.
std::string new_request_id();

}  // namespace roofscape::client
