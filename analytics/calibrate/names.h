// What the name of a network in a file of measurements says: its architecture, what kind of network that is, whether
// it detects or segments, and how large its input is. Files of measurements seldom say more, and efficiency depends on
// all of it.
//
//   NetworkName of = read_network_name("tf_ssdmobilenetv1_coco_300_300_2.47G");
//   of.architecture == "ssd", of.kind == kSeparable, of.detects, of.input == 90000
#pragma once

#include <string>
#include <string_view>

#include "analytics/cost/load.h"
#include "analytics/cost/traits.h"

namespace roofscape::calibrate {

struct NetworkName {
  std::string architecture;
  cost::NetworkKind kind = cost::NetworkKind::kPlain;
  bool detects = false, segments = false;
  double input = 0;  // height × width; 0: neither spelled nor usual of such networks
};

NetworkName read_network_name(std::string_view name);
// Letters and digits of the first word, in lower case: what different files spell alike.
std::string plain_name(std::string_view name);

// The network of the zoo that a name stands for where streaming designs are measured, which follow from structure;
// empty: none.
std::string structure_of(std::string_view name);

// Counts of networks that measurement files name without them; 0 where unknown. Published figures or, for transformers,
// products of their dimensions; the source is beside each in known_networks.cc.
struct KnownCounts {
  double macs = 0, parameters = 0;
  cost::Density sparse{};  // of the network's published sparse form
};
KnownCounts known_counts(std::string_view name);

}  // namespace roofscape::calibrate
