// Any machine: the same loop with lanes in an array. The int8 one exists so that the layout which VNNI machines use is
// tested everywhere.
#include "analytics/engine/integer/accumulator.h"
#include "analytics/engine/integer/epilogue.h"
#include "analytics/engine/integer/mac_tile_body.h"

namespace roofscape::engine {
namespace {

struct Lanes {
  static constexpr int kLanes = 8;
  struct Vector {
    std::int32_t lane[kLanes];
  };
  static Vector zero() { return {}; }
  static Vector load(const std::byte* p) {
    Vector v;
    std::memcpy(&v, p, sizeof v);
    return v;
  }
  static Vector broadcast(const std::byte* p) {
    Vector v;
    for (auto& lane : v.lane) std::memcpy(&lane, p, sizeof lane);
    return v;
  }
  static int wrap(Vector& sum, const std::int32_t* correction, int bits) {
    int changed = 0;
    for (int l = 0; l < kLanes; ++l) {
      const std::int32_t exact = sum.lane[l] - correction[l];
      sum.lane[l] = static_cast<std::int32_t>(wrapped(exact, bits));
      changed += sum.lane[l] != exact ? 1 : 0;
    }
    return changed;
  }
  static void finish(const Vector& sum, const std::int32_t* correction, const float* scale, const float* bias,
                     bool relu, float* out) {
    for (int l = 0; l < kLanes; ++l) {
      const float result = integer_result(sum.lane[l] - correction[l], scale[l], bias[l]);
      out[l] = relu && !(result > 0) ? 0.0F : result;
    }
  }
  // Sum of products of the `T`s and `U`s that two lanes of 4 bytes hold.
  template <typename T, typename U>
  static Vector mac_as(Vector sum, const Vector& x, const Vector& w) {
    constexpr int kGroup = 4 / static_cast<int>(sizeof(T));
    for (int l = 0; l < kLanes; ++l) {
      T a[kGroup];
      U b[kGroup];
      std::memcpy(a, &x.lane[l], sizeof a);
      std::memcpy(b, &w.lane[l], sizeof b);
      for (int i = 0; i < kGroup; ++i) sum.lane[l] += std::int32_t{a[i]} * std::int32_t{b[i]};
    }
    return sum;
  }
};

struct PortableInt16 : Lanes {
  static Vector mac(const Vector& sum, const Vector& x, const Vector& w) {
    return mac_as<std::int16_t, std::int16_t>(sum, x, w);
  }
};
struct PortableInt8 : Lanes {
  static Vector mac(const Vector& sum, const Vector& x, const Vector& w) {
    return mac_as<std::uint8_t, std::int8_t>(sum, x, w);
  }
};

bool supported() { return true; }

constexpr MacTile kInt16{.id = "portable-int16",
                         .needs = "nothing",
                         .operand = MacTile::Operand::kInt16,
                         .channels = Lanes::kLanes,
                         .supported = supported,
                         .run = run_block<PortableInt16, 4, 1, 4>};
constexpr MacTile kInt8{.id = "portable-int8",
                        .needs = "nothing",
                        .operand = MacTile::Operand::kInt8,
                        .channels = Lanes::kLanes,
                        .supported = supported,
                        .run = run_block<PortableInt8, 3, 1, 3>};

}  // namespace

const MacTile& mac_tile_portable_int16() { return kInt16; }
const MacTile& mac_tile_portable_int8() { return kInt8; }

}  // namespace roofscape::engine
