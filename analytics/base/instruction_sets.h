// Which instruction sets this machine has: asked of the processor once, false on other architectures.
//
//   if (!has_avx2()) return Decline{id, DeclineReason::kInstructionSet, "this machine lacks AVX2"};
#pragma once

namespace roofscape {

bool has_avx2();
bool has_avx2_fma();
bool has_avx_vnni();  // VNNI on 256 bits, without AVX-512
bool has_avx512f();
bool has_avx512bw();     // and AVX-512F
bool has_avx512_vnni();  // and AVX-512F and BW

}  // namespace roofscape
