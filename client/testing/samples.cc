#include "client/testing/samples.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analytics/base/rng.h"

namespace roofscape::client {
namespace {

struct SampleLayer {
  const char* name;
  const char* op;
  double macs, weights, activations;
};
constexpr SampleLayer kLayers[] = {
    {"conv1", "Conv", 117600, 156, 784 + 3456},  {"pool1", "MaxPool", 0, 0, 3456 + 864},
    {"conv2", "Conv", 240000, 2416, 864 + 1600}, {"pool2", "MaxPool", 0, 0, 1600 + 400},
    {"fc1", "Gemm", 48000, 48120, 400 + 120},    {"fc2", "Gemm", 10080, 10164, 120 + 84},
    {"fc3", "Gemm", 840, 850, 84 + 10},
};

void set_figure(v1::Figure* figure, double value, const char* source) {
  figure->set_value(value);
  figure->set_source(source);
  figure->set_provenance(v1::DATASHEET);
}

void add_compute(v1::Platform* platform, const char* format, double rate) {
  v1::ComputeCeiling* ceiling = platform->add_compute();
  ceiling->set_weight(format);
  set_figure(ceiling->mutable_ops_per_second(), rate, "data sheet, table 3");
}

void add_memory(v1::Platform* platform, const char* name, double bytes, double rate) {
  v1::MemoryLevel* level = platform->add_memory();
  level->set_name(name);
  if (bytes > 0) set_figure(level->mutable_capacity_bytes(), bytes, "data sheet, page 2");
  set_figure(level->mutable_bandwidth_bytes_per_second(), rate, "data sheet, page 2");
}

// What the layers run in, fp32 and the memories.
void add_roofs(const v1::Platform& platform, int bits, v1::Estimate* estimate) {
  const auto add_arithmetic = [&](const std::string& name, double rate) {
    v1::Roof* roof = estimate->add_roofs();
    roof->set_name(name);
    roof->set_ops_per_second(rate);
  };
  if (platform.has_fpga())
    add_arithmetic(bits > 8 ? "fp32 in DSP" : fmt::format("int{} x uint8 in DSP", bits), 1.04e12);
  for (const v1::ComputeCeiling& ceiling : platform.compute())
    if (bits <= 8 || ceiling.weight() == "fp32") add_arithmetic(ceiling.weight(), ceiling.ops_per_second().value());
  for (const v1::MemoryLevel& level : platform.memory()) {
    v1::Roof* roof = estimate->add_roofs();
    roof->set_name(level.name());
    roof->set_bytes_per_second(level.bandwidth_bytes_per_second().value());
  }
}

double peak(const v1::Platform& platform, int bits) {
  if (platform.has_fpga()) return bits > 8 ? 40e9 : bits > 4 ? 900e9 : 2.4e12;
  return bits > 8 ? 24e9 : 60e9;
}

}  // namespace

v1::Model sample_model() {
  v1::Model model;
  model.set_name("models/lenet5");
  model.mutable_preparation()->set_scale(1.0 / 255);
  for (const int size : {1, 28, 28}) model.add_input_shape(size);
  model.set_class_count(10);
  model.set_opset(13);
  model.set_file_bytes(250000);
  model.set_content_sha256(std::string(64, 'a'));
  model.set_network_key(std::string(64, 'b'));
  model.add_notes("batch dimension 1 made free");
  for (const SampleLayer& layer : kLayers) {
    v1::LayerInfo* info = model.add_layers();
    info->set_name(layer.name);
    info->set_op(layer.op);
    info->add_inputs("before");
    info->add_output_shape(10);
    info->set_mac_count(static_cast<std::int64_t>(layer.macs));
    info->set_weight_count(static_cast<std::int64_t>(layer.weights));
    info->set_weight_bytes(static_cast<std::int64_t>(layer.weights * 4));
    info->set_weight_format("fp32");
    info->set_activation_format("fp32");
    model.set_mac_count(model.mac_count() + info->mac_count());
    model.set_weight_count(model.weight_count() + info->weight_count());
    model.set_weight_bytes(model.weight_bytes() + info->weight_bytes());
  }
  return model;
}

v1::Platform sample_cpu() {
  v1::Platform platform;
  platform.set_name("platforms/raspberry-pi-4");
  platform.set_id("raspberry-pi-4");
  platform.set_title("Raspberry Pi 4 Model B");
  platform.set_device_class(v1::CPU);
  platform.set_built_in(true);
  add_compute(&platform, "fp32", 24e9);
  add_compute(&platform, "int8", 60e9);
  add_memory(&platform, "L2", 1 << 20, 48e9);
  add_memory(&platform, "DRAM", 0, 4e9);
  return platform;
}

v1::Platform sample_fpga() {
  v1::Platform platform;
  platform.set_name("platforms/zcu104");
  platform.set_id("zcu104");
  platform.set_title("ZCU104");
  platform.set_device_class(v1::FPGA);
  platform.set_built_in(true);
  set_figure(platform.mutable_fpga()->mutable_lut(), 230400, "data sheet, table 1");
  set_figure(platform.mutable_fpga()->mutable_dsp(), 1728, "data sheet, table 1");
  set_figure(platform.mutable_fpga()->mutable_clock_hertz(), 300e6, "by experience");
  add_memory(&platform, "BRAM", 4.75e6, 600e9);
  add_memory(&platform, "DRAM", 0, 19.2e9);
  return platform;
}

v1::Estimate sample_estimate(const v1::Platform& platform, int bits) {
  v1::Estimate estimate;
  estimate.set_platform(platform.name());
  estimate.set_batch(1);
  estimate.set_fits(true);
  add_roofs(platform, bits, &estimate);
  const double bandwidth = platform.memory(platform.memory_size() - 1).bandwidth_bytes_per_second().value();
  double total = 0, stored = 0;
  for (const SampleLayer& layer : kLayers) {
    v1::LayerEstimate* priced = estimate.add_layers();
    priced->set_layer(layer.name);
    priced->set_op(layer.op);
    const std::string format = bits > 8 ? "fp32 x fp32" : fmt::format("int{} x uint8", bits);
    priced->set_arithmetic(format);
    priced->set_runs_as(bits > 8 ? "fp32 x fp32" : platform.has_fpga() ? format : "int8 x int8");
    priced->set_op_count(2 * layer.macs + layer.activations);
    priced->set_weight_bytes(layer.weights * bits / 8);
    priced->set_activation_bytes(layer.activations * (bits > 8 ? 4 : 1));
    const double moved = priced->weight_bytes() + priced->activation_bytes();
    priced->set_intensity_ops_per_byte(priced->op_count() / moved);
    const double compute = priced->op_count() / peak(platform, bits), memory = moved / bandwidth;
    priced->set_binding_roof(compute > memory ? "compute " + format : "memory DRAM");
    priced->set_latency_seconds(std::max(compute, memory));
    priced->set_energy_joules(moved * 1e-10 + priced->op_count() * 1e-12);
    total += priced->latency_seconds();
    stored += priced->weight_bytes();
  }
  estimate.set_latency_seconds(total);
  estimate.set_throughput_per_second(1 / total);
  estimate.set_energy_joules(total * 3);
  estimate.set_weight_bytes(stored);
  estimate.set_peak_activation_bytes(4240);
  if (platform.has_fpga()) {
    estimate.set_lut_count(9000 * bits);
    estimate.set_dsp_count(20 * bits);
    estimate.set_bram18_count(12 * bits);
  }
  return estimate;
}

v1::EstimateOnPlatformsResponse sample_platform_estimates() {
  struct Row {
    const char *id, *title;
    v1::DeviceClass kind;
    double latency_ms, rate, joules;  // no joules: not known
    v1::EnergyBasis basis;
  };
  constexpr Row kRows[] = {{"gpu-a", "A GPU", v1::GPU, 2, 4000, 0.1, v1::PEAK_POWER_TIMES_TIME},
                           {"gpu-b", "Another GPU", v1::GPU, 1.5, 3000, 0.2, v1::PEAK_POWER_TIMES_TIME},
                           {"chip", "A chip", v1::ASIC, 0.5, 2000, 1e-3, v1::ACTIVITY_ALONE},
                           {"board", "A board", v1::CPU, 20, 50, 0.3, v1::MEASURED_ENERGY},
                           {"small", "A small one", v1::MCU, 0.1, 9000, 0, v1::ENERGY_BASIS_UNSPECIFIED}};
  v1::EstimateOnPlatformsResponse response;
  for (const Row& row : kRows) {
    v1::PlatformEstimate* one = response.add_estimates();
    one->set_device_class(row.kind);
    one->set_title(row.title);
    v1::Estimate& estimate = *one->mutable_estimate();
    estimate.set_platform(std::string("platforms/") + row.id);
    estimate.set_batch(1);
    estimate.set_latency_seconds(row.latency_ms * 1e-3);
    estimate.mutable_latency_interval_seconds()->set_low(row.latency_ms * 0.5e-3);
    estimate.mutable_latency_interval_seconds()->set_high(row.latency_ms * 2e-3);
    estimate.set_throughput_per_second(row.rate);
    estimate.mutable_throughput_interval_per_second()->set_low(row.rate / 2);
    estimate.mutable_throughput_interval_per_second()->set_high(row.rate * 2);
    estimate.set_energy_basis(row.basis);
    if (row.joules > 0) estimate.set_energy_joules(row.joules);
    estimate.set_weight_bytes(25.6e6);
    estimate.set_binding_roof("memory DRAM");
    estimate.set_fits(row.kind != v1::MCU);
    if (!estimate.fits()) estimate.set_does_not_fit("needs 9 bytes");
  }
  for (const char* id : {"eie", "eyeriss"}) {
    v1::UnpricedPlatform* unpriced = response.add_unpriced();
    unpriced->set_platform(std::string("platforms/") + id);
    unpriced->set_reason("no peak holds fp32 x fp32");
  }
  return response;
}

v1::Validation sample_validation() {
  v1::Validation validation;
  for (int i = 0; i < 60; ++i) {
    v1::ValidationRow* row = validation.add_rows();
    row->set_file("measured.csv");
    row->set_line(i + 2);
    row->set_device_class(i % 2 == 0 ? "cpu" : "gpu");
    row->set_platform(i % 2 == 0 ? "raspberry-pi-4" : "nvidia-t4");
    row->set_network(fmt::format("network {}", i));
    row->set_format("int8");
    row->set_batch_size(1);
    row->set_measured_seconds(1e-4 * std::pow(1.15, i));
    for (const auto grade : {v1::UNSEEN_ROW, v1::UNSEEN_NETWORK, v1::UNSEEN_PLATFORM}) {
      v1::ValidationPrediction* prediction = row->add_predictions();
      const double off = i == 10 ? 0.2 : std::exp((grade == v1::UNSEEN_PLATFORM ? 0.3 : 0.1) * std::sin(7.0 * i));
      prediction->set_grade(grade);
      prediction->set_predicted_seconds(row->measured_seconds() * off);
      prediction->mutable_interval_seconds()->set_low(prediction->predicted_seconds() * 0.7);
      prediction->mutable_interval_seconds()->set_high(prediction->predicted_seconds() * 1.4);
    }
  }
  validation.mutable_rows(10)->set_likely_reason("the engine fuses or skips work that counts of operations include");
  for (const char* group : {"all", "class cpu", "class gpu", "file measured.csv"})
    for (const auto grade : {v1::UNSEEN_ROW, v1::UNSEEN_NETWORK, v1::UNSEEN_PLATFORM}) {
      v1::ValidationSummary* summary = validation.add_summaries();
      summary->set_group(group);
      summary->set_grade(grade);
      summary->set_row_count(60);
      summary->set_geometric_mean_ratio(1.01);
      summary->set_median_error(0.07);
      summary->set_mean_error(0.09);
      summary->set_rank_correlation(0.995);
      summary->set_coverage(0.9);
      summary->set_baseline_median_error(0.31);
    }
  v1::ValidationLeftOut* left_out = validation.add_left_out();
  left_out->set_reason("no platform file has the alias 'abacus'");
  left_out->set_row_count(1204);
  left_out->set_example("measured.csv:77");
  return validation;
}

v1::Evaluation sample_evaluation(int index, int bits, double top1) {
  v1::Evaluation evaluation;
  evaluation.set_name(fmt::format("explorations/e1/evaluations/{}", index));
  evaluation.set_index(index);
  evaluation.set_label("post-training");
  evaluation.mutable_accuracy()->set_top1(top1);
  evaluation.mutable_accuracy()->mutable_top1_interval()->set_low(top1 - 0.006);
  evaluation.mutable_accuracy()->mutable_top1_interval()->set_high(top1 + 0.005);
  evaluation.mutable_accuracy()->set_top5(0.998);
  evaluation.mutable_accuracy()->set_agreement(std::min(1.0, top1 + 0.07));
  evaluation.mutable_accuracy()->set_snr_db(12.5);
  evaluation.mutable_accuracy()->set_image_count(9488);
  for (const v1::Platform& platform : {sample_cpu(), sample_fpga()}) {
    *evaluation.add_estimates() = sample_estimate(platform, bits);
    evaluation.mutable_estimates()->rbegin()->clear_layers();
  }
  if (bits > 8) return evaluation;
  for (const char* layer : {"conv1", "conv2", "fc1"}) {
    v1::Step* step = evaluation.mutable_recipe()->add_steps();
    step->set_layer(layer);
    step->set_method("integer");
    (*step->mutable_knobs())["weight_bits"].set_number_value(bits);
    (*step->mutable_knobs())["activation_bits"].set_number_value(layer[0] == 'f' ? 4 : 8);
    (*step->mutable_knobs())["ranges"].set_string_value("min-max");
  }
  return evaluation;
}

v1::MeasureSensitivityResponse sample_sensitivities(int layers) {
  v1::MeasureSensitivityResponse response;
  response.set_image_count(256);
  for (int layer = 0; layer < layers; ++layer) {
    const bool last = layer + 1 == layers;
    const double weight = layer == 0 ? 4 : last ? 2.5 : 0.2 + 0.1 * (layer * 7 % 11);
    const auto add = [&](const std::string& method, double divergence) -> v1::Sensitivity& {
      v1::Sensitivity& one = *response.add_sensitivities();
      one.add_layers(last ? "fc" : "conv" + std::to_string(layer + 1));
      one.add_steps()->set_method(method);
      one.mutable_counts()->set_image_count(256);
      one.set_divergence_nats(divergence);
      one.set_loss_increase_nats(0.8 * divergence);
      one.set_snr_db(20 - 10 * std::log10(divergence));
      one.set_layer_snr_db(15 - 10 * std::log10(divergence));
      one.set_top1_drop(divergence / 10);
      return one;
    };
    for (const int activation_bits : {8, 4})
      for (const int weight_bits : {8, 6, 4, 3, 2}) {
        auto& knobs = *add("integer", weight * (std::pow(4.0, -weight_bits) + std::pow(5.0, -activation_bits)))
                           .mutable_steps(0)
                           ->mutable_knobs();
        knobs["weight_bits"].set_number_value(weight_bits);
        knobs["activation_bits"].set_number_value(activation_bits);
        knobs["granularity"].set_string_value("channel");
      }
    if (layer % 2 == 0)
      (*add("prune", 0.01 * weight).mutable_steps(0)->mutable_knobs())["fraction"].set_number_value(0.5);
  }
  response.set_choices_done(response.sensitivities_size());
  response.set_choices_total(response.sensitivities_size());
  return response;
}

v1::Exploration sample_exploration() {
  v1::Exploration exploration;
  exploration.set_name("explorations/e1");
  exploration.set_state(v1::SUCCEEDED);
  exploration.set_evaluation_count(121);
  exploration.set_evaluations_wanted(121);
  exploration.set_space_size(1.2e7);
  exploration.set_hypervolume(0.8123);
  exploration.set_best_top1(0.913);
  exploration.mutable_create_time()->set_seconds(1700000000);
  v1::ExplorationSpec& spec = *exploration.mutable_spec();
  spec.set_model("lenet5");
  spec.set_dataset("fashion");
  for (const char* platform : {"raspberry-pi-4", "zcu104"}) spec.add_platforms(platform);
  for (const char* objective : {"maximise top1", "minimise latency", "minimise energy", "minimise weight_bytes"})
    spec.add_objectives(objective);
  spec.add_constraints("top1 >= 0.85");
  spec.add_constraints("latency@zcu104 <= 30 us");
  return exploration;
}

v1::ListEvaluationsResponse sample_evaluations() {
  v1::ListEvaluationsResponse all;
  Rng rng(7);
  *all.add_evaluations() = sample_evaluation(0, 32, 0.913);
  for (int i = 1; i <= 120; ++i) {
    const int bits = 2 + static_cast<int>(rng.below(7));
    const double loss = std::pow(2.0, -bits) * (0.2 + 1.2 * rng.uniform());
    v1::Evaluation evaluation = sample_evaluation(i, bits, std::max(0.1, 0.914 - loss));
    // Filters pruned by chance: fewer operations, some accuracy lost.
    const double kept = 0.5 + 0.5 * rng.uniform();
    v1::Accuracy& accuracy = *evaluation.mutable_accuracy();
    accuracy.set_top1(accuracy.top1() - 0.03 * (1 - kept));
    accuracy.mutable_top1_interval()->set_low(accuracy.top1() - 0.006);
    accuracy.mutable_top1_interval()->set_high(accuracy.top1() + 0.005);
    for (v1::Estimate& estimate : *evaluation.mutable_estimates()) {
      estimate.set_latency_seconds(estimate.latency_seconds() * kept);
      estimate.set_energy_joules(estimate.energy_joules() * kept);
      estimate.set_weight_bytes(estimate.weight_bytes() * kept);
    }
    *all.add_evaluations() = evaluation;
  }
  return all;
}

v1::GetParetoFrontResponse sample_fronts() {
  v1::GetParetoFrontResponse fronts;
  const v1::ListEvaluationsResponse all = sample_evaluations();
  for (int p = 0; p < 2; ++p) {
    v1::ParetoFront* front = fronts.add_fronts();
    front->set_platform(p == 0 ? "platforms/raspberry-pi-4" : "platforms/zcu104");
    front->set_hypervolume(0.81 + 0.03 * p);
    *front->mutable_base() = all.evaluations(0);
    for (const char* objective : {"maximise top1", "minimise latency"}) front->add_objectives(objective);
    for (const v1::Evaluation& one : all.evaluations()) {
      const auto beats = [&](const v1::Evaluation& other) {
        return other.accuracy().top1() >= one.accuracy().top1() &&
               other.estimates(p).latency_seconds() <= one.estimates(p).latency_seconds() &&
               (other.accuracy().top1() > one.accuracy().top1() ||
                other.estimates(p).latency_seconds() < one.estimates(p).latency_seconds());
      };
      if (one.index() > 0 && one.accuracy().top1() >= 0.85 &&
          std::none_of(all.evaluations().begin(), all.evaluations().end(), beats))
        *front->add_evaluations() = one;
    }
  }
  return fronts;
}

v1::GetParetoFrontResponse sample_folded_fronts() {
  v1::GetParetoFrontResponse fronts = sample_fronts();
  for (v1::ParetoFront& front : *fronts.mutable_fronts()) {
    const v1::ParetoFront whole = front;
    front.clear_evaluations();
    front.set_point_count(whole.evaluations_size());
    front.set_listed_hypervolume(whole.hypervolume() * 0.99);
    for (int i = 0; i < whole.evaluations_size(); ++i) {
      if (i % 2 == 1) {
        front.mutable_points(i / 2)->add_stands_for(whole.evaluations(i).index());
        continue;
      }
      *front.add_evaluations() = whole.evaluations(i);
      front.add_points();
    }
    front.mutable_recommended()->set_index(front.evaluations(1).index());
    front.mutable_recommended()->set_reason(
        "loses 0.4 points of top-1 and takes 3.1 times less energy than the base network");
  }
  return fronts;
}

v1::GetParetoFrontResponse sample_confirmed_fronts() {
  v1::GetParetoFrontResponse fronts = sample_fronts();
  const auto confirm = [](v1::Evaluation& evaluation, double worse) {
    v1::Accuracy& confirmed = *evaluation.mutable_confirmed();
    confirmed = evaluation.accuracy();
    confirmed.set_top1(evaluation.accuracy().top1() - worse);
    confirmed.mutable_top1_interval()->set_low(confirmed.top1() - 0.012);
    confirmed.mutable_top1_interval()->set_high(confirmed.top1() + 0.011);
    confirmed.set_image_count(2846);
  };
  for (v1::ParetoFront& front : *fronts.mutable_fronts()) {
    confirm(*front.mutable_base(), 0.001);
    for (v1::Evaluation& evaluation : *front.mutable_evaluations()) confirm(evaluation, 0.004);
    front.add_refuted(front.evaluations().rbegin()->index());
  }
  return fronts;
}

v1::CompareFrontsResponse sample_comparison() {
  v1::CompareFrontsResponse response;
  const v1::GetParetoFrontResponse fronts = sample_fronts();
  for (int p = 0; p < fronts.fronts_size(); ++p) {
    const v1::ParetoFront& front = fronts.fronts(p);
    v1::FrontComparison* comparison = response.add_comparisons();
    comparison->set_platform(front.platform());
    for (const std::string& objective : front.objectives())
      comparison->mutable_box()->add_sides()->set_objective(objective);
    comparison->set_joint_hypervolume(0.83);
    v1::ComparedFront &first = *comparison->mutable_first(), &second = *comparison->mutable_second();
    first.set_name("explorations/e1");
    first.set_hypervolume(front.hypervolume());
    second.set_name("explorations/e2");
    second.set_hypervolume(0.78);
    for (int i = 0; i < front.evaluations_size(); ++i) {
      v1::ComparedPoint* point = first.add_points();
      *point->mutable_evaluation() = front.evaluations(i);
      point->set_standing(v1::EXTENDS);
      // The second front has every third point, some of them a tenth slower.
      if (i % 3 != 0) continue;
      v1::ComparedPoint* other = second.add_points();
      *other->mutable_evaluation() = front.evaluations(i);
      other->set_beaten_by(front.evaluations(i).index());
      if (i % 2 == 0) {
        other->set_standing(v1::EQUALS);
        point->set_standing(v1::EQUALS);
        point->set_beaten_by(front.evaluations(i).index());
      } else {
        v1::Estimate* estimate = other->mutable_evaluation()->mutable_estimates(p);
        estimate->set_latency_seconds(estimate->latency_seconds() * 1.1);
        other->set_standing(v1::DOMINATED);
        second.set_dominated_count(second.dominated_count() + 1);
      }
    }
    v1::ComparedPoint* int4 = comparison->add_contenders();
    int4->set_label("configurations/int4.yaml");
    *int4->mutable_evaluation() = sample_evaluation(0, 4, 0.87);
    int4->set_standing(v1::DOMINATED);
    int4->set_beaten_by(17);
    int4->set_message("is dominated by #17, which gains 1.2 points of top-1 against it");
    v1::ComparedPoint* int2 = comparison->add_contenders();
    int2->set_label("int2.yaml");
    *int2->mutable_evaluation() = sample_evaluation(0, 2, 0.86);
    int2->set_standing(v1::EXTENDS);
    int2->set_message("extends the front by 0.0120 of the box");
  }
  response.add_notes("energy is an objective of 'e2' alone, and left out");
  return response;
}

}  // namespace roofscape::client
