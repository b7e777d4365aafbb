#pragma once
// OpenSSL's objects with an owner, and its error queue as an Error. For the .cc files of this
// folder only: the headers that others include name no OpenSSL type.

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <algorithm>
#include <climits>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace gh::crypto {

template <auto free_function>
struct Freer {
  template <class T>
  void operator()(T* object) const {
    free_function(object);
  }
};
template <class T, auto free_function>
using Owned = std::unique_ptr<T, Freer<free_function>>;

using Bio = Owned<BIO, BIO_free_all>;
using Certificate = Owned<X509, X509_free>;
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using DigestContext = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;

// The newest reason in the queue of this thread, which is emptied.
inline std::unexpected<Error> openssl_failure(std::string_view doing) {
  char reason[160] = "no reason given";
  if (const unsigned long code = ERR_peek_last_error(); code != 0) {
    ERR_error_string_n(code, reason, sizeof reason);
  }
  ERR_clear_error();
  return fail("cannot {}: {}", doing, reason);
}

inline std::string contents(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(std::max(size, 0L))};
}

// Reads `text`, which must outlive it; null when it is larger than OpenSSL can count.
inline Bio reader_of(std::string_view text) {
  if (text.size() > INT_MAX) return nullptr;
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

inline const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// For PEM readers that must not ask: without a callback OpenSSL would turn to the terminal.
inline int no_passphrase(char*, int, int, void*) {
  return -1;
}

}  // namespace gh::crypto
