#include "client/commands/network_options.h"

#include <string>

#include "client/commands/shared.h"
#include "client/text/names.h"
#include "client/text/scaled.h"

namespace roofscape::client {
namespace {

constexpr const char* kTotals[] = {"--name", "--macs", "--parameters", "--activations", "--input"};

Status read_count(const Arguments& given, const char* option, void (v1::NetworkTotals::*set)(double),
                  v1::NetworkTotals* totals) {
  if (!given.has(option)) return {};
  RS_ASSIGN(const double value, parse_scaled(given.text(option), option));
  (totals->*set)(value);
  return {};
}

// "224x224", or so many positions.
Status read_input(const Arguments& given, v1::NetworkTotals* totals) {
  if (!given.has("--input")) return {};
  const std::string text = given.text("--input");
  const std::size_t cross = text.find('x');
  RS_ASSIGN(double positions, parse_scaled(text.substr(0, cross), "--input"));
  if (cross != std::string::npos) {
    RS_ASSIGN(const double width, parse_scaled(text.substr(cross + 1), "--input"));
    positions *= width;
  }
  totals->set_input_position_count(positions);
  return {};
}

}  // namespace

std::vector<OptionSpec> network_options() {
  OptionSpec model = model_option();
  model.required = false;
  model.text = "A model; or give the totals of a network without one.";
  return {model,
          {.name = "--macs",
           .value = "N",
           .text = "Multiply-accumulates for one image, `4.1e9` or `4.1G`; not needed of well-known networks."},
          {.name = "--parameters", .value = "N", .text = "Weights and biases, `25.6M`."},
          {.name = "--activations",
           .value = "N",
           .text = "Values that convolutions, dense layers and matrix products write for one image, `11.1M`."},
          {.name = "--input", .value = "SIZE", .text = "Height and width of the input, `224x224`, or its elements."},
          {.name = "--name",
           .value = "NAME",
           .text = "Its name, `resnet-50`: tells what kind of network it is, and the totals of a well-known one."}};
}

Status read_network(const Arguments& given, v1::EstimateModelRequest* request) {
  const char* total = nullptr;
  for (const char* option : kTotals)
    if (total == nullptr && given.has(option)) total = option;
  if (given.has("--model")) {
    if (total != nullptr)
      return invalid_argument("--model and {} are given; a network is either a model or known by totals", total);
    RS_ASSIGN(*request->mutable_model(), model_name(given.text("--model")));
    return {};
  }
  if (total == nullptr)
    return invalid_argument(
        "no network is given; name a --model, or give its totals: --macs, or the --name of a "
        "well-known one");
  v1::NetworkTotals* totals = request->mutable_totals();
  totals->set_name(given.text("--name"));
  RS_TRY(read_count(given, "--macs", &v1::NetworkTotals::set_mac_count, totals));
  RS_TRY(read_count(given, "--parameters", &v1::NetworkTotals::set_parameter_count, totals));
  RS_TRY(read_count(given, "--activations", &v1::NetworkTotals::set_activation_count, totals));
  return read_input(given, totals);
}

}  // namespace roofscape::client
