#include "base/ids.h"

#include <sys/random.h>

#include <algorithm>

#include "base/check.h"
#include "base/encoding.h"

namespace gh {
namespace {

std::uint64_t split_mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

constexpr std::size_t kDigits = 11;  // 62^11 > 2^64

}  // namespace

RequestIds::RequestIds() {
  GH_CHECK(getrandom(state_, sizeof state_, 0) == static_cast<ssize_t>(sizeof state_));
}

RequestId RequestIds::next() {
  RequestId id;
  const std::uint64_t n = ++counter_;
  char* const out = std::copy_n("req_", 4, id.text_.data());
  write_base62({out, kDigits}, split_mix(state_[0] + n));
  write_base62({out + kDigits, kDigits}, split_mix(split_mix(state_[1] ^ n)));
  return id;
}

}  // namespace gh
