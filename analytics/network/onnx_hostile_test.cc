// Files that are damaged, absurd or malicious: each ends in an error that says what is wrong, none in a crash.
#include <gtest/gtest.h>

#include <limits>

#include "analytics/base/rng.h"
#include "analytics/base/status_matchers.h"
#include "analytics/network/onnx/wire_check.h"
#include "analytics/network/onnx_import.h"
#include "tests/support/onnx_builder.h"

namespace roofscape {
namespace {

using ::testing::_;
using ::testing::AllOf;
using ::testing::AnyOf;
using testing::bytes_of;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::OnnxBuilder;
using testing::StatusIs;

// Touches most of the reader: a convolution, a shape chain, a recurrent layer's worth of attributes, typed and raw
// data.
OnnxBuilder small_model() {
  OnnxBuilder b;
  b.input("x", {-1, 2, 4, 4});
  b.weight("w", {2, 2, 3, 3});
  b.weight("s", {2});
  b.integers("target", {0, -1});
  b.weight("d", {8, 3});
  b.node("Conv", {"x", "w"}, {"c"}).ints("pads", {1, 1, 1, 1}).ints("strides", {2, 2});
  b.node("BatchNormalization", {"c", "s", "s", "s", "s"}, {"n"});
  b.node("Relu", {"n"}, {"r"});
  b.node("Reshape", {"r", "target"}, {"f"});
  b.node("MatMul", {"f", "d"}, {"m"});
  b.node("Softmax", {"m"}, {"y"}).integer("axis", 1);
  b.output("y", {-1, 3});
  return b;
}

// The same for quantised operators: grids of constants and activations, integers moved, clipped and multiplied.
OnnxBuilder quantised_model() {
  OnnxBuilder b;
  auto* set = b.model.add_opset_import();
  set->set_domain("qonnx.custom_op.general");
  set->set_version(1);
  const auto q = [](testing::OnnxNode node) { node.domain("qonnx.custom_op.general"); };
  b.input("x", {-1, 2, 4, 4});
  b.weight("s", {}, {0.5F});
  b.weight("sc", {2, 1, 1, 1}, {0.5F, 0.25F});
  b.weight("s3", {3}, {0.5F, 0.25F, 1});
  b.weight("z", {}, {1});
  b.weight("n", {}, {4});
  b.weight("m", {}, {2});
  b.weight("w", {2, 2, 1, 1});
  b.weight("t", {2, 3});
  b.weight("big", {}, {28});
  b.initialiser("az", testing::onnx_bytes({}, 3, "\x02"));
  b.initialiser("low", testing::onnx_bytes({}, 3, "\xf8"));
  b.initialiser("high", testing::onnx_bytes({}, 3, "\x07"));
  b.initialiser("i", testing::onnx_bytes({2, 3}, 22, "\x21\x43\x65"));
  b.initialiser("k", testing::onnx_bytes({2, 2, 1, 1}, 3, "\x01\x02\x03\x04"));
  q(b.node("Quant", {"w", "sc", "z", "n"}, {"qw"}).integer("narrow", 1));
  q(b.node("Quant", {"x", "s", "z", "n"}, {"qx"}).text("rounding_mode", "CEIL"));
  b.node("Conv", {"qx", "qw"}, {"c"});
  q(b.node("MultiThreshold", {"c", "t"}, {"mt"}).real("out_bias", -2));
  q(b.node("FloatQuant", {"mt", "s", "m", "m", "z", "big"}, {"f"}));
  q(b.node("Trunc", {"f", "s", "z", "n", "m"}, {"tr"}));
  q(b.node("BipolarQuant", {"tr", "s"}, {"bi"}));
  b.node("QuantizeLinear", {"bi", "s", "az"}, {"codes"});
  b.node("Clip", {"codes", "low", "high"}, {"clipped"});
  b.node("QLinearConv", {"clipped", "s", "az", "k", "s", "az", "s", "az"}, {"l"});
  b.node("MaxPool", {"l"}, {"p"}).ints("kernel_shape", {4, 4});
  b.node("Flatten", {"p"}, {"flat"});
  b.node("DequantizeLinear", {"i", "s3"}, {"di"}).integer("axis", 1);
  b.node("DequantizeLinear", {"flat", "s", "az"}, {"d"});
  b.node("MatMul", {"d", "di"}, {"y"});
  b.output("y", {-1, 3});
  return b;
}

Result<Imported> import_text(const std::string& bytes) { return import_onnx(bytes_of(bytes)); }

TEST(OnnxHostileTest, TruncatedAtEveryLength) {
  const std::string whole = small_model().bytes();
  ASSERT_THAT(import_text(whole), IsOk());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const Result<Imported> result = import_text(whole.substr(0, length));
    // The opset stands behind the graph, so that no part of the file is a whole one.
    EXPECT_FALSE(result.ok()) << "cut to " << length << " of " << whole.size() << " bytes";
  }
}

// Whatever imports after damage has quantisers that hold together: Network checks each.
TEST(OnnxHostileTest, DamagedQuantisersNeverCrash) {
  const std::string whole = quantised_model().bytes();
  ASSERT_THAT(import_text(whole), IsOk());
  for (std::size_t length = 0; length < whole.size(); ++length) (void)import_text(whole.substr(0, length));
  Rng rng(5);
  int failed = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string damaged = whole;
    for (std::uint64_t i = rng.below(4) + 1; i > 0; --i)
      damaged[rng.below(damaged.size())] = static_cast<char>(rng.below(256));
    failed += import_text(damaged).ok() ? 0 : 1;
  }
  EXPECT_GT(failed, 5'000);
}

// Every operand of every quantised operator in turn is left out, of the wrong shape, empty, a weight of another kind,
// or what the network itself computes.
TEST(OnnxHostileTest, WrongOperandsOfQuantisedOperators) {
  const OnnxBuilder whole = quantised_model();
  for (const std::string other : {"", "x", "t", "w", "i", "k", "empty", "codes", "nan", "huge"}) {
    for (int n = 0; n < whole.model.graph().node_size(); ++n)
      for (int i = 0; i < whole.model.graph().node(n).input_size(); ++i) {
        OnnxBuilder b = whole;
        b.initialiser("empty", testing::onnx_tensor({0}, {}));
        b.weight("nan", {}, {std::numeric_limits<float>::quiet_NaN()});
        b.weight("huge", {}, {3e38F});
        b.graph().mutable_node(n)->set_input(i, other);
        const Result<Imported> result = import_text(b.bytes());
        EXPECT_TRUE(result.ok() || !result.status().message().empty());
      }
  }
}

// A file of some kilobytes whose every node would make a quantiser as long as its longest tensor.
TEST(OnnxHostileTest, QuantisersArePaidFor) {
  OnnxBuilder b;
  b.input("x", {-1, 1 << 20});
  b.node("ConstantOfShape", {"shape"}, {"zeros"});
  b.integers("shape", {1 << 20});
  b.weight("one", {}, {1});
  b.weight("bits", {}, {8});
  b.node("Add", {"zeros", "one"}, {"s0"});
  std::string last = "x";
  for (int i = 0; i < 200; ++i) {
    const std::string next = "q" + std::to_string(i);
    b.node("Quant", {last, "s0", "zeros", "bits"}, {next}).domain("onnx.brevitas");
    last = next;
  }
  b.output(last);
  EXPECT_THAT(import_text(b.bytes()), StatusIs(Code::kResourceExhausted, HasSubstr("grow beyond")));
}

TEST(OnnxHostileTest, PackedTensorsOfTheWrongLength) {
  for (const std::string& bytes : {std::string(), std::string(2, '\0'), std::string(4, '\0')})
    for (const std::int32_t type : {21, 22, 23}) {
      OnnxBuilder b;
      b.input("x", {-1, 5});
      b.initialiser("w", testing::onnx_bytes({5}, type, bytes));
      b.weight("s", {}, {1});
      b.node("DequantizeLinear", {"w", "s"}, {"d"});
      b.node("Add", {"x", "d"}, {"y"});
      b.output("y");
      EXPECT_THAT(import_text(b.bytes()),
                  StatusIs(Code::kInvalidArgument, AllOf(HasSubstr("'w'"), HasSubstr("bytes of data"))))
          << type;
    }
  OnnxBuilder b;
  b.input("x", {-1, 1});
  b.initialiser("w", testing::onnx_bytes({1}, 17, "\x7f"));  // NaN
  b.node("Add", {"x", "w"}, {"y"});
  b.output("y");
  EXPECT_THAT(import_text(b.bytes()), StatusIs(Code::kUnimplemented, HasSubstr("infinite or no number")));
}

TEST(OnnxHostileTest, RandomDamageNeverCrashes) {
  const std::string whole = small_model().bytes();
  Rng rng(3);
  int failed = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string damaged = whole;
    for (std::uint64_t i = rng.below(4) + 1; i > 0; --i)
      damaged[rng.below(damaged.size())] = static_cast<char>(rng.below(256));
    if (rng.below(4) == 0) damaged.erase(rng.below(damaged.size()), rng.below(8));
    failed += import_text(damaged).ok() ? 0 : 1;
  }
  EXPECT_GT(failed, 5'000);  // most damage is noticed; what is left changed a weight
}

TEST(OnnxHostileTest, NotOnnxAtAll) {
  EXPECT_THAT(import_text(""), StatusIs(Code::kInvalidArgument, HasSubstr("empty")));
  EXPECT_THAT(import_text("hello"), StatusIs(Code::kInvalidArgument, HasSubstr("not ONNX")));
  EXPECT_THAT(import_text(std::string(1000, '\0')), StatusIs(Code::kInvalidArgument, HasSubstr("not ONNX")));
  OnnxBuilder b;
  b.model.clear_graph();
  EXPECT_THAT(import_text(b.bytes()), StatusIs(Code::kInvalidArgument, HasSubstr("holds no graph")));
}

TEST(OnnxHostileTest, LimitsOnTheFile) {
  const std::string whole = small_model().bytes();
  EXPECT_THAT(import_onnx(bytes_of(whole), {.file_bytes = 100}),
              StatusIs(Code::kResourceExhausted, HasSubstr("at most 100 are accepted")));
  EXPECT_THAT(import_onnx(bytes_of(whole), {.weight_elements = 30}),
              StatusIs(Code::kResourceExhausted, HasSubstr("initialiser 'w'")));
}

TEST(OnnxHostileTest, TooManyPartsAreCountedBeforeTheyAreParsed) {
  OnnxBuilder b;
  for (int i = 0; i < 2000; ++i) b.graph().add_node();
  EXPECT_THAT(onnx_import::check_wire(bytes_of(b.bytes()), 2010), IsOk());
  EXPECT_THAT(onnx_import::check_wire(bytes_of(b.bytes()), 2000),
              StatusIs(Code::kResourceExhausted, HasSubstr("more than 2000 parts")));
}

TEST(OnnxHostileTest, DeeplyNestedSubgraphsEndTheWalk) {
  std::string bytes;
  for (int i = 0; i < 5'000; ++i) {  // node { attribute { g { … } } }, from the inside
    for (const char tag : {'\x32', '\x2a', '\x0a'}) {
      std::string length;
      for (std::size_t n = bytes.size(); length.empty() || n > 0; n >>= 7)
        length += static_cast<char>((n & 0x7f) | (n > 0x7f ? 0x80 : 0));
      bytes = tag + length + bytes;
    }
    if (bytes.size() > 200'000) break;
  }
  std::string length;
  for (std::size_t n = bytes.size(); n > 0; n >>= 7) length += static_cast<char>((n & 0x7f) | (n > 0x7f ? 0x80 : 0));
  EXPECT_THAT(import_text('\x3a' + length + bytes), StatusIs(Code::kInvalidArgument, HasSubstr("not ONNX")));
}

// A model of one node that reads the input and maybe a weight.
OnnxBuilder one_node(const std::string& op, const std::vector<std::string>& inputs = {"x"}) {
  OnnxBuilder b;
  b.input("x", {-1, 4});
  b.weight("w", {4, 4});
  b.node(op, inputs, {"y"}).name("n");
  b.output("y");
  return b;
}

TEST(OnnxHostileTest, UnknownOperatorsAreNamedWithNodeAndOpset) {
  EXPECT_THAT(import_text(one_node("Mystery").bytes()),
              StatusIs(Code::kUnimplemented, HasSubstr("node 'n' (Mystery, opset 13)")));
  OnnxBuilder b = one_node("Relu");
  OnnxBuilder quant;
  quant.input("x", {-1, 4});
  quant.node("Quant", {"x"}, {"y"}).name("q").domain("some.other");
  quant.output("y");
  EXPECT_THAT(import_text(quant.bytes()), StatusIs(Code::kUnimplemented, HasSubstr("Quant of domain 'some.other'")));
  EXPECT_THAT(import_text(one_node("QuantizeLinear", {"x", "w"}).bytes()), StatusIs(Code::kUnimplemented, _));
  EXPECT_THAT(import_text(one_node("If").bytes()), StatusIs(Code::kUnimplemented, HasSubstr("(If, opset 13)")));
}

TEST(OnnxHostileTest, CyclesAreNamed) {
  OnnxBuilder b;
  b.input("x", {-1, 4});
  b.node("Add", {"x", "later"}, {"a"}).name("first");
  b.node("Relu", {"a"}, {"later"}).name("second");
  b.node("Relu", {"later"}, {"y"}).name("third");
  b.output("y");
  EXPECT_THAT(import_text(b.bytes()),
              StatusIs(Code::kInvalidArgument, AllOf(AnyOf(HasSubstr("node 'first'"), HasSubstr("node 'second'")),
                                                     HasSubstr("stands on a cycle"))));
}

TEST(OnnxHostileTest, ALongChainNeedsNoStack) {
  OnnxBuilder b;
  b.input("x", {-1, 2});
  std::string last = "x";
  for (int i = 0; i < 50'000; ++i) {
    const std::string next = fmt::format("v{}", i);
    b.node("Relu", {last}, {next});
    last = next;
  }
  b.output(last);
  EXPECT_THAT(import_text(b.bytes()), IsOk());
}

TEST(OnnxHostileTest, NamesMustMakeAGraph) {
  EXPECT_THAT(import_text(one_node("Relu", {"nowhere"}).bytes()),
              StatusIs(Code::kInvalidArgument, HasSubstr("reads 'nowhere', which nothing produces")));
  OnnxBuilder twice = one_node("Relu");
  twice.node("Abs", {"x"}, {"y"});
  EXPECT_THAT(import_text(twice.bytes()), StatusIs(Code::kInvalidArgument, HasSubstr("'y' is already made elsewhere")));
  OnnxBuilder shadowed = one_node("Relu");
  shadowed.weight("w", {1});
  EXPECT_THAT(import_text(shadowed.bytes()),
              StatusIs(Code::kInvalidArgument, HasSubstr("initialiser 'w' is given twice")));
  OnnxBuilder no_output = one_node("Relu");
  no_output.graph().clear_output();
  EXPECT_THAT(import_text(no_output.bytes()), StatusIs(Code::kInvalidArgument, HasSubstr("no output")));
  OnnxBuilder constant = one_node("Relu", {"w"});
  EXPECT_THAT(import_text(constant.bytes()),
              StatusIs(Code::kInvalidArgument, HasSubstr("does not depend on any input")));
  OnnxBuilder two = one_node("Add", {"x", "z"});
  two.input("z", {-1, 4});
  EXPECT_THAT(import_text(two.bytes()), StatusIs(Code::kUnimplemented, HasSubstr("reads 2 inputs ('x', 'z'")));
  OnnxBuilder no_opset = one_node("Relu");
  no_opset.model.clear_opset_import();
  EXPECT_THAT(import_text(no_opset.bytes()), StatusIs(Code::kInvalidArgument, HasSubstr("opset_import")));
}

TEST(OnnxHostileTest, AttributesOfTheWrongType) {
  OnnxBuilder b;
  b.input("x", {-1, 4});
  b.node("Softmax", {"x"}, {"y"}).name("n").text("axis", "1");
  b.output("y");
  EXPECT_THAT(import_text(b.bytes()),
              StatusIs(Code::kInvalidArgument, HasSubstr("attribute 'axis' is a text; it must be an integer")));
}

TEST(OnnxHostileTest, TensorsWhoseDataDoesNotFit) {
  const auto with = [](onnx::TensorProto tensor) {
    OnnxBuilder b;
    b.input("x", {-1, 2});
    b.initialiser("w", std::move(tensor));
    b.node("MatMul", {"x", "w"}, {"y"});
    b.output("y");
    return import_text(b.bytes());
  };
  EXPECT_THAT(with(testing::onnx_tensor({2, 2}, {1, 2, 3})),
              StatusIs(Code::kInvalidArgument, HasSubstr("has 3 values; its dimensions need 4")));
  EXPECT_THAT(with(testing::onnx_tensor({2, -2}, {1, 2})),
              StatusIs(Code::kInvalidArgument, HasSubstr("the dimension -2")));
  EXPECT_THAT(with(testing::onnx_tensor({std::int64_t{1} << 40, std::int64_t{1} << 40}, {1})),
              StatusIs(Code::kResourceExhausted, HasSubstr("more than")));
  EXPECT_THAT(with(testing::onnx_tensor({0, std::int64_t{1} << 62}, {})),
              StatusIs(Code::kResourceExhausted, HasSubstr("more than")));
  EXPECT_THAT(with(testing::onnx_tensor(std::vector<std::int64_t>(9, 1), {1})),
              StatusIs(Code::kResourceExhausted, HasSubstr("9 dimensions")));
  onnx::TensorProto raw = testing::onnx_tensor({2, 2}, {});
  raw.set_raw_data("12345");
  EXPECT_THAT(with(raw), StatusIs(Code::kInvalidArgument, HasSubstr("5 bytes of raw data; its dimensions need 16")));
  onnx::TensorProto external = testing::onnx_tensor({2, 2}, {});
  external.set_data_location(onnx::TensorProto::EXTERNAL);
  EXPECT_THAT(with(external), StatusIs(Code::kUnimplemented, HasSubstr("external data")));
  onnx::TensorProto texts = testing::onnx_tensor({1}, {});
  texts.set_data_type(onnx::TensorProto::STRING);
  EXPECT_THAT(with(texts), StatusIs(Code::kUnimplemented, HasSubstr("data type 8")));
  EXPECT_THAT(with(testing::onnx_tensor({3, 2}, {1, 2, 3, 4, 5, 6})),
              StatusIs(Code::kInvalidArgument, HasSubstr("wants 3 inputs")));
}

TEST(OnnxHostileTest, SmallFilesCannotAskForMuchMemory) {
  OnnxBuilder fill;
  fill.input("x", {-1, 4});
  fill.integers("shape", {30'000, 30'000});
  fill.node("ConstantOfShape", {"shape"}, {"c"}).name("bomb");
  fill.node("ReduceMean", {"c"}, {"m"});
  fill.node("Add", {"x", "m"}, {"y"});
  fill.output("y");
  EXPECT_THAT(import_text(fill.bytes()),
              StatusIs(Code::kResourceExhausted, AllOf(HasSubstr("node 'bomb'"), HasSubstr("file of this size"))));

  // Many copies of one weight of moderate size.
  OnnxBuilder copies;
  copies.input("x", {-1, 400});
  copies.weight("w", {400, 400});
  std::string last = "x";
  for (int i = 0; i < 1'000; ++i) {
    const std::string next = fmt::format("v{}", i);
    copies.node("MatMul", {last, "w"}, {next});
    last = next;
  }
  copies.output(last);
  EXPECT_THAT(import_text(copies.bytes()), StatusIs(Code::kResourceExhausted, HasSubstr("file of this size")));

  OnnxBuilder range;
  range.input("x", {-1, 4});
  for (const auto& [name, value] :
       {std::pair{"a", std::int64_t{0}}, std::pair{"b", std::int64_t{1} << 62}, std::pair{"c", std::int64_t{1}}})
    range.initialiser(name, testing::onnx_integers({}, {value}));
  range.node("Range", {"a", "b", "c"}, {"r"});
  range.node("Cast", {"r"}, {"f"}).integer("to", 1);
  range.node("Add", {"x", "f"}, {"y"});
  range.output("y");
  EXPECT_THAT(import_text(range.bytes()), StatusIs(Code::kResourceExhausted, HasSubstr("counts from 0")));
}

TEST(OnnxHostileTest, AbsurdWindowsAndPads) {
  const auto conv = [](const std::string& attribute, std::vector<std::int64_t> values) {
    OnnxBuilder b;
    b.input("x", {-1, 1, 8, 8});
    b.weight("w", {1, 1, 3, 3});
    b.node("Conv", {"x", "w"}, {"y"}).ints(attribute, values);
    b.output("y");
    return import_text(b.bytes());
  };
  const std::int64_t huge = std::numeric_limits<std::int64_t>::max();
  EXPECT_THAT(conv("strides", {0, 1}), StatusIs(Code::kInvalidArgument, HasSubstr("strides")));
  EXPECT_THAT(conv("strides", {huge, 1}), StatusIs(Code::kInvalidArgument, HasSubstr("strides")));
  EXPECT_THAT(conv("dilations", {-1, 1}), StatusIs(Code::kInvalidArgument, HasSubstr("dilations")));
  EXPECT_THAT(conv("dilations", {100, 1}), StatusIs(Code::kInvalidArgument, HasSubstr("does not fit")));
  EXPECT_THAT(conv("pads", {1, 1, huge, huge}), StatusIs(Code::kInvalidArgument, HasSubstr("pads")));
  EXPECT_THAT(conv("pads", {1, 1}), StatusIs(Code::kInvalidArgument, HasSubstr("4 values are needed")));
  EXPECT_THAT(conv("pads", {1 << 29, 1 << 29, 1 << 29, 1 << 29}), StatusIs(Code::kResourceExhausted, _));
}

TEST(OnnxHostileTest, NamesNeverReachATerminalRaw) {
  OnnxBuilder b;
  b.input("x", {-1, 4});
  b.node("\x1b]0;pwned\x07", {"x"}, {"y"}).name("\x1b[2J").domain("\x1b[31m");
  b.output("y");
  const Result<Imported> result = import_text(b.bytes());
  ASSERT_FALSE(result.ok());
  const std::string message = result.status().message();
  for (const char c : message) EXPECT_GE(static_cast<unsigned char>(c), 0x20U);
}

}  // namespace
}  // namespace roofscape
