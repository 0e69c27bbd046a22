// One published or own measurement: which network, in which formats, ran how long on what.
#pragma once

#include <string>
#include <vector>

#include "analytics/cost/load.h"
#include "analytics/cost/traits.h"

namespace roofscape::calibrate {

struct Measurement {
  std::string file;
  int line = 0;
  std::string platform;  // as the file calls it
  std::string mode;      // threads, engine, scenario: words that tell platforms of one name apart
  std::string network;   // as the file calls it
  std::string weight_format = "fp32", activation_format = "fp32";
  double batch = 1;           // images worked on together or at once
  double seconds = 0;         // for one image, in steady state; 0: the row does not say
  bool is_latency = false;    // from the first image's start to the last one's end, rather than a rate
  bool keeps_busy = false;    // as many images at once as keep all of a machine's engines at work
  double joules = 0;          // for one image; 0 likewise
  cost::Outline outline;      // what is known of the network
  cost::Density density;      // of its weights and activations
  double megahertz = 0;       // of a design on programmable logic; 0: that of its platform
  bool single_layer = false;  // a layer by itself, called again and again
  std::string structure;      // id of the network of the zoo that it is; may be empty
  std::string variant_of;     // where it is none, id of one of which it is a variant; may be empty
  std::string left_out;       // why no model can be held against it; empty: one can
  std::string wrong;          // why it cannot be right whatever the platform, which is why it was left out
};

}  // namespace roofscape::calibrate
