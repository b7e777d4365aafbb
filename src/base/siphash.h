#pragma once
// SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed hash for tables whose keys a peer chooses.
// Without the key nobody can make entries collide on purpose. Not a message authentication code
// for the wire: 64 bits are too few.

#include <cstdint>
#include <string_view>

namespace gh {

struct SipKey {
  std::uint64_t low;
  std::uint64_t high;
};

// A fresh key from getrandom.
SipKey random_sip_key();

std::uint64_t siphash(const SipKey& key, std::string_view bytes);

}  // namespace gh
