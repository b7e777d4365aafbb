#include "artifacts/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <system_error>
#include <tuple>

#include "artifacts/cache_reference.h"
#include "artifacts/kind_rules.h"
#include "artifacts/system_rules.h"
#include "base/text.h"

namespace gh::artifacts {

namespace {

constexpr std::string_view kBlobs = "blobs";
constexpr std::string_view kSnapshots = "snapshots";
constexpr std::string_view kAbsent = ".no_exist/";
constexpr std::string_view kReferences = "refs/";

std::string join(std::string_view folder, std::string_view name) {
  return folder.empty() ? std::string(name) : fmt::format("{}/{}", folder, name);
}

std::string base_name(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const std::size_t slash = path.rfind('/');
  return std::string(slash == std::string_view::npos || path.size() == 1 ? path
                                                                         : path.substr(slash + 1));
}

// Where the first that was asked for was a file that the repository lacks, there is no more than
// the mark for it and what revision that was.
bool is_cache(int folder) {
  const auto has = [&](std::string_view name) {
    return look(folder, std::string(name)).kind == NodeKind::folder;
  };
  return (has(kBlobs) && has(kSnapshots)) || (has("refs") && has(".no_exist"));
}

// A link in `folder` of a cache, by what is written in it.
bool leads_to_blob(const std::string& folder, const std::string& target) {
  const std::filesystem::path whole = (std::filesystem::path(folder) / target).lexically_normal();
  return whole.parent_path() == kBlobs;
}

// Links are kept: a loader goes by their names.
std::string whole_path(const std::string& path) {
  std::error_code error;
  std::string whole = std::filesystem::absolute(path, error).lexically_normal().string();
  while (whole.ends_with('/')) whole.pop_back();
  return error ? path : whole;
}

// Names in `folder` but "." and "..", sorted by bytes; with an error when it cannot be read or
// there are more than `most`.
struct Names {
  std::vector<std::string> names;
  std::string error;
};

Names read_names(const Fd& folder, std::uint64_t most) {
  Names read;
  const int copy = ::openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* stream = copy < 0 ? nullptr : ::fdopendir(copy);
  if (stream == nullptr) {
    read.error = errno_text(errno);
    if (copy >= 0) ::close(copy);
    return read;
  }
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(stream);  // NOLINT(concurrency-mt-unsafe): a stream of its own
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (read.names.size() >= most) {
      read.error = "more entries in one scan than are looked at";
      break;
    }
    read.names.emplace_back(name);
  }
  if (read.error.empty() && errno != 0) read.error = errno_text(errno);
  ::closedir(stream);
  std::ranges::sort(read.names);
  return read;
}

}  // namespace

// One repository in a Hugging Face cache: its links lead from snapshots/ to blobs/.
struct Walk::Cache {
  Fd root;
};

// Where a folder is.
struct Walk::Place {
  std::string path;  // relative to the root; "" for it
  std::shared_ptr<const Cache> cache = nullptr;
  std::string cache_path = {};  // of this folder, relative to the cache's root
  bool linked = false;          // a link led to it, or to a folder above

  bool in_snapshot() const {
    return cache != nullptr && cache_path.starts_with(fmt::format("{}/", kSnapshots));
  }
};

struct Walk::Folder {
  OpenFile opened;
  Place place;
  std::vector<std::string> names;
  std::size_t next = 0;

  int descriptor() const { return opened.descriptor.get(); }
};

bool matches_any(const std::vector<std::string>& patterns, const std::string& path) {
  const std::string name = base_name(path);
  return std::ranges::any_of(patterns, [&](const std::string& pattern) {
    return ::fnmatch(pattern.c_str(), path.c_str(), 0) == 0 ||
           ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
  });
}

Walk::Walk(std::string root, std::vector<std::string> exclude, std::optional<FileState> unseen)
    : root_(std::move(root)),
      whole_root_(whole_path(root_)),
      exclude_(std::move(exclude)),
      unseen_(unseen) {}
Walk::Walk(Walk&&) noexcept = default;
Walk& Walk::operator=(Walk&&) noexcept = default;
Walk::~Walk() = default;

std::optional<Found> Walk::next() {
  if (!started_) {
    started_ = true;
    if (auto found = enter_root()) return found;
  }
  while (!folders_.empty()) {
    Folder& folder = *folders_.back();
    if (folder.next < folder.names.size()) {
      if (auto found = visit(folder, folder.names[folder.next++])) return found;
      continue;
    }
    Found found;
    found.what = Found::What::folder;
    found.path = folder.place.path.empty() ? "." : folder.place.path;
    folders_.pop_back();
    return found;
  }
  return std::nullopt;
}

std::optional<Found> Walk::enter_root() {
  const Node node = look(AT_FDCWD, root_, true);
  Found found;
  found.path = base_name(root_);
  found.named = true;
  if (node.kind == NodeKind::special) {
    found.what = Found::What::special;
    found.why = special_name(node.mode);
    return found;
  }
  if (node.kind == NodeKind::file && matches_any(exclude_, found.path)) {
    found.what = Found::What::excluded;
    found.file.node = node;
    return found;
  }
  auto opened = open_node(AT_FDCWD, root_, true);
  if (!opened) {
    found.what = Found::What::unreadable;
    found.why = opened.error().message;
    return found;
  }
  if (opened->node.kind == NodeKind::folder) return enter(std::move(*opened), {});
  found.reference = is_cache_reference(whole_root_);
  found.file = std::move(*opened);
  return found;
}

std::optional<Found> Walk::visit(Folder& folder, const std::string& name) {
  const std::string path = join(folder.place.path, name);
  const Node node = look(folder.descriptor(), name);
  if (unseen_ && node.kind == NodeKind::file && node.state.same_file(*unseen_)) return std::nullopt;
  Found found;
  found.path = path;
  if (matches_any(exclude_, path)) {
    found.what = Found::What::excluded;
    found.file.node = node;
    if (node.kind == NodeKind::folder) found.path += '/';
    return found;
  }
  switch (node.kind) {
    case NodeKind::link:
      return visit_link(folder, name, path);
    case NodeKind::special:
      found.what = Found::What::special;
      found.why = special_name(node.mode);
      return found;
    case NodeKind::missing:
    case NodeKind::file:
    case NodeKind::folder:
      break;
  }
  auto opened = open_node(folder.descriptor(), name);
  if (!opened) {
    found.what = Found::What::unreadable;
    found.why = opened.error().message;
    return found;
  }
  if (opened->node.kind == NodeKind::folder) {
    return enter(std::move(*opened), {.path = path,
                                      .cache = folder.place.cache,
                                      .cache_path = join(folder.place.cache_path, name),
                                      .linked = folder.place.linked});
  }
  const Place& place = folder.place;
  found.cached = place.in_snapshot();
  found.reference = is_reference(folder, name);
  found.blob = place.cache != nullptr && place.cache_path == kBlobs && is_digest(name);
  found.absent =
      place.cache != nullptr && place.cache_path.starts_with(kAbsent) && opened->node.bytes == 0;
  found.file = std::move(*opened);
  return found;
}

Found Walk::visit_link(Folder& folder, const std::string& name, const std::string& path) {
  Found found;
  found.path = path;
  found.target = link_target(folder.descriptor(), name);
  found.why = escape(found.target);
  if (folder.place.in_snapshot()) {
    const std::string in_cache = join(folder.place.cache_path, name);
    const int root = folder.place.cache->root.get();
    if (look_beneath(root, in_cache).kind == NodeKind::file) {
      if (auto opened = open_beneath(root, in_cache)) {
        found.cached = true;
        found.linked = !leads_to_blob(folder.place.cache_path, found.target);
        found.reference = is_reference(folder, name);
        found.file = std::move(*opened);
        return found;
      }
    }
  }
  return follow(folder, name, std::move(found));
}

bool Walk::is_reference(const Folder& folder, const std::string& name) const {
  const Place& place = folder.place;
  return (place.cache != nullptr && join(place.cache_path, name).starts_with(kReferences)) ||
         is_cache_reference(join(whole_root_, join(place.path, name)));
}

// Outside of caches: to what lies below the root, and is no folder that the link lies in itself.
Found Walk::follow(Folder& folder, const std::string& name, Found found) {
  const int root = folders_.front()->descriptor();
  const Node target = look_beneath(root, found.path);
  if (target.kind != NodeKind::file && target.kind != NodeKind::folder) {
    found.what = Found::What::link_outside;
    return found;
  }
  auto opened = open_beneath(root, found.path);
  if (!opened) {
    found.what = Found::What::unreadable;
    found.why = opened.error().message;
    return found;
  }
  if (opened->node.kind == NodeKind::file) {
    found.linked = true;
    found.reference = is_reference(folder, name);
    found.file = std::move(*opened);
    return found;
  }
  const Node& node = opened->node;
  if (std::ranges::any_of(folders_, [&](const auto& above) {
        return above->opened.node.state.same_file(node.state);
      })) {
    found.what = Found::What::link_loop;
    return found;
  }
  found.what = Found::What::link_inside;
  auto refused = enter(std::move(*opened), {.path = found.path,
                                            .cache = folder.place.cache,
                                            .cache_path = join(folder.place.cache_path, name),
                                            .linked = true});
  return refused ? std::move(*refused) : std::move(found);
}

std::optional<Found> Walk::enter(OpenFile opened, Place place) {
  Found found;
  found.path = place.path.empty() ? "." : place.path;
  if (folders_.size() >= kMaxDepth) {
    found.what = Found::What::too_much;
    found.why = fmt::format("folders more than {} deep", kMaxDepth);
    return found;
  }
  std::uint64_t most = kMaxEntries - entries_;
  if (place.linked) most = std::min(most, kMaxLinked - linked_entries_);
  Names names = read_names(opened.descriptor, most);
  if (!names.error.empty()) {
    found.what = Found::What::too_much;
    found.why = std::move(names.error);
    return found;
  }
  entries_ += names.names.size();
  if (place.linked) linked_entries_ += names.names.size();
  if (place.cache == nullptr) {
    std::tie(place.cache, place.cache_path) = cache_of(opened.descriptor.get(), place.path);
  }
  if (place.cache != nullptr && place.cache_path.empty()) {
    // Blobs last: what snapshots name is reported under that name.
    const auto blobs = std::ranges::find(names.names, kBlobs);
    if (blobs != names.names.end()) std::rotate(blobs, blobs + 1, names.names.end());
  }
  folders_.push_back(std::make_unique<Folder>(Folder{
      .opened = std::move(opened), .place = std::move(place), .names = std::move(names.names)}));
  return std::nullopt;
}

// The cache that a folder is the root of; of the root of the walk, also one that it lies in.
auto Walk::cache_of(int folder, const std::string& path) const
    -> std::pair<std::shared_ptr<const Cache>, std::string> {
  if (is_cache(folder)) {
    return {std::make_shared<Cache>(Cache{Fd(::fcntl(folder, F_DUPFD_CLOEXEC, 3))}), ""};
  }
  if (!path.empty()) return {};
  std::error_code error;
  const std::string whole = std::filesystem::canonical(root_, error).string();
  if (error) return {};
  const std::string middle = fmt::format("/{}/", kSnapshots);
  for (std::size_t at = whole.find(middle); at != std::string::npos;
       at = whole.find(middle, at + 1)) {
    const std::string parent = whole.substr(0, at);
    Fd opened(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened.valid() || !is_cache(opened.get())) continue;
    return {std::make_shared<Cache>(Cache{std::move(opened)}), whole.substr(at + 1)};
  }
  return {};
}

findings::Finding finding_of(const Found& found) {
  const auto say = [](const Rule& rule, std::string message) {
    findings::Finding finding;
    finding.rule = &rule;
    finding.message = std::move(message);
    return finding;
  };
  switch (found.what) {
    case Found::What::file:
    case Found::What::link_inside:
      return say(kLinkInside, fmt::format("leads to {}, inside the folder", found.why));
    case Found::What::link_loop:
      return say(kLinkLoop, fmt::format("leads to {}, a folder above it", found.why));
    case Found::What::link_outside:
      return say(kLinkOutside, fmt::format("leads to {}, out of the folder or nowhere", found.why));
    case Found::What::special:
      return say(kSpecial, fmt::format("is {}, and was not opened", found.why));
    case Found::What::too_much:
      return say(kTooMuch, fmt::format("was not looked into: {}", found.why));
    default:
      return say(kUnreadable, fmt::format("cannot be opened: {}", found.why));
  }
}

}  // namespace gh::artifacts
