#include <fmt/format.h>

#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/commands/upload.h"
#include "client/console/quantity.h"
#include "client/report/shape.h"
#include "client/text/files.h"
#include "client/text/fraction.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

Status read_preparation(const Arguments& given, v1::Preparation* preparation) {
  if (given.has("--scale")) {
    RS_ASSIGN(const double scale, parse_fraction(given.text("--scale"), "--scale"));
    if (scale == 0) return invalid_argument("--scale is 0, which would make every input 0; give 1/255, say");
    preparation->set_scale(scale);
  }
  if (given.has("--mean")) {
    RS_ASSIGN(const std::vector<double> mean, parse_fractions(given.text("--mean"), "--mean"));
    preparation->mutable_mean()->Add(mean.begin(), mean.end());
  }
  if (given.has("--std")) {
    RS_ASSIGN(const std::vector<double> std, parse_fractions(given.text("--std"), "--std"));
    for (const double value : std)
      if (value == 0) return invalid_argument("--std has a 0; inputs are divided by it");
    preparation->mutable_std()->Add(std.begin(), std.end());
  }
  return {};
}

Result<ExitCode> run(Session& session) {
  const Arguments& given = session.arguments;
  const std::string path = given.text("FILE");
  std::string id = given.text("--name");
  if (id.empty()) id = id_from_file(path);
  if (id.empty()) return invalid_argument("no name can be made of '{}'; give one with --name", id_of(path));
  RS_ASSIGN(const std::string name, model_name(id));
  v1::ImportModelRequest::Metadata metadata;
  metadata.set_id(id_of(name));
  RS_TRY(read_preparation(given, metadata.mutable_preparation()));
  RS_ASSIGN(InputFile file, InputFile::open(path));
  metadata.set_file_bytes(file.size());
  metadata.set_request_id(new_request_id());

  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  Progress progress(session.console, "sending " + id_of(path), Progress::Unit::kBytes);
  Upload upload(progress, file.size());
  const Result<v1::Model> model = daemon->import_model(metadata, upload.reader(file));
  progress.wipe();
  if (!model.ok()) return model.status();
  if (session.format() == Format::kJson) return print_json(session, *model);
  std::string text = fmt::format("imported {}: {} MACs, {} weights, input {}, {} classes\n", id_of(model->name()),
                                 count(model->mac_count()), count(model->weight_count()),
                                 shape_text(model->input_shape()), model->class_count());
  for (const std::string& note : model->notes()) text += "  note: " + note + "\n";
  return print(session, text);
}

}  // namespace

CommandSpec model_import() {
  return {
      .path = "model import",
      .summary = "store a network (ONNX) and how its input is prepared",
      .details =
          "The network's input is (raw × scale − mean) / std, for each channel, where raw is what the data set "
          "holds. Importing the same file under the same name again changes nothing.",
      .options =
          {{.name = "FILE", .text = "The ONNX file.", .values = Values::kFile, .required = true},
           {.name = "--name", .value = "NAME", .text = "Name of the model; made of the file's name unless given."},
           {.name = "--scale", .value = "S", .text = "Factor on raw values: a number or a fraction such as 1/255."},
           {.name = "--mean", .value = "M[,M..]", .text = "Subtracted after scaling: one number, or one a channel."},
           {.name = "--std", .value = "S[,S..]", .text = "Divided by last: one number, or one a channel."}},
      .examples = {{"roofscape model import lenet5.onnx --scale 1/255", "pixels 0 to 255 become 0 to 1"},
                   {"roofscape model import net.onnx --name resnet18 --scale 1/255 --mean 0.485,0.456,0.406 --std "
                    "0.229,0.224,0.225",
                    "ImageNet's usual preparation"}},
      .run = run};
}

}  // namespace roofscape::client
