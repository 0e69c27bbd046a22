#include "platforms/extends.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <set>
#include <vector>

#include "analytics/base/text.h"

namespace roofscape::platforms {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// What every file says for itself, beside the lists, which merge in their own ways.
const std::set<std::string> kOwn = {"name",          "id",    "title",   "aliases", "built_in", "extends",
                                    "mode_keywords", "notes", "compute", "memory"};

// Copies from `base` the singular fields that `own` lacks; a figure is whole, other messages are filled field by field.
void fill(const Message& base, Message* own) {
  const Reflection& from = *base.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  from.ListFields(base, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->is_repeated() || kOwn.count(field->name()) > 0) continue;
    const bool given = from.HasField(*own, field);
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Message* to = from.MutableMessage(own, field);
      if (!given) {
        to->CopyFrom(from.GetMessage(base, field));
      } else if (field->message_type() != v1::Figure::descriptor()) {
        fill(from.GetMessage(base, field), to);
      }
    } else if (given) {
      continue;
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      from.SetEnumValue(own, field, from.GetEnumValue(base, field));
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      from.SetString(own, field, from.GetString(base, field));
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
      from.SetBool(own, field, from.GetBool(base, field));
    }
  }
}

bool same_key(const v1::ComputeCeiling& a, const v1::ComputeCeiling& b) {
  const auto activation = [](const v1::ComputeCeiling& c) {
    return c.activation().empty() ? c.weight() : c.activation();
  };
  return a.weight() == b.weight() && activation(a) == activation(b) && a.sparsity() == b.sparsity() &&
         a.algorithm() == b.algorithm() && a.weight_scales() == b.weight_scales();
}

void merge_compute(const v1::Platform& base, v1::Platform* own) {
  const int given = own->compute_size();
  for (const v1::ComputeCeiling& ceiling : base.compute()) {
    const auto end = own->compute().begin() + given;
    if (std::none_of(own->compute().begin(), end, [&](const auto& mine) { return same_key(mine, ceiling); }))
      *own->add_compute() = ceiling;
  }
}

const v1::MemoryLevel* find_level(const v1::Platform& platform, const std::string& name) {
  for (const v1::MemoryLevel& level : platform.memory())
    if (level.name() == name) return &level;
  return nullptr;
}

void merge_memory(const v1::Platform& base, v1::Platform* own) {
  const bool all_known = std::all_of(own->memory().begin(), own->memory().end(), [&](const v1::MemoryLevel& level) {
    return find_level(base, level.name()) != nullptr;
  });
  if (!all_known) return;
  auto levels = base.memory();
  for (v1::MemoryLevel& level : levels)
    if (const v1::MemoryLevel* mine = find_level(*own, level.name())) level = *mine;
  *own->mutable_memory() = levels;
}

}  // namespace

Result<v1::Platform> extend(const v1::Platform& platform, const Bases& bases) {
  v1::Platform whole = platform;
  std::vector<std::string> chain = {platform.id()};
  for (std::string next = platform.extends(); !next.empty();) {
    const bool again = std::find(chain.begin(), chain.end(), next) != chain.end();
    chain.push_back(next);
    if (again) {
      std::string text;
      for (const std::string& id : chain) text += (text.empty() ? "" : " -> ") + printable(id, 63);
      return invalid_argument("the file extends itself: {}; extend a file that stands on its own", text).at("extends");
    }
    const v1::Platform* base = bases.find(next);
    if (base == nullptr)
      return invalid_argument("there is no platform or family '{}' to extend{}", printable(next, 63),
                              suggestion(next, bases.ids))
          .at("extends");
    fill(*base, &whole);
    merge_compute(*base, &whole);
    merge_memory(*base, &whole);
    next = base->extends();
  }
  return whole;
}

void derive_peaks(v1::Platform* platform) {
  const v1::Cores& cores = platform->cores();
  if (!cores.has_core_count() || !cores.has_clock_hertz()) return;
  const double count = cores.core_count().value(), hertz = cores.clock_hertz().value();
  const auto derive = [&](const v1::Figure& a_cycle, const char* what, v1::Figure* peak) {
    peak->set_value(count * hertz * a_cycle.value());
    peak->set_source(fmt::format("{:g} {} x {:g} MHz x {:g} {} a cycle and core", count, count == 1 ? "core" : "cores",
                                 hertz / 1e6, a_cycle.value(), what));
    peak->set_provenance(v1::DERIVED);
  };
  for (v1::ComputeCeiling& ceiling : *platform->mutable_compute())
    if (!ceiling.has_ops_per_second() && ceiling.has_ops_per_cycle())
      derive(ceiling.ops_per_cycle(), "operations", ceiling.mutable_ops_per_second());
  if (const v1::VectorUnit& unit = platform->vector_unit(); unit.has_steps_per_cycle() && !unit.has_steps_per_second())
    derive(unit.steps_per_cycle(), "steps", platform->mutable_vector_unit()->mutable_steps_per_second());
}

}  // namespace roofscape::platforms
