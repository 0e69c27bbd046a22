// A method: one approximation, as a pure function from networks to networks.
//
// Each is one file, analytics/approx/<id>.cc, and one line in registry.cc. `apply` is deterministic in (draft, layer,
// knobs, seed); identity knobs leave the network's outputs bit-equal. A method changes the layer it is given, and
// others only where shapes force it (pruned filters narrow their readers).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analytics/approx/knobs.h"
#include "analytics/base/decline.h"
#include "analytics/base/status.h"
#include "analytics/network/network.h"
#include "analytics/network/statistics.h"

namespace roofscape::approx {

// In which order methods are applied, whatever the order in which they are written: what changes shapes first, what
// changes values next, number formats last, so that ranges fit what they hold.
enum class Stage { kStructure, kSparsity, kFormat };

struct MethodInfo {
  std::string id;   // "integer", "prune_filters": the key in YAML and the name of the file
  int version = 1;  // part of every recipe: raise it when results change
  Stage stage = Stage::kFormat;
  std::string summary;  // one sentence
  std::vector<KnobSpec> knobs;
  // Some knob values with which the method changes nothing (for the contract test); empty if there are none.
  Knobs identity;

  const KnobSpec* find(std::string_view knob) const;
};

// A network on its way to becoming a candidate, with the statistics that describe it.
struct Draft {
  Network network;
  Calibration calibration;
  // Filters that a layer had before the first were removed, by layer; absent for layers that still have all of them.
  std::map<std::string, std::int64_t, std::less<>> original_filters{};
};

class Method {
 public:
  virtual ~Method() = default;
  virtual const MethodInfo& info() const = 0;
  // Why this layer cannot be approximated so; nothing if it can. Looks at operation and shapes only, never at values.
  virtual MaybeDecline applies(const Network& network, LayerId layer) const = 0;
  // `knobs` are validated and complete (defaults filled in).
  virtual Result<Draft> apply(const Draft& draft, LayerId layer, const Knobs& knobs, std::uint64_t seed) const = 0;
};

// All methods, in the order of their ids. The one list (registry.cc).
std::span<const Method* const> methods();
// Or kInvalidArgument with what is known.
Result<const Method*> find_method(std::string_view id);
// Fills in defaults; fails on unknown knobs and values out of range. Field paths are relative: "weight_bits".
Result<Knobs> complete_knobs(const MethodInfo& method, const Knobs& given);

// One step of a recipe: this method, with these knobs, on this layer.
struct Step {
  std::string layer;
  std::string method;
  Knobs knobs;  // complete
  bool operator==(const Step&) const = default;
};
// What makes a candidate of a base network. Equal recipes give equal networks.
using Recipe = std::vector<Step>;
void hash_into(Hasher& hasher, const Recipe& recipe);
std::string to_string(const Recipe& recipe);

// Applies all steps by stage, then in the order of the base network's layers, then by method id. A step whose layer
// has vanished or that does not apply any more is an error naming layer, method and reason.
Result<Draft> apply_recipe(const Draft& base, const Recipe& recipe, std::uint64_t seed);

}  // namespace roofscape::approx
