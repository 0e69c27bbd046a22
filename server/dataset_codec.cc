#include "server/dataset_codec.h"

#include <cstring>
#include <string_view>

namespace roofscape::server {
namespace {

constexpr std::string_view kMagic = "RSDATA1\n";
constexpr std::uint32_t kLargestRank = 8;

template <typename T>
void write(std::vector<std::byte>* out, T value) {
  const auto bytes = std::as_bytes(std::span(&value, 1));
  out->insert(out->end(), bytes.begin(), bytes.end());
}

// Reads numbers from the front of a blob; `ok` turns false where it ends too early.
struct Reader {
  std::span<const std::byte> rest;
  bool ok = true;

  template <typename T>
  T read() {
    T value{};
    if (rest.size() < sizeof value) {
      ok = false;
      return value;
    }
    std::memcpy(&value, rest.data(), sizeof value);
    rest = rest.subspan(sizeof value);
    return value;
  }
};

std::size_t element_bytes(Dataset::Element element) { return element == Dataset::Element::kUint8 ? 1 : 4; }

}  // namespace

std::vector<std::byte> encode_dataset(const Dataset& dataset) {
  std::vector<std::byte> out;
  out.reserve(64 + dataset.raw.size() + dataset.labels.size() * sizeof(std::int32_t));
  for (const char c : kMagic) out.push_back(static_cast<std::byte>(c));
  write(&out, static_cast<std::uint32_t>(dataset.element));
  write(&out, static_cast<std::uint32_t>(dataset.image_shape.size()));
  for (const std::int64_t dimension : dataset.image_shape) write(&out, dimension);
  write(&out, dataset.count);
  write(&out, static_cast<std::int64_t>(dataset.labels.size()));
  out.insert(out.end(), dataset.raw.begin(), dataset.raw.end());
  const auto labels = std::as_bytes(std::span(dataset.labels));
  out.insert(out.end(), labels.begin(), labels.end());
  return out;
}

Result<Dataset> decode_dataset(std::span<const std::byte> blob) {
  const Status damaged = data_loss("a stored data set of {} bytes is damaged: its header does not fit it", blob.size());
  if (blob.size() < kMagic.size() || std::memcmp(blob.data(), kMagic.data(), kMagic.size()) != 0) return damaged;
  Reader reader{blob.subspan(kMagic.size())};
  const auto element = reader.read<std::uint32_t>();
  const auto rank = reader.read<std::uint32_t>();
  if (element > 1 || rank > kLargestRank) return damaged;

  Dataset dataset;
  dataset.element = static_cast<Dataset::Element>(element);
  // What is left bounds every product, so none can overflow.
  const auto most = static_cast<std::int64_t>(blob.size());
  std::int64_t image_elements = 1;
  for (std::uint32_t i = 0; i < rank; ++i) {
    const auto dimension = reader.read<std::int64_t>();
    if (!reader.ok || dimension < 1 || dimension > most / image_elements) return damaged;
    dataset.image_shape.push_back(dimension);
    image_elements *= dimension;
  }
  dataset.count = reader.read<std::int64_t>();
  const auto labels = reader.read<std::int64_t>();
  if (!reader.ok || dataset.count < 0 || dataset.count > most / image_elements) return damaged;
  if (labels != 0 && labels != dataset.count) return damaged;

  const auto raw_bytes = static_cast<std::size_t>(dataset.count * image_elements) * element_bytes(dataset.element);
  const auto label_bytes = static_cast<std::size_t>(labels) * sizeof(std::int32_t);
  if (reader.rest.size() != raw_bytes + label_bytes) return damaged;
  dataset.raw.assign(reader.rest.begin(), reader.rest.begin() + static_cast<std::ptrdiff_t>(raw_bytes));
  dataset.labels.resize(static_cast<std::size_t>(labels));
  if (label_bytes > 0) std::memcpy(dataset.labels.data(), reader.rest.data() + raw_bytes, label_bytes);
  return dataset;
}

}  // namespace roofscape::server
