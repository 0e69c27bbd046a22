#include "roofscape/v1/service.grpc.pb.h"
#include "server/calibrate.h"
#include "server/call.h"
#include "server/services.h"
#include "server/shell.h"

namespace roofscape::server {
namespace {

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
