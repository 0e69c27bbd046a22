#include <google/protobuf/struct.pb.h>

#include <optional>
#include <utility>
#include <vector>

#include "client/commands/commands.h"
#include "client/commands/compare_platforms.h"
#include "client/commands/network_options.h"
#include "client/commands/shared.h"
#include "client/plot/batch_plot.h"
#include "client/report/batch_report.h"
#include "client/report/estimate_report.h"
#include "client/text/batches.h"
#include "client/text/files.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

// What is asked, but for the batch.
struct Asked {
  v1::EstimateModelRequest request;
  SpecFile config;
};

Result<Asked> read_asked(const Session& session) {
  const Arguments& given = session.arguments;
  Asked asked;
  RS_TRY(read_network(given, &asked.request));
  if (!compares_platforms(given)) {
    RS_ASSIGN(*asked.request.mutable_platform(), platform_name(given.text("--platform")));
  }
  if (given.has("--dataset")) {
    RS_ASSIGN(*asked.request.mutable_dataset(), dataset_name(given.text("--dataset")));
  }
  RS_ASSIGN(asked.config, read_configured(session, &asked.request));
  if (given.has("--as")) asked.request.set_format(given.text("--as"));
  asked.request.set_with_ceilings_only(given.has("--ceilings-only"));
  return asked;
}

Result<v1::Estimate> price(rpc::Daemon& daemon, Asked& asked, std::int64_t batch) {
  asked.request.set_batch(batch);
  Result<v1::Estimate> estimate = daemon.estimate_model(asked.request);
  if (!estimate.ok()) return asked.config.place(estimate.status(), {"configuration", "space"});
  return estimate;
}

std::string network_of(const v1::EstimateModelRequest& request) {
  if (request.has_model()) return id_of(request.model());
  return request.totals().name().empty() ? "network" : request.totals().name();
}

Result<ExitCode> print_batches(Session& session, Asked asked) {
  const Arguments& given = session.arguments;
  if (given.has("--batch")) return invalid_argument("--batch and --batches are given; --batches 1,8 prices both");
  RS_ASSIGN(const auto batches, parse_batches(given.text("--batches"), kLargestBatch));
  std::optional<OutputFile> picture;
  if (given.has("--plot")) {
    RS_ASSIGN(picture, OutputFile::prepare(given.text("--plot")));
  }
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  BatchSeries series{network_of(asked.request), {}};
  for (const std::int64_t batch : batches) {
    RS_ASSIGN(v1::Estimate estimate, price(*daemon, asked, batch));
    estimate.clear_layers();
    if (estimate.has_ceilings_only()) estimate.mutable_ceilings_only()->clear_layers();
    series.estimates.push_back(std::move(estimate));
  }
  if (picture) {
    RS_TRY(picture->write(plot::batch_plot(series)));
    session.console.note("wrote " + picture->path());
  }
  if (session.format() == Format::kJson) return print_json(session, batch_json(series));
  return print(session, session.format() == Format::kCsv ? batch_csv(series) : batch_text(series, session.console));
}

Result<ExitCode> run(Session& session) {
  const Arguments& given = session.arguments;
  RS_ASSIGN(Asked asked, read_asked(session));
  if (compares_platforms(given)) {
    if (given.has("--batches"))
      return invalid_argument("--batches prices one platform, and several are named; give one, or --batch");
    const std::string format = asked.request.format();
    const std::string network = network_of(asked.request) + (format.empty() ? "" : " in " + format);
    return compare_platforms(session, std::move(asked.request), asked.config, network);
  }
  RS_TRY(refuse_comparison_options(given));
  if (given.has("--batches")) return print_batches(session, std::move(asked));
  if (given.has("--plot"))
    return invalid_argument(
        "--plot draws throughput against batch, or several platforms; give --batches too, such as 1..64");
  RS_ASSIGN(const std::int64_t batch, given.integer("--batch", 1, 1, kLargestBatch));
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  RS_ASSIGN(const v1::Estimate estimate, price(*daemon, asked, batch));
  if (session.format() == Format::kJson) return print_json(session, estimate);
  return print(session,
               session.format() == Format::kCsv ? estimate_csv(estimate) : estimate_text(estimate, session.console));
}

}  // namespace

CommandSpec estimate() {
  std::vector<OptionSpec> options = network_options();
  const std::vector<OptionSpec> others = {
      {.name = "--platform",
       .value = "PLATFORM",
       .text = "The platform; given several times, or as a pattern ('nvidia-*', '*'), one row a platform.",
       .values = Values::kPlatform,
       .required = true,
       .repeatable = true},
      config_option(),
      as_option(),
      batch_option(),
      {.name = "--ceilings-only",
       .text = "Also show what ceilings and mechanisms alone ask, without what measurements say."},
      {.name = "--batches",
       .value = "LIST",
       .text = "Throughput against batch: one row for each of `1,2,4`, or of `1..64`, which doubles."},
      {.name = "--plot",
       .value = "FILE",
       .text = "Also draw an SVG file: with --batches throughput over latency, of several platforms one row each.",
       .values = Values::kFile},
      {.name = "--dataset",
       .value = "DATASET",
       .text = "Learn activation ranges from it; costs do not depend on them.",
       .values = Values::kDataset}};
  options.insert(options.end(), others.begin(), others.end());
  const std::vector<OptionSpec> comparing = comparison_options();
  options.insert(options.end(), comparing.begin(), comparing.end());
  return {
      .path = "estimate",
      .summary = "price a model on a platform, layer by layer, or on many: time, energy, bytes, roofs",
      .details =
          "A network without a model is priced by its totals, with a wider interval and without layers: "
          "multiply-accumulates, and parameters and activations where they are known. docs/calibration.md says how "
          "much wider. Several platforms give one row each; those that cannot price the network stand at the end with "
          "the reason.",
      .options = options,
      .examples = {{"roofscape estimate --model lenet5 --platform zcu104"},
                   {"roofscape estimate --model lenet5 --platform nvidia-t4 --config int8.yaml --batch 32"},
                   {"roofscape estimate --model vgg-16 --platform nvidia-t4 --as int8",
                    "a built-in network, whatever its weights are"},
                   {"roofscape estimate --model resnet-50 --platform nvidia-t4 --as int8 --ceilings-only",
                    "how far measured devices stay behind their roofs, layer by layer"},
                   {"roofscape estimate --macs 4.1G --parameters 25.6M --platform nvidia-t4 --as int8",
                    "a network known by its totals"},
                   {"roofscape estimate --model resnet-50 --platform nvidia-t4 --as int8 --batches 1..128 --plot "
                    "batch.svg",
                    "throughput against batch, and the latency that it costs"},
                   {"roofscape estimate --model resnet-50 --as int8 --platform 'jetson-*' --platform zcu104 --sort "
                    "energy",
                    "which device? one row each, energies only beside those that rest on the same"},
                   {"roofscape estimate --model resnet-50 --as int8 --platform '*' --limit 20 --plot devices.svg",
                    "the twenty fastest of all platforms"}},
      .formats = {"table", "json", "csv"},
      .run = run};
}

}  // namespace roofscape::client
