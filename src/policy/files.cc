#include "policy/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <optional>
#include <string_view>

#include "base/encoding.h"
#include "base/fd.h"
#include "base/text.h"
#include "crypto/tls_files.h"
#include "policy/secret_mode.h"
#include "policy/weak_secret.h"

namespace gh::policy {
namespace {

constexpr std::size_t kMostSecretBytes = 64u << 10;
constexpr std::size_t kMostCertificateBytes = 4u << 20;  // the system's authorities are 200 KB

// What to do about a file that cannot be opened.
std::string_view advice(int error) {
  if (error == ENOENT || error == ENOTDIR) return "; check the path";
  if (error == EACCES || error == EPERM) return "; allow the user that runs this to read it";
  return {};
}

class OpenFile {
 public:
  static Result<OpenFile> open(const std::string& path) {
    OpenFile file;
    file.fd_ = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat facts{};
    if (!file.fd_.valid() || ::fstat(file.fd_.get(), &facts) != 0) {
      const int error = errno;
      return fail("cannot read `{}`: {}{}", escape(path, 512), errno_text(error), advice(error));
    }
    if (!S_ISREG(facts.st_mode)) {
      return fail("cannot read `{}`: not a regular file; write the path of one", escape(path, 512));
    }
    file.mode_ = facts.st_mode & 07777;
    file.owner_ = facts.st_uid;
    return file;
  }
  mode_t mode() const { return mode_; }
  uid_t owner() const { return owner_; }

  // Into `out`, at most its size; how many bytes there were, or an errno value.
  std::expected<std::size_t, int> read(std::string& out) const {
    std::size_t size = 0;
    while (size < out.size()) {
      const ssize_t got = ::read(fd_.get(), out.data() + size, out.size() - size);
      if (got == 0) break;
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return std::unexpected(errno);
      size += static_cast<std::size_t>(got);
    }
    return size;
  }

 private:
  OpenFile() = default;
  Fd fd_;
  mode_t mode_ = 0;
  uid_t owner_ = 0;
};

Result<OpenFile> open_secret(const std::string& path) {
  auto file = OpenFile::open(path);
  if (!file) return file;
  const std::string fault = secret_mode_fault(file->mode(), file->owner(), ::geteuid());
  if (!fault.empty()) return fail("`{}` {}", escape(path, 512), fault);
  return file;
}

// One byte more than accepted is asked for, so that too large is seen.
Result<std::size_t> fill(const OpenFile& file, const std::string& path, std::string& buffer) {
  const auto size = file.read(buffer);
  if (!size) return fail("cannot read `{}`: {}", escape(path, 512), errno_text(size.error()));
  if (*size == buffer.size()) {
    return fail("`{}` is larger than {} bytes", escape(path, 512), buffer.size() - 1);
  }
  return *size;
}

}  // namespace

Result<FileText> read_file(const std::string& path, std::size_t most) {
  const auto file = OpenFile::open(path);
  if (!file) return std::unexpected(file.error());
  FileText out{std::string(most + 1, '\0'), file->mode()};
  const auto size = fill(*file, path, out.text);
  if (!size) return std::unexpected(size.error());
  out.text.resize(*size);
  return out;
}

Result<> check_file(const std::string& path) {
  if (auto file = OpenFile::open(path); !file) return std::unexpected(file.error());
  return {};
}

Result<std::string> read_certificates(const std::string& path) {
  auto file = read_file(path, kMostCertificateBytes);
  if (!file) return std::unexpected(file.error());
  if (const auto fit = crypto::check_certificates(file->text); !fit) {
    return fail("`{}` {}", escape(path, 512), fit.error().message);
  }
  return std::move(file->text);
}

Result<Secret> read_secret_file(const std::string& path) {
  const auto file = open_secret(path);
  if (!file) return std::unexpected(file.error());
  std::string buffer(kMostSecretBytes + 1, '\0');
  const auto size = fill(*file, path, buffer);
  std::string_view text(buffer.data(), size.value_or(0));
  if (text.ends_with('\n')) text.remove_suffix(1);
  Secret secret(text);
  wipe(buffer.data(), buffer.size());
  if (!size) return std::unexpected(size.error());
  if (secret.empty()) return fail("`{}` is empty", escape(path, 512));
  return secret;
}

Result<Secret> read_state_secret(const std::string& path) {
  const Result<Secret> text = read_secret_file(path);
  if (!text) return std::unexpected(text.error());
  std::optional<std::string> bytes = unhex(text->reveal());
  if (!bytes || bytes->size() != kStateSecretBytes) {
    return fail("`{}` is no secret of Gatehouse: it must hold 64 hexadecimal digits",
                escape(path, 512));
  }
  Secret secret(*bytes);
  wipe(bytes->data(), bytes->size());
  if (const auto fault = weak_secret_fault(text->reveal(), 2 * kStateSecretBytes); !fault.empty()) {
    return fail("`{}` {}", escape(path, 512), fault);
  }
  return secret;
}

bool is_there(const std::string& path) {
  struct stat facts{};
  return ::lstat(path.c_str(), &facts) == 0;
}

bool is_folder(const std::string& path) {
  struct stat facts{};
  return ::stat(path.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode);
}

std::string resolve(const std::string& directory, const std::string& path) {
  return (std::filesystem::path(directory) / path).lexically_normal().string();
}

}  // namespace gh::policy
