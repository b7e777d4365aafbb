#pragma once
// What lies between the parts of a GGUF file: writers fill it with zeroes, and no loader looks.

#include <array>
#include <cstdint>

#include "findings/examination.h"
#include "source/source.h"

namespace gh::tensors {

class GgufPadding {
 public:
  // Longer than any writer's: a page, or one of 64 KiB. What is longer is told, not read.
  static constexpr std::uint64_t kMost = std::uint64_t{64} * 1024;  // bytes

  GgufPadding(source::Source& source, findings::Examination& examination)
      : source_(source), examination_(examination) {}

  // The bytes from `begin` to `end`, or to where the file ends. Cheap where calls go forward.
  void check(std::uint64_t begin, std::uint64_t end);

 private:
  std::size_t buffered(std::uint64_t at);

  source::Source& source_;
  findings::Examination& examination_;
  std::array<char, 4096> buffer_{};
  std::uint64_t buffer_at_ = 0;
  std::size_t filled_ = 0;
};

}  // namespace gh::tensors
