#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <fstream>
#include <iterator>

#include "analytics/approx/method.h"
#include "analytics/approx/test_networks.h"
#include "analytics/base/status_matchers.h"
#include "analytics/network/onnx_import.h"
#include "analytics/network/work.h"
#include "analytics/weightfile/weightfile.h"
#include "proto/packed_frame.h"
#include "tests/support/shared_data.h"

namespace roofscape {
namespace {

using ::roofscape::testing::draft_of;
using ::roofscape::testing::IsOk;
using ::roofscape::testing::StatusIs;
using ::roofscape::testing::test_networks;
using ::testing::HasSubstr;

// The network's structure without anything that a weight file gives back.
Network skeleton_of(const Network& network) {
  std::vector<Layer> layers(network.layers().begin(), network.layers().end());
  for (Layer& layer : layers) {
    for (TensorPtr& constant : layer.constants)
      if (constant) constant = make_tensor(constant->shape(), std::vector<float>(constant->values().size()));
    layer.arithmetic.weight = nullptr;
    layer.storage = {};
  }
  return Network::create(std::move(layers), network.output()).value();
}

Network with_storage(const Network& network, const Storage& storage) {
  std::vector<Layer> layers(network.layers().begin(), network.layers().end());
  for (Layer& layer : layers)
    if (layer.has_weight()) layer.storage = storage;
  return Network::create(std::move(layers), network.output()).value();
}

// Every layer that takes it, pruned and quantised.
Network approximated(const Network& network, double fraction, double bits) {
  approx::Draft draft = draft_of(network);
  approx::Recipe recipe;
  for (const Layer& layer : network.layers()) {
    if (!layer.has_weight()) continue;
    recipe.push_back({layer.name, "prune", {{"fraction", fraction}}});
    recipe.push_back({layer.name, "integer", {{"weight_bits", bits}, {"activation_bits", 32.0}}});
  }
  return approx::apply_recipe(draft, recipe, 1).value().network;
}

void expect_round_trip(const Network& network, const std::string& what) {
  RS_ASSERT_OK_AND_ASSIGN(const std::string file, write_weights(network, "model"));
  RS_ASSERT_OK_AND_ASSIGN(const Network read, read_weights(file, skeleton_of(network)));
  ASSERT_EQ(read.size(), network.size());
  // Equal keys: equal constants and grids (none of these networks has a weight of −0).
  EXPECT_EQ(read.key(), network.key()) << what;
  EXPECT_EQ(network_work(read).stored_weight_bits, network_work(network).stored_weight_bits) << what;
  // Stored bits and the stated rest: header, manifest, filling.
  RS_ASSERT_OK_AND_ASSIGN(const PackedFrame frame, read_packed_frame(file));
  const std::int64_t bits = network_work(network).stored_weight_bits;
  EXPECT_EQ(frame.manifest.bit_count(), bits) << what;
  EXPECT_EQ(static_cast<std::int64_t>(file.size()),
            static_cast<std::int64_t>(kPackedHeaderBytes + frame.manifest.ByteSizeLong()) + (bits + 7) / 8);
  EXPECT_EQ(frame.manifest.element_count(), network_work(network).weight_count);
  EXPECT_EQ(frame.manifest.model(), "model");
}

TEST(WeightFile, TestNetworksComeBackUnderEveryCode) {
  for (const auto& [name, network] : test_networks()) {
    expect_round_trip(network, name);
    for (const double fraction : {0.0, 0.5, 0.9}) {
      const Network changed = approximated(network, fraction, 4);
      expect_round_trip(changed, name);
      for (int encoding = 0; encoding <= static_cast<int>(Storage::Encoding::kBlocks); ++encoding) {
        Storage storage{.encoding = static_cast<Storage::Encoding>(encoding)};
        if (storage.encoding == Storage::Encoding::kGroups) storage.kept = 1, storage.group = 2;
        if (storage.encoding == Storage::Encoding::kGroups) continue;  // pruning gives no N:M
        expect_round_trip(with_storage(changed, storage), name);
        storage.values = Storage::Values::kCodebook;
        storage.huffman_values = storage.huffman_gaps = true;
        expect_round_trip(with_storage(changed, storage), name);
      }
    }
  }
}

TEST(WeightFile, RealNetworksComeBack) {
  int found = 0;
  for (const char* file : {"TFC_2W2A.onnx", "mlperftiny_ic_resnet8.onnx", "mnist-8_onnxjs-demo.onnx",
                           "mnist_lstm20_from_int8_dequant.onnx"}) {
    const auto path = shared_data(std::string("models/") + file);
    if (!path) continue;
    std::ifstream stream(*path, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    const auto imported = import_onnx(std::as_bytes(std::span(text.data(), text.size())));
    if (!imported.ok()) continue;  // QONNX
    ++found;
    expect_round_trip(imported->network, file);
    expect_round_trip(approximated(imported->network, 0.8, 4), file);
  }
  if (found == 0) GTEST_SKIP() << "no model is there; set ROOFSCAPE_DATA";
}

std::string sample_file() { return write_weights(approximated(test_networks()[0].second, 0.5, 4), "m").value(); }
Network sample_skeleton() { return skeleton_of(test_networks()[0].second); }

TEST(WeightFile, DamageIsSeen) {
  const std::string file = sample_file();
  EXPECT_THAT(read_weights("ONNX", sample_skeleton()), StatusIs(Code::kInvalidArgument, HasSubstr("RSWEIGHT")));
  EXPECT_THAT(read_weights(file.substr(0, 20), sample_skeleton()), StatusIs(Code::kDataLoss, HasSubstr("header")));
  EXPECT_THAT(read_weights(file.substr(0, file.size() - 1), sample_skeleton()),
              StatusIs(Code::kDataLoss, HasSubstr("damaged")));
  std::string other = file;
  other[8] = 2;
  EXPECT_THAT(read_weights(other, sample_skeleton()), StatusIs(Code::kInvalidArgument, HasSubstr("version 2")));
}

TEST(WeightFile, AnotherNetworkIsRefusedByName) {
  EXPECT_THAT(read_weights(sample_file(), test_networks()[1].second),
              StatusIs(Code::kInvalidArgument, HasSubstr("layer 'conv1': constant 0 has the shape")));
}

// Manifests that nobody wrote, with a right hash: errors or networks, never a crash.
RC_GTEST_PROP(WeightFile, HostileManifestsAndBitsAreErrors, (std::uint64_t seed)) {
  static const std::string file = sample_file();
  static const Network skeleton = sample_skeleton();
  Rng rng(seed);
  const PackedFrame frame = read_packed_frame(file).value();
  v1::PackedManifest manifest = frame.manifest;
  std::string bits(frame.bits);
  for (int changes = 1 + static_cast<int>(rng.below(4)); changes > 0; --changes) {
    v1::PackedLayer& layer = *manifest.mutable_layers(static_cast<int>(rng.below(manifest.layers_size())));
    const auto any = [&] { return static_cast<std::int32_t>(rng.below(2) == 0 ? rng.below(40) : rng.below(~0ULL)); };
    switch (rng.below(12)) {
      case 0: layer.mutable_storage()->set_positions(static_cast<v1::WeightPositions>(rng.below(9))); break;
      case 1: layer.mutable_storage()->set_gap_bits(any()); break;
      case 2: layer.mutable_storage()->set_codebook_entries(any()); break;
      case 3: layer.mutable_storage()->set_huffman_values(true); break;
      case 4: layer.mutable_grid()->set_scale_count(any()); break;
      case 5: layer.mutable_grid()->set_axis(any()); break;
      case 6: layer.mutable_grid()->set_format(rng.below(2) == 0 ? "e2m1fn/32" : "int17"); break;
      case 7: layer.set_first_bit(any()); break;
      case 8: layer.set_bit_count(any()); break;
      case 9: layer.mutable_storage()->set_block_rows(any()); break;
      case 10: layer.mutable_constants(0)->set_dimensions(0, any()); break;
      default: bits[rng.below(bits.size())] ^= static_cast<char>(1 + rng.below(255));
    }
  }
  static_cast<void>(read_weights(write_packed_frame(manifest, bits), skeleton));
  manifest.mutable_layers()->RemoveLast();
  RC_ASSERT(!read_weights(write_packed_frame(manifest, bits), skeleton).ok());
}

}  // namespace
}  // namespace roofscape
