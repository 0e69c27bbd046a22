#include "client/text/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analytics/base/status_matchers.h"

namespace roofscape::client {
namespace {

using ::roofscape::testing::StatusIs;
using ::testing::HasSubstr;

TEST(Names, TakeIdsAndResourceNames) {
  EXPECT_EQ(*model_name("lenet5"), "models/lenet5");
  EXPECT_EQ(*model_name("models/lenet5"), "models/lenet5");
  EXPECT_EQ(*dataset_name("fashion"), "datasets/fashion");
  EXPECT_EQ(*platform_name("platforms/zcu104"), "platforms/zcu104");
  EXPECT_EQ(*exploration_name("e1"), "explorations/e1");
}

TEST(Names, RefuseWhatNoServerWouldStore) {
  EXPECT_THAT(model_name("LeNet 5"),
              StatusIs(Code::kInvalidArgument, HasSubstr("'LeNet 5' cannot be the name of a model")));
  EXPECT_THAT(model_name(""), StatusIs(Code::kInvalidArgument, HasSubstr("1 to 63")));
  EXPECT_THAT(model_name("models/"), StatusIs(Code::kInvalidArgument, HasSubstr("models/")));
  EXPECT_THAT(model_name("datasets/x"), StatusIs(Code::kInvalidArgument, HasSubstr("datasets/x")));
  EXPECT_THAT(model_name("\x1b[31m"), StatusIs(Code::kInvalidArgument, HasSubstr("\\x1b")));
}

TEST(Names, EvaluationsGoByNumberOrFullName) {
  EXPECT_EQ(*evaluation_name("e1", "17"), "explorations/e1/evaluations/17");
  EXPECT_EQ(*evaluation_name("explorations/e1", "#17"), "explorations/e1/evaluations/17");
  EXPECT_EQ(*evaluation_name("e1", "evaluations/0"), "explorations/e1/evaluations/0");
  EXPECT_EQ(*evaluation_name("e1", "explorations/e1/evaluations/3"), "explorations/e1/evaluations/3");
  EXPECT_THAT(evaluation_name("e1", "best"), StatusIs(Code::kInvalidArgument, HasSubstr("roofscape front e1")));
  EXPECT_THAT(evaluation_name("e1", "-3"), StatusIs(Code::kInvalidArgument, HasSubstr("'-3'")));
  EXPECT_THAT(evaluation_name("e1", "explorations/e2/evaluations/3"),
              StatusIs(Code::kInvalidArgument, HasSubstr("explorations/e1")));
}

TEST(Names, IdsComeFromFileNames) {
  EXPECT_EQ(id_from_file("lenet5.onnx"), "lenet5");
  EXPECT_EQ(id_from_file("/data/My Net v2.onnx"), "my-net-v2");
  EXPECT_EQ(id_from_file("_x_.onnx"), "x_");
  EXPECT_EQ(id_from_file(std::string(200, 'a') + ".onnx").size(), 63u);
  EXPECT_EQ(id_from_file("漢字.onnx"), "");
  EXPECT_EQ(id_of("explorations/e1"), "e1");
}

}  // namespace
}  // namespace roofscape::client
