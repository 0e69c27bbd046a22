#include <oneapi/dnnl/dnnl.hpp>

#include "analytics/engine/engine.h"

namespace roofscape::engine {
namespace {

// Raise it when a kernel or the plan changes results, or when more is counted.
constexpr int kEngineVersion = 2;

std::string_view instruction_set() {
  switch (dnnl::get_effective_cpu_isa()) {
    case dnnl::cpu_isa::sse41: return "sse41";
    case dnnl::cpu_isa::avx: return "avx";
    case dnnl::cpu_isa::avx2: return "avx2";
    case dnnl::cpu_isa::avx2_vnni: return "avx2_vnni";
    case dnnl::cpu_isa::avx512_core: return "avx512_core";
    case dnnl::cpu_isa::avx512_core_vnni: return "avx512_core_vnni";
    case dnnl::cpu_isa::avx512_core_bf16: return "avx512_core_bf16";
    case dnnl::cpu_isa::avx512_core_amx: return "avx512_core_amx";
    default: return "portable";
  }
}

}  // namespace

std::string Engine::fingerprint() const {
  const dnnl_version_t* version = dnnl_version();
  std::string text = fmt::format("engine {}; batch {}; {}; onednn {}.{}.{}", kEngineVersion, options_.batch,
                                 instruction_set(), version->major, version->minor, version->patch);
  for (const std::string& kernel : options_.force_kernels) text += fmt::format("; forced {}", kernel);
  return text;
}

}  // namespace roofscape::engine
