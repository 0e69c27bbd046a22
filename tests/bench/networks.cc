#include "tests/bench/networks.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "analytics/base/rng.h"
#include "analytics/engine/calibrate.h"
#include "analytics/explore/whole_network.h"
#include "analytics/network/onnx_import.h"

namespace roofscape::bench {
namespace {

std::string path_of(const std::string& name) {
  if (name == "lenet5") return ROOFSCAPE_SOURCE_DIR "/examples/fashion-lenet/lenet5.onnx";
  const char* folder = std::getenv("ROOFSCAPE_DATA");
  return (folder ? std::string(folder) : std::string(ROOFSCAPE_SOURCE_DIR "/../shared/data")) +
         "/models/mlperftiny_ic_resnet8.onnx";
}

approx::Step integer_step(const std::string& layer, int weight_bits, int activation_bits) {
  const approx::Method& method = **approx::find_method("integer");
  const approx::Knobs given{{"weight_bits", double(weight_bits)}, {"activation_bits", double(activation_bits)}};
  return {layer, "integer", *approx::complete_knobs(method.info(), given)};
}

std::vector<std::string> layers_that_take_integers(const Network& network) {
  const approx::Method& method = **approx::find_method("integer");
  std::vector<std::string> names;
  for (LayerId id = 0; id < network.size(); ++id)
    if (!method.applies(network, id)) names.push_back(network.layer(id).name);
  return names;
}

approx::Draft draft_of(const Network& network, const Dataset& images) {
  std::vector<std::int64_t> first;
  for (std::int64_t i = 0; i < std::min<std::int64_t>(images.count, 128); ++i) first.push_back(i);
  return {network, *engine::calibrate(network, subset(images, first), {.scale = 1.0 / 255}, {})};
}

}  // namespace

std::optional<Network> load_network(const std::string& name) {
  std::ifstream file(path_of(name), std::ios::binary);
  if (!file) return std::nullopt;
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  auto imported = import_onnx(std::as_bytes(std::span(bytes.data(), bytes.size())));
  if (!imported.ok()) return std::nullopt;
  return std::move(imported->network);
}

Dataset random_images(const Network& network, std::int64_t count) {
  Rng rng(1);
  Dataset data;
  data.image_shape = network.input_shape();
  data.count = count;
  data.raw.resize(static_cast<std::size_t>(count * element_count(data.image_shape)));
  for (std::byte& pixel : data.raw) pixel = static_cast<std::byte>(rng.below(256));
  data.labels.assign(static_cast<std::size_t>(count), 0);
  return data;
}

Network quantised(const Network& network, const Dataset& images, int weight_bits, int activation_bits) {
  std::vector<std::int64_t> first;
  for (std::int64_t i = 0; i < std::min<std::int64_t>(images.count, 128); ++i) first.push_back(i);
  return *explore::in_integers(network, subset(images, first), {.scale = 1.0 / 255}, {weight_bits, activation_bits});
}

std::vector<Network> evolved(const Network& network, const Dataset& images, std::size_t count) {
  const approx::Draft draft = draft_of(network, images);
  const std::vector<std::string> layers = layers_that_take_integers(network);
  Rng rng(7);
  std::vector<approx::Recipe> population;
  std::vector<Network> networks;
  while (networks.size() < count) {
    approx::Recipe recipe;
    if (population.empty())
      for (const std::string& layer : layers) recipe.push_back(integer_step(layer, 8, 8));
    else
      recipe = population[rng.below(population.size())];
    const std::size_t changed = rng.below(recipe.size());
    recipe[changed] =
        integer_step(recipe[changed].layer, 2 + static_cast<int>(rng.below(7)), rng.below(2) == 0 ? 4 : 8);
    population.push_back(recipe);
    networks.push_back(approx::apply_recipe(draft, recipe, 1)->network);
  }
  return networks;
}

}  // namespace roofscape::bench
