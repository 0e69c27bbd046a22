// Estimates, stand-alone evaluations and checks over gRPC.
#include "analytics/base/status_matchers.h"
#include "server/test_support.h"

namespace roofscape::server {
namespace {

using roofscape::testing::IsOk;
using roofscape::testing::StatusIs;
using ::testing::AllOf;
using ::testing::Contains;
using testing::dots_images;
using testing::dots_labels;
using ::testing::HasSubstr;
using testing::TestServer;

using Evaluations = v1::EvaluationService::Stub;

// "integer: {weight_bits: BITS}" on every layer.
v1::Configuration integer_bits(double bits) {
  v1::Configuration configuration;
  v1::Rule& rule = *configuration.add_space();
  rule.set_layers("*");
  (*(*rule.mutable_methods())["integer"].mutable_knobs())["weight_bits"].add_values()->set_number_value(bits);
  return configuration;
}

v1::EvaluateModelRequest evaluate_request() {
  v1::EvaluateModelRequest request;
  request.set_model("models/tiny");
  request.set_dataset("datasets/dots");
  return request;
}

// The last message, and how many came before it.
Result<v1::EvaluateModelResponse> evaluate(TestServer& server, const v1::EvaluateModelRequest& request,
                                           int* messages = nullptr) {
  grpc::ClientContext context;
  const auto reader = server.evaluations->EvaluateModel(&context, request);
  v1::EvaluateModelResponse response;
  int count = 0;
  while (reader->Read(&response)) ++count;
  const grpc::Status status = reader->Finish();
  if (!status.ok()) return from_grpc(status);
  if (messages != nullptr) *messages = count;
  return response;
}

TEST(EvaluationService, WithoutAConfigurationAllImagesCount) {
  TestServer server;
  server.import_all();
  v1::EvaluateModelRequest request = evaluate_request();
  request.add_platforms("platforms/raspberry-pi-4");
  RS_ASSERT_OK_AND_ASSIGN(const auto result, evaluate(server, request));
  EXPECT_EQ(result.images_done(), 200);
  EXPECT_EQ(result.images_total(), 200);
  const v1::Evaluation& evaluation = result.evaluation();
  EXPECT_EQ(evaluation.counts().image_count(), 200);
  EXPECT_EQ(evaluation.counts().agree_count(), 200);  // fp32 agrees with itself
  EXPECT_DOUBLE_EQ(evaluation.accuracy().top1(), static_cast<double>(evaluation.counts().top1_count()) / 200);
  EXPECT_LE(evaluation.accuracy().top1_interval().low(), evaluation.accuracy().top1());
  EXPECT_GE(evaluation.accuracy().top1_interval().high(), evaluation.accuracy().top1());
  ASSERT_EQ(evaluation.estimates_size(), 1);
  EXPECT_GT(evaluation.estimates(0).latency_seconds(), 0);
  EXPECT_EQ(evaluation.label(), "post-training");
  EXPECT_GT(result.kernels_size(), 3);
}

// A model that is known by its shapes only has prices and no accuracy.
TEST(EvaluationService, ABuiltInModelIsPricedAndNotMeasured) {
  TestServer server;
  server.import_all();
  v1::EstimateModelRequest priced;
  priced.set_model("models/vgg-16");
  priced.set_platform("platforms/nvidia-t4");
  RS_ASSERT_OK_AND_ASSIGN(const v1::Estimate fp32,
                          server.call(*server.evaluations, &Evaluations::EstimateModel, priced));
  EXPECT_GT(fp32.latency_seconds(), 31e9 / 8.1e12);
  priced.set_model("models/ds-cnn");  // small: the method quantises weights that are made up for it
  *priced.mutable_configuration() = integer_bits(8);
  EXPECT_THAT(server.call(*server.evaluations, &Evaluations::EstimateModel, priced), IsOk());
  priced.set_model("models/vgg-16");

  const auto refusal =
      StatusIs(Code::kFailedPrecondition,
               HasSubstr("model 'vgg-16' is known by its shapes only: it can be estimated, not evaluated"));
  priced.set_dataset("datasets/dots");
  EXPECT_THAT(server.call(*server.evaluations, &Evaluations::EstimateModel, priced), refusal);
  v1::EvaluateModelRequest measured = evaluate_request();
  measured.set_model("models/vgg-16");
  EXPECT_THAT(evaluate(server, measured), refusal);
  v1::ExplorationSpec spec = server.spec(5);
  spec.set_model("models/vgg-16");
  EXPECT_THAT(server.create(spec), refusal);
}

TEST(EvaluationService, SensitivitiesComeWithTheLastMessage) {
  TestServer server;
  server.import_all();
  v1::MeasureSensitivityRequest request;
  request.set_model("models/tiny");
  request.set_dataset("datasets/dots");
  *request.mutable_space() = integer_bits(4).space();
  const auto measure = [&]() -> Result<v1::MeasureSensitivityResponse> {
    grpc::ClientContext context;
    const auto reader = server.evaluations->MeasureSensitivity(&context, request);
    v1::MeasureSensitivityResponse response, last;
    while (reader->Read(&response)) last = response;
    const grpc::Status status = reader->Finish();
    if (!status.ok()) return from_grpc(status);
    return last;
  };
  RS_ASSERT_OK_AND_ASSIGN(const auto answer, measure());
  EXPECT_EQ(answer.choices_done(), 4);
  EXPECT_EQ(answer.choices_total(), 4);
  ASSERT_EQ(answer.sensitivities_size(), 4);
  EXPECT_GT(answer.sensitivities(0).divergence_nats(), 0);
  request.mutable_space(0)->set_op("Softmax");
  const auto refused = measure();
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.status().field(), HasSubstr("space[0]"));
}

TEST(EvaluationService, ANetworkWithoutAModelIsPricedByItsTotals) {
  TestServer server;
  v1::EstimateModelRequest request;
  request.set_platform("platforms/nvidia-t4");
  request.set_format("int8");
  const auto estimate = [&] { return server.call(*server.evaluations, &Evaluations::EstimateModel, request); };
  request.set_model("models/resnet-50");
  RS_ASSERT_OK_AND_ASSIGN(const v1::Estimate by_layers, estimate());
  v1::NetworkTotals& totals = *request.mutable_totals();
  EXPECT_FALSE(request.has_model());
  totals.set_name("ResNet-50");
  totals.set_mac_count(4.09e9);
  totals.set_parameter_count(25.56e6);
  totals.set_activation_count(11.1e6);
  RS_ASSERT_OK_AND_ASSIGN(const v1::Estimate by_totals, estimate());
  EXPECT_NEAR(by_totals.latency_seconds() / by_layers.latency_seconds(), 1, 0.4);
  EXPECT_EQ(by_totals.layers_size(), 0);
  EXPECT_GE(by_totals.roof_times_size(), 3);
  EXPECT_FALSE(by_totals.binding_roof().empty());
  EXPECT_FALSE(by_layers.binding_roof().empty());
  EXPECT_EQ(by_totals.calibration(), by_layers.calibration());
  const auto width = [](const v1::Estimate& of) {
    return of.latency_interval_seconds().high() / of.latency_interval_seconds().low();
  };
  EXPECT_GT(width(by_totals), width(by_layers));
  EXPECT_GT(by_totals.energy_joules(), 0);
  EXPECT_THAT(by_totals.notes(),
              Contains(HasSubstr("priced by totals, without layers: 4.09e+09 multiply-accumulates")));

  totals.clear_activation_count();
  RS_ASSERT_OK_AND_ASSIGN(const v1::Estimate named, estimate());
  EXPECT_THAT(named.notes(), Contains(HasSubstr("what is not given is that of the built-in network of that name")));
  EXPECT_NEAR(named.latency_seconds() / by_totals.latency_seconds(), 1, 0.01);
  totals.set_name("resnet");
  RS_ASSERT_OK_AND_ASSIGN(const v1::Estimate vaguer, estimate());
  EXPECT_GT(width(vaguer), width(by_totals));
  totals.Clear();
  totals.set_name("resnet-50");
  RS_ASSERT_OK_AND_ASSIGN(const v1::Estimate well_known, estimate());
  EXPECT_THAT(well_known.notes(), Contains(HasSubstr("its multiply-accumulates are those published of 'resnet-50'")));
  EXPECT_THAT(well_known.notes(), Contains(HasSubstr("'resnet-50' is a model too")));
}

TEST(EvaluationService, PricesOnManyPlatformsAsOnEach) {
  TestServer server;
  v1::EstimateOnPlatformsRequest request;
  const auto estimate = [&] { return server.call(*server.evaluations, &Evaluations::EstimateOnPlatforms, request); };
  request.mutable_estimate()->set_model("models/resnet-50");
  request.add_platforms("zcu104");
  request.add_platforms("nvidia-t*");
  request.add_platforms("platforms/eyeriss-v1");
  request.add_platforms("nvidia-t4");
  RS_ASSERT_OK_AND_ASSIGN(const v1::EstimateOnPlatformsResponse priced, estimate());
  ASSERT_GE(priced.estimates_size(), 2);
  EXPECT_EQ(priced.estimates(0).estimate().platform(), "platforms/zcu104");
  EXPECT_EQ(priced.estimates(0).device_class(), v1::FPGA);
  EXPECT_EQ(priced.estimates(0).title(), "AMD ZCU104");
  int t4 = 0;
  for (const v1::PlatformEstimate& one : priced.estimates()) {
    EXPECT_EQ(one.estimate().layers_size(), 0);
    EXPECT_EQ(one.estimate().has_energy_joules(), one.estimate().energy_basis() != v1::ENERGY_BASIS_UNSPECIFIED);
    t4 += one.estimate().platform() == "platforms/nvidia-t4" ? 1 : 0;
    v1::EstimateModelRequest alone = request.estimate();
    alone.set_platform(one.estimate().platform());
    RS_ASSERT_OK_AND_ASSIGN(v1::Estimate same, server.call(*server.evaluations, &Evaluations::EstimateModel, alone));
    same.clear_layers();
    same.clear_roofs();
    EXPECT_EQ(one.estimate().SerializeAsString(), same.SerializeAsString());
  }
  EXPECT_EQ(t4, 1) << "what two patterns match counts once";
  ASSERT_EQ(priced.unpriced_size(), 1) << "it computes in integers";
  EXPECT_EQ(priced.unpriced(0).platform(), "platforms/eyeriss-v1");
  EXPECT_THAT(priced.unpriced(0).reason(), HasSubstr("fp32"));

  request.mutable_estimate()->set_format("int8");
  RS_ASSERT_OK_AND_ASSIGN(const v1::EstimateOnPlatformsResponse int8, estimate());
  EXPECT_EQ(int8.unpriced_size(), 0);
  request.mutable_estimate()->mutable_totals()->set_name("resnet-50");
  RS_ASSERT_OK_AND_ASSIGN(const v1::EstimateOnPlatformsResponse totals, estimate());
  ASSERT_EQ(totals.unpriced_size(), 1);
  EXPECT_THAT(totals.unpriced(0).reason(), HasSubstr("is a streaming design"));
}

// Of what kind each is the energy's note says, too.
TEST(EvaluationService, SaysOnWhatEachEnergyRests) {
  TestServer server;
  v1::EstimateOnPlatformsRequest request;
  request.mutable_estimate()->set_model("models/resnet-50");
  request.mutable_estimate()->set_format("int8");
  request.add_platforms("*");
  RS_ASSERT_OK_AND_ASSIGN(const auto priced,
                          server.call(*server.evaluations, &Evaluations::EstimateOnPlatforms, request));
  std::map<v1::EnergyBasis, int> counts;
  for (const v1::PlatformEstimate& one : priced.estimates()) {
    const v1::EnergyBasis basis = one.estimate().energy_basis();
    ++counts[basis];
    const auto says = [&](const char* text) {
      return std::any_of(one.estimate().notes().begin(), one.estimate().notes().end(),
                         [&](const std::string& note) { return note.starts_with(text); });
    };
    EXPECT_EQ(basis == v1::MEASURED_ENERGY, says("energy is as measured"));
    EXPECT_EQ(basis == v1::ACTIVITY_ALONE, says("energy is of operations and bytes alone"));
    EXPECT_EQ(basis == v1::PEAK_POWER_TIMES_TIME, says("energy is peak power"));
    double sum = 0;
    for (const v1::EnergyPart& part : one.estimate().energy_parts()) {
      EXPECT_GT(part.energy_joules(), 0);
      EXPECT_EQ(part.spent_on() == v1::SPENT_ON_MEMORY, !part.memory().empty());
      sum += part.energy_joules();
    }
    if (one.estimate().has_energy_joules()) {
      EXPECT_NEAR(sum / one.estimate().energy_joules(), 1, 1e-9);
    }
  }
  for (const auto basis : {v1::MEASURED_ENERGY, v1::ACTIVITY_ALONE, v1::PEAK_POWER_TIMES_TIME})
    EXPECT_GT(counts[basis], 0) << v1::EnergyBasis_Name(basis);
}

// Where nothing is measured the roof is the price; elsewhere it is no dearer, layer by layer.
TEST(EvaluationService, PricesByCeilingsAloneBesideWhatMeasurementsSay) {
  TestServer server;
  v1::EstimateModelRequest request;
  request.set_model("models/resnet-50");
  request.set_format("int8");
  request.set_platform("platforms/nvidia-t4");
  const auto estimate = [&] { return server.call(*server.evaluations, &Evaluations::EstimateModel, request); };
  RS_ASSERT_OK_AND_ASSIGN(const v1::Estimate plain, estimate());
  EXPECT_FALSE(plain.has_ceilings_only());
  request.set_with_ceilings_only(true);
  RS_ASSERT_OK_AND_ASSIGN(v1::Estimate both, estimate());
  const v1::Estimate roof = both.ceilings_only();
  ASSERT_EQ(roof.layers_size(), both.layers_size());
  EXPECT_LT(roof.latency_seconds(), both.latency_seconds());
  EXPECT_FALSE(roof.has_latency_interval_seconds());
  EXPECT_TRUE(both.has_throughput_interval_per_second());
  EXPECT_TRUE(roof.calibration().empty());
  for (int i = 0; i < roof.layers_size(); ++i)
    EXPECT_LE(roof.layers(i).latency_seconds(), both.layers(i).latency_seconds() * (1 + 1e-9))
        << both.layers(i).layer();
  EXPECT_GT(both.roofs_size(), 1);
  both.clear_ceilings_only();
  EXPECT_EQ(both.SerializeAsString(), plain.SerializeAsString());

  v1::EstimateOnPlatformsRequest many;
  *many.mutable_estimate() = request;
  many.mutable_estimate()->clear_platform();
  many.add_platforms("nvidia-t4");
  RS_ASSERT_OK_AND_ASSIGN(const auto priced, server.call(*server.evaluations, &Evaluations::EstimateOnPlatforms, many));
  EXPECT_DOUBLE_EQ(priced.estimates(0).estimate().ceilings_only().latency_seconds(), roof.latency_seconds());
  EXPECT_EQ(priced.estimates(0).estimate().ceilings_only().layers_size(), 0);

  request.mutable_totals()->set_name("resnet-50");
  RS_ASSERT_OK_AND_ASSIGN(const v1::Estimate totals, estimate());
  EXPECT_LT(totals.ceilings_only().latency_seconds(), totals.latency_seconds());
}

TEST(EvaluationService, PlatformsThatNobodyKnowsAreNamed) {
  TestServer server;
  v1::EstimateOnPlatformsRequest request;
  const auto refused = [&] {
    return server.call(*server.evaluations, &Evaluations::EstimateOnPlatforms, request).status();
  };
  request.mutable_estimate()->set_model("models/resnet-50");
  EXPECT_THAT(refused(), StatusIs(Code::kInvalidArgument, HasSubstr("no platform is named")));
  request.add_platforms("zcu104");
  request.add_platforms("jetson");
  EXPECT_THAT(refused(), StatusIs(Code::kNotFound, HasSubstr("there is no platform 'jetson'; 'jetson-*' picks")));
  EXPECT_EQ(refused().field(), "platforms[1]");
  v1::EstimateModelRequest one = request.estimate();
  one.set_platform("platforms/jetson");
  EXPECT_THAT(server.call(*server.evaluations, &Evaluations::EstimateModel, one),
              StatusIs(Code::kNotFound, HasSubstr("'jetson-*' picks")));
  request.mutable_platforms()->RemoveLast();
  request.mutable_estimate()->set_platform("zcu104");
  EXPECT_EQ(refused().field(), "estimate.platform");
  request.mutable_estimate()->clear_platform();
  request.mutable_estimate()->set_format("int99");
  EXPECT_EQ(refused().field(), "estimate.format");
}

TEST(EvaluationService, ABuiltInNetworkIsKnownByItsNameAlone) {
  TestServer server;
  v1::EstimateModelRequest request;
  request.set_platform("platforms/nvidia-t4");
  request.mutable_totals()->set_name("mobilenet-v2");
  RS_ASSERT_OK_AND_ASSIGN(const v1::Estimate estimate,
                          server.call(*server.evaluations, &Evaluations::EstimateModel, request));
  EXPECT_GT(estimate.latency_seconds(), 0);
  EXPECT_THAT(estimate.notes(), Contains(HasSubstr("'mobilenet-v2' is a model too")));
}

TEST(EvaluationService, TotalsSayWhatTheyLack) {
  TestServer server;
  v1::EstimateModelRequest request;
  request.set_platform("platforms/nvidia-t4");
  const auto estimate = [&] { return server.call(*server.evaluations, &Evaluations::EstimateModel, request); };
  const auto expect = [&](Code code, const std::string& text, const std::string& field) {
    const auto refused = estimate();
    EXPECT_THAT(refused, StatusIs(code, HasSubstr(text)));
    EXPECT_EQ(refused.status().field(), field);
  };
  request.mutable_totals()->set_parameter_count(1e6);
  expect(Code::kInvalidArgument, "multiply-accumulates are not given; give totals.mac_count", "totals.mac_count");
  request.mutable_totals()->set_name("nobodys-net");
  expect(Code::kInvalidArgument, "no counts of a network 'nobodys-net' are known", "totals.mac_count");
  request.mutable_totals()->set_mac_count(-5);
  expect(Code::kInvalidArgument, "mac_count is -5; it must be positive and finite", "totals.mac_count");
  request.mutable_totals()->set_mac_count(1e9);
  request.set_dataset("datasets/dots");
  expect(Code::kInvalidArgument, "totals say nothing of layers, which the dataset needs", "dataset");
  *request.mutable_configuration() = integer_bits(8);
  expect(Code::kInvalidArgument, "totals say nothing of layers, which the configuration needs", "configuration");
  request.clear_dataset();
  request.clear_configuration();
  request.set_platform("platforms/zcu104");
  expect(Code::kFailedPrecondition, "platform 'zcu104' is a streaming design: its units follow", "platform");
}

TEST(EvaluationService, AFormatPricesTheWholeNetworkInIt) {
  TestServer server;
  v1::EstimateModelRequest request;
  request.set_model("models/resnet-50");
  request.set_platform("platforms/nvidia-t4");
  const auto estimate = [&](const std::string& format) {
    request.set_format(format);
    return server.call(*server.evaluations, &Evaluations::EstimateModel, request);
  };
  RS_ASSERT_OK_AND_ASSIGN(const v1::Estimate fp32, estimate(""));
  RS_ASSERT_OK_AND_ASSIGN(const v1::Estimate int8, estimate("int8"));
  RS_ASSERT_OK_AND_ASSIGN(const v1::Estimate int4, estimate("int4 x int8"));
  EXPECT_LT(int8.latency_seconds(), fp32.latency_seconds() / 2);
  EXPECT_NEAR(int8.weight_bytes() / fp32.weight_bytes(), 0.25, 0.01);
  EXPECT_NEAR(int4.weight_bytes() / fp32.weight_bytes(), 0.125, 0.01);
  EXPECT_THAT(int8.notes(), Contains(HasSubstr("every value kept in int8; its accuracy there is not known")));
  const auto unknown = estimate("int99 x what");
  EXPECT_THAT(unknown, StatusIs(Code::kInvalidArgument, HasSubstr("int99")));
  EXPECT_EQ(unknown.status().field(), "format");
  *request.mutable_configuration() = integer_bits(8);
  EXPECT_THAT(estimate("int8"),
              StatusIs(Code::kInvalidArgument, HasSubstr("leave out either it or the configuration")));
}

TEST(EvaluationService, TheSameMeasurementIsNotMadeTwice) {
  TestServer server;
  server.import_all();
  RS_ASSERT_OK_AND_ASSIGN(const auto first, evaluate(server, evaluate_request()));
  server.restart();
  RS_ASSERT_OK_AND_ASSIGN(const auto second, evaluate(server, evaluate_request()));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
}

TEST(EvaluationService, AConfigurationSetsCalibrationImagesAside) {
  TestServer server;
  server.import_all();
  v1::EvaluateModelRequest request = evaluate_request();
  *request.mutable_configuration() = integer_bits(8);
  RS_ASSERT_OK_AND_ASSIGN(const auto eight, evaluate(server, request));
  EXPECT_EQ(eight.evaluation().counts().image_count(), 175);  // an eighth of 200 calibrates
  EXPECT_GT(eight.evaluation().counts().agree_count(), 160);
  EXPECT_GT(eight.evaluation().recipe().steps_size(), 0);

  request.mutable_calibration()->set_images(100);
  RS_ASSERT_OK_AND_ASSIGN(const auto half, evaluate(server, request));
  EXPECT_EQ(half.evaluation().counts().image_count(), 100);

  ASSERT_THAT(server.import_dataset("other", dots_images(64), dots_labels(64)), IsOk());
  request.mutable_calibration()->set_images(0);
  request.mutable_calibration()->set_dataset("other");
  RS_ASSERT_OK_AND_ASSIGN(const auto all, evaluate(server, request));
  EXPECT_EQ(all.evaluation().counts().image_count(), 200);

  request.set_image_limit(30);
  RS_ASSERT_OK_AND_ASSIGN(const auto few, evaluate(server, request));
  EXPECT_EQ(few.evaluation().counts().image_count(), 30);
}

TEST(EvaluationService, ACascadeIsPricedByTheImagesThatStayWithItsFirstNetwork) {
  TestServer server;
  server.import_all();
  v1::EvaluateModelRequest request = evaluate_request();
  request.add_platforms("platforms/raspberry-pi-4");
  *request.mutable_configuration() = integer_bits(8);
  RS_ASSERT_OK_AND_ASSIGN(const auto alone, evaluate(server, request));
  v1::Cascade& cascade = *request.mutable_configuration()->mutable_cascade();
  *cascade.mutable_space() = integer_bits(4).space();
  cascade.set_confidence(0.3);
  RS_ASSERT_OK_AND_ASSIGN(const auto both, evaluate(server, request));
  ASSERT_EQ(both.evaluation().exits_size(), 1);
  const v1::ExitShare& exit = both.evaluation().exits(0);
  EXPECT_EQ(exit.reached_count(), 175);
  EXPECT_GT(exit.left_count(), 0);
  EXPECT_GT(exit.priced_share(), 0);
  EXPECT_LE(exit.priced_share(), 1);
  EXPECT_GT(both.evaluation().recipe().first_steps_size(), 0);
  EXPECT_EQ(both.evaluation().recipe().confidence(), 0.3);
  // At worst an image goes through both.
  EXPECT_GT(both.evaluation().weight_bytes(), alone.evaluation().weight_bytes());

  // With a confidence that no image reaches, nothing but the second network's answers come out.
  cascade.set_confidence(1);
  RS_ASSERT_OK_AND_ASSIGN(const auto never, evaluate(server, request));
  if (never.evaluation().exits(0).left_count() == 0) {
    EXPECT_EQ(never.evaluation().counts().top1_count(), alone.evaluation().counts().top1_count());
  }

  cascade.set_confidence(1.5);
  const Status refused = evaluate(server, request).status();
  EXPECT_THAT(refused, StatusIs(Code::kOutOfRange, HasSubstr("a confidence of 1.5 is no probability")));
  EXPECT_EQ(refused.field(), "configuration.cascade.confidence");
}

TEST(EvaluationService, ACascadeHasNoPriceWithoutData) {
  TestServer server;
  server.import_all();
  v1::EstimateModelRequest request;
  request.set_model("models/tiny");
  request.set_platform("platforms/raspberry-pi-4");
  *request.mutable_configuration() = integer_bits(8);
  *request.mutable_configuration()->mutable_cascade()->mutable_space() = integer_bits(4).space();
  const auto estimate = [&] { return server.call(*server.evaluations, &Evaluations::EstimateModel, request); };
  EXPECT_THAT(estimate().status(), StatusIs(Code::kFailedPrecondition, HasSubstr("name a data set")));
  request.set_dataset("datasets/dots");
  RS_ASSERT_OK_AND_ASSIGN(const v1::Estimate priced, estimate());
  EXPECT_GT(priced.latency_seconds(), 0);
}

TEST(EvaluationService, OverflowsOfAccumulatorsAreCountedAndStored) {
  TestServer server;
  server.import_all();
  v1::EvaluateModelRequest request = evaluate_request();
  *request.mutable_configuration() = integer_bits(8);
  RS_ASSERT_OK_AND_ASSIGN(const auto whole, evaluate(server, request));
  EXPECT_EQ(whole.evaluation().counts().overflow_count(), 0);
  auto& methods = *request.mutable_configuration()->mutable_space(0)->mutable_methods();
  (*methods["accumulator"].mutable_knobs())["bits"].add_values()->set_number_value(8);
  RS_ASSERT_OK_AND_ASSIGN(const auto limited, evaluate(server, request));
  EXPECT_GT(limited.evaluation().counts().overflow_count(), 0);
  EXPECT_LT(limited.evaluation().accuracy().snr_db(), whole.evaluation().accuracy().snr_db());
  server.restart();
  RS_ASSERT_OK_AND_ASSIGN(const auto again, evaluate(server, request));
  EXPECT_EQ(again.evaluation().counts().SerializeAsString(), limited.evaluation().counts().SerializeAsString());

  request.mutable_configuration()->mutable_space(0)->mutable_methods()->erase("integer");
  EXPECT_THAT(evaluate(server, request),
              StatusIs(Code::kFailedPrecondition, HasSubstr("method 'accumulator': an accumulator adds integers")));
}

// Everything that one call streams: the classes it sends, joined, and its result.
struct Predicted {
  v1::Predictions predictions;
  v1::EvaluateModelResponse last;
  std::size_t largest_message = 0;
};
Result<Predicted> predict(TestServer& server, v1::EvaluateModelRequest request) {
  request.set_predictions(true);
  grpc::ClientContext context;
  const auto reader = server.evaluations->EvaluateModel(&context, request);
  Predicted all;
  for (v1::EvaluateModelResponse response; reader->Read(&response); all.last = response) {
    all.predictions.MergeFrom(response.predictions());
    all.largest_message = std::max(all.largest_message, response.ByteSizeLong());
  }
  const grpc::Status status = reader->Finish();
  if (!status.ok()) return from_grpc(status);
  return all;
}

// The counts say what the classes say; labels are those of dots_labels.
void expect_consistent(const Predicted& all, const v1::Dataset& dataset) {
  const v1::Counts& counts = all.last.evaluation().counts();
  const v1::Predictions& classes = all.predictions;
  ASSERT_EQ(classes.images_size(), counts.image_count());
  ASSERT_EQ(classes.labels_size(), counts.image_count());
  ASSERT_EQ(classes.predicted_size(), counts.image_count());
  ASSERT_EQ(classes.reference_size(), counts.image_count());
  const std::string labels = dots_labels(static_cast<int>(dataset.image_count())).substr(8);
  std::int64_t top1 = 0, agree = 0;
  for (int i = 0; i < classes.images_size(); ++i) {
    ASSERT_TRUE(i == 0 || classes.images(i) > classes.images(i - 1));
    EXPECT_EQ(classes.labels(i), labels[static_cast<std::size_t>(classes.images(i))]);
    top1 += classes.predicted(i) == classes.labels(i) ? 1 : 0;
    agree += classes.predicted(i) == classes.reference(i) ? 1 : 0;
  }
  EXPECT_EQ(top1, counts.top1_count());
  EXPECT_EQ(agree, counts.agree_count());
}

v1::Dataset dataset_of(int images) {
  v1::Dataset dataset;
  dataset.set_image_count(images);
  return dataset;
}

TEST(EvaluationService, PredictionsSayWhatIsCounted) {
  TestServer server;
  server.import_all();
  v1::EvaluateModelRequest request = evaluate_request();
  RS_ASSERT_OK_AND_ASSIGN(const Predicted fp32, predict(server, request));
  expect_consistent(fp32, dataset_of(200));
  EXPECT_EQ(fp32.predictions.images(199), 199);

  *request.mutable_configuration() = integer_bits(3);
  RS_ASSERT_OK_AND_ASSIGN(const auto counted, evaluate(server, request));
  EXPECT_FALSE(counted.has_predictions());
  RS_ASSERT_OK_AND_ASSIGN(const Predicted first, predict(server, request));  // the counts alone are stored already
  expect_consistent(first, dataset_of(200));
  EXPECT_EQ(first.predictions.images_size(), 175);
  EXPECT_LT(first.last.evaluation().counts().agree_count(), 175);
  EXPECT_EQ(first.last.evaluation().network_key(), counted.evaluation().network_key());
  EXPECT_EQ(first.last.evaluation().counts().SerializeAsString(), counted.evaluation().counts().SerializeAsString());
  RS_ASSERT_OK_AND_ASSIGN(const Predicted second, predict(server, request));
  EXPECT_EQ(second.predictions.SerializeAsString(), first.predictions.SerializeAsString());

  request.set_image_limit(30);
  RS_ASSERT_OK_AND_ASSIGN(const Predicted few, predict(server, request));
  EXPECT_EQ(few.predictions.images_size(), 30);
  expect_consistent(few, dataset_of(200));
}

TEST(EvaluationService, PredictionsComeInMessagesOfABoundedSize) {
  TestServer server;
  server.import_all();
  ASSERT_THAT(server.import_dataset("many", dots_images(70'000), dots_labels(70'000)), IsOk());
  v1::EvaluateModelRequest request = evaluate_request();
  request.set_dataset("many");
  RS_ASSERT_OK_AND_ASSIGN(const Predicted all, predict(server, request));
  expect_consistent(all, dataset_of(70'000));
  EXPECT_LT(all.largest_message, std::size_t{1} << 20);
  EXPECT_LT(all.largest_message, all.predictions.ByteSizeLong() / 2);
}

TEST(EvaluationService, AnEvaluationOfAnExplorationStandsForAConfiguration) {
  TestServer server;
  server.import_all();
  RS_ASSERT_OK_AND_ASSIGN(const v1::Exploration created, server.create(server.spec(5)));
  server.wait_for("e1", v1::SUCCEEDED);
  v1::GetEvaluationRequest get;
  get.set_name("explorations/e1/evaluations/3");
  RS_ASSERT_OK_AND_ASSIGN(const v1::Evaluation stored,
                          server.call(*server.explorations, &v1::ExplorationService::Stub::GetEvaluation, get));

  v1::EvaluateModelRequest request = evaluate_request();
  request.set_evaluation(get.name());
  RS_ASSERT_OK_AND_ASSIGN(const Predicted again, predict(server, request));
  expect_consistent(again, dataset_of(200));
  EXPECT_EQ(again.last.evaluation().network_key(), stored.network_key());
  EXPECT_EQ(again.last.evaluation().counts().SerializeAsString(), stored.counts().SerializeAsString());
  EXPECT_EQ(again.last.evaluation().recipe().steps_size(), stored.recipe().steps_size());

  request.set_image_limit(20);
  RS_ASSERT_OK_AND_ASSIGN(const auto few, evaluate(server, request));
  EXPECT_EQ(few.evaluation().counts().image_count(), 20);
  request.set_image_limit(0);
  ASSERT_THAT(server.import_dataset("other", dots_images(64), dots_labels(64)), IsOk());
  request.set_dataset("other");
  RS_ASSERT_OK_AND_ASSIGN(const auto elsewhere, evaluate(server, request));
  EXPECT_EQ(elsewhere.evaluation().counts().image_count(), 64);
  EXPECT_EQ(elsewhere.evaluation().network_key(), stored.network_key());

  const auto failure = [&] { return evaluate(server, request).status(); };
  request.mutable_calibration()->set_images(9);
  EXPECT_THAT(failure(), StatusIs(Code::kInvalidArgument, HasSubstr("leave out either it or the calibration")));
  request.clear_calibration();
  *request.mutable_configuration() = integer_bits(8);
  EXPECT_THAT(failure(), StatusIs(Code::kInvalidArgument, HasSubstr("leave out either it or the configuration")));
  EXPECT_EQ(failure().field(), "evaluation");
  request.clear_configuration();
  request.set_evaluation("explorations/e1/evaluations/99");
  EXPECT_THAT(failure(), StatusIs(Code::kNotFound, HasSubstr("99")));
  EXPECT_EQ(failure().field(), "evaluation");
  request.set_evaluation("explorations/e1");
  EXPECT_THAT(failure(), StatusIs(Code::kInvalidArgument, HasSubstr("explorations/ID/evaluations/NUMBER")));
  ASSERT_THAT(server.import_model("twin", testing::tiny_onnx(2)), IsOk());
  request.set_evaluation(get.name());

  v1::EstimateModelRequest price;
  price.set_model(request.model());
  price.set_platform("platforms/raspberry-pi-4-tflite");
  price.set_evaluation(get.name());
  RS_ASSERT_OK_AND_ASSIGN(const auto priced, server.call(*server.evaluations, &Evaluations::EstimateModel, price));
  EXPECT_EQ(priced.weight_bytes(), stored.weight_bytes());
  price.set_format("int8");
  const Status twice = server.call(*server.evaluations, &Evaluations::EstimateModel, price).status();
  EXPECT_THAT(twice, StatusIs(Code::kInvalidArgument, HasSubstr("leave out either it or the format")));
  EXPECT_EQ(twice.field(), "evaluation");

  request.set_model("twin");
  EXPECT_THAT(failure(), StatusIs(Code::kInvalidArgument, HasSubstr("model 'twin' is asked for")));
}

TEST(EvaluationService, AnExplorationSaysOnWhatItIsMeasured) {
  TestServer server;
  server.import_all();
  v1::ExplorationSpec spec = server.spec(5);
  spec.set_evaluation_images(100);
  spec.set_batch(2);
  ASSERT_THAT(server.create(spec), IsOk());
  server.wait_for("e1", v1::SUCCEEDED);
  v1::EvaluateModelRequest request;
  request.set_exploration("explorations/e1");
  *request.mutable_configuration() = integer_bits(4);
  RS_ASSERT_OK_AND_ASSIGN(const auto result, evaluate(server, request));
  EXPECT_EQ(result.evaluation().counts().image_count(), 100);
  ASSERT_EQ(result.evaluation().estimates_size(), 2);
  EXPECT_EQ(result.evaluation().estimates(0).batch(), 2);
  request.set_model("models/tiny");
  EXPECT_EQ(evaluate(server, request).status().field(), "model");
  request.clear_model();
  request.set_exploration("explorations/e7");
  EXPECT_THAT(evaluate(server, request), StatusIs(Code::kNotFound, HasSubstr("e7")));
}

// What kind of network it is, is read from its graph: files carry the names of commits.
TEST(EvaluationService, TheNameThatAModelIsGivenHasNoPrice) {
  TestServer server;
  std::string first;
  for (const char* name : {"foo", "mobilenet-mine", "resnet50-of-mine", "bert-4f2a91c"}) {
    ASSERT_THAT(server.import_model(name, testing::tiny_onnx()), IsOk());
    v1::EstimateModelRequest request;
    request.set_model(name);
    request.set_platform("raspberry-pi-4-tflite");
    RS_ASSERT_OK_AND_ASSIGN(const v1::Estimate priced,
                            server.call(*server.evaluations, &Evaluations::EstimateModel, request));
    EXPECT_GT(priced.latency_seconds(), 0);
    if (first.empty()) first = priced.SerializeAsString();
    EXPECT_EQ(priced.SerializeAsString(), first) << name;
  }
}

TEST(EvaluationService, FewerBitsTakeFewerBytes) {
  TestServer server;
  server.import_all();
  v1::EstimateModelRequest request;
  request.set_model("tiny");
  request.set_platform("zcu104");
  RS_ASSERT_OK_AND_ASSIGN(const v1::Estimate fp32,
                          server.call(*server.evaluations, &Evaluations::EstimateModel, request));
  EXPECT_GT(fp32.layers_size(), 5);
  EXPECT_EQ(fp32.platform(), "platforms/zcu104");
  *request.mutable_configuration() = integer_bits(4);
  RS_ASSERT_OK_AND_ASSIGN(const v1::Estimate four,
                          server.call(*server.evaluations, &Evaluations::EstimateModel, request));
  EXPECT_LT(four.weight_bytes(), fp32.weight_bytes() / 4);
  request.set_dataset("dots");
  RS_ASSERT_OK_AND_ASSIGN(const v1::Estimate calibrated,
                          server.call(*server.evaluations, &Evaluations::EstimateModel, request));
  EXPECT_EQ(calibrated.weight_bytes(), four.weight_bytes());
  EXPECT_EQ(calibrated.latency_seconds(), four.latency_seconds());
}

TEST(EvaluationService, ErrorsNameTheirField) {
  TestServer server;
  server.import_all();
  const auto field_of = [&](const v1::EvaluateModelRequest& request) { return evaluate(server, request).status(); };
  v1::EvaluateModelRequest request = evaluate_request();
  request.set_model("models/none");
  EXPECT_THAT(field_of(request), StatusIs(Code::kNotFound, HasSubstr("none")));
  EXPECT_EQ(field_of(request).field(), "model");

  request = evaluate_request();
  request.add_platforms("zcu104");
  request.add_platforms("zcu104");
  EXPECT_EQ(field_of(request).field(), "platforms[1]");

  request = evaluate_request();
  request.set_batch(-1);
  EXPECT_THAT(field_of(request), StatusIs(Code::kOutOfRange, HasSubstr("batch is -1")));

  request = evaluate_request();
  *request.mutable_configuration() = integer_bits(17);
  EXPECT_THAT(field_of(request), StatusIs(Code::kOutOfRange, HasSubstr("2 to 16")));
  EXPECT_THAT(field_of(request).field(), HasSubstr("space[0].integer.weight_bits"));

  request = evaluate_request();
  *request.mutable_configuration() = integer_bits(8);
  request.mutable_calibration()->set_images(200);
  EXPECT_EQ(field_of(request).field(), "calibration.images");

  ASSERT_THAT(server.import_dataset("bare", dots_images(20), ""), IsOk());
  request = evaluate_request();
  request.set_dataset("bare");
  EXPECT_THAT(field_of(request), StatusIs(Code::kFailedPrecondition, HasSubstr("no labels")));
}

TEST(EvaluationService, ACancelledCallStopsMeasuring) {
  TestServer server;
  server.import_all();
  ASSERT_THAT(server.import_dataset("many", dots_images(60'000), dots_labels(60'000)), IsOk());
  v1::EvaluateModelRequest request = evaluate_request();
  request.set_dataset("many");
  grpc::ClientContext context;
  const auto reader = server.evaluations->EvaluateModel(&context, request);
  v1::EvaluateModelResponse response;
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_LT(response.images_done(), 60'000);
  context.TryCancel();
  while (reader->Read(&response)) {
  }
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  // The thread is free again: another call gets its answer.
  EXPECT_THAT(evaluate(server, evaluate_request()), IsOk());
}

TEST(EvaluationService, ADeadlineIsHonoured) {
  TestServer server;
  server.import_all();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now());
  const auto reader = server.evaluations->EvaluateModel(&context, evaluate_request());
  v1::EvaluateModelResponse response;
  while (reader->Read(&response)) {
  }
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
}

Result<v1::CheckModelResponse> check(TestServer& server, std::vector<std::string> limits,
                                     const std::string& dataset = "", std::vector<std::string> platforms = {}) {
  v1::CheckModelRequest request;
  request.mutable_spec()->set_model("tiny");
  request.mutable_spec()->set_dataset(dataset);
  for (const std::string& limit : limits) request.mutable_spec()->add_limits(limit);
  for (const std::string& platform : platforms) request.mutable_spec()->add_platforms(platform);
  return server.call(*server.evaluations, &Evaluations::CheckModel, request);
}

TEST(CheckModel, LimitsAreHeldAgainstFacts) {
  TestServer server;
  server.import_all();
  RS_ASSERT_OK_AND_ASSIGN(
      const auto result,
      check(server, {"latency <= 10 s", "weight_bytes <= 1 KiB", "latency@zcu104 <= 1 ns", "top1 >= 0"}, "dots",
            {"raspberry-pi-4", "nvidia-t4"}));
  ASSERT_EQ(result.results_size(), 5);  // the first one on two platforms
  EXPECT_FALSE(result.holds());
  EXPECT_TRUE(result.results(0).holds());
  EXPECT_EQ(result.results(0).platform(), "platforms/raspberry-pi-4");
  EXPECT_TRUE(result.results(1).holds());
  EXPECT_FALSE(result.results(2).holds());
  EXPECT_GT(result.results(2).violation(), 0);
  EXPECT_THAT(result.results(2).message(), AllOf(HasSubstr("weight_bytes is"), HasSubstr("at most 1 KiB")));
  EXPECT_THAT(result.results(3).message(), AllOf(HasSubstr("latency@zcu104 is"), HasSubstr("at most 1 ns")));
  EXPECT_TRUE(result.results(4).holds());
  EXPECT_EQ(result.evaluation().counts().image_count(), 200);
}

// A board of which little is known, as `change` makes it.
template <typename Change>
void import_board(TestServer& server, const Change& change) {
  v1::GetPlatformRequest get;
  get.set_name("platforms/raspberry-pi-4");
  auto board = server.call(*server.platforms, &v1::PlatformService::Stub::GetPlatform, get);
  ASSERT_THAT(board, IsOk());
  v1::ImportPlatformRequest import;
  *import.mutable_platform() = *board;
  import.mutable_platform()->set_id("mine");
  import.mutable_platform()->clear_family();
  import.mutable_platform()->mutable_memory()->DeleteSubrange(0, import.platform().memory_size() - 1);
  import.mutable_platform()->mutable_memory(0)->clear_capacity_bytes();
  change(*import.mutable_platform());
  ASSERT_THAT(server.call(*server.platforms, &v1::PlatformService::Stub::ImportPlatform, import), IsOk());
}

TEST(CheckModel, RoomIsALimitAndNotKnownIsNotHeld) {
  TestServer server;
  server.import_all();
  import_board(server, [](v1::Platform&) {});
  RS_ASSERT_OK_AND_ASSIGN(const auto unknown, check(server, {"fits", "latency <= 10 s"}, "", {"mine"}));
  EXPECT_FALSE(unknown.holds());
  ASSERT_EQ(unknown.results_size(), 2);
  EXPECT_EQ(unknown.results(0).limit(), "fits");
  EXPECT_EQ(unknown.results(0).platform(), "platforms/mine");
  EXPECT_FALSE(unknown.results(0).holds());
  EXPECT_FALSE(unknown.results(0).has_value()) << "neither broken nor held";
  EXPECT_THAT(unknown.results(0).message(), HasSubstr("fits mine: not known (memory "));
  EXPECT_TRUE(unknown.results(1).holds());

  const auto with_room = [](double bytes) {
    return [bytes](v1::Platform& platform) {
      platform.mutable_memory(0)->mutable_capacity_bytes()->set_value(bytes);
      platform.mutable_memory(0)->mutable_capacity_bytes()->set_source("a test");
      platform.mutable_memory(0)->mutable_capacity_bytes()->set_provenance(v1::DATASHEET);
    };
  };
  import_board(server, with_room(1e9));
  RS_ASSERT_OK_AND_ASSIGN(const auto yes, check(server, {"fits@mine"}));
  EXPECT_TRUE(yes.holds());
  EXPECT_EQ(yes.results(0).value(), 1);
  EXPECT_EQ(yes.results(0).message(), "fits mine: yes");
  import_board(server, with_room(100));
  RS_ASSERT_OK_AND_ASSIGN(const auto no, check(server, {"fits@mine", "latency@mine <= 10 s", "weight_bytes <= 1 MiB"}));
  EXPECT_FALSE(no.holds());
  EXPECT_TRUE(no.results(0).has_value());
  EXPECT_FALSE(no.results(0).holds());
  EXPECT_THAT(no.results(0).message(), HasSubstr("fits mine: no: needs "));
  EXPECT_FALSE(no.results(1).holds()) << "it cannot run there at all";
  EXPECT_THAT(no.results(1).message(), HasSubstr("if it fitted: needs "));
  EXPECT_TRUE(no.results(2).holds());

  EXPECT_THAT(check(server, {"fits"}), StatusIs(Code::kInvalidArgument, HasSubstr("write fits@ID")));
  EXPECT_EQ(check(server, {"fits@nowhere"}).status().field(), "limits[0]");
}

TEST(CheckModel, EnergiesSayWhatTheyRestOn) {
  TestServer server;
  server.import_all();
  import_board(server, [](v1::Platform& platform) {
    platform.mutable_peak_watts()->set_value(5);
    platform.mutable_peak_watts()->set_source("a test");
    platform.mutable_peak_watts()->set_provenance(v1::DATASHEET);
  });
  RS_ASSERT_OK_AND_ASSIGN(const auto result, check(server, {"energy@mine <= 1 J"}));
  EXPECT_THAT(result.results(0).message(), HasSubstr(", of peak power × time, an upper bound; at most 1 J"));
}

TEST(CheckModel, PricesAloneNeedNoData) {
  TestServer server;
  server.import_all();
  RS_ASSERT_OK_AND_ASSIGN(const auto result, check(server, {"weight_bytes <= 1 MiB", "macs <= 1000000"}));
  EXPECT_TRUE(result.holds());
  EXPECT_FALSE(result.evaluation().has_counts());
}

TEST(CheckModel, WhatIsMissingIsSaid) {
  TestServer server;
  server.import_all();
  EXPECT_THAT(check(server, {}), StatusIs(Code::kInvalidArgument, HasSubstr("at least one")));
  EXPECT_THAT(check(server, {"top1 >= 0.5"}), StatusIs(Code::kInvalidArgument, HasSubstr("needs a data set")));
  const auto open = check(server, {"weight_bytes <= 1 MiB", "latency <= 1 s"});
  EXPECT_THAT(open, StatusIs(Code::kInvalidArgument, HasSubstr("names no platform")));
  EXPECT_EQ(open.status().field(), "limits[1]");
  EXPECT_EQ(check(server, {"speed <= 1 s"}).status().field(), "limits[0]");
  v1::CheckModelRequest request;
  request.mutable_spec()->set_model("tiny");
  request.mutable_spec()->add_limits("macs <= 1");
  request.mutable_spec()->set_configuration("int8.yaml");
  EXPECT_THAT(server.call(*server.evaluations, &Evaluations::CheckModel, request),
              StatusIs(Code::kInvalidArgument, HasSubstr("opens no files")));
}

TEST(ListMethods, EveryMethodTellsItsKnobs) {
  TestServer server;
  RS_ASSERT_OK_AND_ASSIGN(const auto methods,
                          server.call(*server.evaluations, &Evaluations::ListMethods, v1::ListMethodsRequest()));
  ASSERT_GE(methods.methods_size(), 3);
  for (const v1::MethodInfo& method : methods.methods()) {
    EXPECT_FALSE(method.summary().empty()) << method.id();
    EXPECT_GT(method.knobs_size(), 0) << method.id();
  }
}

}  // namespace
}  // namespace roofscape::server
