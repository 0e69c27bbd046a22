// For tests: a job small enough to run in a moment, and a sink that keeps everything in memory.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "analytics/approx/test_networks.h"
#include "analytics/cost/test_networks.h"
#include "analytics/explore/explorer.h"

namespace roofscape::explore::testing {

inline std::vector<approx::KnobValue> numbers(std::initializer_list<double> values) {
  return {values.begin(), values.end()};
}

// conv1 → relu → pool → conv2 → relu → flatten → fc, four classes.
inline Network small_network() {
  roofscape::testing::RandomNetwork net({1, 8, 8}, 3);
  net.conv("conv1", net.last(), 1, 6, 3);
  net.relu(net.last());
  net.max_pool(net.last());
  net.conv("conv2", net.last(), 6, 8, 3);
  net.relu(net.last());
  net.flatten(net.last(), 8 * 4 * 4);
  net.dense("fc", net.last(), 8 * 4 * 4, 4);
  return net.finish();
}

// Random images, labelled by what the network itself says: it is right on all of them, and each approximation on fewer.
inline Dataset labelled_images(const Network& network, std::int64_t count, std::uint64_t seed) {
  Dataset data;
  data.image_shape = {1, 8, 8};
  data.count = count;
  Rng rng(seed);
  std::vector<float> prepared;
  for (std::int64_t i = 0; i < count * 64; ++i) {
    data.raw.push_back(static_cast<std::byte>(rng.below(256)));
    prepared.push_back(static_cast<float>(static_cast<double>(data.raw.back()) / 255.0));
  }
  const auto outputs = engine::Engine({}).run(network, prepared, count).value();
  for (std::int64_t i = 0; i < count; ++i) {
    const auto first = outputs.begin() + i * 4;
    data.labels.push_back(static_cast<std::int32_t>(std::max_element(first, first + 4) - first));
  }
  return data;
}

inline Job small_job() {
  Network network = small_network();
  Dataset calibration = labelled_images(network, 16, 1), evaluation = labelled_images(network, 200, 2);
  Job job{std::move(network), {1.0 / 255, {}, {}}, std::move(calibration), std::move(evaluation), {}, {}, {}, {}};
  job.platforms = {{"cpu", std::make_shared<const v1::Platform>(cost::testing::cpu())},
                   {"fpga", std::make_shared<const v1::Platform>(cost::testing::fpga())}};
  job.rules = {{"*", "", {{"integer", {{"weight_bits", numbers({2, 3, 4, 8})}, {"activation_bits", numbers({4, 8})}}}}},
               {"", "Conv", {{"prune_filters", {{"fraction", numbers({0, 0.25, 0.5})}}}}}};
  job.objectives = {search::parse_objective("maximise top1").value(),
                    search::parse_objective("minimise latency").value(),
                    search::parse_objective("minimise weight_bytes").value()};
  job.evaluations = 60;
  return job;
}

// Methods of every stage, on structures that change under them, with the second moments that they need.
inline std::vector<Rule> rules_of_every_stage() {
  const auto words = [](std::initializer_list<const char*> values) {
    return std::vector<approx::KnobValue>(values.begin(), values.end());
  };
  return {{"*",
           "",
           {{"integer", {{"weight_bits", numbers({3, 8})}, {"rounding", words({"nearest", "second-order"})}}},
            {"minifloat", {}},
            {"prune",
             {{"fraction", numbers({0.5})},
              {"criterion", words({"second-order"})},
              {"budget", words({"layer", "network"})}}},
            {"share", {{"clusters", numbers({4})}, {"weighting", words({"hessian"})}}},
            {"huffman", {}}}},
          {"", "Conv", {{"prune_filters", {{"fraction", numbers({0.25})}, {"reconstruct", {true}}}}, {"smooth", {}}}},
          {"", "Gemm", {{"low_rank", {{"rank", numbers({0.5})}}}}},
          {"*", "", {{"equalise", {}}}, true}};
}

// One line an evaluation, exact.
inline std::string text_of(const Evaluation& evaluation) {
  std::string text =
      fmt::format("{} {} {} {} {} {} {} {:a}", evaluation.index, fmt::join(evaluation.point, ","),
                  approx::to_string(evaluation.recipe), evaluation.network_key.hex(), evaluation.counts.top1,
                  evaluation.counts.loss_fixed, evaluation.counts.snr_fixed, evaluation.violation);
  for (const cost::Estimate& estimate : evaluation.estimates)
    text += fmt::format(" {:a} {:a}", estimate.latency.value(), estimate.weight_bytes.value());
  return text;
}

class MemorySink : public Sink {
 public:
  std::optional<engine::Counts> find_evaluated(std::int64_t index) override {
    return stored.at(static_cast<std::size_t>(index)).counts;
  }
  std::optional<Measured> find_measurement(const Digest& key) override {
    const auto found = measurements.find(key);
    if (found != measurements.end()) return found->second;
    if (looked_up_in_vain.contains(key)) measured_again.insert(key);
    looked_up_now.insert(key);
    return std::nullopt;
  }
  std::optional<engine::Counts> find_probe(const Digest& key, std::int64_t images) override {
    const auto found = probes.find({key, images});
    return found == probes.end() ? std::nullopt : std::optional(found->second);
  }
  Status store_probes(const std::vector<std::pair<Digest, engine::Counts>>& fresh, std::int64_t images) override {
    for (const auto& [key, counts] : fresh) probes.emplace(std::pair(key, images), counts);
    return {};
  }
  void boxes(const std::vector<FrontBox>& told) override { front_boxes = told; }
  Status store(const std::vector<Evaluation>& evaluations, const Progress& with) override {
    EXPECT_FALSE(front_boxes.empty());
    last = with;
    for (const Evaluation& evaluation : evaluations) {
      const auto index = static_cast<std::size_t>(evaluation.index);
      if (index < lines.size()) {
        if (lines[index] != text_of(evaluation)) return internal_error("evaluation {} differs", index);
        continue;
      }
      if (index != lines.size()) return internal_error("evaluation {} is not the next", index);
      lines.push_back(text_of(evaluation));
      stored.push_back(evaluation);
      Measured& kept = measurements[evaluation.network_key];
      if (evaluation.counts.images > kept.counts.images) kept = {evaluation.counts, evaluation.looks};
    }
    looked_up_in_vain.merge(looked_up_now);  // they are measured and stored now
    looked_up_now.clear();
    if (stop_after_stores > 0 && --stop_after_stores == 0) stop.cancel();
    return {};
  }
  void progress(const Progress& now) override { last = now; }
  Goal goal() override { return {wanted, extended_at}; }
  std::int64_t stored_before() override { return std::ssize(stored); }

  // What survives a crash.
  void remember(const MemorySink& before) {
    measurements = before.measurements;
    probes = before.probes;
    lines = before.lines;
    stored = before.stored;
    looked_up_in_vain = before.looked_up_in_vain;
  }

  std::map<Digest, Measured> measurements;
  std::map<std::pair<Digest, std::int64_t>, engine::Counts> probes;
  std::vector<FrontBox> front_boxes;
  std::vector<Evaluation> stored;
  std::vector<std::string> lines;
  std::set<Digest> looked_up_now, looked_up_in_vain, measured_again;
  Progress last;
  std::int64_t wanted = 0, extended_at = 0;
  int stop_after_stores = 0;  // 0: never
  CancelToken stop;
};

}  // namespace roofscape::explore::testing
