// What a platform file takes over from the file that it extends, and the peaks that follow from its cores.
//
//   id: my-board                       id: cortex-a72 (a family)          read as
//   extends: cortex-a72                compute:                           compute:
//   cores:                             - weight: fp32                     - weight: fp32
//     core_count: {value: 4, …}          ops_per_cycle: {value: 8, …}       ops_per_second: {value: 57.6e9, …}
//     clock_hertz: {value: 1.8e9, …}
//
// The file wins wherever it says something. A figure is taken whole, `fpga`, `cores` and the like field by field.
// Ceilings are merged by weight, activation, sparsity and algorithm, the file's own first. Memory levels are merged by
// name, in the base's order; a list with a level that the base lacks replaces the base's. Id, title, aliases,
// mode_keywords and notes are a file's own.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "analytics/base/status.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::platforms {

// Files that may be extended, as they were read.
struct Bases {
  std::function<const v1::Platform*(std::string_view id)> find;  // null where there is none
  std::span<const std::string> ids;                              // of all, for messages
};

// The platform with everything that its chain of bases says; `extends` keeps naming the first of them. Fails, pointing
// at "extends", where one does not exist or the chain comes back to a file that it has passed.
Result<v1::Platform> extend(const v1::Platform& platform, const Bases& bases);

// Fills in ops_per_second = core_count x clock_hertz x ops_per_cycle where only the latter are given: `derived`, with a
// source that says so.
void derive_peaks(v1::Platform* platform);

}  // namespace roofscape::platforms
