#pragma once
// A window that walks over a source from `begin` to `end`: parsers look at bytes in place, and skip
// what they do not need without reading it.

#include <cstdint>
#include <string_view>
#include <vector>

#include "source/source.h"

namespace gh::source {

class Reader {
 public:
  static constexpr std::size_t kWindow = std::size_t{256} * 1024;

  explicit Reader(Source& source, std::uint64_t begin = 0, std::uint64_t end = UINT64_MAX);

  // Offset in the source of the next byte.
  std::uint64_t position() const { return window_at_ + used_; }
  // Bytes up to `end` or the size that the source states, whichever is less.
  std::uint64_t left() const { return end_ - position(); }

  // At least `size` (≤ kWindow) bytes from here, more when they are buffered; fewer only where the
  // source ends. Valid until the next call that is not `skip` within it.
  std::string_view peek(std::size_t size) {
    if (filled_ - used_ < size) fill(size);
    return {window_.data() + used_, filled_ - used_};
  }
  // Moves on; beyond the end it stays at the end and gives false.
  bool skip(std::uint64_t size);
  // Back to where it was before; what was buffered is read again.
  void rewind(std::uint64_t position);

 private:
  void fill(std::size_t size);

  Source& source_;
  std::uint64_t end_;
  std::uint64_t window_at_;  // offset in the source of window_[0]
  std::size_t used_ = 0;
  std::size_t filled_ = 0;
  std::vector<char> window_;
};

}  // namespace gh::source
