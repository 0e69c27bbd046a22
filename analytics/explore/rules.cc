#include "analytics/explore/rules.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "analytics/base/text.h"

namespace roofscape::explore {
namespace {

// The layers that a rule picks, or why there are none.
Result<std::vector<LayerId>> picked(const Network& network, const Rule& rule, const std::string& path) {
  std::vector<LayerId> layers;
  std::set<std::string> names, operations;
  bool some_named = false;
  for (LayerId id = 0; id < network.size(); ++id) {
    const Layer& layer = network.layer(id);
    const std::string operation = operation_name(layer.operation);
    names.insert(layer.name);
    operations.insert(operation);
    const bool named = rule.layers.empty() || glob_match(rule.layers, layer.name);
    some_named = some_named || named;
    if (named && (rule.op.empty() || operation == rule.op)) layers.push_back(id);
  }
  if (!layers.empty()) return layers;
  if (!some_named) {
    const std::vector<std::string> known(names.begin(), names.end());
    return invalid_argument("no layer is named '{}'{}", printable(rule.layers), suggestion(rule.layers, known))
        .at(path + ".layers");
  }
  const std::vector<std::string> known(operations.begin(), operations.end());
  return invalid_argument("no layer{} computes '{}'{}",
                          rule.layers.empty() ? "" : fmt::format(" named '{}'", printable(rule.layers)),
                          printable(rule.op), operations.contains(rule.op) ? "" : suggestion(rule.op, known))
      .at(path + ".op");
}

// The method of an entry, once its knobs and their values are found right.
Result<const approx::Method*> checked_method(const MethodChoices& choices, const std::string& path) {
  const auto found = approx::find_method(choices.method);
  if (!found.ok()) return found.status().at(path);
  const approx::MethodInfo& info = (*found)->info();
  for (const auto& [knob, values] : choices.knobs) {
    const std::string knob_path = fmt::format("{}.{}", path, printable(knob));
    if (info.find(knob) == nullptr) {
      std::vector<std::string> known;
      for (const approx::KnobSpec& spec : info.knobs) known.push_back(spec.name);
      return invalid_argument("'{}' is not a knob of {}{}", printable(knob), info.id, suggestion(knob, known))
          .at(knob_path);
    }
    if (values.empty()) return invalid_argument("{} has no value; give at least one", printable(knob)).at(knob_path);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto complete = approx::complete_knobs(info, {{knob, values[i]}});
      if (!complete.ok()) return complete.status().at(fmt::format("{}[{}]", knob_path, i));
    }
  }
  return *found;
}

// A rule that requires its method offers no values with which it changes nothing: that would be to leave the layer
// alone.
Status check_no_identity(const approx::MethodInfo& info, const MethodChoices& choices, const std::string& path) {
  if (info.identity.empty()) return {};
  std::string what, field = path;
  for (const auto& same : info.identity) {
    what += fmt::format("{}{} {}", what.empty() ? "" : ", ", same.first, approx::to_string(same.second));
    const auto named = std::find_if(choices.knobs.begin(), choices.knobs.end(),
                                    [&](const auto& entry) { return entry.first == same.first; });
    if (named == choices.knobs.end()) {
      if (info.find(same.first)->fallback != same.second) return {};
      continue;
    }
    const auto value = std::find(named->second.begin(), named->second.end(), same.second);
    if (value == named->second.end()) return {};
    field = fmt::format("{}.{}[{}]", path, same.first, value - named->second.begin());
  }
  return invalid_argument(
             "{} with {} leaves a layer as it is, and the rule requires the method; offer other values, or leave "
             "'required' out",
             info.id, what)
      .at(std::move(field));
}

// The layers to which the method applies; an error with the reasons where it applies to none.
Result<std::vector<LayerId>> applicable(const Network& network, const std::vector<LayerId>& layers,
                                        const approx::Method& method, const std::string& path) {
  std::vector<LayerId> fitting;
  std::string reasons;
  std::set<std::string> said;
  for (LayerId id : layers) {
    const MaybeDecline decline = method.applies(network, id);
    if (!decline) {
      fitting.push_back(id);
    } else if (said.size() < 3 && said.insert(decline->because).second) {
      reasons += fmt::format("; '{}': {}", printable(network.layer(id).name), decline->because);
    }
  }
  if (fitting.empty())
    return invalid_argument("{} applies to none of the {} layers that the rule picks{}", method.info().id,
                            layers.size(), reasons)
        .at(path);
  return fitting;
}

void add_values(Offer& offer, const MethodChoices& choices, Repeated repeated) {
  for (const auto& [knob, values] : choices.knobs) {
    std::vector<approx::KnobValue>& known = offer.values[knob];
    if (repeated == Repeated::kReplaces) known.clear();
    for (approx::KnobValue value : values) {
      if (double* number = std::get_if<double>(&value)) *number += 0.0;  // -0 becomes 0
      if (std::find(known.begin(), known.end(), value) == known.end()) known.push_back(std::move(value));
    }
  }
}

}  // namespace

Result<std::vector<Offer>> match_rules(const Network& network, const std::vector<Rule>& rules, Repeated repeated) {
  // By first layer, rule (-1 where layers change by themselves) and method.
  std::map<std::tuple<LayerId, int, std::string>, Offer> offers;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const std::string path = fmt::format("[{}]", i);
    if (rules[i].methods.empty())
      return invalid_argument("a rule offers no method; name one, such as 'integer: {{weight_bits: [4, 8]}}'").at(path);
    RS_ASSIGN(const std::vector<LayerId> layers, picked(network, rules[i], path));
    for (const MethodChoices& choices : rules[i].methods) {
      const std::string method_path = fmt::format("{}.{}", path, printable(choices.method));
      RS_ASSIGN(const approx::Method* const method, checked_method(choices, method_path));
      if (rules[i].required && repeated == Repeated::kAdds)
        RS_TRY(check_no_identity(method->info(), choices, method_path));
      RS_ASSIGN(const std::vector<LayerId> fitting, applicable(network, layers, *method, method_path));
      const auto add = [&](std::vector<LayerId> together, int group) {
        Offer& offer = offers[{together[0], group, choices.method}];
        offer.layers = std::move(together);
        offer.method = method;
        add_values(offer, choices, repeated);
        if (rules[i].required) offer.required_by.insert(i);
      };
      if (rules[i].together) {
        add(fitting, static_cast<int>(i));
      } else {
        for (const LayerId id : fitting) add({id}, -1);
      }
      if (offers.size() > SpaceLimits::kVariables)
        return resource_exhausted("the rules span more than {} pairs of layer and method; pick fewer layers",
                                  SpaceLimits::kVariables)
            .at(method_path);
    }
  }
  std::vector<Offer> list;
  for (auto& [key, offer] : offers) list.push_back(std::move(offer));
  return list;
}

}  // namespace roofscape::explore
