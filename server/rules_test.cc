#include "server/rules.h"

#include "analytics/base/status_matchers.h"

namespace roofscape::server {
namespace {

using roofscape::testing::StatusIs;
using ::testing::HasSubstr;

google::protobuf::RepeatedPtrField<v1::Rule> one_rule() {
  google::protobuf::RepeatedPtrField<v1::Rule> rules;
  v1::Rule& rule = *rules.Add();
  rule.set_layers("conv*");
  rule.set_op("Conv");
  auto& integer = (*rule.mutable_methods())["integer"];
  (*integer.mutable_knobs())["weight_bits"].add_values()->set_number_value(4);
  (*integer.mutable_knobs())["weight_bits"].add_values()->set_number_value(8);
  (*integer.mutable_knobs())["ranges"].add_values()->set_string_value("mse");
  (*(*rule.mutable_methods())["bias_correction"].mutable_knobs())["on"].add_values()->set_bool_value(true);
  return rules;
}

TEST(Rules, MapsBecomeListsInTheOrderOfTheirNames) {
  RS_ASSERT_OK_AND_ASSIGN(const auto rules, rules_of(one_rule()));
  ASSERT_EQ(rules.size(), 1u);
  EXPECT_EQ(rules[0].layers, "conv*");
  EXPECT_EQ(rules[0].op, "Conv");
  ASSERT_EQ(rules[0].methods.size(), 2u);
  EXPECT_EQ(rules[0].methods[0].method, "bias_correction");
  EXPECT_EQ(rules[0].methods[1].method, "integer");
  const auto& knobs = rules[0].methods[1].knobs;
  ASSERT_EQ(knobs.size(), 2u);
  EXPECT_EQ(knobs[0].first, "ranges");
  EXPECT_EQ(knobs[0].second[0], approx::KnobValue(std::string("mse")));
  EXPECT_EQ(knobs[1].first, "weight_bits");
  EXPECT_EQ(knobs[1].second[1], approx::KnobValue(8.0));
  EXPECT_EQ(rules[0].methods[0].knobs[0].second[0], approx::KnobValue(true));
  EXPECT_FALSE(rules[0].required);
  auto required = one_rule();
  required[0].set_required(true);
  RS_ASSERT_OK_AND_ASSIGN(const auto again, rules_of(required));
  EXPECT_TRUE(again[0].required);
}

TEST(Rules, ErrorsPointAtTheValue) {
  auto rules = one_rule();
  auto& integer = (*rules[0].mutable_methods())["integer"];
  (*integer.mutable_knobs())["weight_bits"].mutable_values(1)->mutable_list_value();
  EXPECT_THAT(rules_of(rules), StatusIs(Code::kInvalidArgument, HasSubstr("a value of weight_bits")));
  EXPECT_EQ(rules_of(rules).status().field(), "space[0].integer.weight_bits[1]");
  (*integer.mutable_knobs())["weight_bits"].clear_values();
  EXPECT_EQ(rules_of(rules).status().field(), "space[0].integer.weight_bits");
  rules[0].clear_methods();
  EXPECT_THAT(rules_of(rules), StatusIs(Code::kInvalidArgument, HasSubstr("offers no method")));
  EXPECT_EQ(rules_of(rules).status().field(), "space[0]");
  for (int i = 0; i < 1001; ++i) rules.Add();
  EXPECT_THAT(rules_of(rules), StatusIs(Code::kInvalidArgument, HasSubstr("at most 1000")));
}

}  // namespace
}  // namespace roofscape::server
