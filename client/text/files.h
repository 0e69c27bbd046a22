// Files of the person at the keyboard: read in pieces, written whole or not at all.
//
//   RS_ASSIGN(InputFile file, InputFile::open("lenet5.onnx"));
//   RS_ASSIGN(OutputFile out, OutputFile::prepare("front.svg"));   // before the work: fails early
//   …
//   RS_TRY(out.write(svg));                                        // temporary name, then rename
#pragma once

#include <cstdint>
#include <fstream>
#include <memory>
#include <string>

#include "analytics/base/status.h"

namespace roofscape::client {

class InputFile {
 public:
  // INVALID_ARGUMENT naming the path and the reason.
  static Result<InputFile> open(const std::string& path);
  std::int64_t size() const { return size_; }
  // At most `most` bytes; empty at the end.
  Result<std::string> read(std::size_t most);

 private:
  std::string path_;
  std::int64_t size_ = 0;
  std::unique_ptr<std::ifstream> stream_;
};

// The whole of a text file of at most `most` bytes.
Result<std::string> read_text_file(const std::string& path, std::size_t most);

class OutputFile {
 public:
  // Checks that the file can be written; leaves no trace.
  static Result<OutputFile> prepare(const std::string& path);
  Status write(const std::string& content) const;
  const std::string& path() const { return path_; }

 private:
  explicit OutputFile(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace roofscape::client
