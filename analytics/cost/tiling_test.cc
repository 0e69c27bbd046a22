#include "analytics/cost/tiling.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace roofscape::cost {
namespace {

constexpr double kSlack = 1 + 1e-12;

double bytes(const Operands& of, const Room& room, double weight_price = 1) {
  const Rereads times = least_rereads(of, room, weight_price);
  return (of.weights * (weight_price * times.weights) + of.inputs * times.inputs).value();
}

Bytes some() { return Bytes(std::exp2(*rc::gen::inRange(0, 2400) / 100.0)); }

Operands some_operands() { return {some(), some(), some(), *rc::gen::elementOf(std::vector<double>{1, 1, 2, 32})}; }

Room some_room() {
  Room room{some(), some()};
  switch (*rc::gen::inRange(0, 4)) {
    case 0: room.weights = Bytes(0); break;
    case 1: room.activations = Bytes(0); break;
    case 2: room.activations = room.weights; break;
    default: break;
  }
  return room;
}

TEST(Tiling, ReadsOnceWhatHasRoomOrWhoseNeighbourHas) {
  const Operands of{Bytes(4000), Bytes(9000), Bytes(20000)};
  for (const Room& room : {Room{Bytes(4000), Bytes(0)}, Room{Bytes(100), Bytes(9000)}, Room{Bytes(0), Bytes(20000)},
                           Room{Bytes(0), Bytes(0)}}) {
    EXPECT_EQ(least_rereads(of, room).weights, 1);
    EXPECT_EQ(least_rereads(of, room).inputs, 1);
  }
}

TEST(Tiling, ChoosesWhatIsReadAgain) {
  // In two groups of weights, as sums would take too much room.
  const Rereads groups = least_rereads({Bytes(4000), Bytes(1000), Bytes(1e6)}, {Bytes(2000), Bytes(0)});
  EXPECT_EQ(groups.weights, 1);
  EXPECT_EQ(groups.inputs, 2);
  // In four parts of the inputs.
  const Rereads parts = least_rereads({Bytes(100), Bytes(8000), Bytes(1e9)}, {Bytes(0), Bytes(2000)});
  EXPECT_EQ(parts.weights, 4);
  EXPECT_EQ(parts.inputs, 1);
  // A matrix product of 1024 x 1024 x 1024 bytes, 64 KiB inside: 128 x 128 sums, so that all is read 8 times.
  const double mb = 1024 * 1024;
  const Rereads blocks = least_rereads({Bytes(mb), Bytes(mb), Bytes(4 * mb)}, {Bytes(65536), Bytes(65536)});
  EXPECT_EQ(blocks.weights, 8);
  EXPECT_EQ(blocks.inputs, 8);
}

// Groups of a convolution have room one after the other.
TEST(Tiling, GroupsShareNothing) {
  const Operands of{Bytes(4000), Bytes(9000), Bytes(20000), 4};
  EXPECT_EQ(least_rereads(of, {Bytes(1000), Bytes(0)}).inputs, 1);
  EXPECT_EQ(least_rereads(of, {Bytes(500), Bytes(0)}).inputs, 2);
}

// Every factor of a grid that holds what it says it holds.
RC_GTEST_PROP(Tiling, IsNoWorseThanAnyOtherChoice, ()) {
  const Operands of = some_operands();
  const Room room = some_room();
  const double price = *rc::gen::elementOf(std::vector<double>{1, 0.5, 0.125});
  const double least = bytes(of, room, price);
  const auto inputs = of.inputs.value(), weights = price * of.weights.value();
  RC_ASSERT(least * kSlack >= inputs + weights);
  for (double across = 1; across < 1e4; across *= 1.07)
    for (double down = 1; down < 1e4; down *= 1.07) {
      // Weights of a group stay while inputs pass; or inputs of a part while weights pass; or sums of a block.
      const bool holds = (down == 1 && of.weights / of.groups / across <= room.weights) ||
                         (across == 1 && of.inputs / of.groups / down <= room.activations) ||
                         of.sums / of.groups / (across * down) <= room.activations;
      if (holds) RC_ASSERT(least <= (inputs * across + weights * down) * kSlack);
    }
}

RC_GTEST_PROP(Tiling, RisesWithWhatIsReadAndFallsWithRoom, ()) {
  const Operands of = some_operands();
  const Room room = some_room();
  const double more = 1 + *rc::gen::inRange(1, 300) / 100.0, before = bytes(of, room);
  const auto with = [&](Bytes Operands::*which) {
    Operands larger = of;
    larger.*which = larger.*which * more;
    return bytes(larger, room);
  };
  for (const auto which : {&Operands::weights, &Operands::inputs, &Operands::sums})
    RC_ASSERT(with(which) * kSlack >= before);
  RC_ASSERT(bytes(of, {room.weights * more, room.activations}) <= before * kSlack);
  RC_ASSERT(bytes(of, {room.weights, room.activations * more}) <= before * kSlack);
  // A batch never takes more for an image.
  const Operands batch{of.weights, of.inputs * more, of.sums * more, of.groups};
  RC_ASSERT(bytes(batch, room) <= before * more * kSlack);
}

}  // namespace
}  // namespace roofscape::cost
