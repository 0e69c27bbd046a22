// What every method promises, tested for all of them by walking the list: a method's own test holds only its formula.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "analytics/approx/method.h"
#include "analytics/approx/test_networks.h"
#include "analytics/approx/weight_matrix.h"
#include "analytics/arith/quantise_fast.h"
#include "analytics/base/status_matchers.h"
#include "analytics/base/text.h"
#include "analytics/network/packed/naive_bits.h"
#include "analytics/network/packed/packed.h"
#include "analytics/network/work.h"

namespace roofscape::approx {
namespace {

using ::roofscape::testing::draft_of;
using ::roofscape::testing::IsOk;
using ::roofscape::testing::naive_bits;
using ::roofscape::testing::test_networks;

// Integer formats for every layer that takes them.
Recipe integers_for(const Network& network) {
  const Method& integer = *find_method("integer").value();
  Recipe recipe;
  for (LayerId id = 0; id < network.size(); ++id)
    if (!integer.applies(network, id)) recipe.push_back({network.layer(id).name, "integer", {}});
  return recipe;
}

class Contract : public ::testing::TestWithParam<const Method*> {
 protected:
  const MethodInfo& info() const { return GetParam()->info(); }
  Knobs defaults() const { return complete_knobs(info(), {}).value(); }
  // What the method may be given: the network as it is, or with the formats that it needs.
  Draft given(const Network& network) const {
    const Draft draft = draft_of(network);
    return info().needs_integers ? apply_recipe(draft, integers_for(network), 1).value() : draft;
  }

  // Every knob at every end of its range, one at a time, the others at their defaults.
  std::vector<Knobs> corners() const {
    std::vector<Knobs> all = {defaults()};
    for (const KnobSpec& spec : info().knobs) {
      std::vector<KnobValue> values;
      if (spec.type == KnobSpec::Type::kFlag) values = {true, false};
      for (const std::string& choice : spec.choices) values.emplace_back(choice);
      if (spec.type == KnobSpec::Type::kInteger || spec.type == KnobSpec::Type::kReal) values = {spec.low, spec.high};
      for (const double value : spec.also) values.emplace_back(value);
      for (const KnobValue& value : values) {
        all.push_back(defaults());
        all.back()[spec.name] = value;
      }
    }
    return all;
  }
};

// There are as many layers as before, or the layer has said what stands for it, itself the last.
void expect_parts_of(const std::string& layer, const Network& before, const Draft& after) {
  const auto parts = after.parts.find(layer);
  if (parts == after.parts.end()) {
    EXPECT_EQ(after.network.size(), before.size());
    return;
  }
  EXPECT_GT(after.network.size(), before.size());
  EXPECT_EQ(parts->second.back(), layer);
  for (const std::string& name : parts->second) {
    const auto part = after.network.find(name);
    ASSERT_TRUE(part) << name;
    EXPECT_TRUE(after.network.layer(*part).has_weight()) << name;
  }
}

TEST_P(Contract, DeclaresItselfWell) {
  EXPECT_TRUE(is_resource_id(info().id));
  EXPECT_GE(info().version, 1);
  EXPECT_TRUE(info().summary.ends_with("."));
  for (const KnobSpec& spec : info().knobs) {
    EXPECT_THAT(spec.validate(spec.fallback), IsOk());
    EXPECT_FALSE(spec.text.empty()) << spec.name;
    EXPECT_LE(spec.low, spec.high) << spec.name;
    EXPECT_EQ(info().find(spec.name), &spec) << "two knobs are named " << spec.name;
  }
  EXPECT_EQ(info().find("no such knob"), nullptr);
  EXPECT_THAT(complete_knobs(info(), info().identity), IsOk());
}

TEST_P(Contract, HasADocumentationPageThatNamesItsKnobs) {
  const std::filesystem::path page = ROOFSCAPE_SOURCE_DIR "/docs/methods/" + info().id + ".md";
  std::ifstream file(page);
  ASSERT_TRUE(file.good()) << page;
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  for (const char* heading : {"## Formula", "## Knobs", "## What it saves", "## Who can exploit it", "## Reference"}) {
    EXPECT_NE(text.find(heading), std::string::npos) << heading;
  }
  for (const KnobSpec& spec : info().knobs) {
    const std::string row = fmt::format("| `{}` | {} | {} |", spec.name, spec.range_text(), to_string(spec.fallback));
    EXPECT_NE(text.find(row), std::string::npos) << "the knob table lacks: " << row;
  }
}

TEST_P(Contract, IdentityKnobsChangeNothing) {
  if (info().identity.empty()) GTEST_SKIP() << "the method has no identity";
  const Knobs knobs = complete_knobs(info(), info().identity).value();
  for (const auto& [name, network] : test_networks()) {
    const Draft draft = given(network);
    for (LayerId id = 0; id < network.size(); ++id) {
      if (GetParam()->applies(network, id)) continue;
      RS_ASSERT_OK_AND_ASSIGN(const Draft result, GetParam()->apply(draft, id, knobs, 1));
      EXPECT_EQ(result.network.design_key(), network.design_key()) << name;
    }
  }
}

TEST_P(Contract, AppliesAndApplyAgreeAtEveryCornerAndRepeatExactly) {
  int applied = 0;
  for (const auto& [name, network] : test_networks()) {
    const Draft draft = given(network);
    for (LayerId id = 0; id < network.size(); ++id) {
      if (const MaybeDecline decline = GetParam()->applies(network, id)) {
        EXPECT_EQ(decline->who, info().id);
        EXPECT_FALSE(decline->because.empty());
        continue;
      }
      for (const Knobs& knobs : corners()) {
        if (const MaybeDecline decline = GetParam()->accepts(network, id, knobs)) {
          EXPECT_EQ(decline->who, info().id);
          EXPECT_FALSE(decline->because.empty());
          continue;
        }
        ++applied;
        RS_ASSERT_OK_AND_ASSIGN(const Draft once, GetParam()->apply(draft, id, knobs, 7));
        RS_ASSERT_OK_AND_ASSIGN(const Draft again, GetParam()->apply(draft, id, knobs, 7));
        EXPECT_EQ(once.network.design_key(), again.network.design_key());
        Draft separately = draft;
        for (const Knobs& part : GetParam()->separated(knobs)) {
          RS_ASSERT_OK_AND_ASSIGN(separately, GetParam()->apply(separately, id, part, 7));
        }
        EXPECT_EQ(separately.network.design_key(), once.network.design_key()) << name << " " << to_string(knobs);
        if (info().stage != Stage::kExit) expect_parts_of(network.layer(id).name, network, once);  // which adds a head
        EXPECT_EQ(once.network.output_shape(), network.output_shape()) << name << " " << to_string(knobs);
      }
    }
  }
  EXPECT_GT(applied, 0);
}

// Adds the formats that one of the recipe's two methods needs; false if the other one gives other formats.
bool give_integers(const std::string& layer, const Method& other, Recipe& recipe) {
  const Method& integer = *find_method("integer").value();
  if (&other == &integer) return true;
  if (conflict(integer, complete_knobs(integer.info(), {}).value(), other, complete_knobs(other.info(), {}).value()))
    return false;
  recipe.push_back({layer, "integer", {}});
  return true;
}

TEST_P(Contract, ComposesWithEveryOtherMethodOrSaysWhyNot) {
  for (const auto& [name, network] : test_networks()) {
    const Draft draft = draft_of(network);
    for (const Method* other : methods()) {
      if (other == GetParam()) continue;
      const auto reason = conflict(*GetParam(), defaults(), *other, complete_knobs(other->info(), {}).value());
      for (LayerId id = 0; id < network.size(); ++id) {
        if (GetParam()->applies(network, id) || other->applies(network, id)) continue;
        if (GetParam()->accepts(network, id, defaults())) continue;
        if (other->accepts(network, id, complete_knobs(other->info(), {}).value())) continue;
        const std::string& layer = network.layer(id).name;
        Recipe recipe = {{layer, info().id, {}}, {layer, other->info().id, {}}};
        bool lacks_integers = false;
        if (info().needs_integers || other->info().needs_integers) {
          const Method& formatter = info().needs_integers ? *other : *GetParam();
          lacks_integers = !give_integers(layer, formatter, recipe);
        }
        const Status status = apply_recipe(draft, recipe, 1).status();
        if (reason) {
          ASSERT_EQ(status.code(), Code::kInvalidArgument) << name << " " << layer << " " << other->info().id;
          EXPECT_NE(status.message().find(*reason), std::string::npos) << status.message();
        } else if (lacks_integers) {
          ASSERT_EQ(status.code(), Code::kFailedPrecondition) << name << " " << layer << " " << other->info().id;
          EXPECT_NE(status.message().find("integer"), std::string::npos) << status.message();
        } else if (changes_network(info().stage) && changes_network(other->info().stage)) {
          // What applies to the layer need not apply to what stands for it.
          ASSERT_TRUE(status.ok() || status.code() == Code::kFailedPrecondition) << status.message();
        } else {
          ASSERT_TRUE(status.ok()) << name << " " << layer << " " << other->info().id << ": " << status.message();
        }
      }
    }
  }
}

// With weights on a grid, quantising again gives the same weights: the integers that are stored can be recovered.
TEST_P(Contract, WeightsLieOnTheGridThatTheyClaim) {
  for (const auto& [name, network] : test_networks()) {
    const Draft draft = given(network);
    for (LayerId id = 0; id < network.size(); ++id) {
      if (GetParam()->applies(network, id)) continue;
      for (const Knobs& knobs : corners()) {
        if (GetParam()->accepts(network, id, knobs)) continue;
        const Draft result = GetParam()->apply(draft, id, knobs, 1).value();
        const Layer& layer = result.network.layer(*result.network.find(network.layer(id).name));
        if (!layer.arithmetic.weight) continue;
        for (std::size_t t = 0; t < (layer.as<op::Recurrent>() ? 2U : 1U); ++t) {
          const Tensor& weight = *layer.constants[t];
          std::vector<float> again(weight.values().size());
          fake_quantise_tensor(weight.values(), weight.shape(), *layer.arithmetic.weight, again);
          ASSERT_TRUE(std::equal(again.begin(), again.end(), weight.values().begin()))
              << name << " " << layer.name << " " << to_string(knobs);
        }
      }
    }
  }
}

TEST_P(Contract, StatesStoredBitsExactly) {
  for (const auto& [name, network] : test_networks()) {
    const Draft draft = given(network);
    for (LayerId id = 0; id < network.size(); ++id) {
      if (GetParam()->applies(network, id)) continue;
      for (const Knobs& knobs : corners()) {
        if (GetParam()->accepts(network, id, knobs)) continue;
        const Draft changed = GetParam()->apply(draft, id, knobs, 1).value();
        const Network& result = changed.network;
        for (const Layer& layer : result.layers()) {
          EXPECT_EQ(stored_bits(layer), naive_bits(layer)) << layer.name;
          RS_ASSERT_OK_AND_ASSIGN(const packed::PackedLayer stored, packed::pack(layer));
          EXPECT_EQ(stored.bits, stored_bits(layer)) << layer.name;
        }
        // Factors of a high rank are more work than what they stand for, and an exit adds a head.
        if (!changed.parts.empty() || info().stage == Stage::kExit) continue;
        EXPECT_LE(network_work(result).macs, network_work(network).macs);
      }
    }
  }
}

// Statistics of every value that a layer with weights reads, and moments that fit its weights where there are any.
TEST_P(Contract, KeepsCalibrationInStepWithTheNetwork) {
  if (info().stage == Stage::kExit) GTEST_SKIP() << "no step comes after it that could read them";
  for (const auto& [name, network] : test_networks()) {
    const Draft draft = given(network);
    for (LayerId id = 0; id < network.size(); ++id) {
      if (GetParam()->applies(network, id)) continue;
      for (const Knobs& knobs : corners()) {
        if (GetParam()->accepts(network, id, knobs)) continue;
        const Draft result = GetParam()->apply(draft, id, knobs, 1).value();
        for (const Layer& layer : result.network.layers()) {
          if (!layer.has_weight()) continue;
          const Layer& source = result.network.layer(layer.inputs[0]);
          const ValueStatistics* read = result.calibration.find(source.name);
          ASSERT_NE(read, nullptr) << name << " " << source.name << " " << to_string(knobs);
          const Shape& shape = source.output_shape;
          const std::int64_t channels = shape.size() == 3 ? shape[0] : shape.back();
          EXPECT_EQ(std::ssize(read->channel_mean), channels) << name << " " << source.name;
          EXPECT_EQ(std::ssize(read->channel_min), channels) << name << " " << source.name;
          EXPECT_LE(read->min, read->max);
          EXPECT_GT(read->histogram.total(), 0U) << name << " " << source.name;
          for (const WeightMatrix& matrix : weight_matrices(result, layer)) {
            if (!matrix.moments) continue;
            EXPECT_EQ(matrix.moments->columns, std::ssize(matrix.values.row(0))) << name << " " << layer.name;
            EXPECT_LT(matrix.group, matrix.moments->groups) << name << " " << layer.name;
          }
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Methods, Contract, ::testing::ValuesIn(methods().begin(), methods().end()),
                         [](const auto& instance) { return instance.param->info().id; });

TEST(Registry, IdsAreUniqueAndSorted) {
  for (std::size_t i = 1; i < methods().size(); ++i) {
    EXPECT_LT(methods()[i - 1]->info().id, methods()[i]->info().id);
  }
}

}  // namespace
}  // namespace roofscape::approx
