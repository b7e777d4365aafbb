#include "cli/report_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/encoding.h"
#include "base/fd.h"
#include "base/text.h"
#include "crypto/crypto.h"

namespace gh::cli {
namespace {

constexpr mode_t kMode = 0666;  // less what the user's mask takes

std::unexpected<Error> cannot_open(const std::string& path) {
  const int error = errno;
  return fail("--output {}: {}", escape(path), errno_text(error));
}

// A single file that was mounted, as containers have it: another cannot take its place.
bool is_mounted(const std::string& path) {
  struct statx facts{};
  return ::statx(AT_FDCWD, path.c_str(), 0, STATX_TYPE, &facts) == 0 &&
         (facts.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

// The path that a new file may take; "" when what is there has to be written to as it is.
std::string place_for(const std::string& path) {
  struct stat facts{};
  const bool is_there = ::stat(path.c_str(), &facts) == 0;
  // Also of a link that leads nowhere, which whoever writes to it makes lead somewhere.
  if (!is_there) return errno == ENOENT && ::lstat(path.c_str(), &facts) != 0 ? path : "";
  std::error_code failed;
  const std::string folder = std::filesystem::canonical(folder_of(path), failed).string() + "/";
  // /dev/stdout may lead to a file, of which a shell holds the end.
  if (!S_ISREG(facts.st_mode) || failed || folder.starts_with("/dev/") ||
      folder.starts_with("/proc/")) {
    return "";
  }
  std::string place = std::filesystem::canonical(path, failed).string();
  if (failed || is_mounted(place) || ::access(folder_of(place).c_str(), W_OK | X_OK) != 0)
    return "";
  return place;
}

// As what it takes the place of, as far as this user may.
void take_after(int fd, const std::string& place) {
  struct stat facts{};
  if (::stat(place.c_str(), &facts) != 0) return;
  if (::fchown(fd, facts.st_uid, facts.st_gid) != 0 && errno != EPERM) return;
  ::fchmod(fd, facts.st_mode & 0777);
}

}  // namespace

void ReportFile::Close::operator()(std::FILE* file) const {
  if (file != stdout) (void)std::fclose(file);
}

ReportFile::Made::~Made() {
  if (!path.empty()) ::unlink(path.c_str());
}

Result<ReportFile> ReportFile::open(const std::string& path) {
  if (path.empty()) return ReportFile(stdout, "standard output");
  const std::string place = place_for(path);
  return place.empty() ? open_as_it_is(path) : open_beside(path, place);
}

Result<ReportFile> ReportFile::open_as_it_is(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "wbe");
  if (file == nullptr) return cannot_open(path);
  return ReportFile(file, escape(path));
}

Result<ReportFile> ReportFile::open_beside(const std::string& path, const std::string& place) {
  const std::string beside = fmt::format("{}.{}", place, base62(crypto::random_bytes(8)));
  Fd fd(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kMode));
  if (!fd.valid()) return cannot_open(path);
  auto made = std::make_unique<Made>(beside);
  take_after(fd.get(), place);
  struct stat facts{};
  if (::fstat(fd.get(), &facts) != 0) return cannot_open(path);
  ReportFile report(::fdopen(fd.get(), "wb"), escape(path));
  if (report.file_ == nullptr) return cannot_open(path);
  (void)fd.release();
  report.place_ = place;
  report.made_ = std::move(made);
  report.state_ = file_state(facts);
  return report;
}

void ReportFile::write(std::string_view text) {
  note(std::fwrite(text.data(), 1, text.size(), file_.get()) == text.size());
  note(std::fflush(file_.get()) == 0);
}

Result<> ReportFile::close() {
  std::FILE* file = file_.release();
  note(file == stdout || std::fclose(file) == 0);
  if (error_ == 0 && made_ != nullptr) {
    note(::rename(made_->path.c_str(), place_.c_str()) == 0);
    if (error_ == 0) made_->path.clear();
  }
  if (error_ == 0) return {};
  return fail("the report could not be written to {}: {}", name_, errno_text(error_));
}

void ReportFile::note(bool good) {
  if (!good && error_ == 0) error_ = errno != 0 ? errno : EIO;
}

}  // namespace gh::cli
