#include "client/text/files.h"

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "analytics/base/text.h"

namespace roofscape::client {
namespace {

namespace fs = std::filesystem;

std::string why(int error) { return std::generic_category().message(error); }

// Pipes, /dev/stdout and the like are written in place; a rename would replace them.
bool is_special(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error) && !fs::is_regular_file(path, error);
}

std::string folder_of(const std::string& path) {
  const fs::path parent = fs::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

Status write_to(const std::string& path, const std::string& content) {
  errno = 0;
  std::ofstream stream(path, std::ios::binary | std::ios::trunc);
  stream.write(content.data(), static_cast<std::streamsize>(content.size()));
  stream.close();
  if (stream) return {};
  const Code code = errno == ENOSPC || errno == EDQUOT ? Code::kResourceExhausted : Code::kPermissionDenied;
  return Status(code, "cannot write '" + printable(path) + "': " + why(errno != 0 ? errno : EIO));
}

}  // namespace

Result<InputFile> InputFile::open(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return invalid_argument("'{}' is a folder; name a file", printable(path));
  InputFile file;
  file.path_ = path;
  errno = 0;
  file.stream_ = std::make_unique<std::ifstream>(path, std::ios::binary);
  if (!*file.stream_) return invalid_argument("cannot read '{}': {}", printable(path), why(errno != 0 ? errno : EIO));
  const auto size = fs::file_size(path, error);
  if (error) return invalid_argument("'{}' has no size; copy it into a plain file first", printable(path));
  file.size_ = static_cast<std::int64_t>(size);
  return file;
}

Result<std::string> InputFile::read(std::size_t most) {
  std::string piece(most, '\0');
  stream_->read(piece.data(), static_cast<std::streamsize>(most));
  if (stream_->bad()) return invalid_argument("cannot read '{}': {}", printable(path_), why(EIO));
  piece.resize(static_cast<std::size_t>(stream_->gcount()));
  return piece;
}

Result<std::string> read_text_file(const std::string& path, std::size_t most) {
  RS_ASSIGN(InputFile file, InputFile::open(path));
  RS_ASSIGN(std::string text, file.read(most + 1));
  if (text.size() > most)
    return invalid_argument("'{}' is longer than {} bytes; is it the right file?", printable(path), most);
  return text;
}

Result<OutputFile> OutputFile::prepare(const std::string& path) {
  std::error_code error;
  if (path.empty()) return invalid_argument("the name of the file to write is empty");
  if (fs::is_directory(path, error)) return invalid_argument("'{}' is a folder; name a file", printable(path));
  const std::string folder = folder_of(path);
  if (!fs::is_directory(folder, error))
    return invalid_argument("cannot write '{}': there is no folder '{}'", printable(path), printable(folder));
  const bool exists = fs::exists(path, error);
  if ((exists && access(path.c_str(), W_OK) != 0) || (!is_special(path) && access(folder.c_str(), W_OK | X_OK) != 0))
    return Status(Code::kPermissionDenied, "cannot write '" + printable(path) + "': " + why(errno));
  return OutputFile(path);
}

Status OutputFile::write(const std::string& content) const {
  if (is_special(path_)) return write_to(path_, content);
  // Through a symbolic link, the file behind it is replaced, not the link.
  std::error_code error;
  const fs::path target = fs::is_symlink(path_, error) ? fs::weakly_canonical(path_, error) : fs::path(path_);
  const std::string temporary = target.string() + ".partial-" + std::to_string(getpid());
  Status status = write_to(temporary, content);
  if (status.ok()) {
    fs::rename(temporary, target, error);
    if (!error) return {};
    status = Status(Code::kPermissionDenied, "cannot write '" + printable(path_) + "': " + error.message());
  }
  fs::remove(temporary, error);
  return status;
}

}  // namespace roofscape::client
