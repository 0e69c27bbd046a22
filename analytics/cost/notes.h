// Sentences of an estimate: each stands once, and names a few layers and how many more there are.
//
//   Names packed;
//   for (const Layer& layer : network.layers()) packed.add(layer.name);
//   note(packed.text() + " are packed", &estimate);      // "layers 'a', 'b', 'c' and 4 more are packed"
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "analytics/cost/estimate.h"

namespace roofscape::cost {

// Adds a sentence that is not there yet.
void note(std::string text, Estimate* estimate);

class Names {
 public:
  void add(const std::string& name);
  bool empty() const { return count_ == 0; }
  std::string text() const;

 private:
  std::vector<std::string> shown_;
  std::size_t count_ = 0;
};

}  // namespace roofscape::cost
