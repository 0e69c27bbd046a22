#include "analytics/engine/vector/code_pool.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "analytics/engine/vector/reach.h"

namespace roofscape::engine {
namespace {

constexpr std::int64_t kBytes = 16;  // of one vector

// First the maximum down each column of a row of windows, then across it: both over consecutive bytes.
template <typename Code>
class CodePoolStep final : public Step {
 public:
  CodePoolStep(const Site& site, std::int32_t lowest)
      : pool_(*site.layer->as<op::Pool>()),
        in_(site.inputs[0]),
        out_(site.output()),
        lowest_(static_cast<Code>(lowest)) {
    rows_ = reaches(out_[1], in_[1], pool_.kernel[0], pool_.stride[0], pool_.dilation[0], pool_.pad[0], pool_.pad[2]);
    columns_ =
        reaches(out_[2], in_[2], pool_.kernel[1], pool_.stride[1], pool_.dilation[1], pool_.pad[1], pool_.pad[3]);
  }

  // A row of inputs and one of outputs, each with room for the last vector.
  std::size_t scratch_bytes() const override { return static_cast<std::size_t>(in_row_bytes() + out_row_bytes()); }

  void run(std::int64_t count, const Buffers& buffers) const override {
    auto* column_maxima = static_cast<Code*>(buffers.scratch);
    Code* results = column_maxima + in_row_bytes();
    const auto* image = static_cast<const Code*>(buffers.inputs[0]);
    auto* output = static_cast<Code*>(buffers.output);
    const std::int64_t row_values = out_[2] * out_[0];
    for (std::int64_t n = 0; n < count; ++n, image += in_[0] * in_[1] * in_[2])
      for (std::int64_t y = 0; y < out_[1]; ++y, output += row_values) {
        down(image, y, column_maxima);
        for (std::int64_t x = 0; x < out_[2]; ++x) across(column_maxima, x, results + x * out_[0]);
        std::memcpy(output, results, static_cast<std::size_t>(row_values));
      }
  }

 private:
  typedef Code Vector __attribute__((vector_size(kBytes)));  // NOLINT(modernize-use-using): GCC ignores it there

  static std::int64_t padded(std::int64_t bytes) { return (bytes + kBytes + 63) / 64 * 64; }
  std::int64_t in_row_bytes() const { return padded(in_[2] * in_[0]); }
  std::int64_t out_row_bytes() const { return padded(out_[2] * out_[0]); }

  void down(const Code* image, std::int64_t y, Code* maxima) const {
    const std::int64_t row = in_[2] * in_[0];
    const Reach& reach = rows_[static_cast<std::size_t>(y)];
    std::fill_n(maxima, in_row_bytes(), lowest_);
    for (std::int64_t i = reach.first; i < reach.last; ++i) {
      const Code* from = image + (y * pool_.stride[0] - pool_.pad[0] + i * pool_.dilation[0]) * row;
      for (std::int64_t c = 0; c < row; ++c) maxima[c] = std::max(maxima[c], from[c]);
    }
  }

  // Writes whole vectors: what lies beyond the last channel is overwritten by the next window.
  void across(const Code* maxima, std::int64_t x, Code* results) const {
    const Reach& reach = columns_[static_cast<std::size_t>(x)];
    const Code* window = maxima + (x * pool_.stride[1] - pool_.pad[1]) * in_[0];
    for (std::int64_t c = 0; c < in_[0]; c += kBytes) {
      Vector largest = Vector{} + lowest_;
      for (std::int64_t j = reach.first; j < reach.last; ++j) {
        Vector codes;
        std::memcpy(&codes, window + j * pool_.dilation[1] * in_[0] + c, sizeof codes);
        largest = codes > largest ? codes : largest;
      }
      std::memcpy(results + c, &largest, sizeof largest);
    }
  }

  op::Pool pool_;
  Shape in_, out_;
  Code lowest_;
  std::vector<Reach> rows_, columns_;
};

}  // namespace

std::unique_ptr<Step> code_pool_step(const Site& site, Element code, std::int32_t lowest) {
  if (code == Element::kUint8) return std::make_unique<CodePoolStep<std::uint8_t>>(site, lowest);
  return std::make_unique<CodePoolStep<std::int8_t>>(site, lowest);
}

}  // namespace roofscape::engine
