// How well one list of numbers orders what another one holds.
#pragma once

#include <span>

namespace roofscape {

// Spearman's rank correlation, −1 to 1; equal numbers share their ranks. 0 where one list is all equal or has fewer
// than two numbers. Both lists are of one length, without NaN.
double rank_correlation(std::span<const double> a, std::span<const double> b);

}  // namespace roofscape
