#include "base/siphash.h"

#include <sys/random.h>

#include <bit>
#include <cstddef>
#include <cstring>

#include "base/check.h"

namespace gh {
namespace {

static_assert(std::endian::native == std::endian::little);

struct State {
  std::uint64_t v0, v1, v2, v3;

  void rounds(int count) {
    for (; count > 0; --count) {
      v0 += v1, v1 = std::rotl(v1, 13) ^ v0, v0 = std::rotl(v0, 32);
      v2 += v3, v3 = std::rotl(v3, 16) ^ v2;
      v0 += v3, v3 = std::rotl(v3, 21) ^ v0;
      v2 += v1, v1 = std::rotl(v1, 17) ^ v2, v2 = std::rotl(v2, 32);
    }
  }

  void absorb(std::uint64_t word) {
    v3 ^= word;
    rounds(2);
    v0 ^= word;
  }
};

}  // namespace

SipKey random_sip_key() {
  SipKey key{};
  GH_CHECK(getrandom(&key, sizeof key, 0) == static_cast<ssize_t>(sizeof key));
  return key;
}

std::uint64_t siphash(const SipKey& key, std::string_view bytes) {
  State state{key.low ^ 0x736f6d6570736575u, key.high ^ 0x646f72616e646f6du,
              key.low ^ 0x6c7967656e657261u, key.high ^ 0x7465646279746573u};
  // The last word carries what is left of the bytes and, on top, their number modulo 256.
  std::uint64_t last = std::uint64_t{bytes.size()} << 56;
  for (; bytes.size() >= sizeof last; bytes.remove_prefix(sizeof last)) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data(), sizeof word);
    state.absorb(word);
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    last |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  state.absorb(last);
  state.v2 ^= 0xFF;
  state.rounds(4);
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace gh
