#include <fmt/format.h>
#include <google/protobuf/struct.pb.h>

#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/console/progress.h"
#include "client/console/quantity.h"
#include "client/text/files.h"
#include "client/text/names.h"
#include "proto/packed_frame.h"

namespace roofscape::client {
namespace {

constexpr double kFloatBits = 32;

// What a file of packed weights says of itself.
struct PackedSize {
  std::int64_t weight_bits = 0;
  double times_smaller = 0;  // than the same weights as fp32
};

Result<PackedSize> packed_size(const std::string& file) {
  RS_ASSIGN(const PackedFrame frame, read_packed_frame(file));
  PackedSize size{.weight_bits = frame.manifest.bit_count()};
  if (size.weight_bits > 0)
    size.times_smaller =
        kFloatBits * static_cast<double>(frame.manifest.element_count()) / static_cast<double>(size.weight_bits);
  return size;
}

Result<ExitCode> run(Session& session) {
  const Arguments& given = session.arguments;
  const bool packed = given.has("--packed");
  if (packed && given.has("--weights"))
    return invalid_argument("--weights says how an ONNX file stores weights; leave it out with --packed");
  v1::ExportEvaluationRequest request;
  RS_ASSIGN(*request.mutable_name(), evaluation_name(given.text("EXPLORATION"), given.text("EVALUATION")));
  request.set_weights(given.text("--weights") == "int8" ? v1::INT8_WEIGHTS : v1::UINT8_WEIGHTS);
  request.set_form(packed ? v1::PACKED_WEIGHTS_FILE : v1::ONNX_FILE);
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
  PackedSize size;
  if (packed) {
    RS_ASSIGN(size, packed_size(content));
  }
  RS_TRY(output.write(content));
  if (session.format() == Format::kJson) {
    google::protobuf::Struct answer;
    (*answer.mutable_fields())["file"].set_string_value(output.path());
    (*answer.mutable_fields())["evaluation"].set_string_value(request.name());
    (*answer.mutable_fields())["file_bytes"].set_number_value(static_cast<double>(content.size()));
    if (packed) {
      (*answer.mutable_fields())["weight_bits"].set_number_value(static_cast<double>(size.weight_bits));
      (*answer.mutable_fields())["times_smaller"].set_number_value(size.times_smaller);
    }
    return print_json(session, answer);
  }
  if (packed) {
    return print(
        session,
        fmt::format("wrote {} ({}, {} bytes): {}\n{} bits of weights, {:.1f} times smaller than fp32\n", output.path(),
                    bytes(static_cast<double>(content.size())), count(static_cast<std::int64_t>(content.size())),
                    request.name(), count(size.weight_bits), size.times_smaller));
  }
  return print(session, fmt::format("wrote {} ({}): {}\n", output.path(), bytes(static_cast<double>(content.size())),
                                    request.name()));
}

}  // namespace

CommandSpec export_evaluation() {
  return {
      .path = "export",
      .summary = "write the approximated network of one evaluation as an ONNX file, or its packed weights",
      .details =
          "In ONNX, integer arithmetic is said with QuantizeLinear and DequantizeLinear where it can be. "
          "Packed weights are the bits that the stored size counts, with a manifest that says how to read "
          "them; the server has read them back before it sends them.",
      .options = {exploration_argument(),
                  {.name = "EVALUATION",
                   .text = "Its number, as `roofscape front` shows it; 0 is the base network.",
                   .required = true},
                  {.name = "--output",
                   .short_name = "-o",
                   .value = "FILE",
                   .text = "The file to write.",
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
                   .choices = {"onnx", "qonnx"}},
                  {.name = "--packed",
                   .text = "Write the weights alone, each layer's as small as its storage says, instead of an "
                           "ONNX file."}},
      .examples = {{"roofscape export e1 17 -o lenet5-int4.onnx"},
                   {"roofscape export e1 17 -o lenet5-int4.onnx --dialect qonnx"},
                   {"roofscape export e1 17 --packed -o lenet5-int4.rsw", "the bits of its weights"}},
      .run = run};
}

}  // namespace roofscape::client
