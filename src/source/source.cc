#include "source/source.h"

#include <errno.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace gh::source {

namespace {

constexpr std::uint64_t kPage = 4096;
// Of what a forward source produced, for small steps back and for its end: a zip's end record, with
// its comment and what zip64 puts before it.
constexpr std::size_t kKept = std::size_t{72} * 1024;
constexpr std::size_t kStep = std::size_t{64} * 1024;

// How many of `wanted` bytes from `offset` lie below `size`.
std::size_t available(std::uint64_t size, std::uint64_t offset, std::size_t wanted) {
  if (offset >= size) return 0;
  return static_cast<std::size_t>(std::min<std::uint64_t>(size - offset, wanted));
}

}  // namespace

std::size_t MemorySource::read_at(std::uint64_t offset, std::span<char> into) {
  const std::size_t count = available(bytes_.size(), offset, into.size());
  if (count != 0) std::memcpy(into.data(), bytes_.data() + offset, count);
  return count;
}

FileSource::FileSource(int descriptor, std::uint64_t size)
    : descriptor_(descriptor),
      size_(size),
      pages_(static_cast<std::size_t>(size / kPage + (size % kPage != 0 ? 1 : 0))) {}

std::size_t FileSource::read_at(std::uint64_t offset, std::span<char> into) {
  const std::size_t wanted = available(size_, offset, into.size());
  std::size_t got = 0;
  while (got < wanted) {
    const ssize_t n =
        ::pread(descriptor_, into.data() + got, wanted - got, static_cast<off_t>(offset + got));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && !error_) error_ = Error{errno_text(errno)};
    if (n == 0 && !error_) error_ = Error{"the file became shorter while it was read"};
    if (n <= 0) break;
    got += static_cast<std::size_t>(n);
  }
  if (got != 0)
    for (std::uint64_t page = offset / kPage; page <= (offset + got - 1) / kPage; ++page) {
      auto seen = pages_[static_cast<std::size_t>(page)];
      pages_seen_ += seen ? 0u : 1u;
      seen = true;
    }
  return got;
}

bool FileSource::has_more() {
  char byte = 0;
  return pread(descriptor_, &byte, 1, static_cast<off_t>(size_)) == 1;
}

std::uint64_t FileSource::bytes_seen() const {
  return std::min(pages_seen_ * kPage, size_);
}

Slice::Slice(Source& whole, std::uint64_t begin, std::uint64_t size)
    : whole_(whole), begin_(std::min(begin, whole.size())) {
  size_ = std::min(size, whole.size() - begin_);
}

std::size_t Slice::read_at(std::uint64_t offset, std::span<char> into) {
  const std::size_t count = available(size_, offset, into.size());
  return count == 0 ? 0 : whole_.read_at(begin_ + offset, into.first(count));
}

void ForwardSource::set_error(std::string message) {
  if (!error_) error_ = Error{std::move(message)};
}

std::size_t ForwardSource::read_at(std::uint64_t offset, std::span<char> into) {
  if (error_) return 0;
  if (const std::uint64_t tail_at = tail_end_ - tail_.size(); !tail_.empty() && offset >= tail_at)
    return MemorySource({tail_.data(), tail_.size()}).read_at(offset - tail_at, into);
  if (!started_ || offset + window_.size() < position_) {
    if (ended_) {
      tail_ = std::move(window_);
      tail_end_ = position_;
    }
    if (!rewind()) {
      if (!error_) set_error("it cannot be read again from its start");
      return 0;
    }
    started_ = true;
    ended_ = false;
    position_ = 0;
    window_.clear();
  }
  std::size_t got = 0;
  while (got < into.size()) {
    const std::uint64_t at = offset + got;
    const std::uint64_t kept_from = position_ - window_.size();
    if (at < position_) {
      const auto from = static_cast<std::size_t>(at - kept_from);
      const std::size_t count = std::min(window_.size() - from, into.size() - got);
      std::memcpy(into.data() + got, window_.data() + from, count);
      got += count;
      continue;
    }
    if (ended_) break;
    if (work_ == 0) {
      set_error("the limit of bytes to decompress for one file is used up");
      break;
    }
    // Keep what a small step back may want, then the next bytes behind it.
    const std::size_t keep = std::min(window_.size(), kKept);
    if (keep != 0) std::memmove(window_.data(), window_.data() + (window_.size() - keep), keep);
    window_.resize(keep + static_cast<std::size_t>(std::min<std::uint64_t>(kStep, work_)));
    const std::size_t made = produce(std::span(window_).subspan(keep));
    window_.resize(keep + made);
    position_ += made;
    spend(work_, made);
    ended_ = made == 0;
  }
  return got;
}

}  // namespace gh::source
