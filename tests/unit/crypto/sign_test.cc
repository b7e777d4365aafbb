#include "crypto/sign.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "keys.h"

namespace gh::crypto {
namespace {

using testing::HasSubstr;
using testing_keys::ec_pair;
using testing_keys::Pair;

Result<Secret> nobody() {
  return fail("nobody was to be asked");
}

PrivateKey opened(const Pair& pair) {
  auto key = PrivateKey::from_pem(pair.private_pem, nobody);
  EXPECT_TRUE(key) << key.error().message;
  return *std::move(key);
}

struct CurveCase {
  const char* openssl;
  Curve curve;
  const char* name;
};
constexpr CurveCase kCurves[] = {{"P-256", Curve::p256, "P-256"},
                                 {"P-384", Curve::p384, "P-384"},
                                 {"P-521", Curve::p521, "P-521"}};

TEST(Sign, WhatAKeySignsItsPublicHalfVerifies) {
  for (const CurveCase& each : kCurves) {
    const Pair pair = ec_pair(each.openssl);
    const PrivateKey key = opened(pair);
    EXPECT_EQ(key.public_key().curve(), each.curve);
    EXPECT_EQ(name(key.public_key().curve()), each.name);
    const auto signature = key.sign("message");
    ASSERT_TRUE(signature) << signature.error().message;
    const auto open = PublicKey::from_pem(pair.public_pem);
    ASSERT_TRUE(open) << open.error().message;
    EXPECT_TRUE(*open == key.public_key());
    EXPECT_EQ(open->pem(), pair.public_pem);
    EXPECT_TRUE(open->verifies("message", *signature));
    EXPECT_EQ(open->verifies_with_sha256("message", *signature), each.curve == Curve::p256);
  }
}

TEST(Sign, NothingElseVerifies) {
  const PrivateKey key = opened(ec_pair("P-256"));
  const PrivateKey other = opened(ec_pair("P-256"));
  const PrivateKey larger = opened(ec_pair("P-384"));
  const std::string good = *key.sign("message");
  EXPECT_FALSE(other.public_key().verifies("message", good));
  EXPECT_FALSE(larger.public_key().verifies("message", good));
  EXPECT_FALSE(key.public_key().verifies("messagf", good));
  EXPECT_FALSE(key.public_key().verifies("", good));
  for (const std::string& bad :
       {std::string(), std::string("0"), good + '\0', good.substr(1), good.substr(0, 20),
        std::string(72, '\0'), std::string("\x30\x06\x02\x01\x00\x02\x01\x00", 8),
        std::string("\x30\x06\x02\x01\x01\x02\x01\x01", 8)}) {
    EXPECT_FALSE(key.public_key().verifies("message", bad));
  }
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string flipped = good;
    flipped[i] = static_cast<char>(flipped[i] ^ 1);
    EXPECT_FALSE(key.public_key().verifies("message", flipped)) << i;
  }
}

TEST(Sign, EncryptedKeysAskOnce) {
  const Pair pair = ec_pair("P-256", "correct horse");
  int asked = 0;
  const auto give = [&asked](const char* word) {
    return [&asked, word]() -> Result<Secret> {
      ++asked;
      return Secret(word);
    };
  };
  EXPECT_TRUE(PrivateKey::from_pem(pair.private_pem, give("correct horse")));
  EXPECT_EQ(asked, 1);
  for (const char* wrong : {"", "Correct horse", "correct horse "}) {
    const auto key = PrivateKey::from_pem(pair.private_pem, give(wrong));
    ASSERT_FALSE(key);
    EXPECT_THAT(key.error().message, HasSubstr("passphrase")) << wrong;
  }
  EXPECT_EQ(asked, 4);
  const auto none = PrivateKey::from_pem(pair.private_pem, nobody);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().message, "nobody was to be asked");
  const std::string endless(10'000, 'x');
  EXPECT_FALSE(PrivateKey::from_pem(pair.private_pem, give(endless.c_str())));
}

TEST(Sign, OtherKindsOfKeysAreRefused) {
  EVP_PKEY* rsa = EVP_RSA_gen(2048);
  EVP_PKEY* edwards = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  for (const Pair& pair : {testing_keys::pair_of(rsa), testing_keys::pair_of(edwards),
                           ec_pair("secp256k1"), ec_pair("P-224"), ec_pair("brainpoolP256r1")}) {
    const auto secret = PrivateKey::from_pem(pair.private_pem, nobody);
    ASSERT_FALSE(secret);
    EXPECT_THAT(secret.error().message, HasSubstr("P-256, P-384 or P-521"));
    const auto open = PublicKey::from_pem(pair.public_pem);
    ASSERT_FALSE(open);
    EXPECT_THAT(open.error().message, HasSubstr("P-256, P-384 or P-521"));
  }
  EVP_PKEY_free(rsa);
  EVP_PKEY_free(edwards);
}

TEST(Sign, TextsThatAreNoKey) {
  const Pair pair = ec_pair("P-256");
  for (const std::string& text :
       {std::string(), std::string("key"), pair.public_pem.substr(0, 100),
        std::string("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n"),
        std::string("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")}) {
    EXPECT_FALSE(PublicKey::from_pem(text));
    EXPECT_FALSE(PrivateKey::from_pem(text, nobody));
  }
  EXPECT_FALSE(PrivateKey::from_pem(pair.private_pem.substr(0, 120), nobody));
  EXPECT_FALSE(PrivateKey::from_pem(pair.public_pem, nobody));
  const auto secret = PublicKey::from_pem(pair.private_pem);
  ASSERT_FALSE(secret);
  EXPECT_THAT(secret.error().message, HasSubstr("private key"));
}

// Whoever put them there takes both for used.
TEST(Sign, OneFileHasOneKey) {
  const Pair one = ec_pair("P-256");
  const Pair other = ec_pair("P-256");
  const auto open = PublicKey::from_pem(one.public_pem + "and\n" + other.public_pem);
  ASSERT_FALSE(open);
  EXPECT_THAT(open.error().message, HasSubstr("2 PEM blocks are in it"));
  EXPECT_FALSE(PublicKey::from_pem(one.public_pem + one.public_pem));
  EXPECT_FALSE(PublicKey::from_pem("-----BEGIN CERTIFICATE-----\n" + one.public_pem));
  EXPECT_TRUE(PublicKey::from_pem("the key of\n" + one.public_pem + "Ann"));
  const auto secret = PrivateKey::from_pem(one.private_pem + other.private_pem, nobody);
  ASSERT_FALSE(secret);
  EXPECT_THAT(secret.error().message, HasSubstr("2 private keys are in it"));
  EXPECT_TRUE(PrivateKey::from_pem(one.public_pem + one.private_pem, nobody));
  const std::string curve =
      "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
  EXPECT_TRUE(PrivateKey::from_pem(curve + one.private_pem, nobody));
  EXPECT_TRUE(PublicKey::from_pem(curve + one.public_pem));
  EXPECT_FALSE(PublicKey::from_pem(curve + one.public_pem + other.public_pem));
}

TEST(Sign, APinInAUriIsRefusedAndNotRepeated) {
  const auto key = PrivateKey::from_pkcs11("pkcs11:object=a?pin-value=8642", nobody);
  ASSERT_FALSE(key);
  EXPECT_THAT(key.error().message, HasSubstr("pin-value"));
  EXPECT_THAT(key.error().message, testing::Not(HasSubstr("8642")));
}

}  // namespace
}  // namespace gh::crypto
