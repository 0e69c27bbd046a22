// What a searcher reaches on an exploration, at how many evaluations, images and seconds: the yardstick by which the
// search is judged. One job, one searcher, several seeds:
//
//   search_yardstick ../shared/cases/search/resnet8_wide.yaml --evaluations 120 --at 20,40,60,120 --seeds 1,2,3,4,5
//
// prints a line a seed and checkpoint, then the median and the worst of the seeds, each platform by itself. With
// --cache FILE measurements are kept, so that the next run takes seconds; seconds and images are told as if they were
// not. `--searcher expert` runs the opponent of yardstick/expert_script.h for as many images as so many evaluations
// see, so that --by-images is the axis on which it is compared. With --best FILE the best fronts ever seen of the job
// are kept, and "/best" lines tell what share of them the worst seed reached. With --box-of OTHER hypervolumes are
// taken in the boxes of another job of the same platforms and objectives, and its best fronts, so that a space can be
// set beside one that it contains. Exit codes: 0, 1 (an error), 77 (the data is not on this machine).
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "tests/bench/yardstick/best_fronts.h"
#include "tests/bench/yardstick/expert_script.h"
#include "tests/bench/yardstick/job_file.h"
#include "tests/bench/yardstick/measurement_memory.h"
#include "tests/bench/yardstick/point_server.h"
#include "tests/bench/yardstick/recorder.h"
#include "tests/bench/yardstick/report.h"

namespace roofscape::bench {
namespace {

constexpr int kSkipped = 77;
constexpr const char* kExpert = "expert";  // no searcher of Roofscape

struct Options {
  std::string job, searcher, serve, cache, best, csv, box_of;
  std::int64_t evaluations = 0;
  int threads = 2;
  std::vector<std::uint64_t> seeds = {1};
  std::vector<std::int64_t> at;
  bool by_images = false;
};

void declare(CLI::App& app, Options& options) {
  app.add_option("JOB", options.job, "Exploration file (YAML).")->required();
  app.add_option("--searcher", options.searcher, "Searcher, or 'expert'; the file's unless given.");
  app.add_option("--serve", options.serve,
                 "Measure points that a program of this name asks for on the standard input (point_server.h).");
  app.add_option("--evaluations", options.evaluations, "Candidates to measure; the file's number unless given.");
  app.add_option("--seeds", options.seeds, "Seeds, one run each.")->delimiter(',');
  app.add_option("--threads", options.threads, "Threads of the engine.");
  app.add_option("--at", options.at, "Checkpoints; the end alone unless given.")->delimiter(',');
  app.add_flag("--by-images", options.by_images,
               "Checkpoints, and the end, count images seen, in measurements on all images, not evaluations.");
  app.add_option("--cache", options.cache, "File that remembers measurements.");
  app.add_option("--best", options.best, "File that remembers the best fronts known.");
  app.add_option("--box-of", options.box_of, "Job in whose boxes hypervolumes are taken; JOB unless given.");
  app.add_option("--csv", options.csv, "File to which the lines are appended as CSV.");
}

std::vector<std::int64_t> checkpoints(const Options& options, std::int64_t evaluations) {
  std::vector<std::int64_t> at;
  for (const std::int64_t checkpoint : options.at)
    if (checkpoint > 0 && checkpoint < evaluations) at.push_back(checkpoint);
  at.push_back(evaluations);
  std::sort(at.begin(), at.end());
  at.erase(std::unique(at.begin(), at.end()), at.end());
  return at;
}

Status append_csv(const std::string& path, const std::string& lines) {
  const bool is_new = !std::filesystem::exists(path);
  std::ofstream out(path, std::ios::app);
  out << (is_new ? Report::csv_header() : "") << lines;
  out.close();
  if (!out) return unavailable("{} cannot be written", path);
  return {};
}

// Takes the other job's boxes and its best fronts for this one's.
Status borrow_boxes(const Options& options, JobFile& file, MeasurementMemory& memory,
                    std::vector<explore::FrontBox>& boxes) {
  RS_ASSIGN(const JobFile other, read_job(options.box_of, {"random", 1, options.threads}));
  const bool alike = std::ranges::equal(other.spec.platforms(), file.spec.platforms()) &&
                     std::ranges::equal(other.spec.objectives(), file.spec.objectives());
  if (!alike) return invalid_argument("{} and {} differ in platforms or objectives", options.box_of, options.job);
  Trace trace(other.prepared.job);
  Recorder recorder(other, memory, trace);
  explore::Explorer explorer(other.prepared.job, other.engine, recorder);
  RS_TRY(explorer.run(CancelToken()));
  boxes = trace.boxes();
  file.key = other.key;
  return {};
}

Status run(const Options& options, const JobFile& file, MeasurementMemory& memory, Trace& trace) {
  const explore::Job& job = file.prepared.job;
  const std::int64_t images = job.evaluations * job.evaluation.count;
  if (options.searcher == kExpert || !options.serve.empty()) {
    RS_ASSIGN(const auto lab, Lab::create(file, memory, trace));
    return options.serve.empty() ? run_expert_script(*lab, images)
                                 : serve_points(*lab, job.seed, images, std::cin, std::cout);
  }
  Recorder recorder(file, memory, trace, options.by_images ? images : 0);
  explore::Explorer explorer(file.prepared.job, file.engine, recorder);
  const Status status = explorer.run(CancelToken());
  const explore::Profile& spent = explorer.profile();
  fmt::print("     {:.1f} s: measuring {:.0f} %, sensitivities {:.0f} %, proposing {:.0f} %, rewriting {:.0f} %\n",
             spent.total, 100 * spent.measuring / spent.total, 100 * spent.sensitivities / spent.total,
             100 * spent.proposing / spent.total, 100 * spent.rewriting / spent.total);
  return status;
}

Status measure(const Options& options) {
  const bool is_expert = options.searcher == kExpert;
  RS_ASSIGN(JobFile file,
            read_job(options.job, {is_expert ? "" : options.searcher, options.evaluations, options.threads}));
  explore::Job& job = file.prepared.job;
  const std::string strategy = !options.serve.empty() ? options.serve : is_expert ? kExpert : job.searcher;
  std::FILE* const out = options.serve.empty() ? stdout : stderr;
  RS_ASSIGN(MeasurementMemory memory, MeasurementMemory::open(options.cache));
  RS_ASSIGN(BestFronts best, BestFronts::read(options.best));
  std::vector<explore::FrontBox> boxes;  // instead of the job's
  if (!options.box_of.empty()) RS_TRY(borrow_boxes(options, file, memory, boxes));
  fmt::print(out, "{}: {} on {}, searcher {}, {} evaluations of {} images, a space of {:.3g} points\n", file.name,
             file.spec.model(), file.spec.dataset(), strategy, job.evaluations, job.evaluation.count,
             file.prepared.space_size);
  Report report(file, checkpoints(options, job.evaluations), options.by_images ? Axis::kImages : Axis::kEvaluations);
  for (const std::uint64_t seed : options.seeds) {
    job.seed = seed;
    Trace trace(job, boxes);
    RS_TRY(run(options, file, memory, trace));
    report.add(seed, trace);
    for (std::size_t front = 0; front < trace.boxes().size(); ++front)
      best.add(file.key, job.platforms[trace.boxes()[front].platform].id, trace.points(front, trace.evaluations()));
    fmt::print(out, "{}", report.last_seed());
    std::fflush(out);
  }
  if (!options.best.empty()) RS_TRY(best.write());
  const BestFronts* const known = options.best.empty() ? nullptr : &best;
  fmt::print(out, "{}", report.summary(known));
  if (!options.csv.empty()) RS_TRY(append_csv(options.csv, report.csv(strategy, known)));
  return {};
}

}  // namespace
}  // namespace roofscape::bench

int main(int argc, char** argv) {
  roofscape::bench::Options options;
  CLI::App app("What a searcher reaches on an exploration, at how many evaluations, images and seconds.");
  roofscape::bench::declare(app, options);
  CLI11_PARSE(app, argc, argv);
  const roofscape::Status status = roofscape::bench::measure(options);
  if (status.ok()) return 0;
  const bool skipped = status.code() == roofscape::Code::kNotFound;
  fmt::print(stderr, "search_yardstick: {}{}\n", skipped ? "skipped: " : "", status.message());
  return skipped ? roofscape::bench::kSkipped : 1;
}
