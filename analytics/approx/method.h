// A method: one approximation, as a pure function from networks to networks.
//
// Each is one file, analytics/approx/<id>.cc, and one line in registry.cc. `apply` is deterministic in (draft, layer,
// knobs, seed); identity knobs leave the network's outputs bit-equal. A method changes the layer it is given, and
// others only where shapes force it (pruned filters narrow their readers).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analytics/approx/knobs.h"
#include "analytics/base/decline.h"
#include "analytics/base/status.h"
#include "analytics/network/network.h"
#include "analytics/network/statistics.h"

namespace roofscape::approx {

// In which order methods are applied, whatever the order in which they are written: what changes shapes first, what
// changes values next, then number formats, so that ranges fit what they hold, and how the result is stored last.
enum class Stage { kStructure, kBalance, kSparsity, kSharing, kFormat, kFunction, kStorage, kExit };

// Methods of these stages look at, and change, more than the one layer they are given.
inline bool changes_network(Stage stage) {
  return stage == Stage::kStructure || stage == Stage::kBalance || stage == Stage::kExit;
}

// What of a layer a method decides. Two methods that decide the same cannot both be applied to a layer, nor may a later
// one undo what an earlier one decided.
enum class Aspect : unsigned {
  kFactors = 1,  // the structure that stands for the weight: factors, circulant blocks
  kZeros = 2,    // which weights are zero
  kTies = 4,     // which weights are equal
  kWeightFormat = 8,
  kInputFormat = 16,
  kAccumulator = 32,
  kFunction = 64,  // how a non-linear function is computed
  kCode = 128,     // how the weights are coded in memory
  kSkips = 256,    // which inputs are skipped
};
class Aspects {
 public:
  constexpr Aspects() = default;
  constexpr Aspects(Aspect aspect) : bits_(static_cast<unsigned>(aspect)) {}  // NOLINT(google-explicit-constructor)
  constexpr Aspects operator&(Aspects other) const { return Aspects(bits_ & other.bits_); }
  constexpr Aspects operator|(Aspects other) const { return Aspects(bits_ | other.bits_); }
  constexpr Aspects& operator|=(Aspects other) { return *this = *this | other; }
  constexpr bool empty() const { return bits_ == 0; }
  // "which weights are zero": the first of them, for people.
  std::string_view text() const;

 private:
  explicit constexpr Aspects(unsigned bits) : bits_(bits) {}
  unsigned bits_ = 0;
};
struct Effects {
  Aspects decides;
  Aspects undoes;  // what it does not preserve of steps before it
};

struct MethodInfo {
  std::string id;   // "integer", "prune_filters": the key in YAML and the name of the file
  int version = 1;  // part of every recipe: raise it when results change
  Stage stage = Stage::kFormat;
  std::string summary;  // one sentence
  std::vector<KnobSpec> knobs;
  // Some knob values with which the method changes nothing (for the contract test); empty if there are none.
  Knobs identity{};
  // Whether it takes only layers that multiply integers (analytics/network/integer_layer.h), by their own formats or by
  // those that steps before it gave them: known once those are applied, so that `applies` does not say.
  bool needs_integers = false;

  const KnobSpec* find(std::string_view knob) const;
};

class Curvatures;  // curvatures.h
std::shared_ptr<Curvatures> make_curvatures();

// A network on its way to becoming a candidate, with the statistics that describe it.
struct Draft {
  Network network;
  Calibration calibration;
  // Channels that a layer's output had along an axis before the first were removed; absent where all are still there.
  std::map<std::pair<std::string, std::size_t>, std::int64_t> original_channels{};
  // Layers into which a step split one, by its name, in their order: later steps go to each of them. Absent: itself.
  std::map<std::string, std::vector<std::string>, std::less<>> parts{};
  // Kept for the drafts that follow from this one.
  std::shared_ptr<Curvatures> curvatures = make_curvatures();

  // The same draft with another network.
  Draft with(Network changed) const;
};

class Method {
 public:
  virtual ~Method() = default;
  virtual const MethodInfo& info() const = 0;
  // Why this layer cannot be approximated so; nothing if it can. Looks at operation and shapes only, never at values.
  virtual MaybeDecline applies(const Network& network, LayerId layer) const = 0;
  // The same for one way of using it: N:M patterns need groups, statistics may be too large to keep ….
  virtual MaybeDecline accepts(const Network&, LayerId, const Knobs&) const { return {}; }
  // Whether it reads Calibration::moments with these knobs.
  virtual bool needs_moments(const Knobs&) const { return false; }
  // Whether it reads Calibration::exit_features and labels with these knobs.
  virtual bool needs_exit_features(const Knobs&) const { return false; }
  // What it decides with these knobs; `knobs` are complete.
  virtual Effects effects(const Knobs& knobs) const = 0;
  // `knobs` are validated and complete (defaults filled in).
  virtual Result<Draft> apply(const Draft& draft, LayerId layer, const Knobs& knobs, std::uint64_t seed) const = 0;
  // Knobs of steps that do what a step with these does, one after the other and each to less of the layer: a caller
  // that builds many networks keeps what each of them makes. Methods that change more than their layer are never asked.
  virtual std::vector<Knobs> separated(const Knobs& knobs) const { return {knobs}; }
  // Where the knob `budget` is "network": each layer's own knobs (budget: layer), so that together they keep the budget
  // with the least loss. Methods without that knob are never asked.
  virtual Result<std::vector<Knobs>> spread(const Draft& draft, std::span<const LayerId> layers,
                                            const Knobs& knobs) const;
};

// Why two methods, with these knobs, cannot both be applied to one layer; nothing if they can.
std::optional<std::string> conflict(const Method& a, const Knobs& a_knobs, const Method& b, const Knobs& b_knobs);

// All methods, in the order of their ids. The one list (registry.cc).
std::span<const Method* const> methods();
// Or kInvalidArgument with what is known.
Result<const Method*> find_method(std::string_view id);
// Fills in defaults; fails on unknown knobs and values out of range. Field paths are relative: "weight_bits".
Result<Knobs> complete_knobs(const MethodInfo& method, const Knobs& given);

// The same knobs with those that are about values alone at their fallback: of nearly the same price, which differs by
// what coding the stored weights takes, and quick to apply. A budget that layers share is spent by values: such knobs
// stay.
Knobs rough_knobs(const MethodInfo& method, Knobs knobs);

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

// What steps read of a calibration beyond the statistics of values: it has to be asked for.
struct CalibrationNeeds {
  bool moments = false;
  bool exit_features = false;  // and labels

  CalibrationNeeds& operator|=(const CalibrationNeeds& other);
};
CalibrationNeeds needs_of(const Recipe& recipe);

// Applies all steps by stage, then in the order of the base network's layers, then by method id. Steps that contradict
// each other are refused before anything is applied. A step whose layer has vanished or that does not apply any more is
// an error naming layer, method and reason.
Result<Draft> apply_recipe(const Draft& base, const Recipe& recipe, std::uint64_t seed);

// The pieces of apply_recipe, for a caller that keeps intermediate results:
// The recipe in the order in which it is applied, knobs complete and checked against each other.
Result<Recipe> ordered(const Network& network, const Recipe& recipe);
// Steps whose budget is the network's, each with the knobs of its own layer; `steps` are of one stage, in order.
Result<Recipe> with_budgets_spread(const Draft& draft, Recipe steps);
// One step on one layer of the draft: the step's own, or a part of it. Steps of stages for which changes_network() is
// false change that layer alone, and look at nothing but it and the statistics of its inputs.
Result<Draft> apply_step(const Draft& draft, LayerId layer, const Step& step, std::uint64_t seed);
// The first stage's steps of what is left of an ordered recipe.
std::span<const Step> first_stage(std::span<const Step> ordered_steps);
// One step on all layers of the draft to which it goes.
Result<Draft> apply_to_targets(const Draft& draft, const Step& step, std::uint64_t seed);
// The layers of the draft to which a step goes: the parts of its layer to which the method applies; an error with the
// reason where there are none.
Result<std::vector<LayerId>> targets(const Draft& draft, const Step& step);

}  // namespace roofscape::approx
