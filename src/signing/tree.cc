#include "signing/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/text.h"
#include "signing/manifest.h"
#include "signing/names.h"
#include "source/beneath.h"

namespace gh::signing {
namespace {

constexpr std::size_t kDeepest = 64;
// O_NONBLOCK: opening a pipe must not wait for who writes to it.
constexpr int kReadFile = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
constexpr int kReadFolder = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

bool is_folder_of(const Place& place, int folder) {
  struct stat facts{};
  return place.inode != 0 && ::fstat(folder, &facts) == 0 && facts.st_dev == place.device &&
         facts.st_ino == place.inode;
}

class Walk {
 public:
  explicit Walk(const ListingOptions& options) : options_(options) {}

  // Takes `fd`, which may be -1: a folder that cannot be opened.
  Result<> folder(int fd, const std::string& path, std::size_t depth) {
    const Folder open(fd < 0 ? nullptr : ::fdopendir(fd));
    if (open == nullptr) {
      if (fd >= 0) ::close(fd);
      return add(path, Entry::Kind::unreadable, {});
    }
    const bool holds_signature = is_folder_of(options_.signature, fd);
    for (errno = 0;;) {
      const dirent* const next =
          ::readdir(open.get());  // NOLINT(concurrency-mt-unsafe): own stream
      if (next == nullptr) break;
      const std::string_view found = next->d_name;
      if (found == "." || found == "..") continue;
      if (holds_signature && found == options_.signature.name) continue;
      const std::string below = path.empty() ? std::string(found) : path + "/" + next->d_name;
      if (const Result<> looked = entry(fd, next->d_name, below, depth); !looked) return looked;
      errno = 0;
    }
    if (errno != 0) return add(path, Entry::Kind::unreadable, {});
    return {};
  }

  Result<> entry(int parent, const char* name, const std::string& path, std::size_t depth) {
    struct stat facts{};
    if (::fstatat(parent, name, &facts, AT_SYMLINK_NOFOLLOW) != 0) {
      // Gone between listing and looking: then it is not there.
      return errno == ENOENT ? Result<>() : add(path, Entry::Kind::unreadable, {});
    }
    if (std::ranges::any_of(options_.ignored, [&path](const std::string& ignored) {
          return is_or_is_below(path, ignored);
        })) {
      listing_.ignored.push_back(path);
      return {};
    }
    if (S_ISDIR(facts.st_mode)) {
      if (depth == kDeepest) return fail("`{}` is deeper than 64 folders", escape(path, 512));
      return folder(source::open_beneath(parent, name, kReadFolder), path, depth + 1);
    }
    if (S_ISLNK(facts.st_mode)) {
      if (!options_.allow_symlinks) return add(path, Entry::Kind::link, {});
      if (::fstatat(parent, name, &facts, 0) != 0) return add(path, Entry::Kind::unreadable, {});
      if (S_ISDIR(facts.st_mode)) return add(path, Entry::Kind::link, {});
    }
    if (!S_ISREG(facts.st_mode)) return add(path, Entry::Kind::other, {});
    return add(path, Entry::Kind::file, file_state(facts));
  }

  Listing finish() {
    std::ranges::sort(listing_.entries,
                      [](const Entry& a, const Entry& b) { return comes_before(a.path, b.path); });
    std::ranges::sort(listing_.ignored);
    return std::move(listing_);
  }

 private:
  Result<> add(std::string path, Entry::Kind kind, const FileState& state) {
    if (listing_.entries.size() >= kMostFiles) {
      return fail("there are more than {} files", kMostFiles);
    }
    listing_.entries.push_back({std::move(path), kind, state});
    return {};
  }

  const ListingOptions& options_;
  Listing listing_;
};

// Only the last part may be a link, wherever it leads: the operator said so.
int open_following(int root, const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ::openat(root, path.c_str(), kReadFile);
  const Fd parent(
      source::open_beneath(root, path.substr(0, slash), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (parent.get() < 0) return -1;
  return ::openat(parent.get(), path.c_str() + slash + 1, kReadFile);
}

}  // namespace

Result<FileState> state_of(int fd) {
  struct stat facts{};
  if (::fstat(fd, &facts) != 0) return fail("{}", errno_text(errno));
  if (!S_ISREG(facts.st_mode)) return fail("it is no regular file");
  return file_state(facts);
}

Place place_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  struct stat facts{};
  if (::stat(folder.c_str(), &facts) != 0) return {};
  return {facts.st_dev, facts.st_ino, path.substr(slash + 1)};
}

bool is_or_is_below(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

bool comes_before(std::string_view a, std::string_view b) {
  // A slash ends a part, so it sorts before every byte that a part can have.
  return std::ranges::lexicographical_compare(a, b, [](char x, char y) {
    const auto weight = [](char c) { return c == '/' ? 0 : static_cast<unsigned char>(c) + 1; };
    return weight(x) < weight(y);
  });
}

Result<Tree> Tree::open(const std::string& path) {
  Tree tree;
  tree.root_ = Fd(::open(path.c_str(), kReadFile));
  struct stat facts{};
  if (tree.root_.get() < 0 || ::fstat(tree.root_.get(), &facts) != 0) {
    return fail("cannot open `{}`: {}", escape(path, 512), errno_text(errno));
  }
  if (!S_ISREG(facts.st_mode) && !S_ISDIR(facts.st_mode)) {
    return fail("`{}` is neither a file nor a folder", escape(path, 512));
  }
  tree.is_file_ = S_ISREG(facts.st_mode);
  return tree;
}

Result<Listing> Tree::list(const ListingOptions& options) const {
  if (is_file_) {
    const Result<FileState> state = state_of(root_.get());
    if (!state) return std::unexpected(state.error());
    return Listing{{{std::string(kWhole), Entry::Kind::file, *state}}, {}};
  }
  Walk walk(options);
  if (const Result<> walked = walk.folder(::openat(root_.get(), ".", kReadFolder), "", 0);
      !walked) {
    return std::unexpected(walked.error());
  }
  return walk.finish();
}

std::expected<Fd, OpenFailure> Tree::open_file(const Entry& entry, bool allow_symlinks) const {
  int fd = -1;
  if (is_file_) {
    fd = ::fcntl(root_.get(), F_DUPFD_CLOEXEC, 0);
  } else if (allow_symlinks) {
    fd = open_following(root_.get(), entry.path);
  } else {
    fd = source::open_beneath(root_.get(), entry.path, kReadFile);
  }
  Fd file(fd);
  if (fd < 0) {
    const bool gone = errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == EXDEV;
    return std::unexpected(OpenFailure{gone, errno_text(errno)});
  }
  const Result<FileState> state = state_of(fd);
  if (!state || *state != entry.state) {
    return std::unexpected(OpenFailure{true, "it is not the file that was there a moment ago"});
  }
  return file;
}

}  // namespace gh::signing
