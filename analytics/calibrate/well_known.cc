#include "analytics/calibrate/well_known.h"

#include <fmt/format.h>

#include <cctype>
#include <cmath>
#include <deque>
#include <mutex>
#include <regex>
#include <string>

#include "analytics/base/lower_case.h"
#include "analytics/calibrate/names.h"
#include "analytics/zoo/zoo.h"

namespace roofscape::calibrate {
namespace {

constexpr double kLeastOfIt = 0.02, kMostOfIt = 8, kSame = 0.04;

// By which counts of one network differ from file to file, with auxiliary classifiers and without; and parameters of a
// variant that takes as many multiply-accumulates.
constexpr double kSameMacs = 1.6, kSameParameters = 2, kOfVariants = 4;
bool within(double ratio, double factor) { return ratio <= factor && ratio * factor >= 1; }

// Letters and digits alone, and without what tells versions of one ResNet apart: "ResNet_v1_50" is "resnet50".
std::string spelled(std::string_view name) {
  static const std::regex kVersion(R"(resnet[-_ ]?v1(?:\.5)?[-_ ])");
  std::string out;
  for (const char c : std::regex_replace(lower_case(name), kVersion, "resnet"))
    if (std::isalnum(static_cast<unsigned char>(c))) out += c;
  return out;
}

// The whole width of those that come in several is what a name without one means; of how many words a text is says no
// name of a network.
std::string_view plain_id(std::string_view id) {
  constexpr std::string_view kWhole = "-1.0", kText = "bert-";
  if (id.starts_with(kText)) return id.substr(0, id.rfind('-'));
  return id.ends_with(kWhole) ? id.substr(0, id.size() - kWhole.size()) : id;
}

// A network of the zoo; built when a name first asks for it.
class WellKnown {
 public:
  explicit WellKnown(const zoo::Entry& entry)
      : entry_(entry), spelling_(spelled(plain_id(entry.id))), name_(read_network_name(entry.id)) {}

  const std::string& id() const { return entry_.id; }
  std::size_t length() const { return spelling_.size(); }
  // Whether it is another width or resolution of that one.
  bool is_size_of(const WellKnown& base) const {
    const std::string_view plain = plain_id(base.id());
    return id().starts_with(plain) && (id().size() == plain.size() || id()[plain.size()] == '-');
  }
  bool is_all_of(std::string_view name) const { return spelled(name) == spelling_; }
  bool is(const std::string& spelling, const NetworkName& name) const {
    return !name_.architecture.empty() && name.architecture == name_.architecture && name.detects == name_.detects &&
           name.segments == name_.segments && spelling.find(spelling_) != std::string::npos;
  }
  const cost::Traits& traits() const {
    std::call_once(counted_, [&] {
      if (const Result<Network> network = entry_.build(); network.ok()) traits_ = cost::traits_of(*network);
    });
    return traits_;
  }

 private:
  const zoo::Entry& entry_;
  std::string spelling_;
  NetworkName name_;
  mutable std::once_flag counted_;
  mutable cost::Traits traits_;
};

const std::deque<WellKnown>& all_known() {
  static const std::deque<WellKnown> kAll(zoo::networks().begin(), zoo::networks().end());
  return kAll;
}

// Those whose name is part of this one: the longest, "mobilenet-v2-1.4-224" before "mobilenet-v2"; and the shortest.
struct Named {
  const WellKnown* most = nullptr;
  const WellKnown* least = nullptr;
};
Named find(std::string_view given) {
  const std::string spelling = spelled(given);
  const NetworkName name = read_network_name(given);
  Named found;
  for (const WellKnown& one : all_known()) {
    if (!one.is(spelling, name)) continue;
    if (found.most == nullptr || one.length() > found.most->length()) found.most = &one;
    if (found.least == nullptr || one.length() < found.least->length()) found.least = &one;
  }
  return found;
}

// Of all sizes of what is meant the one whose counts are nearest; null: none is.
const WellKnown* nearest(std::string_view name, const cost::Outline& given) {
  const Named named = find(name);
  if (named.least == nullptr) return nullptr;
  const double input = given.input > 0 ? given.input : named.most->traits().input;
  const auto distance = [&](const WellKnown& one) {
    return std::abs(std::log(given.macs / one.traits().macs)) + std::abs(std::log(input / one.traits().input));
  };
  const WellKnown* best = named.most;
  for (const WellKnown& one : all_known())
    if (one.is_size_of(*named.least) && distance(one) < distance(*best)) best = &one;
  return best;
}

}  // namespace

InZoo fill_from_zoo(std::string_view name, cost::Outline* outline) {
  const WellKnown* known = outline->macs > 0 ? nearest(name, *outline) : nullptr;
  if (known == nullptr) return {};
  const cost::Traits& of = known->traits();
  const double share = outline->macs / of.macs;
  if (!(share >= kLeastOfIt && share <= kMostOfIt)) return {};
  const auto fill = [](double value, double* field) {
    if (!(*field > 0)) *field = value;
  };
  fill(of.input, &outline->input);
  const double positions = outline->input / of.input, width = share / positions;
  fill(of.parameters * width, &outline->parameters);
  fill(of.activations * positions * std::sqrt(width), &outline->activations);
  fill(of.layers, &outline->layers);
  const auto is_one = [](double value) { return std::abs(value - 1) < kSame; };
  return {known->id(), is_one(share) && is_one(positions)};
}

std::string contradiction(std::string_view name, const cost::Outline& given) {
  const WellKnown* known = given.macs > 0 ? find(name).most : nullptr;
  if (known == nullptr) return "";
  const cost::Traits& of = known->traits();
  const bool itself = known->is_all_of(name);
  const double positions = given.input > 0 ? given.input / of.input : 1;
  const double macs = given.macs / (of.macs * positions);
  if (!within(macs, kSameMacs))
    return !itself ? ""
                   : fmt::format("{} has {:.4g} G multiply-accumulates; the row gives {:.4g} G{}", known->id(),
                                 of.macs * positions / 1e9, given.macs / 1e9,
                                 std::abs(macs - 2) < 0.2 ? ", about twice as many: operations?" : "");
  if (given.parameters > 0 && !within(given.parameters / of.parameters, itself ? kSameParameters : kOfVariants))
    return fmt::format("{} has {:.4g} M parameters; the row gives {:.4g} M", known->id(), of.parameters / 1e6,
                       given.parameters / 1e6);
  return "";
}

}  // namespace roofscape::calibrate
