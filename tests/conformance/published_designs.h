// The networks with which the authors of fixed designs measured them, as far as no network of the zoo is one: layers
// and shapes of the publication, in the formats in which the design ran them.
//
//   eyeriss_alexnet()[1].network                       // its second convolution alone, in two groups
//   eie_layer({"AlexNet FC6", 9216, 4096, .09, .351})  // 9 % of the weights, 35.1 % of the inputs are not 0
#pragma once

#include <string>
#include <vector>

#include "analytics/network/network.h"

namespace roofscape::published {

struct Design {
  std::string name;  // as the publication's table calls it
  Network network;
};

// Chen et al., JSSC 2017, table 5: the convolutions of AlexNet's two columns, each by itself, in 16 bits.
std::vector<Design> eyeriss_alexnet();
// Their table 6: VGG-16's convolutions, one after the other.
Network eyeriss_vgg16();

// Han et al., ISCA 2016, table 3: one fully connected layer, its weights in a codebook of 16 and relative positions.
struct EieLayer {
  const char* name;
  std::int64_t inputs, outputs;
  double weights, activations;  // shares that are not 0
};
std::vector<EieLayer> eie_layers();
Network eie_layer(const EieLayer& layer);

// Networks of Sharma et al. (ISCA 2018), after the operation counts of their simulator's results, in the widths at
// which it ran them: layers declared with 1 bit at 2, those with 4 at the rate of 8.
std::vector<Design> bitfusion_networks();

// Jouppi et al., ISCA 2017, table 1: as many layers and weights as it says, all of one width.
std::vector<Design> tpu_applications();

}  // namespace roofscape::published
