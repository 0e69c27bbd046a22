#include "analytics/cost/fpga_unit.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "analytics/arith/element.h"

namespace roofscape::cost {
namespace {

constexpr double kFixedLut = 300, kLutSlack = 1.1;  // FINN's own formula
constexpr double kShallowWords = 64;                // up to here a memory lies in look-up tables
constexpr double kWideMultiplier = 458;             // look-up tables of a 16 × 16 bit multiply-accumulate

// Pixels of a feature map [C, H, W]; 1 for vectors.
double pixels(const Shape& shape) {
  return shape.size() == 3 ? static_cast<double>(shape[1]) * static_cast<double>(shape[2]) : 1;
}

// Window of a convolution or pool over an input map: line buffer and start-up share ((k−1−pad)·cols +
// k−pad)/(rows·cols).
void set_window(const Shape& input, std::array<std::int64_t, 2> kernel, std::array<std::int64_t, 2> dilation,
                const std::array<std::int64_t, 4>& pad, UnitShape* shape) {
  const auto rows = static_cast<double>(input[1]), cols = static_cast<double>(input[2]);
  const double height = static_cast<double>((kernel[0] - 1) * dilation[0] + 1);
  const double width = static_cast<double>((kernel[1] - 1) * dilation[1] + 1);
  if (height > 1 || width > 1) {
    shape->window_pixels = height * cols;
    shape->window_channels = static_cast<double>(input[0]);
  }
  shape->input_pixels = rows * cols;
  const double need = (height - 1 - static_cast<double>(pad[0])) * cols + width - static_cast<double>(pad[1]);
  shape->start_share = std::clamp(need / (rows * cols), 0.0, 1.0);
}

void set_matrix(const Network& network, const Layer& layer, UnitShape* shape) {
  const Shape& input = network.layer(layer.inputs[0]).output_shape;
  const auto outputs = static_cast<double>(element_count(layer.output_shape));
  if (const auto* conv = layer.as<op::Conv>()) {
    const Shape& weight = layer.constants[0]->shape();
    shape->rows = weight[0];
    shape->columns = weight[1] * weight[2] * weight[3];
    set_window(input, {weight[2], weight[3]}, conv->dilation, conv->pad, shape);
  } else if (layer.as<op::ConvTranspose>()) {
    const Shape& weight = layer.constants[0]->shape();
    shape->rows = weight[1] * weight[2] * weight[3];
    shape->columns = weight[0];
    shape->vectors = pixels(input);
    shape->start_share = 1 / std::max(1.0, pixels(input));
    return;
  } else if (layer.as<op::Dense>()) {
    shape->rows = layer.constants[0]->shape()[0];
    shape->columns = layer.constants[0]->shape()[1];
  } else if (layer.as<op::MatMul>()) {
    shape->rows = layer.output_shape.back();
    shape->columns = input.back();
  } else if (layer.as<op::Recurrent>()) {
    const Shape& state = layer.constants[1]->shape();  // [D, G·H, H]
    shape->rows = state[0] * state[1];
    shape->columns = layer.constants[0]->shape()[2] + state[2];
    shape->vectors = static_cast<double>(input[0]);
    return;
  }
  shape->vectors = outputs / static_cast<double>(shape->rows);
}

void set_elementwise(const Network& network, const Layer& layer, UnitShape* shape) {
  double elements = static_cast<double>(element_count(layer.output_shape));
  for (const LayerId input : layer.inputs)
    elements = std::max(elements, static_cast<double>(element_count(network.layer(input).output_shape)));
  const Shape& map = layer.output_shape;
  shape->rows = map.empty() ? 1 : map[0];
  shape->vectors = elements / static_cast<double>(shape->rows);
  const Shape& input = network.layer(layer.inputs[0]).output_shape;
  const auto* pool = layer.as<op::Pool>();
  if (pool && !pool->global && input.size() == 3) {
    set_window(input, pool->kernel, pool->dilation, pool->pad, shape);
  } else if (layer.as<op::Activation>() || layer.as<op::Affine>() || layer.as<op::Binary>() || layer.as<op::Concat>()) {
    shape->start_share = 1 / std::max(1.0, pixels(map));
  }
}

// Bits of a memory as block memories, or look-up tables where it is shallow.
void add_memory(double width, double depth, double* bram, double* lut) {
  if (depth <= kShallowWords) {
    *lut += std::ceil(depth / 32) * std::ceil(width / 2);
  } else {
    *bram += block_memories(width, depth);
  }
}

// Tables of the layer and of what is computed with it, up to `demand.result`.
void set_tables(const Network& network, LayerId id, const LayerDemand& demand, UnitShape* shape) {
  for (LayerId at = demand.result;; at = network.layer(at).inputs[0]) {
    for (const FunctionTablePtr& table : network.layer(at).arithmetic.functions) {
      const auto entries = static_cast<double>(table->intercepts.size());
      // Tables of other widths count as so many entries of the widest.
      const int width = table->entry_bits * (table->is_steps() ? 1 : 2);
      const double bits = shape->table_entries * shape->table_bits + entries * width;
      shape->table_bits = std::max(shape->table_bits, width);
      shape->table_entries = bits / shape->table_bits;
      shape->table_multiplies = shape->table_multiplies || table->multiplies();
    }
    if (at == id) return;
  }
}

bool is_power_of_two(const NumberFormat& format) {
  return format.is_logarithmic() && format.base() == NumberFormat::Base::kTwo && format.block() == 0;
}

// Whether products are shifted integers.
bool shifts(const NumberFormat& weight, const NumberFormat& activation) {
  return is_power_of_two(weight) && activation.block() == 0 && (activation.is_integer() || is_power_of_two(activation));
}

void set_shift(const NumberFormat& weight, const NumberFormat& activation, UnitShape* shape) {
  shape->shift = exponent_span(weight);
  shape->shift_stages = weight.exponent_bits();
  if (activation.is_integer()) return;
  // Exponents are added, and a 1 is shifted by their sum.
  shape->shift += exponent_span(activation);
  shape->shift_stages = std::max(weight.exponent_bits(), activation.exponent_bits()) + 1;
  shape->activation_bits = activation.is_signed() ? 2 : 1;
}

// Look-up tables of one product; FINN's formula for those that multiply.
double product_tables(const UnitShape& shape) {
  const double bits = product_bits(shape);
  if (shape.shift > 0) return bits * std::ceil(shape.shift_stages / 2.0);
  return (2 * std::ceil(bits / 6) - 1) * bits;
}

// One copy of the tables, and a multiplier where they need one, for each of `lanes` results at a time.
void add_tables(const UnitShape& shape, double lanes, UnitCost* cost) {
  if (shape.table_entries == 0) return;
  double lut = 0;
  double bram = 0;
  add_memory(shape.table_bits, std::ceil(shape.table_entries), &bram, &lut);
  cost->buffer_bram += lanes * bram;
  cost->lut_in_lut += lanes * (lut + (shape.table_multiplies ? kWideMultiplier : 0));
  cost->lut_in_dsp += lanes * lut;
  if (shape.table_multiplies) cost->dsp += lanes;
}

void set_elementwise_cost(const UnitShape& shape, UnitCost* cost) {
  const double lanes = static_cast<double>(cost->pe);
  cost->cycles = static_cast<double>(shape.rows) / lanes * shape.vectors;
  cost->lut_in_lut = lanes * std::max(shape.activation_bits, shape.output_bits) * (shape.floating ? 12 : 2);
  if (shape.window_pixels > 0)
    add_memory(lanes * shape.activation_bits, shape.window_pixels * std::ceil(shape.window_channels / lanes),
               &cost->buffer_bram, &cost->lut_in_lut);
  cost->lut_in_dsp = cost->lut_in_lut;
  add_tables(shape, lanes, cost);
}

}  // namespace

double block_memories(double width, double depth) {
  struct Mode {
    double depth, width;
  };
  static constexpr std::array<Mode, 6> kModes = {{{16384, 1}, {8192, 2}, {4096, 4}, {2048, 9}, {1024, 18}, {512, 36}}};
  double best = HUGE_VAL;
  for (const Mode& mode : kModes) best = std::min(best, std::ceil(width / mode.width) * std::ceil(depth / mode.depth));
  return best;
}

double macs_per_dsp(const UnitShape& shape) {
  // A multiplier shifts when one factor is 2^k.
  const int weight = shape.shift > 0 ? shape.shift + 2 : shape.weight_bits;
  const int widest = std::max(weight, shape.activation_bits);
  if (shape.floating || widest > 16) return 0.4;
  return widest <= 4 ? 4 : widest <= 8 ? 2 : 1;
}

int product_bits(const UnitShape& shape) {
  // A power of two adds its span and its sign; an activation that is one itself is a shifted 1.
  return shape.shift > 0 ? shape.activation_bits + shape.shift + 1 : shape.weight_bits + shape.activation_bits;
}

double accumulator_bits(const UnitShape& shape) {
  if (shape.floating) return 32;
  const double alpha = std::log2(static_cast<double>(shape.columns)) + product_bits(shape) - 2;
  const double whole = std::ceil(alpha + std::log2(1 + std::exp2(-alpha)) + 1);
  return shape.accumulator_limit > 0 ? std::min<double>(whole, shape.accumulator_limit) : whole;
}

UnitShape unit_shape(const Network& network, LayerId id, const LayerDemand& demand) {
  const Layer& layer = network.layer(id);
  UnitShape shape;
  shape.matrix = demand.kind == LayerDemand::Kind::kMatrix;
  shape.weight_bits = demand.weight.bits();
  shape.activation_bits = demand.activation.bits();
  if (shifts(demand.weight, demand.activation)) {
    set_shift(demand.weight, demand.activation, &shape);
  } else {
    shape.floating = !demand.weight.is_integer() || !demand.activation.is_integer();
  }
  shape.output_bits = demand.result_bits;
  if (layer.arithmetic.accumulator) shape.accumulator_limit = layer.arithmetic.accumulator->bits;
  shape.output_pixels = std::max(1.0, pixels(layer.output_shape));
  set_tables(network, id, demand, &shape);
  if (shape.matrix) {
    set_matrix(network, layer, &shape);
  } else {
    set_elementwise(network, layer, &shape);
  }
  return shape;
}

UnitCost unit_cost(const UnitShape& shape, std::int64_t pe, std::int64_t simd) {
  UnitCost cost;
  cost.pe = pe;
  cost.simd = simd;
  if (!shape.matrix) {
    set_elementwise_cost(shape, &cost);
    return cost;
  }
  const auto rows = static_cast<double>(pe), lanes_a_row = static_cast<double>(simd);
  const double lanes = rows * lanes_a_row;
  const double words = static_cast<double>(shape.rows) / rows * (static_cast<double>(shape.columns) / lanes_a_row);
  const double accumulator = accumulator_bits(shape);
  const double adders = product_bits(shape) * (2 * lanes_a_row - 1) + accumulator;
  const double multipliers = lanes_a_row * product_tables(shape);
  cost.lut_in_dsp = kFixedLut + kLutSlack * rows * adders;
  cost.lut_in_lut = kFixedLut + kLutSlack * rows * (multipliers + adders);
  if (shape.shift == 0 && shape.weight_bits <= 4 && shape.activation_bits <= 4)
    cost.lut_in_lut = std::min(cost.lut_in_lut, 464 + 40 * rows +
                                                    lanes * (1.49 * shape.weight_bits * shape.activation_bits +
                                                             0.30 * (shape.weight_bits + shape.activation_bits)));
  cost.dsp = std::ceil(lanes / macs_per_dsp(shape));
  if (shape.output_bits < 32) {
    cost.lut_in_lut +=
        rows * (shape.output_bits <= 4 ? (std::exp2(shape.output_bits) - 1) * accumulator : kWideMultiplier);
    cost.dsp += rows;
  }
  add_tables(shape, rows, &cost);
  double memory_lut = 0;
  add_memory(lanes * shape.weight_bits, words, &cost.weight_bram, &memory_lut);
  cost.cycles = words * shape.vectors;
  if (shape.window_pixels > 0) {
    const double channels = std::min(lanes_a_row, shape.window_channels);
    const double groups = std::ceil(shape.window_channels / channels);
    add_memory(channels * shape.activation_bits, shape.window_pixels * groups, &cost.buffer_bram, &memory_lut);
    cost.cycles = std::max(cost.cycles, shape.input_pixels * groups);
  }
  cost.lut_in_lut += memory_lut;
  cost.lut_in_dsp += memory_lut;
  return cost;
}

}  // namespace roofscape::cost
