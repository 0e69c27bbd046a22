// Files on their way to the server, with a bar.
#pragma once

#include "client/console/progress.h"
#include "client/rpc/daemon.h"
#include "client/text/files.h"

namespace roofscape::client {

// Counts the bytes of one or several files; outlives the readers that it makes.
class Upload {
 public:
  Upload(Progress& progress, std::int64_t total) : progress_(progress), total_(total) {}
  rpc::ReadChunk reader(InputFile& file) {
    return [this, &file](std::size_t most) -> Result<std::string> {
      RS_ASSIGN(std::string piece, file.read(most));
      sent_ += static_cast<std::int64_t>(piece.size());
      progress_.update(sent_, total_, sent_ >= total_ ? "the server reads it" : "");
      return piece;
    };
  }

 private:
  Progress& progress_;
  std::int64_t total_;
  std::int64_t sent_ = 0;
};

}  // namespace roofscape::client
