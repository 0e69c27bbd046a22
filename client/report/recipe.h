// Recipes in few words. A recipe spells out every knob of every layer; people want to see what differs:
//
//   RecipeStyle style = RecipeStyle::of(evaluations);       // finds the knobs that vary
//   style.summary(recipe)  == "conv1: integer w4 a8; conv2, fc1: integer w2 a8 + prune_filters f0.25"
//   style.legend()         == "integer: w weight_bits, a activation_bits; prune_filters: f fraction"
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "roofscape/v1/evaluation.pb.h"

namespace roofscape::client {

class RecipeStyle {
 public:
  // Names the knobs whose values differ between any two steps of these recipes.
  static RecipeStyle of(const std::vector<const v1::Recipe*>& recipes);
  std::string summary(const v1::Recipe& recipe) const;
  // "integer w4 a8": one step, without its layer.
  std::string setting(const v1::Step& step) const;
  // Which letters and numbers stand for which knobs; empty when no method shows any.
  std::string legend() const;

 private:
  // Method → its knobs that vary, sorted.
  std::map<std::string, std::set<std::string>> shown_;
};

// Every knob: "conv1:integer(activation_bits=8,weight_bits=4);fc1:…", for CSV files.
std::string full_recipe(const v1::Recipe& recipe);

}  // namespace roofscape::client
