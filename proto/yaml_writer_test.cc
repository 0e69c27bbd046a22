#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>

#include "analytics/base/status_matchers.h"
#include "proto/yaml_reader.h"
#include "roofscape/v1/evaluation.pb.h"
#include "roofscape/v1/exploration.pb.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::IsOk;

v1::Platform platform() {
  v1::Platform p;
  p.set_id("host");
  p.set_title("A \"quoted\" CPU: 2 × 3\n\\ and tab\t");
  p.set_device_class(v1::CPU);
  p.add_aliases("true");
  p.add_aliases("plain-word");
  auto* compute = p.add_compute();
  compute->set_weight("int8");
  compute->mutable_ops_per_second()->set_value(1.0 / 3e-12);
  compute->mutable_ops_per_second()->set_source("probe");
  compute->mutable_ops_per_second()->set_provenance(v1::MEASURED);
  p.add_memory()->set_name("DRAM");
  p.mutable_memory(0)->mutable_bandwidth_bytes_per_second()->set_value(1e11);
  p.mutable_memory(0)->mutable_bandwidth_bytes_per_second()->set_source("probe");
  p.mutable_memory(0)->mutable_bandwidth_bytes_per_second()->set_provenance(v1::MEASURED);
  p.set_built_in(true);
  return p;
}

TEST(YamlWriter, WritesWhatAPersonWouldWrite) {
  EXPECT_EQ(write_yaml(platform()),
            "id: host\n"
            "title: \"A \\\"quoted\\\" CPU: 2 × 3\\n\\\\ and tab\\t\"\n"
            "device_class: cpu\n"
            "aliases: [\"true\", plain-word]\n"
            "compute:\n"
            "  - weight: int8\n"
            "    ops_per_second: {value: 333333333333.3333, source: probe, provenance: measured}\n"
            "memory:\n"
            "  - name: DRAM\n"
            "    bandwidth_bytes_per_second: {value: 100000000000, source: probe, provenance: measured}\n"
            "built_in: true\n");
}

TEST(YamlWriter, WhatIsWrittenIsReadBack) {
  v1::Platform again;
  ASSERT_THAT(read_yaml(write_yaml(platform()), "p.yaml", &again), IsOk());
  EXPECT_TRUE(MessageDifferencer::Equals(platform(), again));
}

TEST(YamlWriter, MapsAndFreeValuesAreReadBack) {
  v1::ExplorationSpec spec;
  spec.set_model("m");
  spec.set_dataset("d");
  spec.add_platforms("p");
  spec.add_objectives("minimise latency@p");
  auto* rule = spec.add_space();
  rule->set_op("Conv");
  auto& knobs = *(*rule->mutable_methods())["integer"].mutable_knobs();
  knobs["weight_bits"].add_values()->set_number_value(4);
  knobs["weight_bits"].add_values()->set_number_value(0.1);
  knobs["ranges"].add_values()->set_string_value("1e3");
  knobs["on"].add_values()->set_bool_value(false);
  (*rule->mutable_methods())["other"];
  spec.add_space();
  spec.mutable_search()->set_seed(std::numeric_limits<std::uint64_t>::max());
  v1::ExplorationSpec again;
  const std::string text = write_yaml(spec);
  ASSERT_THAT(read_yaml(text, "e.yaml", &again), IsOk()) << text;
  EXPECT_TRUE(MessageDifferencer::Equals(spec, again)) << text;

  v1::Recipe recipe, recipe_again;
  auto* step = recipe.add_steps();
  step->set_layer("conv 1");
  auto& values = *step->mutable_knobs();
  values["list"].mutable_list_value()->add_values()->set_number_value(-2.5);
  (*values["map"].mutable_struct_value()->mutable_fields())["a: b"].set_bool_value(true);
  ASSERT_THAT(read_yaml(write_yaml(recipe), "r.yaml", &recipe_again), IsOk()) << write_yaml(recipe);
  EXPECT_TRUE(MessageDifferencer::Equals(recipe, recipe_again)) << write_yaml(recipe);
}

RC_GTEST_PROP(YamlWriter, AnyNumberAndPrintableTextComesBackBitForBit, (double value)) {
  RC_PRE(std::isfinite(value) && value != 0);  // proto3 does not store a 0
  const auto letters = *rc::gen::container<std::string>(rc::gen::inRange<char>(0x20, 0x7f));
  v1::Platform p = platform();
  p.set_title(letters + " \u00e9");
  p.mutable_peak_watts()->set_value(value);
  p.mutable_peak_watts()->set_source(letters + "x");
  p.mutable_peak_watts()->set_provenance(v1::DERIVED);
  v1::Platform again;
  const std::string text = write_yaml(p);
  const auto read = read_yaml(text, "p.yaml", &again);
  if (!read.ok()) RC_FAIL(read.status().message() + "\n" + text);
  RC_ASSERT(MessageDifferencer::Equals(p, again));
}

}  // namespace
}  // namespace roofscape
