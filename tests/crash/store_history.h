// A store as a map of facts, and random operations that change the facts: what a crash test compares.
//
// Each operation changes the facts as a whole or, when it fails, not at all. So after a crash the store must hold
// either what was acknowledged, or that plus the one operation that was under way.
#pragma once

#include <map>
#include <string>

#include "analytics/base/rng.h"
#include "analytics/base/status.h"
#include "db/store.h"

namespace roofscape::crash {

// "platform/p1" → its title, "evaluation/e0/3" → its bytes, "blob/7" → "" and so on.
using Facts = std::map<std::string, std::string>;

struct Operation {
  std::string text;  // for people
  Status status;
  Facts after;  // the facts if it succeeds
};

// Draws an operation, does it to the store.
Operation do_something(db::Store& store, const Facts& before, Rng& rng);

// All facts that the store holds; an error if it says that something is damaged or cannot be read.
Result<Facts> read_facts(db::Store& store);

// Empty if `found` is `expected` but for blobs that nobody waits for; otherwise the first difference.
std::string difference(const Facts& expected, const Facts& found);

}  // namespace roofscape::crash
