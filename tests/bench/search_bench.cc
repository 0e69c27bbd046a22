// How long the surrogate thinks about a batch, and how good the searchers are on a real space that is measured whole.
#include <benchmark/benchmark.h>

#include <map>

#include "analytics/search/history.h"
#include "tests/bench/search_lab.h"

namespace roofscape::bench {
namespace {

using Search = std::unique_ptr<search::Searcher>;

// Twenty points of the demo's space, when so many were measured. Each round has another seed, so that it looks at
// points whose price nobody asked for yet, as in an exploration.
void surrogate_ask(benchmark::State& state) {
  const auto lab = SearchLab::create({2, 3, 4, 6, 8}, {4, 8}, {0, 0.25, 0.5}, 256);
  if (!lab) return state.SkipWithError("the network is missing");
  const auto wanted = static_cast<std::size_t>(state.range(0));
  std::vector<search::Outcome> told = {lab->base()};
  const Search first = *search::make_searcher("surrogate", lab->problem(), 1, 200);
  first->tell(told);
  while (told.size() < wanted) {
    const std::vector<search::Outcome> batch = lab->measure(first->ask(20));
    first->tell(batch);
    told.insert(told.end(), batch.begin(), batch.end());
  }
  std::uint64_t seed = 1;
  for (auto _ : state) {
    state.PauseTiming();
    const Search searcher = *search::make_searcher("surrogate", lab->problem(), ++seed, 200);
    searcher->tell(told);
    state.ResumeTiming();
    benchmark::DoNotOptimize(searcher->ask(20));
  }
}
BENCHMARK(surrogate_ask)->Arg(21)->Arg(101)->Arg(201)->Unit(benchmark::kMillisecond);

// The same on a network of 60 layers; `scored` counts the candidates that get a price and a forecast, a second.
void proposals_on_sixty_layers(benchmark::State& state) {
  const auto lab = SearchLab::create_deep();
  if (!lab) return state.SkipWithError("the job cannot be made");
  const auto wanted = static_cast<std::size_t>(state.range(0));
  std::vector<search::Outcome> told = {lab->base()};
  search::Problem problem = lab->problem();
  std::int64_t scored = 0;
  problem.rough_price = [&, price = problem.rough_price](const search::Point& point) {
    ++scored;
    return price(point);
  };
  const Search first = *search::make_searcher("surrogate", problem, 1, 200);
  first->tell(told);
  while (told.size() < wanted) {
    const std::vector<search::Outcome> batch = lab->measure(first->ask(20));
    first->tell(batch);
    told.insert(told.end(), batch.begin(), batch.end());
  }
  scored = 0;
  std::uint64_t seed = 1;
  for (auto _ : state) {
    state.PauseTiming();
    const Search searcher = *search::make_searcher("surrogate", problem, ++seed, 200);
    searcher->tell(told);
    state.ResumeTiming();
    benchmark::DoNotOptimize(searcher->ask(20));
  }
  state.counters["scored"] = benchmark::Counter(static_cast<double>(scored), benchmark::Counter::kIsRate);
}
BENCHMARK(proposals_on_sixty_layers)->Arg(21)->Arg(101)->Unit(benchmark::kMillisecond)->UseRealTime();

// The share of the true fronts' hypervolume that fifty evaluations reach, mean and least of ten seeds; the truth is
// every point of a space of 1,024, measured on 2,000 images. Batches as an exploration of fifty asks for them.
void real_space_in_fifty(benchmark::State& state) {
  constexpr std::size_t kEvaluations = 50, kBatch = 5;
  constexpr std::uint64_t kSeeds = 10;
  const auto lab = SearchLab::create({2, 3, 4}, {8}, {}, 2000);
  if (!lab) return state.SkipWithError("the network is missing");
  if (!lab->real_images()) return state.SkipWithError("Fashion-MNIST is missing: package dataset-fashion-mnist");
  for (auto _ : state) {
    std::map<search::Point, search::Outcome> truth;
    std::vector<search::Outcome> all;
    for (std::uint64_t first = 0; first < search::space_size(lab->problem()); first += 64) {
      std::vector<search::Point> points;
      for (std::uint64_t i = first; i < std::min(first + 64, search::space_size(lab->problem())); ++i)
        points.push_back(search::point_at(lab->problem(), i));
      for (search::Outcome& outcome : lab->measure(points)) {
        truth[outcome.point] = outcome;
        all.push_back(std::move(outcome));
      }
    }
    const double most = search::mean_hypervolume(lab->problem(), all);
    state.counters["points"] = static_cast<double>(all.size());
    for (const char* id : {"surrogate", "nsga2", "random"}) {
      double sum = 0, least = 1;
      for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
        const Search searcher = *search::make_searcher(id, lab->problem(), seed, kEvaluations);
        std::vector<search::Outcome> outcomes = {lab->base()};
        searcher->tell(outcomes);
        while (outcomes.size() < kEvaluations) {
          std::vector<search::Outcome> batch;
          for (const search::Point& point : searcher->ask(std::min(kBatch, kEvaluations - outcomes.size())))
            batch.push_back(truth.at(point));
          if (batch.empty()) break;
          searcher->tell(batch);
          outcomes.insert(outcomes.end(), batch.begin(), batch.end());
        }
        const double share = search::mean_hypervolume(lab->problem(), outcomes) / most;
        sum += share;
        least = std::min(least, share);
      }
      state.counters[std::string(id) + "_mean"] = sum / static_cast<double>(kSeeds);
      state.counters[std::string(id) + "_least"] = least;
    }
  }
}
BENCHMARK(real_space_in_fifty)->Iterations(1)->Unit(benchmark::kSecond);

}  // namespace
}  // namespace roofscape::bench
