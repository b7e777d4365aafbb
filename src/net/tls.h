#pragma once
// TLS contexts: a listener's certificate and rules, an upstream's authorities. Immutable once made;
// shared by connections of any thread. A reload makes a new one and leaves the old one to the
// connections that still use it.

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"

using SSL = struct ssl_st;
using SSL_CTX = struct ssl_ctx_st;

namespace gh::net {

struct TlsServerOptions {
  std::string certificate_file{};  // PEM chain
  std::string key_file{};          // PEM, not encrypted
  std::string client_ca_file{};    // "" = ask for no client certificate
  bool client_required = false;    // needs client_ca_file
  bool allow_tls12 = false;        // AEAD with ECDHE only
  bool offer_h2 = true;
};

class TlsServer {
 public:
  // Errors name the file.
  static Result<std::shared_ptr<const TlsServer>> load(const TlsServerOptions& options);
  ~TlsServer();
  // A session on `fd`, the caller's to free before this object; null when out of memory.
  SSL* session(int fd) const;
  SSL_CTX* raw() const { return context_; }
  // When the server's own certificate begins and ends.
  WallTime begins() const;
  WallTime expires() const;

 private:
  explicit TlsServer(SSL_CTX* context, bool offer_h2) : context_(context), offer_h2_(offer_h2) {}
  SSL_CTX* context_;
  bool offer_h2_;
};

class TlsClient {
 public:
  // `ca_file` "" = the system's authorities. TLS 1.2 or 1.3, names verified.
  static Result<std::shared_ptr<const TlsClient>> load(const std::string& ca_file);
  ~TlsClient();
  // A session on `fd` whose peer must prove to be `server_name`, a DNS name or an IP address
  // (brackets allowed), by a subject alternative name (RFC 9525; common names do not count). With
  // a name that cannot be verified, such as "", the handshake fails. The caller's to free; null
  // when out of memory.
  SSL* session(int fd, const std::string& server_name) const;
  SSL_CTX* raw() const { return context_; }

 private:
  explicit TlsClient(SSL_CTX* context) : context_(context) {}
  SSL_CTX* context_;
};

}  // namespace gh::net
