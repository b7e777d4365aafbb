#pragma once
// ECDSA over the NIST curves P-256, P-384 and P-521, each with the hash of its strength (FIPS
// 186-5; SHA-256, SHA-384, SHA-512). Signatures are DER (RFC 3279 §2.2.3). Keys may be shared by
// threads. Start-up and command line only: OpenSSL reads keys slowly.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"

struct evp_pkey_st;

namespace gh::crypto {

enum class Curve : std::uint8_t { p256, p384, p521 };
// "P-256".
std::string_view name(Curve curve);

class PublicKey {
 public:
  // The SubjectPublicKeyInfo of a PEM text that holds nothing else ("BEGIN PUBLIC KEY").
  static Result<PublicKey> from_pem(std::string_view pem);

  Curve curve() const { return curve_; }
  // The one text form: SubjectPublicKeyInfo in PEM, lines of 64 characters, a line end at the end.
  const std::string& pem() const { return pem_; }
  bool operator==(const PublicKey& other) const { return pem_ == other.pem_; }

  // False for everything that is not a signature of this key over these bytes.
  bool verifies(std::string_view message, std::string_view der_signature) const;
  // The same with SHA-256 whatever the curve, which some old signers wrote.
  bool verifies_with_sha256(std::string_view message, std::string_view der_signature) const;

 private:
  friend class PrivateKey;
  friend Result<PublicKey> public_key_from(evp_pkey_st* key);
  std::shared_ptr<evp_pkey_st> key_;
  Curve curve_ = Curve::p256;
  std::string pem_;
};

// The public half of an OpenSSL key, which stays the caller's. For this folder.
Result<PublicKey> public_key_from(evp_pkey_st* key);

class PrivateKey {
 public:
  // Asked once, and only when the key cannot be read without.
  using Passphrase = std::function<Result<Secret>()>;

  // The only private key of a PEM text, encrypted or not.
  static Result<PrivateKey> from_pem(std::string_view pem, const Passphrase& passphrase);
  // A key that stays where it is: "pkcs11:token=…;object=…" (RFC 7512), through OpenSSL's provider
  // or engine of that name. The passphrase is the PIN.
  static Result<PrivateKey> from_pkcs11(const std::string& uri, const Passphrase& passphrase);

  const PublicKey& public_key() const { return public_; }
  Result<std::string> sign(std::string_view message) const;

 private:
  static Result<PrivateKey> owning(evp_pkey_st* key);
  std::shared_ptr<evp_pkey_st> key_;
  PublicKey public_;
};

}  // namespace gh::crypto
