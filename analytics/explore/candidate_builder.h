// Builds candidates' networks quickly: a searcher prices thousands of them for each one that is measured.
//
// Every step's result is kept under the content that it was made from, and candidates share what they have in common.
// Methods that change more than their layer (pruned filters) make a chain of drafts, one a step. All others change
// nothing but their own layer and look at nothing but that layer and its inputs' statistics, so that each layer's steps
// make a chain of their own, which candidates of different structures share, too. The networks equal those of
// approx::apply_recipe, which stays the truth that tests compare with.
//
//   CandidateBuilder builder(draft, seed);
//   RS_ASSIGN(Network network, builder.build(recipe));
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "analytics/approx/method.h"
#include "analytics/base/lru_cache.h"

namespace roofscape::explore {

class CandidateBuilder {
 public:
  CandidateBuilder(approx::Draft base, std::uint64_t seed);
  // Fails where apply_recipe would.
  Result<Network> build(const approx::Recipe& recipe);
  // Of the same shapes, formats and zeros, for its price: what is about values alone is done in the quickest way
  // (approx::rough_knobs), and factors are not moved between layers. `recipe` is one of Space::recipe's, in order.
  Result<Network> build_roughly(const approx::Recipe& recipe);

 private:
  // A draft under what determines it: the steps that led to it.
  struct Structure {
    Structure(approx::Draft made, const Digest& steps);
    approx::Draft draft;
    Digest key;
    std::vector<Digest> contents;  // of each layer: of all that local steps on it look at
  };
  using StructurePtr = std::shared_ptr<const Structure>;
  using LayerPtr = std::shared_ptr<const Layer>;

  Result<StructurePtr> structure(const approx::Recipe& steps);
  Result<StructurePtr> with_step(const StructurePtr& before, const approx::Step& step);
  // `steps` are in the order in which they are applied.
  Result<Network> build_ordered(const approx::Recipe& steps);
  // The network with the results of all local steps in place.
  Result<Network> with_local_steps(const Structure& structure, const approx::Recipe& steps);
  // The layer, of this content, after the steps.
  Result<LayerPtr> with_steps(const approx::Draft& draft, LayerId layer, const Digest& content,
                              std::span<const approx::Step> steps);

  StructurePtr base_;
  std::uint64_t seed_;
  LruCache<Digest, Structure> structures_;
  LruCache<Digest, Layer> layers_;
};

}  // namespace roofscape::explore
