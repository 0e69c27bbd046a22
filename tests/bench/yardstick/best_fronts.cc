#include "tests/bench/yardstick/best_fronts.h"

#include <fmt/ranges.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "analytics/base/text.h"

namespace roofscape::bench {

Result<BestFronts> BestFronts::read(const std::string& file) {
  BestFronts fronts;
  fronts.file_ = file;
  RS_TRY(read_into(file, fronts));
  return fronts;
}

// One point a line: the job's key, the platform's id, the values.
Status BestFronts::read_into(const std::string& file, BestFronts& fronts) {
  std::ifstream in(file);
  std::string line;
  std::map<Key, std::vector<search::Values>> read;
  for (int number = 1; std::getline(in, line); ++number) {
    const std::vector<std::string_view> words = split(line, ' ');
    search::Values values;
    for (std::size_t i = 2; i < words.size(); ++i) {
      const auto value = parse_double(words[i]);
      if (!value) return data_loss("{}:{}: '{}' is no number", file, number, printable(words[i]));
      values.push_back(*value);
    }
    if (values.empty())
      return data_loss("{}:{}: a line is 'JOB PLATFORM VALUE…', not '{}'", file, number, printable(line));
    read[{std::string(words[0]), std::string(words[1])}].push_back(std::move(values));
  }
  for (const auto& [key, points] : read) fronts.add(key, points);
  return {};
}

void BestFronts::add(const Digest& job, const std::string& platform, const std::vector<search::Values>& points) {
  add({job.hex(), platform}, points);
}

void BestFronts::add(const Key& key, const std::vector<search::Values>& points) {
  std::vector<search::Values>& front = fronts_[key];
  std::vector<search::Values> all = front;
  all.insert(all.end(), points.begin(), points.end());
  front.clear();
  for (const std::size_t i : search::pareto_front(all)) front.push_back(all[i]);
}

const std::vector<search::Values>& BestFronts::front(const Digest& job, const std::string& platform) const {
  static const std::vector<search::Values> kNone;
  const auto found = fronts_.find({job.hex(), platform});
  return found == fronts_.end() ? kNone : found->second;
}

Status BestFronts::write() {
  RS_TRY(read_into(file_, *this));
  const std::string next = fmt::format("{}.{}", file_, ::getpid());
  {
    std::ofstream out(next);
    for (const auto& [key, front] : fronts_)
      for (const search::Values& values : front)
        out << fmt::format("{} {} {:.17g}\n", key.first, key.second, fmt::join(values, " "));
    out.close();
    if (!out) return unavailable("{} cannot be written", next);
  }
  std::error_code error;
  std::filesystem::rename(next, file_, error);
  if (error) return unavailable("{} cannot be written: {}", file_, error.message());
  return {};
}

}  // namespace roofscape::bench
