// The contract of store.h. Every backend runs these tests: add its factory to the list at the end.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>

#include "db/store.h"
#include "db/test_support.h"

namespace roofscape::db {
namespace {

using ::roofscape::testing::IsOk;
using ::roofscape::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace testing;  // NOLINT: the samples of test_support.h

struct Backend {
  const char* name;
  std::function<Result<std::unique_ptr<Store>>(const std::string& folder)> open;
};

class StoreContract : public ::testing::TestWithParam<Backend> {
 protected:
  void SetUp() override { reopen(); }
  // As after a restart of the daemon.
  void reopen() {
    store_.reset();
    RS_ASSERT_OK_AND_ASSIGN(store_, GetParam().open(folder_.path()));
  }
  Store& store() { return *store_; }
  // Creates an exploration in `state` on the samples.
  void create(const std::string& id, v1::ExplorationState state = v1::QUEUED) {
    put_prerequisites(store());
    v1::Exploration exploration = sample_exploration(id);
    exploration.set_state(state);
    ASSERT_THAT(store().create_exploration(exploration, ""), IsOk());
  }
  Status put_sample_evaluations(const std::string& exploration, int first, int count) {
    std::vector<v1::Evaluation> evaluations;
    for (int i = first; i < first + count; ++i) evaluations.push_back(sample_evaluation(i));
    std::vector<Store::MeasuredEvaluation> measured;
    for (const v1::Evaluation& evaluation : evaluations)
      measured.push_back({sample_key(static_cast<int>(evaluation.index())), &evaluation});
    return store().put_evaluations(exploration, measured, [&](v1::Exploration& changed) {
      changed.set_evaluation_count(first + count);
      return Status();
    });
  }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<Store> store_;
};

Status fails_with_abort(v1::Exploration& exploration) {
  exploration.set_evaluation_count(999);
  return aborted("changed my mind");
}

std::vector<std::string> names(const std::vector<v1::Exploration>& explorations) {
  std::vector<std::string> found;
  for (const v1::Exploration& exploration : explorations) found.push_back(exploration.name());
  return found;
}

// --- blobs ---

TEST_P(StoreContract, BlobComesBack) {
  const std::string binary("\0\xff\n\r binary", 11);
  ASSERT_THAT(store().put_blob(sha256(binary), as_blob(binary)), IsOk());
  ASSERT_THAT(store().put_blob(sha256(binary), as_blob(binary)), IsOk());
  reopen();
  RS_ASSERT_OK_AND_ASSIGN(const std::vector<std::byte> back, store().get_blob(sha256(binary)));
  EXPECT_EQ(as_text(back), binary);
}

TEST_P(StoreContract, EmptyBlobComesBack) {
  ASSERT_THAT(store().put_blob(sha256(""), {}), IsOk());
  RS_ASSERT_OK_AND_ASSIGN(const std::vector<std::byte> back, store().get_blob(sha256("")));
  EXPECT_THAT(back, IsEmpty());
}

TEST_P(StoreContract, UnknownBlobIsNotFound) {
  EXPECT_THAT(store().get_blob(sha256("x")), StatusIs(Code::kNotFound, HasSubstr(sha256("x").hex())));
}

TEST_P(StoreContract, BlobUnderWrongHashIsRefused) {
  EXPECT_THAT(store().put_blob(sha256("x"), as_blob("y")),
              StatusIs(Code::kInvalidArgument, AllOf(HasSubstr(sha256("x").hex()), HasSubstr(sha256("y").hex()))));
  EXPECT_THAT(store().get_blob(sha256("x")), StatusIs(Code::kNotFound, HasSubstr("not stored")));
}

// --- models, data sets, platforms ---

TEST_P(StoreContract, ModelComesBackAfterReopening) {
  ASSERT_THAT(store().put_blob(sha256("onnx"), as_blob("onnx")), IsOk());
  ASSERT_THAT(store().put_model(sample_model("lenet5", "onnx")), IsOk());
  reopen();
  RS_ASSERT_OK_AND_ASSIGN(const v1::Model model, store().get_model("lenet5"));
  EXPECT_THAT(model, EqualsMessage(sample_model("lenet5", "onnx")));
}

TEST_P(StoreContract, EqualModelKeepsTheFirst) {
  ASSERT_THAT(store().put_blob(sha256("onnx"), as_blob("onnx")), IsOk());
  v1::Model first = sample_model("lenet5", "onnx");
  first.mutable_create_time()->set_seconds(1);
  ASSERT_THAT(store().put_model(first), IsOk());
  v1::Model again = first;
  again.mutable_create_time()->set_seconds(2);
  ASSERT_THAT(store().put_model(again), IsOk());
  RS_ASSERT_OK_AND_ASSIGN(const v1::Model model, store().get_model("lenet5"));
  EXPECT_EQ(model.create_time().seconds(), 1);
}

TEST_P(StoreContract, OtherModelUnderTheSameNameIsRefused) {
  ASSERT_THAT(store().put_blob(sha256("onnx"), as_blob("onnx")), IsOk());
  ASSERT_THAT(store().put_blob(sha256("other"), as_blob("other")), IsOk());
  ASSERT_THAT(store().put_model(sample_model("lenet5", "onnx")), IsOk());
  EXPECT_THAT(store().put_model(sample_model("lenet5", "other")),
              StatusIs(Code::kAlreadyExists, AllOf(HasSubstr("model 'lenet5' holds another file"),
                                                   HasSubstr(sha256("onnx").hex()), HasSubstr(sha256("other").hex()))));
  v1::Model prepared = sample_model("lenet5", "onnx");
  prepared.mutable_preparation()->set_scale(1.0 / 255);
  EXPECT_THAT(store().put_model(prepared), StatusIs(Code::kAlreadyExists, HasSubstr("another preparation")));
}

TEST_P(StoreContract, ModelNeedsItsBlob) {
  EXPECT_THAT(store().put_model(sample_model("lenet5", "onnx")),
              StatusIs(Code::kFailedPrecondition, HasSubstr(sha256("onnx").hex())));
  EXPECT_THAT(store().get_model("lenet5"), StatusIs(Code::kNotFound, HasSubstr("model 'lenet5' is not stored")));
}

TEST_P(StoreContract, BadNamesAreRefused) {
  ASSERT_THAT(store().put_blob(sha256("onnx"), as_blob("onnx")), IsOk());
  for (const char* id : {"", "../../etc", "UPPER", "a b", "x\x1b[31m"}) {
    EXPECT_THAT(store().put_model(sample_model(id, "onnx")), StatusIs(Code::kInvalidArgument, HasSubstr("a-z, 0-9")));
    EXPECT_THAT(store().get_model(id), StatusIs(Code::kNotFound, ::testing::Not(HasSubstr("\x1b"))));
  }
}

TEST_P(StoreContract, DatasetComesBackWithItsBlob) {
  ASSERT_THAT(store().put_blob(sha256("images"), as_blob("images")), IsOk());
  ASSERT_THAT(store().put_dataset(sample_dataset("fashion", "images"), sha256("images")), IsOk());
  reopen();
  ASSERT_THAT(store().put_dataset(sample_dataset("fashion", "images"), sha256("images")), IsOk());
  RS_ASSERT_OK_AND_ASSIGN(const v1::Dataset dataset, store().get_dataset("fashion"));
  EXPECT_THAT(dataset, EqualsMessage(sample_dataset("fashion", "images")));
  RS_ASSERT_OK_AND_ASSIGN(const Digest blob, store().get_dataset_blob("fashion"));
  EXPECT_EQ(blob, sha256("images"));
  EXPECT_THAT(store().get_dataset_blob("none"), StatusIs(Code::kNotFound, HasSubstr("data set 'none'")));
}

TEST_P(StoreContract, OtherDatasetUnderTheSameNameIsRefused) {
  ASSERT_THAT(store().put_blob(sha256("images"), as_blob("images")), IsOk());
  ASSERT_THAT(store().put_dataset(sample_dataset("fashion", "images"), sha256("images")), IsOk());
  EXPECT_THAT(store().put_dataset(sample_dataset("fashion", "other"), sha256("images")),
              StatusIs(Code::kAlreadyExists, HasSubstr("data set 'fashion' holds other data")));
  EXPECT_THAT(store().put_dataset(sample_dataset("second", "images"), sha256("missing")),
              StatusIs(Code::kFailedPrecondition, HasSubstr(sha256("missing").hex())));
}

TEST_P(StoreContract, PlatformIsReplaced) {
  ASSERT_THAT(store().put_platform(sample_platform("mine", "first")), IsOk());
  ASSERT_THAT(store().put_platform(sample_platform("mine", "second")), IsOk());
  reopen();
  RS_ASSERT_OK_AND_ASSIGN(const v1::Platform platform, store().get_platform("mine"));
  EXPECT_EQ(platform.title(), "second");
  ASSERT_THAT(store().delete_platform("mine"), IsOk());
  EXPECT_THAT(store().get_platform("mine"), StatusIs(Code::kNotFound, HasSubstr("platform 'mine'")));
  EXPECT_THAT(store().delete_platform("mine"), StatusIs(Code::kNotFound, HasSubstr("platform 'mine'")));
}

TEST_P(StoreContract, CalibrationIsReplacedAndSurvivesARestart) {
  v1::Calibration calibration;
  calibration.add_sources("first.csv");
  ASSERT_THAT(store().put_calibration("user", calibration), IsOk());
  calibration.set_sources(0, "second.csv");
  ASSERT_THAT(store().put_calibration("user", calibration), IsOk());
  reopen();
  RS_ASSERT_OK_AND_ASSIGN(const v1::Calibration back, store().get_calibration("user"));
  EXPECT_THAT(back.sources(), ElementsAre("second.csv"));
  ASSERT_THAT(store().delete_calibration("user"), IsOk());
  EXPECT_THAT(store().get_calibration("user"), StatusIs(Code::kNotFound, HasSubstr("calibration 'user'")));
  EXPECT_THAT(store().delete_calibration("user"), StatusIs(Code::kNotFound, HasSubstr("calibration 'user'")));
  EXPECT_THAT(store().put_calibration("A B", calibration),
              StatusIs(Code::kInvalidArgument, HasSubstr("'A B' cannot name one of the calibrations")));
}

TEST_P(StoreContract, WhatAnExplorationUsesIsNotDeleted) {
  ASSERT_THAT(store().put_platform(sample_platform("mine", "first")), IsOk());
  create("e1", v1::SUCCEEDED);
  const auto refusal = StatusIs(Code::kFailedPrecondition, HasSubstr("is used by exploration 'e1'"));
  EXPECT_THAT(store().delete_model("lenet5"), refusal);
  EXPECT_THAT(store().delete_dataset("fashion"), refusal);
  EXPECT_THAT(store().delete_platform("mine"), refusal);
  ASSERT_THAT(store().delete_exploration("e1"), IsOk());
  EXPECT_THAT(store().delete_model("lenet5"), IsOk());
  EXPECT_THAT(store().delete_dataset("fashion"), IsOk());
  EXPECT_THAT(store().delete_platform("mine"), IsOk());
  EXPECT_THAT(store().delete_model("lenet5"), StatusIs(Code::kNotFound, HasSubstr("model 'lenet5'")));
}

TEST_P(StoreContract, CalibrationDatasetIsUsedToo) {
  put_prerequisites(store());
  v1::Exploration exploration = sample_exploration("e1");
  exploration.mutable_spec()->mutable_calibration()->set_dataset("calibration");
  EXPECT_THAT(store().create_exploration(exploration, ""),
              StatusIs(Code::kNotFound, HasSubstr("data set 'calibration' is not stored")));
  ASSERT_THAT(store().put_dataset(sample_dataset("calibration", "c"), sha256("images")), IsOk());
  ASSERT_THAT(store().create_exploration(exploration, ""), IsOk());
  EXPECT_THAT(store().delete_dataset("calibration"), StatusIs(Code::kFailedPrecondition, HasSubstr("'e1'")));
}

TEST_P(StoreContract, BlobGoesWithTheLastThatNamesIt) {
  ASSERT_THAT(store().put_blob(sha256("onnx"), as_blob("onnx")), IsOk());
  ASSERT_THAT(store().put_model(sample_model("one", "onnx")), IsOk());
  ASSERT_THAT(store().put_model(sample_model("two", "onnx")), IsOk());
  ASSERT_THAT(store().delete_model("one"), IsOk());
  EXPECT_THAT(store().get_blob(sha256("onnx")), IsOk());
  ASSERT_THAT(store().delete_model("two"), IsOk());
  EXPECT_THAT(store().get_blob(sha256("onnx")), StatusIs(Code::kNotFound, HasSubstr("not stored")));
}

TEST_P(StoreContract, BlobAwaitedByAnImportOutlivesADelete) {
  ASSERT_THAT(store().put_blob(sha256("onnx"), as_blob("onnx")), IsOk());
  ASSERT_THAT(store().put_model(sample_model("one", "onnx")), IsOk());
  ASSERT_THAT(store().put_blob(sha256("onnx"), as_blob("onnx")), IsOk());  // a second import begins
  ASSERT_THAT(store().delete_model("one"), IsOk());
  EXPECT_THAT(store().put_model(sample_model("two", "onnx")), IsOk());
}

TEST_P(StoreContract, BlobOfARefusedImportGoes) {
  ASSERT_THAT(store().put_blob(sha256("onnx"), as_blob("onnx")), IsOk());
  ASSERT_THAT(store().put_model(sample_model("one", "onnx")), IsOk());
  ASSERT_THAT(store().put_blob(sha256("other"), as_blob("other")), IsOk());
  EXPECT_THAT(store().put_model(sample_model("one", "other")), StatusIs(Code::kAlreadyExists, HasSubstr("'one'")));
  EXPECT_THAT(store().get_blob(sha256("other")), StatusIs(Code::kNotFound, HasSubstr("not stored")));
  EXPECT_THAT(store().get_blob(sha256("onnx")), IsOk());
}

// --- lists ---

TEST_P(StoreContract, PagesCoverTheListOnce) {
  ASSERT_THAT(store().put_blob(sha256("onnx"), as_blob("onnx")), IsOk());
  for (int i = 0; i < 7; ++i) ASSERT_THAT(store().put_model(sample_model(fmt::format("m{}", i), "onnx")), IsOk());
  std::vector<std::string> seen;
  Page page{.size = 3, .token = ""};
  std::vector<std::size_t> sizes;
  do {
    RS_ASSERT_OK_AND_ASSIGN(const Listed<v1::Model> listed, store().list_models(page));
    for (const v1::Model& model : listed.rows) seen.push_back(model.name());
    sizes.push_back(listed.rows.size());
    page.token = listed.next_token;
  } while (!page.token.empty());
  EXPECT_THAT(sizes, ElementsAre(3, 3, 1));
  EXPECT_THAT(seen,
              ElementsAre("models/m0", "models/m1", "models/m2", "models/m3", "models/m4", "models/m5", "models/m6"));
}

TEST_P(StoreContract, LastFullPageHasNoToken) {
  for (const char* id : {"a", "b"}) ASSERT_THAT(store().put_platform(sample_platform(id, id)), IsOk());
  RS_ASSERT_OK_AND_ASSIGN(const Listed<v1::Platform> listed, store().list_platforms({.size = 2, .token = ""}));
  EXPECT_THAT(listed.rows, SizeIs(2));
  EXPECT_EQ(listed.next_token, "");
}

TEST_P(StoreContract, GarbageAndForeignTokensAreRefused) {
  for (const char* id : {"a", "b"}) ASSERT_THAT(store().put_platform(sample_platform(id, id)), IsOk());
  RS_ASSERT_OK_AND_ASSIGN(const Listed<v1::Platform> listed, store().list_platforms({.size = 1, .token = ""}));
  ASSERT_NE(listed.next_token, "");
  EXPECT_THAT(store().list_platforms({.size = 1, .token = listed.next_token}), IsOk());
  const auto refusal = StatusIs(Code::kInvalidArgument, HasSubstr("does not belong to this list"));
  EXPECT_THAT(store().list_models({.size = 1, .token = listed.next_token}), refusal);
  EXPECT_THAT(store().list_explorations({.size = 1, .token = listed.next_token}), refusal);
  for (const std::string garbage : {"x", "~", "1~2", "%00", "\xff\xfe"}) {
    EXPECT_THAT(store().list_platforms({.size = 1, .token = garbage}), refusal);
    EXPECT_THAT(store().list_datasets({.size = 1, .token = garbage}), refusal);
    EXPECT_THAT(store().list_explorations({.size = 1, .token = garbage}), refusal);
  }
  EXPECT_THAT(store().list_platforms({.size = -1, .token = ""}), StatusIs(Code::kInvalidArgument, HasSubstr("-1")));
}

TEST_P(StoreContract, ExplorationsAreListedNewestFirstAndByState) {
  for (int i = 0; i < 5; ++i) create(fmt::format("e{}", i), i % 2 == 0 ? v1::SUCCEEDED : v1::PAUSED);
  RS_ASSERT_OK_AND_ASSIGN(const auto all, store().list_explorations({}, 0));
  EXPECT_THAT(names(all.rows), ElementsAre("explorations/e4", "explorations/e3", "explorations/e2", "explorations/e1",
                                           "explorations/e0"));
  RS_ASSERT_OK_AND_ASSIGN(const auto first, store().list_explorations({.size = 2, .token = ""}, v1::SUCCEEDED));
  EXPECT_THAT(names(first.rows), ElementsAre("explorations/e4", "explorations/e2"));
  RS_ASSERT_OK_AND_ASSIGN(const auto second,
                          store().list_explorations({.size = 2, .token = first.next_token}, v1::SUCCEEDED));
  EXPECT_THAT(names(second.rows), ElementsAre("explorations/e0"));
  EXPECT_EQ(second.next_token, "");
  EXPECT_THAT(store().list_explorations({.size = 2, .token = first.next_token}, v1::PAUSED),
              StatusIs(Code::kInvalidArgument, HasSubstr("does not belong to this list")));
}

// --- explorations ---

TEST_P(StoreContract, ExplorationComesBackAfterReopening) {
  put_prerequisites(store());
  RS_ASSERT_OK_AND_ASSIGN(const v1::Exploration created, store().create_exploration(sample_exploration("e1"), "r1"));
  EXPECT_EQ(created.state(), v1::QUEUED);
  EXPECT_TRUE(created.has_create_time());
  EXPECT_TRUE(created.has_update_time());
  reopen();
  RS_ASSERT_OK_AND_ASSIGN(const v1::Exploration back, store().get_exploration("e1"));
  EXPECT_THAT(back, EqualsMessage(created));
}

TEST_P(StoreContract, RequestIdMakesCreationRepeatable) {
  put_prerequisites(store());
  RS_ASSERT_OK_AND_ASSIGN(const v1::Exploration first, store().create_exploration(sample_exploration("e1"), "r1"));
  reopen();
  RS_ASSERT_OK_AND_ASSIGN(const v1::Exploration again, store().create_exploration(sample_exploration("e2"), "r1"));
  EXPECT_THAT(again, EqualsMessage(first));
  EXPECT_THAT(store().get_exploration("e2"), StatusIs(Code::kNotFound, HasSubstr("exploration 'e2'")));
  EXPECT_THAT(store().create_exploration(sample_exploration("e1"), "r2"),
              StatusIs(Code::kAlreadyExists, HasSubstr("exploration 'e1' is there already")));
  EXPECT_THAT(store().create_exploration(sample_exploration("e1"), ""),
              StatusIs(Code::kAlreadyExists, HasSubstr("exploration 'e1' is there already")));
  EXPECT_THAT(store().create_exploration(sample_exploration("e3"), ""), IsOk());
  EXPECT_THAT(store().create_exploration(sample_exploration("e4"), ""), IsOk());
}

TEST_P(StoreContract, ExplorationNeedsItsModelAndData) {
  EXPECT_THAT(store().create_exploration(sample_exploration("e1"), ""),
              StatusIs(Code::kNotFound, HasSubstr("model 'lenet5' is not stored")));
  ASSERT_THAT(store().put_blob(sha256("onnx"), as_blob("onnx")), IsOk());
  ASSERT_THAT(store().put_model(sample_model("lenet5", "onnx")), IsOk());
  EXPECT_THAT(store().create_exploration(sample_exploration("e1"), ""),
              StatusIs(Code::kNotFound, HasSubstr("data set 'fashion' is not stored")));
}

TEST_P(StoreContract, UpdateChangesAndReturns) {
  create("e1");
  RS_ASSERT_OK_AND_ASSIGN(const v1::Exploration updated, store().update_exploration("e1", [](v1::Exploration& e) {
    e.set_state(v1::RUNNING);
    return Status();
  }));
  EXPECT_EQ(updated.state(), v1::RUNNING);
  reopen();
  RS_ASSERT_OK_AND_ASSIGN(const v1::Exploration back, store().get_exploration("e1"));
  EXPECT_THAT(back, EqualsMessage(updated));
  RS_ASSERT_OK_AND_ASSIGN(const auto running, store().list_explorations({}, v1::RUNNING));
  EXPECT_THAT(running.rows, SizeIs(1));
  RS_ASSERT_OK_AND_ASSIGN(const auto queued, store().list_explorations({}, v1::QUEUED));
  EXPECT_THAT(queued.rows, IsEmpty());
}

TEST_P(StoreContract, RefusedUpdateChangesNothing) {
  create("e1");
  RS_ASSERT_OK_AND_ASSIGN(const v1::Exploration before, store().get_exploration("e1"));
  EXPECT_THAT(store().update_exploration("e1", fails_with_abort), StatusIs(Code::kAborted, "changed my mind"));
  EXPECT_THAT(store().update_exploration("none", fails_with_abort),
              StatusIs(Code::kNotFound, HasSubstr("exploration 'none'")));
  EXPECT_THROW(static_cast<void>(store().update_exploration("e1", [](v1::Exploration&) -> Status { RS_CHECK(false); })),
               CheckFailure);
  RS_ASSERT_OK_AND_ASSIGN(const v1::Exploration after, store().get_exploration("e1"));
  EXPECT_THAT(after, EqualsMessage(before));
}

TEST_P(StoreContract, UpdateCannotMoveAnExplorationToAnotherModel) {
  create("e1");
  const auto rename = [](v1::Exploration& e) { return e.set_name("explorations/e9"), Status(); };
  const auto other = [](v1::Exploration& e) { return e.mutable_spec()->set_model("other"), Status(); };
  EXPECT_THAT(store().update_exploration("e1", rename), StatusIs(Code::kInternal, HasSubstr("cannot change")));
  EXPECT_THAT(store().update_exploration("e1", other), StatusIs(Code::kInternal, HasSubstr("cannot change")));
}

TEST_P(StoreContract, WritingInsideAChangeIsRefusedNotADeadlock) {
  create("e1");
  Status inner;
  ASSERT_THAT(store().update_exploration("e1",
                                         [&](v1::Exploration&) {
                                           inner = store().put_platform(sample_platform("mine", "x"));
                                           return Status();
                                         }),
              IsOk());
  EXPECT_THAT(inner, StatusIs(Code::kInternal, HasSubstr("inside another")));
}

TEST_P(StoreContract, DeleteTakesTheEvaluationsButNotTheMeasurements) {
  create("e1", v1::RUNNING);
  ASSERT_THAT(put_sample_evaluations("e1", 0, 3), IsOk());
  EXPECT_THAT(store().delete_exploration("e1"),
              StatusIs(Code::kFailedPrecondition, HasSubstr("exploration 'e1' is RUNNING; cancel it")));
  const auto cancel = [](v1::Exploration& e) { return e.set_state(v1::CANCELLED), Status(); };
  ASSERT_THAT(store().update_exploration("e1", cancel), IsOk());
  ASSERT_THAT(store().delete_exploration("e1"), IsOk());
  EXPECT_THAT(store().get_exploration("e1"), StatusIs(Code::kNotFound, HasSubstr("exploration 'e1'")));
  EXPECT_THAT(store().delete_exploration("e1"), StatusIs(Code::kNotFound, HasSubstr("exploration 'e1'")));
  EXPECT_THAT(store().get_evaluation("e1", 0), StatusIs(Code::kNotFound, HasSubstr("evaluation 'e1/0'")));
  RS_ASSERT_OK_AND_ASSIGN(const std::optional<v1::Counts> counts, store().find_measurement(sample_key(1)));
  EXPECT_TRUE(counts.has_value());
  // A new one of the same name starts empty.
  create("e1");
  RS_ASSERT_OK_AND_ASSIGN(const auto evaluations, store().list_evaluations("e1", 0, 10));
  EXPECT_THAT(evaluations, IsEmpty());
}

TEST_P(StoreContract, RecoverQueuesWhatWasRunning) {
  create("e1", v1::PAUSED);
  create("e2", v1::QUEUED);
  create("e3", v1::RUNNING);
  create("e4", v1::SUCCEEDED);
  create("e5", v1::RUNNING);
  reopen();
  RS_ASSERT_OK_AND_ASSIGN(const std::vector<std::string> ids, store().recover());
  EXPECT_THAT(ids, ElementsAre("e2", "e3", "e5"));
  RS_ASSERT_OK_AND_ASSIGN(const v1::Exploration e3, store().get_exploration("e3"));
  EXPECT_EQ(e3.state(), v1::QUEUED);
  RS_ASSERT_OK_AND_ASSIGN(const auto running, store().list_explorations({}, v1::RUNNING));
  EXPECT_THAT(running.rows, IsEmpty());
  RS_ASSERT_OK_AND_ASSIGN(const v1::Exploration e1, store().get_exploration("e1"));
  EXPECT_EQ(e1.state(), v1::PAUSED);
}

// --- measurements ---

TEST_P(StoreContract, MeasurementIsFoundByItsWholeKey) {
  ASSERT_THAT(store().put_measurement(sample_key(1), sample_counts(1)), IsOk());
  reopen();
  RS_ASSERT_OK_AND_ASSIGN(const std::optional<v1::Counts> found, store().find_measurement(sample_key(1)));
  ASSERT_TRUE(found.has_value());
  EXPECT_THAT(*found, EqualsMessage(sample_counts(1)));
  for (const int part : {0, 1, 2, 3}) {
    MeasurementKey other = sample_key(1);
    if (part == 0) other.network.bytes[31] ^= 1;
    if (part == 1) other.reference.bytes[0] ^= 1;
    if (part == 2) other.data.bytes[7] ^= 1;
    if (part == 3) other.fingerprint += " avx2";
    RS_ASSERT_OK_AND_ASSIGN(const std::optional<v1::Counts> none, store().find_measurement(other));
    EXPECT_FALSE(none.has_value()) << part;
  }
}

TEST_P(StoreContract, SeveralMeasurementsAreStoredWholeOrNotAtAll) {
  const std::vector<v1::Counts> counts = {sample_counts(1), sample_counts(2), sample_counts(3)};
  using Measurement = Store::Measurement;
  ASSERT_THAT(store().put_measurements(std::vector{Measurement{sample_key(1), &counts[0]}}), IsOk());
  EXPECT_THAT(store().put_measurements(
                  std::vector{Measurement{sample_key(2), &counts[1]}, Measurement{sample_key(1), &counts[2]}}),
              StatusIs(Code::kInternal, HasSubstr("measured twice")));
  RS_ASSERT_OK_AND_ASSIGN(const auto none, store().find_measurement(sample_key(2)));
  EXPECT_FALSE(none.has_value());
  ASSERT_THAT(store().put_measurements(
                  std::vector{Measurement{sample_key(1), &counts[0]}, Measurement{sample_key(2), &counts[1]}}),
              IsOk());
  RS_ASSERT_OK_AND_ASSIGN(const auto found, store().find_measurement(sample_key(2)));
  ASSERT_TRUE(found.has_value());
  EXPECT_THAT(*found, EqualsMessage(counts[1]));
}

TEST_P(StoreContract, OfMeasurementsOnMoreAndOnFewerImagesTheLongerStays) {
  v1::Counts few = sample_counts(1), all = sample_counts(2);
  few.set_image_count(100);
  all.set_image_count(1000);
  v1::Counts looked = all;
  *looked.add_looks() = few;
  const auto stored = [&] { return **store().find_measurement(sample_key(1)); };
  for (const v1::Counts* counts : {&few, &all, &few})
    ASSERT_THAT(store().put_measurement(sample_key(1), *counts), IsOk());
  EXPECT_THAT(stored(), EqualsMessage(looked)) << "what stood on fewer images stays known";
  // Looks are added where they are missing, and never lost.
  for (const v1::Counts* counts : {&looked, &all}) ASSERT_THAT(store().put_measurement(sample_key(1), *counts), IsOk());
  EXPECT_THAT(stored(), EqualsMessage(looked));
  v1::Counts other = looked;
  other.set_top1_count(other.top1_count() + 1);
  EXPECT_THAT(store().put_measurement(sample_key(1), other), StatusIs(Code::kInternal, HasSubstr("measured twice")));
}

TEST_P(StoreContract, MeasurementIsIdempotentAndCompared) {
  ASSERT_THAT(store().put_measurement(sample_key(1), sample_counts(1)), IsOk());
  ASSERT_THAT(store().put_measurement(sample_key(1), sample_counts(1)), IsOk());
  EXPECT_THAT(store().put_measurement(sample_key(1), sample_counts(2)),
              StatusIs(Code::kInternal, AllOf(HasSubstr("measured twice with different results"),
                                              HasSubstr("loss 1001"), HasSubstr("loss 1002"))));
  RS_ASSERT_OK_AND_ASSIGN(const std::optional<v1::Counts> found, store().find_measurement(sample_key(1)));
  EXPECT_THAT(*found, EqualsMessage(sample_counts(1)));
}

// --- evaluations ---

TEST_P(StoreContract, EvaluationsLandWithMeasurementsAndCounters) {
  create("e1", v1::RUNNING);
  ASSERT_THAT(put_sample_evaluations("e1", 0, 3), IsOk());
  ASSERT_THAT(put_sample_evaluations("e1", 3, 2), IsOk());
  reopen();
  RS_ASSERT_OK_AND_ASSIGN(const v1::Exploration exploration, store().get_exploration("e1"));
  EXPECT_EQ(exploration.evaluation_count(), 5);
  RS_ASSERT_OK_AND_ASSIGN(const auto all, store().list_evaluations("e1", 0, 100));
  ASSERT_THAT(all, SizeIs(5));
  for (int i = 0; i < 5; ++i) {
    EXPECT_THAT(all[static_cast<std::size_t>(i)], EqualsMessage(sample_evaluation(i)));
    RS_ASSERT_OK_AND_ASSIGN(const v1::Evaluation one, store().get_evaluation("e1", i));
    EXPECT_THAT(one, EqualsMessage(sample_evaluation(i)));
    RS_ASSERT_OK_AND_ASSIGN(const std::optional<v1::Counts> counts, store().find_measurement(sample_key(i)));
    ASSERT_TRUE(counts.has_value());
    EXPECT_THAT(*counts, EqualsMessage(sample_counts(i)));
  }
}

TEST_P(StoreContract, EvaluationsAreListedInSlices) {
  create("e1", v1::RUNNING);
  ASSERT_THAT(put_sample_evaluations("e1", 0, 12), IsOk());
  RS_ASSERT_OK_AND_ASSIGN(const auto slice, store().list_evaluations("e1", 9, 2));
  ASSERT_THAT(slice, SizeIs(2));
  EXPECT_EQ(slice[0].index(), 9);
  EXPECT_EQ(slice[1].index(), 10);
  RS_ASSERT_OK_AND_ASSIGN(const auto past, store().list_evaluations("e1", 12, 5));
  EXPECT_THAT(past, IsEmpty());
  RS_ASSERT_OK_AND_ASSIGN(const auto nothing, store().list_evaluations("e1", 0, -1));
  EXPECT_THAT(nothing, IsEmpty());
  EXPECT_THAT(store().list_evaluations("none", 0, 5), StatusIs(Code::kNotFound, HasSubstr("exploration 'none'")));
  EXPECT_THAT(store().get_evaluation("e1", 12), StatusIs(Code::kNotFound, HasSubstr("evaluation 'e1/12'")));
}

TEST_P(StoreContract, EqualEvaluationsMayComeAgain) {
  create("e1", v1::RUNNING);
  ASSERT_THAT(put_sample_evaluations("e1", 0, 3), IsOk());
  ASSERT_THAT(put_sample_evaluations("e1", 0, 5), IsOk());
  RS_ASSERT_OK_AND_ASSIGN(const auto all, store().list_evaluations("e1", 0, 100));
  EXPECT_THAT(all, SizeIs(5));
}

TEST_P(StoreContract, DifferentEvaluationTakesTheWholeBatchBack) {
  create("e1", v1::RUNNING);
  ASSERT_THAT(put_sample_evaluations("e1", 0, 1), IsOk());
  const v1::Evaluation fresh = sample_evaluation(1);
  v1::Evaluation different = sample_evaluation(0);
  different.set_label("retrained");
  const Store::MeasuredEvaluation batch[] = {{sample_key(1), &fresh}, {sample_key(0), &different}};
  EXPECT_THAT(store().put_evaluations("e1", batch, {}),
              StatusIs(Code::kInternal, HasSubstr("exploration 'e1': evaluation 0 is stored with other content")));
  EXPECT_THAT(store().get_evaluation("e1", 1), StatusIs(Code::kNotFound, HasSubstr("e1/1")));
  RS_ASSERT_OK_AND_ASSIGN(const std::optional<v1::Counts> counts, store().find_measurement(sample_key(1)));
  EXPECT_FALSE(counts.has_value());
}

TEST_P(StoreContract, RefusedChangeTakesTheWholeBatchBack) {
  create("e1", v1::RUNNING);
  const v1::Evaluation evaluation = sample_evaluation(0);
  const Store::MeasuredEvaluation batch[] = {{sample_key(0), &evaluation}};
  EXPECT_THAT(store().put_evaluations("e1", batch, fails_with_abort), StatusIs(Code::kAborted, "changed my mind"));
  EXPECT_THAT(store().put_evaluations("none", batch, {}), StatusIs(Code::kNotFound, HasSubstr("exploration 'none'")));
  EXPECT_THAT(store().get_evaluation("e1", 0), StatusIs(Code::kNotFound, HasSubstr("e1/0")));
  RS_ASSERT_OK_AND_ASSIGN(const std::optional<v1::Counts> counts, store().find_measurement(sample_key(0)));
  EXPECT_FALSE(counts.has_value());
}

TEST_P(StoreContract, IncompleteEvaluationsAreRefused) {
  create("e1", v1::RUNNING);
  v1::Evaluation evaluation = sample_evaluation(0);
  evaluation.clear_counts();
  const Store::MeasuredEvaluation uncounted[] = {{sample_key(0), &evaluation}};
  EXPECT_THAT(store().put_evaluations("e1", uncounted, {}), StatusIs(Code::kInternal, HasSubstr("has no counts")));
  const Store::MeasuredEvaluation missing[] = {{sample_key(0), nullptr}};
  EXPECT_THAT(store().put_evaluations("e1", missing, {}), StatusIs(Code::kInternal, HasSubstr("missing")));
  evaluation = sample_evaluation(-1);
  const Store::MeasuredEvaluation negative[] = {{sample_key(0), &evaluation}};
  EXPECT_THAT(store().put_evaluations("e1", negative, {}), StatusIs(Code::kInternal, HasSubstr("index -1")));
}

INSTANTIATE_TEST_SUITE_P(Backends, StoreContract,
                         ::testing::Values(Backend{"Sqlite",
                                                   [](const std::string& folder) { return open_store(folder); }}),
                         [](const auto& backend) { return std::string(backend.param.name); });

}  // namespace
}  // namespace roofscape::db
