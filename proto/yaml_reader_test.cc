#include "proto/yaml_reader.h"

#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

#include "analytics/base/status_matchers.h"
#include "roofscape/v1/check.pb.h"
#include "roofscape/v1/exploration.pb.h"
#include "roofscape/v1/platform.pb.h"
#include "roofscape/v1/service.pb.h"

namespace roofscape {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::StatusIs;

constexpr std::string_view kExploration = R"(# exploration.yaml
model: lenet5
dataset: fashion
platforms: [raspberry-pi-4, zcu104]
space:
  - layers: "*"
    integer: {weight_bits: [2, 3, 4], activation_bits: 8}
  - op: Conv
    integer:
      weight_bits:
        - 2
        - 4
        - 8
      ranges: mse
      bias_correction: [true, "true"]
objectives: [maximise top1, minimise latency]
constraints: top1 >= 0.85
search: {searcher: surrogate, evaluations: 200, seed: 18446744073709551615, plateau: 1e-3}
)";

TEST(YamlReader, ReadsAnExploration) {
  v1::ExplorationSpec spec;
  RS_ASSERT_OK_AND_ASSIGN(const YamlPositions where, read_yaml(kExploration, "exploration.yaml", &spec));
  EXPECT_EQ(spec.model(), "lenet5");
  ASSERT_EQ(spec.platforms_size(), 2);
  EXPECT_EQ(spec.platforms(1), "zcu104");
  ASSERT_EQ(spec.space_size(), 2);
  EXPECT_EQ(spec.space(0).layers(), "*");
  const auto& knobs = spec.space(0).methods().at("integer").knobs();
  ASSERT_EQ(knobs.at("weight_bits").values_size(), 3);
  EXPECT_EQ(knobs.at("weight_bits").values(2).number_value(), 4);
  ASSERT_EQ(knobs.at("activation_bits").values_size(), 1);
  const auto& second = spec.space(1).methods().at("integer").knobs();
  EXPECT_EQ(second.at("ranges").values(0).string_value(), "mse");
  EXPECT_TRUE(second.at("bias_correction").values(0).bool_value());
  EXPECT_EQ(second.at("bias_correction").values(1).string_value(), "true");
  ASSERT_EQ(spec.constraints_size(), 1);
  EXPECT_EQ(spec.constraints(0), "top1 >= 0.85");
  EXPECT_EQ(spec.search().seed(), 18446744073709551615U);
  EXPECT_EQ(spec.search().plateau(), 1e-3);

  EXPECT_EQ(where.locate("space[1].integer.weight_bits[2]"), "exploration.yaml:13:11");
  EXPECT_EQ(where.locate("space[1].integer.weight_bits"), "exploration.yaml:10:7");
  EXPECT_EQ(where.locate("space[1].integer.ranges"), "exploration.yaml:14:15");
  EXPECT_EQ(where.locate("space[0].integer.weight_bits[1]"), "exploration.yaml:7:32");
  EXPECT_EQ(where.locate("space[0].integer.activation_bits[0]"), "exploration.yaml:7:56");
  EXPECT_EQ(where.locate("space[0].integer.activation_bits"), "exploration.yaml:7:56");
  EXPECT_EQ(where.locate("space[1]"), "exploration.yaml:8:5");
  EXPECT_EQ(where.locate("space"), "exploration.yaml:5:1");
  EXPECT_EQ(where.locate("platforms[1]"), "exploration.yaml:4:29");
  EXPECT_EQ(where.locate("constraints[0]"), "exploration.yaml:17:14");
  EXPECT_EQ(where.locate("model"), "exploration.yaml:2:8");
}

TEST(YamlReader, AJsonFileReadsTheSame) {
  v1::ExplorationSpec yaml, json;
  ASSERT_THAT(read_yaml("model: m\ndataset: d\nplatforms: p\nspace: [{op: Conv, integer: {weight_bits: 2}}]\n"
                        "objectives: minimise latency\n",
                        "a.yaml", &yaml),
              IsOk());
  ASSERT_THAT(read_yaml(R"({"model":"m","dataset":"d","platforms":["p"],
	"space":[{"op":"Conv","integer":{"weight_bits":[2]}}],"objectives":["minimise latency"]})",
                        "a.json", &json),
              IsOk());
  EXPECT_EQ(yaml.SerializeAsString(), json.SerializeAsString());
}

TEST(YamlReader, PlacesFallBackToWhatEncloses) {
  v1::ExplorationSpec spec;
  RS_ASSERT_OK_AND_ASSIGN(const YamlPositions where, read_yaml(kExploration, "e.yaml", &spec));
  EXPECT_EQ(where.locate("space[1].integer.unheard[7].of"), "e.yaml:9:5");
  EXPECT_EQ(where.locate("space[9]"), "e.yaml:5:1");
  EXPECT_EQ(where.locate("batch"), "e.yaml");
  EXPECT_EQ(where.locate(""), "e.yaml");
  const Status placed =
      where.place(out_of_range("weight_bits is {}; use 2 to 16", 17).at("space[1].integer.weight_bits[2]"));
  EXPECT_THAT(placed, StatusIs(Code::kOutOfRange, Eq("e.yaml:13:11: weight_bits is 17; use 2 to 16")));
  EXPECT_EQ(placed.field(), "space[1].integer.weight_bits[2]");
  EXPECT_EQ(where.place(not_found("model 'x' is not stored")).message(), "model 'x' is not stored");
  EXPECT_THAT(where.place(Status()), IsOk());
}

// Every mistake that a person can make, with its whole message.
struct Mistake {
  const char* text;
  const char* message;
};
class ExplorationMistake : public ::testing::TestWithParam<Mistake> {};
TEST_P(ExplorationMistake, IsNamedWithItsPlace) {
  v1::ExplorationSpec spec;
  EXPECT_THAT(read_yaml(GetParam().text, "e.yaml", &spec), StatusIs(Code::kInvalidArgument, Eq(GetParam().message)));
}
INSTANTIATE_TEST_SUITE_P(
    All, ExplorationMistake,
    ::testing::Values(
        Mistake{"modle: x\n", "e.yaml:1:1: unknown key 'modle'; did you mean 'model'?"},
        Mistake{
            "zzzzzzz: x\n",
            "e.yaml:1:1: unknown key 'zzzzzzz'; known: id, model, dataset, platforms, space, objectives, constraints, "
            "search, batch, calibration, evaluation_images, confirmation"},
        Mistake{"model: x\nsearch: {seeed: 1}\n", "e.yaml:2:10: unknown key 'seeed'; did you mean 'seed'?"},
        Mistake{"\x1b: x\n", "e.yaml:1:1: byte 0x1b is not text; use UTF-8 without control characters"},
        Mistake{"\"\\e[31m\": x\n",
                "e.yaml:1:1: unknown key '\\x1b[31m'; known: id, model, dataset, platforms, space, objectives, "
                "constraints, search, batch, calibration, evaluation_images, confirmation"},
        Mistake{"model: \"\\x07\"\n", "e.yaml:1:8: model: '\\x07' holds a control character or is not UTF-8"},
        Mistake{"model: [a]\n", "e.yaml:1:8: model is a list; it needs text"},
        Mistake{"model: {a: b}\n", "e.yaml:1:8: model is a mapping; it needs text"},
        Mistake{"model:\n", "e.yaml:1:1: model has no value; give one or leave the key out"},
        Mistake{"model: ~\n", "e.yaml:1:1: model has no value; give one or leave the key out"},
        Mistake{
            "search: 5\n",
            "e.yaml:1:9: search is '5'; it needs a mapping of searcher, evaluations, seed, seconds, plateau, racing, "
            "fresh"},
        Mistake{"search: {seed: -1}\n", "e.yaml:1:16: seed: '-1' is not a whole number from 0 to 18446744073709551615"},
        Mistake{"search: {seed: 18446744073709551616}\n",
                "e.yaml:1:16: seed: '18446744073709551616' is not a whole number from 0 to 18446744073709551615"},
        Mistake{
            "search: {evaluations: 1.5}\n",
            "e.yaml:1:23: evaluations: '1.5' is not a whole number from -9223372036854775808 to 9223372036854775807"},
        Mistake{"search: {evaluations: \"5\"}\n",
                "e.yaml:1:23: evaluations: '5' is quoted, so it is text; it needs a whole number from "
                "-9223372036854775808 to 9223372036854775807, without quotes"},
        Mistake{"search: {seconds: 5s}\n", "e.yaml:1:19: seconds: '5s' is not a finite number like 0.5 or 2e9"},
        Mistake{"search: {seconds: .inf}\n", "e.yaml:1:19: seconds: '.inf' is not a finite number like 0.5 or 2e9"},
        Mistake{"search: {seconds: 1e999}\n", "e.yaml:1:19: seconds: '1e999' is not a finite number like 0.5 or 2e9"},
        Mistake{"search: [1]\n",
                "e.yaml:1:9: search is a list; it needs a mapping of searcher, evaluations, seed, seconds, plateau, "
                "racing, fresh"},
        Mistake{"space: [conv]\n",
                "e.yaml:1:9: space[0] is 'conv'; it needs a mapping of layers, op, together, required"},
        Mistake{"space:\n  - layer: conv1\n",
                "e.yaml:2:12: layer is 'conv1'; it needs a mapping; or did you mean 'layers'?"},
        Mistake{"space: [{integer: {weight_bits: {a: 1}}}]\n",
                "e.yaml:1:33: weight_bits is a mapping; it needs a value or a list of values"},
        Mistake{"space: [{integer: {weight_bits: [1, ~]}}]\n",
                "e.yaml:1:37: weight_bits[1] is empty; give a number, a word or true or false"},
        Mistake{"space: [{integer: {weight_bits: }}]\n",
                "e.yaml:1:20: weight_bits has no value; give one or leave the key out"},
        Mistake{"space: [{integer: }]\n", "e.yaml:1:10: integer has no value; give one or leave the key out"},
        Mistake{"space: [{methods: {integer: {weight_bits: 1}}}]\n",
                "e.yaml:1:29: integer is a mapping; it needs a value or a list of values"},
        Mistake{"platforms: [a, [b]]\n", "e.yaml:1:16: platforms[1] is a list; it needs text"},
        Mistake{"platforms: [a, ~]\n", "e.yaml:1:16: platforms[1] is nothing; it needs text"},
        Mistake{"platforms: {a: b}\n", "e.yaml:1:12: platforms[0] is a mapping; it needs text"},
        Mistake{"dataset: d\nplatforms: p\nspace: [{}]\nobjectives: [maximise top1]\n",
                "e.yaml:1:1: the file has no 'model', which it needs"},
        Mistake{"model: m\ndataset: d\nplatforms: []\nspace: [{}]\nobjectives: [maximise top1]\n",
                "e.yaml:3:1: platforms is empty; give at least one"},
        Mistake{"model: a\nmodel: b\n", "e.yaml:2:1: key 'model' is repeated; it stands on line 1 already"},
        Mistake{
            "- model\n",
            "e.yaml:1:1: the file is a list; it needs a mapping of id, model, dataset, platforms, space, objectives, "
            "constraints, search, batch, calibration, evaluation_images, confirmation"},
        Mistake{
            "",
            "e.yaml:1:1: the file is nothing; it needs a mapping of id, model, dataset, platforms, space, objectives, "
            "constraints, search, batch, calibration, evaluation_images, confirmation"}));

class PlatformMistake : public ::testing::TestWithParam<Mistake> {};
TEST_P(PlatformMistake, IsNamedWithItsPlace) {
  v1::Platform platform;
  EXPECT_THAT(read_yaml(GetParam().text, "p.yaml", &platform),
              StatusIs(Code::kInvalidArgument, Eq(GetParam().message)));
}
INSTANTIATE_TEST_SUITE_P(
    All, PlatformMistake,
    ::testing::Values(
        Mistake{"device_class: CPU\n",
                "p.yaml:1:15: device_class: 'CPU' is not one of cpu, gpu, fpga, asic, npu, mcu; did you mean 'cpu'?"},
        Mistake{"device_class: device_class_unspecified\n",
                "p.yaml:1:15: device_class: 'device_class_unspecified' is not one of cpu, gpu, fpga, asic, npu, mcu"},
        Mistake{"device_class: 1\n", "p.yaml:1:15: device_class: '1' is not one of cpu, gpu, fpga, asic, npu, mcu"},
        Mistake{"peak_watts: 7\n", "p.yaml:1:13: peak_watts is '7'; it needs a mapping of value, source, provenance"},
        Mistake{"peak_watts: {value: 7, source: x}\n", "p.yaml:1:13: peak_watts has no 'provenance', which it needs"},
        Mistake{"peak_watts: {value: 7, provenance: recalled}\n",
                "p.yaml:1:13: peak_watts has no 'source', which it needs"},
        Mistake{"memory:\n  - capacity_bytes: {value: 1e3, source: x, provenance: recalled}\n",
                "p.yaml:2:5: memory[0] has no 'name', which it needs"},
        Mistake{"built_in: yes\n", "p.yaml:1:11: built_in: 'yes' is not true or false"},
        Mistake{"built_in: \"true\"\n",
                "p.yaml:1:11: built_in: 'true' is quoted, so it is text; it needs true or false, without quotes"},
        Mistake{"id: a\n---\nid: b\n", "p.yaml:2:1: a second document; a file holds one"}));

TEST(YamlReader, APlatformIsRead) {
  v1::Platform platform;
  RS_ASSERT_OK_AND_ASSIGN(const YamlPositions where, read_yaml(R"(id: board
title: Board
device_class: fpga
aliases: other
peak_watts: {value: 7, source: "the data sheet, page 3", provenance: datasheet}
memory:
  - name: DRAM
    bandwidth_bytes_per_second: {value: 1.28e10, source: x, provenance: recalled}
built_in: false
)",
                                                               "p.yaml", &platform));
  EXPECT_EQ(platform.device_class(), v1::FPGA);
  EXPECT_EQ(platform.aliases(0), "other");
  EXPECT_EQ(platform.peak_watts().value(), 7);
  EXPECT_EQ(platform.peak_watts().provenance(), v1::DATASHEET);
  EXPECT_EQ(platform.memory(0).bandwidth_bytes_per_second().value(), 1.28e10);
  EXPECT_EQ(where.locate("memory[0].bandwidth_bytes_per_second.value"), "p.yaml:8:41");
}

TEST(YamlReader, EveryScalarTypeKeepsItsRange) {
  google::protobuf::Int32Value i32;
  EXPECT_THAT(read_yaml("value: -2147483648", "f", &i32), IsOk());
  EXPECT_EQ(i32.value(), -2147483648);
  EXPECT_THAT(read_yaml("value: 2147483648", "f", &i32),
              StatusIs(Code::kInvalidArgument, HasSubstr("from -2147483648 to 2147483647")));
  google::protobuf::UInt32Value u32;
  EXPECT_THAT(read_yaml("value: 4294967295", "f", &u32), IsOk());
  EXPECT_EQ(u32.value(), 4294967295U);
  EXPECT_THAT(read_yaml("value: 4294967296", "f", &u32),
              StatusIs(Code::kInvalidArgument, HasSubstr("from 0 to 4294967295")));
  google::protobuf::Int64Value i64;
  EXPECT_THAT(read_yaml("value: -9223372036854775808", "f", &i64), IsOk());
  EXPECT_THAT(read_yaml("value: 9223372036854775808", "f", &i64), StatusIs(Code::kInvalidArgument, HasSubstr("whole")));
  google::protobuf::FloatValue real;
  EXPECT_THAT(read_yaml("value: 0.25", "f", &real), IsOk());
  EXPECT_EQ(real.value(), 0.25F);
  EXPECT_THAT(read_yaml("value: 1e39", "f", &real), StatusIs(Code::kInvalidArgument, HasSubstr("finite")));
  google::protobuf::BytesValue bytes;
  EXPECT_THAT(read_yaml("value: abc", "f", &bytes),
              StatusIs(Code::kInvalidArgument, Eq("f:1:8: value: cannot be given in a file")));
  google::protobuf::StringValue text;
  EXPECT_THAT(read_yaml("value: |\n  two\n  lines\n", "f", &text), IsOk());
  EXPECT_EQ(text.value(), "two\nlines\n");
  EXPECT_THAT(read_yaml("value: 007", "f", &text), IsOk());
  EXPECT_EQ(text.value(), "007");
  EXPECT_THAT(read_yaml("value: \"\xff\"", "f", &text), StatusIs(Code::kInvalidArgument, HasSubstr("f:1:")));
}

TEST(YamlReader, OnlyOneOfAChoice) {
  v1::ImportModelRequest request;
  EXPECT_THAT(read_yaml("metadata: {id: a}\n", "f", &request), IsOk());
  request.Clear();
  EXPECT_THAT(read_yaml("metadata: {id: a}\ndata: x\n", "f", &request),
              StatusIs(Code::kInvalidArgument, Eq("f:2:1: data cannot stand beside another key of 'part'")));
}

TEST(YamlReader, MapsWithAndWithoutInlineKeys) {
  v1::Exploration exploration;
  EXPECT_THAT(read_yaml("content_keys: {model: a, \"1\": b}\n", "f", &exploration), IsOk());
  EXPECT_EQ(exploration.content_keys().at("1"), "b");
  EXPECT_THAT(read_yaml("content_keys: [a]\n", "f", &exploration),
              StatusIs(Code::kInvalidArgument, Eq("f:1:15: content_keys is a list; it needs a mapping")));
  v1::Recipe recipe;
  RS_ASSERT_OK_AND_ASSIGN(
      const YamlPositions where,
      read_yaml("steps:\n- layer: c\n  method: integer\n  knobs: {bits: 4, list: [1, {a: b}], word: x}\n", "f",
                &recipe));
  const auto& knobs = recipe.steps(0).knobs();
  EXPECT_EQ(knobs.at("bits").number_value(), 4);
  EXPECT_EQ(knobs.at("list").list_value().values(1).struct_value().fields().at("a").string_value(), "b");
  EXPECT_EQ(where.locate("steps[0].knobs.word"), "f:4:45");
}

TEST(YamlReader, ErrorsCarryTheFieldPath) {
  v1::ExplorationSpec spec;
  const Status status = read_yaml("space: [{integer: {weight_bits: [1, ~]}}]\n", "e.yaml", &spec).status();
  EXPECT_EQ(status.field(), "space[0].integer.weight_bits[1]");
}

TEST(YamlReader, AHostileFileNameIsPrintedSafely) {
  v1::CheckSpec spec;
  EXPECT_THAT(read_yaml("x: 1", "a\x1b[2J.yaml", &spec),
              StatusIs(Code::kInvalidArgument, HasSubstr("a\\x1b[2J.yaml:1:1:")));
}

}  // namespace
}  // namespace roofscape
