#include "client/text/measurement_files.h"

#include <filesystem>
#include <map>

#include "client/text/files.h"

namespace roofscape::client {
namespace {

constexpr std::size_t kMostBytes = std::size_t{16} << 20;

std::string base_name(const std::string& path) { return std::filesystem::path(path).filename().string(); }

}  // namespace

Status read_measurement_files(std::span<const std::string> paths,
                              google::protobuf::RepeatedPtrField<v1::MeasurementFile>* files) {
  std::map<std::string, int> names;
  for (const std::string& path : paths) ++names[base_name(path)];
  for (const std::string& path : paths) {
    v1::MeasurementFile* file = files->Add();
    const std::string name = base_name(path);
    file->set_name(names[name] > 1 ? path : name);
    RS_ASSIGN(*file->mutable_contents(), read_text_file(path, kMostBytes));
  }
  return {};
}

}  // namespace roofscape::client
