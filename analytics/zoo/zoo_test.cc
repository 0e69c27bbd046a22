// Every network of the zoo: what it counts, against what was published, and that nothing makes up its weights.
#include "analytics/zoo/zoo.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "analytics/base/status_matchers.h"
#include "analytics/base/text.h"
#include "analytics/network/work.h"
#include "analytics/zoo/builder.h"
#include "analytics/zoo/made_up_weights.h"
#include "analytics/zoo/page.h"

namespace roofscape::zoo {
namespace {

using roofscape::testing::IsOk;
using roofscape::testing::StatusIs;
using ::testing::HasSubstr;

constexpr double kTolerance = 0.02;

void expect_near(const Entry& entry, const Published& published, const char* what, const Figure& figure, double ours) {
  if (!figure.is_given()) return;
  EXPECT_NEAR(ours, figure.value, std::max(kTolerance * figure.value, figure.slack))
      << entry.id << ": " << what << " of " << published.source << ", off by " << 100 * (ours / figure.value - 1)
      << " %";
}

TEST(Zoo, FiguresAreReadAsTheyArePrinted) {
  EXPECT_DOUBLE_EQ(Figure("25,557,032").value, 25557032);
  EXPECT_DOUBLE_EQ(Figure("25,557,032").slack, 0.5);
  EXPECT_DOUBLE_EQ(Figure("0.40 G").value, 0.4e9);
  EXPECT_NEAR(Figure("0.40 G").slack, 5e6, 1e-6);
  EXPECT_DOUBLE_EQ(Figure("77 M").slack, 0.5e6);
  EXPECT_FALSE(Figure("").is_given());
  EXPECT_THROW(Figure("4 T"), CheckFailure);
  EXPECT_THROW(Figure("four"), CheckFailure);
}

TEST(Zoo, IdsAreModelsIdsAndSorted) {
  const std::span<const Entry> all = networks();
  ASSERT_GT(all.size(), 60U);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_TRUE(is_resource_id(all[i].id)) << all[i].id;
    EXPECT_FALSE(all[i].title.empty() || all[i].structure.empty()) << all[i].id;
    EXPECT_TRUE(all[i].note.empty() || all[i].note.ends_with('.')) << all[i].id << ": the note is a sentence";
    if (i > 0) {
      EXPECT_LT(all[i - 1].id, all[i].id);
    }
    EXPECT_EQ(find(all[i].id), &all[i]);
  }
  EXPECT_EQ(find("vgg-17"), nullptr);
  ASSERT_NE(find("cnv-50"), nullptr);
  EXPECT_EQ(find("finn-cnv"), find("cnv-50"));
}

TEST(Zoo, CountsAreThosePublished) {
  for (const Entry& entry : networks()) {
    RS_ASSERT_OK_AND_ASSIGN(const Network network, entry.build());
    const Counts ours = count(network);
    for (const Published& published : entry.published) {
      expect_near(entry, published, "parameters", published.parameters, ours.parameters);
      expect_near(entry, published, "MACs", published.macs, macs_as_counted_by(published, ours));
      expect_near(entry, published, "activations", published.activations, ours.activations);
      expect_near(entry, published, "operations", published.ops, ours.ops);
    }
  }
}

TEST(Zoo, NothingThatIsCountedMakesUpWeights) {
  for (const Entry& entry : networks()) {
    RS_ASSERT_OK_AND_ASSIGN(const Network network, entry.build());
    EXPECT_TRUE(network.is_shape_only()) << entry.id;
    static_cast<void>(network.design_key());
    static_cast<void>(network_work(network));
    static_cast<void>(needed_macs(network));
    static_cast<void>(bit_operations(network));
    for (const Layer& layer : network.layers())
      for (const TensorPtr& constant : layer.constants)
        if (constant && constant->size() > 1) {
          EXPECT_FALSE(constant->has_values()) << entry.id << " " << layer.name;
        }
  }
}

double ops_of(const char* id) { return count(find(id)->build().value()).ops; }
double mebibytes_of(const char* id) { return 4 * count(find(id)->build().value()).parameters / (1 << 20); }

TEST(Zoo, SaysOfTheClassicsWhatEverybodySays) {
  EXPECT_NEAR(ops_of("lenet-5"), 680e3, 0.02 * 680e3);
  EXPECT_NEAR(ops_of("vgg-16"), 31e9, 0.02 * 31e9);
  EXPECT_GT(mebibytes_of("vgg-16"), 527);
  EXPECT_LT(mebibytes_of("vgg-16"), 550);
  EXPECT_NEAR(ops_of("resnet-50"), 8.2e9, 0.02 * 8.2e9);
}

// 24 layers of 12·S·H² for the projections and 2·S²·H for the attention.
TEST(Zoo, BertLargeMultipliesAsItsFormulaSays) {
  const double s = 384, h = 1024;
  const double formula = 24 * (12 * s * h * h + 2 * s * s * h);
  EXPECT_NEAR(count(find("bert-large-384")->build().value()).macs, formula, 0.002 * formula);
}

TEST(Zoo, RunningOneIsRefused) {
  RS_ASSERT_OK_AND_ASSIGN(const Network network, find("lenet-5")->build());
  EXPECT_THAT(network.check_values(), StatusIs(Code::kFailedPrecondition, HasSubstr("known by its shapes only")));
}

TEST(Zoo, MadeUpWeightsMakeOneRunnable) {
  RS_ASSERT_OK_AND_ASSIGN(const Network network, find("lenet-5")->build());
  RS_ASSERT_OK_AND_ASSIGN(const Network once, with_made_up_weights(network));
  RS_ASSERT_OK_AND_ASSIGN(const Network again, with_made_up_weights(network));
  EXPECT_TRUE(once.check_values().ok());
  EXPECT_EQ(once.key(), again.key());
  EXPECT_EQ(count(once).macs, count(network).macs);
}

TEST(Zoo, AStructureThatDoesNotFitIsAFaultOfTheProgram) {
  Builder small({3, 8, 8});
  EXPECT_THROW(small.conv(small.input(), 4, {.kernel = {9, 9}, .pad = kNoPad}), CheckFailure);
  Builder other({3, 8, 8});
  const LayerId narrow = other.pointwise(other.input(), 2);
  EXPECT_THROW(other.plus(narrow, other.input()), CheckFailure);
}

// ROOFSCAPE_UPDATE_GOLDEN=1 writes it anew.
TEST(Zoo, ThePageIsUpToDate) {
  RS_ASSERT_OK_AND_ASSIGN(const std::string page, models_page());
  const std::string path = ROOFSCAPE_SOURCE_DIR "/docs/models.md";
  if (std::getenv("ROOFSCAPE_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << page;
  std::ifstream file(path);
  const std::string kept{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_TRUE(page == kept) << "docs/models.md is stale; run this test with ROOFSCAPE_UPDATE_GOLDEN=1";
}

}  // namespace
}  // namespace roofscape::zoo
