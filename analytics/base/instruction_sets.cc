#include "analytics/base/instruction_sets.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace roofscape {
namespace {

struct Sets {
  bool avx2 = false, fma = false, avx_vnni = false, avx512f = false, avx512bw = false, avx512_vnni = false;
};

#if defined(__x86_64__)
// CPUID leaf 7, sub-leaf 1, EAX bit 4; GCC 12's __builtin_cpu_supports does not know the name.
bool cpuid_avx_vnni() {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  return __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) != 0 && (eax & (1U << 4)) != 0;
}

Sets ask() {
  Sets sets;
  sets.avx2 = __builtin_cpu_supports("avx2") != 0;
  sets.fma = __builtin_cpu_supports("fma") != 0;
  sets.avx_vnni = sets.avx2 && cpuid_avx_vnni();
  sets.avx512f = __builtin_cpu_supports("avx512f") != 0;
  sets.avx512bw = sets.avx512f && __builtin_cpu_supports("avx512bw") != 0;
  sets.avx512_vnni = sets.avx512bw && __builtin_cpu_supports("avx512vnni") != 0;
  return sets;
}
#else
Sets ask() { return {}; }
#endif

const Sets& sets() {
  static const Sets kSets = ask();
  return kSets;
}

}  // namespace

bool has_avx2() { return sets().avx2; }
bool has_avx2_fma() { return sets().avx2 && sets().fma; }
bool has_avx_vnni() { return sets().avx_vnni; }
bool has_avx512f() { return sets().avx512f; }
bool has_avx512bw() { return sets().avx512bw; }
bool has_avx512_vnni() { return sets().avx512_vnni; }

}  // namespace roofscape
