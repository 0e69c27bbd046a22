// What the confirmation of fronts says, in words: figures of the same points on images that the search never used.
//
//   confirmed_cell(front, evaluation) == "! 84.70 % (83.4–85.9)"      // breaks a constraint there
//   confirmation_line(fronts)         == "confirmed: on 2,846 images that the search never used. By these the top-1 …"
#pragma once

#include <string>
#include <vector>

#include "roofscape/v1/service.pb.h"

namespace roofscape::client {

// Whether any point listed, or a base network, was confirmed.
bool is_confirmed(const v1::ParetoFront& front);
// Whether the point's confirmed accuracy breaks a constraint of the exploration.
bool is_refuted(const v1::ParetoFront& front, const v1::Evaluation& evaluation);
// Confirmed top-1 with its interval, marked where it is refuted; "–" where there is none.
std::string confirmed_cell(const v1::ParetoFront& front, const v1::Evaluation& evaluation);
// By how much the search's top-1 was too good, in the mean of all different points listed, without line end; empty
// where nothing was confirmed. The base network was not selected: its difference is the images' alone.
std::string confirmation_line(const v1::GetParetoFrontResponse& fronts);

// Columns of a file of fronts, and their cells.
const std::vector<std::string>& confirmation_columns();
std::vector<std::string> confirmation_cells(const v1::ParetoFront& front, const v1::Evaluation& evaluation);

}  // namespace roofscape::client
