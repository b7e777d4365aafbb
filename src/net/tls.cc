#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "crypto/certificate_time.h"
#include "net/address.h"
#include "net/openssl_error.h"

namespace gh::net {
namespace {

constexpr unsigned char kBoth[] = {2, 'h', '2', 8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
constexpr unsigned char kHttp1[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

// RFC 7301 §3.2: a client that offers ALPN but nothing we speak is refused; one that offers none
// gets HTTP/1.1.
int choose_alpn(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                unsigned in_size, void* offer_h2) {
  const bool h2 = *static_cast<const bool*>(offer_h2);
  const unsigned char* ours = h2 ? kBoth : kHttp1;
  const unsigned ours_size = h2 ? sizeof kBoth : sizeof kHttp1;
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, ours, ours_size, in, in_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

// An encrypted key is an error, not a question at the terminal that a reload would wait for.
int no_password(char*, int, int, void*) {
  return -1;
}

int refuse_any(int, X509_STORE_CTX* chain) {
  X509_STORE_CTX_set_error(chain, X509_V_ERR_HOSTNAME_MISMATCH);
  return 0;
}

SSL* new_session(SSL_CTX* context, int fd) {
  SSL* ssl = SSL_new(context);
  if (ssl != nullptr && SSL_set_fd(ssl, fd) == 1) return ssl;
  SSL_free(ssl);
  return nullptr;
}

bool expect_name(SSL* ssl, const std::string& name) {
  X509_VERIFY_PARAM* verify = SSL_get0_param(ssl);
  if (const auto ip = Address::parse_ip(name)) {
    return X509_VERIFY_PARAM_set1_ip_asc(verify, ip->text().c_str()) == 1;
  }
  X509_VERIFY_PARAM_set_hostflags(
      verify, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  // OpenSSL takes an empty name as "check no name", and refuses one with a NUL.
  if (name.empty() || X509_VERIFY_PARAM_set1_host(verify, name.data(), name.size()) != 1) {
    return false;
  }
  // SSL_set_tlsext_host_name without its C cast; OpenSSL copies the name.
  std::string copy = name;
  return SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, copy.data()) == 1;
}

void set_common(SSL_CTX* context) {
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // A read that met only a KeyUpdate or a ticket returns: a flood of them must not keep the thread.
  SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_default_passwd_cb(context, no_password);
  SSL_CTX_set_options(
      context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_read_ahead(context, 1);  // one read() per record instead of two
  SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384");
  SSL_CTX_set_max_early_data(context, 0);
}

}  // namespace

std::string openssl_error() {
  std::string text;
  while (const unsigned long code = ERR_get_error()) {
    char line[256];
    ERR_error_string_n(code, line, sizeof line);
    if (!text.empty()) text += "; ";
    text += line;
  }
  return text.empty() ? "unknown TLS error" : text;
}

std::string openssl_error(SSL* ssl, int error_number) {
  if (ERR_peek_error() == 0) {
    return error_number != 0 ? errno_text(error_number) : "connection ended";
  }
  const long verdict = SSL_get_verify_result(ssl);
  std::string text = openssl_error();
  if (verdict != X509_V_OK) text.append(": ").append(X509_verify_cert_error_string(verdict));
  return text;
}

Result<std::shared_ptr<const TlsServer>> TlsServer::load(const TlsServerOptions& options) {
  if (options.client_required && options.client_ca_file.empty()) {
    return fail("client certificates are required, but no authority for them is named");
  }
  ERR_clear_error();
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  if (context == nullptr) return fail("TLS: {}", openssl_error());
  std::shared_ptr<TlsServer> server(new TlsServer(context, options.offer_h2));
  set_common(context);
  SSL_CTX_set_min_proto_version(context, options.allow_tls12 ? TLS1_2_VERSION : TLS1_3_VERSION);
  SSL_CTX_set_cipher_list(context,
                          "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
                          "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
                          "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305");
  // A client that goes without close_notify has left all the same. An upstream is held to it,
  // because the end of its body may be the end of the connection.
  SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_num_tickets(context, 1);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);  // tickets need no memory here
  if (SSL_CTX_use_certificate_chain_file(context, options.certificate_file.c_str()) != 1) {
    return fail("{}: {}", options.certificate_file, openssl_error());
  }
  if (SSL_CTX_use_PrivateKey_file(context, options.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return fail("{}: {}", options.key_file, openssl_error());
  }
  if (SSL_CTX_check_private_key(context) != 1) {
    return fail("{} is not the key of {}", options.key_file, options.certificate_file);
  }
  if (!options.client_ca_file.empty()) {
    if (SSL_CTX_load_verify_file(context, options.client_ca_file.c_str()) != 1) {
      return fail("{}: {}", options.client_ca_file, openssl_error());
    }
    SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(options.client_ca_file.c_str()));
    SSL_CTX_set_verify(
        context, SSL_VERIFY_PEER | (options.client_required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
        nullptr);
    // A resumed session skips the certificate check; with client certificates every handshake is
    // a full one.
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context, 0);
  }
  SSL_CTX_set_alpn_select_cb(context, choose_alpn, &server->offer_h2_);
  return server;
}

TlsServer::~TlsServer() {
  SSL_CTX_free(context_);
}

SSL* TlsServer::session(int fd) const {
  SSL* ssl = new_session(context_, fd);
  if (ssl != nullptr) SSL_set_accept_state(ssl);
  return ssl;
}

WallTime TlsServer::begins() const {
  return crypto::wall_time(X509_get0_notBefore(SSL_CTX_get0_certificate(context_)))
      .value_or(WallTime{});
}

WallTime TlsServer::expires() const {
  return crypto::wall_time(X509_get0_notAfter(SSL_CTX_get0_certificate(context_)))
      .value_or(WallTime{});
}

Result<std::shared_ptr<const TlsClient>> TlsClient::load(const std::string& ca_file) {
  ERR_clear_error();
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  if (context == nullptr) return fail("TLS: {}", openssl_error());
  std::shared_ptr<TlsClient> client(new TlsClient(context));
  set_common(context);
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  const int loaded = ca_file.empty() ? SSL_CTX_set_default_verify_paths(context)
                                     : SSL_CTX_load_verify_file(context, ca_file.c_str());
  if (loaded != 1) return fail("{}: {}", ca_file, openssl_error());
  return client;
}

TlsClient::~TlsClient() {
  SSL_CTX_free(context_);
}

SSL* TlsClient::session(int fd, const std::string& server_name) const {
  SSL* ssl = new_session(context_, fd);
  if (ssl == nullptr) return nullptr;
  SSL_set_connect_state(ssl);
  if (!expect_name(ssl, server_name)) SSL_set_verify(ssl, SSL_VERIFY_PEER, refuse_any);
  return ssl;
}

}  // namespace gh::net
