// A kernel: one way to compute one operation. Each operation has an ordered list of them, fastest first, the naive
// reference ("ref") last; the first that does not decline runs, and one can be forced by its id.
//
//   const Choice choice = choose_kernel(site, {});             // the kernel, and why those before it declined
//   Forms forms = choice.kernel->forms(site);                  // how it wants its inputs, and gives its output
//   RS_ASSIGN(auto step, choice.kernel->prepare(site, {}, /*batch=*/16));   // packs the weights, once
//   step->run(count, {inputs, output, scratch});               // from any thread, each with its own buffers
//
// Promises of every kernel:
//   - It looks at nothing but its Site, so that a layer's result cannot depend on the set it is measured in; which
//     layouts are offered may decide between ways that give equal bytes, not more.
//   - It is single-threaded, and an image's result does not depend on the batch: neither its size nor its other images.
//   - Integer layers (integer/arithmetic.h) equal ref bit for bit; float ones within a bound that its test names.
//   - What it fuses gives the bytes of the same thing done as separate steps.
//
// A new kernel is one file, and one line in kernels.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analytics/base/decline.h"
#include "analytics/base/status.h"
#include "analytics/engine/form.h"
#include "analytics/network/layer.h"

namespace roofscape::engine {

// A layer and what is known where it stands.
struct Site {
  const Layer* layer = nullptr;
  std::vector<Shape> inputs;    // of one image, one an input of the layer
  std::vector<Layout> layouts;  // in which the inputs are produced; other layouts cost a conversion

  const Shape& output() const { return layer->output_shape; }
};

// How a kernel reads its inputs and writes its output.
struct Forms {
  std::vector<Form> inputs;
  Layout output = Layout::kPlain;  // fp32 in this layout, unless an epilogue quantises
};

// What a kernel may do with its fp32 result before it writes it, in this order. Empty: nothing.
struct Epilogue {
  std::optional<op::Activation> activation;  // never one with constants (PRelu)
  QuantiserPtr quantiser;                    // per tensor, integer: write its codes instead of floats
  bool input_coded = false;                  // the only input comes as codes of `quantiser` too: see keeps_codes

  bool empty() const { return !activation && !quantiser; }
};

struct Buffers {
  std::span<const void* const> inputs;  // 64-byte aligned, as `forms` asked; readable 64 bytes beyond their end
  void* output = nullptr;               // 64-byte aligned, overlaps nothing else
  void* scratch = nullptr;              // 64-byte aligned, scratch_bytes() long
  std::int64_t* overflows = nullptr;    // null: not wanted

  // Of layers with an accumulator: adds so many values that overflowed it (integer/accumulator.h).
  void count_overflows(std::int64_t values) const {
    if (overflows != nullptr) *overflows += values;
  }
};

// A kernel made ready for one layer: weights packed, sizes fixed. Immutable, shared by all threads.
class Step {
 public:
  virtual ~Step() = default;
  virtual std::size_t scratch_bytes() const { return 0; }
  // Computes images [0, count), count at most the batch it was prepared for. Buffers hold that whole batch; images
  // from `count` on may be computed too and are ignored.
  virtual void run(std::int64_t count, const Buffers& buffers) const = 0;
};

class Kernel {
 public:
  virtual ~Kernel() = default;
  virtual std::string_view id() const = 0;  // "ref", "onednn-conv"
  // Why this kernel cannot compute the layer; nothing if it can. The layer's operation is one that its list is for.
  virtual MaybeDecline declines(const Site& site) const = 0;
  virtual Forms forms(const Site& site) const = 0;
  // Whether the output simply is the first input's bytes (Reshape): nothing is prepared or run then.
  virtual bool is_view(const Site&) const { return false; }
  virtual bool fuses(const Site&, const Epilogue& epilogue) const { return epilogue.empty(); }
  // Whether the codes of the output are those that the kernel finds among the codes of its input, so that quantising
  // may move before the layer (maxima, where no value is NaN).
  virtual bool keeps_codes(const Site&, Element /*code*/) const { return false; }
  virtual Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue& epilogue,
                                                std::int64_t batch) const = 0;
};

// Kernels of an operation, fastest first. THE list: kernels.cc.
std::span<const Kernel* const> kernel_list(const Operation& operation);
// Ids of all kernels, sorted.
std::vector<std::string> kernel_ids();

struct Choice {
  const Kernel* kernel = nullptr;
  DeclineTrail declined;  // those before it in the list
};
// The first of the forced kernels that does not decline, else the first of the list that does not. Never fails: the
// reference of an operation takes all that a Network can hold.
Choice choose_kernel(const Site& site, std::span<const std::string> forced);
// Fails on an id that no kernel has.
Status check_forced(std::span<const std::string> forced);

// The form in which a layer's arithmetic asks for its i-th input: fp32; fake-quantised fp32; or, for integer layers
// (integer/arithmetic.h), codes.
Form input_form(const Layer& layer, std::size_t i, Layout layout);

// A step made of a function of (count, buffers).
template <typename Function>
class FunctionStep final : public Step {
 public:
  explicit FunctionStep(Function function, std::size_t scratch = 0)
      : function_(std::move(function)), scratch_(scratch) {}
  std::size_t scratch_bytes() const override { return scratch_; }
  void run(std::int64_t count, const Buffers& buffers) const override { function_(count, buffers); }

 private:
  Function function_;
  std::size_t scratch_;
};
template <typename Function>
std::unique_ptr<Step> make_step(Function function, std::size_t scratch = 0) {
  return std::make_unique<FunctionStep<Function>>(std::move(function), scratch);
}

}  // namespace roofscape::engine
