// Whole commands against a server with canned answers.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "client/rpc/interrupt.h"
#include "client/run.h"
#include "client/testing/console.h"
#include "client/testing/fake_server.h"
#include "client/testing/samples.h"
#include "proto/packed_frame.h"

namespace roofscape::client {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class CommandTest : public ::testing::Test {
 protected:
  CommandTest() : folder_(::testing::TempDir() + "/commands_test_" + std::to_string(getpid())) {
    std::filesystem::create_directories(folder_);
    FakeState& state = server.state;
    state.model = sample_model();
    state.platform = sample_cpu();
    state.estimate = sample_estimate(sample_cpu(), 8);
    state.exploration = sample_exploration();
    state.fronts = sample_fronts();
    state.evaluations = sample_evaluations();
    state.dataset.set_name("datasets/fashion");
    state.dataset.set_image_count(10000);
    state.dataset.set_class_count(10);
    state.dataset.set_labelled(true);
    state.dataset.set_element("uint8");
    state.onnx = "ONNX bytes, in pieces";
  }
  ~CommandTest() override { std::filesystem::remove_all(folder_); }

  struct Outcome {
    int code = 0;
    std::string out, err;
  };
  Outcome run_with(std::vector<std::string> words) {
    words.insert(words.end(), {"--server", server.address()});
    TestConsole test;
    const int code = run(words, test.console);
    return {code, test.out.str(), test.err.str()};
  }
  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
    return path(name);
  }
  static std::string content(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  static v1::ExplorationEvent event(std::int64_t sequence, v1::ExplorationState state, std::int64_t done) {
    v1::ExplorationEvent event;
    event.set_sequence(sequence);
    event.set_state(state);
    event.set_evaluation_count(done);
    event.set_evaluations_wanted(200);
    event.set_hypervolume(0.5);
    return event;
  }

  std::string folder_;
  FakeServer server;
};

TEST_F(CommandTest, ModelImportSendsTheFileAndItsPreparation) {
  const std::string bytes(3 << 20, 'x');
  const Outcome outcome =
      run_with({"model", "import", write("My LeNet.onnx", bytes), "--scale", "1/255", "--mean", "0.1,0.2"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("imported lenet5: 416,520 MACs"));
  EXPECT_THAT(outcome.err, IsEmpty());
  EXPECT_EQ(server.state.uploaded, bytes);
  EXPECT_EQ(server.state.model_metadata.id(), "my-lenet");
  EXPECT_EQ(server.state.model_metadata.file_bytes(), 3 << 20);
  EXPECT_DOUBLE_EQ(server.state.model_metadata.preparation().scale(), 1.0 / 255);
  EXPECT_THAT(server.state.model_metadata.preparation().mean(), ElementsAre(0.1, 0.2));
  EXPECT_THAT(server.state.model_metadata.request_id(), Not(IsEmpty()));
}

TEST_F(CommandTest, ModelImportRefusesBadInputBeforeItAsksAServer) {
  EXPECT_EQ(run_with({"model", "import", path("none.onnx")}).code, 2);
  const std::string file = write("a.onnx", "x");
  EXPECT_THAT(run_with({"model", "import", file, "--scale", "1/0"}).err, HasSubstr("--scale has '1/0'"));
  EXPECT_THAT(run_with({"model", "import", file, "--std", "0"}).err, HasSubstr("--std has a 0"));
  EXPECT_THAT(run_with({"model", "import", file, "--name", "A B"}).err, HasSubstr("cannot be the name of a model"));
  EXPECT_THAT(server.state.uploaded, IsEmpty());
}

TEST_F(CommandTest, DatasetImportSendsImagesThenLabels) {
  const Outcome outcome = run_with({"dataset", "import", "--name", "fashion", "--images", write("i", "IMAGES"),
                                    "--labels", write("l", "LABELS"), "--limit", "5", "--format", "json"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("\"image_count\": \"10000\""));
  EXPECT_EQ(server.state.uploaded, "IMAGES");
  EXPECT_EQ(server.state.uploaded_labels, "LABELS");
  EXPECT_EQ(server.state.dataset_metadata.labels_bytes(), 6);
  EXPECT_EQ(server.state.dataset_metadata.limit(), 5);
}

TEST_F(CommandTest, ValidateSendsFilesAndPrintsFigures) {
  server.state.validation = sample_validation();
  const std::string file = write("measured.csv", "a,b\n1,2\n");
  const Outcome outcome = run_with({"validate", file, write("costs.csv", "c\n1\n")});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  ASSERT_EQ(server.state.validate_request.files_size(), 2);
  EXPECT_EQ(server.state.validate_request.files(0).name(), "measured.csv");
  EXPECT_EQ(server.state.validate_request.files(0).contents(), "a,b\n1,2\n");
  EXPECT_EQ(server.state.validate_request.files(1).name(), "costs.csv");
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("class gpu"), HasSubstr("the platform"), HasSubstr("31 %"), HasSubstr("0.995")));
  EXPECT_THAT(outcome.out, Not(HasSubstr("the row")));
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("1 of 60 rows are off by more than a factor of two"),
                                 HasSubstr("measured.csv:12"), HasSubstr("fuses or skips work")));
  EXPECT_THAT(outcome.out, Not(HasSubstr("measured.csv:13 ")));
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("1,204 rows were left out"), HasSubstr("'abacus'")));
  EXPECT_THAT(run_with({"validate", file, "--all"}).out, HasSubstr("measured.csv:13 "));
}

TEST_F(CommandTest, ValidateHasOtherFormsAndAPicture) {
  server.state.validation = sample_validation();
  const std::string file = write("measured.csv", "a\n1\n");
  const Outcome csv = run_with({"validate", file, "--format", "csv", "--plot", path("v.svg")});
  EXPECT_EQ(std::count(csv.out.begin(), csv.out.end(), '\n'), 1 + 60 * 3);
  EXPECT_THAT(content(path("v.svg")), AllOf(HasSubstr("without the platform"), HasSubstr("median error 7 %")));
  EXPECT_THAT(run_with({"validate", file, "--format", "json"}).out, HasSubstr("\"rank_correlation\": 0.995"));
  EXPECT_THAT(run_with({"validate"}).err, HasSubstr("needs FILE"));
  EXPECT_THAT(run_with({"validate", path("none.csv")}).err, HasSubstr("none.csv"));
}

TEST_F(CommandTest, ValidateTimesTheHostAndKeepsTheTimes) {
  v1::ValidateHostResponse progress, last;
  progress.set_doing("timing networks");
  progress.set_timings_done(3);
  progress.set_timings_total(10);
  *last.mutable_validation() = sample_validation();
  last.mutable_measurements()->set_contents("platform,network\nhost,tfc\n");
  server.state.host_validation = {progress, last};
  const Outcome outcome = run_with({"validate", "--host", "--threads", "2", "--rounds", "3", "--network", "tfc",
                                    "--network", "resnet-8", "--measurements", path("host.csv")});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("class gpu"), HasSubstr("0.995")));
  EXPECT_EQ(content(path("host.csv")), "platform,network\nhost,tfc\n");
  EXPECT_EQ(server.state.host_request.threads(), 2);
  EXPECT_EQ(server.state.host_request.rounds(), 3);
  EXPECT_THAT(server.state.host_request.networks(), ElementsAre("tfc", "resnet-8"));
}

TEST_F(CommandTest, ValidateTakesFilesOrTheHost) {
  const std::string file = write("measured.csv", "a\n1\n");
  EXPECT_THAT(run_with({"validate", file, "--host"}).err, HasSubstr("FILE and --host are two sources"));
  EXPECT_THAT(run_with({"validate", file, "--rounds", "3"}).err, HasSubstr("--rounds goes with --host"));
  server.state.host_validation.clear();
  EXPECT_THAT(run_with({"validate", "--host"}).err, HasSubstr("ended a validation without result"));
}

TEST_F(CommandTest, FilesOfOneNameKeepTheirFolders) {
  std::filesystem::create_directories(path("a"));
  EXPECT_EQ(run_with({"validate", write("x.csv", "a\n1\n"), write("a/x.csv", "a\n2\n")}).code, 0);
  EXPECT_EQ(server.state.validate_request.files(1).name(), path("a/x.csv"));
}

TEST_F(CommandTest, CalibrateStoresUnlessItIsADryRun) {
  v1::Calibration& calibration = server.state.calibration;
  calibration.add_sources("mine.csv: 40 rows used, 2 left out");
  calibration.add_features("one");
  v1::CalibrationScope* scope = calibration.add_scopes();
  scope->set_kind(v1::CalibrationScope::PLATFORM);
  scope->set_id("raspberry-pi-4");
  scope->set_row_count(40);
  scope->set_network_count(12);
  scope->set_residual_spread(0.25);
  scope->add_coefficients(1.23456789);
  const std::string file = write("mine.csv", "a\n1\n");
  const Outcome stored = run_with({"platform", "calibrate", "--measurements", file});
  EXPECT_EQ(stored.code, 0) << stored.err;
  EXPECT_TRUE(server.state.calibrate_request.store());
  EXPECT_FALSE(server.state.calibrate_request.from_scratch());
  EXPECT_THAT(stored.out, AllOf(HasSubstr("mine.csv: 40 rows used"), HasSubstr("raspberry-pi-4"), HasSubstr("×1.28"),
                                EndsWith("in force from now on\n")));

  const Outcome dry = run_with(
      {"platform", "calibrate", "--measurements", file, "--dry-run", "--from-scratch", "--output", path("out.txtpb")});
  EXPECT_FALSE(server.state.calibrate_request.store());
  EXPECT_TRUE(server.state.calibrate_request.from_scratch());
  EXPECT_THAT(dry.out, EndsWith("nothing was stored\n"));
  EXPECT_THAT(content(path("out.txtpb")), HasSubstr("coefficients: [1.235]"));

  EXPECT_THAT(run_with({"platform", "uncalibrate"}).out, HasSubstr("ships with Roofscape is in force again"));
  EXPECT_EQ(server.state.deleted, "calibration");
}

TEST_F(CommandTest, EstimatesShowTheirIntervalAndItsBasis) {
  v1::Estimate& estimate = server.state.estimate;
  estimate.set_latency_seconds(1.32e-3);
  estimate.mutable_latency_interval_seconds()->set_low(0.98e-3);
  estimate.mutable_latency_interval_seconds()->set_high(1.81e-3);
  estimate.set_calibration("154 measurements of this platform");
  const Outcome outcome = run_with({"estimate", "--model", "lenet5", "--platform", "raspberry-pi-4"});
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("1.32 ms (0.980–1.81)"), HasSubstr("154 measurements of this platform")));
}

TEST_F(CommandTest, PlatformShowSaysOnWhatItsEstimatesLean) {
  EXPECT_THAT(run_with({"platform", "show", "raspberry-pi-4"}).out, HasSubstr("nothing of its kind has been measured"));
  v1::PlatformCalibration& of = *server.state.platform.mutable_calibration();
  of.set_seen(v1::CalibrationGrade::FAMILY);
  of.set_group("cortex-a72");
  of.set_row_count(219);
  of.set_residual_spread(0.2);
  of.set_low_quantile(-1);
  of.set_high_quantile(1);
  EXPECT_THAT(run_with({"platform", "show", "raspberry-pi-4"}).out,
              HasSubstr("219 measurements of others of the family 'cortex-a72'; nine of ten unseen networks take 0.82 "
                        "to 1.22 times the estimate"));
}

TEST_F(CommandTest, ListsJoinAllPages) {
  const Outcome outcome = run_with({"model", "list"});
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("lenet5"), HasSubstr("resnet8")));
  const Outcome csv = run_with({"model", "list", "--format", "csv"});
  EXPECT_EQ(std::count(csv.out.begin(), csv.out.end(), '\n'), 3);
  EXPECT_THAT(run_with({"model", "list", "--format", "json"}).out, HasSubstr("\"next_page_token\": \"\""));
}

TEST_F(CommandTest, ListsCanLeaveBuiltInModelsOut) {
  EXPECT_EQ(run_with({"model", "list"}).code, 0);
  EXPECT_THAT(server.state.model_filter, IsEmpty());
  EXPECT_EQ(run_with({"model", "list", "--imported"}).code, 0);
  EXPECT_EQ(server.state.model_filter, "built_in=false");
}

TEST_F(CommandTest, ABuiltInModelIsShownBesideWhatWasPublished) {
  v1::Model& model = server.state.model;
  model.set_built_in(true);
  model.set_shape_only(true);
  model.set_title("LeNet-5");
  v1::PublishedCounts* published = model.add_published();
  published->set_source("LeCun et al. (1998)");
  published->set_weight_count(static_cast<double>(model.weight_count()) / 1.01);
  const Outcome outcome = run_with({"model", "show", "lenet5"});
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("LeNet-5"), HasSubstr("(we: +1.0 %); LeCun et al. (1998)"),
                                 HasSubstr("it can be estimated, not evaluated"), Not(HasSubstr("sha256"))));
}

TEST_F(CommandTest, ShowsNeverPrintRawNames) {
  server.state.model.mutable_layers(0)->set_name("evil\x1b[2J\nname");
  const Outcome outcome = run_with({"model", "show", "lenet5"});
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("evil\\x1b[2J\\x0aname"), Not(HasSubstr("\x1b"))));
  EXPECT_THAT(outcome.out, HasSubstr("raw × 0.00392157"));
}

TEST_F(CommandTest, PagesAreWrittenForThePlatformsThatShip) {
  server.state.platform.set_built_in(true);
  const Outcome outcome = run_with({"docs", "platforms", path("docs")});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(content(path("docs/platforms.md")), HasSubstr("| [`raspberry-pi-4`](platforms/raspberry-pi-4.md) |"));
  EXPECT_THAT(content(path("docs/platforms/raspberry-pi-4.md")),
              AllOf(StartsWith("# raspberry-pi-4: "), HasSubstr("| Figure | Value | Origin | Source |")));
}

TEST_F(CommandTest, ExplorationEvaluationsListAllThatWasMeasured) {
  const Outcome all = run_with({"exploration", "evaluations", "e1", "--where", "top1 >= 0.9", "--where",
                                "latency@zcu104 <= 1 ms", "--order-by", "top1 desc"});
  EXPECT_EQ(all.code, 0) << all.err;
  EXPECT_EQ(server.state.list_request.parent(), "explorations/e1");
  EXPECT_EQ(server.state.list_request.filter(), "top1 >= 0.9 AND latency@zcu104 <= 1 ms");
  EXPECT_EQ(server.state.list_request.order_by(), "top1 desc");
  EXPECT_THAT(all.out, AllOf(HasSubstr("latency@raspberry-pi-4  latency@zcu104"), HasSubstr("base "),
                             HasSubstr("\n121 evaluations\n"), HasSubstr("behind a method: integer")));
  const Outcome few = run_with({"exploration", "evaluations", "e1", "--limit", "3", "--platform", "zcu104"});
  EXPECT_THAT(few.out, AllOf(HasSubstr("3 evaluations; --limit leaves out more"), HasSubstr("energy"),
                             Not(HasSubstr("raspberry"))));
  EXPECT_EQ(server.state.list_request.page_size(), 3);
  const Outcome csv = run_with({"exploration", "evaluations", "e1", "--format", "csv"});
  EXPECT_EQ(std::count(csv.out.begin(), csv.out.end(), '\n'), 1 + 121 * 2);
  EXPECT_THAT(csv.out, HasSubstr(",recipe,violation\n"));
  EXPECT_THAT(run_with({"exploration", "evaluations", "e1", "--format", "json", "--limit", "1"}).out,
              AllOf(HasSubstr("\"index\": \"0\""), HasSubstr("\"next_page_token\": \"\"")));
  EXPECT_THAT(run_with({"exploration", "evaluations", "e1", "--platform", "zcu140"}).err,
              HasSubstr("did you mean 'zcu104'?"));
}

TEST_F(CommandTest, ExplorationEvaluationsTellWhatWasOutEarly) {
  EXPECT_THAT(run_with({"exploration", "evaluations", "e1"}).out, Not(HasSubstr("out after")));
  server.state.evaluations.set_base_image_count(9488);
  server.state.evaluations.mutable_evaluations(3)->mutable_accuracy()->set_image_count(448);
  const Outcome outcome = run_with({"exploration", "evaluations", "e1", "--limit", "10"});
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("out after 448 images"), HasSubstr("so measured on no more images\n")));
  EXPECT_EQ(outcome.out.find("out after"), outcome.out.rfind("out after")) << "one of ten";
  EXPECT_THAT(run_with({"exploration", "evaluations", "e1", "--format", "json"}).out,
              HasSubstr("\"base_image_count\": \"9488\""));
}

TEST_F(CommandTest, ExplorationEvaluationsShortenRecipesAndAskForAllPages) {
  v1::Evaluation& long_one = *server.state.evaluations.mutable_evaluations(5);
  for (int i = 0; i < 40; ++i) {
    v1::Step* step = long_one.mutable_recipe()->add_steps();
    step->set_layer("stage" + std::to_string(i));
    step->set_method(i % 2 == 0 ? "prune" : "share");
  }
  long_one.set_violation(0.5);
  const Outcome brief = run_with({"exploration", "evaluations", "e1"});
  EXPECT_THAT(brief.out, AllOf(HasSubstr("; …\n"), Not(HasSubstr("stage39"))));
  EXPECT_THAT(run_with({"exploration", "evaluations", "e1", "--full"}).out, HasSubstr("stage39: share"));
  for (int i = 0; i < 2000; ++i) *server.state.evaluations.add_evaluations() = sample_evaluation(121 + i, 8, 0.9);
  EXPECT_THAT(run_with({"exploration", "evaluations", "e1"}).out, HasSubstr("2,121 evaluations\n"));
  EXPECT_THAT(run_with({"exploration", "evaluations", "e1", "--limit", "1500"}).out,
              HasSubstr("1,500 evaluations; --limit leaves out more"));
  server.state.evaluations.Clear();
  EXPECT_THAT(run_with({"exploration", "evaluations", "e1"}).out, HasSubstr("no evaluation of this kind"));
}

TEST_F(CommandTest, EstimatesShowLayersAndTotals) {
  const Outcome outcome =
      run_with({"estimate", "--model", "models/lenet5", "--platform", "raspberry-pi-4", "--batch", "8"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("bound by"), HasSubstr("conv2"), HasSubstr("7 layers"), HasSubstr("µs")));
  EXPECT_EQ(server.state.estimate_request.model(), "models/lenet5");
  EXPECT_EQ(server.state.estimate_request.batch(), 8);
  EXPECT_FALSE(server.state.estimate_request.has_configuration());
}

TEST_F(CommandTest, EstimatesCompareSeveralPlatforms) {
  server.state.platform_estimates = sample_platform_estimates();
  const Outcome two = run_with(
      {"estimate", "--model", "lenet5", "--platform", "gpu-a", "--platform", "platforms/chip", "--batch", "4"});
  EXPECT_EQ(two.code, 0) << two.err;
  EXPECT_THAT(server.state.platforms_request.platforms(), ElementsAre("gpu-a", "platforms/chip"));
  EXPECT_EQ(server.state.platforms_request.estimate().model(), "models/lenet5");
  EXPECT_EQ(server.state.platforms_request.estimate().batch(), 4);
  EXPECT_THAT(server.state.platforms_request.estimate().platform(), IsEmpty());
  EXPECT_LT(two.out.find("\nchip "), two.out.find("\ngpu-a "));

  const Outcome all = run_with({"estimate", "--model", "lenet5", "--as", "int8", "--platform", "*", "--sort", "energy",
                                "--limit", "1", "--plot", path("devices.svg")});
  EXPECT_EQ(all.code, 0) << all.err;
  EXPECT_EQ(server.state.platforms_request.estimate().format(), "int8");
  EXPECT_THAT(all.out, AllOf(HasSubstr("5 by energy, of which --limit leaves out 1"), HasSubstr("not priced: eie")));
  EXPECT_THAT(all.err, HasSubstr("wrote "));
  EXPECT_THAT(content(path("devices.svg")), HasSubstr("lenet5 in int8: energy of an image on 3 platforms"));
  EXPECT_THAT(run_with({"estimate", "--macs", "4G", "--platform", "*", "--format", "csv"}).out,
              HasSubstr("chip,A chip,network,asic"));
  const Outcome json = run_with({"estimate", "--model", "lenet5", "--platform", "*", "--format", "json"});
  EXPECT_THAT(json.out, AllOf(HasSubstr("\"energy_basis\": \"ACTIVITY_ALONE\""), HasSubstr("\"unpriced\"")));
}

TEST_F(CommandTest, EstimatesSayWhatEnergyIsMadeOfAndRestsOn) {
  v1::Estimate& estimate = server.state.estimate;
  estimate.set_energy_joules(4e-3);
  estimate.set_energy_basis(v1::ACTIVITY_AND_STATIC_POWER);
  const auto add = [&](v1::EnergySpentOn spent_on, double joules, const char* memory) {
    v1::EnergyPart* part = estimate.add_energy_parts();
    part->set_spent_on(spent_on);
    part->set_energy_joules(joules);
    part->set_memory(memory);
  };
  add(v1::SPENT_ON_OPERATIONS, 1e-3, "");
  add(v1::SPENT_ON_MEMORY, 0.4e-3, "SRAM");
  add(v1::SPENT_ON_MEMORY, 2e-3, "DRAM");
  add(v1::SPENT_ON_STATIC_POWER, 0.4e-3, "");
  add(v1::SPENT_ON_WAITING_FOR_HOST, 0.2e-3, "");
  const std::vector<std::string> words = {"estimate", "--model", "m", "--platform", "p"};
  EXPECT_THAT(run_with(words).out,
              AllOf(HasSubstr("operations, bytes and static power"),
                    HasSubstr("DRAM 2.00 mJ (50 %), operations 1.00 mJ (25 %), SRAM 400 µJ (10 %), static power 400 µJ "
                              "(10 %), waiting for the host 200 µJ (5 %)")));
  std::vector<std::string> csv = words;
  csv.insert(csv.end(), {"--format", "csv"});
  EXPECT_THAT(run_with(csv).out,
              AllOf(HasSubstr(",energy_basis,image_operations_energy_joules,"),
                    HasSubstr(",\"operations, bytes and static power\",0.001,0.0024"), HasSubstr(",0.0004,0.0002,0,")));
}

TEST_F(CommandTest, EstimatesNeverSayYesWhereItIsNotKnownWhetherTheyFit) {
  server.state.estimate.clear_fits();
  server.state.estimate.set_fit_not_known("memory 'DRAM' does not state its capacity");
  const std::vector<std::string> words = {"estimate", "--model", "m", "--platform", "p"};
  EXPECT_THAT(run_with(words).out, HasSubstr("not known (memory 'DRAM' does not state its capacity)"));
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), words.begin(), words.end());
    return run_with(more).out;
  };
  EXPECT_THAT(with({"--format", "json"}), AllOf(HasSubstr("\"fit_not_known\""), Not(HasSubstr("\"fits\""))));
  EXPECT_THAT(with({"--batches", "1,2"}), AllOf(HasSubstr("not known"), Not(HasSubstr("yes"))));
  EXPECT_THAT(with({"--batches", "1,2", "--format", "json"}), Not(HasSubstr("\"fits\"")));
}

TEST_F(CommandTest, EstimatesShowTheRoofBesideTheCalibratedPrice) {
  v1::Estimate& estimate = server.state.estimate;
  const std::vector<std::string> words = {"estimate", "--model", "m", "--platform", "p"};
  EXPECT_THAT(run_with(words).out, Not(HasSubstr("calibrated")));
  EXPECT_FALSE(server.state.estimate_request.with_ceilings_only());
  const v1::Estimate priced = estimate;
  v1::Estimate& roof = *estimate.mutable_ceilings_only() = priced;
  for (v1::LayerEstimate& layer : *roof.mutable_layers()) layer.set_latency_seconds(layer.latency_seconds() / 4);
  roof.set_latency_seconds(12.5e-6);
  estimate.set_latency_seconds(50e-6);
  estimate.mutable_latency_interval_seconds()->set_low(40e-6);
  estimate.mutable_latency_interval_seconds()->set_high(60e-6);
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), words.begin(), words.end());
    more.emplace_back("--ceilings-only");
    return run_with(more).out;
  };
  const std::string text = with({});
  EXPECT_TRUE(server.state.estimate_request.with_ceilings_only());
  EXPECT_THAT(text, AllOf(HasSubstr("12.5 µs"), HasSubstr("calibrated latency is 4 times that"), HasSubstr("  roof"),
                          HasSubstr("calibrated  share")));
  EXPECT_THAT(with({"--format", "json"}), HasSubstr("\"ceilings_only\": {"));
  EXPECT_THAT(with({"--format", "csv"}), HasSubstr(",1.25e-05,"));
  EXPECT_THAT(with({"--batches", "1,2"}), AllOf(HasSubstr("roof"), HasSubstr("12.5 µs")));
  EXPECT_THAT(with({"--batches", "1,2", "--format", "json"}), HasSubstr("\"ceilings_only_latency_seconds\": 1.25e-05"));
}

TEST_F(CommandTest, ThroughputHasItsInterval) {
  v1::Estimate& estimate = server.state.estimate;
  estimate.set_throughput_per_second(500);
  estimate.mutable_throughput_interval_per_second()->set_low(400);
  estimate.mutable_throughput_interval_per_second()->set_high(700);
  EXPECT_THAT(run_with({"estimate", "--model", "m", "--platform", "p"}).out, HasSubstr("500 (400–700) images/s"));
  EXPECT_THAT(run_with({"estimate", "--model", "m", "--platform", "p", "--format", "csv"}).out,
              AllOf(HasSubstr(",throughput_low_per_second,throughput_high_per_second,"), HasSubstr(",500,400,700,")));
  EXPECT_THAT(run_with({"estimate", "--model", "m", "--platform", "p", "--batches", "1,2"}).out,
              HasSubstr("500 (400–700)"));
  EXPECT_THAT(run_with({"estimate", "--model", "m", "--platform", "p", "--batches", "1,2", "--format", "json"}).out,
              HasSubstr("\"throughput_high_per_second\": 700"));
}

TEST_F(CommandTest, EstimatesRefuseOptionsOfTheOtherKind) {
  const std::vector<std::string> one = {"estimate", "--model", "m", "--platform", "p"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), one.begin(), one.end());
    return run_with(more).err;
  };
  EXPECT_THAT(with({"--sort", "energy"}), HasSubstr("--sort orders several platforms, and one is named"));
  EXPECT_THAT(with({"--limit", "3"}), HasSubstr("--limit orders several platforms"));
  EXPECT_THAT(with({"--plot", path("x.svg")}), HasSubstr("or several platforms"));
  EXPECT_THAT(with({"--platform", "q", "--batches", "1,2"}), HasSubstr("--batches prices one platform"));
  EXPECT_THAT(with({"--platform", "q", "--sort", "speed"}), HasSubstr("use latency, throughput, energy"));
  EXPECT_THAT(with({"--platform", "q", "--limit", "0"}), HasSubstr("whole number from 1"));
}

TEST_F(CommandTest, EstimatesTakeAFormat) {
  const Outcome outcome = run_with({"estimate", "--model", "vgg-16", "--platform", "nvidia-t4", "--as", "int4 x int8"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(server.state.estimate_request.format(), "int4 x int8");
}

TEST_F(CommandTest, ANetworkIsKnownByItsTotals) {
  server.state.estimate.clear_layers();
  server.state.estimate.set_binding_roof("compute int8 x int8");
  server.state.estimate.add_roof_times()->set_roof("memory DRAM, weights");
  server.state.estimate.set_wall_energy_joules(0.5);
  const std::vector<std::string> words = {"estimate",  "--macs",  "4.1G",   "--parameters", "25.6M",
                                          "--input",   "224x224", "--name", "resnet-50",    "--platform",
                                          "nvidia-t4", "--as",    "int8"};
  const Outcome outcome = run_with(words);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("bound by"), HasSubstr("memory DRAM, weights"), HasSubstr("at the wall"),
                                 Not(HasSubstr("layers"))));
  const v1::EstimateModelRequest& asked = server.state.estimate_request;
  ASSERT_TRUE(asked.has_totals());
  EXPECT_EQ(asked.totals().name(), "resnet-50");
  EXPECT_DOUBLE_EQ(asked.totals().mac_count(), 4.1e9);
  EXPECT_DOUBLE_EQ(asked.totals().parameter_count(), 25.6e6);
  EXPECT_DOUBLE_EQ(asked.totals().activation_count(), 0);
  EXPECT_DOUBLE_EQ(asked.totals().input_position_count(), 224 * 224);
  EXPECT_EQ(asked.format(), "int8");
  std::vector<std::string> as_csv = words;
  as_csv.insert(as_csv.end(), {"--format", "csv"});
  const Outcome csv = run_with(as_csv);
  EXPECT_EQ(std::count(csv.out.begin(), csv.out.end(), '\n'), 2);
  EXPECT_THAT(csv.out, AllOf(HasSubstr("compute int8 x int8"), HasSubstr(",0.5,,\n")));
}

TEST_F(CommandTest, ANetworkIsAModelOrTotals) {
  const Outcome both = run_with({"estimate", "--model", "lenet5", "--macs", "4e9", "--platform", "p"});
  EXPECT_EQ(both.code, 2);
  EXPECT_THAT(both.err, HasSubstr("--model and --macs are given; a network is either a model or known by totals"));
  const Outcome neither = run_with({"estimate", "--platform", "p"});
  EXPECT_EQ(neither.code, 2);
  EXPECT_THAT(neither.err, HasSubstr("name a --model, or give its totals: --macs, or the --name of a well-known one"));
  EXPECT_THAT(run_with({"estimate", "--macs", "lots", "--platform", "p"}).err,
              HasSubstr("--macs is 'lots'; give a positive number such as 4.1e9 or 4.1G"));
}

TEST_F(CommandTest, EstimatesAsCsvHoldTheWholeBesideTheLayers) {
  v1::Estimate& estimate = server.state.estimate;
  estimate.set_latency_seconds(2);
  estimate.mutable_latency_interval_seconds()->set_low(1.5);
  estimate.mutable_latency_interval_seconds()->set_high(3);
  const Outcome outcome = run_with({"estimate", "--model", "m", "--platform", "p", "--format", "csv"});
  EXPECT_THAT(outcome.out, AllOf(StartsWith("layer,op,arithmetic,runs_as,op_count,weight_bytes,activation_bytes,"
                                            "intensity_ops_per_byte,binding_roof,latency_seconds,energy_joules,"
                                            "ceilings_only_latency_seconds,batch,"
                                            "batch_latency_seconds,batch_latency_low_seconds,"),
                                 HasSubstr(",1,2,1.5,3,")));
  EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 8);  // the header and seven layers
}

TEST_F(CommandTest, ThroughputIsShownAgainstBatch) {
  server.state.estimate.set_binding_roof("memory DRAM");
  server.state.estimate.set_throughput_per_second(500);
  server.state.estimate.mutable_latency_interval_seconds()->set_low(1e-6);
  server.state.estimate.mutable_latency_interval_seconds()->set_high(1e-3);
  const std::vector<std::string> words = {"estimate",  "--model",   "lenet5", "--platform",
                                          "nvidia-t4", "--batches", "1..4,32"};
  const Outcome outcome = run_with(words);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("500"), HasSubstr("images/s"), HasSubstr("memory DRAM"),
                                 HasSubstr("smallest with 90 % of the best throughput"), HasSubstr("32")));
  EXPECT_EQ(server.state.estimate_request.batch(), 32);
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), words.begin(), words.end());
    return run_with(more);
  };
  EXPECT_THAT(with({"--format", "csv"}).out,
              AllOf(StartsWith("platform,network,binding_roof,fits,sufficient,batch,batch_latency_seconds,"),
                    HasSubstr("raspberry-pi-4,lenet5,memory DRAM,true,true,1,")));
  EXPECT_THAT(with({"--format", "json"}).out, AllOf(HasSubstr("\"sufficient_batch\": 1"), HasSubstr("\"batches\"")));
  EXPECT_EQ(with({"--plot", path("batch.svg")}).code, 0);
  EXPECT_THAT(content(path("batch.svg")), HasSubstr("lenet5 on raspberry-pi-4: throughput against batch"));
  EXPECT_THAT(with({"--batch", "8"}).err, HasSubstr("--batches 1,8 prices both"));
  EXPECT_THAT(run_with({"estimate", "--model", "m", "--platform", "p", "--plot", path("x.svg")}).err,
              HasSubstr("give --batches too, such as 1..64"));
}

TEST_F(CommandTest, ServersFieldsFindTheirLine) {
  const std::string config = write("c.yaml", "space:\n  - layers: '*'\n    integer: {weight_bits: 17}\n");
  server.state.failure =
      out_of_range("weight_bits is 17; use 2 to 16").at("configuration.space[0].integer.weight_bits[0]");
  const Outcome outcome = run_with({"estimate", "--model", "m", "--platform", "p", "--config", config});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("c.yaml:3:"), HasSubstr("use 2 to 16")));
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1);
}

TEST_F(CommandTest, EveryKindOfFailureHasItsExitStatus) {
  const auto code_for = [&](Status status) {
    server.state.failure = std::move(status);
    const Outcome outcome = run_with({"model", "show", "lenet5"});
    EXPECT_THAT(outcome.err, StartsWith("roofscape: "));
    EXPECT_THAT(outcome.out, IsEmpty());
    return outcome.code;
  };
  EXPECT_EQ(code_for(invalid_argument("x")), 2);
  EXPECT_EQ(code_for(unavailable("draining")), 3);
  EXPECT_EQ(code_for(not_found("there is no model 'lenet5'")), 4);
  EXPECT_EQ(code_for(failed_precondition("x")), 5);
  EXPECT_EQ(code_for(already_exists("x")), 5);
  EXPECT_EQ(code_for(resource_exhausted("x")), 6);
  EXPECT_EQ(code_for(internal_error("x")), 7);
  EXPECT_EQ(code_for(data_loss("x")), 7);
}

TEST_F(CommandTest, NoServerIsThree) {
  server.stop();
  const Outcome outcome = run_with({"model", "list"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("no server answers at '"), HasSubstr("roofscaped --listen")));
}

TEST_F(CommandTest, ServerAndLocalExcludeEachOther) {
  EXPECT_THAT(run_with({"model", "list", "--local", folder_}).err, HasSubstr("exclude each other"));
}

TEST_F(CommandTest, FrontJsonIsTheSameForEqualRunsOfAnyName) {
  const std::string first = run_with({"front", "e1", "--format", "json"}).out;
  for (v1::ParetoFront& front : *server.state.fronts.mutable_fronts()) {
    front.mutable_base()->set_name("explorations/other/evaluations/0");
    for (v1::Evaluation& evaluation : *front.mutable_evaluations())
      evaluation.set_name("explorations/other/evaluations/" + std::to_string(evaluation.index()));
  }
  EXPECT_EQ(run_with({"front", "other", "--format", "json"}).out, first);
  EXPECT_THAT(first,
              AllOf(HasSubstr("\"name\": \"evaluations/"), HasSubstr("\"latency_seconds\""), Not(HasSubstr("time\""))));
}

TEST_F(CommandTest, FrontsShowWhatDiffers) {
  const Outcome outcome = run_with({"front", "e1", "--where", "top1>=0.9", "--platform", "zcu104"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("zcu104: "), HasSubstr("base"), HasSubstr("integer w8 a4"),
                                 HasSubstr("behind a method: integer: w weight_bits, a activation_bits"),
                                 Not(HasSubstr("min-max"))));
  EXPECT_THAT(server.state.front_request.where(), ElementsAre("top1>=0.9"));
  EXPECT_EQ(server.state.front_request.platform(), "platforms/zcu104");
}

TEST_F(CommandTest, FrontsAreDrawn) {
  const Outcome outcome = run_with({"front", "e1", "--plot", path("front.svg"), "--format", "csv"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(content(path("front.svg")), AllOf(StartsWith("<svg"), EndsWith("</svg>\n")));
  EXPECT_THAT(outcome.out, AllOf(StartsWith("platform,index,top1"),
                                 HasSubstr("integer(activation_bits=8,ranges=min-max,weight_bits=")));
  const Outcome nowhere = run_with({"front", "e1", "--plot", path("no/such/front.svg")});
  EXPECT_EQ(nowhere.code, 2);
  EXPECT_THAT(nowhere.out, IsEmpty()) << "found out before the server was asked";
}

TEST_F(CommandTest, FrontsSayWhatToChoose) {
  server.state.fronts = sample_folded_fronts();
  const v1::ParetoFront& front = server.state.fronts.fronts(0);
  const Outcome outcome = run_with({"front", "e1", "--pick", "5"});
  EXPECT_EQ(server.state.front_request.pick(), 5);
  EXPECT_FALSE(server.state.front_request.show_all());
  const std::string number = std::to_string(front.recommended().index());
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("shown, which keep 99.0 % of it"), HasSubstr("stands for"),
                                 HasSubstr("★ " + number + " "),
                                 HasSubstr("★ #" + number + " is recommended: it loses 0.4 points of top-1")));
  const Outcome csv = run_with({"front", "e1", "--all", "--format", "csv"});
  EXPECT_TRUE(server.state.front_request.show_all());
  EXPECT_THAT(csv.out, AllOf(HasSubstr("recipe,recommended,stands_for_count,confirmed_top1,"),
                             HasSubstr(",true,2,,,,,\n"), HasSubstr(",false,2,,,,,\n")));
  EXPECT_THAT(outcome.out, Not(HasSubstr("confirmed")));
  EXPECT_THAT(run_with({"front", "e1", "--pick", "0"}).err, HasSubstr("--pick"));
}

TEST_F(CommandTest, FrontsShowBothFiguresWhereTheyWereConfirmed) {
  server.state.fronts = sample_confirmed_fronts();
  const v1::ParetoFront& front = server.state.fronts.fronts(0);
  const Outcome outcome = run_with({"front", "e1", "--plot", path("confirmed.svg")});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("top-1 (95 %)  "), HasSubstr("confirmed (95 %)"),
                                 HasSubstr("91.30 % (90.7–91.8)"), HasSubstr("91.20 % (90.0–92.3)"),
                                 HasSubstr("confirmed: on 2,846 images that the search never used. By these the top-1 "
                                           "of the search is 0.40 points too high in the mean of "),
                                 HasSubstr("that of the base network, which nobody selected, is 0.10 points too high"),
                                 HasSubstr("\n! breaks a constraint on the images of the confirmation")));
  const v1::Evaluation& worst = front.evaluations(front.evaluations_size() - 1);
  EXPECT_THAT(outcome.out, HasSubstr(fmt::format("! {:.2f} % (", 100 * worst.confirmed().top1())));
  EXPECT_THAT(content(path("confirmed.svg")), HasSubstr(", confirmed 91.20 % (90.0–92.3)"));
  EXPECT_THAT(run_with({"front", "e1", "--format", "csv"}).out,
              AllOf(HasSubstr(",confirmed_top1,confirmed_top1_low,confirmed_top1_high,confirmed_image_count,refuted\n"),
                    HasSubstr(",2846,false\n"), HasSubstr(",2846,true\n")));
  EXPECT_THAT(run_with({"front", "e1", "--format", "json"}).out,
              AllOf(HasSubstr("\"confirmed\": {"), HasSubstr("\"refuted\": ["), Not(HasSubstr("\"refuted\": []"))));

  // Found worse than they are, and a base network that nobody confirmed yet.
  for (v1::ParetoFront& one : *server.state.fronts.mutable_fronts()) {
    one.mutable_base()->clear_confirmed();
    one.clear_refuted();
    for (v1::Evaluation& evaluation : *one.mutable_evaluations())
      evaluation.mutable_confirmed()->set_top1(evaluation.accuracy().top1() + 0.002);
  }
  EXPECT_THAT(run_with({"front", "e1"}).out, AllOf(HasSubstr("of the search is 0.20 points too low in the mean of "),
                                                   Not(HasSubstr("nobody")), Not(HasSubstr("! "))));
}

// As one of the points or before them for comparison, and never both.
TEST_F(CommandTest, FrontsListTheBaseNetworkOnce) {
  const auto rows = [&] {
    std::istringstream lines(run_with({"front", "e1", "--platform", "zcu104"}).out);
    int count = 0;
    for (std::string line; std::getline(lines, line);) count += line.ends_with(" fp32") ? 1 : 0;
    return count;
  };
  server.state.fronts.mutable_fronts()->DeleteSubrange(0, 1);
  EXPECT_EQ(rows(), 1);
  v1::ParetoFront& front = *server.state.fronts.mutable_fronts(0);
  *front.mutable_evaluations(0) = front.base();
  EXPECT_EQ(rows(), 1);
}

TEST_F(CommandTest, FrontsAreCompared) {
  server.state.comparison = sample_comparison();
  const Outcome outcome = run_with({"compare", "e1", "e2", "--platform", "zcu104", "--plot", path("c.svg")});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(server.state.compare_request.name(), "explorations/e1");
  EXPECT_EQ(server.state.compare_request.other(), "explorations/e2");
  EXPECT_EQ(server.state.compare_request.platform(), "platforms/zcu104");
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("zcu104: maximise top1, minimise latency"), HasSubstr("e1 dominates "),
                                 HasSubstr("e1 extends the front of e2 by #"),
                                 HasSubstr("note: energy is an objective of 'e2' alone")));
  EXPECT_THAT(content(path("c.svg")), HasSubstr("The front of e1 against that of e2"));
  EXPECT_THAT(run_with({"compare", "e1", "e2", "--format", "csv"}).out,
              AllOf(StartsWith("platform,side,point,standing,beaten_by"), HasSubstr("zcu104,e2,"),
                    HasSubstr("zcu104,configuration,int2.yaml,extends,")));
  EXPECT_THAT(run_with({"compare", "e1", "e2", "--format", "json"}).out, HasSubstr("\"joint_hypervolume\": 0.83"));
}

TEST_F(CommandTest, ConfigurationsAreMeasuredBeforeTheyAreCompared) {
  server.state.comparison = sample_comparison();
  for (v1::FrontComparison& comparison : *server.state.comparison.mutable_comparisons()) comparison.clear_second();
  v1::EvaluateModelResponse last;
  *last.mutable_evaluation() = sample_evaluation(0, 4, 0.87);
  server.state.evaluation = {last};
  const std::string config = write("int4.yaml", "space:\n  - layers: '*'\n    integer: {weight_bits: 4}\n");
  const Outcome outcome = run_with({"compare", "e1", "--config", config, "--config", "explorations/e2/evaluations/3"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(server.state.evaluate_request.exploration(), "explorations/e1");
  EXPECT_EQ(server.state.evaluate_request.evaluation(), "explorations/e2/evaluations/3");
  ASSERT_EQ(server.state.compare_request.contenders_size(), 2);
  EXPECT_EQ(server.state.compare_request.contenders(0).label(), config);
  EXPECT_EQ(server.state.compare_request.contenders(1).label(), "e2 #3");
  EXPECT_THAT(server.state.compare_request.contenders(0).evaluation().accuracy().top1(), 0.87);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("points of e1"), HasSubstr("is dominated by #17"), HasSubstr("int2.yaml"),
                                 Not(HasSubstr("of both together"))));
}

TEST_F(CommandTest, CompareNeedsTwoSides) {
  const Outcome outcome = run_with({"compare", "e1"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("name another exploration, or give --config"));
  EXPECT_EQ(run_with({"compare", "e1", "--config", path("none.yaml")}).code, 2);
  EXPECT_EQ(run_with({"compare", "e1", "e2", "--plot", path("no/such/c.svg")}).code, 2);
  server.state.failure = not_found("exploration 'e2' does not exist").at("other");
  EXPECT_EQ(run_with({"compare", "e1", "e2"}).code, 4);
}

TEST_F(CommandTest, RooflinesAreDrawn) {
  const std::string config = write("c.yaml", "space:\n  - layers: '*'\n    integer: {weight_bits: 8}\n");
  const Outcome outcome = run_with(
      {"roofline", "--model", "lenet5", "--platform", "raspberry-pi-4", "--config", config, "--plot", path("r.svg")});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(content(path("r.svg")), AllOf(HasSubstr("lenet5: roofline"), HasSubstr("c.yaml")));
}

TEST_F(CommandTest, RooflinesHoldSeveralPlatforms) {
  const std::vector<std::string> two = {"roofline",   "--model", "lenet5", "--platform", "raspberry-pi-4",
                                        "--platform", "zcu104",  "--as",   "int8"};
  EXPECT_THAT(run_with(two).out, Not(HasSubstr("ceilings alone")));
  const Outcome tables = run_with(two);
  EXPECT_EQ(tables.code, 0) << tables.err;
  EXPECT_THAT(tables.out, AllOf(HasSubstr("fp32 "), HasSubstr("\nroof "), HasSubstr("bound by"), HasSubstr("conv2"),
                                HasSubstr("\nint8\n")));
  std::vector<std::string> json = two;
  json.insert(json.end(), {"--format", "json"});
  EXPECT_THAT(run_with(json).out, AllOf(HasSubstr("\"share_of_time\": "), HasSubstr("\"bytes_per_second\": ")));
  std::vector<std::string> drawn = two;
  drawn.insert(drawn.end(), {"--plot", path("two.svg")});
  EXPECT_EQ(run_with(drawn).out, "wrote " + path("two.svg") + "\n");
  EXPECT_THAT(content(path("two.svg")), AllOf(HasSubstr("p0 layer"), HasSubstr("p1 layer"), HasSubstr("int8")));
}

TEST_F(CommandTest, RooflinesTakeTimesOfCeilingsAlone) {
  const v1::Estimate priced = server.state.estimate;
  *server.state.estimate.mutable_ceilings_only() = priced;
  server.state.estimate.mutable_ceilings_only()->set_latency_seconds(7.77);
  const Outcome outcome = run_with({"roofline", "--model", "lenet5", "--platform", "p", "--ceilings-only"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_TRUE(server.state.estimate_request.with_ceilings_only());
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("times are those of ceilings alone"), HasSubstr("fp32 7.77 s")));
}

TEST_F(CommandTest, RooflinesRefuseWhatOneChartCannotHold) {
  std::vector<std::string> many = {"roofline", "--model", "lenet5"};
  for (int i = 0; i < 7; ++i) many.insert(many.end(), {"--platform", "p" + std::to_string(i)});
  const Outcome seven = run_with(many);
  EXPECT_EQ(seven.code, 2);
  EXPECT_THAT(seven.err, HasSubstr("--platform is given 7 times; a chart holds at most 6 platforms"));
  EXPECT_THAT(run_with({"roofline", "--model", "lenet5", "--platform", "zcu104", "--platform", "platforms/zcu104"}).err,
              HasSubstr("--platform zcu104 is given twice; a chart shows each platform once"));
}

TEST_F(CommandTest, ExportsWriteTheWholeFile) {
  const Outcome outcome = run_with({"export", "e1", "17", "-o", path("out.onnx")});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(content(path("out.onnx")), server.state.onnx);
  EXPECT_EQ(server.state.export_request.name(), "explorations/e1/evaluations/17");
  EXPECT_EQ(server.state.export_request.weights(), v1::UINT8_WEIGHTS);
  EXPECT_EQ(run_with({"export", "e1", "17", "-o", path("out.onnx"), "--weights", "int8"}).code, 0);
  EXPECT_EQ(server.state.export_request.weights(), v1::INT8_WEIGHTS);
  EXPECT_EQ(server.state.export_request.dialect(), v1::STANDARD_ONNX);
  EXPECT_EQ(run_with({"export", "e1", "17", "-o", path("out.onnx"), "--dialect", "qonnx"}).code, 0);
  EXPECT_EQ(server.state.export_request.dialect(), v1::QONNX);
  EXPECT_THAT(run_with({"export", "e1", "17", "-o", path("out.onnx"), "--weights", "int4"}).err,
              HasSubstr("use uint8, int8"));
  EXPECT_EQ(server.state.export_request.form(), v1::ONNX_FILE);
  server.state.failure = not_found("there is no evaluation 99");
  EXPECT_EQ(run_with({"export", "e1", "99", "-o", path("other.onnx")}).code, 4);
  EXPECT_FALSE(std::filesystem::exists(path("other.onnx")));
}

TEST_F(CommandTest, PackedExportsSayHowSmallTheyAre) {
  v1::PackedManifest manifest;
  manifest.set_bit_count(40);
  manifest.set_element_count(10);
  server.state.onnx = write_packed_frame(manifest, "12345");
  const Outcome outcome = run_with({"export", "e1", "17", "-o", path("out.rsw"), "--packed"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(server.state.export_request.form(), v1::PACKED_WEIGHTS_FILE);
  EXPECT_EQ(content(path("out.rsw")), server.state.onnx);
  EXPECT_THAT(outcome.out, HasSubstr("40 bits of weights, 8.0 times smaller than fp32"));
  EXPECT_THAT(run_with({"export", "e1", "17", "-o", path("b.rsw"), "--packed", "--weights", "int8"}).err,
              HasSubstr("leave it out with --packed"));
  server.state.onnx = "an older daemon's ONNX file";
  EXPECT_THAT(run_with({"export", "e1", "17", "-o", path("b.rsw"), "--packed"}).err, HasSubstr("RSWEIGHT"));
  EXPECT_FALSE(std::filesystem::exists(path("b.rsw")));
}

constexpr const char* kCheck = "model: lenet5\ndataset: fashion\nconfiguration: int8.yaml\nlimits:\n  - top1 >= 0.90\n";

TEST_F(CommandTest, CheckReadsTheConfigurationBesideIt) {
  write("int8.yaml", "space:\n  - layers: '*'\n    integer: {weight_bits: 8}\n");
  server.state.check.set_holds(true);
  server.state.check.add_results()->set_holds(true);
  const Outcome holds = run_with({"check", write("check.yaml", kCheck)});
  EXPECT_EQ(holds.code, 0) << holds.err;
  EXPECT_EQ(server.state.check_request.spec().rules().space_size(), 1);
  EXPECT_THAT(holds.out, HasSubstr("all 1 limits hold"));

  server.state.check.set_holds(false);
  v1::LimitResult* result = server.state.check.mutable_results(0);
  result->set_holds(false);
  result->set_limit("top1 >= 0.90");
  result->set_value(0.87);
  result->set_message("top1 is 0.87, 3.3 % too low");
  const Outcome broken = run_with({"check", path("check.yaml")});
  EXPECT_EQ(broken.code, 1);
  EXPECT_THAT(broken.out, AllOf(HasSubstr("BROKEN"), HasSubstr("top1 >= 0.90"), HasSubstr("3.3 % too low")));
  EXPECT_EQ(run_with({"check", path("check.yaml"), "--format", "json"}).code, 1);

  result->clear_value();
  result->set_limit("fits");
  result->set_message("fits board: not known (memory 'DRAM' does not state its capacity)");
  const Outcome unknown = run_with({"check", path("check.yaml")});
  EXPECT_EQ(unknown.code, 1) << "what is not known does not pass a gate";
  EXPECT_THAT(unknown.out,
              AllOf(HasSubstr("NOT KNOWN"), Not(HasSubstr("BROKEN")), HasSubstr("1 of 1 limits not known to hold")));
}

TEST_F(CommandTest, CheckTellsBadInputFromBrokenAndFromNoServer) {
  const std::string check = write("check.yaml", kCheck);
  const Outcome no_file = run_with({"check", check});
  EXPECT_EQ(no_file.code, 2);
  EXPECT_THAT(no_file.err, AllOf(HasSubstr("check.yaml:3:"), HasSubstr("int8.yaml")));
  write("int8.yaml", "space:\n  - layers: '*'\n    integr: {weight_bits: 8}\n  - opp: Conv\n");
  server.state.failure = invalid_argument("there is no method 'integr'").at("spec.rules.space[0].integr");
  const Outcome inside = run_with({"check", check});
  EXPECT_EQ(inside.code, 2);
  EXPECT_THAT(inside.err, HasSubstr("int8.yaml:"));
  write("int8.yaml", "space:\n  - layers: '*'\n    integer: {weight_bits: 8}\n");
  server.state.failure = not_found("there is no model 'lenet5'").at("spec.model");
  const Outcome unknown = run_with({"check", check});
  EXPECT_EQ(unknown.code, 2) << "a gate's file that names nothing stored is bad input";
  EXPECT_THAT(unknown.err, HasSubstr("check.yaml:1:"));
  EXPECT_EQ(run_with({"check", path("none.yaml")}).code, 2);
  server.stop();
  EXPECT_EQ(run_with({"check", check}).code, 3);
}

constexpr const char* kExploration = R"(model: lenet5
dataset: fashion
platforms: [raspberry-pi-4, zcu104]
space:
  - layers: "*"
    integer: {weight_bits: [2, 4, 8]}
objectives: [maximise top1, minimise latency]
constraints: [top1 >= 0.85]
)";

TEST_F(CommandTest, ExploreShowsTheFrontAtTheEnd) {
  server.state.events = {event(1, v1::QUEUED, 0), event(2, v1::RUNNING, 100), event(3, v1::SUCCEEDED, 200)};
  const Outcome outcome = run_with({"explore", write("e.yaml", kExploration)});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("raspberry-pi-4: "));
  EXPECT_THAT(outcome.err, HasSubstr("explorations/e1: 121 candidates"));
  EXPECT_EQ(server.state.create_request.spec().space_size(), 1);
  EXPECT_THAT(server.state.create_request.request_id(), Not(IsEmpty()));
}

TEST_F(CommandTest, ExploreDetaches) {
  const Outcome outcome = run_with({"explore", write("e.yaml", kExploration), "--detach"});
  EXPECT_EQ(outcome.out, "explorations/e1\n");
  EXPECT_THAT(server.state.watched_after, IsEmpty());
}

TEST_F(CommandTest, ExploreSaysWhereTheFileIsWrong) {
  server.state.failure = not_found("there is no platform 'zcu104'").at("spec.platforms[1]");
  const Outcome outcome = run_with({"explore", write("e.yaml", kExploration)});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.err, HasSubstr("e.yaml:3:"));
}

TEST_F(CommandTest, WatchPrintsEventsAsLines) {
  server.state.events = {event(1, v1::RUNNING, 0), event(2, v1::SUCCEEDED, 200)};
  const Outcome outcome = run_with({"exploration", "watch", "e1", "--format", "json"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 2);
  EXPECT_THAT(outcome.out, StartsWith("{\"sequence\":\"1\",\"state\":\"RUNNING\""));
}

TEST_F(CommandTest, WatchGoesOnWhereTheServerLeftIt) {
  server.state.events = {event(1, v1::RUNNING, 0), event(2, v1::RUNNING, 50), event(3, v1::SUCCEEDED, 200)};
  server.state.hold_after = 2;
  Outcome outcome;
  std::thread client([&] { outcome = run_with({"exploration", "watch", "e1", "--format", "json"}); });
  {
    std::unique_lock<std::mutex> lock(server.state.mutex);
    server.state.changed.wait(lock, [&] { return server.state.events_sent == 2; });
  }
  server.stop();
  server.state.hold_after = -1;
  server.start();
  client.join();
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 3) << "no event twice, none lost:\n"
                                                                         << outcome.out;
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("the server went away; trying again"), HasSubstr("the server is back")));
  EXPECT_EQ(server.state.watched_after.back(), 2);
}

TEST_F(CommandTest, WatchSaysHowItEnded) {
  server.state.events = {event(1, v1::FAILED, 20)};
  server.state.events[0].set_error_message("the data set is gone");
  const Outcome failed = run_with({"exploration", "watch", "e1"});
  EXPECT_EQ(failed.code, 8);
  EXPECT_THAT(failed.err, HasSubstr("the data set is gone"));
  server.state.events = {event(1, v1::PAUSED, 20)};
  const Outcome paused = run_with({"exploration", "watch", "e1"});
  EXPECT_EQ(paused.code, 0);
  EXPECT_THAT(paused.err, HasSubstr("roofscape exploration resume e1 --server "));
  server.state.events = {event(1, v1::CANCELLED, 20)};
  EXPECT_EQ(run_with({"exploration", "watch", "e1"}).code, 8);
}

TEST_F(CommandTest, CtrlCDetaches) {
  server.state.events = {event(1, v1::RUNNING, 0), event(2, v1::SUCCEEDED, 200)};
  server.state.hold_after = 1;
  Outcome outcome;
  std::thread client([&] { outcome = run_with({"exploration", "watch", "e1"}); });
  {
    std::unique_lock<std::mutex> lock(server.state.mutex);
    server.state.changed.wait(lock, [&] { return server.state.events_sent == 1; });
  }
  raise(SIGINT);
  client.join();
  EXPECT_EQ(outcome.code, 130);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("detached; explorations/e1 goes on"),
                                 HasSubstr("'roofscape exploration cancel e1 --server ")));
}

TEST_F(CommandTest, ExplorationsAreControlled) {
  EXPECT_EQ(run_with({"exploration", "pause", "e1"}).out, "explorations/e1 is paused\n");
  EXPECT_EQ(run_with({"exploration", "resume", "e1"}).out, "explorations/e1 is queued\n");
  EXPECT_EQ(run_with({"exploration", "cancel", "e1"}).out, "explorations/e1 is cancelled\n");
  EXPECT_THAT(run_with({"exploration", "extend", "e1", "--evaluations", "50"}).out, HasSubstr("is queued"));
  EXPECT_EQ(server.state.extended_by, 50);
  EXPECT_THAT(run_with({"exploration", "extend", "e1", "--evaluations", "0"}).err, HasSubstr("whole number from 1"));
  EXPECT_EQ(run_with({"exploration", "delete", "e1"}).out, "deleted explorations/e1\n");
  EXPECT_EQ(server.state.deleted, "explorations/e1");
  EXPECT_THAT(run_with({"exploration", "show", "e1"}).out,
              AllOf(HasSubstr("succeeded"), HasSubstr("space"), Not(HasSubstr("rank correlation")),
                    HasSubstr("'roofscape sensitivity --exploration e1' shows")));
  server.state.exploration.set_image_count(412'000);
  server.state.exploration.set_rank_correlation(0.968);
  for (int i = 0; i < 25; ++i) server.state.exploration.add_known()->add_point(i);
  v1::SensitiveLayers& sensitive = *server.state.exploration.mutable_sensitive_layers();
  sensitive.set_setting("integer {weight_bits: 4}");
  for (const auto& [layer, share] : {std::pair("conv1", 0.62), std::pair("fc", 0.2)}) {
    sensitive.add_layers(layer);
    sensitive.add_shares(share);
  }
  EXPECT_THAT(run_with({"exploration", "show", "e1"}).out,
              AllOf(HasSubstr("rank correlation 0.97"), HasSubstr("412,000 taken through candidates"),
                    HasSubstr("25 candidates that earlier explorations measured"),
                    HasSubstr("conv1 62 %, fc 20 % of the damage of integer {weight_bits: 4}")));
  EXPECT_THAT(run_with({"exploration", "list"}).out, HasSubstr("121/121"));
}

TEST_F(CommandTest, SensitivityPrintsAndDrawsWhatEachLayerIsSensitiveTo) {
  v1::MeasureSensitivityResponse progress;
  progress.set_choices_done(10);
  progress.set_choices_total(36);
  server.state.sensitivities = {progress, sample_sensitivities(3)};
  const Outcome outcome =
      run_with({"sensitivity", "--model", "lenet5", "--dataset", "fashion", "--images", "64", "--space",
                write("rules.yaml", "space:\n  - layers: \"conv*\"\n    integer: {weight_bits: [2, 4]}\n"), "--plot",
                path("s.svg")});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(StartsWith("lenet5: "), HasSubstr("w2 a4"), HasSubstr("most sensitive: conv1, fc")));
  EXPECT_THAT(content(path("s.svg")), HasSubstr("lenet5: which layers are sensitive to what"));
  const v1::MeasureSensitivityRequest& asked = server.state.sensitivity_request;
  EXPECT_EQ(asked.model(), "models/lenet5");
  EXPECT_EQ(asked.dataset(), "datasets/fashion");
  EXPECT_EQ(asked.image_limit(), 64);
  ASSERT_EQ(asked.space_size(), 1);
  EXPECT_EQ(asked.space(0).layers(), "conv*");

  const Outcome csv = run_with({"sensitivity", "--exploration", "e1", "--format", "csv"});
  EXPECT_EQ(csv.code, 0) << csv.err;
  EXPECT_THAT(csv.out, StartsWith("layers,choice,"));
  EXPECT_EQ(server.state.sensitivity_request.exploration(), "explorations/e1");
  EXPECT_EQ(server.state.sensitivity_request.model(), "");
  EXPECT_THAT(run_with({"sensitivity", "--exploration", "e1", "--format", "json"}).out,
              HasSubstr("\"divergence_nats\""));
}

TEST_F(CommandTest, SensitivityRefusesWhatDoesNotGoTogether) {
  EXPECT_THAT(run_with({"sensitivity", "--model", "lenet5"}).err, HasSubstr("--dataset is missing"));
  EXPECT_THAT(run_with({"sensitivity", "--exploration", "e1", "--images", "5"}).err,
              HasSubstr("leave out either it or --images"));
  const std::string rules = write("rules.yaml", "space:\n  - integer: {weight_bits: [2, 40]}\n");
  server.state.failure = invalid_argument("weight_bits is 40; use 2 to 16").at("space[0].integer.weight_bits[1]");
  const Outcome refused = run_with({"sensitivity", "--model", "lenet5", "--dataset", "fashion", "--space", rules});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("rules.yaml:2:"));
}

TEST_F(CommandTest, EvaluatePrintsAccuracyWithItsInterval) {
  v1::EvaluateModelResponse progress, last;
  progress.set_images_done(100);
  progress.set_images_total(10000);
  *last.mutable_evaluation() = sample_evaluation(0, 8, 0.91);
  last.add_kernels("conv1: avx2-int8");
  last.add_kernels("conv2: avx2-int8");
  server.state.evaluation = {progress, last};
  const Outcome outcome = run_with({"evaluate", "--model", "lenet5", "--dataset", "fashion"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("91.00 % (95 %: 90.40 % to 91.50 %)"), HasSubstr("avx2-int8 ×2")));
  EXPECT_THAT(outcome.err, IsEmpty());
  server.state.evaluation.pop_back();
  EXPECT_EQ(run_with({"evaluate", "--model", "lenet5", "--dataset", "fashion"}).code, 7);
}

v1::EvaluateModelResponse with_predictions(std::int64_t first, std::vector<int> labels, std::vector<int> predicted) {
  v1::EvaluateModelResponse response;
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    response.mutable_predictions()->add_images(first + 2 * static_cast<std::int64_t>(i));
    response.mutable_predictions()->add_reference(7);
  }
  response.mutable_predictions()->mutable_labels()->Add(labels.begin(), labels.end());
  response.mutable_predictions()->mutable_predicted()->Add(predicted.begin(), predicted.end());
  return response;
}

TEST_F(CommandTest, EvaluateWritesPredictionsImageByImage) {
  v1::EvaluateModelResponse last;
  *last.mutable_evaluation() = sample_evaluation(17, 8, 0.91);
  last.mutable_evaluation()->mutable_counts()->set_image_count(3);
  server.state.evaluation = {with_predictions(1, {4, 5}, {4, 6}), with_predictions(9, {}, {7}), last};
  const std::vector<std::string> words = {
      "evaluate",      "--model",    "lenet5", "--dataset", "fashion", "--config", "explorations/e1/evaluations/17",
      "--predictions", path("p.csv")};
  const Outcome outcome = run_with(words);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(content(path("p.csv")), "image,label,predicted,fp32\n1,4,4,7\n3,5,6,7\n9,,7,7\n");
  EXPECT_TRUE(server.state.evaluate_request.predictions());
  EXPECT_EQ(server.state.evaluate_request.evaluation(), "explorations/e1/evaluations/17");
  EXPECT_FALSE(server.state.evaluate_request.has_configuration());

  std::filesystem::remove(path("p.csv"));
  server.state.evaluation.erase(server.state.evaluation.begin());
  EXPECT_THAT(run_with(words).err, HasSubstr("the classes of 1 of 3 images"));
  server.state.evaluation[0].mutable_predictions()->add_predicted(1);
  EXPECT_THAT(run_with(words).err, HasSubstr("1 images with 0 labels and 2 and 1 classes"));
  server.state.failure = not_found("exploration 'e1' is not there").at("evaluation");
  EXPECT_EQ(run_with(words).code, 4);
  EXPECT_FALSE(std::filesystem::exists(path("p.csv")));
}

TEST_F(CommandTest, EvaluateRefusesWhereItCannotWriteBeforeItMeasures) {
  for (const std::string& where : {path("no/such/p.csv"), folder_, std::string()}) {
    const Outcome outcome = run_with({"evaluate", "--model", "lenet5", "--dataset", "fashion", "--predictions", where});
    EXPECT_EQ(outcome.code, 2) << outcome.err;
  }
  EXPECT_THAT(server.state.evaluate_request.model(), IsEmpty());
}

TEST_F(CommandTest, PlatformsShowTheirSources) {
  EXPECT_THAT(run_with({"platform", "show", "raspberry-pi-4"}).out,
              AllOf(HasSubstr("60.0 Gop/s"), HasSubstr("data sheet, page 2")));
  EXPECT_THAT(run_with({"platform", "list"}).out, HasSubstr("Raspberry Pi 4 Model B"));
}

TEST_F(CommandTest, ProbesWriteAFileThatImportsAgain) {
  server.state.platform.set_built_in(false);
  const std::string file = path("host.yaml");
  ASSERT_EQ(run_with({"platform", "probe", "-o", file}).code, 0);
  const Outcome outcome = run_with({"platform", "import", file});
  EXPECT_EQ(outcome.code, 0) << outcome.err << content(file);
  EXPECT_EQ(outcome.out, "imported raspberry-pi-4\n");
}

TEST_F(CommandTest, AFullDiskIsNoSuccess) {
  std::ofstream full("/dev/full");
  std::ostringstream err;
  Console console{full, err};
  console.clock_seconds = [] { return 0.0; };
  EXPECT_EQ(run({"model", "list", "--server", server.address()}, console), 6);
  EXPECT_THAT(err.str(), HasSubstr("standard output"));
}

}  // namespace
}  // namespace roofscape::client
