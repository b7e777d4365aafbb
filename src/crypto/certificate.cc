#include "crypto/certificate.h"

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "base/ip.h"
#include "base/text.h"
#include "crypto/certificate_time.h"
#include "crypto/crypto.h"
#include "crypto/openssl_owned.h"

namespace gh::crypto {
namespace {

constexpr std::size_t kLongestDnsName = 253;  // RFC 1035 §2.3.4, as text
constexpr std::size_t kLongestCommonName = 64;

bool is_dns_name(std::string_view name) {
  if (name.empty() || name.size() > kLongestDnsName) return false;
  return std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '*';
  });
}

// The 4 or 16 bytes of an address; "" when `text` is none.
std::string address_bytes(const std::string& text) {
  if (const auto ip = parse_ipv6(text)) return {ip->begin(), ip->end()};
  if (const auto ip = parse_ipv4(text)) return {ip->begin() + kIpv4Prefix.size(), ip->end()};
  return {};
}

bool append_name(GENERAL_NAMES* names, const std::string& text) {
  const std::string address = address_bytes(text);
  const bool is_address = !address.empty();
  const std::string& value = is_address ? address : text;
  ASN1_STRING* string = is_address ? ASN1_OCTET_STRING_new() : ASN1_IA5STRING_new();
  Owned<GENERAL_NAME, GENERAL_NAME_free> name(GENERAL_NAME_new());
  if (string == nullptr || name == nullptr ||
      ASN1_STRING_set(string, value.data(), static_cast<int>(value.size())) != 1) {
    ASN1_STRING_free(string);
    return false;
  }
  GENERAL_NAME_set0_value(name.get(), is_address ? GEN_IPADD : GEN_DNS, string);
  if (sk_GENERAL_NAME_push(names, name.get()) <= 0) return false;
  [[maybe_unused]] GENERAL_NAME* const owned_by_the_list = name.release();
  return true;
}

// Built as a structure: OpenSSL's textual form of this extension would read commas in a name.
bool add_alternative_names(X509* certificate, const std::vector<std::string>& texts) {
  const Owned<GENERAL_NAMES, GENERAL_NAMES_free> names(sk_GENERAL_NAME_new_null());
  if (names == nullptr) return false;
  for (const std::string& text : texts) {
    if (!append_name(names.get(), text)) return false;
  }
  return X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0, 0) == 1;
}

bool add_extension(X509* certificate, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION, X509_EXTENSION_free> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_serial(X509* certificate) {
  std::string bytes = random_bytes(std::size_t{16});
  bytes[0] = static_cast<char>((bytes[0] & 0x3f) | 0x40);  // positive and never zero
  const Owned<BIGNUM, BN_free> number(
      BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                static_cast<int>(bytes.size()), nullptr));
  return number != nullptr &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_subject(X509* certificate, std::string_view common_name) {
  X509_NAME* const subject = X509_get_subject_name(certificate);
  const std::string_view shown = common_name.substr(0, kLongestCommonName);
  return X509_NAME_add_entry_by_NID(subject, NID_organizationName, MBSTRING_ASC,
                                    reinterpret_cast<const unsigned char*>("Gatehouse development"),
                                    -1, -1, 0) == 1 &&
         X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_ASC,
                                    reinterpret_cast<const unsigned char*>(shown.data()),
                                    static_cast<int>(shown.size()), -1, 0) == 1 &&
         X509_set_issuer_name(certificate, subject) == 1;
}

}  // namespace

Result<CertificateAndKey> make_self_signed(const std::vector<std::string>& names,
                                           WallTime not_before, Duration valid_for) {
  if (names.empty()) return fail("a certificate needs at least one DNS name or IP address");
  if (valid_for <= Duration::zero()) return fail("a certificate must be valid for some time");
  for (const std::string& name : names) {
    if (address_bytes(name).empty() && !is_dns_name(name)) {
      return fail("`{}` is neither a DNS name nor an IP address", escape(name));
    }
  }
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate(X509_new());
  if (key == nullptr || certificate == nullptr) return openssl_failure("make a key");
  X509* const x509 = certificate.get();
  const bool built =
      X509_set_version(x509, X509_VERSION_3) == 1 && set_serial(x509) &&
      set_subject(x509, names.front()) &&
      ASN1_TIME_set(X509_getm_notBefore(x509), not_before.seconds()) != nullptr &&
      ASN1_TIME_set(X509_getm_notAfter(x509), (not_before + valid_for).seconds()) != nullptr &&
      X509_set_pubkey(x509, key.get()) == 1 &&
      add_extension(x509, NID_basic_constraints, "critical,CA:FALSE") &&
      add_extension(x509, NID_key_usage, "critical,digitalSignature") &&
      add_extension(x509, NID_ext_key_usage, "serverAuth") &&
      add_extension(x509, NID_subject_key_identifier, "hash") &&
      add_alternative_names(x509, names) && X509_sign(x509, key.get(), EVP_sha256()) > 0;
  if (!built) return openssl_failure("make a certificate");

  const Bio certificate_out(BIO_new(BIO_s_mem()));
  const Bio key_out(BIO_new(BIO_s_secmem()));
  if (certificate_out == nullptr || key_out == nullptr ||
      PEM_write_bio_X509(certificate_out.get(), x509) != 1 ||
      PEM_write_bio_PKCS8PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                    nullptr) != 1) {
    return openssl_failure("write a certificate");
  }
  char* key_text = nullptr;
  const long key_size = BIO_get_mem_data(key_out.get(), &key_text);
  return CertificateAndKey{contents(certificate_out.get()),
                           Secret({key_text, static_cast<std::size_t>(key_size)})};
}

Result<CertificateFacts> read_certificate(std::string_view pem) {
  const Bio in = reader_of(pem);
  if (in == nullptr) return openssl_failure("read a certificate");
  const Certificate certificate(PEM_read_bio_X509(in.get(), nullptr, no_passphrase, nullptr));
  if (certificate == nullptr) return openssl_failure("read a certificate");

  const Bio subject(BIO_new(BIO_s_mem()));
  // RFC 2253's form escapes control characters and everything beyond ASCII.
  if (subject == nullptr ||
      X509_NAME_print_ex(subject.get(), X509_get_subject_name(certificate.get()), 0,
                         XN_FLAG_RFC2253) < 0) {
    return openssl_failure("read a certificate's subject");
  }
  const Result<WallTime> not_before = wall_time(X509_get0_notBefore(certificate.get()));
  if (!not_before) return std::unexpected(not_before.error());
  const Result<WallTime> not_after = wall_time(X509_get0_notAfter(certificate.get()));
  if (!not_after) return std::unexpected(not_after.error());
  return CertificateFacts{contents(subject.get()), *not_before, *not_after};
}

std::string validity_fault(WallTime not_before, WallTime not_after, WallTime now) {
  constexpr auto kSoon = std::chrono::days(14);
  // Both ends belong to it (RFC 5280 §4.1.2.5).
  if (now > not_after) {
    return fmt::format("expired at {}, so that no client accepts it; renew it", rfc3339(not_after));
  }
  if (now < not_before) {
    return fmt::format("is not valid before {}, so that no client accepts it until then",
                       rfc3339(not_before));
  }
  if (now + kSoon > not_after) return fmt::format("expires at {}; renew it", rfc3339(not_after));
  return {};
}

}  // namespace gh::crypto
