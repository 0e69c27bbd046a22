// House rules of the schema, held against the .proto files themselves: every message, field, enum, value, service and
// call says in a comment what it is, and every quantity carries its unit in its name.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace roofscape {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::SourceLocation;

// The files of proto/roofscape/v1 with their comments, as protoc wrote them at build time.
class Schema {
 public:
  Schema() {
    std::ifstream file(ROOFSCAPE_SCHEMA, std::ios::binary);
    google::protobuf::FileDescriptorSet set;
    EXPECT_TRUE(set.ParseFromIstream(&file)) << ROOFSCAPE_SCHEMA;
    for (const auto& parsed : set.file()) {
      const FileDescriptor* built = pool_.BuildFile(parsed);
      EXPECT_NE(built, nullptr) << parsed.name();
      if (built != nullptr && parsed.name().rfind("roofscape/", 0) == 0) files_.push_back(built);
    }
  }
  const std::vector<const FileDescriptor*>& files() const { return files_; }

 private:
  google::protobuf::DescriptorPool pool_;
  std::vector<const FileDescriptor*> files_;
};

template <typename Described>
void expect_comment(const Described& described, std::vector<std::string>* bare) {
  SourceLocation location;
  if (!described.GetSourceLocation(&location) || location.leading_comments.size() < 6)
    bare->push_back(described.full_name());
}

void visit(const EnumDescriptor& type, std::vector<std::string>* bare) {
  expect_comment(type, bare);
  for (int i = 0; i < type.value_count(); ++i) expect_comment(*type.value(i), bare);
}

void visit(const Descriptor& type, std::vector<std::string>* bare, std::vector<const FieldDescriptor*>* fields) {
  if (type.options().map_entry()) return;
  expect_comment(type, bare);
  for (int i = 0; i < type.field_count(); ++i) {
    expect_comment(*type.field(i), bare);
    fields->push_back(type.field(i));
  }
  for (int i = 0; i < type.enum_type_count(); ++i) visit(*type.enum_type(i), bare);
  for (int i = 0; i < type.nested_type_count(); ++i) visit(*type.nested_type(i), bare, fields);
}

// Everything without a comment, and all fields.
std::vector<std::string> walk(const Schema& schema, std::vector<const FieldDescriptor*>* fields) {
  std::vector<std::string> bare;
  for (const FileDescriptor* file : schema.files()) {
    for (int i = 0; i < file->message_type_count(); ++i) visit(*file->message_type(i), &bare, fields);
    for (int i = 0; i < file->enum_type_count(); ++i) visit(*file->enum_type(i), &bare);
    for (int i = 0; i < file->extension_count(); ++i) expect_comment(*file->extension(i), &bare);
    for (int i = 0; i < file->service_count(); ++i) {
      expect_comment(*file->service(i), &bare);
      for (int m = 0; m < file->service(i)->method_count(); ++m) expect_comment(*file->service(i)->method(m), &bare);
    }
  }
  return bare;
}

// Units in which a name may end; "_per_x" after another is one too.
bool ends_in_unit(std::string name) {
  if (const auto per = name.find("_per_"); per != std::string::npos) name.resize(per);
  static const std::set<std::string> kUnits = {"seconds", "joules",   "bytes", "watts",       "hertz",
                                               "ops",     "nats",     "db",    "evaluations", "count",
                                               "fixed",   "fraction", "time",  "throughput",  "weights"};
  return kUnits.count(name.substr(name.rfind('_') + 1)) == 1;
}

// Real numbers without a dimension, or whose unit another field or the comment's own number system fixes.
const std::set<std::string> kDimensionless = {"Accuracy.top1",
                                              "ConfirmationSettings.share",
                                              "Exploration.rank_correlation",
                                              "Search.racing",
                                              "SensitiveLayers.shares",
                                              "Sensitivity.top1_drop",
                                              "CalibrationScope.residual_spread",
                                              "CalibrationScope.coefficients",
                                              "CalibrationGrade.low_quantile",
                                              "CalibrationGrade.least_residual",
                                              "CalibrationGrade.most_residual",
                                              "CalibrationGrade.high_quantile",
                                              "CalibrationGrade.residual_spread",
                                              "CalibrationClass.least",
                                              "CalibrationClass.relative_spread",
                                              "PlatformCalibration.precision_levels",
                                              "PlatformCalibration.relative_spread",
                                              "RelativeEffect.added",
                                              "CalibrationClass.most",
                                              "PlatformCalibration.coefficients",
                                              "PlatformCalibration.least",
                                              "PlatformCalibration.most",
                                              "PlatformCalibration.residual_spread",
                                              "PlatformCalibration.low_quantile",
                                              "PlatformCalibration.least_residual",
                                              "PlatformCalibration.most_residual",
                                              "PlatformCalibration.high_quantile",
                                              "ValidationSummary.geometric_mean_ratio",
                                              "ValidationSummary.median_error",
                                              "ValidationSummary.mean_error",
                                              "ValidationSummary.rank_correlation",
                                              "ValidationSummary.coverage",
                                              "ValidationSummary.baseline_median_error",
                                              "ValidationRow.batch_size",
                                              "ValidationRow.above_ceiling",
                                              "MeasuredPoint.batch_size",
                                              "OwnSpread.row_spread",
                                              "OwnSpread.network_spread",
                                              "BoxSide.ideal",
                                              "BoxSide.reference",
                                              "Accuracy.top5",
                                              "Accuracy.agreement",
                                              "Cascade.confidence",
                                              "Recipe.confidence",
                                              "ExitShare.priced_share",
                                              "Evaluation.violation",
                                              "Evaluation.bit_operations",
                                              "Exploration.best_top1",
                                              "Exploration.hypervolume",
                                              "Exploration.space_size",
                                              "ExplorationEvent.best_top1",
                                              "ExplorationEvent.hypervolume",
                                              "Figure.value",
                                              "Interval.high",
                                              "Interval.low",
                                              "LimitResult.bound",
                                              "LimitResult.value",
                                              "LimitResult.violation",
                                              "ParetoFront.hypervolume",
                                              "ParetoFront.listed_hypervolume",
                                              "ComparedFront.hypervolume",
                                              "ComparedPoint.hypervolume_gain",
                                              "FrontComparison.joint_hypervolume",
                                              "Preparation.mean",
                                              "Preparation.scale",
                                              "Preparation.std",
                                              "Search.plateau"};
// Keys of the daemon's settings are named like its flags; these are seconds, as their comments say.
const std::set<std::string> kFlags = {"Config.exit_when_idle"};
// Figures that count things.
const std::set<std::string> kCounts = {"LayerCeiling.values_per_second",
                                       "VectorUnit.steps_per_cycle",
                                       "VectorUnit.steps_per_second",
                                       "FpgaFabric.lut",
                                       "FpgaFabric.dsp",
                                       "FpgaFabric.bram18",
                                       "FpgaFabric.uram",
                                       "FpgaFabric.reserved_lut",
                                       "FpgaFabric.reserved_bram18"};

std::string short_name(const FieldDescriptor& field) { return field.containing_type()->name() + "." + field.name(); }

bool is_real(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE || field.cpp_type() == FieldDescriptor::CPPTYPE_FLOAT;
}
bool is_figure(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && field.message_type()->name() == "Figure";
}
bool is_number(const FieldDescriptor& field) {
  return is_real(field) || is_figure(field) || field.cpp_type() == FieldDescriptor::CPPTYPE_INT32 ||
         field.cpp_type() == FieldDescriptor::CPPTYPE_INT64 || field.cpp_type() == FieldDescriptor::CPPTYPE_UINT32 ||
         field.cpp_type() == FieldDescriptor::CPPTYPE_UINT64;
}
// Whole numbers need a unit when their name speaks of a physical quantity.
bool names_a_quantity(const std::string& name) {
  for (const char* word : {"latency", "energy", "power", "bandwidth", "throughput", "duration", "clock", "capacity",
                           "timeout", "interval"})
    if (name.find(word) != std::string::npos) return true;
  return false;
}

TEST(SchemaStyle, EverythingHasAComment) {
  const Schema schema;
  // Every file of the folder is there, so that none escapes.
  std::set<std::string> names;
  for (const FileDescriptor* file : schema.files()) names.insert(file->name());
  for (const auto& entry : std::filesystem::directory_iterator(ROOFSCAPE_SOURCE_DIR "/proto/roofscape/v1"))
    EXPECT_TRUE(names.count("roofscape/v1/" + entry.path().filename().string())) << entry.path();
  std::vector<const FieldDescriptor*> fields;
  EXPECT_EQ(walk(schema, &fields), std::vector<std::string>{});
  EXPECT_GT(fields.size(), 200U);
}

TEST(SchemaStyle, QuantitiesCarryTheirUnits) {
  const Schema schema;
  std::vector<const FieldDescriptor*> fields;
  walk(schema, &fields);
  for (const FieldDescriptor* field : fields) {
    if (!is_number(*field) || ends_in_unit(field->name())) continue;
    const std::string name = short_name(*field);
    if (is_figure(*field)) {
      EXPECT_TRUE(kCounts.count(name)) << name << " is a figure without a unit in its name";
    } else if (is_real(*field)) {
      EXPECT_TRUE(kDimensionless.count(name) + kFlags.count(name))
          << name << " is a real number without a unit in its name";
    } else {
      EXPECT_FALSE(names_a_quantity(field->name())) << name << " is a quantity without a unit in its name";
    }
  }
}

TEST(SchemaStyle, TheListsOfExceptionsNameFieldsThatExist) {
  const Schema schema;
  std::vector<const FieldDescriptor*> fields;
  walk(schema, &fields);
  std::set<std::string> names;
  for (const FieldDescriptor* field : fields) names.insert(short_name(*field));
  for (const auto& list : {kDimensionless, kFlags, kCounts})
    for (const std::string& name : list) EXPECT_TRUE(names.count(name)) << name;
}

// The checks themselves see what they should.
TEST(SchemaStyle, TheRuleForUnitsKnowsGoodFromBad) {
  for (const char* good : {"latency_seconds", "energy_joules_per_op", "throughput_per_second", "lut_count", "seconds",
                           "bandwidth_bytes_per_second", "snr_db", "usable_lut_fraction", "latency_interval_seconds"})
    EXPECT_TRUE(ends_in_unit(good)) << good;
  for (const char* bad : {"latency", "energy", "latency_ms", "power", "bandwidth_gbs"})
    EXPECT_FALSE(ends_in_unit(bad)) << bad;
  EXPECT_TRUE(names_a_quantity("poll_interval"));
  EXPECT_FALSE(names_a_quantity("page_size"));
}

}  // namespace
}  // namespace roofscape
