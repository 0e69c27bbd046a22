#include <fmt/format.h>
#include <google/protobuf/struct.pb.h>

#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/console/progress.h"
#include "client/console/quantity.h"
#include "client/text/files.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) {
  const Arguments& given = session.arguments;
  v1::ExportEvaluationRequest request;
  RS_ASSIGN(*request.mutable_name(), evaluation_name(given.text("EXPLORATION"), given.text("EVALUATION")));
  request.set_weights(given.text("--weights") == "int8" ? v1::INT8_WEIGHTS : v1::UINT8_WEIGHTS);
  request.set_dialect(given.text("--dialect") == "qonnx" ? v1::QONNX : v1::STANDARD_ONNX);
  RS_ASSIGN(const OutputFile output, OutputFile::prepare(given.text("--output")));
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  Progress progress(session.console, "receiving", Progress::Unit::kBytes);
  std::string content;
  const Status status = daemon->export_evaluation(request, [&](const std::string& piece) -> Status {
    content += piece;
    progress.update(static_cast<std::int64_t>(content.size()), 0);
    return {};
  });
  progress.wipe();
  RS_TRY(status);
  RS_TRY(output.write(content));
  if (session.format() == Format::kJson) {
    google::protobuf::Struct answer;
    (*answer.mutable_fields())["file"].set_string_value(output.path());
    (*answer.mutable_fields())["evaluation"].set_string_value(request.name());
    (*answer.mutable_fields())["file_bytes"].set_number_value(static_cast<double>(content.size()));
    return print_json(session, answer);
  }
  return print(session, fmt::format("wrote {} ({}): {}\n", output.path(), bytes(static_cast<double>(content.size())),
                                    request.name()));
}

}  // namespace

CommandSpec export_evaluation() {
  return {
      .path = "export",
      .summary = "write the approximated network of one evaluation as an ONNX file",
      .details = "Integer arithmetic is said with QuantizeLinear and DequantizeLinear where it can be.",
      .options = {exploration_argument(),
                  {.name = "EVALUATION",
                   .text = "Its number, as `roofscape front` shows it; 0 is the base network.",
                   .required = true},
                  {.name = "--output",
                   .short_name = "-o",
                   .value = "FILE",
                   .text = "The ONNX file to write.",
                   .values = Values::kFile,
                   .required = true},
                  {.name = "--weights",
                   .value = "FORM",
                   .text = "How weights of up to 8 bits are stored, the values being the same: uint8 (unless "
                           "given), which ONNX Runtime multiplies exactly on every processor, or int8, for "
                           "compilers that take nothing else.",
                   .values = Values::kChoice,
                   .choices = {"uint8", "int8"}},
                  {.name = "--dialect",
                   .value = "NAME",
                   .text = "In which operators formats are said: onnx (unless given), integers in standard ones, or "
                           "qonnx, integers of any width, bipolar and minifloats in those of QONNX.",
                   .values = Values::kChoice,
                   .choices = {"onnx", "qonnx"}}},
      .examples = {{"roofscape export e1 17 -o lenet5-int4.onnx"},
                   {"roofscape export e1 17 -o lenet5-int4.onnx --dialect qonnx"}},
      .run = run};
}

}  // namespace roofscape::client
