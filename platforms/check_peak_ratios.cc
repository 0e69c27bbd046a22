#include <string_view>

#include "analytics/arith/sparsity_pattern.h"
#include "platforms/check_figure.h"
#include "platforms/checks.h"

namespace roofscape::platforms {
namespace {

const std::string& activation_of(const v1::ComputeCeiling& ceiling) {
  return ceiling.activation().empty() ? ceiling.weight() : ceiling.activation();
}

// Index of the peak for any weights and layers in these formats, or -1.
int find_plain(const v1::Platform& platform, std::string_view weight, std::string_view activation) {
  for (int i = 0; i < platform.compute_size(); ++i) {
    const v1::ComputeCeiling& ceiling = platform.compute(i);
    if (ceiling.weight() == weight && activation_of(ceiling) == activation && ceiling.sparsity().empty() &&
        ceiling.algorithm().empty())
      return i;
  }
  return -1;
}

double rate(const v1::ComputeCeiling& ceiling) { return ceiling.ops_per_second().value(); }
std::string value_at(int index) { return fmt::format("compute[{}].ops_per_second.value", index); }

// Vendors print peaks of tensor cores with 2:4 sparsity, twice the dense ones. Dense, an 8-bit peak is at most twice
// the fp16 peak and a 4-bit one four times.
Status check_narrow_peaks(const v1::Platform& platform) {
  const int fp16 = find_plain(platform, "fp16", "fp16"), fp32 = find_plain(platform, "fp32", "fp32");
  if (fp16 < 0 || fp32 < 0) return {};
  const double half = rate(platform.compute(fp16)), single = rate(platform.compute(fp32));
  if (half <= 3 * single) return {};  // no tensor cores
  constexpr struct {
    const char* format;
    double least;
  } kSparse[] = {{"int8", 3.9}, {"e4m3fn", 3.9}, {"int4", 7.8}};
  for (const auto& [format, least] : kSparse) {
    const int at = find_plain(platform, format, format);
    if (at < 0 || rate(platform.compute(at)) < least * half) continue;
    return invalid_argument("the {} peak is {:.2g} times the fp16 peak, as with 2:4 sparsity; give the dense peak",
                            format, rate(platform.compute(at)) / half)
        .at(value_at(at));
  }
  // Ampere's and Hopper's tensor cores: at most 16 times the other cores, dense.
  const bool known = platform.family().starts_with("ampere") || platform.family().starts_with("hopper");
  if (!known || half < 20 * single) return {};
  return invalid_argument("the fp16 peak is {:.2g} times the fp32 peak, as with 2:4 sparsity; give the dense peak",
                          half / single)
      .at(value_at(fp16));
}

Status check_known_gaps(const v1::Platform& platform) {
  if (!platform.family().starts_with("hopper")) return {};
  for (int i = 0; i < platform.compute_size(); ++i)
    if (platform.compute(i).weight() == "int4")
      return invalid_argument("Hopper has no int4 arithmetic; leave the peak out, int4 runs as int8")
          .at(fmt::format("compute[{}].weight", i));
  return {};
}

// N of M weights are worked on: at best M/N times the dense peak, as vendors count.
Status check_sparse_peak(const v1::ComputeCeiling& ceiling, const v1::ComputeCeiling& dense, int index) {
  const auto pattern = SparsityPattern::parse(ceiling.sparsity());
  if (!pattern.ok()) return {};
  const double gain = rate(ceiling) / rate(dense), best = static_cast<double>(pattern->group) / pattern->kept;
  const double least = 1 + (best - 1) / 2, most = 1.05 * best;
  if (gain >= least && gain <= most) return {};
  return invalid_argument(
             "the peak for weights {} is {:.3g} times the dense one; it should be {:.3g} to {:.3g} times it",
             ceiling.sparsity(), gain, least, most)
      .at(value_at(index));
}

// A 3x3 convolution in tiles of 4x4 outputs needs a quarter of the multiplications, and integers would overflow.
Status check_winograd_peak(const v1::ComputeCeiling& ceiling, const v1::ComputeCeiling& nominal, int index) {
  if (ceiling.weight().starts_with("int") || ceiling.weight().starts_with("uint"))
    return invalid_argument("a Winograd peak for {}; engines use it for floats only", ceiling.weight())
        .at(fmt::format("compute[{}].algorithm", index));
  const double gain = rate(ceiling) / rate(nominal);
  if (gain > 1 && gain <= 4) return {};
  return invalid_argument(
             "the Winograd peak is {:.3g} times the nominal one; it should be above it and at most 4 times it", gain)
      .at(value_at(index));
}

}  // namespace

Status check_peak_ratios(const v1::Platform& platform) {
  if (platform.device_class() == v1::GPU) {
    RS_TRY(check_narrow_peaks(platform));
    RS_TRY(check_known_gaps(platform));
  }
  for (int i = 0; i < platform.compute_size(); ++i) {
    const v1::ComputeCeiling& ceiling = platform.compute(i);
    const int plain = find_plain(platform, ceiling.weight(), activation_of(ceiling));
    if (!ceiling.sparsity().empty() && ceiling.algorithm().empty() && plain >= 0)
      RS_TRY(check_sparse_peak(ceiling, platform.compute(plain), i));
    if (ceiling.algorithm().empty()) continue;
    if (plain < 0)
      return invalid_argument("a Winograd peak without the nominal one for {}", ceiling.weight())
          .at(fmt::format("compute[{}].algorithm", i));
    RS_TRY(check_winograd_peak(ceiling, platform.compute(plain), i));
  }
  return {};
}

}  // namespace roofscape::platforms
