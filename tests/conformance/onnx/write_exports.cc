// Writes exported networks with an input and what the engine makes of it, for check_exports.py.
//
// usage: write_exports FOLDER
#include <fmt/core.h>

#include <filesystem>
#include <fstream>

#include "analytics/engine/engine.h"
#include "analytics/network/onnx_export.h"
#include "tests/conformance/onnx/sample_networks.h"

namespace roofscape {
namespace {

constexpr std::int64_t kImages = 3;

void write(const std::filesystem::path& path, const void* data, std::size_t size) {
  std::ofstream(path, std::ios::binary).write(static_cast<const char*>(data), static_cast<std::streamsize>(size));
}

Status write_sample(const std::filesystem::path& folder, const testing::Sample& sample, const OnnxExportOptions& form) {
  RS_ASSIGN(const std::string bytes, export_onnx(sample.network, form));
  const std::vector<float> images = testing::sample_images(sample.network, kImages);
  RS_ASSIGN(const std::vector<float> outputs, engine::Engine({}).run(sample.network, images, kImages));
  write(folder / (sample.name + ".onnx"), bytes.data(), bytes.size());
  write(folder / (sample.name + ".in.f32"), images.data(), images.size() * sizeof(float));
  write(folder / (sample.name + ".out.f32"), outputs.data(), outputs.size() * sizeof(float));
  return {};
}

struct Export {
  testing::Sample sample;
  OnnxExportOptions form;
};

int write_all(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  std::vector<testing::Sample> samples = testing::float_samples();
  for (testing::Sample& sample : testing::quantised_samples()) samples.push_back(std::move(sample));
  std::vector<Export> exports;
  for (const testing::Sample& sample : samples) exports.push_back({sample, {.model_name = sample.name}});
  for (const testing::Sample& sample : testing::quantised_samples())
    exports.push_back({{sample.name + "_as_int8", sample.network},
                       {.model_name = sample.name, .weights = OnnxExportOptions::Weights::kInt8}});
  for (const auto& [sample, form] : exports)
    if (const Status status = write_sample(folder, sample, form); !status.ok()) {
      fmt::print(stderr, "{}: {}\n", sample.name, status.message());
      return 1;
    }
  fmt::print("{} networks exported\n", exports.size());
  return 0;
}

}  // namespace
}  // namespace roofscape

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: write_exports FOLDER\n");
    return 2;
  }
  return roofscape::write_all(argv[1]);
}
