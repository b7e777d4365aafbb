#include "source/reader.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace gh::source {

Reader::Reader(Source& source, std::uint64_t begin, std::uint64_t end)
    : source_(source), end_(std::min(end, source.size())), window_at_(std::min(begin, end_)) {}

bool Reader::skip(std::uint64_t size) {
  const bool whole = size <= left();
  const std::uint64_t to = whole ? position() + size : end_;
  if (to - window_at_ <= filled_) {
    used_ = static_cast<std::size_t>(to - window_at_);
  } else {
    window_at_ = to;
    used_ = filled_ = 0;
  }
  return whole;
}

void Reader::rewind(std::uint64_t position) {
  GH_DCHECK(position <= this->position());
  window_at_ = position;
  used_ = filled_ = 0;
}

void Reader::fill(std::size_t size) {
  GH_DCHECK(size <= kWindow);
  if (filled_ - used_ >= std::min<std::uint64_t>(size, left())) return;
  if (window_.empty())
    window_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kWindow, left())));
  std::memmove(window_.data(), window_.data() + used_, filled_ - used_);
  window_at_ += used_;
  filled_ -= used_;
  used_ = 0;
  const std::uint64_t wanted =
      std::min<std::uint64_t>(window_.size() - filled_, end_ - window_at_ - filled_);
  filled_ += source_.read_at(window_at_ + filled_,
                             std::span(window_).subspan(filled_, static_cast<std::size_t>(wanted)));
}

}  // namespace gh::source
