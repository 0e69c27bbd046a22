#include "analytics/engine/convert.h"

#include "analytics/arith/quantise_fast.h"

namespace roofscape::engine {
namespace {

// [outer, rows, columns] → [outer, columns, rows], in tiles that fit the first-level cache.
template <typename T>
void transpose(const T* in, T* out, std::int64_t outer, std::int64_t rows, std::int64_t columns) {
  constexpr std::int64_t kTile = 16;
  for (std::int64_t o = 0; o < outer; ++o, in += rows * columns, out += rows * columns)
    for (std::int64_t first_row = 0; first_row < rows; first_row += kTile)
      for (std::int64_t first_column = 0; first_column < columns; first_column += kTile) {
        const std::int64_t last_row = std::min(rows, first_row + kTile);
        const std::int64_t last_column = std::min(columns, first_column + kTile);
        for (std::int64_t c = first_column; c < last_column; ++c)
          for (std::int64_t r = first_row; r < last_row; ++r) out[c * rows + r] = in[r * columns + c];
      }
}

template <typename T>
std::unique_ptr<Step> transpose_step(std::int64_t rows, std::int64_t columns) {
  return make_step([rows, columns](std::int64_t count, const Buffers& buffers) {
    transpose(static_cast<const T*>(buffers.inputs[0]), static_cast<T*>(buffers.output), count, rows, columns);
  });
}

template <typename T>
std::unique_ptr<Step> codes_step(std::int64_t channels, std::int64_t run, const QuantiserPtr& quantiser) {
  return make_step([channels, run, quantiser](std::int64_t count, const Buffers& buffers) {
    const auto* in = static_cast<const float*>(buffers.inputs[0]);
    auto* out = static_cast<T*>(buffers.output);
    if (!quantiser->per_channel()) {
      const auto all = static_cast<std::size_t>(count * channels * run);
      quantise(std::span(in, all), *quantiser, 0, std::span(out, all));
      return;
    }
    for (std::int64_t i = 0; i < count * channels; ++i, in += run, out += run)
      quantise(std::span(in, static_cast<std::size_t>(run)), *quantiser, static_cast<std::size_t>(i % channels),
               std::span(out, static_cast<std::size_t>(run)));
  });
}

std::unique_ptr<Step> fake_step(std::int64_t channels, std::int64_t run, const QuantiserPtr& quantiser) {
  return make_step([channels, run, quantiser](std::int64_t count, const Buffers& buffers) {
    const auto* in = static_cast<const float*>(buffers.inputs[0]);
    auto* out = static_cast<float*>(buffers.output);
    if (!quantiser->per_channel()) {
      const auto all = static_cast<std::size_t>(count * channels * run);
      fake_quantise(std::span(in, all), *quantiser, 0, std::span(out, all));
      return;
    }
    for (std::int64_t i = 0; i < count * channels; ++i, in += run, out += run)
      fake_quantise(std::span(in, static_cast<std::size_t>(run)), *quantiser, static_cast<std::size_t>(i % channels),
                    std::span(out, static_cast<std::size_t>(run)));
  });
}

std::unique_ptr<Step> blocks_step(const Shape& shape, const QuantiserPtr& quantiser) {
  return make_step([shape, quantiser](std::int64_t count, const Buffers& buffers) {
    const auto all = static_cast<std::size_t>(count * element_count(shape));
    fake_quantise_tensor(std::span(static_cast<const float*>(buffers.inputs[0]), all), shape, *quantiser,
                         std::span(static_cast<float*>(buffers.output), all));
  });
}

}  // namespace

std::unique_ptr<Step> layout_step(const Shape& shape, Element element, Layout to) {
  const std::int64_t channels = shape[0];
  const std::int64_t pixels = shape[1] * shape[2];
  const std::int64_t rows = to == Layout::kChannelsLast ? channels : pixels;
  const std::int64_t columns = to == Layout::kChannelsLast ? pixels : channels;
  switch (element_bytes(element)) {
    case 1: return transpose_step<std::uint8_t>(rows, columns);
    case 2: return transpose_step<std::uint16_t>(rows, columns);
    default: return transpose_step<std::uint32_t>(rows, columns);
  }
}

std::unique_ptr<Step> quantise_step(const Shape& shape, const QuantiserPtr& quantiser, bool codes) {
  if (quantiser->format.block() != 0) return blocks_step(shape, quantiser);
  // Elements after one another that share a scale, and how many scales there are in their order.
  std::int64_t channels = 1;
  std::int64_t run = element_count(shape);
  if (quantiser->per_channel()) {
    const auto axis = static_cast<std::size_t>(quantiser->axis);
    run = 1;
    for (std::size_t d = axis + 1; d < shape.size(); ++d) run *= shape[d];
    channels = shape[axis];
  }
  // Axes before the channel's repeat the pattern: the step counts runs, not images.
  const std::int64_t repeats = element_count(shape) / (channels * run);
  std::unique_ptr<Step> of_one_pattern;
  if (!codes) {
    of_one_pattern = fake_step(channels, run, quantiser);
  } else {
    switch (code_element(quantiser->format)) {
      case Element::kUint8: of_one_pattern = codes_step<std::uint8_t>(channels, run, quantiser); break;
      case Element::kInt8: of_one_pattern = codes_step<std::int8_t>(channels, run, quantiser); break;
      case Element::kInt16: of_one_pattern = codes_step<std::int16_t>(channels, run, quantiser); break;
      default: of_one_pattern = codes_step<std::int32_t>(channels, run, quantiser);
    }
  }
  if (repeats == 1) return of_one_pattern;
  return make_step([repeats, step = std::shared_ptr<Step>(std::move(of_one_pattern))](
                       std::int64_t count, const Buffers& buffers) { step->run(count * repeats, buffers); });
}

}  // namespace roofscape::engine
