#include "server/built_in_models.h"

#include "analytics/zoo/zoo.h"
#include "server/model_info.h"

namespace roofscape::server {
namespace {

v1::PublishedCounts to_message(const zoo::Published& published, const zoo::Counts& ours) {
  v1::PublishedCounts message;
  message.set_source(published.source);
  message.set_weight_count(published.parameters.value);
  message.set_mac_count(published.macs.value);
  message.set_activation_count(published.activations.value);
  message.set_op_count(published.ops.value);
  if (published.macs.is_given()) message.set_comparable_mac_count(zoo::macs_as_counted_by(published, ours));
  return message;
}

}  // namespace

bool is_built_in_model(std::string_view id) { return zoo::find(id) != nullptr; }

std::vector<std::string> built_in_model_ids() {
  std::vector<std::string> ids;
  for (const zoo::Entry& entry : zoo::networks()) ids.push_back(entry.id);
  return ids;
}

Result<StoredModel> built_in_model(const std::string& id) {
  const zoo::Entry* entry = zoo::find(id);
  if (entry == nullptr) return not_found("no built-in model is called '{}'", id);
  RS_ASSIGN(Network network, entry->build());
  auto imported = std::make_shared<Imported>(Imported{.network = std::move(network)});
  if (!entry->note.empty()) imported->notes.push_back(entry->note);
  v1::Model info = describe_model(entry->id, *imported, {});
  info.set_built_in(true);
  info.set_title(entry->title);
  info.set_structure_source(entry->structure);
  const zoo::Counts ours = zoo::count(imported->network);
  for (const zoo::Published& published : entry->published) *info.add_published() = to_message(published, ours);
  return StoredModel{std::move(info), std::move(imported), {}};
}

}  // namespace roofscape::server
