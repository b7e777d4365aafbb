#include "console/routes.h"

#include <gmock/gmock.h>

#include "console/exposition.h"
#include "fixture.h"

namespace gh::console {
namespace {

using http::Method;
using testing::HasSubstr;
using testing::StartsWith;

class Routes : public OpenGateway {
 protected:
  Reply ask(std::string_view target, Method method = Method::get, const char* peer = "127.0.0.1",
            bool certificate = false) const {
    return ask_of("localhost:9443", {*net::Address::parse_ip(peer), false, certificate}, target,
                  method);
  }
  Reply ask_of(std::string_view host, const Caller& caller, std::string_view target = "/metrics",
               Method method = Method::get) const {
    return answer(*gateway_,
                  {.method = method,
                   .target = target,
                   .query = {},
                   .authority = host,
                   .fields = {},
                   .content_length = 0},
                  caller);
  }
  void fail(std::size_t upstream, std::size_t url) {
    gateway_->runtime()->upstreams[upstream]->urls()[url]->failed(
        system_clock().mono(), gateway::UpstreamUrlState::Failure::down);
  }
};

TEST_F(Routes, HealthSaysNothingButTheState) {
  const Reply reply = ask("/healthz");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "ok\n");
  EXPECT_EQ(reply.content_type, "text/plain; charset=utf-8");
}

TEST_F(Routes, ReadyWhileAnyUrlIsHealthy) {
  EXPECT_EQ(ask("/readyz").body, "ready\n");
  fail(0, 0);
  fail(0, 1);
  EXPECT_EQ(ask("/readyz").status, 200);
  fail(1, 0);
  EXPECT_EQ(ask("/readyz").status, 503);
  EXPECT_EQ(ask("/readyz").body, "no upstream\n");
  EXPECT_EQ(ask("/healthz").status, 200) << "a liveness probe must not restart it for that";
  gateway_->runtime()->upstreams[0]->urls()[1]->succeeded();
  EXPECT_EQ(ask("/readyz").status, 200);
}

TEST_F(Routes, NotReadyFromTheBeginningOfADrain) {
  gateway_->drain();
  EXPECT_EQ(ask("/readyz").status, 503);
  EXPECT_EQ(ask("/readyz").body, "draining\n");
  EXPECT_EQ(ask("/healthz").status, 200);
}

TEST_F(Routes, MetricsAreForThisHost) {
  for (const char* peer : {"127.0.0.1", "127.9.9.9", "::1"}) {
    const Reply reply = ask("/metrics", Method::get, peer);
    EXPECT_EQ(reply.status, 200) << peer;
    EXPECT_EQ(reply.content_type, "text/plain; version=0.0.4; charset=utf-8");
    EXPECT_THAT(reply.body, StartsWith("# HELP gatehouse_"));
  }
  for (const char* peer : {"10.0.0.1", "192.0.2.7", "2001:db8::1", "::ffff:192.0.2.7"}) {
    const Reply reply = ask("/metrics", Method::get, peer);
    EXPECT_EQ(reply.status, 403) << peer;
    EXPECT_EQ(reply.body, "only from this host, or with a client certificate\n");
    EXPECT_EQ(ask("/metrics", Method::get, peer, true).status, 200);
    EXPECT_EQ(ask("/healthz", Method::get, peer).status, 200);
    EXPECT_EQ(ask("/readyz", Method::get, peer).status, 200);
  }
}

TEST_F(Routes, PlainHttpAnswersToNamesOfThisHostOnly) {
  const Caller plain{.peer = *net::Address::parse_ip("127.0.0.1")};
  for (const char* host :
       {"localhost", "localhost:9443", "LOCALHOST:9443", "a.localhost", "127.0.0.1:9443",
        "127.8.0.9", "[::1]", "[::1]:9443", "[0:0:0:0:0:0:0:1]:1"}) {
    EXPECT_EQ(ask_of(host, plain).status, 200) << host;
  }
  for (const char* host :
       {"attacker.test", "attacker.test:9443", "localhost.attacker.test", "notlocalhost",
        "alocalhost:9443", "127.0.0.1.attacker.test", "192.0.2.1", "10.0.0.1:9443", "0.0.0.0:9443",
        "[::]:9443", "[2001:db8::1]", "", ":9443", "[", "[::1", "]", "127.0.0.1@attacker.test"}) {
    for (const char* target : {"/metrics", "/healthz", "/readyz", "/"}) {
      const Reply reply = ask_of(host, plain, target);
      EXPECT_EQ(reply.status, 421) << host;
      EXPECT_THAT(reply.body, HasSubstr("ask for localhost"));
    }
  }
}

TEST_F(Routes, TlsAndUnixSocketsAnswerToEveryName) {
  for (const char* host : {"prometheus-target:9443", "gatehouse.example", "10.0.0.1:9443", ""}) {
    EXPECT_EQ(ask_of(host, {*net::Address::parse_ip("10.0.0.9"), true, true}).status, 200);
    EXPECT_EQ(ask_of(host, {*net::Address::parse_ip("127.0.0.1"), true, false}).status, 200);
    EXPECT_EQ(ask_of(host, {net::Address::unix_socket(), false, false}).status, 200);
  }
}

TEST_F(Routes, NothingElseIsThere) {
  for (const char* target : {"/", "/metrics/", "/Metrics", "/healthz/x", "/healthzz", "/health",
                             "/v1/models", "/v1/chat/completions", "/readyz.", "*", ""}) {
    for (const Method method : {Method::get, Method::post}) {
      EXPECT_EQ(ask(target, method).status, 404) << target;
      EXPECT_EQ(ask(target, method).body, "not found\n");
    }
  }
}

TEST_F(Routes, OnlyGet) {
  for (const char* target : {"/healthz", "/readyz", "/metrics"}) {
    for (const Method method : {Method::post, Method::head, Method::put, Method::delete_,
                                Method::options, Method::patch}) {
      const Reply reply = ask(target, method);
      EXPECT_EQ(reply.status, 405) << target;
      EXPECT_THAT(reply.body, HasSubstr("not allowed"));
    }
  }
}

}  // namespace
}  // namespace gh::console
