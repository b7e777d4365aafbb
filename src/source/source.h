#pragma once
// Random access to untrusted bytes. A source belongs to one thread.
//
// A read that is short means that the bytes end there, or that they could not be read: whoever
// finishes an examination asks `error()` once at the end, so that an I/O error is never taken for
// the end of a file.

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace gh::source {

class Source {
 public:
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  virtual ~Source() = default;

  // In bytes. Of a member that is inflated: what its container says, which may be a lie; reads
  // tell.
  virtual std::uint64_t size() const = 0;

  // Fills `into` from `offset`; the number of bytes there were. Never throws.
  virtual std::size_t read_at(std::uint64_t offset, std::span<char> into) = 0;

  // The first read that failed for another reason than the end: I/O, or a broken compression.
  virtual const std::optional<Error>& error() const = 0;
};

// Bytes that the caller keeps alive.
class MemorySource final : public Source {
 public:
  explicit MemorySource(std::string_view bytes) : bytes_(bytes) {}
  template <std::same_as<std::string> Temporary>
  explicit MemorySource(Temporary&&) = delete;  // nobody would keep it
  std::uint64_t size() const override { return bytes_.size(); }
  std::size_t read_at(std::uint64_t offset, std::span<char> into) override;
  const std::optional<Error>& error() const override { return error_; }

 private:
  std::string_view bytes_;
  std::optional<Error> error_;
};

// An open regular file; the descriptor stays the caller's. Its size is taken once, at construction.
class FileSource final : public Source {
 public:
  FileSource(int descriptor, std::uint64_t size);
  std::uint64_t size() const override { return size_; }
  std::size_t read_at(std::uint64_t offset, std::span<char> into) override;
  const std::optional<Error>& error() const override { return error_; }

  // Whether bytes follow where it was said to end, as in files that the system makes up.
  bool has_more();

  // Bytes of the 4 KiB pages that were read so far, each counted once: "looked at".
  std::uint64_t bytes_seen() const;

 private:
  int descriptor_;
  std::uint64_t size_;
  std::vector<bool> pages_;
  std::uint64_t pages_seen_ = 0;
  std::optional<Error> error_;
};

// A range of another source, which must outlive it. A range that reaches past the end is cut there.
class Slice final : public Source {
 public:
  Slice(Source& whole, std::uint64_t begin, std::uint64_t size);
  std::uint64_t size() const override { return size_; }
  std::size_t read_at(std::uint64_t offset, std::span<char> into) override;
  const std::optional<Error>& error() const override { return whole_.error(); }

 private:
  Source& whole_;
  std::uint64_t begin_;
  std::uint64_t size_;
};

// Takes what was unpacked off the bytes that may be. Where it came out of something that is
// unpacked itself, that took from the same, perhaps the last of it.
inline void spend(std::uint64_t& work, std::uint64_t bytes) {
  work -= std::min(work, bytes);
}

// What can only be produced from front to back (inflate, a tar inside gzip), read as if at random:
// going back more than a window starts it again, so memory is bounded whatever the size. Where the
// end was met once, the last bytes are kept: formats are told by them as well. How much may be
// produced in all is a `work` budget shared by everything that belongs to one file; when it is used
// up, `error()` says so and reads end.
class ForwardSource : public Source {
 public:
  std::uint64_t size() const override { return size_; }
  std::size_t read_at(std::uint64_t offset, std::span<char> into) final;
  const std::optional<Error>& error() const override { return error_; }

 protected:
  // `work` outlives the source; bytes that may still be produced.
  ForwardSource(std::uint64_t size, std::uint64_t& work) : size_(size), work_(work) {}
  // Begins again at byte 0; false and `set_error` when it cannot.
  virtual bool rewind() = 0;
  // The next bytes; 0 at the end or after `set_error`.
  virtual std::size_t produce(std::span<char> into) = 0;
  void set_error(std::string message);

 private:
  std::uint64_t size_;
  std::uint64_t& work_;
  std::vector<char> window_;    // the last bytes produced, ending at `position_`
  std::uint64_t position_ = 0;  // of the next byte that `produce` gives
  std::vector<char> tail_;      // the last bytes of all, and where they end
  std::uint64_t tail_end_ = 0;
  bool started_ = false;
  bool ended_ = false;
  std::optional<Error> error_;
};

}  // namespace gh::source
