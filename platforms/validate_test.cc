#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "analytics/base/status_matchers.h"
#include "platforms/library.h"

namespace roofscape::platforms {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using testing::StatusIs;

const v1::Platform& built_in(std::string_view id) {
  for (const v1::Platform& platform : built_in_platforms())
    if (platform.id() == id) return platform;
  throw std::runtime_error("no such platform");
}

v1::Figure count(double value) {
  v1::Figure figure;
  figure.set_value(value);
  figure.set_source("test");
  figure.set_provenance(v1::RECALLED);
  return figure;
}
v1::Figure& peak(v1::Platform& p, std::string_view format) {
  for (v1::ComputeCeiling& ceiling : *p.mutable_compute())
    if (ceiling.weight() == format && ceiling.sparsity().empty()) return *ceiling.mutable_ops_per_second();
  throw std::runtime_error("no such peak");
}
v1::Figure& outermost(v1::Platform& p) {
  return *p.mutable_memory(p.memory_size() - 1)->mutable_bandwidth_bytes_per_second();
}
void add_winograd(v1::Platform& p, const char* format, double gain) {
  v1::ComputeCeiling* ceiling = p.add_compute();
  ceiling->set_weight(format);
  ceiling->set_algorithm("winograd");
  *ceiling->mutable_ops_per_second() = count(gain * peak(p, format).value());
}

struct Nonsense {
  const char* what;
  const char* base;
  void (*change)(v1::Platform& p);
  const char* field;
  const char* message;
};

class ValidatePlatform : public ::testing::TestWithParam<Nonsense> {};
TEST_P(ValidatePlatform, RejectsNonsense) {
  v1::Platform platform = built_in(GetParam().base);
  ASSERT_THAT(validate_platform(platform), IsOk());
  GetParam().change(platform);
  const Status status = validate_platform(platform);
  EXPECT_THAT(status, StatusIs(Code::kInvalidArgument, HasSubstr(GetParam().message)));
  EXPECT_EQ(status.field(), GetParam().field);
}

using P = v1::Platform;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
INSTANTIATE_TEST_SUITE_P(
    All, ValidatePlatform,
    ::testing::Values(
        Nonsense{"id", "tpu-v1", [](P& p) { p.set_id("TPU v1"); }, "id", "'TPU v1' is no id; use 1 to 63 lower-case"},
        Nonsense{"no_title", "tpu-v1", [](P& p) { p.set_title(" "); }, "title", "title is empty"},
        Nonsense{"long_title", "tpu-v1", [](P& p) { p.set_title(std::string(401, 'x')); }, "title",
                 "401 bytes of text; at most 400"},
        Nonsense{"terminal", "tpu-v1", [](P& p) { p.set_family("\x1b[2J"); }, "family", "'\\x1b[2J' holds a control"},
        Nonsense{"no_class", "tpu-v1", [](P& p) { p.clear_device_class(); }, "device_class",
                 "no device class; use cpu, gpu, fpga, asic, npu or mcu"},
        Nonsense{"alias_twice", "tpu-v1", [](P& p) { p.add_aliases("coral"), p.add_aliases("coral"); }, "aliases[2]",
                 "alias 'coral' stands twice"},
        Nonsense{"no_compute", "tpu-v1", [](P& p) { p.clear_compute(); }, "compute", "no arithmetic peak"},
        Nonsense{"many", "tpu-v1", [](P& p) { for (int i = 0; i < 64; ++i) p.add_compute(); }, "compute",
                 "65 ceilings; at most 64"},
        Nonsense{"format", "tpu-v1", [](P& p) { p.mutable_compute(0)->set_weight("int33"); }, "compute[0].weight",
                 "'int33' is not a number format"},
        Nonsense{"activation_format", "tpu-v1", [](P& p) { p.mutable_compute(0)->set_activation("nibble"); },
                 "compute[0].activation", "'nibble' is not a number format"},
        Nonsense{"spelling", "tpu-v1", [](P& p) { p.mutable_compute(0)->set_weight("e5m10"); }, "compute[0].weight",
                 "'e5m10' is usually written 'fp16'"},
        Nonsense{"twice", "tpu-v1",
                 [](P& p) {
                   *p.add_compute() = p.compute(0);
                   p.mutable_compute(1)->set_activation("int8");
                 },
                 "compute[1].weight", "the peak for int8 x int8 stands twice"},
        Nonsense{"pattern", "tpu-v1", [](P& p) { p.mutable_compute(0)->set_sparsity("2 of 4"); },
                 "compute[0].sparsity", "'2 of 4' is no pattern; use N:M"},
        Nonsense{"no_peak", "tpu-v1", [](P& p) { p.mutable_compute(0)->clear_ops_per_second(); },
                 "compute[0].ops_per_second", "no peak for int8 x int8"},
        Nonsense{"zero", "tpu-v1", [](P& p) { p.mutable_compute(0)->mutable_ops_per_second()->set_value(0); },
                 "compute[0].ops_per_second.value", "0 is not positive; leave a figure out where it is not known"},
        Nonsense{"negative", "tpu-v1", [](P& p) { p.mutable_peak_watts()->set_value(-75); }, "peak_watts.value",
                 "-75 is not positive"},
        Nonsense{"nan", "tpu-v1", [](P& p) { p.mutable_peak_watts()->set_value(kNan); }, "peak_watts.value",
                 "nan is not a finite number"},
        Nonsense{"tops", "tpu-v1", [](P& p) { p.mutable_compute(0)->mutable_ops_per_second()->set_value(92); },
                 "compute[0].ops_per_second.value",
                 "92 operations a second is not plausible (from 10000 to 1e+19); give 1.2e11 for 120 GOPS"},
        Nonsense{"gigabytes", "tpu-v1",
                 [](P& p) { p.mutable_memory(1)->mutable_bandwidth_bytes_per_second()->set_value(34); },
                 "memory[1].bandwidth_bytes_per_second.value", "34 bytes a second is not plausible"},
        Nonsense{"no_source", "tpu-v1", [](P& p) { p.mutable_peak_watts()->set_source(""); }, "peak_watts.source",
                 "no source; say where the figure comes from"},
        Nonsense{"two_lines", "tpu-v1", [](P& p) { p.mutable_peak_watts()->set_source("line\nbreak"); }, "peak_watts.source",
                 "a line break"},
        Nonsense{"no_provenance", "tpu-v1", [](P& p) { p.mutable_peak_watts()->clear_provenance(); },
                 "peak_watts.provenance", "no provenance; use datasheet, paper, measured, derived or recalled"},
        Nonsense{"no_memory", "tpu-v1", [](P& p) { p.clear_memory(); }, "memory", "no memory; give at least"},
        Nonsense{"unnamed_memory", "tpu-v1", [](P& p) { p.mutable_memory(0)->clear_name(); }, "memory[0].name",
                 "name is empty"},
        Nonsense{"level_twice", "tpu-v1", [](P& p) { p.mutable_memory(0)->set_name("DRAM"); }, "memory[1].name",
                 "the level 'DRAM' stands twice"},
        Nonsense{"no_capacity", "tpu-v1", [](P& p) { p.mutable_memory(0)->clear_capacity_bytes(); },
                 "memory[0].capacity_bytes", "the inner level 'on-chip' has no capacity"},
        Nonsense{"no_bandwidth", "tpu-v1", [](P& p) { p.mutable_memory(1)->clear_bandwidth_bytes_per_second(); },
                 "memory[1].bandwidth_bytes_per_second", "the outermost level 'DRAM' has no bandwidth"},
        Nonsense{"nowhere_for_weights", "tpu-v1", [](P& p) { p.mutable_memory(1)->set_activations_only(true); },
                 "memory[1].activations_only", "the outermost level 'DRAM' must hold weights, too"},
        Nonsense{"nowhere_for_anything", "tpu-v1",
                 [](P& p) {
                   p.mutable_memory(0)->set_activations_only(true);
                   p.mutable_memory(0)->set_weights_only(true);
                 },
                 "memory[0].weights_only", "the level 'on-chip' can hold neither weights nor activations"},
        Nonsense{"nowhere_for_activations", "stm32l4r5-x-cube-ai",
                 [](P& p) { p.mutable_memory(0)->set_weights_only(true); }, "memory[1].weights_only",
                 "no level can hold activations"},
        Nonsense{"order", "tpu-v1",
                 [](P& p) {
                   *p.mutable_memory(1)->mutable_capacity_bytes() = p.memory(0).capacity_bytes();
                   p.mutable_memory(1)->mutable_capacity_bytes()->set_value(1024);
                 },
                 "memory[1].capacity_bytes.value", "'DRAM' holds 1024 bytes and the level before it"},
        Nonsense{"inverted", "tpu-v1",
                 [](P& p) {
                   auto* inner = p.mutable_memory(0)->mutable_bandwidth_bytes_per_second();
                   *inner = p.memory(1).bandwidth_bytes_per_second();
                   inner->set_value(1e9);
                 },
                 "memory[1].bandwidth_bytes_per_second.value", "'DRAM' is faster (34000000000 bytes a second)"},
        Nonsense{"fabric_on_cpu", "raspberry-pi-4", [](P& p) { *p.mutable_fpga() = built_in("zcu104").fpga(); }, "fpga",
                 "programmable logic on a device that is no FPGA"},
        Nonsense{"no_fabric", "zcu104", [](P& p) { p.clear_fpga(); }, "fpga", "an FPGA without its programmable logic"},
        Nonsense{"no_lut", "zcu104", [](P& p) { p.mutable_fpga()->clear_lut(); }, "fpga.lut",
                 "programmable logic without lut"},
        Nonsense{"megahertz", "zcu104", [](P& p) { p.mutable_fpga()->mutable_clock_hertz()->set_value(200); },
                 "fpga.clock_hertz.value", "200 hertz is not plausible (from 10000 to 1e+11); give 2e8 for 200 MHz"},
        Nonsense{"percent", "zcu104", [](P& p) { p.mutable_fpga()->mutable_usable_lut_fraction()->set_value(70); },
                 "fpga.usable_lut_fraction.value", "70 a share is not plausible (from 0.001 to 1); give 0.7 for 70 %"},
        Nonsense{"reserved", "zcu104",
                 [](P& p) {
                   *p.mutable_fpga()->mutable_reserved_lut() = p.fpga().lut();
                 },
                 "fpga.reserved_lut.value", "230400 look-up tables reserved of 230400; nothing is left"},
        Nonsense{"idle", "zcu104", [](P& p) { p.mutable_static_watts()->set_value(22); }, "static_watts.value",
                 "22 W when idle and 21.4 W at full load"},
        Nonsense{"launch", "nvidia-t4",
                 [](P& p) {
                   *p.mutable_launch_seconds_per_layer() = p.peak_watts();
                   p.mutable_launch_seconds_per_layer()->set_value(20);
                 },
                 "launch_seconds_per_layer.value", "20 seconds is not plausible"},
        Nonsense{"sparse", "nvidia-a100",
                 [](P& p) { p.mutable_compute(2)->mutable_ops_per_second()->set_value(4 * 3.12e14); },
                 "compute[2].ops_per_second.value", "the int8 peak is 4 times the fp16 peak, as with 2:4 sparsity"},
        Nonsense{"sparse_h100", "nvidia-h100-sxm", [](P& p) { peak(p, "int8").set_value(3.958e15); },
                 "compute[2].ops_per_second.value", "the int8 peak is 4 times the fp16 peak, as with 2:4 sparsity"},
        Nonsense{"sparse_fp8", "nvidia-h100-sxm", [](P& p) { peak(p, "e4m3fn").set_value(3.958e15); },
                 "compute[3].ops_per_second.value", "the e4m3fn peak is 4 times the fp16 peak"},
        Nonsense{"sparse_int4", "nvidia-a100",
                 [](P& p) { peak(p, "int4").set_value(8 * 3.12e14); }, "compute[3].ops_per_second.value",
                 "the int4 peak is 8 times the fp16 peak, as with 2:4 sparsity; give the dense peak"},
        Nonsense{"sparse_fp16", "nvidia-a100",
                 [](P& p) {
                   for (const char* format : {"fp16", "int8", "int4"})
                     peak(p, format).set_value(2 * peak(p, format).value());
                 },
                 "compute[1].ops_per_second.value", "the fp16 peak is 32 times the fp32 peak, as with 2:4 sparsity"},
        Nonsense{"pattern_equal", "nvidia-a100",
                 [](P& p) { p.mutable_compute(5)->mutable_ops_per_second()->set_value(6.24e14); },
                 "compute[5].ops_per_second.value",
                 "the peak for weights 2:4 is 1 times the dense one; it should be 1.5 to 2.1 times it"},
        Nonsense{"pattern_great", "nvidia-a100",
                 [](P& p) { p.mutable_compute(5)->mutable_ops_per_second()->set_value(4 * 6.24e14); },
                 "compute[5].ops_per_second.value", "the peak for weights 2:4 is 4 times the dense one"},
        Nonsense{"int4_on_hopper", "nvidia-a100", [](P& p) { p.set_family("hopper"); }, "compute[3].weight",
                 "Hopper has no int4 arithmetic; leave the peak out, int4 runs as int8"},
        Nonsense{"algorithm", "nvidia-t4", [](P& p) { p.mutable_compute(0)->set_algorithm("fft"); },
                 "compute[0].algorithm", "'fft' is no algorithm; use winograd, or leave it out"},
        Nonsense{"scales", "nvidia-t4", [](P& p) { p.mutable_compute(0)->set_weight_scales("per-row"); },
                 "compute[0].weight_scales", "'per-row' are no scales of weights; use per-tensor, or leave it out"},
        Nonsense{"scales_of_floats", "raspberry-pi-4",
                 [](P& p) { p.mutable_compute(0)->set_weight_scales("per-tensor"); }, "compute[0].weight_scales",
                 "scales of fp32 weights; integers alone have them"},
        Nonsense{"lanes_of_a_peak", "tpu-v1",
                 [](P& p) { *p.mutable_compute(0)->mutable_input_lane_count() = count(-4); },
                 "compute[0].input_lane_count.value", "-4"},
        Nonsense{"half_a_lane", "tpu-v1",
                 [](P& p) { *p.mutable_compute(0)->mutable_input_lane_count() = count(32.5); },
                 "compute[0].input_lane_count.value", "32.5 pieces; use a whole number"},
        Nonsense{"lane_use", "tpu-v1", [](P& p) { p.mutable_compute(0)->set_input_lane_use("rows"); },
                 "compute[0].input_lane_use", "'rows' is nothing that lanes take; use window or kernel-rows"},
        Nonsense{"kernel_rows_and_outputs", "tpu-v1",
                 [](P& p) { p.mutable_compute(0)->set_input_lane_use("kernel-rows"); },
                 "compute[0].output_lane_count", "an array whose lanes take rows of kernels has no output lanes"},
        Nonsense{"systolic", "tpu-v1",
                 [](P& p) {
                   p.mutable_compute(0)->set_systolic(true);
                   *p.mutable_compute(0)->mutable_pixel_lane_count() = count(8);
                 },
                 "compute[0].systolic", "a systolic array has two kinds of lanes"},
        Nonsense{"vector_unit_without_rate", "eie", [](P& p) { p.mutable_vector_unit()->set_depthwise(true); },
                 "vector_unit.steps_per_second", "no rate; give steps_per_second, or steps_per_cycle and cores"},
        Nonsense{"streaming_vector_unit", "zcu104", [](P& p) { p.mutable_vector_unit(); }, "vector_unit",
                 "streaming designs have a unit for each layer"},
        Nonsense{"engines_without_number", "tpu-v1", [](P& p) { p.mutable_image_engines(); },
                 "image_engines.engine_count", "no number of engines; give engine_count or cores"},
        Nonsense{"half_an_engine", "tpu-v1",
                 [](P& p) { *p.mutable_image_engines()->mutable_engine_count() = count(1.5); },
                 "image_engines.engine_count.value", "1.5 pieces; use a whole number"},
        Nonsense{"engines_beyond_number", "tpu-v1",
                 [](P& p) { *p.mutable_image_engines()->mutable_engine_count() = count(300); },
                 "image_engines.engine_count", "300 engines; at most 256"},
        Nonsense{"ports_of_shared_weights", "kv260-dpu", [](P& p) { p.mutable_image_engines()->set_share_weights(true); },
                 "image_engines.port_bytes_per_second", "pass through no engine's own ports"},
        Nonsense{"streaming_engines", "zcu104", [](P& p) { p.mutable_image_engines(); }, "image_engines",
                 "a streaming design works on several images by itself"},
        Nonsense{"winograd_slow", "raspberry-pi-4", [](P& p) { add_winograd(p, "fp32", 1); },
                 "compute[2].ops_per_second.value",
                 "the Winograd peak is 1 times the nominal one; it should be above it and at most 4 times it"},
        Nonsense{"winograd_fast", "raspberry-pi-4", [](P& p) { add_winograd(p, "fp32", 5); },
                 "compute[2].ops_per_second.value", "the Winograd peak is 5 times the nominal one"},
        Nonsense{"winograd_int8", "raspberry-pi-4", [](P& p) { add_winograd(p, "int8", 2); }, "compute[2].algorithm",
                 "a Winograd peak for int8; engines use it for floats only"},
        Nonsense{"winograd_alone", "raspberry-pi-4",
                 [](P& p) { add_winograd(p, "fp32", 2), p.mutable_compute()->DeleteSubrange(0, 1); },
                 "compute[1].algorithm", "a Winograd peak without the nominal one for fp32"},
        Nonsense{"cycles_without_cores", "tpu-v1",
                 [](P& p) { *p.mutable_compute(0)->mutable_ops_per_cycle() = count(4); }, "compute[0].ops_per_cycle",
                 "operations a cycle without cores; give cores.core_count and cores.clock_hertz"},
        Nonsense{"cores_without_clock", "tpu-v1",
                 [](P& p) { *p.mutable_cores()->mutable_core_count() = count(4); }, "cores.clock_hertz",
                 "cores without their clock"},
        Nonsense{"no_cores", "tpu-v1", [](P& p) { *p.mutable_cores()->mutable_clock_hertz() = count(7e8); },
                 "cores.core_count", "cores without their number"},
        Nonsense{"above_cores", "tpu-v1",
                 [](P& p) {
                   *p.mutable_cores()->mutable_core_count() = count(1);
                   *p.mutable_cores()->mutable_clock_hertz() = count(7e8);
                   *p.mutable_compute(0)->mutable_ops_per_cycle() = count(65536);
                 },
                 "compute[0].ops_per_second.value",
                 "9.2e+13 operations a second; 1 core x 700 MHz x 65536 operations a cycle make 4.58752e+13"},
        Nonsense{"gpu_bits", "nvidia-t4",
                 [](P& p) {
                   p.mutable_memory()->DeleteSubrange(0, 1);
                   outermost(p).set_value(2.56e12);
                 },
                 "memory[0].bandwidth_bytes_per_second.value",
                 "2.56e+12 bytes a second are more than a GPU of 70 W has (1.05e+12); are these bits? Then give 3.2e+11"},
        Nonsense{"any_bits", "tpu-v1",
                 [](P& p) { outermost(p).set_value(1.3e13); },
                 "memory[1].bandwidth_bytes_per_second.value", "1.3e+13 bytes a second are more than any device has"},
        Nonsense{"mcu_bits", "tpu-v1", [](P& p) { p.set_device_class(v1::MCU); },
                 "memory[1].bandwidth_bytes_per_second.value", "bytes a second are more than a microcontroller has"},
        Nonsense{"stated_bits", "tpu-v1",
                 [](P& p) {
                   p.mutable_memory(0)->mutable_capacity_bytes()->set_source("the data sheet: 28 Mb of SRAM");
                 },
                 "memory[0].capacity_bytes.value",
                 "2.93601e+07 is the number of bits that the source states; in bytes that is 3.67002e+06"},
        Nonsense{"stated_gigabits", "tpu-v1",
                 [](P& p) { outermost(p).set_source("34 Gbit/s, says the vendor"); },
                 "memory[1].bandwidth_bytes_per_second.value", "3.4e+10 is the number of bits that the source states"},
        Nonsense{"overlay_and_fabric", "zcu104", [](P& p) { *p.add_compute() = built_in("tpu-v1").compute(0); },
                 "compute", "a streaming design gives `fpga`, an overlay `compute`"},
        Nonsense{"npu_without_peak", "tpu-v1", [](P& p) { p.set_device_class(v1::NPU), p.clear_compute(); }, "compute",
                 "no arithmetic peak"},
        Nonsense{"runtime", "tpu-v1", [](P& p) { p.set_runtime("TensorRT 8"); }, "runtime",
                 "'TensorRT 8' is no key; write it like an id"},
        Nonsense{"keyword_twice", "tpu-v1", [](P& p) { p.add_mode_keywords("maxN"), p.add_mode_keywords("MAXN"); },
                 "mode_keywords[1]", "the word 'MAXN' stands twice"},
        Nonsense{"lanes", "tpu-v1",
                 [](P& p) { *p.mutable_unstructured_sparsity()->mutable_lane_count() = count(0.5); },
                 "unstructured_sparsity.lane_count.value", "0.5 pieces is not plausible"},
        Nonsense{"streaming_lanes", "zcu104",
                 [](P& p) { *p.mutable_unstructured_sparsity()->mutable_lane_count() = count(64); },
                 "unstructured_sparsity", "streaming designs do not skip zeros"},
        Nonsense{"decode", "tpu-v1", [](P& p) { *p.mutable_decode_weights_per_second() = count(3); },
                 "decode_weights_per_second.value", "3 weights a second is not plausible"},
        Nonsense{"layer_ceiling_without_rate", "tpu-v1",
                 [](P& p) { p.add_layer_ceilings()->set_operation("Conv"); }, "layer_ceilings[0].ops_per_second",
                 "'Conv' has no rate; give ops_per_second or values_per_second"},
        Nonsense{"layer_ceiling_format", "tpu-v1",
                 [](P& p) {
                   p.add_layer_ceilings()->set_operation("Conv");
                   p.mutable_layer_ceilings(0)->set_format("int");
                 },
                 "layer_ceilings[0].format", "'int'"},
        Nonsense{"streaming_layer_ceiling", "zcu104", [](P& p) { p.add_layer_ceilings()->set_operation("Conv"); },
                 "layer_ceilings", "streaming designs run no layer after the other"},
        Nonsense{"streaming_pipeline", "zcu104", [](P& p) { *p.mutable_pipelined_image_count() = count(5); },
                 "pipelined_image_count", "follows from the network"},
        Nonsense{"host_time", "tpu-v1", [](P& p) { *p.mutable_host_seconds_per_batch() = count(20); },
                 "host_seconds_per_batch.value", "20 seconds is not plausible"}),
    [](const auto& test) { return std::string(test.param.what); });

}  // namespace
}  // namespace roofscape::platforms
