#pragma once
// Request ids. Ours alone: never taken from a client (docs/threat-model.md).

#include <array>
#include <cstdint>
#include <string_view>

namespace gh {

// "req_" and 22 characters of [A-Za-z0-9]: unique, and safe in any header or log. No secret: who
// sees some of a thread's ids can tell the others.
class RequestId {
 public:
  static constexpr std::size_t kSize = 26;
  std::string_view view() const { return {text_.data(), text_.size()}; }

 private:
  friend class RequestIds;
  std::array<char, kSize> text_{};
};

// A source of ids for one thread: each generator starts from 128 bits of getrandom, so that no two
// processes or threads meet, and mixes a counter (SplitMix64 twice).
class RequestIds {
 public:
  RequestIds();
  RequestId next();

 private:
  std::uint64_t state_[2];
  std::uint64_t counter_ = 0;
};

}  // namespace gh
