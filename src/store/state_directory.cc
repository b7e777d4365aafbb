#include "store/state_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/encoding.h"
#include "base/fd.h"
#include "base/text.h"
#include "crypto/crypto.h"
#include "policy/files.h"

namespace gh::store {
namespace {

std::unexpected<Error> cannot(std::string_view what, const std::string& path) {
  const int error = errno;
  return fail("cannot {} `{}`: {}", what, escape(path, 512), errno_text(error));
}

Fd open_folder(const std::string& path) {
  return Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

// Root goes through a link only where root made it, or where it leads to a folder of whoever did.
Result<Fd> open_state(const std::string& path) {
  Fd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat link{};
  if (!folder.valid() && ::lstat(path.c_str(), &link) == 0 && S_ISLNK(link.st_mode)) {
    folder = open_folder(path);
    struct stat facts{};
    if (folder.valid() && ::geteuid() == 0 && link.st_uid != 0 &&
        (::fstat(folder.get(), &facts) != 0 || facts.st_uid != link.st_uid)) {
      return fail("`{}` is a link that user {} made to a folder of another user; name the folder",
                  escape(path, 512), link.st_uid);
    }
  }
  if (!folder.valid()) return cannot("open", path);
  return folder;
}

// A new folder is on disk only when the one above it is.
Result<> sync_folder(const std::string& path) {
  const Fd folder = open_folder(path);
  if (!folder.valid() || ::fsync(folder.get()) != 0) return cannot("sync", path);
  return {};
}

std::string parent_of(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

// Those above it get the modes that the umask gives; only the last is ours to close.
Result<> make_folder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(parent_of(path), error);
  if (error) {
    return fail("cannot make `{}`: {}", escape(parent_of(path), 512), error.message());
  }
  if (::mkdir(path.c_str(), 0700) != 0) {
    if (errno == EEXIST) return {};
    return cannot("make", path);
  }
  // Whoever owns the folder above could have put a link there since.
  if (::fchmodat(AT_FDCWD, path.c_str(), 0700, AT_SYMLINK_NOFOLLOW) != 0) {
    return cannot("close to others", path);
  }
  return sync_folder(parent_of(path));
}

std::string without_last_slash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

}  // namespace

Result<StateDirectory> StateDirectory::make(const std::string& path) {
  const Result<> made = make_folder(without_last_slash(path));
  if (!made) return std::unexpected(made.error());
  return open(path);
}

Result<StateDirectory> StateDirectory::open(const std::string& given_path) {
  const std::string path = without_last_slash(given_path);
  Result<Fd> folder = open_state(path);
  if (!folder) return std::unexpected(folder.error());
  struct stat facts{};
  if (::fstat(folder->get(), &facts) != 0) return cannot("open", path);
  if ((facts.st_mode & S_IWOTH) != 0) {
    return fail("everybody may write to `{}` (mode {:04o}); run chmod 700", escape(path, 512),
                facts.st_mode & 07777);
  }
  return StateDirectory(std::move(*folder), path, Owner::of(facts));
}

Result<> StateDirectory::lock() const {
  while (::flock(fd_.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return cannot("lock", path_);
  }
  return {};
}

Result<> StateDirectory::make_file(const std::string& path) const {
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.valid()) return cannot("make", path);
  if (::fchmod(file.get(), 0600) != 0) return cannot("close to others", path);
  return {};
}

Result<> StateDirectory::put_in_place(const std::string& draft, const std::string& path) const {
  // Nobody else makes one meanwhile: this process has the lock.
  if (policy::is_there(path)) return fail("`{}` is there already", escape(path, 512));
  if (::rename(draft.c_str(), path.c_str()) != 0) return cannot("make", path);
  return sync_folder(parent_of(path));
}

Result<Secret> StateDirectory::make_secret(const std::string& path) const {
  const std::string folder = parent_of(path);
  if (!policy::is_there(folder)) {
    if (const Result<> made = make_folder(folder); !made) return std::unexpected(made.error());
  }
  std::array<char, policy::kStateSecretBytes> bytes{};
  crypto::random_bytes(bytes);
  Secret secret({bytes.data(), bytes.size()});
  wipe(bytes.data(), bytes.size());
  std::string text = hex(secret.reveal()) + "\n";

  // Under another name until it is whole, so that a crash never leaves half a secret behind.
  const std::string draft = path + ".new";
  ::unlink(draft.c_str());
  Result<> result = make_file(draft);
  if (result) {
    const Fd file(::open(draft.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!file.valid()) {
      result = cannot("open", draft);
    } else if (!write_all(file.get(), text) || ::fsync(file.get()) != 0) {
      result = cannot("write", draft);
    }
  }
  wipe(text.data(), text.size());
  // link, not rename: it never replaces a secret that is there.
  if (result && ::link(draft.c_str(), path.c_str()) != 0) result = cannot("make", path);
  ::unlink(draft.c_str());
  if (result) result = sync_folder(folder);
  if (!result) return std::unexpected(result.error());
  return secret;
}

Result<> check_closed(const std::string& path) {
  struct stat facts{};
  if (::lstat(path.c_str(), &facts) != 0) return cannot("read", path);
  if (!S_ISREG(facts.st_mode)) return fail("`{}` is not a regular file", escape(path, 512));
  if ((facts.st_mode & 077) != 0) {
    return fail("`{}` is open to group or others (mode {:04o}); run chmod 600", escape(path, 512),
                facts.st_mode & 07777);
  }
  return {};
}

}  // namespace gh::store
