#include "identity/key_text.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "crypto/crypto.h"
#include "identity/key_record.h"

namespace gh::identity {
namespace {

const std::string kKid = "0aZ9bY8cX7";
const std::string kSecretText(43, 'q');

// `text` with the checksum that belongs to it, so that a case fails for one reason only.
std::string with_checksum(const std::string& text) {
  const std::uint32_t crc = crc32(text);
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(crc >> shift & 0xff);
  return text + "_" + base62(bytes);
}

std::string key(const std::string& env, const std::string& kid, const std::string& secret) {
  return with_checksum("gh_" + env + "_" + kid + "_" + secret);
}

TEST(ParseKey, TakesEveryPart) {
  for (const std::string env : {"live", "test", "a", "0", "abcdefghij12"}) {
    const std::string text = key(env, kKid, kSecretText);
    const auto parsed = parse_key(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(parsed->env, env);
    EXPECT_EQ(parsed->kid, kKid);
    EXPECT_EQ(parsed->secret, kSecretText);
  }
}

// A key of another program in another language must come out the same: docs/formats/api-key.md.
TEST(ParseKey, GoldenKey) {
  const std::string golden =
      "gh_live_0123456789_"
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg_4QbSvn";
  EXPECT_EQ(with_checksum(golden.substr(0, golden.size() - 7)), golden);
  EXPECT_TRUE(parse_key(golden));
}

// covers: engine-7-auth
TEST(ParseKey, RefusesEveryOtherShape) {
  const std::string good = key("live", kKid, kSecretText);
  std::vector<std::string> bad = {
      "",
      "gh_",
      "gh_live",
      "sk-proj-abcdef",
      good + " ",
      " " + good,
      good + "\n",
      good + "_",
      "GH" + good.substr(2),
      good.substr(1),
      good.substr(0, good.size() - 1),
      good.substr(0, good.size() - 7),
      key("", kKid, kSecretText),
      key("abcdefghij123", kKid, kSecretText),
      key("Live", kKid, kSecretText),
      key("li_e", kKid, kSecretText),
      key("li-e", kKid, kSecretText),
      key("live", kKid.substr(1), kSecretText),
      key("live", kKid + "0", kSecretText),
      key("live", "0aZ9bY8cX-", kSecretText),
      key("live", "0aZ9b_8cX7", kSecretText),
      key("live", kKid, kSecretText.substr(1)),
      key("live", kKid, kSecretText + "q"),
      key("live", kKid, std::string(42, 'q') + "+"),
      key("live", kKid, std::string(42, 'q') + std::string(1, '\0')),
      key("live", kKid, std::string(42, 'q') + "\xc3"),
      with_checksum("gh-live_" + kKid + "_" + kSecretText),
      with_checksum("gh_live-" + kKid + "_" + kSecretText),
      with_checksum("gh_live_" + kKid + "-" + kSecretText),
      std::string(100'000, 'g'),
  };
  std::string dashed = good;
  dashed[dashed.size() - 7] = '-';
  bad.push_back(dashed);
  for (const std::string& text : bad) EXPECT_FALSE(parse_key(text)) << text.substr(0, 100);
}

// covers: engine-7-auth gateways-3-4
TEST(ParseKey, OneWrongCharacterAnywhereIsRefused) {
  const std::string good = key("live", kKid, kSecretText);
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const char c : {'0', 'z', '_', '\0', '\x7f'}) {
      std::string changed = good;
      if (changed[i] == c) continue;
      changed[i] = c;
      EXPECT_FALSE(parse_key(changed)) << changed;
    }
  }
}

TEST(MakeKey, IsParsedAndNeverRepeats) {
  std::set<std::string> kids;
  std::set<std::string> secrets;
  for (int i = 0; i < 500; ++i) {
    const NewKey made = make_key("test");
    const auto parsed = parse_key(made.text.reveal());
    ASSERT_TRUE(parsed) << made.text.reveal();
    EXPECT_EQ(parsed->env, "test");
    EXPECT_EQ(parsed->kid, made.kid);
    kids.insert(made.kid);
    secrets.emplace(parsed->secret);
  }
  EXPECT_EQ(kids.size(), 500u);
  EXPECT_EQ(secrets.size(), 500u);
}

TEST(MakeKey, UsesEveryDigitOfAHandle) {
  std::set<char> digits;
  for (int i = 0; i < 300; ++i) {
    for (const char c : make_key_id().substr(4)) digits.insert(c);
  }
  EXPECT_EQ(digits.size(), 62u);
}

TEST(MakeKeyId, HasItsForm) {
  const std::string id = make_key_id();
  EXPECT_EQ(id.size(), 20u);
  EXPECT_TRUE(id.starts_with("key_"));
  EXPECT_TRUE(is_base62(id.substr(4)));
  EXPECT_NE(id, make_key_id());
}

TEST(IsEnv, Table) {
  for (const char* good : {"a", "live", "0", "abcdefghij12"}) EXPECT_TRUE(is_env(good)) << good;
  for (const char* bad : {"", "Live", "a_b", "a b", "abcdefghij123", "\xc3\xa4"}) {
    EXPECT_FALSE(is_env(bad)) << bad;
  }
}

TEST(KeyMac, DependsOnPepperKidAndSecretAndTheirBorder) {
  crypto::Hmac pepper("pepper");
  crypto::Hmac other("other pepper");
  const crypto::Digest mac = key_mac(pepper, "kid", "secret");
  EXPECT_EQ(mac, key_mac(pepper, "kid", "secret"));
  EXPECT_NE(mac, key_mac(other, "kid", "secret"));
  EXPECT_NE(mac, key_mac(pepper, "kie", "secret"));
  EXPECT_NE(mac, key_mac(pepper, "kid", "secrets"));
  EXPECT_NE(mac, key_mac(pepper, "kids", "ecret"));
}

TEST(KeyMac, Golden) {
  std::string pepper_bytes;
  for (char c = 0; c < 32; ++c) pepper_bytes += c;
  crypto::Hmac pepper(pepper_bytes);
  const crypto::Digest mac =
      key_mac(pepper, "0123456789", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg");
  EXPECT_EQ(hex(crypto::view(mac)),
            "48f35cadeee759c6c4416882bffbee4ad971c31447e1dd556b53f944b2aa0611");
}

}  // namespace
}  // namespace gh::identity
