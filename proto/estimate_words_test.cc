#include "proto/estimate_words.h"

#include <gtest/gtest.h>

namespace roofscape {
namespace {

TEST(EstimateWords, NotKnownIsNeitherYesNorNo) {
  v1::Estimate estimate;
  estimate.set_fit_not_known("memory 'DRAM' does not state its capacity");
  EXPECT_FALSE(cannot_fit(estimate));
  EXPECT_FALSE(estimate.fits());
  EXPECT_EQ(fit_text(estimate), "not known (memory 'DRAM' does not state its capacity)");
  estimate.clear_fit_not_known();
  estimate.set_fits(true);
  EXPECT_FALSE(cannot_fit(estimate));
  EXPECT_EQ(fit_text(estimate), "yes");
  estimate.set_fits(false);
  estimate.set_does_not_fit("needs 9 bytes");
  EXPECT_TRUE(cannot_fit(estimate));
  EXPECT_EQ(fit_text(estimate), "no: needs 9 bytes");
}

// They wrote no field for a no, but its reason.
TEST(EstimateWords, ANoOfEarlierVersionsStaysOne) {
  v1::Estimate estimate;
  estimate.set_does_not_fit("needs 9 bytes");
  EXPECT_TRUE(cannot_fit(estimate));
  EXPECT_EQ(fit_text(estimate), "no: needs 9 bytes");
}

TEST(EstimateWords, EnergiesCompareOnOneBasis) {
  v1::Estimate lower, upper;
  lower.set_energy_basis(v1::ACTIVITY_ALONE);
  upper.set_energy_basis(v1::PEAK_POWER_TIMES_TIME);
  EXPECT_FALSE(comparable_energies(lower, upper));
  EXPECT_TRUE(comparable_energies(lower, lower));
  EXPECT_TRUE(comparable_energies(lower, v1::Estimate()));
  EXPECT_EQ(energy_basis_in_full(lower.energy_basis()), "operations and bytes alone, a lower bound");
  EXPECT_EQ(energy_basis_in_full(upper.energy_basis()), "peak power × time, an upper bound");
  EXPECT_EQ(energy_basis_text(v1::ENERGY_BASIS_UNSPECIFIED), "");
}

}  // namespace
}  // namespace roofscape
