#include "crypto/sign.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/pem.h>

#include <array>
#include <utility>

#include "base/text.h"
#include "crypto/openssl_owned.h"
#include "crypto/passphrase_bridge.h"

namespace gh::crypto {
namespace {

struct CurveFacts {
  const char* group;  // OpenSSL's name
  std::string_view name;
  const char* hash;
};
constexpr std::array<CurveFacts, 3> kCurves = {{{"prime256v1", "P-256", "SHA256"},
                                                {"secp384r1", "P-384", "SHA384"},
                                                {"secp521r1", "P-521", "SHA512"}}};

const CurveFacts& facts(Curve curve) {
  return kCurves[static_cast<std::size_t>(curve)];
}

Result<Curve> curve_of(const EVP_PKEY* key) {
  char group[64] = "";
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
      EVP_PKEY_get_group_name(key, group, sizeof group, nullptr) == 1) {
    for (std::size_t i = 0; i < kCurves.size(); ++i) {
      if (std::string_view(group) == kCurves[i].group) return static_cast<Curve>(i);
    }
  }
  ERR_clear_error();
  return fail("the key is not an elliptic-curve key on P-256, P-384 or P-521");
}

Result<std::string> pem_of(const EVP_PKEY* key) {
  const Bio out(BIO_new(BIO_s_mem()));
  if (out == nullptr || PEM_write_bio_PUBKEY(out.get(), key) != 1) {
    return openssl_failure("write a public key");
  }
  return contents(out.get());
}

bool verifies_with(EVP_PKEY* key, const char* hash, std::string_view message,
                   std::string_view signature) {
  const DigestContext context(EVP_MD_CTX_new());
  const bool good =
      context != nullptr &&
      EVP_DigestVerifyInit_ex(context.get(), nullptr, hash, nullptr, nullptr, key, nullptr) == 1 &&
      EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message),
                       message.size()) == 1;
  ERR_clear_error();
  return good;
}

// How many PEM blocks begin in it whose label ends so.
std::size_t blocks_in(std::string_view pem, std::string_view label_end) {
  constexpr std::string_view kBegin = "-----BEGIN ";
  std::size_t blocks = 0;
  for (auto at = pem.find(kBegin); at != pem.npos; at = pem.find(kBegin, at + 1)) {
    const std::string_view label = pem.substr(at + kBegin.size());
    if (label.substr(0, label.find('-')).ends_with(label_end)) ++blocks;
  }
  return blocks;
}

}  // namespace

std::string_view name(Curve curve) {
  return facts(curve).name;
}

// Takes its own copy of the public half, so that a key of a token is asked for signatures only.
Result<PublicKey> public_key_from(evp_pkey_st* key) {
  const Result<Curve> curve = curve_of(key);
  if (!curve) return std::unexpected(curve.error());
  const auto pem = pem_of(key);
  if (!pem) return std::unexpected(pem.error());
  const Bio in = reader_of(*pem);
  PublicKey made;
  made.curve_ = *curve;
  made.key_.reset(PEM_read_bio_PUBKEY(in.get(), nullptr, no_passphrase, nullptr), EVP_PKEY_free);
  // One key has one text, by which it is named: some write the curve's numbers instead of its name.
  if (made.key_ == nullptr ||
      EVP_PKEY_set_utf8_string_param(made.key_.get(), OSSL_PKEY_PARAM_EC_ENCODING,
                                     OSSL_PKEY_EC_ENCODING_GROUP) != 1) {
    return openssl_failure("read a public key");
  }
  auto text = pem_of(made.key_.get());
  if (!text) return std::unexpected(text.error());
  made.pem_ = *std::move(text);
  return made;
}

Result<PublicKey> PublicKey::from_pem(std::string_view pem) {
  if (pem.contains("PRIVATE KEY-----")) {
    return fail("this is a private key; its public half is what `openssl pkey -pubout` writes");
  }
  // Parameters of a curve may stand in front of a key.
  const std::size_t blocks = blocks_in(pem, "") - blocks_in(pem, "EC PARAMETERS");
  if (blocks > 1) {
    return fail("{} PEM blocks are in it, and only the first would count; give each key a file",
                blocks);
  }
  const Bio in = reader_of(pem);
  if (in == nullptr) return openssl_failure("read a public key");
  const Key key(PEM_read_bio_PUBKEY(in.get(), nullptr, no_passphrase, nullptr));
  if (key == nullptr) return openssl_failure("read a public key");
  return public_key_from(key.get());
}

bool PublicKey::verifies(std::string_view message, std::string_view der_signature) const {
  return verifies_with(key_.get(), facts(curve_).hash, message, der_signature);
}

bool PublicKey::verifies_with_sha256(std::string_view message,
                                     std::string_view der_signature) const {
  return verifies_with(key_.get(), "SHA256", message, der_signature);
}

Result<PrivateKey> PrivateKey::owning(evp_pkey_st* key) {
  PrivateKey made;
  made.key_.reset(key, EVP_PKEY_free);
  Result<PublicKey> half = public_key_from(key);
  if (!half) return std::unexpected(half.error());
  made.public_ = *std::move(half);
  return made;
}

Result<PrivateKey> PrivateKey::from_pem(std::string_view pem, const Passphrase& passphrase) {
  if (!pem.contains("PRIVATE KEY-----")) {
    return fail("there is no private key in it (a PEM text with `PRIVATE KEY`)");
  }
  // Parameters of a curve may stand in front of a key.
  if (const std::size_t keys = blocks_in(pem, "PRIVATE KEY"); keys > 1) {
    return fail("{} private keys are in it, and only the first would sign; give each a file", keys);
  }
  const Bio in = reader_of(pem);
  if (in == nullptr) return openssl_failure("read a private key");
  PassphraseBridge bridge(passphrase);
  EVP_PKEY* const key = PEM_read_bio_PrivateKey(in.get(), nullptr, PassphraseBridge::give, &bridge);
  if (bridge.failure()) {
    ERR_clear_error();
    EVP_PKEY_free(key);
    return std::unexpected(*bridge.failure());
  }
  if (key == nullptr && bridge.asked()) {
    ERR_clear_error();
    return fail("the passphrase does not open the key");
  }
  if (key == nullptr) return openssl_failure("read a private key");
  return owning(key);
}

Result<std::string> PrivateKey::sign(std::string_view message) const {
  const DigestContext context(EVP_MD_CTX_new());
  std::size_t size = 0;
  if (context == nullptr ||
      EVP_DigestSignInit_ex(context.get(), nullptr, facts(public_.curve()).hash, nullptr, nullptr,
                            key_.get(), nullptr) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes_of(message), message.size()) != 1) {
    return openssl_failure("sign");
  }
  std::string signature(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     bytes_of(message), message.size()) != 1) {
    return openssl_failure("sign");
  }
  signature.resize(size);
  return signature;
}

}  // namespace gh::crypto
