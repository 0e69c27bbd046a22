// Element-wise layers over values as they lie: activations, and arithmetic of operands of one shape.
#include "analytics/arith/quantise_fast.h"
#include "analytics/base/instruction_sets.h"
#include "analytics/engine/ref/ref.h"
#include "analytics/engine/vector/chunks.h"
#include "analytics/engine/vector/kernels.h"

namespace roofscape::engine {
namespace {

Layout offered(const Site& site) { return site.layouts.empty() ? Layout::kPlain : site.layouts[0]; }

Forms forms_in(const Site& site, Layout layout) {
  Forms forms;
  for (std::size_t i = 0; i < site.inputs.size(); ++i) forms.inputs.push_back(input_form(*site.layer, i, layout));
  forms.output = layout;
  return forms;
}

void activate_all(const op::Activation& activation, const float* in, std::int64_t count, float* out) {
  if (activation.kind == op::Activation::Kind::kRelu) {
    for (std::int64_t i = 0; i < count; ++i) out[i] = in[i] > 0 ? in[i] : 0;
    return;
  }
  for (std::int64_t i = 0; i < count; ++i) out[i] = activate(activation, in[i]);
}

class FlatActivation final : public Kernel {
 public:
  std::string_view id() const override { return "flat-activation"; }
  MaybeDecline declines(const Site& site) const override {
    if (site.layer->as<op::Activation>()->kind == op::Activation::Kind::kPRelu)
      return Decline{"flat-activation", DeclineReason::kOperation, "PRelu has a slope for each channel"};
    return std::nullopt;
  }
  Forms forms(const Site& site) const override { return forms_in(site, offered(site)); }
  bool fuses(const Site&, const Epilogue& epilogue) const override { return tiled_fuses(epilogue); }
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue& epilogue, std::int64_t) const override {
    if (const FunctionTablePtr table = site.layer->arithmetic.function(0)) return looked_up(site, table, epilogue);
    return make_step(
        [activation = *site.layer->as<op::Activation>(), elements = element_count(site.output()), epilogue](
            std::int64_t count, const Buffers& buffers) {
          const auto* in = static_cast<const float*>(buffers.inputs[0]);
          in_chunks(count * elements, epilogue, buffers, [&](std::int64_t first, std::int64_t here, float* out) {
            activate_all(activation, in + first, here, out);
          });
        },
        kChunkScratch);
  }

 private:
  static std::unique_ptr<Step> looked_up(const Site& site, const FunctionTablePtr& table, const Epilogue& epilogue) {
    return make_step(
        [table, elements = element_count(site.output()), epilogue](std::int64_t count, const Buffers& buffers) {
          const auto* in = static_cast<const float*>(buffers.inputs[0]);
          in_chunks(count * elements, epilogue, buffers, [&](std::int64_t first, std::int64_t here, float* out) {
            for (std::int64_t i = 0; i < here; ++i) out[i] = (*table)(in[first + i]);
          });
        },
        kChunkScratch);
  }
};

// `kind` is a constant in each loop, so that the compiler can use vectors.
template <typename Left, typename Right>
__attribute__((always_inline)) inline void combine_loops(op::Binary::Kind kind, Left left, Right right,
                                                         std::int64_t count, float* out) {
  using Kind = op::Binary::Kind;
  const auto loop = [&](auto combine) {
    for (std::int64_t i = 0; i < count; ++i) out[i] = combine(left(i), right(i));
  };
  switch (kind) {
    case Kind::kAdd: return loop([](float a, float b) { return a + b; });
    case Kind::kSub: return loop([](float a, float b) { return a - b; });
    case Kind::kMul: return loop([](float a, float b) { return a * b; });
    case Kind::kDiv: return loop([](float a, float b) { return a / b; });
    case Kind::kMax: return loop([](float a, float b) { return a > b ? a : b; });
    case Kind::kMin: return loop([](float a, float b) { return a < b ? a : b; });
  }
}

#if defined(__x86_64__)
template <typename Left, typename Right>
__attribute__((target("avx2"))) void combine_avx2(op::Binary::Kind kind, Left left, Right right, std::int64_t count,
                                                  float* out) {
  combine_loops(kind, left, right, count, out);
}
#endif

template <typename Left, typename Right>
void combine_all(op::Binary::Kind kind, Left left, Right right, std::int64_t count, float* out) {
#if defined(__x86_64__)
  if (has_avx2()) return combine_avx2(kind, left, right, count, out);
#endif
  combine_loops(kind, left, right, count, out);
}

class FlatBinary final : public Kernel {
 public:
  std::string_view id() const override { return "flat-binary"; }
  MaybeDecline declines(const Site& site) const override {
    const Shape& output = site.output();
    const bool same = site.inputs[0] == output && (site.inputs.size() == 1 || site.inputs[1] == output);
    const bool scalar = site.inputs.size() == 2 || site.layer->constants[0]->size() == 1;
    if (same && scalar) return std::nullopt;
    return Decline{"flat-binary", DeclineReason::kShape, "operands are broadcast; both must have the output's shape"};
  }
  Forms forms(const Site& site) const override {
    Forms forms = forms_in(site, offered(site));
    if (site.inputs.size() == 2)
      for (Form& form : forms.inputs) form.codes = fits_in_bytes(form.quantiser);
    return forms;
  }
  bool fuses(const Site&, const Epilogue& epilogue) const override { return tiled_fuses(epilogue); }
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue& epilogue, std::int64_t) const override {
    const auto binary = *site.layer->as<op::Binary>();
    const std::int64_t elements = element_count(site.output());
    if (site.inputs.size() == 2) return of_two(binary.kind, forms(site), elements, epilogue);
    return with_scalar(binary, site.layer->constants[0]->values()[0], elements, epilogue);
  }

 private:
  static std::unique_ptr<Step> of_two(op::Binary::Kind kind, const Forms& forms, std::int64_t elements,
                                      const Epilogue& epilogue) {
    return make_step(
        [kind, forms, elements, epilogue](std::int64_t count, const Buffers& buffers) {
          in_chunks(count * elements, epilogue, buffers, [&](std::int64_t first, std::int64_t here, float* out) {
            const float* a = operand(forms.inputs[0], buffers, 0, first, here);
            const float* b = operand(forms.inputs[1], buffers, 1, first, here);
            combine_all(
                kind, [a](std::int64_t i) { return a[i]; }, [b](std::int64_t i) { return b[i]; }, here, out);
          });
        },
        3 * kChunkScratch);
  }

  static bool fits_in_bytes(const QuantiserPtr& quantiser) {
    return quantiser && !quantiser->per_channel() && quantiser->has_codes() && quantiser->format.bits() <= 8;
  }

  // Floats [first, first + count) of an operand: where they lie, or its codes dequantised behind the epilogue's chunk.
  static const float* operand(const Form& form, const Buffers& buffers, std::size_t i, std::int64_t first,
                              std::int64_t count) {
    if (!form.codes) return static_cast<const float*>(buffers.inputs[i]) + first;
    const auto length = static_cast<std::size_t>(count);
    const std::span results(static_cast<float*>(buffers.scratch) + static_cast<std::int64_t>(i + 1) * kChunk, length);
    if (form.element() == Element::kUint8)
      dequantise(std::span(static_cast<const std::uint8_t*>(buffers.inputs[i]) + first, length), *form.quantiser, 0,
                 results);
    else
      dequantise(std::span(static_cast<const std::int8_t*>(buffers.inputs[i]) + first, length), *form.quantiser, 0,
                 results);
    return results.data();
  }

  static std::unique_ptr<Step> with_scalar(const op::Binary& binary, float scalar, std::int64_t elements,
                                           const Epilogue& epilogue) {
    return make_step(
        [binary, scalar, elements, epilogue](std::int64_t count, const Buffers& buffers) {
          const auto* in = static_cast<const float*>(buffers.inputs[0]);
          in_chunks(count * elements, epilogue, buffers, [&](std::int64_t first, std::int64_t here, float* out) {
            const auto value = [p = in + first](std::int64_t i) { return p[i]; };
            const auto constant = [scalar](std::int64_t) { return scalar; };
            if (binary.constant_first)
              combine_all(binary.kind, constant, value, here, out);
            else
              combine_all(binary.kind, value, constant, here, out);
          });
        },
        kChunkScratch);
  }
};

}  // namespace

const Kernel& flat_activation() {
  static const FlatActivation kernel;
  return kernel;
}

const Kernel& flat_binary() {
  static const FlatBinary kernel;
  return kernel;
}

}  // namespace roofscape::engine
