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

// Window of a convolution or pool over an input map, and the start-up share ((k−1−pad)·cols + k−pad)/(rows·cols).
void set_window(const Shape& input, const Shape& output, std::array<std::int64_t, 2> kernel,
                std::array<std::int64_t, 2> stride, std::array<std::int64_t, 2> dilation,
                const std::array<std::int64_t, 4>& pad, UnitShape* shape) {
  const auto rows = static_cast<double>(input[1]), cols = static_cast<double>(input[2]);
  const auto padded_rows = static_cast<double>(input[1] + pad[0] + pad[2]);
  const auto padded_cols = static_cast<double>(input[2] + pad[1] + pad[3]);
  if (kernel[0] > 1 || kernel[1] > 1 || stride[0] > 1 || stride[1] > 1) {
    WindowNode& window = shape->window;
    window.channels = static_cast<double>(input[0]);
    window.rows_in = padded_rows;
    window.columns_in = padded_cols;
    window.rows_out = static_cast<double>(output[1]);
    window.columns_out = static_cast<double>(output[2]);
    window.kernel_rows = static_cast<double>(kernel[0]);
    window.kernel_columns = static_cast<double>(kernel[1]);
    window.stride_rows = static_cast<double>(stride[0]);
    window.stride_columns = static_cast<double>(stride[1]);
    window.dilation_rows = static_cast<double>(dilation[0]);
    window.dilation_columns = static_cast<double>(dilation[1]);
  }
  if (padded_rows > rows || padded_cols > cols) shape->padded_pixels = padded_rows * padded_cols;
  const double height = static_cast<double>((kernel[0] - 1) * dilation[0] + 1);
  const double width = static_cast<double>((kernel[1] - 1) * dilation[1] + 1);
  const double need = (height - 1 - static_cast<double>(pad[0])) * cols + width - static_cast<double>(pad[1]);
  shape->start_share = std::clamp(need / (rows * cols), 0.0, 1.0);
}

void set_matrix(const Network& network, const Layer& layer, UnitShape* shape) {
  const Shape& input = network.layer(layer.inputs[0]).output_shape;
  const auto outputs = static_cast<double>(element_count(layer.output_shape));
  shape->channels = static_cast<double>(input.front());
  shape->input_values = static_cast<double>(element_count(input));
  if (const auto* conv = layer.as<op::Conv>()) {
    const Shape& weight = layer.constants[0]->shape();
    shape->rows = weight[0];
    shape->columns = weight[1] * weight[2] * weight[3];
    set_window(input, layer.output_shape, {weight[2], weight[3]}, conv->stride, conv->dilation, conv->pad, shape);
    shape->depthwise = conv->groups > 1 && conv->groups == input[0] && weight[0] == input[0];
    shape->window.depthwise = shape->depthwise;
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
    shape->sequential = true;
    return;
  }
  shape->vectors = outputs / static_cast<double>(shape->rows);
}

bool is_of_single_values(const Layer& layer) {
  return layer.as<op::Activation>() || layer.as<op::Affine>() || (layer.as<op::Binary>() && layer.inputs.size() == 1);
}

// Whether all that read a layer's values take them as one vector, be it behind so many other functions of single
// values.
bool is_read_as_vector(const Network& network, LayerId id, int behind) {
  bool read = false;
  for (LayerId reader = id + 1; reader < network.size(); ++reader) {
    const Layer& layer = network.layer(reader);
    if (std::find(layer.inputs.begin(), layer.inputs.end(), id) == layer.inputs.end()) continue;
    read = true;
    if (layer.as<op::Reshape>() && layer.output_shape.size() == 1) continue;
    if (behind == 0 || !is_of_single_values(layer) || !is_read_as_vector(network, reader, behind - 1)) return false;
  }
  return read;
}

void set_elementwise(const Network& network, LayerId id, UnitShape* shape) {
  const Layer& layer = network.layer(id);
  double elements = static_cast<double>(element_count(layer.output_shape));
  for (const LayerId input : layer.inputs)
    elements = std::max(elements, static_cast<double>(element_count(network.layer(input).output_shape)));
  const Shape& map = layer.output_shape;
  shape->rows = map.empty() ? 1 : map[0];
  // Of one channel they stand in the vector's order, and pass side by side.
  constexpr int kMostBehind = 8;  // a chain of thousands is no reason to look at all of it from each of its layers
  if (shape->rows == 1 && map.size() > 1 && is_of_single_values(layer) && is_read_as_vector(network, id, kMostBehind))
    shape->rows = element_count(map);
  shape->vectors = elements / static_cast<double>(shape->rows);
  const Shape& input = network.layer(layer.inputs[0]).output_shape;
  shape->channels = static_cast<double>(shape->rows);
  shape->input_values = static_cast<double>(element_count(input));
  const auto* pool = layer.as<op::Pool>();
  if (pool && pool->global) {
    shape->pool = UnitShape::Pool::kGlobal;
  } else if (pool && input.size() == 3) {
    set_window(input, map, pool->kernel, pool->stride, pool->dilation, pool->pad, shape);
    const bool disjoint = pool->kind == op::Pool::Kind::kMax && pool->kernel == pool->stride &&
                          shape->padded_pixels == 0 && pool->dilation == std::array<std::int64_t, 2>{1, 1};
    shape->pool = disjoint                     ? UnitShape::Pool::kDisjoint
                  : shape->window.channels > 0 ? UnitShape::Pool::kWindows
                                               : UnitShape::Pool::kNone;
    shape->window.depthwise = true;
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

// Floats and integers that are multiplied as significands and exponents.
bool is_small(const NumberFormat& format) {
  return format.is_integer() || (format.kind() == NumberFormat::Kind::kFloat && format.bits() <= 8);
}

int significand_bits(const NumberFormat& format) {
  return format.is_integer() ? format.bits() : format.mantissa_bits() + 1;
}

// Bits of an element as an integer, its sign aside.
int fixed_bits(const NumberFormat& format) { return format.is_integer() ? format.bits() : exponent_span(format) + 1; }

void set_small_floats(const NumberFormat& weight, const NumberFormat& activation, UnitShape* shape) {
  shape->weight_significand = significand_bits(weight);
  shape->activation_significand = significand_bits(activation);
  const int of_weight = weight.is_integer() ? 0 : weight.exponent_bits();
  const int of_activation = activation.is_integer() ? 0 : activation.exponent_bits();
  shape->float_stages = std::max(of_weight, of_activation) + (of_weight > 0 && of_activation > 0 ? 1 : 0);
  shape->float_bits = fixed_bits(weight) + fixed_bits(activation) + 1;
}

// FINN's formula for a multiplier whose product has so many bits.
double multiplier_tables(double bits) { return (2 * std::ceil(bits / 6) - 1) * bits; }

// Look-up tables that shift one product, besides its multiplier; they stay when that moves to a DSP block.
double shifter_tables(const UnitShape& shape) {
  if (shape.float_bits == 0) return 0;
  return shape.float_bits * std::ceil(shape.float_stages / 2.0) + shape.float_stages;
}

// Look-up tables of one product.
double product_tables(const UnitShape& shape) {
  if (shape.shift > 0) return product_bits(shape) * std::ceil(shape.shift_stages / 2.0);
  if (shape.float_bits > 0) return multiplier_tables(shape.weight_significand + shape.activation_significand);
  return multiplier_tables(product_bits(shape));
}

// Of a multiplication and its addition in look-up tables, for weights and activations of few bits: refit on synthesised
// units.
bool is_refit(const UnitShape& shape) {
  return shape.shift == 0 && shape.float_bits == 0 && shape.block == 0 && shape.weight_bits <= 4 &&
         shape.activation_bits <= 4;
}
double refit_tables(const UnitShape& shape) {
  return 1.49 * shape.weight_bits * shape.activation_bits + 0.30 * (shape.weight_bits + shape.activation_bits);
}

// Formats in blocks: the sum of each block is shifted by its scales (8 stages, a choice of four a table) and added to a
// sum of 32 bits.
double block_tables(const UnitShape& shape, double lanes_a_row) {
  if (shape.block == 0) return 0;
  constexpr double kScaleStages = 8, kSumBits = 32;
  const double sum = product_bits(shape) + std::ceil(std::log2(shape.block));
  return std::ceil(lanes_a_row / shape.block) * (sum * kScaleStages / 2 + kSumBits);
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

// The fewest channels a cycle, a divisor of all, with which `groups` turns suffice.
double narrowest(double channels, double groups) {
  double simd = std::max(1.0, std::ceil(channels / std::max(groups, 1.0)));
  while (simd < channels && std::fmod(channels, simd) != 0) ++simd;
  return std::min(simd, channels);
}

void slow_down(double cycles, StreamNode node, UnitCost* cost) {
  if (cycles <= cost->cycles) return;
  cost->cycles = cycles;
  cost->node = node;
}

void add_lut(double lut, UnitCost* cost) {
  cost->lut_in_lut += lut;
  cost->lut_in_dsp += lut;
}

constexpr double kStreamDepth = 32;  // words between two nodes

// A sliding window `simd` channels wide.
void add_window(const UnitShape& shape, double simd, WindowStyle style, UnitCost* cost) {
  const WindowNode& window = shape.window;
  slow_down(window_cycles(window, simd, style), StreamNode::kWindow, cost);
  double lut = kWindowControlLut + fifo_lut(simd * shape.activation_width, kStreamDepth);
  if (!window.is_pointwise()) {
    const double groups = window.channels / simd;
    // All at once: a buffer a row, so that rows can be read side by side.
    const double buffers = style == WindowStyle::kParallel ? std::max(1.0, window.kernel_rows - 1) : 1;
    const double depth = style == WindowStyle::kParallel ? window.columns_in * groups : window.reach() * groups;
    double bram = 0, buffer_lut = 0;
    add_memory(simd * shape.activation_width, depth, &bram, &buffer_lut);
    cost->buffer_bram += buffers * bram;
    lut += buffers * buffer_lut;
  }
  add_lut(lut, cost);
}

// Padding keeps up with what the unit takes already, where a pixel a cycle suffices.
void add_padding(const UnitShape& shape, UnitCost* cost) {
  if (shape.padded_pixels == 0) return;
  const double simd = narrowest(shape.channels, std::floor(cost->cycles / shape.padded_pixels));
  slow_down(padding_cycles(shape.channels, simd, shape.padded_pixels), StreamNode::kPadding, cost);
  add_lut(fifo_lut(simd * shape.activation_width, kStreamDepth), cost);
}

// At its widest a window that leaves pixel by pixel may hold the matrix node up by so much: filling the first window
// costs little, and streams of whole windows are wide.
constexpr double kHeldUp = 1.05;

// Windows of up to 3 × 3 over several rows leave pixel by pixel in every design that was measured, however much logic
// was left (MobileNet-v1 on a U250, CNV on a ZC706 and a ZCU104); those over one row, and the 7 × 7 of ResNet-50 on a
// U250, were built to keep up.
bool leaves_at_once(const WindowNode& window) {
  constexpr double kSerialPixels = 9;
  return window.rows_in == 1 || window.columns_in == 1 || window.kernel_rows * window.kernel_columns > kSerialPixels;
}

void add_matrix_window(const UnitShape& shape, double pe, double lanes_a_row, UnitCost* cost) {
  const WindowNode& window = shape.window;
  if (window.channels == 0) return;
  if (shape.depthwise) {  // as wide as the rows behind it
    add_window(shape, pe, lanes_a_row > 1 ? WindowStyle::kParallel : WindowStyle::kSerial, cost);
    return;
  }
  const double one_group = window_cycles(window, window.channels, WindowStyle::kSerial);
  if (window.is_pointwise() || !leaves_at_once(window) || kHeldUp * cost->cycles >= one_group) {
    add_window(shape, narrowest(window.channels, std::floor(cost->cycles / one_group)), WindowStyle::kSerial, cost);
  } else {
    add_window(shape, window.channels, WindowStyle::kParallel, cost);
  }
}

void set_elementwise_cost(const UnitShape& shape, UnitCost* cost) {
  const double lanes = static_cast<double>(cost->pe), channels = static_cast<double>(shape.rows);
  const WindowNode& window = shape.window;
  const double kernel = window.kernel_rows * window.kernel_columns;
  cost->node = StreamNode::kElementwise;
  switch (shape.pool) {
    case UnitShape::Pool::kNone: cost->cycles = channelwise_cycles(channels, lanes, shape.vectors); break;
    case UnitShape::Pool::kWindows:
      cost->cycles = pool_cycles(channels, kernel, lanes, window.rows_out * window.columns_out);
      break;
    case UnitShape::Pool::kDisjoint: cost->cycles = max_pool_cycles(window, lanes); break;
    case UnitShape::Pool::kGlobal: cost->cycles = global_pool_cycles(channels, lanes, shape.vectors); break;
  }
  const double stream = std::max(shape.activation_bits, shape.output_bits);
  add_lut(lanes * stream * (shape.floating ? 12 : 2) + fifo_lut(lanes * stream, kStreamDepth), cost);
  if (shape.pool == UnitShape::Pool::kWindows) {
    add_window(shape, lanes, WindowStyle::kSerial, cost);
    add_padding(shape, cost);
  } else if (shape.pool == UnitShape::Pool::kDisjoint) {
    double lut = 0;
    add_memory(lanes * shape.activation_width, window.columns_in * std::ceil(channels / lanes), &cost->buffer_bram,
               &lut);
    add_lut(lut, cost);
  }
  add_tables(shape, lanes, cost);
}

}  // namespace

bool only_in_dsp(const UnitShape& shape) { return shape.matrix && shape.floating; }

bool only_in_lut(const UnitShape& shape) {
  return !shape.matrix || (!shape.floating && shape.weight_bits == 1 && shape.activation_bits == 1);
}

double macs_per_dsp(const UnitShape& shape) {
  if (shape.floating) return 0.4;
  // A multiplier shifts when one factor is 2^k; of small floats it takes the significands, with a sign.
  const int weight = shape.shift > 0        ? shape.shift + 2
                     : shape.float_bits > 0 ? shape.weight_significand + 1
                                            : shape.weight_bits;
  const int activation = shape.float_bits > 0 ? shape.activation_significand + 1 : shape.activation_bits;
  const int widest = std::max(weight, activation);
  if (widest > 16) return 0.4;
  return widest <= 4 ? 4 : widest <= 8 ? 2 : 1;
}

double least_tables_per_mac(const UnitShape& shape) {
  // A row of L lanes adds L products and an accumulator: its share a lane lies between one lane's and endless lanes'.
  const double adders = product_bits(shape) + std::min<double>(product_bits(shape), accumulator_bits(shape));
  const double by_formula = kLutSlack * (product_tables(shape) + shifter_tables(shape) + adders);
  return is_refit(shape) ? std::min(by_formula, refit_tables(shape)) : by_formula;
}

int product_bits(const UnitShape& shape) {
  if (shape.float_bits > 0) return shape.float_bits;
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
  shape.weight_width = demand.weight.bits_per_value();
  shape.activation_width = demand.activation.bits_per_value();
  const bool integers = demand.weight.is_integer() && demand.activation.is_integer();
  if (shifts(demand.weight, demand.activation)) {
    set_shift(demand.weight, demand.activation, &shape);
  } else if (shape.matrix && !integers && is_small(demand.weight) && is_small(demand.activation)) {
    set_small_floats(demand.weight, demand.activation, &shape);
  } else {
    shape.floating = !integers;
  }
  shape.block = std::max(demand.weight.block(), demand.activation.block());
  shape.output_bits = demand.result_bits;
  if (layer.arithmetic.accumulator) shape.accumulator_limit = layer.arithmetic.accumulator->bits;
  shape.output_pixels = std::max(1.0, pixels(layer.output_shape));
  set_tables(network, id, demand, &shape);
  if (shape.matrix) {
    set_matrix(network, layer, &shape);
  } else {
    set_elementwise(network, id, &shape);
  }
  return shape;
}

bool can_fold(const UnitShape& shape, std::int64_t pe, std::int64_t simd) {
  return !shape.depthwise || simd == 1 || (pe == shape.rows && leaves_at_once(shape.window));
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
  const double adders = product_bits(shape) * (2 * lanes_a_row - 1) + accumulator + block_tables(shape, lanes_a_row) +
                        lanes_a_row * shifter_tables(shape);
  const double multipliers = lanes_a_row * product_tables(shape);
  cost.lut_in_dsp = kFixedLut + kLutSlack * rows * adders;
  cost.lut_in_lut = kFixedLut + kLutSlack * rows * (multipliers + adders);
  if (is_refit(shape)) cost.lut_in_lut = std::min(cost.lut_in_lut, 464 + 40 * rows + lanes * refit_tables(shape));
  cost.dsp = std::ceil(lanes / macs_per_dsp(shape));
  if (shape.output_bits < 32) {
    cost.lut_in_lut +=
        rows * (shape.output_bits <= 4 ? (std::exp2(shape.output_bits) - 1) * accumulator : kWideMultiplier);
    cost.dsp += rows;
  }
  add_tables(shape, rows, &cost);
  double memory_lut = 0;
  const double word = std::ceil(lanes * shape.weight_width);
  add_memory(word, words, &cost.weight_bram, &memory_lut);
  if (cost.weight_bram > 0) cost.weight_uram = ultra_memories(word, words);
  add_lut(memory_lut + fifo_lut(lanes_a_row * shape.activation_width, kStreamDepth) +
              fifo_lut(rows * shape.output_bits, kStreamDepth),
          &cost);
  cost.cycles = matrix_unit_cycles(static_cast<double>(shape.rows), static_cast<double>(shape.columns), rows,
                                   lanes_a_row, shape.vectors);
  add_matrix_window(shape, rows, lanes_a_row, &cost);
  add_padding(shape, &cost);
  return cost;
}

}  // namespace roofscape::cost
