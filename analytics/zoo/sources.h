// Where published counts come from, said once.
#pragma once

#include "analytics/zoo/zoo.h"

namespace roofscape::zoo {

// The tables of pretrained weights in torchvision's documentation; its "GFLOPS" are multiply-accumulates.
inline Published torchvision(Figure parameters, Figure macs) {
  return {"torchvision, documentation of its pretrained weights", parameters, macs, {}};
}
// timm's benchmark tables, counted by fvcore.
inline Published timm(Figure parameters, Figure macs, Figure activations) {
  return {"timm (huggingface/pytorch-image-models), benchmark tables", parameters, macs, activations};
}
// The same of networks with a batch normalisation behind each convolution: fvcore counts two for each of its elements,
// which folding does away with.
inline Published timm_normalised(Figure parameters, Figure macs, Figure activations) {
  Published published = timm(parameters, macs, activations);
  published.source += ", normalisations counted";
  published.more_an_activation = 2;
  return published;
}
// The four networks of MLPerf Tiny v0.5 to v1.x.
inline Published mlperf_tiny(Figure parameters, Figure macs) {
  return {"MLPerf Tiny (mlcommons/tiny), reference models", parameters, macs, {}};
}
// Table I of the paper of MLPerf Inference; operations are twice the multiply-accumulates.
inline Published mlperf_inference(Figure parameters, Figure ops) {
  return {"Reddi et al., MLPerf Inference Benchmark (ISCA 2020), table I", parameters, {}, {}, ops};
}

}  // namespace roofscape::zoo
