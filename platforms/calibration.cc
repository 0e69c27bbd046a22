#include "platforms/calibration.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include "platforms/texts.h"

namespace roofscape::platforms {
namespace {

// Keeps the first fault of a text.
class FirstFault final : public google::protobuf::io::ErrorCollector {
 public:
  explicit FirstFault(std::string_view file) : file_(file) {}
  // Lines and columns from 0; -1 where the fault is of the whole text.
  void AddError(int line, int column, const std::string& message) override {
    if (status_.ok()) status_ = invalid_argument("{}:{}:{}: {}", file_, line + 1, column + 1, message);
  }
  Status status() const { return status_; }

 private:
  std::string file_;
  Status status_;
};

}  // namespace

Result<v1::Calibration> parse_calibration(std::string_view text, std::string_view file_name) {
  FirstFault fault(file_name);
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&fault);
  v1::Calibration calibration;
  if (parser.ParseFromString(std::string(text), &calibration)) return calibration;
  return fault.status().ok() ? invalid_argument("{}: no calibration", file_name) : fault.status();
}

const v1::Calibration& built_in_calibration() {
  static const v1::Calibration kCalibration = [] {
    auto read = parse_calibration(calibration_text(), "calibration.txtpb");
    v1::Calibration calibration = read.ok() ? std::move(*read) : v1::Calibration();
    calibration.set_built_in(true);
    return calibration;
  }();
  return kCalibration;
}

}  // namespace roofscape::platforms
