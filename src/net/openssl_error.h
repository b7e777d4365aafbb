#pragma once
// Private to net: what OpenSSL has to say about a failure, for the operator.

#include <openssl/err.h>

#include <cerrno>
#include <string>

using SSL = struct ssl_st;

namespace gh::net {

// Before a call whose failure will be asked for: SSL_get_error looks at the thread's queue, and
// openssl_error at errno.
inline void begin_tls_call() {
  ERR_clear_error();
  errno = 0;
}

// Empties this thread's OpenSSL error queue into one line.
std::string openssl_error();
// Why the last call on `ssl` failed: the queue, with the reason a certificate was refused, or
// `error_number`, which is errno after the call and was 0 before it.
std::string openssl_error(SSL* ssl, int error_number);

}  // namespace gh::net
