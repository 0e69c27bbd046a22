#include "server/names.h"

#include "analytics/base/status_matchers.h"

namespace roofscape::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::StatusIs;

TEST(Names, FullNamesAndBareIdsAreRead) {
  RS_ASSERT_OK_AND_ASSIGN(const std::string full, parse_name(kModels, "models/lenet5", "model"));
  EXPECT_EQ(full, "lenet5");
  RS_ASSERT_OK_AND_ASSIGN(const std::string bare, parse_name(kModels, "lenet5", "model"));
  EXPECT_EQ(bare, "lenet5");
  EXPECT_EQ(resource_name(kModels, full), "models/lenet5");
}

TEST(Names, AWrongNameIsRepeatedFitForATerminal) {
  const auto wrong = parse_name(kModels, "datasets/fashion", "model");
  EXPECT_THAT(wrong, StatusIs(Code::kInvalidArgument, AllOf(HasSubstr("'datasets/fashion'"), HasSubstr("models/ID"))));
  EXPECT_EQ(wrong.status().field(), "model");
  EXPECT_THAT(parse_name(kModels, "models/\x1b[2J", "name"),
              StatusIs(Code::kInvalidArgument, AllOf(HasSubstr("\\x1b"), Not(HasSubstr("\x1b")))));
  EXPECT_THAT(parse_name(kModels, "", "name"), StatusIs(Code::kInvalidArgument, HasSubstr("models/ID")));
  EXPECT_THAT(parse_name(kModels, "models/", "name"), StatusIs(Code::kInvalidArgument, HasSubstr("'models/'")));
  EXPECT_THAT(parse_name(kModels, "models/../etc", "name"), StatusIs(Code::kInvalidArgument, HasSubstr("1 to 63")));
}

TEST(Names, EvaluationNamesGoThereAndBack) {
  RS_ASSERT_OK_AND_ASSIGN(const EvaluationName name, parse_evaluation_name(evaluation_name("e1", 17), "name"));
  EXPECT_EQ(name.exploration, "e1");
  EXPECT_EQ(name.index, 17);
  for (const char* wrong : {"explorations/e1", "explorations/e1/evaluations/x", "explorations/e1/evaluations/-1",
                            "explorations/E1/evaluations/1", "a/e1/evaluations/1", ""})
    EXPECT_THAT(parse_evaluation_name(wrong, "name"), StatusIs(Code::kInvalidArgument, HasSubstr("evaluations/NUMBER")))
        << wrong;
}

TEST(Names, NewIdsAreChecked) {
  EXPECT_TRUE(check_new_id("model", "a-b_c.1", "id").ok());
  EXPECT_THAT(check_new_id("model", "Upper", "id"), StatusIs(Code::kInvalidArgument, HasSubstr("'Upper'")));
  EXPECT_EQ(check_new_id("model", std::string(64, 'a'), "id").field(), "id");
}

}  // namespace
}  // namespace roofscape::server
