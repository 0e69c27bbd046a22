#include "platforms/host_info.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <thread>

#include "analytics/base/text.h"

namespace roofscape::platforms {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<Cache> read_caches() {
  std::vector<Cache> caches;
  for (int index = 0; index < 16; ++index) {
    const std::string folder = fmt::format("/sys/devices/system/cpu/cpu0/cache/index{}/", index);
    const auto level = parse_int(trim(read_file(folder + "level")));
    if (!level) break;
    if (trim(read_file(folder + "type")) == "Instruction") continue;
    Cache cache;
    cache.level = static_cast<int>(*level);
    cache.bytes = parse_cache_size(trim(read_file(folder + "size")));
    cache.sharers = std::max(1, count_processors(trim(read_file(folder + "shared_cpu_list"))));
    if (cache.bytes > 0) caches.push_back(cache);
  }
  std::sort(caches.begin(), caches.end(), [](const Cache& a, const Cache& b) { return a.level < b.level; });
  return caches;
}

}  // namespace

std::string processor_name(std::string_view cpuinfo) {
  for (const std::string_view line : split(cpuinfo, '\n')) {
    const auto colon = line.find(':');
    if (colon != std::string_view::npos && trim(line.substr(0, colon)) == "model name")
      return printable(trim(line.substr(colon + 1)), 100);
  }
  return "";
}

std::int64_t parse_cache_size(std::string_view text) {
  std::int64_t unit = 1;
  if (text.ends_with('K')) unit = std::int64_t{1} << 10;
  if (text.ends_with('M')) unit = std::int64_t{1} << 20;
  if (unit > 1) text.remove_suffix(1);
  const auto number = parse_int(text);
  return number && *number > 0 && *number < (std::int64_t{1} << 40) ? *number * unit : 0;
}

int count_processors(std::string_view list) {
  int count = 0;
  for (const std::string_view range : split(list, ',')) {
    const auto dash = range.find('-');
    const auto first = parse_int(range.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : parse_int(range.substr(dash + 1));
    if (first && last && *last >= *first && *last - *first < 65536) count += static_cast<int>(*last - *first + 1);
  }
  return count;
}

HostInfo host_info() {
  HostInfo host;
  host.processor = processor_name(read_file("/proc/cpuinfo"));
  host.processors = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  host.caches = read_caches();
  const long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
  if (pages > 0 && page > 0) host.memory_bytes = static_cast<std::int64_t>(pages) * page;
  return host;
}

}  // namespace roofscape::platforms
