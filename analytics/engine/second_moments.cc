#include "analytics/engine/second_moments.h"

#include <algorithm>
#include <oneapi/dnnl/dnnl.hpp>

#include "analytics/base/status.h"

namespace roofscape::engine {
namespace {

// Vectors whose products are summed in fp32: few enough that their rounding does not show, and that they stay in cache.
constexpr std::int64_t kRows = 2048;
constexpr std::int64_t kBlockValues = std::int64_t{1} << 18;
// Columns of the product computed at once: what lies above the diagonal of such a strip is not.
constexpr std::int64_t kStrip = 128;
// Below so many columns a plain loop is faster than a call.
constexpr std::int64_t kFewColumns = 12;

// Σ term(i) in eight interleaved sums: a fixed order that compilers can keep in vector registers.
template <typename Sum, typename Term>
Sum interleaved(std::int64_t count, Term term) {
  Sum sum[8] = {};
  std::int64_t i = 0;
  for (; i + 8 <= count; i += 8)
    for (int k = 0; k < 8; ++k) sum[k] += term(i + k);
  Sum total = ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
  for (; i < count; ++i) total += term(i);
  return total;
}

float dot(const float* a, const float* b, std::int64_t count) {
  return interleaved<float>(count, [=](std::int64_t i) { return a[i] * b[i]; });
}

double sum(const float* values, std::int64_t count) {
  return interleaved<double>(count, [=](std::int64_t i) { return static_cast<double>(values[i]); });
}

// One row of one tap over a row of outputs: to[x] = from[x·stride + first], 0 outside of the row.
void copy_tap(const float* from, std::int64_t width, std::int64_t first, std::int64_t stride, std::int64_t count,
              float* to) {
  const std::int64_t begin = std::clamp<std::int64_t>(first < 0 ? (-first + stride - 1) / stride : 0, 0, count);
  const std::int64_t end =
      std::clamp<std::int64_t>(first >= width ? 0 : (width - first + stride - 1) / stride, begin, count);
  std::fill(to, to + begin, 0.0F);
  if (stride == 1 && begin < end)
    std::copy(from + first + begin, from + first + end, to + begin);
  else
    for (std::int64_t x = begin; x < end; ++x) to[x] = from[x * stride + first];
  std::fill(to + end, to + count, 0.0F);
}

}  // namespace

// `rows` vectors of `columns` elements.
struct MomentsSum::Block {
  const float* values = nullptr;
  std::int64_t columns = 0, rows = 0;
  bool by_column = false;  // [columns, rows]; else [rows, columns]
};

// Rows of outputs, counted through all images, and the positions along them.
struct MomentsSum::Tile {
  std::int64_t top, bottom, left, right;
};

std::optional<InputVectors> input_vectors(const Layer& layer, const Shape& input) {
  if (!layer.has_weight()) return std::nullopt;
  InputVectors result;
  const Shape& weight = layer.weight()->shape();
  if (const auto* conv = layer.as<op::Conv>()) {
    result = {.kind = InputVectors::Kind::kWindows,
              .groups = conv->groups,
              .channels = weight[1],
              .height = input[1],
              .width = input[2],
              .kernel = {weight[2], weight[3]},
              .stride = conv->stride,
              .dilation = conv->dilation,
              .pad = {conv->pad[0], conv->pad[1]},
              .out_height = layer.output_shape[1],
              .out_width = layer.output_shape[2]};
  } else if (const auto* transposed = layer.as<op::ConvTranspose>()) {
    result = {.kind = InputVectors::Kind::kWindows,
              .groups = transposed->groups,
              .channels = weight[0] / transposed->groups,
              .height = input[1],
              .width = input[2],
              .out_height = input[1],
              .out_width = input[2]};
  } else {
    result.channels = input.back();
    result.width = result.out_width = element_count(input) / input.back();
  }
  return result;
}

InputVectors state_vectors(const Layer& layer, const Shape& sequence) {
  const auto& recurrent = *layer.as<op::Recurrent>();
  InputVectors result{.kind = InputVectors::Kind::kStates,
                      .groups = sequence[1],
                      .channels = sequence[2],
                      .width = sequence[0],
                      .out_width = sequence[0],
                      .reverse = recurrent.direction == op::Recurrent::Direction::kReverse};
  result.initial.assign(static_cast<std::size_t>(sequence[1] * sequence[2]), 0.0F);
  if (layer.constants.size() > 3 && layer.constants[3]) {
    const std::span<const float> given = layer.constants[3]->values();
    result.initial.assign(given.begin(), given.end());
  }
  return result;
}

MomentsSum::MomentsSum(InputVectors vectors) : vectors_(std::move(vectors)) {
  moments_.groups = vectors_.groups;
  moments_.columns = vectors_.columns();
  moments_.sums.assign(static_cast<std::size_t>(moments_.groups * moments_.columns * moments_.columns), 0.0);
  moments_.totals.assign(static_cast<std::size_t>(moments_.groups * moments_.columns), 0.0);
}

std::int64_t MomentsSum::bytes(const InputVectors& vectors) {
  return vectors.groups * vectors.columns() * vectors.columns() * static_cast<std::int64_t>(sizeof(double));
}

void MomentsSum::add(const float* values, std::int64_t count, MomentsScratch& scratch) {
  images_ += count;
  switch (vectors_.kind) {
    case InputVectors::Kind::kWindows: return add_windows(values, count, scratch);
    case InputVectors::Kind::kStates: return add_states(values, count, scratch);
    case InputVectors::Kind::kRows: break;
  }
  const std::int64_t rows = count * vectors_.samples();
  for (std::int64_t first = 0; first < rows; first += kRows)
    add_block(0, {values + first * vectors_.channels, vectors_.channels, std::min(kRows, rows - first)}, scratch);
}

void MomentsSum::add_windows(const float* values, std::int64_t count, MomentsScratch& scratch) {
  const InputVectors& v = vectors_;
  const std::int64_t rows = std::clamp<std::int64_t>(kBlockValues / v.columns(), 1, kRows);
  const std::int64_t width = std::min(rows, v.out_width);  // of a tile: positions side by side …
  const std::int64_t lines = count * v.out_height;
  const std::int64_t height = std::clamp<std::int64_t>(rows / width, 1, lines);  // … and rows of outputs, of any image
  scratch.vectors.resize(static_cast<std::size_t>(v.columns() * height * width));
  for (std::int64_t group = 0; group < v.groups; ++group)
    for (std::int64_t line = 0; line < lines; line += height)
      for (std::int64_t x = 0; x < v.out_width; x += width)
        add_tile(values, group, {line, std::min(lines, line + height), x, std::min(v.out_width, x + width)}, scratch);
}

void MomentsSum::add_tile(const float* values, std::int64_t group, const Tile& tile, MomentsScratch& scratch) {
  const InputVectors& v = vectors_;
  const std::int64_t width = tile.right - tile.left;
  float* to = scratch.vectors.data();
  for (std::int64_t c = group * v.channels; c < (group + 1) * v.channels; ++c)
    for (std::int64_t i = 0; i < v.kernel[0]; ++i)
      for (std::int64_t j = 0; j < v.kernel[1]; ++j)
        for (std::int64_t line = tile.top; line < tile.bottom; ++line, to += width) {
          const std::int64_t y = line % v.out_height * v.stride[0] + i * v.dilation[0] - v.pad[0];
          const std::int64_t first = tile.left * v.stride[1] + j * v.dilation[1] - v.pad[1];
          const float* plane = values + line / v.out_height * v.elements() + c * v.height * v.width;
          if (y < 0 || y >= v.height)
            std::fill(to, to + width, 0.0F);
          else
            copy_tap(plane + y * v.width, v.width, first, v.stride[1], width, to);
        }
  add_block(group, {scratch.vectors.data(), v.columns(), (tile.bottom - tile.top) * width, true}, scratch);
}

void MomentsSum::add_states(const float* values, std::int64_t count, MomentsScratch& scratch) {
  const std::int64_t steps = vectors_.width;
  const std::int64_t hidden = vectors_.channels;
  const std::int64_t directions = vectors_.groups;
  scratch.vectors.resize(static_cast<std::size_t>(steps * hidden));
  for (std::int64_t d = 0; d < directions; ++d) {
    const bool backwards = vectors_.reverse || d == 1;
    for (std::int64_t n = 0; n < count; ++n) {
      float* to = std::copy_n(vectors_.initial.data() + d * hidden, hidden, scratch.vectors.data());
      // All states but the last, which no step reads.
      for (std::int64_t s = backwards ? 1 : 0; s < steps - (backwards ? 0 : 1); ++s)
        to = std::copy_n(values + ((n * steps + s) * directions + d) * hidden, hidden, to);
      for (std::int64_t first = 0; first < steps; first += kRows)
        add_block(d, {scratch.vectors.data() + first * hidden, hidden, std::min(kRows, steps - first)}, scratch);
    }
  }
}

void MomentsSum::add_block(std::int64_t group, const Block& block, MomentsScratch& scratch) {
  const std::int64_t n = block.columns;
  double* const sums = &moments_.sums[static_cast<std::size_t>(group * n * n)];
  double* const totals = &moments_.totals[static_cast<std::size_t>(group * n)];
  if (block.by_column) {
    for (std::int64_t i = 0; i < n; ++i) totals[i] += sum(block.values + i * block.rows, block.rows);
    if (n <= kFewColumns) {
      for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t j = 0; j <= i; ++j)
          sums[i * n + j] += dot(block.values + i * block.rows, block.values + j * block.rows, block.rows);
      return;
    }
  } else {
    for (std::int64_t r = 0; r < block.rows; ++r)
      for (std::int64_t i = 0; i < n; ++i) totals[i] += block.values[r * n + i];
  }
  scratch.products.resize(static_cast<std::size_t>(n * std::min(n, kStrip)));
  for (std::int64_t j = 0; j < n; j += kStrip) {
    const std::int64_t width = std::min(kStrip, n - j);
    const float* from = block.values + j * (block.by_column ? block.rows : 1);
    const std::int64_t step = block.by_column ? block.rows : n;
    const auto status = dnnl::sgemm(block.by_column ? 'N' : 'T', block.by_column ? 'T' : 'N', n - j, width, block.rows,
                                    1.0F, from, step, from, step, 0.0F, scratch.products.data(), width);
    RS_CHECK(status == dnnl::status::success);
    for (std::int64_t i = j; i < n; ++i)
      for (std::int64_t k = 0; k < std::min(width, i - j + 1); ++k)
        sums[i * n + j + k] += scratch.products[static_cast<std::size_t>((i - j) * width + k)];
  }
}

void MomentsSum::merge(const MomentsSum& later) {
  images_ += later.images_;
  for (std::size_t i = 0; i < moments_.sums.size(); ++i) moments_.sums[i] += later.moments_.sums[i];
  for (std::size_t i = 0; i < moments_.totals.size(); ++i) moments_.totals[i] += later.moments_.totals[i];
}

SecondMoments MomentsSum::finish() const {
  SecondMoments result = moments_;
  result.samples = images_ * vectors_.samples();
  const std::int64_t n = result.columns;
  for (std::int64_t group = 0; group < result.groups; ++group) {
    double* const sums = &result.sums[static_cast<std::size_t>(group * n * n)];
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t j = 0; j < i; ++j) sums[j * n + i] = sums[i * n + j];
  }
  return result;
}

}  // namespace roofscape::engine
