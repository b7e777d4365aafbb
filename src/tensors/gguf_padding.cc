#include "tensors/gguf_padding.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "tensors/gguf_rules.h"

namespace gh::tensors {

// How many bytes from `at` on are in the buffer; none where the file ends.
std::size_t GgufPadding::buffered(std::uint64_t at) {
  if (at < buffer_at_ || at - buffer_at_ >= filled_) {
    buffer_at_ = at;
    filled_ = source_.read_at(at, buffer_);
  }
  return filled_ - static_cast<std::size_t>(at - buffer_at_);
}

void GgufPadding::check(std::uint64_t begin, std::uint64_t end) {
  end = std::min(end, source_.size());
  if (begin >= end) return;
  const std::uint64_t length = end - begin;
  if (length > kMost) {
    examination_.add(kGgfPadding,
                     fmt::format("{} bytes of padding, more than a writer leaves", length),
                     {.offset = begin, .length = length});
    return;
  }
  for (std::uint64_t at = begin; at < end;) {
    const std::size_t there = std::min<std::uint64_t>(buffered(at), end - at);
    if (there == 0) return;  // an error of the source, which is told at the end
    const std::string_view bytes(buffer_.data() + (at - buffer_at_), there);
    if (const std::size_t odd = bytes.find_first_not_of('\0'); odd != std::string_view::npos) {
      examination_.add(
          kGgfPadding, fmt::format("padding of {} bytes is not zero", length),
          {.offset = at + odd, .length = end - at - odd, .evidence = bytes.substr(odd)});
      return;
    }
    at += there;
  }
}

}  // namespace gh::tensors
