// The makers that registry.cc lists: one a file of the same name.
#pragma once

#include "analytics/search/searcher.h"

namespace roofscape::search {

Result<std::unique_ptr<Searcher>> make_surrogate(const Problem& problem, std::uint64_t seed, std::uint64_t evaluations);
Result<std::unique_ptr<Searcher>> make_nsga2(const Problem& problem, std::uint64_t seed, std::uint64_t evaluations);
Result<std::unique_ptr<Searcher>> make_random(const Problem& problem, std::uint64_t seed, std::uint64_t evaluations);
Result<std::unique_ptr<Searcher>> make_grid(const Problem& problem, std::uint64_t seed, std::uint64_t evaluations);

}  // namespace roofscape::search
