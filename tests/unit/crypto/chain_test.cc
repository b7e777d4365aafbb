#include "crypto/chain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "crypto/certificate.h"

// Chains of authorities are made by the openssl command in
// tests/signing/test_signing_certificates.py.

namespace gh::crypto {
namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr WallTime kNow{1'790'000'000'000'000'000};

std::string made(const char* name) {
  return make_self_signed({name}, kNow, hours(24))->certificate_pem;
}

std::string der_of(const std::string& pem) {
  const auto ders = certificates_of(pem);
  EXPECT_TRUE(ders) << ders.error().message;
  return ders->front();
}

TEST(SigningCertificate, WhatItSays) {
  const auto read = read_signing_certificate(der_of(made("gate.example")));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_THAT(read->subject, HasSubstr("CN=gate.example"));
  EXPECT_THAT(read->identities, ElementsAre(Identity{Identity::Kind::dns, "gate.example"},
                                            Identity{Identity::Kind::common_name, "gate.example"}));
  EXPECT_TRUE(read->may_sign);
  EXPECT_FALSE(read->fulcio);
  EXPECT_EQ(read->not_before, kNow);
  EXPECT_EQ(read->not_after, kNow + hours(24));
  EXPECT_EQ(read->key.curve(), Curve::p256);
}

TEST(SigningCertificate, AddressesAreNoIdentity) {
  const std::string pem =
      make_self_signed({"gate.example", "127.0.0.1"}, kNow, hours(1))->certificate_pem;
  EXPECT_THAT(read_signing_certificate(der_of(pem))->identities,
              ElementsAre(Identity{Identity::Kind::dns, "gate.example"},
                          Identity{Identity::Kind::common_name, "gate.example"}));
}

TEST(SigningCertificate, BytesThatAreNone) {
  const std::string good = der_of(made("a.example"));
  for (const std::string& der : {std::string(), std::string("x"), good.substr(0, 100), good + "x",
                                 good + good, std::string(5000, '\x30')}) {
    EXPECT_FALSE(read_signing_certificate(der));
    EXPECT_FALSE(check_chain(std::vector<std::string>{der}, made("a.example")));
  }
}

TEST(Chain, AnAnchorVouchesForItself) {
  const std::string pem = made("a.example");
  EXPECT_TRUE(check_chain(std::vector{der_of(pem)}, pem));
  EXPECT_TRUE(check_chain(std::vector{der_of(pem)}, made("b.example") + pem));
}

TEST(Chain, NobodyElseDoes) {
  const std::string pem = made("a.example");
  const std::vector chain = {der_of(pem)};
  EXPECT_FALSE(check_chain(chain, made("b.example")));
  EXPECT_FALSE(check_chain(chain, made("a.example")));  // the same name, another key
  // A helper is not trusted.
  EXPECT_FALSE(check_chain(std::vector{chain[0], chain[0]}, made("b.example")));
  EXPECT_FALSE(check_chain({}, pem));
  EXPECT_FALSE(check_chain(std::vector{chain[0], std::string("x")}, pem));
}

TEST(Chain, AnchorsMustBeReadable) {
  const std::string pem = made("a.example");
  const std::vector chain = {der_of(pem)};
  for (const std::string& anchors :
       {std::string(), std::string("a"), pem.substr(0, 200), pem + pem.substr(0, 200),
        std::string("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n") + pem}) {
    EXPECT_FALSE(check_chain(chain, anchors));
    EXPECT_FALSE(certificates_of(anchors));
  }
}

TEST(Chain, CertificatesOfATextInOrder) {
  const std::string a = made("a.example");
  const std::string b = made("b.example");
  EXPECT_THAT(*certificates_of("words before\n" + a + "words between\n" + b),
              ElementsAre(der_of(a), der_of(b)));
}

}  // namespace
}  // namespace gh::crypto
