#include "certificates.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>

namespace gh::net::test {
namespace {

EVP_PKEY* new_key() {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  EXPECT_NE(key, nullptr);
  return key;
}

X509* new_certificate(const CertificateSpec& spec, int serial, EVP_PKEY* key) {
  X509* x509 = X509_new();
  X509_set_version(x509, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), serial);
  X509_gmtime_adj(X509_getm_notBefore(x509), spec.begins_in);
  X509_gmtime_adj(X509_getm_notAfter(x509), spec.ends_in);
  X509_set_pubkey(x509, key);
  if (spec.common_name.empty()) return x509;
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(spec.common_name.data()),
                             static_cast<int>(spec.common_name.size()), -1, 0);
  return x509;
}

void add_name(GENERAL_NAMES* names, int type, const void* bytes, std::size_t size) {
  GENERAL_NAME* name = GENERAL_NAME_new();
  ASN1_STRING* value =
      ASN1_STRING_type_new(type == GEN_DNS ? V_ASN1_IA5STRING : V_ASN1_OCTET_STRING);
  ASN1_STRING_set(value, bytes, static_cast<int>(size));
  GENERAL_NAME_set0_value(name, type, value);
  sk_GENERAL_NAME_push(names, name);
}

void add_alternative_names(X509* x509, const CertificateSpec& spec) {
  if (spec.dns.empty() && spec.ips.empty()) return;
  GENERAL_NAMES* names = sk_GENERAL_NAME_new_null();
  for (const auto& dns : spec.dns) add_name(names, GEN_DNS, dns.data(), dns.size());
  for (const auto& ip : spec.ips) {
    unsigned char bytes[16];
    const bool v6 = ip.find(':') != std::string::npos;
    EXPECT_EQ(inet_pton(v6 ? AF_INET6 : AF_INET, ip.c_str(), bytes), 1);
    add_name(names, GEN_IPADD, bytes, v6 ? 16 : 4);
  }
  EXPECT_EQ(X509_add1_ext_i2d(x509, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT), 1);
  GENERAL_NAMES_free(names);
}

std::string save(const std::string& path, X509* x509, EVP_PKEY* key) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (x509 != nullptr) {
    EXPECT_EQ(PEM_write_X509(file, x509), 1);
  } else {
    EXPECT_EQ(PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr), 1);
  }
  std::fclose(file);
  return path;
}

}  // namespace

Authority::Authority(const TempDir& dir, const std::string& name)
    : dir_(dir), name_(name), key_(new_key()) {
  certificate_ = new_certificate({.common_name = name}, 1, key_);
  X509_set_issuer_name(certificate_, X509_get_subject_name(certificate_));
  X509_EXTENSION* is_ca =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE");
  X509_add_ext(certificate_, is_ca, -1);
  X509_EXTENSION_free(is_ca);
  EXPECT_GT(X509_sign(certificate_, key_, EVP_sha256()), 0);
  file_ = save(dir.path(name + ".pem"), certificate_, nullptr);
}

Authority::~Authority() {
  X509_free(certificate_);
  EVP_PKEY_free(key_);
}

IssuedFiles Authority::issue(const CertificateSpec& spec) {
  EVP_PKEY* key = new_key();
  X509* x509 = new_certificate(spec, ++serial_, key);
  X509_set_issuer_name(x509, X509_get_subject_name(certificate_));
  add_alternative_names(x509, spec);
  EXPECT_GT(X509_sign(x509, key_, EVP_sha256()), 0);
  const std::string base = dir_.path(name_ + std::to_string(serial_));
  IssuedFiles files{save(base + ".crt", x509, nullptr), save(base + ".key", nullptr, key)};
  X509_free(x509);
  EVP_PKEY_free(key);
  return files;
}

RawTls::RawTls(SSL_CTX* context, Fd fd, bool is_server)
    : fd_(std::move(fd)), ssl_(SSL_new(context)) {
  SSL_set_fd(ssl_, fd_.get());
  if (is_server) {
    SSL_set_accept_state(ssl_);
  } else {
    SSL_set_connect_state(ssl_);
  }
}

RawTls::~RawTls() {
  SSL_free(ssl_);
}

bool RawTls::shake_hands() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_);
  const int error = SSL_get_error(ssl_, result);
  if (error == SSL_ERROR_SSL || error == SSL_ERROR_SYSCALL) failed_ = true;
  return result == 1;
}

std::string RawTls::read() {
  std::string out;
  char bytes[16384];
  std::size_t got = 0;
  ERR_clear_error();
  while (SSL_read_ex(ssl_, bytes, sizeof bytes, &got) == 1) out.append(bytes, got);
  const int error = SSL_get_error(ssl_, 0);
  if (error == SSL_ERROR_SSL || error == SSL_ERROR_SYSCALL) failed_ = true;
  return out;
}

bool RawTls::write(std::string_view bytes) {
  std::size_t written = 0;
  ERR_clear_error();
  return SSL_write_ex(ssl_, bytes.data(), bytes.size(), &written) == 1;
}

Context client_context() {
  return Context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
}

Context server_context(const IssuedFiles& files) {
  Context context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  EXPECT_EQ(
      SSL_CTX_use_certificate_file(context.get(), files.certificate.c_str(), SSL_FILETYPE_PEM), 1);
  EXPECT_EQ(SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM), 1);
  return context;
}

}  // namespace gh::net::test
