#include "analytics/cost/passes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "analytics/cost/estimate.h"
#include "analytics/cost/test_networks.h"

namespace roofscape::cost {
namespace {

using testing::filled;
using ::testing::HasSubstr;
using Binary = op::Binary::Kind;
using Function = op::Activation::Kind;

constexpr std::int64_t kRows = 4, kWidth = 64;

// A dense layer and a layer normalisation as ONNX files before opset 17 spell it, on top of a sum.
Network normalised() {
  NetworkBuilder b;
  const LayerId input = b.input({kRows, kWidth});
  const LayerId x = b.add("fc", op::Dense{}, {input}, {filled({kWidth, kWidth}), nullptr});
  const LayerId sum = b.add("sum", op::Binary{}, {x, input});
  const LayerId mean = b.add("mean", op::ReduceMean{{1}}, {sum});
  const LayerId centred = b.add("sub", op::Binary{Binary::kSub}, {sum, mean});
  const LayerId square = b.add("square", op::Activation{Function::kSquare}, {centred});
  const LayerId variance = b.add("variance", op::ReduceMean{{1}}, {square});
  const LayerId root = b.add("sqrt", op::Activation{Function::kSqrt}, {variance});
  const LayerId ratio = b.add("div", op::Binary{Binary::kDiv}, {centred, root});
  const LayerId norm = b.add("norm", op::Affine{1}, {ratio}, {filled({kWidth}), filled({kWidth})});
  const LayerId out = b.add("fc2", op::Dense{}, {norm}, {filled({kWidth, kWidth}), nullptr});
  return *b.finish(b.add("residual", op::Binary{}, {out, sum}));
}

op::Pool neighbours() {
  op::Pool pool;
  pool.kernel = {3, 3};
  pool.pad = {1, 1, 1, 1};
  return pool;
}

const LayerDemand& of(const Demand& demand, const Network& network, const char* layer) {
  return demand.layers[static_cast<std::size_t>(*network.find(layer))];
}

TEST(Passes, ANormalisationReadsAndWritesOnce) {
  const Network network = normalised();
  const Demand all = demand(network);
  constexpr double kValues = 4.0 * kRows * kWidth;  // bytes of one
  EXPECT_EQ(of(all, network, "sum").input_bytes.value(), 2 * kValues);
  EXPECT_EQ(of(all, network, "sum").output_bytes.value(), 2 * kValues);  // the sum, for later, and what "norm" makes
  EXPECT_EQ(of(all, network, "sum").network_bytes.value(), kValues);
  EXPECT_FALSE(of(all, network, "sum").joined);
  for (const char* name : {"mean", "sub", "square", "variance", "sqrt", "div", "norm"}) {
    EXPECT_TRUE(of(all, network, name).joined) << name;
    EXPECT_EQ(of(all, network, name).activation_bytes().value(), 0) << name;
    EXPECT_GT(of(all, network, name).ops.value(), 0) << name;
  }
  // The same kind of layer, but a matrix layer lies between them.
  EXPECT_FALSE(of(all, network, "residual").joined);
}

TEST(Passes, StartOnceAndSaySo) {
  v1::Platform p;
  p.set_id("p");
  p.set_device_class(v1::GPU);
  testing::add_peak(&p, "fp32", 1e15);
  testing::add_memory(&p, "DRAM", 0, 1e15, 0);
  testing::set(p.mutable_launch_seconds_per_layer(), 1e-3);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate e, estimate(normalised(), p));
  EXPECT_NEAR(e.latency.value(), 4e-3, 1e-6);  // two dense layers, the sum's pass, the last sum
  EXPECT_THAT(e.notes,
              ::testing::Contains(HasSubstr("layers 'mean', 'sub', 'square' and 4 more: computed in one pass")));
}

TEST(Passes, OtherWorkOnAWayBetweenTwoKeepsThemApart) {
  NetworkBuilder b;
  const LayerId input = b.input({4, 8, 8});
  const LayerId a = b.add("a", op::Activation{}, {input});
  const LayerId pool = b.add("pool", neighbours(), {a});
  const LayerId c = b.add("c", op::Binary{}, {a, pool});
  const Network network = *b.finish(b.add("d", op::Activation{}, {c}));
  const Demand all = demand(network);
  EXPECT_FALSE(of(all, network, "a").joined);
  EXPECT_FALSE(of(all, network, "c").joined);
  EXPECT_TRUE(of(all, network, "d").joined);
}

// Whatever the graph: a pass moves no more than its layers would alone, and the first one of it comes first.
RC_GTEST_PROP(Passes, MoveNoMoreThanLayersAlone, ()) {
  NetworkBuilder b;
  std::vector<LayerId> values{b.input({4, 8, 8})};
  const int count = *rc::gen::inRange(1, 20);
  for (int i = 0; i < count; ++i) {
    const auto any = [&] { return values[*rc::gen::inRange<std::size_t>(0, values.size())]; };
    const std::string name = "l" + std::to_string(i);
    switch (*rc::gen::inRange(0, 4)) {
      case 0: values.push_back(b.add(name, op::Activation{}, {any()})); break;
      case 1: values.push_back(b.add(name, neighbours(), {any()})); break;
      case 2: values.push_back(b.add(name, op::Conv{}, {any()}, {filled({4, 4, 1, 1}), nullptr})); break;
      default: values.push_back(b.add(name, op::Binary{}, {any(), any()})); break;
    }
  }
  const Network network = *b.finish(values.back());
  const Demand all = demand(network);
  const std::vector<LayerId> first = first_of_pass(network, all.layers);
  constexpr double kValue = 4.0 * 4 * 8 * 8;
  double moved = 0, alone = 0;
  for (LayerId id = 0; id < network.size(); ++id) {
    const LayerDemand& layer = all.layers[static_cast<std::size_t>(id)];
    RC_ASSERT(first[static_cast<std::size_t>(id)] <= id);
    RC_ASSERT(layer.joined == (first[static_cast<std::size_t>(id)] != id));
    if (layer.kind == LayerDemand::Kind::kFree || layer.kind == LayerDemand::Kind::kFused) continue;
    moved += layer.activation_bytes().value();
    alone += kValue * static_cast<double>(network.layer(id).inputs.size() + 1);
    RC_ASSERT(!layer.joined || layer.activation_bytes().value() == 0);
  }
  RC_ASSERT(moved <= alone);
}

}  // namespace
}  // namespace roofscape::cost
