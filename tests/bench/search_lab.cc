#include "tests/bench/search_lab.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "analytics/approx/test_networks.h"
#include "analytics/engine/calibrate.h"
#include "analytics/explore/problem.h"
#include "platforms/library.h"
#include "tests/bench/networks.h"

namespace roofscape::bench {
namespace {

constexpr std::int64_t kCalibration = 256;
const Preparation kPreparation{.scale = 1.0 / 255, .mean = {}, .std = {}};

std::vector<std::byte> bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

std::optional<Dataset> fashion(std::int64_t count) {
  const std::string folder = "/usr/share/datasets/fashion-mnist/";
  const std::vector<std::byte> images = bytes_of(folder + "t10k-images-idx3-ubyte.gz");
  const std::vector<std::byte> labels = bytes_of(folder + "t10k-labels-idx1-ubyte.gz");
  if (images.empty() || labels.empty()) return std::nullopt;
  auto loaded = load_dataset({.images = images, .labels = labels, .limit = count});
  return loaded.ok() ? std::optional(*std::move(loaded)) : std::nullopt;
}

// Labelled by what the network says, so that it is right on all of them.
Dataset random_labelled(const Network& network, std::int64_t count) {
  Dataset data = random_images(network, count);
  std::vector<float> prepared;
  for (const std::byte pixel : data.raw) prepared.push_back(static_cast<float>(pixel) / 255.0F);
  const std::vector<float> outputs = engine::Engine({}).run(network, prepared, count).value();
  const auto classes = static_cast<std::ptrdiff_t>(outputs.size()) / count;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto first = outputs.begin() + i * classes;
    data.labels[static_cast<std::size_t>(i)] =
        static_cast<std::int32_t>(std::max_element(first, first + classes) - first);
  }
  return data;
}

class Forgetful final : public explore::ProbeStore {
 public:
  std::optional<engine::Counts> find_probe(const Digest&, std::int64_t) override { return std::nullopt; }
  Status store_probes(const std::vector<std::pair<Digest, engine::Counts>>&, std::int64_t) override { return {}; }
};

std::vector<approx::KnobValue> knob_values(const std::vector<double>& values) { return {values.begin(), values.end()}; }

explore::Rule integers(const std::vector<double>& weight_bits, const std::vector<double>& activation_bits) {
  return {
      "*",
      "",
      {{"integer", {{"weight_bits", knob_values(weight_bits)}, {"activation_bits", knob_values(activation_bits)}}}}};
}

}  // namespace

std::unique_ptr<SearchLab> SearchLab::create(std::vector<double> weight_bits, std::vector<double> activation_bits,
                                             std::vector<double> pruned, std::int64_t images) {
  auto network = load_network("lenet5");
  if (!network) return nullptr;
  const std::int64_t count = images + kCalibration;
  const std::optional<Dataset> real = fashion(count);
  std::vector<explore::Rule> rules = {integers(weight_bits, activation_bits)};
  if (!pruned.empty()) rules.push_back({"", "Conv", {{"prune_filters", {{"fraction", knob_values(pruned)}}}}});
  auto lab = create(*network, real ? *real : random_labelled(*network, count), std::move(rules));
  if (lab) lab->real_images_ = real.has_value();
  return lab;
}

std::unique_ptr<SearchLab> SearchLab::create_deep() {
  constexpr std::int64_t kChannels = 8, kSide = 8, kImages = 64;
  constexpr int kBlocks = 29;
  testing::RandomNetwork deep({3, kSide, kSide}, 1);
  LayerId last = deep.relu(deep.conv("stem", deep.last(), 3, kChannels, 3));
  for (int block = 0; block < kBlocks; ++block) {
    const LayerId first = deep.relu(deep.conv(fmt::format("a{}", block), last, kChannels, kChannels, 3));
    const LayerId second = deep.conv(fmt::format("b{}", block), first, kChannels, kChannels, 3);
    last = deep.relu(deep.add(fmt::format("sum{}", block), op::Binary{}, {second, last}));
  }
  deep.dense("fc", deep.flatten(last, kChannels * kSide * kSide), kChannels * kSide * kSide, 10);
  const Network network = deep.finish();
  return create(network, random_labelled(network, kImages + kCalibration), {integers({2, 3, 4, 6, 8}, {4, 6, 8})});
}

std::unique_ptr<SearchLab> SearchLab::create(const Network& network, const Dataset& data,
                                             std::vector<explore::Rule> rules) {
  const auto split = split_dataset(data.count, kCalibration);
  explore::Job job{network, kPreparation, subset(data, split->calibration), subset(data, split->evaluation), {}, {}, {},
                   {}};
  job.rules = std::move(rules);
  for (const v1::Platform& platform : platforms::built_in_platforms())
    for (const char* id : {"raspberry-pi-4", "nvidia-t4", "zcu104", "tpu-v1"})
      if (platform.id() == id) job.platforms.push_back({id, std::make_shared<const v1::Platform>(platform)});
  for (const char* text : {"maximise top1", "minimise latency", "minimise energy", "minimise weight_bytes"})
    job.objectives.push_back(*search::parse_objective(text));
  job.constraints.push_back(*search::parse_constraint("top1 >= 0.85"));

  auto calibration = engine::calibrate(network, job.calibration, kPreparation, {});
  auto space = explore::Space::create(network, job.rules);
  auto platforms = explore::PlatformPrices::create(job);
  if (!calibration.ok() || !space.ok() || !platforms.ok()) return nullptr;
  const auto base = platforms->totals(network);
  if (!base.ok()) return nullptr;
  auto scoring = explore::Scoring::create(job, *base);
  if (!scoring.ok()) return nullptr;
  return std::unique_ptr<SearchLab>(new SearchLab(std::move(job), {network, *std::move(calibration)}, *std::move(space),
                                                  *std::move(platforms), *std::move(scoring)));
}

SearchLab::SearchLab(explore::Job job, approx::Draft draft, explore::Space space, explore::PlatformPrices platforms,
                     explore::Scoring scoring)
    : job_(std::move(job)),
      draft_(std::move(draft)),
      space_(std::move(space)),
      platforms_(std::move(platforms)),
      scoring_(std::move(scoring)),
      builder_(draft_, job_.seed) {
  prices_.emplace(platforms_, scoring_, space_, builder_);
  base_ = measure({job_.network}, {space_.base()})[0];
  problem_ =
      explore::make_problem(scoring_, space_, *prices_, explore::front_boxes(job_, scoring_, space_, *prices_, base_));
  Forgetful probes;
  const auto found = explore::measure_sensitivities(space_, builder_, job_.network, job_.calibration, kPreparation,
                                                    engine::Engine({.threads = 1}), probes, {});
  explore::add_sensitivities(problem_, scoring_, space_, found.value(), base_, true);
}

std::vector<search::Outcome> SearchLab::measure(const std::vector<search::Point>& points) {
  std::vector<Network> networks;
  for (const search::Point& point : points)
    networks.push_back(approx::apply_recipe(draft_, space_.recipe(point), job_.seed)->network);
  return measure(networks, points);
}

std::vector<search::Outcome> SearchLab::measure(const std::vector<Network>& networks,
                                                const std::vector<search::Point>& points) {
  std::vector<const Network*> set = {&job_.network};
  for (const Network& network : networks) set.push_back(&network);
  const auto counts = engine::Engine({.threads = 1}).measure(set, 0, job_.evaluation, kPreparation).value();
  std::vector<search::Outcome> outcomes;
  for (std::size_t i = 0; i < networks.size(); ++i)
    outcomes.push_back(scoring_.outcome(networks[i], platforms_.totals(networks[i]).value(), counts[i + 1], points[i]));
  return outcomes;
}

}  // namespace roofscape::bench
