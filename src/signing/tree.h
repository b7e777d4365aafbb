#pragma once
// The files of a model on disk, named and opened from one directory descriptor, so that no name,
// link or rename can lead a reader elsewhere. Trusted only as far as it was looked at.
//
// A `Tree` may be read by several threads.

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "base/file_state.h"

namespace gh::signing {

struct Entry {
  enum class Kind : std::uint8_t {
    file,
    link,        // symbolic, where links are not followed
    other,       // device, socket, pipe, a link to something that is no file
    unreadable,  // a folder that cannot be listed, a link that leads nowhere
  };
  std::string path;  // raw bytes, relative, with slashes; kWhole for a model that is one file
  Kind kind = Kind::file;
  FileState state;  // of `file` only: of what a link leads to, where they are followed
  bool operator==(const Entry&) const = default;
};

struct Listing {
  std::vector<Entry> entries;        // sorted by the parts of their paths
  std::vector<std::string> ignored;  // what was there and left out
  bool operator==(const Listing&) const = default;
};

// One name in one folder. Two names of one file are two places.
struct Place {
  std::uint64_t device = 0;  // of the folder, as `inode`
  std::uint64_t inode = 0;   // 0: no place
  std::string name;
};

// Where `path` is or would be; no place when its folder cannot be looked at.
Place place_of(const std::string& path);

struct ListingOptions {
  bool allow_symlinks = false;       // to files only; a link to a folder stays a link
  std::vector<std::string> ignored;  // paths; of a folder, with all that is below
  Place signature;                   // left out, whatever is there; other names of it are not
};

struct OpenFailure {
  bool changed = false;  // it is not what the listing saw; else it cannot be read
  std::string why;
};

class Tree {
 public:
  // `path` is the operator's own word: links in it are followed. A folder or a regular file.
  static Result<Tree> open(const std::string& path);

  // More than kMostFiles entries, or deeper than 64 folders, is an error.
  Result<Listing> list(const ListingOptions& options) const;

  // The file of an entry, in the state that the listing saw.
  std::expected<Fd, OpenFailure> open_file(const Entry& entry, bool allow_symlinks) const;

 private:
  Fd root_;
  bool is_file_ = false;
};

Result<FileState> state_of(int fd);

// Whether a path is a folder's, or of something inside it.
bool is_or_is_below(std::string_view path, std::string_view folder);

// Whether a path comes before another: by their parts, as model_signing sorts.
bool comes_before(std::string_view a, std::string_view b);

}  // namespace gh::signing
