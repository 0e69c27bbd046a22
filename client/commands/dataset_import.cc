#include <fmt/format.h>

#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/commands/upload.h"
#include "client/console/quantity.h"
#include "client/report/shape.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) {
  const Arguments& given = session.arguments;
  RS_ASSIGN(const std::string name, dataset_name(given.text("--name")));
  RS_ASSIGN(const std::int64_t limit, given.integer("--limit", 0, 1, INT64_MAX));
  v1::ImportDatasetRequest::Metadata metadata;
  metadata.set_id(id_of(name));
  metadata.set_images_name(id_of(given.text("--images")));
  metadata.set_limit(limit);
  metadata.set_request_id(new_request_id());
  RS_ASSIGN(InputFile images, InputFile::open(given.text("--images")));
  metadata.set_images_bytes(images.size());
  std::optional<InputFile> labels;
  if (given.has("--labels")) {
    RS_ASSIGN(labels, InputFile::open(given.text("--labels")));
    metadata.set_labels_name(id_of(given.text("--labels")));
    metadata.set_labels_bytes(labels->size());
  }

  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  Progress progress(session.console, "sending " + id_of(given.text("--images")), Progress::Unit::kBytes);
  Upload upload(progress, images.size() + (labels ? labels->size() : 0));
  const Result<v1::Dataset> dataset =
      daemon->import_dataset(metadata, upload.reader(images), labels ? upload.reader(*labels) : rpc::ReadChunk());
  progress.wipe();
  if (!dataset.ok()) return dataset.status();
  if (session.format() == Format::kJson) return print_json(session, *dataset);
  return print(session,
               fmt::format("imported {}: {} images of {} ({}), {}\n", id_of(dataset->name()),
                           count(dataset->image_count()), shape_text(dataset->image_shape()), dataset->element(),
                           dataset->labelled() ? fmt::format("{} classes", dataset->class_count()) : "no labels"));
}

}  // namespace

CommandSpec dataset_import() {
  return {
      .path = "dataset import",
      .summary = "store labelled images",
      .details =
          "Formats are told by content: IDX, NPY, NPZ and CIFAR binary (which carries its labels), each plain or "
          "gzipped. Images are kept raw; each model says how it prepares them.",
      .options =
          {{.name = "--name", .value = "NAME", .text = "Name of the data set.", .required = true},
           {.name = "--images", .value = "FILE", .text = "File of images.", .values = Values::kFile, .required = true},
           {.name = "--labels", .value = "FILE", .text = "File of labels, one an image.", .values = Values::kFile},
           {.name = "--limit", .value = "N", .text = "Keep the first N images only."}},
      .examples = {{"roofscape dataset import --name fashion --images t10k-images-idx3-ubyte.gz --labels "
                    "t10k-labels-idx1-ubyte.gz"},
                   {"roofscape dataset import --name cifar10 --images test_batch.bin", "labels are in the file"}},
      .run = run};
}

}  // namespace roofscape::client
