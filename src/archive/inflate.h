#pragma once
// Deflated bytes (RFC 1951, alone or in zlib's or gzip's wrapping) as a stream, and as a source.

#include <zlib.h>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "source/source.h"

namespace gh::archive {

enum class Wrapping : std::uint8_t { none, zlib, gzip };

// About 40 KiB of memory, and a window of 32 KiB within zlib.
class InflateStream {
 public:
  // `packed` outlives it.
  InflateStream(source::Source& packed, Wrapping wrapping) : packed_(packed), wrapping_(wrapping) {}
  InflateStream(const InflateStream&) = delete;
  InflateStream& operator=(const InflateStream&) = delete;
  ~InflateStream();

  // Stands at the first byte, again or for the first time; false without memory.
  bool begin();
  // The next bytes: all that there are before a failure; 0 at the end and after one. In a wrapping
  // several streams in a row are one, as Python reads them.
  std::size_t read(std::span<char> into);

  bool ended() const { return ended_; }
  std::string_view failure() const { return failure_; }  // "" when nothing failed
  // Whether more bytes might have mended that.
  bool is_cut() const { return cut_; }
  // Bytes of `packed` that were used.
  std::uint64_t consumed() const { return read_ - stream_.avail_in; }

 private:
  void refill();
  bool goes_on();

  source::Source& packed_;
  Wrapping wrapping_;
  z_stream stream_{};
  std::array<char, std::size_t{32} * 1024> input_{};
  std::uint64_t read_ = 0;  // of the packed bytes
  std::string_view failure_;
  bool begun_ = false;
  bool ended_ = false;
  bool cut_ = false;
};

// Deflated bytes as a source. It has a window of 136 KiB besides, and
// its last 72 KiB.
class Inflated final : public source::ForwardSource {
 public:
  Inflated(source::Source& whole, std::uint64_t offset, std::uint64_t packed, std::uint64_t size,
           std::uint64_t& work)
      : ForwardSource(size, work),
        packed_(whole, offset, packed),
        stream_(packed_, Wrapping::none) {}

  // Packed bytes behind the end of the stream; 0 before that was read.
  std::uint64_t unused() const;

 protected:
  bool rewind() override;
  std::size_t produce(std::span<char> into) override;

 private:
  source::Slice packed_;
  InflateStream stream_;
  std::uint64_t produced_ = 0;  // since the last rewind
};

// `packed` bytes of `whole` from `offset`, said to be `size` bytes when inflated. One byte more
// than that is produced where there is one, so that a lie shows; a broken stream is an `error()`.
// `whole` and `work` must outlive it.
std::unique_ptr<Inflated> inflate(source::Source& whole, std::uint64_t offset, std::uint64_t packed,
                                  std::uint64_t size, std::uint64_t& work);

}  // namespace gh::archive
