#include "http/h1_request.h"

#include <gtest/gtest.h>

#include <string>

namespace gh::http {
namespace {

// What came of feeding `bytes` with a cut at `cut`.
std::string outcome(std::string_view bytes, std::size_t cut) {
  H1Request request;
  std::string_view part = bytes.substr(0, cut);
  std::string_view rest = bytes.substr(cut);
  HeadStatus status = request.feed(part);
  if (status == HeadStatus::need_more) {
    EXPECT_TRUE(part.empty());
    status = request.feed(rest);
    part = {};
  }
  switch (status) {
    case HeadStatus::need_more:
      return "more";
    case HeadStatus::bad:
      return std::string(name(request.glitch()));
    case HeadStatus::done:
      break;
  }
  const RequestHead& head = request.head();
  std::string text = std::string(name(head.method)) + " " + std::string(head.target) + "?" +
                     std::string(head.query) + " @" + std::string(head.authority);
  for (const Field& field : head.fields) {
    text += " " + std::string(field.name) + "=" + std::string(field.value);
  }
  text += " length=" + (head.content_length ? std::to_string(*head.content_length) : "chunked");
  if (request.last()) text += " last";
  if (head.expects_continue) text += " expects";
  if (head.content_encoded) text += " encoded";
  return text + " rest=" + std::string(part) + std::string(rest);
}

void expect_outcome(std::string_view bytes, std::string_view expected) {
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    ASSERT_EQ(outcome(bytes, cut), expected) << "cut at " << cut << " of " << bytes;
  }
}

std::string with(std::string_view field) {
  return "POST /v1/x HTTP/1.1\r\nHost: a\r\n" + std::string(field) + "\r\n\r\n";
}

TEST(H1Request, ReadsAHead) {
  expect_outcome(
      "POST /v1/chat/completions?a=%20b HTTP/1.1\r\nHost: api.example:8443\r\n"
      "AUTHORIZATION:   Bearer x  \r\nContent-Length: 12\r\nEmpty:\r\n\r\n{",
      "POST /v1/chat/completions?a=%20b @api.example:8443 authorization=Bearer x empty= length=12 "
      "rest={");
}

TEST(H1Request, TakesFramingFieldsOut) {
  expect_outcome(
      with("Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings , close\r\nHTTP2-Settings: AA\r\n"
           "TE: trailers\r\nTrailer: x\r\nKeep-Alive: timeout=5\r\nProxy-Connection: close\r\n"
           "Transfer-Encoding: chunked\r\nExpect: 100-Continue\r\nX: y"),
      "POST /v1/x? @a x=y length=chunked last expects rest=");
}

TEST(H1Request, NoBodyIsLengthZero) {
  expect_outcome("GET / HTTP/1.1\r\nHost: [::1]:1\r\nContent-Length: 0\r\n\r\n",
                 "GET /? @[::1]:1 length=0 rest=");
  expect_outcome(with("Expect: 100-continue"), "POST /v1/x? @a length=0 rest=");
  expect_outcome(with("Content-Encoding: gzip"),
                 "POST /v1/x? @a content-encoding=gzip length=0 encoded rest=");
}

TEST(H1Request, AnIncompleteHeadWaits) {
  expect_outcome("GET / HTTP/1.1\r\nHost: a\r\n\r", "more");
  expect_outcome("G", "more");
}

TEST(H1Request, RefusesABadStartLineAtOnce) {
  expect_outcome("GET /\r\n", "bad_request_line");
  expect_outcome("GET / HTTP/1.0\r\n", "bad_version");
  expect_outcome("\x16\x03\x01", "bad_request_line");
  expect_outcome("\r\n", "bad_request_line");
}

TEST(H1Request, LineLimitIsExact) {
  const std::string start = "GET /";
  const std::string version = " HTTP/1.1";
  const auto line = [&](std::size_t size) {
    return start + std::string(size - start.size() - version.size(), 'a') + version;
  };
  EXPECT_EQ(outcome(line(H1Head::kMaxLine) + "\r\nHost: a\r\n\r\n", 0).substr(0, 5), "GET /");
  EXPECT_EQ(outcome(line(H1Head::kMaxLine + 1) + "\r\n", 0), "line_too_large");
  EXPECT_EQ(outcome(with("X:" + std::string(H1Head::kMaxLine - 2, 'v')), 5000).substr(0, 4),
            "POST");
  EXPECT_EQ(outcome(with("X:" + std::string(H1Head::kMaxLine - 1, 'v')), 5000), "line_too_large");
  EXPECT_EQ(outcome(with("X:" + std::string(H1Head::kMaxLine, ' ')), 5000), "line_too_large");
  EXPECT_EQ(outcome(with(std::string(H1Head::kMaxLine + 1, 'n')), 5000), "line_too_large");
}

TEST(H1Request, HeadLimitIsExact) {
  const auto head = [](std::size_t size) {
    std::string text = "GET / HTTP/1.1\r\nHost: a\r\n";
    while (text.size() + 2 < size) {
      const std::size_t left = size - text.size() - 2;
      const std::size_t line = left > 10'000 ? 5000 : left > 8000 ? left / 2 : left;
      text += "X:" + std::string(line - 4, 'v') + "\r\n";
    }
    return text + "\r\n";
  };
  ASSERT_EQ(head(H1Head::kMaxHead).size(), H1Head::kMaxHead);
  for (const std::size_t cut : {0ul, 1ul, 20000ul, H1Head::kMaxHead - 1, H1Head::kMaxHead}) {
    EXPECT_EQ(outcome(head(H1Head::kMaxHead), cut).substr(0, 4), "GET ");
    EXPECT_EQ(outcome(head(H1Head::kMaxHead + 1), cut), "head_too_large");
  }
}

TEST(H1Request, FieldLimitIsExact) {
  std::string fields = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (std::size_t i = 1; i < H1Head::kMaxFields; ++i) fields += "X: y\r\n";
  EXPECT_EQ(outcome(fields + "\r\n", 0).substr(0, 4), "GET ");
  EXPECT_EQ(outcome(fields + "X: y\r\n\r\n", 0), "too_many_fields");
}

TEST(H1Request, CanBeUsedAgain) {
  H1Request request;
  for (const std::string_view text : {"POST /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                                      "GET /b HTTP/1.1\r\nHost: b\r\n\r\n"}) {
    request.reset();
    EXPECT_FALSE(request.begun());
    std::string_view bytes = text;
    ASSERT_EQ(request.feed(bytes), HeadStatus::done);
    EXPECT_TRUE(request.begun());
  }
  EXPECT_EQ(request.head().target, "/b");
  EXPECT_FALSE(request.last());
}

}  // namespace
}  // namespace gh::http
