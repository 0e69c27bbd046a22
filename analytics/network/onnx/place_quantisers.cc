#include "analytics/network/onnx/place_quantisers.h"

#include <algorithm>
#include <memory>

namespace roofscape::onnx_import {
namespace {

struct Reader {
  LayerId layer;
  std::size_t slot;
};

// Whether the layer gives the same when its inputs are quantised and when its output is.
bool passes(const Layer& layer, const Quantiser& q) {
  if (layer.as<op::Reshape>() || layer.as<op::Transpose>() || layer.as<op::Slice>() || layer.as<op::Gather>() ||
      layer.as<op::Concat>())
    return true;
  // Rounding keeps the order of values.
  if (const auto* pool = layer.as<op::Pool>()) return pool->kind == op::Pool::Kind::kMax;
  if (const auto* pad = layer.as<op::Pad>())
    return pad->mode != op::Pad::Mode::kConstant || q.fake(pad->value) == pad->value;
  const auto* activation = layer.as<op::Activation>();
  return activation != nullptr && activation->kind == op::Activation::Kind::kRelu && q.fake(0) == 0;
}

bool to_nearest(Rounding rounding) {
  return rounding == Rounding::kHalfEven || rounding == Rounding::kHalfUp || rounding == Rounding::kHalfDown;
}

// Whether quantising with `second` makes `first` before it superfluous: values on the first grid come back exactly.
bool supersedes(const Quantiser& second, const Quantiser& first) {
  if (!second.format.is_integer()) return second == first;
  Quantiser same = second;
  same.format = first.format;
  return same == first && to_nearest(first.rounding) && first.format.bits() <= 16 &&
         second.format.is_bipolar() == first.format.is_bipolar() && second.format.lowest() >= first.format.lowest() &&
         second.format.highest() <= first.format.highest();
}

// The one quantiser of all inputs; null if there is none, or more than one.
QuantiserPtr only_quantiser(const Layer& layer) {
  const QuantiserPtr first = layer.arithmetic.input(0);
  if (!first) return nullptr;
  for (std::size_t i = 1; i < layer.inputs.size(); ++i) {
    const QuantiserPtr other = layer.arithmetic.input(i);
    if (!other || !(*other == *first)) return nullptr;
  }
  return first;
}

class Placer {
 public:
  Placer(NetworkBuilder& builder, const std::vector<LayerId>& quantisers, LayerId last)
      : builder_(builder), last_(last), readers_(static_cast<std::size_t>(last) + 1), only_quantises_(readers_.size()) {
    for (const LayerId id : quantisers)
      if (id <= last) only_quantises_[index(id)] = true;
    std::vector<bool> live(readers_.size());
    live[index(last)] = true;
    for (LayerId id = last; id >= 0; --id) {
      const Layer& layer = builder_.layer(id);
      if (!live[index(id)]) continue;
      for (std::size_t slot = 0; slot < layer.inputs.size(); ++slot) {
        live[index(layer.inputs[slot])] = true;
        readers_[index(layer.inputs[slot])].push_back({id, slot});
      }
    }
  }

  void run() {
    for (LayerId id = 0; id < last_; ++id) {
      const QuantiserPtr quantiser = only_quantiser(builder_.layer(id));
      if (!quantiser || quantiser->format.block() != 0 || readers_[index(id)].empty()) continue;
      if (only_quantises_[index(id)])
        skip(id, quantiser);
      else if (!quantiser->per_channel() && passes(builder_.layer(id), *quantiser))
        hand_on(id, quantiser);
    }
  }

 private:
  static std::size_t index(LayerId id) { return static_cast<std::size_t>(id); }

  bool takes(const Reader& reader, const Quantiser& quantiser) {
    const QuantiserPtr own = builder_.layer(reader.layer).arithmetic.input(reader.slot);
    return !own || supersedes(*own, quantiser);
  }
  void give(const Reader& reader, const QuantiserPtr& quantiser) {
    Layer& layer = builder_.layer(reader.layer);
    if (layer.arithmetic.input(reader.slot)) return;
    layer.arithmetic.inputs.resize(layer.inputs.size());
    layer.arithmetic.inputs[reader.slot] = quantiser;
  }

  // Readers that quantise for themselves read what stands before a layer that only quantises; the others still read it.
  void skip(LayerId id, const QuantiserPtr& quantiser) {
    const LayerId source = builder_.layer(id).inputs[0];
    std::vector<Reader> left;
    for (const Reader& reader : readers_[index(id)]) {
      if (!takes(reader, *quantiser)) {
        left.push_back(reader);
        continue;
      }
      give(reader, quantiser);
      builder_.layer(reader.layer).inputs[reader.slot] = source;
    }
    readers_[index(id)] = std::move(left);
  }

  void hand_on(LayerId id, const QuantiserPtr& quantiser) {
    const std::vector<Reader>& readers = readers_[index(id)];
    if (!std::all_of(readers.begin(), readers.end(), [&](const Reader& r) { return takes(r, *quantiser); })) return;
    for (const Reader& reader : readers) give(reader, quantiser);
    builder_.layer(id).arithmetic.inputs.clear();
  }

  NetworkBuilder& builder_;
  LayerId last_;
  std::vector<std::vector<Reader>> readers_;
  std::vector<bool> only_quantises_;
};

}  // namespace

void place_quantisers(NetworkBuilder& builder, const std::vector<LayerId>& quantisers, LayerId last) {
  if (!quantisers.empty()) Placer(builder, quantisers, last).run();
}

}  // namespace roofscape::onnx_import
