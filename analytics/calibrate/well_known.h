// What a network of the zoo tells of one in a file of measurements that bears its name. Files give multiply-accumulates
// and little more; what is usual for so many is a poor guess where the network itself is known, and efficiency learned
// from guesses would not hold for structures.
//
//   outline.macs = 1.2e9;
//   const InZoo of = fill_from_zoo("tf_resnetv1_50_imagenet_224_224 pruned 0.7", &outline);
//   of.id == "resnet-50", !of.is_itself; outline.parameters, .activations and .layers are filled
//
// Where the zoo has several widths and resolutions of what a name means, the counts tell which. A variant of it has
// another resolution, as far as the input differs, and for the rest another width:
//
//   activations ∝ positions · √(multiply-accumulates / positions),   parameters ∝ multiply-accumulates / positions
#pragma once

#include <string>
#include <string_view>

#include "analytics/cost/traits.h"

namespace roofscape::calibrate {

struct InZoo {
  std::string id;         // empty: none
  bool is_itself = true;  // to a twenty-fifth of the multiply-accumulates, rather than a variant of it
};

// Fills what is 0 of `outline`, but for its multiply-accumulates; nothing where no network of the zoo has that name,
// architecture and task, or it has over eight times as many or a fiftieth.
InZoo fill_from_zoo(std::string_view name, cost::Outline* outline);

// Why what a row gives of a network cannot be of the one whose name it bears: "'ResNet-50' has 25.5 M parameters; the
// row gives 2 M". Empty: nothing contradicts, or no network of the zoo has that name. Variants, which a longer name may
// mean, are held to parameters alone, and only where they take as many multiply-accumulates.
std::string contradiction(std::string_view name, const cost::Outline& given);

}  // namespace roofscape::calibrate
