// Builds candidates' networks quickly, for pricing: a searcher prices thousands of them for each one that is measured.
//
// Methods that change more than their layer (pruned filters) are applied as they are and their results kept by recipe.
// All others change nothing but their own layer and look at nothing but that layer and its inputs' statistics, so each
// layer's result is computed once for each (content, steps) and put into place. The networks equal those of
// approx::apply_recipe, which stays the truth that tests compare with.
//
//   CandidateBuilder builder(draft, seed);
//   RS_ASSIGN(Network network, builder.build(recipe));
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "analytics/approx/method.h"

namespace roofscape::explore {

class CandidateBuilder {
 public:
  CandidateBuilder(approx::Draft base, std::uint64_t seed);
  // Fails where apply_recipe would.
  Result<Network> build(const approx::Recipe& recipe);

 private:
  // What a layer's steps look at. The pointers keep their targets alive, so an address never comes to mean another.
  struct Context {
    LayerId layer = 0;
    std::vector<TensorPtr> constants;
    std::vector<std::shared_ptr<const ValueStatistics>> inputs;
    std::shared_ptr<const SecondMoments> moments;
    std::string steps;
    auto operator<=>(const Context&) const = default;
  };

  static std::string text_of(const approx::Recipe& steps);
  Result<std::shared_ptr<const approx::Draft>> structure(const approx::Recipe& steps);
  // The network with the results of all local steps in place.
  Result<Network> with_local_steps(const approx::Draft& draft, const approx::Recipe& steps);
  Result<Layer> layer_result(const approx::Draft& draft, LayerId layer, const approx::Recipe& steps);
  void make_room(std::int64_t bytes);

  std::shared_ptr<const approx::Draft> base_;
  std::uint64_t seed_;
  std::map<std::string, std::shared_ptr<const approx::Draft>> structures_;
  std::map<Context, Layer> layers_;
  std::int64_t kept_bytes_ = 0;  // of the constants in both caches, about
};

}  // namespace roofscape::explore
