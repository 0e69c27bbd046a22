#include "analytics/search/knapsack.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "analytics/base/rng.h"
#include "tests/support/shared_data.h"

namespace roofscape::search {
namespace {

using Groups = std::vector<std::vector<KnapsackItem>>;

// Every combination.
std::optional<double> least_damage(const Groups& groups, double budget) {
  std::optional<double> best;
  std::vector<std::size_t> picks(groups.size(), 0);
  for (;;) {
    double cost = 0, damage = 0;
    for (std::size_t v = 0; v < groups.size(); ++v) {
      cost += groups[v][picks[v]].cost;
      damage += groups[v][picks[v]].damage;
    }
    if (cost <= budget && (!best || damage < *best)) best = damage;
    std::size_t v = 0;
    while (v < groups.size() && ++picks[v] == groups[v].size()) picks[v++] = 0;
    if (v == groups.size()) return best;
  }
}

TEST(Knapsack, EqualsEveryCombinationTried) {
  Rng rng(7);
  for (int round = 0; round < 200; ++round) {
    Groups groups(1 + rng.below(5));
    double cheapest = 0, dearest = 0;
    for (std::vector<KnapsackItem>& items : groups) {
      items.resize(1 + rng.below(6));
      double low = HUGE_VAL, high = -HUGE_VAL;
      for (KnapsackItem& item : items) {
        // Ties and negative numbers too.
        item = {std::floor(20 * rng.uniform()) - 5, std::floor(10 * rng.uniform()) - 2};
        low = std::min(low, item.cost);
        high = std::max(high, item.cost);
      }
      cheapest += low;
      dearest += high;
    }
    const double budget = cheapest - 1 + (dearest - cheapest + 2) * rng.uniform();
    const std::optional<double> truth = least_damage(groups, budget);
    const std::optional<KnapsackAnswer> answer = solve_knapsack(groups, budget);
    ASSERT_EQ(answer.has_value(), truth.has_value()) << round;
    if (!answer) continue;
    EXPECT_TRUE(answer->exact);
    EXPECT_NEAR(answer->damage, *truth, 1e-9) << round;
    double cost = 0, damage = 0;
    for (std::size_t v = 0; v < groups.size(); ++v) {
      cost += groups[v][answer->picks[v]].cost;
      damage += groups[v][answer->picks[v]].damage;
    }
    EXPECT_NEAR(cost, answer->cost, 1e-9);
    EXPECT_NEAR(damage, answer->damage, 1e-9);
    EXPECT_LE(cost, budget + 1e-9);
  }
}

TEST(Knapsack, SaysWhenItHadToDropPartialAnswers) {
  Rng rng(8);
  Groups groups(20);
  for (std::vector<KnapsackItem>& items : groups)
    for (int i = 0; i < 8; ++i) items.push_back({rng.uniform(), rng.uniform()});
  const auto exact = solve_knapsack(groups, 5);
  const auto rough = solve_knapsack(groups, 5, 8);
  ASSERT_TRUE(exact && rough);
  EXPECT_TRUE(exact->exact);
  EXPECT_FALSE(rough->exact);
  EXPECT_GE(rough->damage, exact->damage);
  EXPECT_LE(rough->cost, 5 + 1e-9);
}

// --- HAWQ-V3's published instances: 4 or 8 bits a layer under limits on size, operations or measured latency ---

using Row = std::map<std::string, std::string>;

std::vector<Row> read_csv(const std::string& path) {
  std::ifstream file(path);
  std::vector<Row> rows;
  std::vector<std::string> header;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    std::vector<std::string> cells;
    std::stringstream in(line);
    for (std::string cell; std::getline(in, cell, ',');) cells.push_back(cell);
    if (header.empty()) {
      header = cells;
      continue;
    }
    cells.resize(header.size());
    Row& row = rows.emplace_back();
    for (std::size_t i = 0; i < header.size(); ++i) row[header[i]] = cells[i];
  }
  return rows;
}

TEST(Knapsack, IsExactOnTheInstancesOfHawqV3) {
  const auto inputs = shared_data("../reference/coexplore/hawqv3_ilp_inputs.csv");
  const auto optima = shared_data("../reference/coexplore/hawqv3_ilp_optima.csv");
  if (!inputs || !optima) GTEST_SKIP() << "the tables of HAWQ-V3 are not there; set ROOFSCAPE_DATA";
  const std::vector<Row> layers = read_csv(*inputs);
  int instances = 0;
  for (const Row& optimum : read_csv(*optima)) {
    const std::string& net = optimum.at("net");
    // Layers that are tied take the same bits: they are one group.
    std::map<std::string, std::size_t> group_of;
    Groups groups;
    std::vector<std::size_t> group_of_layer;
    for (const Row& layer : layers) {
      if (layer.at("net") != net) continue;
      const std::string index = layer.at("layer_index"), tied = layer.at("tied_with");
      std::size_t group = groups.size();
      if (!tied.empty() && group_of.contains(tied)) {
        group = group_of.at(tied);
      } else {
        groups.push_back({{0, 0}, {0, 0}});
      }
      group_of[index] = group;
      group_of_layer.push_back(group);
      const double parameters = std::stod(layer.at("parameters")), macs = std::stod(layer.at("macs"));
      const double trace = std::stod(layer.at("hessian_trace_per_parameter"));
      const double unit = net == "resnet18" ? 1024 * 1024.0 : 1e6;
      for (const int bits : {8, 4}) {
        KnapsackItem& item = groups[group][bits == 8 ? 0 : 1];
        item.damage += trace * std::stod(layer.at(bits == 8 ? "dw2_int8" : "dw2_int4"));
        const std::string& constraint = optimum.at("constraint");
        if (constraint == "modelsize") item.cost += parameters * bits / 8 / unit;
        if (constraint == "bops") item.cost += macs * bits * bits / 1.024e9;
        if (constraint == "latency")
          item.cost += std::stod(layer.at(bits == 8 ? "latency_ms_int8_t4" : "latency_ms_int4_t4"));
      }
    }
    const auto answer = solve_knapsack(groups, std::stod(optimum.at("limit")));
    ASSERT_TRUE(answer);
    EXPECT_TRUE(answer->exact);
    std::string bits;
    for (const std::size_t group : group_of_layer) bits += answer->picks[group] == 0 ? '8' : '4';
    const std::string name = net + " " + optimum.at("constraint") + " " + optimum.at("level");
    EXPECT_NEAR(answer->damage, std::stod(optimum.at("optimal_proxy")), 2e-8) << name;
    EXPECT_EQ(bits, optimum.at("optimal_bits")) << name;
    ++instances;
  }
  EXPECT_EQ(instances, 18);
}

}  // namespace
}  // namespace roofscape::search
