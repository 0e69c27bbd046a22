#include "tests/bench/yardstick/measurement_memory.h"

#include <google/protobuf/text_format.h>

#include <vector>

#include "analytics/base/text.h"
#include "roofscape/v1/evaluation.pb.h"
#include "server/wire.h"

namespace roofscape::bench {
namespace {

// One line: the key, the seconds, the counts as protobuf writes them.
bool parse(const std::string& line, Digest* key, Remembered* measured) {
  const std::vector<std::string_view> words = split(line, ' ');
  if (words.size() < 3 || !Digest::parse(words[0], key)) return false;
  const auto seconds = parse_double(words[1]);
  v1::Counts counts;
  if (!seconds ||
      !google::protobuf::TextFormat::ParseFromString(line.substr(words[0].size() + words[1].size() + 2), &counts))
    return false;
  *measured = {server::from_message(counts), *seconds};
  for (const v1::Counts& look : counts.looks()) measured->looks.push_back(server::from_message(look));
  return true;
}

std::string write(const Digest& key, const Remembered& measured) {
  v1::Counts counts = server::to_message(measured.counts);
  for (const engine::Counts& look : measured.looks) *counts.add_looks() = server::to_message(look);
  return fmt::format("{} {:.6g} {}\n", key.hex(), measured.seconds, counts.ShortDebugString());
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
    Remembered measured;
    // A line that a killed run left half written is measured again.
    if (parse(line, &key, &measured)) memory.know(key, measured);
  }
  memory.file_ = file;
  memory.out_.open(file, std::ios::app);
  if (!memory.out_) return unavailable("{} cannot be written", file);
  return memory;
}

std::optional<Remembered> MeasurementMemory::find(const Digest& key) const {
  const auto found = known_.find(key);
  return found == known_.end() ? std::nullopt : std::optional(found->second);
}

bool MeasurementMemory::know(const Digest& key, const Remembered& measured) {
  const auto [entry, is_new] = known_.emplace(key, measured);
  const Remembered& known = entry->second;
  const bool more = measured.counts.images > known.counts.images ||
                    (measured.counts.images == known.counts.images && known.looks.empty() && !measured.looks.empty());
  if (!is_new && more) entry->second = measured;
  return is_new || more;
}

Status MeasurementMemory::add(const Digest& key, const Remembered& measured) {
  if (!know(key, measured) || file_.empty()) return {};
  out_ << write(key, measured) << std::flush;
  if (!out_) return unavailable("{} cannot be written", file_);
  return {};
}

}  // namespace roofscape::bench
