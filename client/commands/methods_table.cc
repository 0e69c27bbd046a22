#include <fmt/format.h>

#include "client/commands/commands.h"
#include "client/commands/method_rows.h"
#include "client/commands/shared.h"
#include "client/console/progress.h"
#include "client/report/method_table.h"
#include "client/text/names.h"
#include "client/text/spec_file.h"
#include "proto/yaml_reader.h"

namespace roofscape::client {
namespace {

Result<v1::EvaluateModelRequest> common_request(const Arguments& given) {
  v1::EvaluateModelRequest request;
  RS_ASSIGN(*request.mutable_model(), model_name(given.text("--model")));
  RS_TRY(read_measured_data(given, &request));
  for (const std::string& platform : given.list("--platform")) {
    RS_ASSIGN(*request.add_platforms(), platform_name(platform));
  }
  return request;
}

Result<v1::MethodTable> read_rows(const Arguments& given, SpecFile* file) {
  v1::MethodTable table;
  if (given.has("--rows")) {
    RS_ASSIGN(*file, SpecFile::read(given.text("--rows"), &table));
  } else {
    RS_TRY(read_yaml(default_method_rows(), "built-in rows", &table).status());
  }
  return table;
}

Result<v1::Evaluation> evaluate(rpc::Daemon& daemon, const v1::EvaluateModelRequest& request, const std::string& name,
                                Progress& progress) {
  RS_ASSIGN(const v1::EvaluateModelResponse response,
            daemon.evaluate_model(request, [&](const v1::EvaluateModelResponse& now) {
              if (!now.has_evaluation()) progress.update(now.images_done(), now.images_total(), "images of " + name);
            }));
  return response.evaluation();
}

Result<ExitCode> run(Session& session) {
  const Arguments& given = session.arguments;
  RS_ASSIGN(const v1::EvaluateModelRequest common, common_request(given));
  SpecFile file;
  RS_ASSIGN(v1::MethodTable table, read_rows(given, &file));
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  Progress progress(session.console, "measuring");
  // The same images are kept out for the base as for the others: an empty list of rules changes nothing.
  v1::EvaluateModelRequest base_request = common;
  base_request.mutable_configuration();
  auto base = evaluate(*daemon, base_request, "the base", progress);
  if (!base.ok()) return base.status();
  for (int i = 0; i < table.rows_size(); ++i) {
    v1::MethodTableRow& row = *table.mutable_rows(i);
    v1::EvaluateModelRequest request = common;
    *request.mutable_configuration()->mutable_space() = row.space();
    if (row.has_cascade()) *request.mutable_configuration()->mutable_cascade() = row.cascade();
    auto evaluation = evaluate(*daemon, request, row.name(), progress);
    if (evaluation.ok()) {
      *row.mutable_evaluation() = std::move(*evaluation);
    } else {
      row.set_error(evaluation.status().message());
    }
  }
  progress.wipe();
  if (session.format() == Format::kJson) return print_json(session, table);
  if (session.format() == Format::kCsv) return print(session, method_table_csv(table, *base));
  return print(session, method_table_text(table, *base, session.console));
}

}  // namespace

CommandSpec methods_table() {
  return {
      .path = "methods table",
      .summary = "measure methods side by side on one model: what each saves, and what it costs in accuracy",
      .details =
          "For each row: top-1 and its drop against the network as imported, on the same images, how much cheaper "
          "arithmetic, memory and work become, and what each platform makes of it, with the arithmetic in which it "
          "does most of the work.\n"
          "The built-in rows apply each method to every layer that it applies to. A file of rows reads\n"
          "  rows:\n"
          "    - name: int4, second-order\n"
          "      space: [{integer: {weight_bits: 4, rounding: second-order}}]",
      .options = measuring_options(
          {{.name = "--platform",
            .value = "PLATFORM",
            .text = "Add estimates for this platform; may be given several times.",
            .values = Values::kPlatform,
            .repeatable = true},
           {.name = "--rows", .value = "FILE", .text = "Rows of your own (YAML).", .values = Values::kFile}}),
      .examples = {{"roofscape methods table --model lenet5 --dataset fashion --platform zcu104 --platform nvidia-t4"}},
      .formats = {"table", "json", "csv"},
      .run = run};
}

}  // namespace roofscape::client
