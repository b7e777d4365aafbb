#pragma once
// Certificates to order, good and bad, and the other end of a TLS connection as no polite library
// would be it.

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <vector>

#include "harness.h"

namespace gh::net::test {

struct CertificateSpec {
  std::string common_name = "leaf";   // "": the subject is empty
  std::vector<std::string> dns = {};  // subject alternative names; may hold any byte
  std::vector<std::string> ips{};
  long begins_in = -3600;  // seconds from now
  long ends_in = 3600;
};

struct IssuedFiles {
  std::string certificate;
  std::string key;
};

// An authority of its own, whose certificates are files in `dir`.
class Authority {
 public:
  Authority(const TempDir& dir, const std::string& name);
  ~Authority();
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;
  const std::string& file() const { return file_; }
  IssuedFiles issue(const CertificateSpec& spec);

 private:
  const TempDir& dir_;
  std::string name_, file_;
  EVP_PKEY* key_;
  X509* certificate_;
  int serial_ = 1;
};

// OpenSSL on a non-blocking socket, moved by hand: from `done` of pump().
class RawTls {
 public:
  RawTls(SSL_CTX* context, Fd fd, bool is_server);
  ~RawTls();
  RawTls(const RawTls&) = delete;
  RawTls& operator=(const RawTls&) = delete;

  bool shake_hands();  // one step; true when done
  std::string read();  // what is there
  bool write(std::string_view bytes);
  SSL* raw() { return ssl_; }
  Fd& fd() { return fd_; }
  bool got_close_notify() const { return (SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN) != 0; }
  bool failed() const { return failed_; }

 private:
  Fd fd_;
  SSL* ssl_;
  bool failed_ = false;
};

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
Context client_context();  // verifies nothing
Context server_context(const IssuedFiles& files);

}  // namespace gh::net::test
