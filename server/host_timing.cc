#include "server/host_timing.h"

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <set>

#include "analytics/base/text.h"
#include "analytics/engine/stopwatch.h"
#include "analytics/zoo/zoo.h"
#include "platforms/probe.h"
#include "server/engine_ceilings.h"
#include "server/timed_network.h"

namespace roofscape::server {
namespace {

constexpr double kSlice = 0.02;  // seconds of a timing, unless one batch takes longer
constexpr double kProbeSeconds = 3;
constexpr std::int64_t kManyImages = 8;
// Multiply-accumulates of an image beyond which a batch of many says nothing that a single one does not, and takes
// long.
constexpr double kLargeNetwork = 45e6;

constexpr TimedFormat kFormats[] = {TimedFormat::kFp32, TimedFormat::kInt8};

struct Timed {
  Network network;
  const zoo::Entry* entry;
  zoo::Counts counts;
  TimedFormat format;
  std::int64_t batch;
  std::unique_ptr<engine::Stopwatch> watch;
  std::map<int, double> best{};  // seconds of a batch, by threads
};

// One, half of them where that is more, and all.
std::vector<int> thread_counts(int threads) {
  std::set<int> counts{1, threads};
  if (threads >= 4) counts.insert(threads / 2);
  return {counts.begin(), counts.end()};
}

std::string host_id(int threads, int most) {
  return threads == most ? std::string("host") : fmt::format("host-{}", threads);
}

// Everything that one run holds ready.
class Session {
 public:
  Session(const HostTimingOptions& options, const HostTimingWatch& watch)
      : options_(options), watch_(watch), threads_(thread_counts(options.threads)), seat_(*watch.turns) {}

  Status run(std::vector<v1::Platform>* platforms, std::string* csv) {
    RS_TRY(take_turn());
    RS_TRY(probe(platforms));
    RS_TRY(prepare());
    for (int round = 0; round < options_.rounds; ++round) RS_TRY(time_once(round));
    for (std::size_t i = 0; i < threads_.size(); ++i) ceilings_[i]->write(&(*platforms)[i]);
    *csv = rows();
    return {};
  }

 private:
  Status give_way() {
    if (seat_.pass(*watch_.cancel)) return {};
    return cancelled("the call was cancelled");
  }
  Status take_turn() {
    report("waiting for the engine", 0);
    if (seat_.take(*watch_.cancel)) return {};
    return cancelled("the call was cancelled");
  }
  void report(const char* doing, std::int64_t done) const {
    if (watch_.progress) watch_.progress(doing, done, total_);
  }

  Status probe(std::vector<v1::Platform>* platforms) {
    report("measuring ceilings", 0);
    for (const int threads : threads_) {
      platforms::ProbeOptions probe;
      probe.id = host_id(threads, options_.threads);
      probe.threads = threads;
      probe.seconds = std::min(kProbeSeconds, 0.4 * options_.rounds);
      probe.cancel = watch_.cancel;
      RS_ASSIGN(v1::Platform platform, platforms::probe_host(probe));
      platforms->push_back(std::move(platform));
      RS_ASSIGN(auto ceilings, EngineCeilings::create(threads, watch_.cancel));
      ceilings_.push_back(std::move(ceilings));
      RS_TRY(give_way());
    }
    return {};
  }

  Status prepare() {
    report("preparing networks", 0);
    for (const std::string& id : options_.networks) {
      const zoo::Entry* entry = zoo::find(id);
      RS_ASSIGN(const Network shape_only, entry->build());
      const zoo::Counts counts = zoo::count(shape_only);
      for (const TimedFormat format : kFormats) {
        RS_ASSIGN(const Network network, timed_network(shape_only, format, watch_.cancel));
        for (const std::int64_t batch : {std::int64_t{1}, kManyImages}) {
          if (batch > 1 && counts.macs > kLargeNetwork) continue;
          timed_.push_back(std::make_unique<Timed>(Timed{network, entry, counts, format, batch, nullptr}));
          Timed& timed = *timed_.back();
          RS_ASSIGN(timed.watch, engine::Stopwatch::create(timed.network, batch));
        }
        RS_TRY(give_way());
      }
    }
    total_ = static_cast<std::int64_t>(timed_.size() * threads_.size()) * options_.rounds;
    return {};
  }

  // Each point and each ceiling once, so that what disturbs the machine for a while disturbs all of them alike.
  Status time_once(int round) {
    std::int64_t done = total_ / options_.rounds * round;
    for (std::size_t i = 0; i < threads_.size(); ++i) {
      RS_TRY(ceilings_[i]->round(watch_.cancel));
      for (const auto& timed : timed_) {
        RS_TRY(give_way());
        RS_ASSIGN(const Seconds time, timed->watch->round(threads_[i], kSlice, watch_.cancel));
        const auto [best, is_new] = timed->best.emplace(threads_[i], time.value());
        best->second = std::min(best->second, time.value());
        report("timing networks", ++done);
      }
    }
    return {};
  }

  // In the columns of docs/calibration.md.
  std::string rows() const {
    std::string csv = "platform,network,structure,precision,batch,metric,value,unit,gmacs,params_m,macts_m\n";
    for (const auto& timed : timed_)
      for (const auto& [threads, seconds] : timed->best)
        csv +=
            fmt::format("{},{},{},{},{},latency,{:.6g},s,{:.6g},{:.6g},{:.6g}\n", host_id(threads, options_.threads),
                        timed->entry->id, timed->entry->id, format_name(timed->format), timed->batch * threads, seconds,
                        timed->counts.macs / 1e9, timed->counts.parameters / 1e6, timed->counts.activations / 1e6);
    return csv;
  }

  const HostTimingOptions& options_;
  const HostTimingWatch& watch_;
  std::vector<int> threads_;
  Turns::Seat seat_;
  std::vector<std::unique_ptr<EngineCeilings>> ceilings_;  // by number of threads
  std::vector<std::unique_ptr<Timed>> timed_;
  std::int64_t total_ = 0;
};

}  // namespace

const std::vector<std::string>& usual_networks() {
  static const std::vector<std::string> kNetworks = {"autoencoder",
                                                     "cnv-12.5",
                                                     "cnv-25",
                                                     "cnv-50",
                                                     "ds-cnn",
                                                     "lenet-5",
                                                     "mlp-12.5",
                                                     "mlp-25",
                                                     "mlp-50",
                                                     "mnasnet-0.5",
                                                     "mobilenet-v1-0.25-96",
                                                     "mobilenet-v1-0.5-128",
                                                     "mobilenet-v2-0.35-96",
                                                     "mobilenet-v2-0.5-128",
                                                     "mobilenet-v3-small",
                                                     "resnet-8",
                                                     "shufflenet-v2-0.5",
                                                     "squeezenet-1.1",
                                                     "tfc"};
  return kNetworks;
}

Status HostTiming::run(const HostTimingWatch& watch) {
  if (options_.networks.empty()) options_.networks = usual_networks();
  for (const std::string& id : options_.networks)
    if (zoo::find(id) == nullptr)
      return not_found("there is no built-in network '{}'; 'roofscape model list' shows them", printable(id, 80))
          .at("networks");
  measurements_.set_name("host.csv");
  Session session(options_, watch);
  return session.run(&platforms_, measurements_.mutable_contents());
}

}  // namespace roofscape::server
