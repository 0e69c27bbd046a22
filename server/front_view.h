// One platform's view of an exploration's evaluations: what each is worth in the objectives that concern the platform,
// how surely that is known, and the box in which hypervolume is taken.
//
//   RS_ASSIGN(const FrontView view, view_of(box, "zcu104"));
//   std::optional<search::Values> values = view.values(evaluation);
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analytics/explore/front_box.h"
#include "analytics/search/alike.h"
#include "analytics/search/objective.h"
#include "analytics/search/pareto.h"
#include "roofscape/v1/exploration.pb.h"
#include "server/evaluation_filter.h"

namespace roofscape::server {

struct FrontView {
  std::string platform;  // id
  std::vector<search::Objective> objectives;
  explore::FrontBox box;

  search::Values ideal() const;
  search::Values reference() const;
  // Minimised values of an evaluation. Nothing where one is missing, and for what does not fit the platform: that is no
  // design for it.
  std::optional<search::Values> values(const v1::Evaluation& evaluation) const;
  // The same with what is known of each: 95 % Wilson intervals of shares of images, 90 % intervals of latency, energy
  // and, from latency's, throughput. Everything else is exact.
  search::Readings readings(const v1::Evaluation& evaluation) const;
};

Result<FrontView> view_of(const v1::FrontBox& box, const std::string& platform);
// The box of the exploration's front on a platform (by id); null where no objective concerns it.
const v1::FrontBox* box_on(const v1::Exploration& exploration, const std::string& platform);

// The points of a front, best in the first objective first, then by number.
struct FrontPoints {
  std::vector<const v1::Evaluation*> evaluations;
  std::vector<search::Values> values;  // one a point
  double hypervolume = 0;
};
// Of the feasible evaluations that hold every condition; they must outlive it.
FrontPoints front_points(const FrontView& view, const std::vector<v1::Evaluation>& evaluations,
                         const std::vector<Condition>& conditions);

}  // namespace roofscape::server
