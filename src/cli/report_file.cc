#include "cli/report_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/fd.h"
#include "base/text.h"

namespace gh::cli {

void ReportFile::Close::operator()(std::FILE* file) const {
  if (file != stdout) (void)std::fclose(file);
}

ReportFile::ReportFile(ReportFile&& other) noexcept
    : file_(std::move(other.file_)),
      draft_(std::move(other.draft_)),
      name_(std::move(other.name_)),
      made_(std::exchange(other.made_, {})),
      state_(other.state_),
      error_(other.error_) {}

ReportFile::~ReportFile() {
  if (!made_.empty()) ::unlink(made_.c_str());
}

Result<ReportFile> ReportFile::open(const std::string& path) {
  ReportFile report;
  report.name_ = path.empty() ? "standard output" : escape(path);
  if (path.empty()) {
    report.file_.reset(stdout);
    return report;
  }
  const auto cannot = [&] { return fail("--output {}: {}", escape(path), errno_text(errno)); };
  Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd.valid() && errno == ENOENT) {
    constexpr mode_t kMode = 0666;  // less what the user's mask takes
    fd = Fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, kMode));
    if (fd.valid()) report.made_ = path;
  }
  struct stat facts{};
  if (!fd.valid() || ::fstat(fd.get(), &facts) != 0) return cannot();
  report.file_.reset(::fdopen(fd.get(), "wb"));
  if (report.file_ == nullptr) return cannot();
  (void)fd.release();
  if (S_ISREG(facts.st_mode)) {
    report.state_ = file_state(facts);
    report.draft_.reset(std::tmpfile());
    if (report.draft_ == nullptr) {
      return fail("no temporary file for the report can be made: {}", errno_text(errno));
    }
  }
  return report;
}

void ReportFile::write(std::string_view text) {
  std::FILE* const file = draft_ != nullptr ? draft_.get() : file_.get();
  note(std::fwrite(text.data(), 1, text.size(), file) == text.size());
  // At once, for who reads along through a pipe.
  if (draft_ == nullptr) note(std::fflush(file) == 0);
}

void ReportFile::copy_draft() {
  note(std::fflush(draft_.get()) == 0 && std::fseek(draft_.get(), 0, SEEK_SET) == 0);
  note(error_ != 0 || ::ftruncate(::fileno(file_.get()), 0) == 0);
  std::array<char, 1 << 16> part{};
  while (error_ == 0) {
    const std::size_t size = std::fread(part.data(), 1, part.size(), draft_.get());
    if (size == 0) break;
    note(std::fwrite(part.data(), 1, size, file_.get()) == size);
  }
  note(std::ferror(draft_.get()) == 0);
}

Result<> ReportFile::close() {
  if (draft_ != nullptr && error_ == 0) copy_draft();
  std::FILE* const file = file_.release();
  note(file == stdout || std::fclose(file) == 0);
  if (error_ != 0) {
    return fail("the report could not be written to {}: {}", name_, errno_text(error_));
  }
  made_.clear();
  return {};
}

void ReportFile::note(bool good) {
  if (!good && error_ == 0) error_ = errno != 0 ? errno : EIO;
}

}  // namespace gh::cli
