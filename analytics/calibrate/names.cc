#include "analytics/calibrate/names.h"

#include <array>
#include <cctype>
#include <regex>
#include <utility>
#include <vector>

#include "analytics/base/lower_case.h"
#include "analytics/base/text.h"

namespace roofscape::calibrate {
namespace {

using cost::NetworkKind;

struct Pattern {
  explicit Pattern(const char* expression) : regex(expression, std::regex::optimize) {}
  bool in(const std::string& text) const { return std::regex_search(text, regex); }
  std::regex regex;
};

// The first that is found in a name, in lower case, decides.
struct KindPattern {
  NetworkKind kind;
  Pattern pattern;
};
const std::vector<KindPattern>& kind_patterns() {
  static const std::vector<KindPattern> kPatterns = {
      {NetworkKind::kHybrid,
       Pattern("mobilevit|edgenext|fastvit|nextvit|uniformer|convnext|poolformer|van_|resmlp|c3tr")},
      {NetworkKind::kText, Pattern("(^|_)(bert|gpt|opt)|clip_text")},
      {NetworkKind::kTransformer,
       Pattern("(^|_)(vit|deit|clip|swin|levit|pvt)|swintr|segformer|detr|twins|alt_gvt|pcpvt|switch|"
               "cas_vit|mobilesam|lite-tr")},
      {NetworkKind::kConcat, Pattern("densenet|hardnet|dpn|pelee|inceptionresnet|hrnet|dla|csp")},
      {NetworkKind::kGrouped, Pattern("resnext|regnet|rednet|resnest|res2net|gernet|g2$|g4$")},
      {NetworkKind::kSeparable,
       Pattern("mobile|efficient|mnas|shufflenet|ghost|lcnet|fbnet|tinynet|rexnet|mixnet|(^|[^r])esnet|mcunet|semnas|"
               "ds-cnn|nasnet|xception|lite|nanodet|nano|stdc|depthwise|mbv")},
  };
  return kPatterns;
}

struct ArchitecturePattern {
  const char* name;
  Pattern pattern;
};
const std::vector<ArchitecturePattern>& architecture_patterns() {
  static const std::vector<ArchitecturePattern> kPatterns = [] {
    constexpr std::pair<const char*, const char*> kTable[] = {
        {"ssd", "ssd"},
        {"mobilenet-v1", "mobilenet[-_ ]?v?1"},
        {"mobilenet-v2", "mobilenet[-_ ]?v2"},
        {"mobilenet-v3", "mobilenet[-_ ]?v3"},
        {"mobilenet", "mobilenet"},
        {"efficientdet", "efficientdet"},
        {"efficientnet-lite", "efficientnet[-_ ]?lite"},
        {"efficientnet", "efficientnet"},
        {"se-resnet", "^se_|senet|seres"},
        {"resnext", "resnext"},
        {"resnest", "resnest"},
        {"res2net", "res2net"},
        {"wide-resnet", "wide"},
        {"resnet-d", "resnet.*_v[cd]"},
        {"resnet-v2", "resnetv2"},
        {"resnet", "resnet"},
        {"densenet", "densenet"},
        {"dpn", "dpn"},
        {"dla", "dla"},
        {"hrnet", "hrnet"},
        {"inception", "inception|googlenet"},
        {"vgg", "vgg"},
        {"squeezenet", "squeeze"},
        {"yolo", "yolo"},
        {"refinedet", "refinedet"},
        {"cas-vit", "cas_vit"},
        {"vit", "vit|deit"},
        {"swin", "swin"},
        {"bert", "bert"},
        {"gpt", "gpt|opt_"},
        {"convnext", "convnext"},
        {"regnet", "regnet"},
        {"repvgg", "repvgg"},
        {"repghost", "repghost"},
        {"ghostnet", "ghost"},
        {"shufflenet", "shuffle"},
        {"mnasnet", "mnas"},
        {"xception", "xception"},
        {"darknet", "darknet"},
        {"levit", "levit"},
        {"hardnet", "hardnet"},
        {"van", "^van_"},
        {"uniformer", "uniformer"},
        {"pvt", "pvt|gvt"},
        {"rexnet", "rexnet"},
        {"rednet", "rednet"},
        {"unet", "unet"},
        {"fpn", "fpn"},
        {"mcunet", "mcunet"},
        {"esnet", "^esnet"},
        {"alexnet", "alexnet"},
        {"ds-cnn", "ds-cnn"},
        {"lstm", "lstm"},
        {"mlp", "(^|[^s])mlp"},
        {"cnv", "(^|[^a-z])cnv"},
    };
    std::vector<ArchitecturePattern> patterns;
    for (const auto& [name, expression] : kTable) patterns.push_back({name, Pattern(expression)});
    return patterns;
  }();
  return kPatterns;
}

double side_squared(const std::string& digits) {
  const double side = parse_double(digits).value_or(0);
  return side * side;
}

// Height × width where the name spells it: "(640x640x3)", "[1; 3; 640; 640]", "64x96x1", "_224_224_", " 224", "_384".
double spelled_input(const std::string& name) {
  static const std::vector<Pattern> kBoth = {
      Pattern(R"(\((\d+)x(\d+)(?:x\d)?\))"),
      Pattern(R"(\[1; \d+; (\d+); (\d+)\])"),
      Pattern(R"((\d{2,4})x(\d{2,4})x[13])"),
      Pattern(R"(_(\d{2,4})_(\d{2,4})_)"),
  };
  static const std::vector<Pattern> kSide = {
      Pattern(R"((?:patch\d+(?:_window\d+)?_| )(\d{2,4})(?:\[1\])?$)"),
      Pattern(R"( (\d{2,4})(?: imagenet)?$)"),
      Pattern(R"(_(224|384)$)"),
      Pattern(R"((\d{2,3})x(?:\d{2,3}))"),
  };
  std::smatch match;
  for (const Pattern& pattern : kBoth)
    if (std::regex_search(name, match, pattern.regex))
      return parse_double(match[1].str()).value_or(0) * parse_double(match[2].str()).value_or(0);
  for (const Pattern& pattern : kSide)
    if (std::regex_search(name, match, pattern.regex))
      if (const double input = side_squared(match[1].str()); input >= 32 * 32 && input <= 2048.0 * 2048) return input;
  return 0;
}

// Where it does not: what such networks are usually measured with; 0: as networks usually are.
double usual_input(const std::string& name) {
  constexpr std::pair<const char*, double> kUsual[] = {
      {"cifar", 32 * 32},
      {"resnet-8", 32 * 32},
      {"ds-cnn", 490},
      {"autoenc", 640},
      {"bert", 180 * 1024},  // tokens x width, without padding
      {"kitti", 384 * 1280},
      {"inception", 299 * 299},
      {"xception", 299 * 299},
      {"efficientnetb1", 240 * 240},
      {"efficientnetb2", 260 * 260},
      {"efficientnetb3", 300 * 300},
      {"efficientnetb4", 380 * 380},
      {"efficientnetb5", 456 * 456},
      {"efficientnetb6", 528 * 528},
      {"efficientnetb7", 600 * 600},
      {"darknet", 256 * 256},
  };
  for (const auto& [part, input] : kUsual)
    if (name.find(part) != std::string::npos) return input;
  return 0;
}

}  // namespace

NetworkName read_network_name(std::string_view given) {
  static const Pattern kDetects("yolo|ssd|det|retina|centernet|solo|scrfd|nanodet|face");
  static const Pattern kSegments(
      "seg|cityscapes|unet|fpn|deeplab|solo|yolact|erfnet|linknet|fcn|gate|depth_|scdepth|pose");
  const std::string name = lower_case(given);
  NetworkName of;
  for (const KindPattern& pattern : kind_patterns()) {
    if (!pattern.pattern.in(name)) continue;
    of.kind = pattern.kind;
    break;
  }
  for (const ArchitecturePattern& pattern : architecture_patterns()) {
    if (!pattern.pattern.in(name)) continue;
    of.architecture = pattern.name;
    break;
  }
  of.detects = kDetects.in(name);
  of.segments = kSegments.in(name);
  of.input = spelled_input(name);
  if (!(of.input > 0)) of.input = usual_input(name);
  return of;
}

std::string structure_of(std::string_view given) {
  constexpr std::pair<const char*, const char*> kStructures[] = {
      {"sfc-max", "mlp-12.5"},
      {"sfc-", "mlp-12.5"},
      {"lfc-", "mlp-50"},
      {"finn cnv", "cnv-50"},
      {"cnv-cifar10", "cnv-50"},
      {"finn-cnv", "cnv-50"},
      {"cnv-w", "cnv-50"},
      {"cnvw", "cnv-50"},
      {"cnv_1w", "cnv-50"},
      {"cnv_2w", "cnv-50"},
      {"mobilenet-v1-imagenet", "mobilenet-v1"},
  };
  const std::string name = lower_case(given);
  for (const auto& [part, id] : kStructures)
    if (name.find(part) != std::string::npos) return id;
  return "";
}

std::string plain_name(std::string_view name) {
  std::string out;
  for (const char c : lower_case(name.substr(0, name.find(' '))))
    if (std::isalnum(static_cast<unsigned char>(c)) || c == '.') out += c;
  return out;
}

}  // namespace roofscape::calibrate
