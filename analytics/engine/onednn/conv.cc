// Convolution and transposed convolution in fp32 on oneDNN: one kernel class, since only keys and weights differ.
#include "analytics/engine/integer/arithmetic.h"
#include "analytics/engine/onednn/kernels.h"
#include "analytics/engine/onednn/primitives.h"

namespace roofscape::engine {
namespace {

using dnnl::memory;

bool is_relu(const Epilogue& epilogue) {
  return epilogue.activation && epilogue.activation->kind == op::Activation::Kind::kRelu;
}

memory::dims with_batch(std::int64_t batch, const Shape& shape) { return {batch, shape[0], shape[1], shape[2]}; }

// What both operations say of their windows, into the key.
template <typename Window>
void describe(const Window& window, onednn::ConvolutionKey& key) {
  key.stride = {window.stride[0], window.stride[1]};
  key.dilation = {window.dilation[0], window.dilation[1]};
  key.pad_before = {window.pad[0], window.pad[1]};
  key.pad_after = {window.pad[2], window.pad[3]};
}

struct Described {
  onednn::ConvolutionKey key;
  memory::desc plain_weight;  // as the layer's tensor lies
};

Described describe_conv(const Site& site, std::int64_t batch) {
  Described result;
  const auto& conv = *site.layer->as<op::Conv>();
  const Shape& w = site.layer->weight()->shape();
  describe(conv, result.key);
  auto tag = memory::format_tag::oihw;
  result.key.weight = {w[0], w[1], w[2], w[3]};
  if (conv.groups > 1) {
    result.key.weight = {conv.groups, w[0] / conv.groups, w[1], w[2], w[3]};
    tag = memory::format_tag::goihw;
  }
  result.key.batch = batch;
  result.plain_weight = {result.key.weight, memory::data_type::f32, tag};
  return result;
}

Described describe_conv_transpose(const Site& site, std::int64_t batch) {
  Described result;
  const auto& conv = *site.layer->as<op::ConvTranspose>();
  const Shape& w = site.layer->weight()->shape();
  describe(conv, result.key);
  result.key.transposed = true;
  auto tag = memory::format_tag::iohw;  // the tensor is [C, O/g, kh, kw]
  result.key.weight = {w[1], w[0], w[2], w[3]};
  if (conv.groups > 1) {
    result.key.weight = {conv.groups, w[1], w[0] / conv.groups, w[2], w[3]};
    tag = memory::format_tag::giohw;
  }
  result.key.batch = batch;
  result.plain_weight = {result.key.weight, memory::data_type::f32, tag};
  return result;
}

class ConvolutionStep final : public Step {
 public:
  ConvolutionStep(std::shared_ptr<const onednn::Convolution> convolution, memory weight, TensorPtr bias)
      : convolution_(std::move(convolution)), weight_(std::move(weight)), bias_(std::move(bias)) {}

  std::size_t scratch_bytes() const override { return convolution_->scratch_bytes; }

  // The whole batch, whatever the count: primitives have fixed sizes.
  void run(std::int64_t, const Buffers& buffers) const override {
    const dnnl::engine& cpu = onednn::cpu();
    std::unordered_map<int, memory> arguments;
    arguments.emplace(DNNL_ARG_SRC, memory(convolution_->input, cpu, const_cast<void*>(buffers.inputs[0])));
    arguments.emplace(DNNL_ARG_WEIGHTS, weight_);
    if (bias_)
      arguments.emplace(DNNL_ARG_BIAS, memory(convolution_->bias, cpu, const_cast<float*>(bias_->values().data())));
    arguments.emplace(DNNL_ARG_DST, memory(convolution_->output, cpu, buffers.output));
    const memory::dims scratch{static_cast<memory::dim>(convolution_->scratch_bytes)};
    if (convolution_->scratch_bytes > 0)
      arguments.emplace(DNNL_ARG_SCRATCHPAD,
                        memory({scratch, memory::data_type::u8, memory::format_tag::a}, cpu, buffers.scratch));
    convolution_->primitive.execute(onednn::stream(), arguments);
    onednn::stream().wait();
  }

 private:
  std::shared_ptr<const onednn::Convolution> convolution_;
  memory weight_;
  TensorPtr bias_;
};

using Describe = Described (*)(const Site&, std::int64_t batch);

class OnednnConvolution final : public Kernel {
 public:
  OnednnConvolution(std::string_view id, Describe describe) : id_(id), describe_(describe) {}

  std::string_view id() const override { return id_; }
  MaybeDecline declines(const Site& site) const override {
    if (!is_integer_layer(*site.layer)) return std::nullopt;
    return Decline{std::string(id_), DeclineReason::kFormat,
                   "weights and activations are integers, whose sums must be exact; this one sums in fp32"};
  }
  Forms forms(const Site& site) const override {
    return {{input_form(*site.layer, 0, Layout::kChannelsLast)}, Layout::kChannelsLast};
  }
  bool fuses(const Site&, const Epilogue& epilogue) const override {
    return !epilogue.quantiser && (!epilogue.activation || is_relu(epilogue));
  }

  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue& epilogue, std::int64_t batch) const override {
    Described described = describe_(site, batch);
    TensorPtr bias = site.layer->constants.size() > 1 ? site.layer->constants[1] : nullptr;
    described.key.input = with_batch(batch, site.inputs[0]);
    described.key.output = with_batch(batch, site.output());
    described.key.relu = is_relu(epilogue);
    described.key.bias = bias != nullptr;
    RS_ASSIGN(std::shared_ptr<const onednn::Convolution> convolution, onednn::convolution(described.key));
    RS_ASSIGN(memory weight,
              onednn::packed(site.layer->weight()->values().data(), described.plain_weight, convolution->weight));
    return std::unique_ptr<Step>(
        std::make_unique<ConvolutionStep>(std::move(convolution), std::move(weight), std::move(bias)));
  }

 private:
  std::string_view id_;
  Describe describe_;
};

}  // namespace

const Kernel& onednn_conv() {
  static const OnednnConvolution kernel("onednn-conv", describe_conv);
  return kernel;
}

const Kernel& onednn_conv_transpose() {
  static const OnednnConvolution kernel("onednn-deconv", describe_conv_transpose);
  return kernel;
}

}  // namespace roofscape::engine
