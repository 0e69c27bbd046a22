#include "client/text/json.h"

#include <gtest/gtest.h>

#include "client/text/csv.h"
#include "roofscape/v1/service.pb.h"

namespace roofscape::client {
namespace {

v1::Step step_with_knobs(bool backwards) {
  v1::Step step;
  step.set_layer("conv1");
  std::vector<std::string> names = {"alpha", "beta", "delta", "gamma", "omega", "zeta"};
  if (backwards) std::reverse(names.begin(), names.end());
  for (const std::string& name : names)
    (*step.mutable_knobs())[name].set_number_value(static_cast<double>(name.size()));
  return step;
}

TEST(Json, EqualMessagesAreEqualBytes) {
  const std::string a = *to_json(step_with_knobs(false)), b = *to_json(step_with_knobs(true));
  EXPECT_EQ(a, b);
  EXPECT_LT(a.find("alpha"), a.find("zeta")) << a;
}

TEST(Json, KeepsFieldNamesAndZeros) {
  v1::LimitResult result;
  result.set_limit("top1 above 0.9");
  const std::string json = *to_json_line(result);
  EXPECT_EQ(json, R"({"limit":"top1 above 0.9","platform":"","holds":false,"bound":0,"violation":0,"message":""})")
      << "an absent figure is absent, never 0";
}

TEST(Csv, QuotesWhereItMust) {
  Csv csv({"a", "b"});
  csv.add({"x,y", "say \"hi\""});
  csv.add({Csv::number(0.1), Csv::number(1e-9)});
  EXPECT_EQ(csv.to_text(), "a,b\n\"x,y\",\"say \"\"hi\"\"\"\n0.1,1e-09\n");
}

}  // namespace
}  // namespace roofscape::client
