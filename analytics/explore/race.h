// When a candidate need not be measured on more images: it is certain enough that its top-1 on all of them would miss
// what it needs.
//
// Images come in one shuffled order for all. After some of them (the looks) it is known how many the candidate lost and
// won against the base network on the same images, and the base's top-1 on all images is known. So the candidate's
// top-1 on all images is estimated with the small variance of a paired difference, of a sample without replacement from
// the finite set. The chance of a wrong decision over all looks of one candidate is at most 1 − confidence: it is
// divided by the number of looks (Bonferroni).
//
//   for (const std::int64_t images : looks(4000, 64))
//     if (out(counts_so_far, {.total = 4000, .base_top1 = 3480, .needed = 3200, .confidence = 0.999})) break;
#pragma once

#include <cstdint>
#include <vector>

#include "analytics/engine/engine.h"

namespace roofscape::explore {

// After how many images candidates are looked at, ascending; the last is `total`. Multiples of the engine's batch, each
// twice the one before, so that what is measured in vain is as much again at most.
std::vector<std::int64_t> looks(std::int64_t total, std::int64_t batch);

struct RaceTerms {
  std::int64_t total = 0;      // images
  std::int64_t base_top1 = 0;  // of them, images that the base network classifies correctly
  double needed = 0;           // of them, images that the candidate must classify correctly
  double confidence = 0.999;   // 1: never out
  std::size_t looks = 1;       // at which it may be decided
};
bool out(const engine::Counts& so_far, const RaceTerms& terms);

// The estimate of the candidate's top-1 on all images, as a share.
double expected_top1(const engine::Counts& so_far, const RaceTerms& terms);

}  // namespace roofscape::explore
