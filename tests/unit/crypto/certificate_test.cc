#include "crypto/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <chrono>

namespace gh::crypto {
namespace {

using std::chrono::hours;
using testing::HasSubstr;

constexpr WallTime kNow{1'790'000'000'000'000'000};

X509* parse(const std::string& pem) {
  BIO* in = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  X509* certificate = PEM_read_bio_X509(in, nullptr, nullptr, nullptr);
  BIO_free(in);
  return certificate;
}

TEST(SelfSigned, NamesUsageAndKey) {
  const auto made = make_self_signed(
      {"localhost", "gate.example", "127.0.0.1", "::1", "2001:db8::7"}, kNow, hours(24));
  ASSERT_TRUE(made) << made.error().message;
  X509* x509 = parse(made->certificate_pem);
  ASSERT_NE(x509, nullptr);

  for (const char* name : {"localhost", "gate.example"}) {
    EXPECT_EQ(X509_check_host(x509, name, 0, 0, nullptr), 1) << name;
  }
  for (const char* address : {"127.0.0.1", "::1", "2001:db8::7"}) {
    EXPECT_EQ(X509_check_ip_asc(x509, address, 0), 1) << address;
  }
  EXPECT_EQ(X509_check_host(x509, "other.example", 0, 0, nullptr), 0);
  EXPECT_EQ(X509_check_ip_asc(x509, "127.0.0.2", 0), 0);
  EXPECT_EQ(X509_check_purpose(x509, X509_PURPOSE_SSL_SERVER, 0), 1);
  EXPECT_EQ(X509_check_purpose(x509, X509_PURPOSE_SSL_CLIENT, 0), 0);
  EXPECT_EQ(X509_check_ca(x509), 0);

  EVP_PKEY* key = X509_get0_pubkey(x509);
  char group[32] = "";
  EVP_PKEY_get_group_name(key, group, sizeof group, nullptr);
  EXPECT_STREQ(group, "prime256v1");
  EXPECT_EQ(X509_verify(x509, key), 1);

  const std::string private_pem(made->key_pem.reveal());
  EXPECT_THAT(private_pem, HasSubstr("-----BEGIN PRIVATE KEY-----"));
  BIO* in = BIO_new_mem_buf(private_pem.data(), static_cast<int>(private_pem.size()));
  EVP_PKEY* private_key = PEM_read_bio_PrivateKey(in, nullptr, nullptr, nullptr);
  EXPECT_EQ(X509_check_private_key(x509, private_key), 1);
  EVP_PKEY_free(private_key);
  BIO_free(in);
  X509_free(x509);
}

TEST(SelfSigned, TrustedAloneItVerifiesAsAServer) {
  const auto made = make_self_signed({"localhost"}, kNow, hours(24));
  ASSERT_TRUE(made);
  X509* x509 = parse(made->certificate_pem);
  X509_STORE* trusted = X509_STORE_new();
  X509_STORE_add_cert(trusted, x509);
  X509_STORE_CTX* check = X509_STORE_CTX_new();
  X509_STORE_CTX_init(check, trusted, x509, nullptr);
  X509_STORE_CTX_set_default(check, "ssl_server");
  X509_VERIFY_PARAM* rules = X509_STORE_CTX_get0_param(check);
  X509_VERIFY_PARAM_set_time(rules, kNow.seconds() + 60);
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_X509_STRICT);
  EXPECT_EQ(X509_verify_cert(check), 1)
      << X509_verify_cert_error_string(X509_STORE_CTX_get_error(check));
  X509_STORE_CTX_free(check);
  X509_STORE_free(trusted);
  X509_free(x509);
}

TEST(SelfSigned, SerialsAreRandomAndPositive) {
  const auto a = make_self_signed({"localhost"}, kNow, hours(24));
  const auto b = make_self_signed({"localhost"}, kNow, hours(24));
  ASSERT_TRUE(a && b);
  X509* first = parse(a->certificate_pem);
  X509* second = parse(b->certificate_pem);
  EXPECT_NE(ASN1_INTEGER_cmp(X509_get0_serialNumber(first), X509_get0_serialNumber(second)), 0);
  EXPECT_EQ(ASN1_STRING_type(X509_get0_serialNumber(first)), V_ASN1_INTEGER);  // not _NEG_
  X509_free(first);
  X509_free(second);
}

TEST(SelfSigned, RefusesNamesThatAreNone) {
  for (const char* name : {"", "two words", "a,DNS:evil.example", "caf\xc3\xa9", "1.2.3.4/8",
                           "under_score", "https://localhost", "::1%lo"}) {
    EXPECT_FALSE(make_self_signed({"localhost", name}, kNow, hours(1))) << name;
  }
  EXPECT_FALSE(make_self_signed({std::string("a\0b", 3)}, kNow, hours(1)));
  EXPECT_FALSE(make_self_signed({std::string(254, 'a')}, kNow, hours(1)));
  EXPECT_FALSE(make_self_signed({}, kNow, hours(1)));
  EXPECT_FALSE(make_self_signed({"localhost"}, kNow, hours(0)));
  EXPECT_FALSE(make_self_signed({"localhost"}, kNow, hours(-1)));
}

TEST(SelfSigned, AcceptsAFirstNameLongerThanACommonName) {
  const std::string name = std::string(60, 'a') + "." + std::string(60, 'b') + ".example";
  const auto made = make_self_signed({name}, kNow, hours(1));
  ASSERT_TRUE(made) << made.error().message;
  X509* x509 = parse(made->certificate_pem);
  EXPECT_EQ(X509_check_host(x509, name.c_str(), 0, 0, nullptr), 1);
  X509_free(x509);
}

TEST(ReadCertificate, DatesAndSubject) {
  const auto made = make_self_signed({"gate.example"}, kNow, hours(24 * 365));
  ASSERT_TRUE(made);
  const auto facts = read_certificate(made->certificate_pem);
  ASSERT_TRUE(facts) << facts.error().message;
  EXPECT_EQ(facts->not_before, kNow);
  EXPECT_EQ(facts->not_after, kNow + hours(24 * 365));
  EXPECT_EQ(facts->subject, "CN=gate.example,O=Gatehouse development");
}

TEST(ReadCertificate, TakesTheFirstOfAChain) {
  const auto a = make_self_signed({"first.example"}, kNow, hours(1));
  const auto b = make_self_signed({"second.example"}, kNow, hours(1));
  ASSERT_TRUE(a && b);
  const auto facts = read_certificate("a comment\n" + a->certificate_pem + b->certificate_pem);
  ASSERT_TRUE(facts);
  EXPECT_THAT(facts->subject, HasSubstr("first.example"));
}

TEST(ReadCertificate, RefusesWhatIsNone) {
  const auto made = make_self_signed({"localhost"}, kNow, hours(1));
  ASSERT_TRUE(made);
  const std::string& good = made->certificate_pem;
  const std::string key(made->key_pem.reveal());
  const std::string encrypted =
      "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\n"
      "DEK-Info: AES-256-CBC,00112233445566778899AABBCCDDEEFF\n\nAAAA\n-----END CERTIFICATE-----\n";
  for (const std::string& pem :
       {std::string(), std::string("hello"), good.substr(0, good.size() / 2), key, encrypted,
        std::string(1000, '\0')}) {
    const auto facts = read_certificate(pem);
    ASSERT_FALSE(facts);
    EXPECT_FALSE(facts.error().message.empty());
    EXPECT_THAT(facts.error().message, testing::Not(HasSubstr("PRIVATE")));
  }
}

TEST(ValidityFault, SaysWhatNoClientAccepts) {
  const WallTime begin = kNow;
  const WallTime end = kNow + hours(24 * 90);
  struct Row {
    WallTime now;
    const char* text;  // what it begins with; "" for nothing
  };
  const std::chrono::seconds second(1);
  for (const Row& row : {
           Row{begin + -hours(24), "is not valid before 2026-09-21T14:13:20"},
           Row{begin + -second, "is not valid before 2026-09-21T14:13:20"},
           Row{begin, ""},
           Row{begin + hours(24 * 30), ""},
           Row{end + -hours(24 * 14), ""},
           Row{end + -hours(24 * 14) + second, "expires at 2026-12-20T14:13:20"},
           Row{end + -second, "expires at 2026-12-20T14:13:20"},
           Row{end, "expires at 2026-12-20T14:13:20"},
           Row{end + second, "expired at 2026-12-20T14:13:20"},
           Row{end + hours(24 * 900), "expired at 2026-12-20T14:13:20"},
       }) {
    const std::string fault = validity_fault(begin, end, row.now);
    const std::string wanted = row.text;
    EXPECT_EQ(fault.empty(), wanted.empty()) << fault;
    EXPECT_TRUE(fault.starts_with(wanted)) << fault;
  }
  // One that never was valid, as a mistake in its dates makes it.
  EXPECT_THAT(validity_fault(end, begin, kNow + hours(1)), HasSubstr("expired"));
}

}  // namespace
}  // namespace gh::crypto
