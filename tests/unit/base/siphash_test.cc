#include "base/siphash.h"

#include <gtest/gtest.h>

#include <string>

namespace gh {
namespace {

// Key 00 01 … 0f, input the first n of 00 01 02 …: the designers' published vectors.
constexpr SipKey kKey{0x0706050403020100u, 0x0f0e0d0c0b0a0908u};

std::string counting(std::size_t size) {
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(i);
  return bytes;
}

TEST(SipHash, MatchesThePublishedVectors) {
  EXPECT_EQ(siphash(kKey, counting(0)), 0x726fdb47dd0e0e31u);
  EXPECT_EQ(siphash(kKey, counting(1)), 0x74f839c593dc67fdu);
  EXPECT_EQ(siphash(kKey, counting(8)), 0x93f5f5799a932462u);
  EXPECT_EQ(siphash(kKey, counting(15)), 0xa129ca6149be45e5u);
  EXPECT_EQ(siphash(kKey, counting(63)), 0x958a324ceb064572u);
}

TEST(SipHash, DependsOnTheKeyAndEveryByte) {
  const std::string bytes = counting(20);
  const std::uint64_t hash = siphash(kKey, bytes);
  EXPECT_NE(siphash(random_sip_key(), bytes), siphash(random_sip_key(), bytes));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_NE(siphash(kKey, changed), hash) << i;
  }
}

}  // namespace
}  // namespace gh
