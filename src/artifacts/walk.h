#pragma once
// What lies below a path, in a fixed order: names sorted by bytes, a folder's files and folders as
// they come, then the folder itself. One entry at a time; of a folder only the names are held.
//
// Loaders go by names and follow links, so a link that stays below the path is followed: what it
// leads to is found under the link's own path, a folder with everything in it. In a Hugging Face
// cache links lead from snapshots/ to blobs/ of the same repository, also where the path is a part
// of the cache. Anybody can lay out a folder like that: whatever else is in it is found as in any
// other.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "artifacts/open.h"
#include "findings/finding.h"

namespace gh::artifacts {

struct Found {
  enum class What : std::uint8_t {
    file,          // open, to be examined
    link_inside,   // a link to a folder below the path; what is in it comes next
    link_loop,     // a link to a folder that it lies in itself; not followed
    link_outside,  // a link that leads elsewhere, or nowhere
    special,       // pipe, socket, device
    unreadable,    // `why`
    too_much,      // a folder that is not read: too deep, or too many entries before it; `why`
    excluded,      // by the operator; a folder's path ends with '/'
    folder,        // after everything in it
  };
  What what = What::file;
  std::string path;        // raw bytes, relative to the path that was asked for; "." for itself
  std::string why;         // printable
  std::string target;      // of a link, as it is written: raw bytes
  OpenFile file;           // of `file`
  bool named = false;      // by the operator: `path` is its last part
  bool linked = false;     // of `file`: `path` is a link to it, and to no blob of a cache
  bool cached = false;     // of `file`: in a snapshot of a cache, where one file has several paths
  bool blob = false;       // of `file`: in a cache's blobs/, named by its digest, so of no folder
  bool reference = false;  // of `file`: in refs/ of a Hugging Face cache, by its path
  bool absent = false;  // of `file`: an empty mark in a cache, that the repository has no such file
};

// Whether a loader may find a file there that is not examined.
constexpr bool is_unseen(Found::What what) {
  return what == Found::What::excluded || what == Found::What::link_outside ||
         what == Found::What::unreadable;
}

// What is to be said of anything but a file that no link led to.
findings::Finding finding_of(const Found& found);

class Walk {
 public:
  static constexpr std::size_t kMaxDepth = 64;
  static constexpr std::uint64_t kMaxEntries = 2'000'000;
  // Of these in folders that a link led to: links to folders of links double with each step.
  static constexpr std::uint64_t kMaxLinked = 100'000;

  // `root`: as the operator wrote it. `exclude`: shell patterns, held against the path and against
  // the name. `unseen`: a file that is passed over, unless a link leads to it.
  Walk(std::string root, std::vector<std::string> exclude,
       std::optional<FileState> unseen = std::nullopt);
  Walk(Walk&&) noexcept;
  Walk& operator=(Walk&&) noexcept;
  ~Walk();

  std::optional<Found> next();

 private:
  struct Folder;
  struct Cache;
  struct Place;
  // Each gives nothing when a folder was entered: what is in it comes next; or for what is unseen.
  std::optional<Found> enter_root();
  std::optional<Found> visit(Folder& folder, const std::string& name);
  Found visit_link(Folder& folder, const std::string& name, const std::string& path);
  Found follow(Folder& folder, const std::string& name, Found found);
  std::optional<Found> enter(OpenFile opened, Place place);
  std::pair<std::shared_ptr<const Cache>, std::string> cache_of(int folder,
                                                                const std::string& path) const;

  bool is_reference(const Folder& folder, const std::string& name) const;

  std::string root_;
  std::string whole_root_;  // from the root of the file system, as it is named
  std::vector<std::string> exclude_;
  std::optional<FileState> unseen_;
  bool started_ = false;
  std::uint64_t entries_ = 0;
  std::uint64_t linked_entries_ = 0;
  std::vector<std::unique_ptr<Folder>> folders_;  // from the root to where it is now
};

// Shell patterns (`fnmatch`; '*' matches '/' too), held against the whole path and its last part.
bool matches_any(const std::vector<std::string>& patterns, const std::string& path);

}  // namespace gh::artifacts
