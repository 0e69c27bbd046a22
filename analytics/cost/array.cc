#include "analytics/cost/array.h"

#include <algorithm>
#include <cmath>

#include "analytics/base/text.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::cost {
namespace {

double rounds(double things, std::int64_t lanes) {
  return lanes > 0 ? std::ceil(things / static_cast<double>(lanes)) : things;
}

double at_least_one(std::int64_t lanes) { return static_cast<double>(std::max<std::int64_t>(lanes, 1)); }

double multipliers(const Array& array) {
  return at_least_one(array.input_lanes) * at_least_one(array.output_lanes) * at_least_one(array.pixel_lanes);
}

Result<std::int64_t> lanes(bool given, const v1::Figure& figure, const char* field) {
  if (!given) return std::int64_t{0};
  constexpr double kMostLanes = 1 << 20;
  const double count = figure.value();
  if (!(count >= 1 && count <= kMostLanes) || count != std::floor(count))
    return invalid_argument("{} is no number of lanes; use a whole number from 1 to {}", count, kMostLanes).at(field);
  return static_cast<std::int64_t>(count);
}

// Groups that stand side by side on the diagonal of the array: they share neither inputs nor outputs.
double groups_at_once(const Array& array, const WorkOnArray& work) {
  double most = work.groups;
  const auto fit = [&](std::int64_t count, double of_group) {
    if (count > 0) most = std::min(most, std::max(1.0, std::floor(static_cast<double>(count) / of_group)));
  };
  fit(array.input_lanes, work.channels);
  fit(array.output_lanes, work.filters);
  return array.input_lanes > 0 || array.output_lanes > 0 ? most : 1;
}

double systolic_cycles(const Array& array, const WorkOnArray& work, double images) {
  const double inputs = work.channels * work.kernel_rows * work.kernel_columns;
  const double positions = work.rows * work.columns * images;
  const auto in = static_cast<double>(array.input_lanes), out = static_cast<double>(array.output_lanes),
             pixels = static_cast<double>(array.pixel_lanes);
  const ArrayRounds rounds = array_rounds(array, work, images);
  if (array.pixel_lanes == 0) return work.groups * rounds.inputs * rounds.filters * (2 * in + out + positions - 2);
  if (array.input_lanes == 0) return work.groups * rounds.positions * rounds.filters * (inputs + pixels + out - 2);
  return work.groups * rounds.inputs * rounds.positions * (2 * in + pixels + work.filters - 2);
}

// Processing elements that have work, of the rows and of the columns.
double row_stationary_cycles(const Array& array, const WorkOnArray& work, double images) {
  const auto filled = [](double length, std::int64_t lanes) {
    if (lanes <= 0) return 1.0;
    const auto wide = static_cast<double>(lanes);
    return length <= wide ? std::floor(wide / length) * length : length / std::ceil(length / wide);
  };
  return work.macs() * images / (filled(work.kernel_rows, array.input_lanes) * filled(work.rows, array.pixel_lanes));
}

double cycles_once(const Array& array, const WorkOnArray& work, double images) {
  if (array.systolic) return systolic_cycles(array, work, images);
  if (array.takes == Array::InputLanes::kKernelRows) return row_stationary_cycles(array, work, images);
  const ArrayRounds rounds = array_rounds(array, work, images);
  return std::ceil(work.groups / groups_at_once(array, work)) * rounds.inputs * rounds.filters * rounds.positions;
}

double size(const Shape& shape, std::size_t axis) { return static_cast<double>(shape[axis]); }

ArrayProducts recurrent_work(const Layer& layer) {
  const Shape &input = layer.constants[0]->shape(), &state = layer.constants[1]->shape();
  // Where only the last step is handed on, the layer alone does not say how many there are. All are alike.
  const bool sequence = layer.as<op::Recurrent>()->output == op::Recurrent::Output::kSequence;
  const double steps = sequence && !layer.output_shape.empty() ? size(layer.output_shape, 0) : 1;
  return {
      WorkOnArray{.groups = size(input, 0), .channels = size(input, 2), .filters = size(input, 1), .rows = steps},
      WorkOnArray{.groups = size(state, 0), .channels = size(state, 2), .filters = size(state, 1), .repeats = steps}};
}

}  // namespace

Result<Array> Array::create(const v1::ComputeCeiling& given) {
  Array array;
  RS_ASSIGN(array.input_lanes, lanes(given.has_input_lane_count(), given.input_lane_count(), "input_lane_count"));
  RS_ASSIGN(array.output_lanes, lanes(given.has_output_lane_count(), given.output_lane_count(), "output_lane_count"));
  RS_ASSIGN(array.pixel_lanes, lanes(given.has_pixel_lane_count(), given.pixel_lane_count(), "pixel_lane_count"));
  array.systolic = given.systolic();
  const std::string& use = given.input_lane_use();
  if (use == "window") {
    array.takes = InputLanes::kWindow;
  } else if (use == "kernel-rows") {
    array.takes = InputLanes::kKernelRows;
  } else if (!use.empty()) {
    return invalid_argument("'{}' is nothing that lanes take; use window or kernel-rows", printable(use, 60))
        .at("input_lane_use");
  }
  if (!use.empty() && array.input_lanes == 0)
    return invalid_argument("'{}' without input lanes; give input_lane_count", use).at("input_lane_use");
  if (array.takes == InputLanes::kKernelRows && array.output_lanes > 0)
    return invalid_argument("an array whose lanes take rows of kernels has no output lanes; leave them out")
        .at("output_lane_count");
  const int kinds = array.kinds_of_lanes();
  if (array.systolic && (kinds != 2 || array.takes == InputLanes::kKernelRows))
    return invalid_argument("a systolic array has two kinds of lanes of input, output and pixel; {} are given", kinds)
        .at("systolic");
  return array;
}

double WorkOnArray::macs() const {
  return groups * channels * filters * kernel_rows * kernel_columns * rows * columns * repeats;
}

ArrayProducts work_on_array(const Layer& layer) {
  const Tensor* weight = layer.weight();
  if (weight == nullptr) return {};
  const Shape& shape = weight->shape();
  const Shape& out = layer.output_shape;
  if (layer.as<op::Recurrent>() != nullptr) return recurrent_work(layer);
  if (const auto* conv = layer.as<op::Conv>()) {
    const auto groups = static_cast<double>(conv->groups);
    return ArrayProducts({.groups = groups,
                          .channels = size(shape, 1),
                          .filters = size(shape, 0) / groups,
                          .kernel_rows = size(shape, 2),
                          .kernel_columns = size(shape, 3),
                          .rows = out.size() == 3 ? size(out, 1) : 1,
                          .columns = out.size() == 3 ? size(out, 2) : 1});
  }
  if (layer.as<op::Dense>() == nullptr || shape.size() < 2) return {};
  const double values = out.empty() ? size(shape, 0) : static_cast<double>(element_count(out));
  return ArrayProducts({.channels = size(shape, 1), .filters = size(shape, 0), .rows = values / size(shape, 0)});
}

ArrayRounds array_rounds(const Array& array, const WorkOnArray& work, double images) {
  const double taps = work.kernel_rows * work.kernel_columns;
  ArrayRounds of{.filters = rounds(work.filters, array.output_lanes)};
  if (array.systolic) {
    of.inputs = rounds(work.channels * taps, array.input_lanes);
    of.positions = rounds(work.rows * work.columns * images, array.pixel_lanes);
    return of;
  }
  of.inputs = taps * rounds(work.channels, array.input_lanes);
  if (array.takes == Array::InputLanes::kWindow && groups_at_once(array, work) == 1 &&
      work.channels < static_cast<double>(array.input_lanes))
    of.inputs = rounds(work.channels * taps, array.input_lanes);
  of.positions = rounds(work.rows, array.pixel_lanes) * work.columns * images;
  return of;
}

double array_cycles(const Array& array, const WorkOnArray& work, double images) {
  WorkOnArray once = work;
  once.repeats = 1;
  return cycles_once(array, once, images) * work.repeats;
}

double share_filled(const Array& array, const Layer& layer, double images) {
  if (!array.states_lanes()) return 1;
  double macs = 0, cycles = 0;
  for (const WorkOnArray& work : work_on_array(layer)) {
    macs += work.macs() * images;
    cycles += array_cycles(array, work, images);
  }
  return cycles > 0 && macs > 0 ? std::min(1.0, macs / (cycles * multipliers(array))) : 1;
}

}  // namespace roofscape::cost
