#pragma once
// libarchive over a `Source`: the archive as a sequence of members, read from front to back, begun
// again when somebody goes back. No file, no process, no locale.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "source/source.h"

struct archive;
struct archive_entry;

namespace gh::archive {

class Stream {
 public:
  enum class Next : std::uint8_t { member, end, failed };

  // Whether bytes that begin so are one compressed file to libarchive; gzip is not left to it.
  static bool is_compressed(std::string_view head);

  // Both outlive the stream. `work`: bytes that may still be unpacked.
  Stream(source::Source& source, std::uint64_t& work);

  Next next();
  archive_entry* entry() const { return entry_; }
  // Bytes of the member; 0 at its end or when reading failed.
  std::size_t read(std::span<char> into);
  // Reads the rest of the member away; false when that failed.
  bool finish();
  // Stands at the first byte of member `index` (from 0) again.
  bool go_to(std::size_t index);
  // The index of the member that the stream stands in.
  std::size_t index() const { return members_ - 1; }

  bool is_tar() const;
  bool is_compressed() const { return compressed_; }    // one file, whatever it is
  std::size_t layers() const;                           // of compression around it
  std::uint64_t consumed() const;                       // bytes of the source that were used
  std::uint64_t produced() const { return produced_; }  // since the archive was opened

  // Why `failed`, escaped; "" when nothing did.
  const std::string& failure() const { return failure_; }
  // The same, and forgets it: what comes before can be read again by `go_to`.
  std::string forgive() { return std::exchange(failure_, {}); }
  bool is_bomb() const { return bomb_; }
  bool is_exhausted() const { return exhausted_; }

 private:
  struct Free {
    void operator()(struct archive* handle) const;
  };
  static long read_block(struct archive*, void* self, const void** block);
  static std::int64_t skip_bytes(struct archive*, void* self, std::int64_t count);
  static std::int64_t seek_to(struct archive*, void* self, std::int64_t offset, int whence);

  bool open();
  bool fail(std::string reason);
  bool fail_by_archive();

  source::Source& source_;
  std::uint64_t& work_;
  std::unique_ptr<struct archive, Free> handle_;
  archive_entry* entry_ = nullptr;
  std::vector<char> block_;
  std::uint64_t position_ = 0;  // in the source, of the next block
  std::uint64_t produced_ = 0;  // since the archive was opened
  std::size_t members_ = 0;     // seen since it was opened
  std::string failure_;
  bool compressed_ = false;
  bool bomb_ = false;
  bool exhausted_ = false;
};

}  // namespace gh::archive
