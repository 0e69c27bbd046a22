// Well-known networks by their structure alone, without weights: enough to say what they cost, on any platform and in
// any format, and nothing of what they answer.
//
//   const zoo::Entry* entry = zoo::find("vgg-16");
//   RS_ASSIGN(const Network network, entry->build());          // takes no weights and makes none up: see tensor.h
//   network.is_shape_only();                                   // true
//
// What holds for all of them:
//  - Batch normalisations are folded into the convolution before them, as inference engines do: a convolution has a
//  bias
//    in their place, and a normalisation's second number a channel is gone. So there are up to 1 % fewer parameters
//    than published. One that follows no convolution (DenseNet) stays a layer of its own.
//  - Layer normalisations are spelled out in the layers that ONNX files of before opset 17 have for them.
//  - A network starts from numbers: what a language model looks up in its tables is its input, and the tables, which
//    multiply nothing, are not among its weights.
//  - Published counts stand beside each entry, and a test holds the network against them.
//
// A new network is a file with a function that gives its entries, declared in families.h, and a line in registry.cc.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analytics/network/network.h"

namespace roofscape::zoo {

// A published number, as it was printed: "25,557,032", "4.24 M", "0.40 G"; absent when empty.
struct Figure {
  Figure() = default;
  // Digits with commas and a point, then nothing, k, M or G (10³, 10⁶, 10⁹). Anything else is a fault of the program.
  Figure(const char* text);  // NOLINT(google-explicit-constructor): tables read better without the type

  double value = 0;
  double slack = 0;  // half a unit of the last digit printed: as much is left open
  bool is_given() const { return value > 0; }
  // Printed without rounding: a whole unit is left open.
  Figure cut_off() const;
};

// What somebody printed about a network.
struct Published {
  std::string source;
  Figure parameters;
  Figure macs;         // multiply-accumulates for one input
  Figure activations;  // elements written by convolutions, dense layers and matrix products for one input
  Figure ops{};        // operations for one input, where no multiply-accumulates are given
  // Where the source counts multiply-accumulates otherwise than we do: so many more for each activation.
  double more_an_activation = 0;
};

struct Entry {
  std::string id;         // also the model's: "resnet-50"
  std::string title;      // "ResNet-50 v1.5, 224 × 224"
  std::string structure;  // where it is described
  std::string note;       // what is not as one might expect, a sentence; may be empty
  std::vector<Published> published;
  std::function<Result<Network>()> build;
  std::vector<std::string> aliases{};  // other names by which it is found: "finn-cnv"
};

// All of them, by id.
std::span<const Entry> networks();
// By its id or an alias; nullptr where there is none.
const Entry* find(std::string_view id);

// Counts of a network beside those of a publication.
struct Counts {
  double parameters = 0, macs = 0, activations = 0, ops = 0;
};
Counts count(const Network& network);
// Our multiply-accumulates, counted as the source counts.
double macs_as_counted_by(const Published& published, const Counts& ours);

}  // namespace roofscape::zoo
