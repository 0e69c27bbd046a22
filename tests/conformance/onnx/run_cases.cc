// Runs the operator conformance cases that make_cases.py wrote: imports each, runs it, compares with what ONNX expects.
//
// usage: run_cases FOLDER EXCLUSIONS LEAST_PASSED
//
// EXCLUSIONS is a list of lines "case<TAB>reason" (a '*' in a case matches any run). A case passes when one of its ways
// imports and all that import give the expected values. The run fails on a wrong value, on a case that does not import
// and is not excluded, on an exclusion that nothing needs, and when fewer than LEAST_PASSED cases pass.
#include <fmt/core.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "analytics/base/text.h"
#include "analytics/engine/engine.h"
#include "analytics/network/onnx_import.h"

namespace roofscape {
namespace {

struct Way {
  std::string name, stem;
  Shape input, output;
};

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<float> read_floats(const std::filesystem::path& path) {
  const std::string bytes = read_file(path);
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

Shape parse_shape(std::string_view text) {
  Shape shape;
  if (text.empty()) return shape;
  for (const std::string_view part : split(text, ',')) shape.push_back(parse_int(part).value_or(0));
  return shape;
}

// Brings `axis` of a row-major tensor to the front, or, with `back`, the first axis back to `axis`.
std::vector<float> move_axis(const std::vector<float>& values, const Shape& shape, std::size_t axis, bool back) {
  std::int64_t outer = 1, inner = 1;
  for (std::size_t i = 0; i < axis; ++i) outer *= shape[i];
  for (std::size_t i = axis + 1; i < shape.size(); ++i) inner *= shape[i];
  std::vector<float> moved(values.size());
  for (std::int64_t o = 0; o < outer; ++o)
    for (std::int64_t a = 0; a < shape[axis]; ++a)
      for (std::int64_t i = 0; i < inner; ++i) {
        const auto original = static_cast<std::size_t>((o * shape[axis] + a) * inner + i);
        const auto fronted = static_cast<std::size_t>((a * outer + o) * inner + i);
        moved[back ? original : fronted] = values[back ? fronted : original];
      }
  return moved;
}

// The batch that the file means becomes our batch of images, and back.
Result<std::vector<float>> run(const Imported& model, const Way& way, std::vector<float> input) {
  if (model.input_batch_axis) input = move_axis(input, way.input, *model.input_batch_axis, /*back=*/false);
  const std::int64_t images = model.batch_size;
  RS_ASSIGN(std::vector<float> output, engine::Engine({}).run(model.network, input, images));
  if (model.output_batch_axis && *model.output_batch_axis < way.output.size())
    output = move_axis(output, way.output, *model.output_batch_axis, /*back=*/true);
  return output;
}

// What differs, or nothing. ONNX's own tolerance, with room for sums in another order.
std::string difference(const std::vector<float>& got, const std::vector<float>& expected) {
  if (got.size() != expected.size()) return fmt::format("{} values instead of {}", got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    const bool same = got[i] == expected[i] || (std::isnan(got[i]) && std::isnan(expected[i]));
    if (!same && !(std::fabs(got[i] - expected[i]) <= 1e-5F + 1e-3F * std::fabs(expected[i])))
      return fmt::format("value {} is {} instead of {}", i, got[i], expected[i]);
  }
  return "";
}

struct Exclusion {
  std::string pattern, reason;
  int used = 0;
};

std::vector<Exclusion> read_exclusions(const std::filesystem::path& path) {
  std::vector<Exclusion> exclusions;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const std::size_t tab = line.find('\t');
    if (tab != std::string::npos && line[0] != '#')
      exclusions.push_back({.pattern = line.substr(0, tab), .reason = line.substr(tab + 1)});
  }
  return exclusions;
}

std::map<std::string, std::vector<Way>> read_manifest(const std::filesystem::path& path) {
  std::map<std::string, std::vector<Way>> cases;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const auto fields = split(line, '\t');
    if (fields.size() != 5) continue;
    cases[std::string(fields[0])].push_back(
        {std::string(fields[1]), std::string(fields[2]), parse_shape(fields[3]), parse_shape(fields[4])});
  }
  return cases;
}

int run_all(const std::filesystem::path& folder, const std::filesystem::path& exclusion_file, long long least) {
  std::vector<Exclusion> exclusions = read_exclusions(exclusion_file);
  long long passed = 0, excluded = 0, failed = 0, ways_run = 0;
  const auto cases = read_manifest(folder / "manifest.tsv");
  for (const auto& [name, ways] : cases) {
    int right = 0;
    std::string wrong, refusal;
    for (const Way& way : ways) {
      const std::string bytes = read_file(folder / (way.stem + ".onnx"));
      const Result<Imported> model = import_onnx(std::as_bytes(std::span(bytes.data(), bytes.size())));
      if (!model.ok()) {
        if (refusal.empty()) refusal = fmt::format("{}: {}", way.name, model.status().message());
        continue;
      }
      const Result<std::vector<float>> output = run(*model, way, read_floats(folder / (way.stem + ".in.f32")));
      const std::string problem =
          output.ok() ? difference(*output, read_floats(folder / (way.stem + ".out.f32"))) : output.status().message();
      ++ways_run;
      if (problem.empty())
        ++right;
      else
        wrong += fmt::format("\n    {}: {}", way.stem, problem);
    }
    if (!wrong.empty()) {
      ++failed;
      fmt::print("WRONG     {}{}\n", name, wrong);
      continue;
    }
    if (right > 0) {
      ++passed;
      continue;
    }
    bool known = false;
    for (Exclusion& exclusion : exclusions) {
      if (known || !glob_match(exclusion.pattern, name)) continue;
      known = true;
      ++exclusion.used;
      fmt::print("excluded  {}: {}\n", name, exclusion.reason);
    }
    known ? ++excluded : ++failed;
    if (!known) fmt::print("REFUSED   {}\n    {}\n", name, refusal);
  }

  std::ifstream refused(folder / "refused.tsv");
  for (std::string line; std::getline(refused, line); ++excluded)
    fmt::print("excluded  {}: {}\n", line.substr(0, line.find('\t')), line.substr(line.find('\t') + 1));
  for (const Exclusion& exclusion : exclusions)
    if (exclusion.used == 0) {
      ++failed;
      fmt::print("UNUSED    exclusion '{}': no case needs it any more\n", exclusion.pattern);
    }
  fmt::print("{} operator cases pass (in {} ways), {} are excluded, {} fail\n", passed, ways_run, excluded, failed);
  if (passed < least) fmt::print("fewer than {} pass: something that used to work does not\n", least);
  return failed == 0 && passed >= least ? 0 : 1;
}

}  // namespace
}  // namespace roofscape

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: run_cases FOLDER EXCLUSIONS LEAST_PASSED\n");
    return 2;
  }
  return roofscape::run_all(argv[1], argv[2], roofscape::parse_int(argv[3]).value_or(0));
}
