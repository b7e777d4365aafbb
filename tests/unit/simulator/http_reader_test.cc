#include "simulator/http_reader.h"

#include <gtest/gtest.h>

namespace gh::simulator {
namespace {

constexpr std::size_t kMaxBody = 1000;

ReadState read(std::string_view bytes, HttpRequest& request) {
  std::size_t needed = 0;
  return read_request(bytes, kMaxBody, request, needed);
}

TEST(HttpReader, ReadsOneRequestAndLeavesTheRest) {
  const std::string_view bytes =
      "POST /v1/x?a=b HTTP/1.1\r\nHost: h\r\nX-A:1\r\nx-a: 2\r\nContent-Length: 3\r\n\r\nabcGET /";
  HttpRequest request;
  ASSERT_EQ(read(bytes, request), ReadState::complete);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/v1/x?a=b");
  EXPECT_EQ(request.field("X-a"), "1");
  EXPECT_EQ(request.field("absent"), "");
  EXPECT_EQ(request.body, "abc");
  EXPECT_EQ(request.raw, bytes.substr(0, bytes.size() - 5));
  EXPECT_TRUE(request.keep_alive);
}

TEST(HttpReader, AsksForMoreAtEveryCut) {
  const std::string_view bytes = "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc";
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    HttpRequest request;
    std::size_t needed = 0;
    ASSERT_EQ(read_request(bytes.substr(0, size), kMaxBody, request, needed), ReadState::need_more);
    EXPECT_GT(needed, size);
    EXPECT_LE(needed, bytes.size());
  }
}

TEST(HttpReader, RefusesWhatItCannotFrame) {
  const std::string long_head = "GET / HTTP/1.1\r\nx: " + std::string(kMaxHead, 'x');
  for (const std::string_view bytes : std::initializer_list<std::string_view>{
           "\r\n\r\n",
           "GET\r\n\r\n",
           "GET /\r\n\r\n",
           "GET / HTTP/1.2\r\n\r\n",
           "GET / HTTP/2.0\r\n\r\n",
           "GET /a b HTTP/1.1\r\n\r\n",
           "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
           "GET / HTTP/1.1\r\nno colon\r\n\r\n",
           "GET / HTTP/1.1\r\n: x\r\n\r\n",
           "GET / HTTP/1.1\r\na b: x\r\n\r\n",
           "GET / HTTP/1.1\r\na : x\r\n\r\n",
           "GET / HTTP/1.1\r\na: x\r\n folded\r\n\r\n",
           "GET / HTTP/1.1\r\na: x\ny: z\r\n\r\n",
           "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
           "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
           "POST / HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\nx",
           "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
           "POST / HTTP/1.1\r\nContent-Length: 1001\r\n\r\n",
           "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
           "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           long_head,
       }) {
    HttpRequest request;
    EXPECT_EQ(read(bytes, request), ReadState::bad) << bytes.substr(0, 60);
  }
}

TEST(HttpReader, KnowsWhenTheConnectionEnds) {
  HttpRequest request;
  ASSERT_EQ(read("GET / HTTP/1.0\r\n\r\n", request), ReadState::complete);
  EXPECT_FALSE(request.keep_alive);
  ASSERT_EQ(read("GET / HTTP/1.1\r\nConnection: Close\r\n\r\n", request), ReadState::complete);
  EXPECT_FALSE(request.keep_alive);
}

TEST(RoutePath, IsWhatVllmRoutesBy) {
  struct Case {
    std::string_view target;
    std::string_view path;
  };
  for (const auto& [target, path] : std::initializer_list<Case>{
           {"/v1/models", "/v1/models"},
           {"/v1/models?x=/y", "/v1/models"},
           {"/v1/models#x", "/v1/models"},
           {"/%761/models", "/v1/models"},
           {"/v1%2Fmodels", "/v1/models"},
           {"http://evil.example/v1/models", "/v1/models"},
           {"http://evil.example", ""},
           {"//v1/models", "//v1/models"},
           {"/./v1", "/./v1"},
           {"/%zz", "/%zz"},
           {"/%", "/%"},
           {"/%7", "/%7"},
           {"*", ""},
           {"", ""},
       }) {
    EXPECT_EQ(route_path(target), path) << target;
  }
}

}  // namespace
}  // namespace gh::simulator
