// A measurement that the model can be held against: on a platform that we know, in formats that it computes.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/calibrate/measurement.h"
#include "analytics/cost/calibration.h"
#include "analytics/cost/load.h"
#include "analytics/cost/machine.h"

namespace roofscape::v1 {
class Platform;
}

namespace roofscape::calibrate {

// Platforms by the names under which measurement files know them.
class PlatformIndex {
 public:
  // The platforms must outlive the index. Those that cannot be read as machines are left out.
  explicit PlatformIndex(std::span<const v1::Platform> platforms);

  struct Entry {
    const v1::Platform* platform = nullptr;
    cost::Machine machine;
    cost::CalibrationKey key;
  };
  // The platform whose id or alias is `name`; of several the one with a keyword in `mode`, else the one without
  // keywords, else the one whose id it is. nullptr where there is none.
  const Entry* find(const std::string& name, const std::string& mode) const;

 private:
  std::vector<Entry> entries_;
  std::multimap<std::string, std::size_t, std::less<>> by_name_;
};

// A row that gives time and energy is two of these.
struct Observation {
  const Measurement* measurement = nullptr;
  const PlatformIndex::Entry* platform = nullptr;
  cost::CalibrationKey key;  // of a single layer, with the class "… layer" and so apart from networks
  cost::Traits traits;
  cost::Load load;
  double batch = 1;        // images in work together: those of the row, or one for each engine
  double at_once = 1;      // of them those that are worked on as one
  double log_seconds = 0;  // ln of `seconds` of a batch
  std::string format;      // "int8"
  bool is_energy = false;  // of a class of its own, "… energy"
  double measured = 0;     // of one image, in seconds or joules
  double seconds = 0;      // the same; of an energy, the time in which nominal power takes it
  std::string network;     // what must not be seen together: one network or layer in all its batches and formats
  double above_roof = 0;   // how many times as fast as a roof of the platform allows; 0: not above
};

// Of a design on programmable logic: what its row states, else its platform's.
Hertz clock_of(const Observation& row);

struct Observations {
  using Reason = std::pair<const Measurement*, std::string>;
  std::vector<Observation> rows;
  std::vector<Reason> left_out;
  // Rows that cannot be right, left out or not: see Measurement::wrong and roof_check.h.
  std::vector<Reason> wrong;
};
// The measurements must outlive the result.
Observations observe(std::span<const Measurement> measurements, const PlatformIndex& platforms);

}  // namespace roofscape::calibrate
