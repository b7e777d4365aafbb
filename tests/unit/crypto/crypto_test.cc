#include "crypto/crypto.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

#include "base/encoding.h"

namespace gh::crypto {
namespace {

std::string text(const Digest& digest) {
  return hex(view(digest));
}

std::string bytes(std::string_view hex_text) {
  return unhex(hex_text).value();
}

// FIPS 180-4 examples, and one message that spans many blocks.
TEST(Sha256, KnownAnswers) {
  EXPECT_EQ(text(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(text(sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(text(sha256(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

struct Vector {
  std::string key;
  std::string message;
  std::string mac;  // its first bytes are enough (case 5 of the RFC is truncated)
};

// RFC 4231 §4.
std::vector<Vector> rfc4231() {
  return {
      {std::string(20, '\x0b'), "Hi There",
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"Jefe", "what do ya want for nothing?",
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {std::string(20, '\xaa'), std::string(50, '\xdd'),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {bytes("0102030405060708090a0b0c0d0e0f10111213141516171819"), std::string(50, '\xcd'),
       "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
      {std::string(20, '\x0c'), "Test With Truncation", "a3b6167473100ee06e0c796c2955552b"},
      {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
      {std::string(131, '\xaa'),
       "This is a test using a larger than block-size key and a larger than block-size data. "
       "The key needs to be hashed before being used by the HMAC algorithm.",
       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
  };
}

TEST(Hmac, Rfc4231) {
  for (const Vector& v : rfc4231()) {
    Hmac hmac(v.key);
    EXPECT_EQ(text(hmac.mac(v.message)).substr(0, v.mac.size()), v.mac);
  }
}

// The context is reused for every message; nothing of one may reach the next, nor another key's.
TEST(Hmac, InterleavedUseOfManyKeys) {
  std::vector<Hmac> hmacs;
  for (const Vector& v : rfc4231()) hmacs.emplace_back(v.key);
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < hmacs.size(); ++i) {
      const Vector v = rfc4231()[i];
      hmacs[i].mac(std::string(static_cast<std::size_t>(round) * 97, 'x'));
      EXPECT_EQ(text(hmacs[i].mac(v.message)).substr(0, v.mac.size()), v.mac);
    }
  }
}

TEST(Hmac, KeepsItsKeyWhenMoved) {
  Hmac first("Jefe");
  Hmac second(std::move(first));
  Hmac third("other");
  third = std::move(second);
  EXPECT_EQ(text(third.mac("what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Hmac, AnEmptyKeyIsAKey) {
  const std::string expected = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";
  EXPECT_EQ(text(Hmac("").mac("")), expected);
  EXPECT_EQ(text(Hmac(std::string_view()).mac("")), expected);
}

TEST(Hmac, FramingSeparatesParts) {
  Hmac hmac("key");
  const std::vector<std::string_view> a = {"ab", "c"};
  const std::vector<std::string_view> b = {"a", "bc"};
  const std::vector<std::string_view> c = {"ab", "c", ""};
  const std::vector<std::string_view> d = {"abc"};
  std::set<std::string> seen;
  for (const auto& parts : {a, b, c, d}) seen.insert(text(hmac.mac_framed(parts)));
  seen.insert(text(hmac.mac("abc")));
  EXPECT_EQ(seen.size(), 5u);
}

TEST(Hmac, FramingIsLengthAsEightBytesBigEndian) {
  Hmac hmac("key");
  const std::string_view part = "abc";
  EXPECT_EQ(hmac.mac_framed({&part, 1}), hmac.mac(bytes("0000000000000003") + "abc"));
  EXPECT_EQ(hmac.mac_framed({}), hmac.mac(""));
  // However long the parts are, and wherever they end.
  for (const std::size_t size : {495u, 496u, 497u, 503u, 504u, 505u, 511u, 512u, 513u, 2000u}) {
    const std::string long_part(size, 'x');
    const std::string_view parts[] = {"ab", long_part, "c"};
    std::string framed;
    for (const std::string_view each : parts) {
      framed += std::string(6, '\0');
      framed += static_cast<char>(each.size() >> 8);
      framed += static_cast<char>(each.size() & 0xff);
      framed += each;
    }
    EXPECT_EQ(hmac.mac_framed(parts), hmac.mac(framed)) << size;
  }
}

TEST(Hmac, OnePerThread) {
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (std::size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&wrong, t] {
      const Vector v = rfc4231()[t];
      Hmac hmac(v.key);
      for (int i = 0; i < 500; ++i) wrong[t] += text(hmac.mac(v.message)) != v.mac;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4));
}

TEST(RandomBytes, FillsAllAndNeverRepeats) {
  EXPECT_EQ(random_bytes(std::size_t{0}), "");
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random_bytes(std::size_t{16}));
  EXPECT_EQ(seen.size(), 1000u);
  // More than getrandom gives in one piece without interruption.
  const std::string large = random_bytes(std::size_t{100'000});
  std::set<char> values(large.begin(), large.end());
  EXPECT_EQ(values.size(), 256u);
}

}  // namespace
}  // namespace gh::crypto
