#include "analytics/engine/integer/staged_image.h"

namespace roofscape::engine {

ConvGeometry::ConvGeometry(const Site& site)
    : conv(*site.layer->as<op::Conv>()),
      channels(site.inputs[0][0]),
      height(site.inputs[0][1]),
      width(site.inputs[0][2]),
      filters(site.output()[0]),
      out_height(site.output()[1]),
      out_width(site.output()[2]),
      kernel_height(site.layer->weight()->shape()[2]),
      kernel_width(site.layer->weight()->shape()[3]),
      staged_height(height + conv.pad[0] + conv.pad[2]),
      staged_width(width + conv.pad[1] + conv.pad[3]) {}

StagedImage::StagedImage(const Site& site, MacTile::Operand operand, Layout layout)
    : geometry_(site),
      operand_(operand),
      element_(code_element(site.layer->arithmetic.input(0)->format)),
      zero_point_(site.layer->arithmetic.input(0)->zero_point[0]),
      zero_(staged_zero(operand, *site.layer->arithmetic.input(0))),
      planes_(layout == Layout::kPlain ? geometry_.channels : 1),
      pixel_channels_(layout == Layout::kPlain ? 1 : geometry_.channels) {}

std::int64_t StagedImage::bytes() const {
  const std::int64_t image =
      geometry_.staged_height * geometry_.staged_width * geometry_.channels * operand_bytes(operand_);
  return (image + 63) / 64 * 64 + 64;
}

void StagedImage::clear(std::byte* memory) const {
  stage_zeros(operand_, zero_, bytes() / operand_bytes(operand_), memory);
}

void StagedImage::stage_image(const void* codes, std::int64_t n, std::byte* memory) const {
  const ConvGeometry& g = geometry_;
  const std::int64_t row = g.width * pixel_channels_;
  const std::int64_t row_bytes = row * static_cast<std::int64_t>(element_bytes(element_));
  const auto* from = static_cast<const std::byte*>(codes) + n * planes_ * g.height * row_bytes;
  for (std::int64_t plane = 0; plane < planes_; ++plane)
    for (std::int64_t y = 0; y < g.height; ++y, from += row_bytes) {
      const std::int64_t line = plane * g.staged_height + y + g.conv.pad[0];
      const std::int64_t at = (line * g.staged_width + g.conv.pad[1]) * pixel_channels_;
      stage(operand_, element_, from, row, zero_point_, memory + at * operand_bytes(operand_));
    }
}

}  // namespace roofscape::engine
