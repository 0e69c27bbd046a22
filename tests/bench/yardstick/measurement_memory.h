// Measurements that earlier runs paid for, so that many seeds and searchers take minutes. What each took is remembered
// too: a run that is spared it still reports it as its own.
//
//   RS_ASSIGN(MeasurementMemory memory, MeasurementMemory::open("/tmp/measured"));   // or "": in memory alone
//   if (const auto known = memory.find(key)) …
//   RS_TRY(memory.add(key, {counts, seconds}));
#pragma once

#include <fstream>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "analytics/base/hash.h"
#include "analytics/base/status.h"
#include "analytics/engine/engine.h"

namespace roofscape::bench {

// Under which a measurement is remembered: of a network against the base network, on data, by an engine.
Digest measurement_key(const Digest& network, const Digest& base, const Digest& data, const std::string& fingerprint);

struct Remembered {
  engine::Counts counts;
  double seconds = 0;                   // its share of the clock, in the company in which it was measured
  std::vector<engine::Counts> looks{};  // what stood at each look of a race; empty where there was none
};

class MeasurementMemory {
 public:
  // Reads the file if it is there, and appends to it from then on.
  static Result<MeasurementMemory> open(const std::string& file);

  std::optional<Remembered> find(const Digest& key) const;
  // What is known already stays as it is, unless this is of more images, or of as many and with looks.
  Status add(const Digest& key, const Remembered& measured);

 private:
  // Whether that changed what is known.
  bool know(const Digest& key, const Remembered& measured);

  std::unordered_map<Digest, Remembered, DigestHash> known_;
  std::string file_;
  std::ofstream out_;
};

}  // namespace roofscape::bench
