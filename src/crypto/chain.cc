#include "crypto/chain.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <optional>
#include <utility>

#include "base/text.h"
#include "crypto/certificate_time.h"
#include "crypto/openssl_owned.h"

namespace gh::crypto {
namespace {

using Names = Owned<GENERAL_NAMES, GENERAL_NAMES_free>;
using Store = Owned<X509_STORE, X509_STORE_free>;
using Check = Owned<X509_STORE_CTX, X509_STORE_CTX_free>;
using Usages = Owned<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free>;

struct FreeStack {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_pop_free(stack, X509_free); }
};
using Stack = std::unique_ptr<STACK_OF(X509), FreeStack>;

constexpr int kStrength = 2;  // OpenSSL's security level: 112 bits
constexpr std::string_view kFulcioArc = "1.3.6.1.4.1.57264.1.";

Certificate read_der(std::string_view der) {
  const unsigned char* at = bytes_of(der);
  Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  // Bytes after it would be bytes that nobody looked at.
  if (certificate != nullptr && at != bytes_of(der) + der.size()) certificate.reset();
  return certificate;
}

void add_identity(std::vector<Identity>& identities, Identity::Kind kind,
                  const ASN1_STRING* string) {
  unsigned char* utf8 = nullptr;
  const int size = ASN1_STRING_to_UTF8(&utf8, string);
  if (size <= 0) return;
  std::string text(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size));
  OPENSSL_free(utf8);
  const bool plain = std::ranges::none_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (plain && is_utf8(text)) identities.push_back({kind, std::move(text)});
}

// Nothing for a kind of alternative name that is no identity.
std::optional<Identity::Kind> kind_of(int type) {
  switch (type) {
    case GEN_EMAIL:
      return Identity::Kind::email;
    case GEN_DNS:
      return Identity::Kind::dns;
    case GEN_URI:
      return Identity::Kind::uri;
    default:
      return std::nullopt;
  }
}

std::vector<Identity> identities_of(const X509* certificate) {
  std::vector<Identity> identities;
  const Names names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    int type = -1;
    const void* const value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &type);
    if (const auto kind = kind_of(type)) {
      add_identity(identities, *kind, static_cast<const ASN1_STRING*>(value));
    }
  }
  const X509_NAME* const subject = X509_get_subject_name(certificate);
  for (int at = -1; (at = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) >= 0;) {
    add_identity(identities, Identity::Kind::common_name,
                 X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
  }
  return identities;
}

bool may_sign(X509* certificate) {
  // Without the extension the function below reports every usage, so its presence is asked first.
  if (X509_get_ext_by_NID(certificate, NID_key_usage, -1) >= 0 &&
      (X509_get_key_usage(certificate) & KU_DIGITAL_SIGNATURE) != 0) {
    return true;
  }
  const Usages usages(static_cast<EXTENDED_KEY_USAGE*>(
      X509_get_ext_d2i(certificate, NID_ext_key_usage, nullptr, nullptr)));
  for (int i = 0; usages != nullptr && i < sk_ASN1_OBJECT_num(usages.get()); ++i) {
    if (OBJ_obj2nid(sk_ASN1_OBJECT_value(usages.get(), i)) == NID_code_sign) return true;
  }
  return false;
}

bool from_fulcio(const X509* certificate) {
  for (int i = 0; i < X509_get_ext_count(certificate); ++i) {
    char oid[128] = "";
    OBJ_obj2txt(oid, sizeof oid, X509_EXTENSION_get_object(X509_get_ext(certificate, i)), 1);
    if (std::string_view(oid).starts_with(kFulcioArc)) return true;
  }
  return false;
}

std::string subject_of(const X509* certificate) {
  const Bio out(BIO_new(BIO_s_mem()));
  if (out == nullptr ||
      X509_NAME_print_ex(out.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253) < 0) {
    return {};
  }
  return contents(out.get());
}

// Every certificate of a PEM text, or the reason why one cannot be read.
Result<std::vector<Certificate>> read_all(std::string_view pem) {
  const Bio in = reader_of(pem);
  if (in == nullptr) return openssl_failure("read certificates");
  std::vector<Certificate> found;
  while (X509* const next = PEM_read_bio_X509(in.get(), nullptr, no_passphrase, nullptr)) {
    found.emplace_back(next);
  }
  const bool ended = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (!ended || found.empty()) return openssl_failure("read certificates");
  ERR_clear_error();
  return found;
}

}  // namespace

Result<SigningCertificate> read_signing_certificate(std::string_view der) {
  const Certificate certificate = read_der(der);
  if (certificate == nullptr) return openssl_failure("read a certificate");
  Result<PublicKey> key = public_key_from(X509_get0_pubkey(certificate.get()));
  if (!key) return std::unexpected(key.error());
  const Result<WallTime> begin = wall_time(X509_get0_notBefore(certificate.get()));
  if (!begin) return std::unexpected(begin.error());
  const Result<WallTime> end = wall_time(X509_get0_notAfter(certificate.get()));
  if (!end) return std::unexpected(end.error());
  SigningCertificate read{.key = *std::move(key),
                          .subject = subject_of(certificate.get()),
                          .identities = identities_of(certificate.get()),
                          .may_sign = may_sign(certificate.get()),
                          .fulcio = from_fulcio(certificate.get()),
                          .not_before = *begin,
                          .not_after = *end};
  ERR_clear_error();
  return read;
}

Result<> check_chain(std::span<const std::string> chain, std::string_view anchors) {
  if (chain.empty()) return fail("there is no certificate");
  const Result<std::vector<Certificate>> trusted = read_all(anchors);
  if (!trusted) return std::unexpected(trusted.error());
  const Store store(X509_STORE_new());
  const Stack helpers(sk_X509_new_null());
  const Check check(X509_STORE_CTX_new());
  const Certificate leaf = read_der(chain.front());
  if (leaf == nullptr) return openssl_failure("read a certificate");
  if (store == nullptr || helpers == nullptr || check == nullptr) return fail("out of memory");
  for (const Certificate& anchor : *trusted) {
    if (X509_STORE_add_cert(store.get(), anchor.get()) != 1) return openssl_failure("add a root");
  }
  for (const std::string& der : chain.subspan(1)) {
    Certificate helper = read_der(der);
    if (helper == nullptr) return openssl_failure("read a certificate");
    if (sk_X509_push(helpers.get(), helper.get()) <= 0) return fail("out of memory");
    [[maybe_unused]] X509* const owned_by_the_stack = helper.release();
  }
  const Result<WallTime> begin = wall_time(X509_get0_notBefore(leaf.get()));
  if (!begin) return std::unexpected(begin.error());
  if (X509_STORE_CTX_init(check.get(), store.get(), leaf.get(), helpers.get()) != 1) {
    return openssl_failure("check a certificate");
  }
  X509_VERIFY_PARAM* const rules = X509_STORE_CTX_get0_param(check.get());
  X509_VERIFY_PARAM_set_time(rules, begin->seconds());
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_auth_level(rules, kStrength);
  const bool good = X509_verify_cert(check.get()) == 1;
  const int reason = X509_STORE_CTX_get_error(check.get());
  const int depth = X509_STORE_CTX_get_error_depth(check.get());
  ERR_clear_error();
  if (good && reason == X509_V_OK) return {};
  return fail("{} (certificate {} of the chain)", X509_verify_cert_error_string(reason), depth + 1);
}

Result<std::vector<std::string>> certificates_of(std::string_view pem) {
  const Result<std::vector<Certificate>> read = read_all(pem);
  if (!read) return std::unexpected(read.error());
  std::vector<std::string> all;
  for (const Certificate& certificate : *read) {
    unsigned char* der = nullptr;
    const int size = i2d_X509(certificate.get(), &der);
    if (size <= 0) return openssl_failure("write a certificate");
    all.emplace_back(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
  }
  return all;
}

}  // namespace gh::crypto
