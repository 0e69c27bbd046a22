#include "client/commands/method_rows.h"

namespace roofscape::client {

std::string_view default_method_rows() {
  return R"(rows:
  - {name: fixed point 8 bits, space: [{integer: {scales: power-of-two}}]}
  - {name: integer 8 bits, space: [{integer: {}}]}
  - {name: integer 4 x 8 bits, space: [{integer: {weight_bits: 4}}]}
  - {name: "integer 4 x 8 bits, second-order", space: [{integer: {weight_bits: 4, rounding: second-order}}]}
  - {name: fp16, space: [{minifloat: {weights: fp16, activations: fp16, scales: none}}]}
  - {name: bf16, space: [{minifloat: {weights: bf16, activations: bf16, scales: none}}]}
  - {name: fp8 e4m3, space: [{minifloat: {}}]}
  - {name: fp4 weights, space: [{minifloat: {weights: fp4, activations: fp8_e4m3, granularity: channel}}]}
  - {name: mxint8, space: [{block: {}}]}
  - {name: mxfp6, space: [{block: {weights: mxfp6_e2m3, activations: mxfp6_e2m3}}]}
  - {name: mxfp4 weights, space: [{block: {weights: mxfp4, activations: mxfp8_e4m3}}]}
  - {name: power of two weights, space: [{power_of_two: {}, integer: {weight_bits: 32}}]}
  - {name: root two weights, space: [{power_of_two: {weight_exponent_bits: 4, base: sqrt2}, integer: {weight_bits: 32}}]}
  - {name: power of two both, space: [{power_of_two: {weight_exponent_bits: 4, activation_exponent_bits: 4, base: sqrt2}}]}
  - {name: ternary weights, space: [{ternary: {}, integer: {weight_bits: 32}}]}
  - {name: "ternary weights, two scales", space: [{ternary: {scales: asymmetric}, integer: {weight_bits: 32}}]}
  - {name: binary weights, space: [{binary: {}, integer: {weight_bits: 32}}]}
  - {name: binary both, space: [{binary: {activations: binary}}]}
  - {name: pruned 50 %, space: [{prune: {fraction: 0.5}}]}
  - {name: "pruned 50 %, second-order", space: [{prune: {fraction: 0.5, criterion: second-order}}]}
  - {name: "pruned 2:4", space: [{prune: {pattern: "2:4", criterion: second-order}}]}
  - {name: "pruned 2:4, 8 bits", space: [{prune: {pattern: "2:4", criterion: second-order}, integer: {}}]}
  - {name: pruned blocks of 4, space: [{prune: {pattern: block, criterion: exact}}]}
  - {name: pruned filters 25 %, space: [{op: Conv, prune_filters: {fraction: 0.25}}]}
  - {name: "pruned filters 25 %, refitted", space: [{op: Conv, prune_filters: {fraction: 0.25, criterion: second-order, reconstruct: true}}]}
  - {name: shared 16 values, space: [{share: {}, huffman: {}}]}
  - {name: "pruned, shared, Huffman", space: [{prune: {fraction: 0.6, criterion: second-order}, share: {}, huffman: {}}]}
  - {name: low rank 50 %, space: [{low_rank: {rank: 0.5}}]}
  - {name: block-circulant 4, space: [{circulant: {block: 4}}]}
  - {name: Monarch 2, space: [{monarch: {blocks: 2}}]}
  - {name: zeros skipped, space: [{zero_skip: {}}]}
  - {name: function tables, space: [{function_table: {}}]}
  - {name: "4 bits first, 8 bits if unsure", space: [{integer: {}}], cascade: {confidence: 0.9, space: [{integer: {weight_bits: 4, activation_bits: 4, rounding: second-order}}]}}
)";
}

}  // namespace roofscape::client
