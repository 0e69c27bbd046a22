#include "platforms/probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <exception>
#include <functional>
#include <thread>

#include "analytics/base/text.h"
#include "analytics/base/thread_time.h"
#include "platforms/host_info.h"
#include "platforms/library.h"
#include "platforms/probe_kernels.h"

namespace roofscape::platforms {
namespace {

constexpr int kMostThreads = 1024;
constexpr int kRounds = 20;  // of each measurement; the best counts, as anything else on the machine only slows it
constexpr std::int64_t kDramBytes = std::int64_t{256} << 20;

// Work of one thread: does a small piece and returns how much it did (operations, bytes).
using Piece = std::function<double()>;

class Timer {
 public:
  Timer(int threads, double slice, const CancelToken* cancel) : threads_(threads), slice_(slice), cancel_(cancel) {}

  // Amount a second of all threads together, each of which repeats its own piece; the best of some rounds.
  Result<double> rate(const std::function<Piece(int thread)>& make) const {
    double best = 0;
    std::vector<Piece> pieces(static_cast<std::size_t>(threads_));
    for (int round = 0; round < kRounds; ++round) {
      if (cancel_ != nullptr && cancel_->cancelled()) return cancelled("the probe was cancelled");
      RS_ASSIGN(const double rate, round_rate(make, &pieces));
      best = std::max(best, rate);
    }
    return best;
  }

 private:
  // Threads start together and each counts what it did in its own processor time: one that the scheduler kept waiting
  // is none the slower.
  // Each makes its own piece in the first round, so that its buffer lies near its processor.
  Result<double> round_rate(const std::function<Piece(int)>& make, std::vector<Piece>* pieces) const {
    std::vector<double> rates(static_cast<std::size_t>(threads_), 0);
    std::atomic<bool> failed{false};
    std::barrier start(threads_);
    const auto work = [&](int thread) {
      Piece& piece = (*pieces)[static_cast<std::size_t>(thread)];
      try {
        if (!piece) {
          piece = make(thread);
          piece();  // warms caches and pages
        }
      } catch (const std::exception&) {
        failed = true;
      }
      start.arrive_and_wait();
      if (failed) return;
      const double began = thread_seconds();
      double done = 0, elapsed = 0;
      do {
        done += piece();
        elapsed = thread_seconds() - began;
      } while (elapsed < slice_ && !(cancel_ != nullptr && cancel_->cancelled()));
      rates[static_cast<std::size_t>(thread)] = done / elapsed;
    };
    std::vector<std::thread> team;
    try {
      for (int thread = 0; thread < threads_; ++thread) team.emplace_back(work, thread);
    } catch (const std::exception&) {
      // Those that did start wait for the rest: stand in for it.
      failed = true;
      for (auto missing = static_cast<int>(team.size()); missing < threads_; ++missing) start.arrive_and_drop();
    }
    for (std::thread& thread : team) thread.join();
    if (failed) return resource_exhausted("the probe could not start {} threads with their buffers", threads_);
    double total = 0;
    for (const double rate : rates) total += rate;
    return total;
  }

  int threads_;
  double slice_;
  const CancelToken* cancel_;
};

void set_figure(v1::Figure* figure, double value, std::string source) {
  figure->set_value(value);
  figure->set_source(std::move(source));
  figure->set_provenance(v1::MEASURED);
}

std::string method(const char* kernel, int threads, double slice) {
  return fmt::format("roofscape platform probe: {}, {} threads, best of {} rounds of {:.3g} s", kernel, threads,
                     kRounds, slice);
}

Result<double> compute_rate(const Timer& timer, const ComputeKernel& kernel) {
  constexpr std::int64_t kSteps = 4096;
  // Where the compiler cannot see that nobody reads it.
  static std::atomic<double> sink;
  return timer.rate([&](int) -> Piece {
    return [&] {
      sink.store(kernel.run(kSteps), std::memory_order_relaxed);
      return kernel.operations_per_step * static_cast<double>(kSteps);
    };
  });
}

Result<double> read_rate(const Timer& timer, std::int64_t bytes_a_thread) {
  static std::atomic<std::uint64_t> sink;
  const ReadKernel& kernel = best_read_kernel();
  const std::size_t words = std::max<std::size_t>(64, static_cast<std::size_t>(bytes_a_thread / 8) / 64 * 64);
  // Small buffers are read many times a piece, so that looking at the clock does not count.
  const std::size_t times = std::max<std::size_t>(1, (std::size_t{1} << 17) / words);
  return timer.rate([&](int thread) -> Piece {
    auto buffer = std::make_shared<std::vector<std::uint64_t>>(words, static_cast<std::uint64_t>(thread) + 1);
    return [=, &kernel] {
      std::uint64_t sum = 0;
      for (std::size_t i = 0; i < times; ++i) sum += kernel.run(buffer->data(), words);
      sink.store(sum, std::memory_order_relaxed);
      return static_cast<double>(words) * 8.0 * static_cast<double>(times);
    };
  });
}

// Half of what a thread may call its own of the cache.
std::int64_t bytes_a_thread(const Cache& cache, int threads) {
  return cache.bytes / (2 * std::min(cache.sharers, threads));
}

Status measure_compute(const Timer& timer, int threads, double slice, v1::Platform* platform) {
  for (const char* format : {"fp32", "int16", "int8"}) {
    const ComputeKernel* kernel = find_kernel(format);
    if (kernel == nullptr) continue;
    RS_ASSIGN(const double rate, compute_rate(timer, *kernel));
    v1::ComputeCeiling* ceiling = platform->add_compute();
    ceiling->set_weight(format);
    set_figure(ceiling->mutable_ops_per_second(), rate, method(kernel->name, threads, slice));
  }
  return {};
}

Status measure_memory(const Timer& timer, const HostInfo& host, int threads, double slice, v1::Platform* platform) {
  std::int64_t largest = 0;
  for (const Cache& cache : host.caches) {
    if (cache.bytes <= largest) continue;  // levels must grow outwards
    largest = cache.bytes;
    RS_ASSIGN(const double rate, read_rate(timer, bytes_a_thread(cache, threads)));
    v1::MemoryLevel* level = platform->add_memory();
    level->set_name(fmt::format("L{}", cache.level));
    set_figure(level->mutable_capacity_bytes(), static_cast<double>(cache.bytes), "reported by the operating system");
    set_figure(level->mutable_bandwidth_bytes_per_second(), rate, method(best_read_kernel().name, threads, slice));
  }
  std::int64_t bytes = std::max(kDramBytes, 4 * largest);
  if (host.memory_bytes > 0) bytes = std::min(bytes, host.memory_bytes / 8);
  RS_ASSIGN(const double rate, read_rate(timer, std::max<std::int64_t>(bytes / threads, 1 << 20)));
  v1::MemoryLevel* dram = platform->add_memory();
  dram->set_name("DRAM");
  set_figure(dram->mutable_bandwidth_bytes_per_second(), rate, method(best_read_kernel().name, threads, slice));
  return {};
}

// What comes from farther out passes through the levels further in, so each is at least as fast: a busy machine can
// make a measurement say otherwise.
void mend_order(v1::Platform* platform) {
  for (int i = platform->memory_size() - 2; i >= 0; --i) {
    v1::Figure* inner = platform->mutable_memory(i)->mutable_bandwidth_bytes_per_second();
    const double outer = platform->memory(i + 1).bandwidth_bytes_per_second().value();
    if (inner->value() >= outer) continue;
    inner->set_value(outer);
    inner->set_source(inner->source() + "; raised to the next level's");
  }
}

}  // namespace

Result<v1::Platform> probe_host(const ProbeOptions& options) {
  const HostInfo host = host_info();
  if (options.threads < 0 || options.threads > kMostThreads)
    return invalid_argument("threads is {}; use 0 (all processors) to {}", options.threads, kMostThreads).at("threads");
  if (!(options.seconds > 0) || options.seconds > 600)
    return invalid_argument("seconds is {}; use more than 0 and at most 600", options.seconds).at("seconds");
  const int threads = options.threads > 0 ? options.threads : std::min(host.processors, kMostThreads);
  const int measurements = 3 + static_cast<int>(host.caches.size()) + 1;
  const double slice = options.seconds / (measurements * kRounds);
  const Timer timer(threads, slice, options.cancel);

  v1::Platform platform;
  platform.set_id(options.id);
  platform.set_title(host.processor.empty() ? "this machine" : host.processor);
  platform.set_device_class(v1::CPU);
  platform.set_family(fmt::format("{} processors", host.processors));
  platform.set_engine(fmt::format("micro-benchmarks on {} threads", threads));
  platform.set_notes(
      "Ceilings that loops in registers and sequential reads reach; energy is not measured. The capacity "
      "of a cache is that of one, its bandwidth that of all together.");
  if (Status status = validate_platform(platform); !status.ok() && status.field() == "id") return status;
  RS_TRY(measure_compute(timer, threads, slice, &platform));
  RS_TRY(measure_memory(timer, host, threads, slice, &platform));
  mend_order(&platform);
  RS_TRY(validate_platform(platform));
  return platform;
}

}  // namespace roofscape::platforms
