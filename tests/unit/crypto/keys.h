#pragma once
// Keys and certificates made for one test, with OpenSSL itself.

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <string>

namespace gh::crypto::testing_keys {

inline std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}

struct Pair {
  std::string private_pem;
  std::string public_pem;
};

// `passphrase` null: not encrypted.
inline Pair pair_of(EVP_PKEY* key, const char* passphrase = nullptr) {
  BIO* secret = BIO_new(BIO_s_mem());
  BIO* open = BIO_new(BIO_s_mem());
  const std::string word = passphrase != nullptr ? passphrase : "";
  PEM_write_bio_PKCS8PrivateKey(secret, key, passphrase != nullptr ? EVP_aes_256_cbc() : nullptr,
                                word.data(), static_cast<int>(word.size()), nullptr, nullptr);
  PEM_write_bio_PUBKEY(open, key);
  return {text_of(secret), text_of(open)};
}

inline Pair ec_pair(const char* curve, const char* passphrase = nullptr) {
  EVP_PKEY* key = EVP_EC_gen(curve);
  Pair pair = pair_of(key, passphrase);
  EVP_PKEY_free(key);
  return pair;
}

}  // namespace gh::crypto::testing_keys
