// A real space to try searchers on, without the loop of an exploration: LeNet-5, its prices on the demo's four
// platforms, and images to measure candidates on.
//
//   auto lab = SearchLab::create({2, 3, 4, 6, 8}, {4, 8}, {0, 0.25, 0.5}, 2000);
//   auto searcher = search::make_searcher("surrogate", lab->problem(), 1, 200);
//   (*searcher)->tell(lab->measure((*searcher)->ask(20)));
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <vector>

#include "analytics/explore/candidate_builder.h"
#include "analytics/explore/explorer.h"
#include "analytics/explore/price_list.h"
#include "analytics/search/searcher.h"

namespace roofscape::bench {

class SearchLab {
 public:
  // Every layer in these widths, convolutions with these shares of their filters pruned (empty: none). Measured on the
  // first test images of Fashion-MNIST where Debian's package has put them, else on random ones that the network itself
  // has labelled. Nothing when the network is missing.
  static std::unique_ptr<SearchLab> create(std::vector<double> weight_bits, std::vector<double> activation_bits,
                                           std::vector<double> pruned, std::int64_t images);

  // Residual blocks of 60 layers with weights, in 2 to 8 bits each: random, to see how long searchers think.
  static std::unique_ptr<SearchLab> create_deep();

  const search::Problem& problem() const { return problem_; }
  // The base network's.
  const search::Outcome& base() const { return base_; }
  bool real_images() const { return real_images_; }
  // In the order of the points, as one merged graph.
  std::vector<search::Outcome> measure(const std::vector<search::Point>& points);

 private:
  static std::unique_ptr<SearchLab> create(const Network& network, const Dataset& data,
                                           std::vector<explore::Rule> rules);
  SearchLab(explore::Job job, approx::Draft draft, explore::Space space, explore::PlatformPrices platforms,
            explore::Scoring scoring);
  std::vector<search::Outcome> measure(const std::vector<Network>& networks, const std::vector<search::Point>& points);

  explore::Job job_;
  approx::Draft draft_;
  explore::Space space_;
  explore::PlatformPrices platforms_;
  explore::Scoring scoring_;
  explore::CandidateBuilder builder_;
  std::optional<explore::PriceList> prices_;
  search::Problem problem_;
  search::Outcome base_;
  bool real_images_ = false;
};

}  // namespace roofscape::bench
