// Builds candidates' networks quickly, for pricing: a searcher prices thousands of them for each one that is measured.
//
// Methods that change structure (pruned filters) are applied as they are and their results kept by recipe. All others
// change nothing but their own layer and look at nothing but that layer and its inputs' statistics, so each layer's
// result is computed once for each (content, steps) and put into place. The networks equal those of
// approx::apply_recipe (tested against it), which stays the truth: what is measured is built by it.
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
    std::string steps;
    auto operator<=>(const Context&) const = default;
  };

  using Steps = std::vector<const approx::Step*>;
  static std::string text_of(const Steps& steps);
  Result<std::shared_ptr<const approx::Draft>> structure(const Steps& steps);
  Result<Layer> layer_result(const approx::Draft& draft, LayerId layer, const Steps& steps);

  std::shared_ptr<const approx::Draft> base_;
  std::uint64_t seed_;
  std::map<std::string, std::shared_ptr<const approx::Draft>> structures_;
  std::map<Context, Layer> layers_;
  std::int64_t kept_bytes_ = 0;  // of the constants in both caches, about
};

}  // namespace roofscape::explore
