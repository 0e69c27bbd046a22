#include "analytics/engine/onednn/primitives.h"

#include <list>
#include <map>
#include <mutex>

namespace roofscape::engine::onednn {
namespace {

using dnnl::memory;

memory::desc channels_last(const memory::dims& dims) {
  return {dims, memory::data_type::f32, memory::format_tag::nhwc};
}

// oneDNN's dilation counts the zeros between taps.
memory::dims zeros_between(const memory::dims& dilation) { return {dilation[0] - 1, dilation[1] - 1}; }

std::shared_ptr<const Convolution> make(const ConvolutionKey& key) {
  const memory::desc input = channels_last(key.input);
  const memory::desc output = channels_last(key.output);
  const memory::desc weight(key.weight, memory::data_type::f32, memory::format_tag::any);
  const memory::desc bias =
      key.bias ? memory::desc({key.output[1]}, memory::data_type::f32, memory::format_tag::a) : memory::desc();
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  if (key.relu) {
    dnnl::post_ops relu;
    relu.append_eltwise(1.0F, dnnl::algorithm::eltwise_relu, 0, 0);
    attributes.set_post_ops(relu);
  }
  auto result = std::make_shared<Convolution>();
  const auto fill = [&](const auto& description, auto&& primitive) {
    result->input = description.src_desc();
    result->weight = description.weights_desc();
    result->bias = bias;
    result->output = description.dst_desc();
    result->scratch_bytes = description.scratchpad_desc().get_size();
    result->primitive = std::forward<decltype(primitive)>(primitive);
  };
  const auto inference = dnnl::prop_kind::forward_inference;
  if (key.transposed) {
    const dnnl::deconvolution_forward::primitive_desc description(
        {inference, dnnl::algorithm::deconvolution_direct, input, weight, bias, output, key.stride,
         zeros_between(key.dilation), key.pad_before, key.pad_after},
        attributes, cpu());
    fill(description, dnnl::deconvolution_forward(description));
  } else {
    const dnnl::convolution_forward::primitive_desc description(
        {inference, dnnl::algorithm::convolution_direct, input, weight, bias, output, key.stride,
         zeros_between(key.dilation), key.pad_before, key.pad_after},
        attributes, cpu());
    fill(description, dnnl::convolution_forward(description));
  }
  return result;
}

class Cache {
 public:
  std::shared_ptr<const Convolution> find(const ConvolutionKey& key) {
    const std::lock_guard lock(mutex_);
    const auto entry = entries_.find(key);
    if (entry == entries_.end()) return nullptr;
    order_.splice(order_.begin(), order_, entry->second.place);
    return entry->second.convolution;
  }

  void add(const ConvolutionKey& key, std::shared_ptr<const Convolution> convolution) {
    constexpr std::size_t kCapacity = 2048;
    const std::lock_guard lock(mutex_);
    const auto [entry, is_new] = entries_.try_emplace(key);
    if (!is_new) return;
    order_.push_front(&entry->first);
    entry->second = {std::move(convolution), order_.begin()};
    if (entries_.size() <= kCapacity) return;
    entries_.erase(entries_.find(*order_.back()));
    order_.pop_back();
  }

 private:
  using Order = std::list<const ConvolutionKey*>;  // most recently used first
  struct Entry {
    std::shared_ptr<const Convolution> convolution;
    Order::iterator place;
  };
  std::mutex mutex_;
  std::map<ConvolutionKey, Entry> entries_;
  Order order_;
};

}  // namespace

const dnnl::engine& cpu() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

dnnl::stream& stream() {
  static thread_local dnnl::stream stream(cpu());
  return stream;
}

Result<std::shared_ptr<const Convolution>> convolution(const ConvolutionKey& key) {
  static Cache cache;
  if (auto known = cache.find(key)) return known;
  try {
    std::shared_ptr<const Convolution> made = make(key);
    cache.add(key, made);
    return made;
  } catch (const dnnl::error& error) {
    return internal_error("oneDNN cannot make this convolution: {}", error.what());
  }
}

Result<dnnl::memory> packed(const float* values, const memory::desc& plain, const memory::desc& wanted) {
  try {
    // oneDNN takes constants as mutable pointers, and does not write to sources.
    memory source(plain, cpu(), const_cast<float*>(values));
    memory target(wanted, cpu());
    dnnl::reorder(source, target).execute(stream(), source, target);
    stream().wait();
    return target;
  } catch (const dnnl::error& error) {
    return internal_error("oneDNN cannot pack these weights: {}", error.what());
  }
}

}  // namespace roofscape::engine::onednn
