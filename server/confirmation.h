// The fronts of an exploration, measured once more on images that its search never used: the best of many points is too
// good by luck on the images by which it was selected.
//
//   RS_TRY(confirm_fronts(backend, exploration, {.progress = tell, .begin = take_turn, .end = leave_turn, .cancel =
//   c})); RS_TRY(add_confirmed(backend, exploration, &front));      // what is known of the points listed
//
// What is found is kept as ordinary measurements under the key of those images. So nothing is measured twice: not after
// a crash, and not the points that an extended exploration had on its fronts before.
#pragma once

#include <cstdint>
#include <functional>

#include "analytics/base/cancel.h"
#include "roofscape/v1/exploration.pb.h"
#include "server/backend.h"

namespace roofscape::server {

struct ConfirmationWatch {
  // Images done of all that are to be measured, over all sets of networks; from worker threads, one at a time.
  std::function<void(std::int64_t images_done, std::int64_t images_total)> progress;
  // Before a set of networks is measured, and when its counts are stored.
  std::function<void()> begin, end;
  const CancelToken* cancel = nullptr;
};

// Measures the base network and every point of the fronts, on any platform, that is not known on the confirmation
// images. An exploration that asks for no confirmation is left as it is. kCancelled between two sets; what is stored
// stays.
Status confirm_fronts(Backend& backend, const v1::Exploration& exploration, const ConfirmationWatch& watch);

// Sets `confirmed` of the points listed and of the base network as far as they were confirmed, and which are refuted.
Status add_confirmed(Backend& backend, const v1::Exploration& exploration, v1::ParetoFront* front);

}  // namespace roofscape::server
