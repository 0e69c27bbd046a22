#include "roofscape/v1/service.grpc.pb.h"
#include "server/calibrate.h"
#include "server/call.h"
#include "server/services.h"
#include "server/shell.h"
#include "server/validate_host.h"

namespace roofscape::server {
namespace {

using HostStream = OutStream<v1::ValidateHostResponse>;

// The body of ValidateHost: progress while it measures, the result last.
Status validate_host_into(Backend& backend, const v1::ValidateHostRequest& request, HostStream& stream) {
  if (stream.token().cancelled()) return cancelled("the call was cancelled before its turn came");
  const auto progress = [&](v1::ValidateHostResponse now) { stream.send_progress(std::move(now)); };
  RS_ASSIGN(v1::ValidateHostResponse last, validate_host(backend, request, progress, stream.token()));
  stream.send(std::move(last));
  return {};
}

class CalibrationService final : public v1::CalibrationService::CallbackService {
 public:
  explicit CalibrationService(Shell& shell) : shell_(shell) {}

  grpc::ServerUnaryReactor* ValidateMeasurements(grpc::CallbackServerContext*,
                                                 const v1::ValidateMeasurementsRequest* request,
                                                 v1::Validation* reply) override {
    return answer(shell_.measuring, [this, request, reply](const CancelToken& cancel) -> Status {
      RS_ASSIGN(*reply, validate_measurements(shell_.backend, *request, &cancel));
      return {};
    });
  }

  grpc::ServerWriteReactor<v1::ValidateHostResponse>* ValidateHost(grpc::CallbackServerContext*,
                                                                   const v1::ValidateHostRequest* request) override {
    auto stream = HostStream::create();
    // A copy: the request goes with the call, which may be over before the body notices.
    const Status posted = shell_.measuring.post([this, stream, copy = *request] {
      stream->finish(guarded([&] { return validate_host_into(shell_.backend, copy, *stream); }));
    });
    if (!posted.ok()) stream->finish(posted);
    return stream.get();
  }

  grpc::ServerUnaryReactor* CalibratePlatforms(grpc::CallbackServerContext*,
                                               const v1::CalibratePlatformsRequest* request,
                                               v1::Calibration* reply) override {
    return answer(shell_.measuring, [this, request, reply](const CancelToken& cancel) -> Status {
      RS_ASSIGN(*reply, calibrate_platforms(shell_.backend, *request, &cancel));
      return {};
    });
  }

  grpc::ServerUnaryReactor* GetCalibration(grpc::CallbackServerContext*, const v1::GetCalibrationRequest*,
                                           v1::Calibration* reply) override {
    return answer(shell_.quick, [this, reply](const CancelToken&) -> Status {
      RS_ASSIGN(const auto calibration, shell_.backend.calibration.current());
      *reply = *calibration;
      return {};
    });
  }

  grpc::ServerUnaryReactor* DeleteCalibration(grpc::CallbackServerContext*, const v1::DeleteCalibrationRequest*,
                                              google::protobuf::Empty*) override {
    return answer(shell_.quick, [this](const CancelToken&) -> Status { return shell_.backend.calibration.remove(); });
  }

 private:
  Shell& shell_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_calibration_service(Shell& shell) {
  return std::make_unique<CalibrationService>(shell);
}

}  // namespace roofscape::server
