#include <string>

#include "roofscape/v1/service.grpc.pb.h"
#include "server/call.h"
#include "server/check.h"
#include "server/estimate_platforms.h"
#include "server/evaluate.h"
#include "server/methods.h"
#include "server/sensitivities.h"
#include "server/services.h"
#include "server/shell.h"

namespace roofscape::server {
namespace {

using EvaluateStream = OutStream<v1::EvaluateModelResponse>;
using SensitivityStream = OutStream<v1::MeasureSensitivityResponse>;

v1::EvaluateModelResponse progress_message(std::int64_t done, std::int64_t total) {
  v1::EvaluateModelResponse message;
  message.set_images_done(done);
  message.set_images_total(total);
  return message;
}

// The body of EvaluateModel: progress while it measures, then the classes that are asked for, the result last.
Status evaluate_into(Backend& backend, const v1::EvaluateModelRequest& request, EvaluateStream& stream) {
  if (stream.token().cancelled()) return cancelled("the call was cancelled before its turn came");
  MeasureWatch watch;
  watch.cancel = &stream.token();
  watch.progress = [&](std::int64_t done, std::int64_t total) { stream.send_progress(progress_message(done, total)); };
  RS_ASSIGN(Evaluated result, evaluate_model(backend, request, watch));
  const std::int64_t images = result.evaluation.counts().image_count();
  for (v1::Predictions& predictions : result.predictions) {
    v1::EvaluateModelResponse message = progress_message(images, images);
    *message.mutable_predictions() = std::move(predictions);
    stream.send(std::move(message));
  }
  v1::EvaluateModelResponse last = progress_message(images, images);
  *last.mutable_evaluation() = std::move(result.evaluation);
  for (std::string& line : result.kernels) last.add_kernels(std::move(line));
  stream.send(std::move(last));
  return {};
}

// The body of MeasureSensitivity: progress while it measures, then the result.
Status measure_into(Backend& backend, const v1::MeasureSensitivityRequest& request, SensitivityStream& stream) {
  if (stream.token().cancelled()) return cancelled("the call was cancelled before its turn came");
  SensitivityWatch watch;
  watch.cancel = &stream.token();
  watch.progress = [&](std::int64_t done, std::int64_t total) {
    v1::MeasureSensitivityResponse message;
    message.set_choices_done(done);
    message.set_choices_total(total);
    stream.send_progress(std::move(message));
  };
  RS_ASSIGN(MeasuredSensitivities result, measure_sensitivity(backend, request, watch));
  stream.send(std::move(result.response));
  return {};
}

class EvaluationService final : public v1::EvaluationService::CallbackService {
 public:
  explicit EvaluationService(Shell& shell) : shell_(shell) {}

  grpc::ServerUnaryReactor* EstimateModel(grpc::CallbackServerContext*, const v1::EstimateModelRequest* request,
                                          v1::Estimate* reply) override {
    return answer(shell_.quick, [this, request, reply](const CancelToken& cancel) -> Status {
      RS_ASSIGN(*reply, estimate_model(shell_.backend, *request, &cancel));
      return {};
    });
  }

  grpc::ServerUnaryReactor* EstimateOnPlatforms(grpc::CallbackServerContext*,
                                                const v1::EstimateOnPlatformsRequest* request,
                                                v1::EstimateOnPlatformsResponse* reply) override {
    return answer(shell_.quick, [this, request, reply](const CancelToken& cancel) -> Status {
      RS_ASSIGN(*reply, estimate_on_platforms(shell_.backend, *request, &cancel));
      return {};
    });
  }

  grpc::ServerWriteReactor<v1::EvaluateModelResponse>* EvaluateModel(grpc::CallbackServerContext*,
                                                                     const v1::EvaluateModelRequest* request) override {
    auto stream = EvaluateStream::create();
    // A copy: the request goes with the call, which may be over before the body notices.
    const Status posted = shell_.measuring.post([this, stream, copy = *request] {
      stream->finish(guarded([&] { return evaluate_into(shell_.backend, copy, *stream); }));
    });
    if (!posted.ok()) stream->finish(posted);
    return stream.get();
  }

  grpc::ServerWriteReactor<v1::MeasureSensitivityResponse>* MeasureSensitivity(
      grpc::CallbackServerContext*, const v1::MeasureSensitivityRequest* request) override {
    auto stream = SensitivityStream::create();
    const Status posted = shell_.measuring.post([this, stream, copy = *request] {
      stream->finish(guarded([&] { return measure_into(shell_.backend, copy, *stream); }));
    });
    if (!posted.ok()) stream->finish(posted);
    return stream.get();
  }

  grpc::ServerUnaryReactor* CheckModel(grpc::CallbackServerContext*, const v1::CheckModelRequest* request,
                                       v1::CheckModelResponse* reply) override {
    return answer(shell_.measuring, [this, request, reply](const CancelToken& cancel) -> Status {
      RS_ASSIGN(*reply, check_model(shell_.backend, request->spec(), &cancel));
      return {};
    });
  }

  grpc::ServerUnaryReactor* ListMethods(grpc::CallbackServerContext*, const v1::ListMethodsRequest*,
                                        v1::ListMethodsResponse* reply) override {
    return answer(shell_.quick, [reply](const CancelToken&) -> Status {
      for (const v1::MethodInfo& method : list_methods()) *reply->add_methods() = method;
      return {};
    });
  }

 private:
  Shell& shell_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_evaluation_service(Shell& shell) {
  return std::make_unique<EvaluationService>(shell);
}

}  // namespace roofscape::server
