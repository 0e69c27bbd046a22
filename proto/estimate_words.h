// What server and client both say of an estimate, so that they say the same.
//
//   if (cannot_fit(estimate)) …            // not known is no no
//   energy_basis_in_full(basis);           // "peak power × time, an upper bound"
#pragma once

#include <string>

#include "roofscape/v1/estimate.pb.h"

namespace roofscape {

// Whether it is impossible: absent `fits` is not known, except in evaluations that earlier versions stored, which left
// a no out but gave its reason.
bool cannot_fit(const v1::Estimate& estimate);
// "yes", "no", "not known".
std::string fit_word(const v1::Estimate& estimate);
// The same for tables that programs read: "true", "false", empty.
std::string fit_cell(const v1::Estimate& estimate);
// "yes", "no: needs …", "not known (memory 'DRAM' does not state its capacity …)".
std::string fit_text(const v1::Estimate& estimate);

// "measured", "peak power × time" …; empty where there is no energy.
std::string energy_basis_text(v1::EnergyBasis basis);
// "peak power × time, an upper bound"; "not known" where there is no energy.
std::string energy_basis_in_full(v1::EnergyBasis basis);
// Whether two energies may be held against each other. Evaluations of earlier versions do not say what theirs rest on.
bool comparable_energies(const v1::Estimate& a, const v1::Estimate& b);

}  // namespace roofscape
