#include <utility>

#include "analytics/base/text.h"
#include "analytics/network/onnx/graph.h"

namespace roofscape::onnx_import {
namespace {

template <typename T>
constexpr std::string_view kKind = "";
template <>
constexpr std::string_view kKind<std::int64_t> = "an integer";
template <>
constexpr std::string_view kKind<float> = "a number";
template <>
constexpr std::string_view kKind<std::string> = "a text";
template <>
constexpr std::string_view kKind<std::vector<std::int64_t>> = "a list of integers";
template <>
constexpr std::string_view kKind<std::vector<float>> = "a list of numbers";
template <>
constexpr std::string_view kKind<std::vector<std::string>> = "a list of texts";
template <>
constexpr std::string_view kKind<ConstantPtr> = "a tensor";
template <>
constexpr std::string_view kKind<UnreadableAttribute> = "something that Roofscape cannot read";

template <typename T>
Result<T> get(const Node& node, std::string_view name, T otherwise) {
  const auto found = node.attributes.find(name);
  if (found == node.attributes.end()) return otherwise;
  if (const T* value = std::get_if<T>(&found->second)) return *value;
  const std::string_view is = std::visit([](const auto& v) { return kKind<std::decay_t<decltype(v)>>; }, found->second);
  return invalid_argument("attribute '{}' is {}; it must be {}", name, is, kKind<T>);
}

}  // namespace

Result<std::int64_t> Node::integer(std::string_view attribute, std::int64_t otherwise) const {
  return get<std::int64_t>(*this, attribute, otherwise);
}
Result<float> Node::real(std::string_view attribute, float otherwise) const {
  return get<float>(*this, attribute, otherwise);
}
Result<std::string> Node::text(std::string_view attribute, std::string_view otherwise) const {
  return get<std::string>(*this, attribute, std::string(otherwise));
}
Result<std::vector<std::int64_t>> Node::integers(std::string_view attribute,
                                                 std::vector<std::int64_t> otherwise) const {
  return get<std::vector<std::int64_t>>(*this, attribute, std::move(otherwise));
}
Result<std::vector<float>> Node::reals(std::string_view attribute) const {
  return get<std::vector<float>>(*this, attribute, {});
}
Result<std::vector<std::string>> Node::texts(std::string_view attribute) const {
  return get<std::vector<std::string>>(*this, attribute, {});
}
Result<ConstantPtr> Node::tensor(std::string_view attribute) const {
  return get<ConstantPtr>(*this, attribute, nullptr);
}

std::string Node::description() const {
  if (domain.empty()) return fmt::format("node '{}' ({}, opset {})", name, printable(op), opset);
  const std::string version = opset > 0 ? fmt::format("opset {}", opset) : "whose opset the file does not say";
  return fmt::format("node '{}' ({} of domain '{}', {})", name, printable(op), printable(domain), version);
}

}  // namespace roofscape::onnx_import
