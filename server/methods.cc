#include "server/methods.h"

#include "analytics/approx/method.h"
#include "server/wire.h"

namespace roofscape::server {

std::vector<v1::MethodInfo> list_methods() {
  std::vector<v1::MethodInfo> infos;
  for (const approx::Method* method : approx::methods()) {
    v1::MethodInfo info;
    info.set_id(method->info().id);
    info.set_version(method->info().version);
    info.set_summary(method->info().summary);
    for (const approx::KnobSpec& knob : method->info().knobs) {
      v1::KnobInfo* to = info.add_knobs();
      to->set_name(knob.name);
      to->set_text(knob.text);
      to->set_range(knob.range_text());
      *to->mutable_fallback() = to_message(knob.fallback);
    }
    infos.push_back(std::move(info));
  }
  return infos;
}

}  // namespace roofscape::server
