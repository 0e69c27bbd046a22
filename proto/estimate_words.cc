#include "proto/estimate_words.h"

#include "analytics/base/text.h"

namespace roofscape {

bool cannot_fit(const v1::Estimate& estimate) {
  return estimate.has_fits() ? !estimate.fits() : !estimate.does_not_fit().empty();
}

std::string fit_word(const v1::Estimate& estimate) {
  return cannot_fit(estimate) ? "no" : estimate.has_fits() ? "yes" : "not known";
}

std::string fit_cell(const v1::Estimate& estimate) {
  return cannot_fit(estimate) ? "false" : estimate.has_fits() ? "true" : "";
}

std::string fit_text(const v1::Estimate& estimate) {
  constexpr std::size_t kMost = 300;
  if (cannot_fit(estimate)) return "no: " + printable(estimate.does_not_fit(), kMost);
  if (estimate.has_fits() || estimate.fit_not_known().empty()) return fit_word(estimate);
  return "not known (" + printable(estimate.fit_not_known(), kMost) + ")";
}

std::string energy_basis_text(v1::EnergyBasis basis) {
  switch (basis) {
    case v1::MEASURED_ENERGY: return "measured";
    case v1::ACTIVITY_AND_STATIC_POWER: return "operations, bytes and static power";
    case v1::ACTIVITY_ALONE: return "operations and bytes alone";
    case v1::PEAK_POWER_TIMES_TIME: return "peak power × time";
    default: return "";
  }
}

std::string energy_basis_in_full(v1::EnergyBasis basis) {
  switch (basis) {
    case v1::MEASURED_ENERGY: return "measured, of the platform or its family";
    case v1::ACTIVITY_ALONE: return "operations and bytes alone, a lower bound";
    case v1::PEAK_POWER_TIMES_TIME: return "peak power × time, an upper bound";
    case v1::ACTIVITY_AND_STATIC_POWER: return energy_basis_text(basis);
    default: return "not known";
  }
}

bool comparable_energies(const v1::Estimate& a, const v1::Estimate& b) {
  const auto unsaid = [](const v1::Estimate& of) { return of.energy_basis() == v1::ENERGY_BASIS_UNSPECIFIED; };
  return unsaid(a) || unsaid(b) || a.energy_basis() == b.energy_basis();
}

}  // namespace roofscape
