// Handshakes: who is let in, who is believed, and which files are refused.

#include "net/tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>

#include "certificates.h"
#include "harness.h"

namespace gh::net {
namespace {

using test::Authority;
using test::CertificateSpec;
using test::drive;
using test::IssuedFiles;
using test::Owner;
using test::pump;
using test::RawTls;
using testing::HasSubstr;

class Tls : public testing::Test {
 protected:
  std::shared_ptr<const TlsServer> server(const IssuedFiles& files, TlsServerOptions options = {}) {
    options.certificate_file = files.certificate;
    options.key_file = files.key;
    auto made = TlsServer::load(options);
    EXPECT_TRUE(made) << made.error().message;
    return made ? *made : nullptr;
  }
  std::shared_ptr<const TlsServer> server(TlsServerOptions options = {}) {
    return server(authority_.issue({.dns = {"gate.example"}}), std::move(options));
  }
  std::shared_ptr<const TlsClient> client() {
    auto made = TlsClient::load(authority_.file());
    EXPECT_TRUE(made) << made.error().message;
    return made ? *made : nullptr;
  }

  // A stream that accepts with `tls` and a peer that shakes hands with `context`, until one side
  // has decided.
  struct Outcome {
    bool opened;
    std::string log, reason, detail;
    bool h2;
    bool certificate;
  };
  Outcome shake(std::shared_ptr<const TlsServer> tls, SSL_CTX* context,
                std::string_view alpn = {}) {
    auto [ours, theirs] = test::unix_pair();
    Owner owner(loop_);
    RawTls peer(context, std::move(theirs), false);
    SSL_set_alpn_protos(peer.raw(), reinterpret_cast<const unsigned char*>(alpn.data()),
                        static_cast<unsigned>(alpn.size()));
    owner.accept(std::move(ours), {.tls = std::move(tls)});
    EXPECT_TRUE(pump(loop_, [&] {
      peer.shake_hands();
      return owner.opens > 0 || owner.closed();
    }));
    Outcome outcome{owner.opens > 0,
                    owner.log,
                    owner.reason,
                    owner.detail,
                    owner.stream->alpn_h2(),
                    owner.stream->has_client_certificate()};
    return outcome;
  }

  // A stream that connects to a server with this certificate, believing in authority_.
  Outcome verify(const IssuedFiles& files, const std::string& server_name) {
    auto [ours, theirs] = test::unix_pair();
    Owner to(loop_), from(loop_);
    from.accept(std::move(theirs), {.tls = server(files)});
    to.connect(std::move(ours), {.tls = client(), .server_name = server_name});
    EXPECT_TRUE(drive(loop_, [&] { return to.opens > 0 || to.closed(); }));
    return {to.opens > 0, to.log, to.reason, to.detail, false, false};
  }

  test::TempDir dir_;
  Authority authority_{dir_, "authority"};
  Authority stranger_{dir_, "stranger"};
  Loop loop_;
};

// covers: engine-7-tls-alpn algorithms-7-tls-alpn
TEST_F(Tls, Alpn) {
  const auto context = test::client_context();
  using View = std::string_view;
  const struct {
    std::string_view offered;
    bool offer_h2, opened, h2;
  } cases[] = {
      {View("\x02h2\x08http/1.1"), true, true, true},
      {View("\x08http/1.1\x02h2"), true, true, true},  // our preference
      {View("\x08http/1.1"), true, true, false},
      {View("\x02h2\x08http/1.1"), false, true, false},
      {View(""), true, true, false},
      {View("\x02h2"), false, false, false},
      {View("\x02h3"), true, false, false},
      {View("\x08http/1.0\x05spdy3"), true, false, false},
      {View("\x02H2"), true, false, false},
  };
  for (const auto& c : cases) {
    const Outcome got = shake(server({.offer_h2 = c.offer_h2}), context.get(), c.offered);
    EXPECT_EQ(got.opened, c.opened) << c.offered;
    EXPECT_EQ(got.h2, c.h2) << c.offered;
    if (!c.opened) {
      EXPECT_EQ(got.log, "peer close");
      EXPECT_EQ(got.reason, "tls_failed");
      EXPECT_THAT(got.detail, HasSubstr("no application protocol"));
    }
  }
}

// covers: engine-3.5-tls-version algorithms-7-tls-version
TEST_F(Tls, Versions) {
  const auto old = test::client_context();
  SSL_CTX_set_max_proto_version(old.get(), TLS1_2_VERSION);
  EXPECT_FALSE(shake(server(), old.get()).opened);
  EXPECT_TRUE(shake(server({.allow_tls12 = true}), old.get()).opened);
  SSL_CTX_set_cipher_list(old.get(), "ECDHE-ECDSA-AES128-SHA256");  // CBC
  EXPECT_FALSE(shake(server({.allow_tls12 = true}), old.get()).opened);
  const auto older = test::client_context();
  SSL_CTX_set_security_level(older.get(), 0);
  SSL_CTX_set_min_proto_version(older.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(older.get(), TLS1_1_VERSION);
  EXPECT_FALSE(shake(server({.allow_tls12 = true}), older.get()).opened);
}

TEST_F(Tls, NotTlsAtAll) {
  const struct {
    std::string_view bytes, detail;
  } cases[] = {
      {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "http request"},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ""},
      {"\x16\x03\x01\xff\xff\x01", ""},
      {"SSH-2.0-OpenSSH_9.2\r\n", ""},
  };
  for (const auto& c : cases) {
    auto [ours, theirs] = test::unix_pair();
    Owner owner(loop_);
    test::send_now(theirs, c.bytes);
    owner.accept(std::move(ours), {.tls = server()});
    ASSERT_TRUE(drive(loop_, [&] { return owner.closed(); })) << c.bytes;
    EXPECT_EQ(owner.log, "peer close");
    EXPECT_EQ(owner.reason, "tls_failed");
    EXPECT_THAT(owner.detail, HasSubstr(c.detail));
  }
}

TEST_F(Tls, PeerLeavesDuringTheHandshake) {
  for (const bool tcp_reset : {false, true}) {
    auto [ours, theirs] = test::tcp_pair();
    Owner owner(loop_);
    owner.accept(std::move(ours), {.tls = server()});
    if (tcp_reset) {
      const linger hard = {.l_onoff = 1, .l_linger = 0};
      setsockopt(theirs.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    }
    theirs.reset();
    ASSERT_TRUE(drive(loop_, [&] { return owner.closed(); }));
    EXPECT_EQ(owner.log, "peer close");
    EXPECT_EQ(owner.reason, "tls_failed");
    EXPECT_EQ(owner.detail, tcp_reset ? "Connection reset by peer" : "connection ended");
  }
}

// covers: algorithms-7-tls-client-certificates
TEST_F(Tls, ClientCertificates) {
  const auto use = [](SSL_CTX* context, const IssuedFiles& files) {
    SSL_CTX_use_certificate_file(context, files.certificate.c_str(), SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM);
  };
  const IssuedFiles good = authority_.issue({.common_name = "Anna,\n\"A\""});
  const IssuedFiles nameless = authority_.issue({.common_name = "", .dns = {"a.example"}});
  const IssuedFiles expired = authority_.issue({.begins_in = -7200, .ends_in = -3600});
  const IssuedFiles early = authority_.issue({.begins_in = 3600, .ends_in = 7200});
  const IssuedFiles foreign = stranger_.issue({});
  const struct {
    std::string_view what;
    const IssuedFiles* files;
    bool required, opened;
    std::string_view detail;
  } cases[] = {
      {"good", &good, true, true, ""},
      {"good, optional", &good, false, true, ""},
      {"without a subject", &nameless, true, true, ""},
      {"none, optional", nullptr, false, true, ""},
      {"none", nullptr, true, false, "did not return a certificate"},
      {"expired", &expired, true, false, "certificate has expired"},
      {"expired, optional", &expired, false, false, "certificate has expired"},
      {"not yet valid", &early, true, false, "not yet valid"},
      {"of another authority", &foreign, true, false, "unable to get local issuer"},
      {"of another authority, optional", &foreign, false, false, "unable to get local issuer"},
  };
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const auto& c : cases) {
      SCOPED_TRACE(c.what);
      SCOPED_TRACE(version);
      const auto context = test::client_context();
      SSL_CTX_set_max_proto_version(context.get(), version);
      if (c.files != nullptr) use(context.get(), *c.files);
      const Outcome got = shake(server({.client_ca_file = authority_.file(),
                                        .client_required = c.required,
                                        .allow_tls12 = true}),
                                context.get());
      EXPECT_EQ(got.opened, c.opened);
      if (c.opened) {
        EXPECT_EQ(got.certificate, c.files != nullptr);
      } else {
        EXPECT_EQ(got.log, "peer close");  // it never looked open
        EXPECT_EQ(got.reason, "tls_failed");
        EXPECT_THAT(got.detail, HasSubstr(c.detail));
      }
    }
  }
}

TEST_F(Tls, UnaskedClientCertificateIsNobody) {
  const auto context = test::client_context();
  const IssuedFiles files = authority_.issue({});
  SSL_CTX_use_certificate_file(context.get(), files.certificate.c_str(), SSL_FILETYPE_PEM);
  SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM);
  const Outcome got = shake(server(), context.get());
  EXPECT_TRUE(got.opened);
  EXPECT_FALSE(got.certificate);
}

// With client certificates there is no resumption: a ticket would outlive a changed authority.
// covers: engine-7-tls-resumption
TEST_F(Tls, NoTicketsWithClientCertificates) {
  for (const bool ask : {false, true}) {
    int tickets = 0;
    const auto context = test::client_context();
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_CLIENT);
    SSL_CTX_set_app_data(context.get(), &tickets);
    SSL_CTX_sess_set_new_cb(context.get(), [](SSL* ssl, SSL_SESSION*) {
      ++*static_cast<int*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
      return 0;
    });
    auto [ours, theirs] = test::unix_pair();
    Owner owner(loop_);
    RawTls peer(context.get(), std::move(theirs), false);
    owner.accept(std::move(ours),
                 {.tls = server({.client_ca_file = ask ? authority_.file() : std::string()})});
    owner.at_open = [&] { owner.stream->write("x"); };
    ASSERT_TRUE(pump(loop_, [&] { return peer.shake_hands() && peer.read() == "x"; }));
    EXPECT_EQ(tickets, ask ? 0 : 1);
  }
}

// covers: engine-3.5-san-length engine-7-tls-identity algorithms-7-tls-upstream-verify
TEST_F(Tls, UpstreamCertificates) {
  const std::string nul_name("up.example\0.evil.example", 24);
  const struct {
    std::string_view what;
    CertificateSpec spec;
    std::string name;
    bool opened;
    std::string_view detail;
  } cases[] = {
      {"its name", {.dns = {"up.example"}}, "up.example", true, ""},
      {"case does not count", {.dns = {"UP.example"}}, "up.Example", true, ""},
      {"one of several", {.dns = {"a.example", "up.example"}}, "up.example", true, ""},
      {"wildcard", {.dns = {"*.corp.example"}}, "up.corp.example", true, ""},
      {"IPv4", {.ips = {"192.0.2.1"}}, "192.0.2.1", true, ""},
      {"IPv6", {.ips = {"2001:db8::1"}}, "2001:db8::1", true, ""},
      {"IPv6 in brackets", {.ips = {"2001:db8::1"}}, "[2001:db8::1]", true, ""},
      {"another name", {.dns = {"other.example"}}, "up.example", false, "hostname mismatch"},
      {"no name", {}, "up.example", false, "hostname mismatch"},
      {"common name only", {.common_name = "up.example"}, "up.example", false, "mismatch"},
      {"suffix", {.dns = {"example"}}, "up.example", false, "mismatch"},
      {"prefix", {.dns = {"up.example.evil.example"}}, "up.example", false, "mismatch"},
      {"wildcard of two labels",
       {.dns = {"*.corp.example"}},
       "a.up.corp.example",
       false,
       "mismatch"},
      {"wildcard for the parent", {.dns = {"*.corp.example"}}, "corp.example", false, "mismatch"},
      {"wildcard of a top level", {.dns = {"*.example"}}, "up.example", false, "mismatch"},
      {"partial wildcard", {.dns = {"u*.corp.example"}}, "up.corp.example", false, "mismatch"},
      {"wildcard for all", {.dns = {"*"}}, "up.example", false, "mismatch"},
      {"NUL in the name", {.dns = {nul_name}}, "up.example", false, "mismatch"},
      {"NUL in the common name", {.common_name = nul_name}, "up.example", false, "mismatch"},
      {"another IPv4", {.ips = {"192.0.2.2"}}, "192.0.2.1", false, "IP address mismatch"},
      {"IPv4 as a DNS name", {.dns = {"192.0.2.1"}}, "192.0.2.1", false, "IP address mismatch"},
      {"IPv4 as common name", {.common_name = "192.0.2.1"}, "192.0.2.1", false, "mismatch"},
      {"another IPv6", {.ips = {"2001:db8::2"}}, "[2001:db8::1]", false, "IP address mismatch"},
      {"expired", {.dns = {"up.example"}, .ends_in = -60}, "up.example", false, "has expired"},
      {"early", {.dns = {"up.example"}, .begins_in = 60}, "up.example", false, "not yet valid"},
      // A name that cannot be checked is no reason not to check.
      {"no server name", {.dns = {"up.example"}}, "", false, "hostname mismatch"},
      {"NUL in the server name", {.dns = {"up.example"}}, nul_name, false, "hostname mismatch"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    const Outcome got = verify(authority_.issue(c.spec), c.name);
    EXPECT_EQ(got.opened, c.opened) << got.detail;
    if (c.opened) continue;
    EXPECT_EQ(got.log, "close");
    EXPECT_EQ(got.reason, "tls_failed");
    EXPECT_THAT(got.detail, HasSubstr(c.detail));
  }
  const Outcome foreign = verify(stranger_.issue({.dns = {"up.example"}}), "up.example");
  EXPECT_FALSE(foreign.opened);
  EXPECT_THAT(foreign.detail, HasSubstr("unable to get local issuer certificate"));
}

TEST_F(Tls, ServerFiles) {
  const IssuedFiles good = authority_.issue({});
  const IssuedFiles other = authority_.issue({});
  const std::string empty = dir_.write("empty", "");
  const std::string text = dir_.write("text", "-----BEGIN CERTIFICATE-----\nnot base64!\n");
  // An encrypted key would have OpenSSL ask at the terminal, and the reload wait for an answer.
  const std::string locked = dir_.path("locked.key");
  {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    std::FILE* file = std::fopen(locked.c_str(), "wb");
    PEM_write_PKCS8PrivateKey(file, key, EVP_aes_128_cbc(), "secret", 6, nullptr, nullptr);
    std::fclose(file);
    EVP_PKEY_free(key);
  }
  const struct {
    std::string certificate, key, authority, named;
  } cases[] = {
      {dir_.path("none"), good.key, "", "none"},
      {empty, good.key, "", "empty"},
      {text, good.key, "", "text"},
      {good.key, good.key, "", ".key"},
      {good.certificate, dir_.path("none"), "", "none"},
      {good.certificate, good.certificate, "", ".crt"},
      {good.certificate, locked, "", "locked.key"},
      {good.certificate, other.key, "", ".key"},
      {good.certificate, good.key, dir_.path("none"), "none"},
      {good.certificate, good.key, empty, "empty"},
  };
  for (const auto& c : cases) {
    const auto made = TlsServer::load(
        {.certificate_file = c.certificate, .key_file = c.key, .client_ca_file = c.authority});
    ASSERT_FALSE(made) << c.named;
    EXPECT_THAT(made.error().message, HasSubstr(c.named));
  }
  // Requiring what nobody could verify would let nobody in, or anybody.
  EXPECT_FALSE(TlsServer::load(
      {.certificate_file = good.certificate, .key_file = good.key, .client_required = true}));
  EXPECT_FALSE(TlsClient::load(empty));
  EXPECT_FALSE(TlsClient::load(dir_.path("none")));
  EXPECT_TRUE(TlsClient::load(""));  // the system's authorities
}

// A reload drops the last reference while handshakes and connections still need it.
TEST_F(Tls, ReloadedWhileInUse) {
  const auto context = test::client_context();
  auto [ours, theirs] = test::unix_pair();
  Owner owner(loop_);
  RawTls peer(context.get(), std::move(theirs), false);
  const std::string_view alpn("\x02h2");
  SSL_set_alpn_protos(peer.raw(), reinterpret_cast<const unsigned char*>(alpn.data()), 3);
  auto tls = server();
  owner.accept(std::move(ours), {.tls = tls});
  tls.reset();
  ASSERT_TRUE(pump(loop_, [&] { return peer.shake_hands() && owner.opens == 1; }));
  EXPECT_TRUE(owner.stream->alpn_h2());
}

}  // namespace
}  // namespace gh::net
