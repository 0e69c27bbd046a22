#include "tests/bench/yardstick/measurement_memory.h"

#include <google/protobuf/text_format.h>

#include <vector>

#include "analytics/base/text.h"
#include "roofscape/v1/evaluation.pb.h"
#include "server/wire.h"

namespace roofscape::bench {
namespace {

// One line: the key, the seconds, the counts as protobuf writes them.
bool parse(const std::string& line, Digest* key, Measured* measured) {
  const std::vector<std::string_view> words = split(line, ' ');
  if (words.size() < 3 || !Digest::parse(words[0], key)) return false;
  const auto seconds = parse_double(words[1]);
  v1::Counts counts;
  if (!seconds ||
      !google::protobuf::TextFormat::ParseFromString(line.substr(words[0].size() + words[1].size() + 2), &counts))
    return false;
  *measured = {server::from_message(counts), *seconds};
  return true;
}

std::string write(const Digest& key, const Measured& measured) {
  return fmt::format("{} {:.6g} {}\n", key.hex(), measured.seconds,
                     server::to_message(measured.counts).ShortDebugString());
}

}  // namespace

Digest measurement_key(const Digest& network, const Digest& base, const Digest& data, const std::string& fingerprint) {
  return Hasher("yardstick-measurement/1").add(network).add(base).add(data).add(fingerprint).finish();
}

Result<MeasurementMemory> MeasurementMemory::open(const std::string& file) {
  MeasurementMemory memory;
  if (file.empty()) return memory;
  std::ifstream in(file);
  std::string line;
  while (std::getline(in, line)) {
    Digest key;
    Measured measured;
    // A line that a killed run left half written is measured again.
    if (parse(line, &key, &measured)) memory.known_.emplace(key, measured);
  }
  memory.file_ = file;
  memory.out_.open(file, std::ios::app);
  if (!memory.out_) return unavailable("{} cannot be written", file);
  return memory;
}

std::optional<Measured> MeasurementMemory::find(const Digest& key) const {
  const auto found = known_.find(key);
  return found == known_.end() ? std::nullopt : std::optional(found->second);
}

Status MeasurementMemory::add(const Digest& key, const Measured& measured) {
  if (!known_.emplace(key, measured).second || file_.empty()) return {};
  out_ << write(key, measured) << std::flush;
  if (!out_) return unavailable("{} cannot be written", file_);
  return {};
}

}  // namespace roofscape::bench
