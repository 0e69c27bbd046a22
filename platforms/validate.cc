#include <set>

#include "analytics/base/lower_case.h"
#include "analytics/base/text.h"
#include "platforms/check_figure.h"
#include "platforms/checks.h"
#include "platforms/library.h"

namespace roofscape::platforms {
namespace {

Status check_keywords(const v1::Platform& platform) {
  if (!platform.runtime().empty() && !is_resource_id(platform.runtime()))
    return invalid_argument("'{}' is no key; write it like an id, as in 'tensorrt' or 'x-cube-ai'",
                            printable(platform.runtime(), 70))
        .at("runtime");
  if (platform.mode_keywords_size() > kMostEntries)
    return invalid_argument("{} words; at most {}", platform.mode_keywords_size(), kMostEntries).at("mode_keywords");
  std::set<std::string> seen;
  for (int i = 0; i < platform.mode_keywords_size(); ++i) {
    const std::string path = fmt::format("mode_keywords[{}]", i);
    RS_TRY(check_text(platform.mode_keywords(i), path, true));
    if (!seen.insert(lower_case(platform.mode_keywords(i))).second)
      return invalid_argument("the word '{}' stands twice; upper and lower case are the same",
                              platform.mode_keywords(i))
          .at(path);
  }
  return {};
}

Status check_identity(const v1::Platform& platform) {
  if (!is_resource_id(platform.id()))
    return invalid_argument(
               "'{}' is no id; use 1 to 63 lower-case letters, digits, '-', '_' or '.', the first a letter or digit",
               printable(platform.id(), 70))
        .at("id");
  RS_TRY(check_text(platform.title(), "title", true));
  if (platform.device_class() == v1::DEVICE_CLASS_UNSPECIFIED || !v1::DeviceClass_IsValid(platform.device_class()))
    return invalid_argument("no device class; use cpu, gpu, fpga, asic, npu or mcu").at("device_class");
  RS_TRY(check_text(platform.family(), "family", false));
  RS_TRY(check_text(platform.engine(), "engine", false));
  if (platform.aliases_size() > kMostEntries)
    return invalid_argument("{} aliases; at most {}", platform.aliases_size(), kMostEntries).at("aliases");
  std::set<std::string> seen;
  for (int i = 0; i < platform.aliases_size(); ++i) {
    const std::string path = fmt::format("aliases[{}]", i);
    RS_TRY(check_text(platform.aliases(i), path, true));
    if (!seen.insert(platform.aliases(i)).second)
      return invalid_argument("alias '{}' stands twice", platform.aliases(i)).at(path);
  }
  return check_keywords(platform);
}

}  // namespace

Status validate_platform(const v1::Platform& platform) {
  RS_TRY(check_identity(platform));
  RS_TRY(check_compute(platform));
  RS_TRY(check_peak_ratios(platform));
  RS_TRY(check_memory(platform));
  RS_TRY(check_fabric(platform));
  return check_operation(platform);
}

}  // namespace roofscape::platforms
