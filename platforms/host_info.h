// What the operating system tells of this machine: name of the processor, caches, memory.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace roofscape::platforms {

struct Cache {
  int level = 0;           // 1, 2, 3 …; data or unified
  std::int64_t bytes = 0;  // of one cache
  int sharers = 1;         // processors that share it
};

struct HostInfo {
  std::string processor;          // "AMD EPYC 7763"; "" where unknown
  int processors = 1;             // online
  std::vector<Cache> caches;      // by level, ascending; empty where unknown
  std::int64_t memory_bytes = 0;  // 0 where unknown
};

HostInfo host_info();

// Parts of it, for tests. "model name\t: X\n…" → "X"; "512K" → 524288, 0 if it is no size; "0-3,8" → 5.
std::string processor_name(std::string_view cpuinfo);
std::int64_t parse_cache_size(std::string_view text);
int count_processors(std::string_view list);

}  // namespace roofscape::platforms
