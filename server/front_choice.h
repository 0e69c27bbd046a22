// What people are shown of a front: the points that nothing known speaks for are folded into others, of the rest those
// that keep most hypervolume are picked, and one is recommended, with the reason. The recommendation is the front's, so
// it is the same whatever is listed, and always listed.
//
//   const FrontChoice choice = choose(view, rows, base, {.pick = 5});
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "server/front_view.h"

namespace roofscape::server {

struct ChoiceOptions {
  std::size_t pick = 0;   // list so many points; 0: all that are not folded
  bool show_all = false;  // fold nothing
};

struct FrontChoice {
  struct Listed {
    const v1::Evaluation* evaluation = nullptr;
    std::vector<std::int64_t> stands_for;  // numbers of evaluations, ascending
  };
  std::vector<Listed> listed;          // in the order of the front
  std::vector<std::int64_t> left_out;  // by pick, with what they stand for, ascending
  std::size_t recommended = 0;         // index into `listed`, unless that is empty
  std::string reason;                  // one sentence without full stop
  double hypervolume = 0;              // of the points listed
};

// `front` is ordered by preference: by its first objective. `base` is the base network, with a value in every objective
// or not.
FrontChoice choose(const FrontView& view, std::span<const v1::Evaluation* const> front, const v1::Evaluation& base,
                   const ChoiceOptions& options);

}  // namespace roofscape::server
