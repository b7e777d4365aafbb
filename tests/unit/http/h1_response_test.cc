#include "http/h1_response.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace gh::http {
namespace {

std::string outcome(std::string_view bytes, std::size_t cut) {
  H1Response response;
  std::string_view part = bytes.substr(0, cut);
  std::string_view rest = bytes.substr(cut);
  HeadStatus status = response.feed(part);
  if (status == HeadStatus::need_more) status = response.feed(rest);
  if (status == HeadStatus::need_more) return "more";
  if (status == HeadStatus::bad) return std::string(name(response.glitch()));
  std::string text = std::to_string(response.status());
  for (const Field& field : response.fields()) {
    text += " " + std::string(field.name) + "=" + std::string(field.value);
  }
  const H1Body body = response.body(false);
  if (body.is_chunked()) return text + " chunked";
  if (body.ends_by_close()) return text + " until close";
  return text + " length " + std::to_string(body.remaining()) + (response.last() ? " last" : "");
}

struct Case {
  std::string_view bytes;
  std::string_view expected;
};

// covers: engine-3.5-no-body engine-7-upstream-distrust
TEST(H1Response, ReadsOrRefuses) {
  for (const Case& c : std::vector<Case>{
           {"HTTP/1.1 200 OK\r\nserver: uvicorn\r\ncontent-length: 5\r\n\r\n",
            "200 server=uvicorn length 5"},
           {"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "200 chunked"},
           {"HTTP/1.1 200 \r\ncontent-length: 0\r\n\r\n", "200 length 0"},
           {"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n", "200 until close"},
           {"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 1\r\n\r\n",
            "400 length 1 last"},
           {"HTTP/1.1 204 No Content\r\n\r\n", "204 length 0"},
           {"HTTP/1.1 304 Not Modified\r\ncontent-length: 7\r\n\r\n", "304 length 0"},
           {"HTTP/1.1 100 Continue\r\n\r\n", "100 length 0"},
           {"HTTP/1.1 200 OK\r\nhost: a\r\nte: x\r\nupgrade: h2c\r\n\r\n", "200 until close"},
           {"HTTP/1.0 200 OK\r\n\r\n", "bad_version"},
           {"HTTP/2 200\r\n\r\n", "bad_version"},
           {"http/1.1 200 OK\r\n\r\n", "bad_version"},
           {"ICY 200 OK\r\n\r\n", "bad_version"},
           {"HTTP/1.1 200\r\n\r\n", "bad_request_line"},
           {"HTTP/1.1  200 OK\r\n\r\n", "bad_request_line"},
           {"HTTP/1.1 2000 OK\r\n\r\n", "bad_request_line"},
           {"HTTP/1.1 20 OK\r\n\r\n", "bad_request_line"},
           {"HTTP/1.1 +20 OK\r\n\r\n", "bad_request_line"},
           {"HTTP/1.1 099 OK\r\n\r\n", "bad_request_line"},
           {"HTTP/1.1 600 OK\r\n\r\n", "bad_request_line"},
           {"HTTP/1.1 200 O\tK\r\n\r\n", "bad_request_line"},
           {"HTTP/1.1 200 OK\n\r\n", "bare_lf"},
           {"\r\nHTTP/1.1 200 OK\r\n\r\n", "bad_request_line"},
           {"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n",
            "bad_length"},
           {"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 5\r\n\r\n", "bad_length"},
           {"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n", "bad_length"},
           {"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n", "bad_transfer_encoding"},
           {"HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n",
            "bad_transfer_encoding"},
           {"HTTP/1.1 200 OK\r\nx: a\r\n b\r\n\r\n", "obs_fold"},
           {"HTTP/1.1 200 OK\r\nx : a\r\n\r\n", "bad_field"},
           {"HTTP/1.1 200 OK\r\nx: \xc3\xa9\r\n\r\n", "bad_field"},
           {"HTTP/1.1 200 OK\r\nx: a\r\n", "more"}}) {
    for (std::size_t cut = 0; cut <= c.bytes.size(); ++cut) {
      ASSERT_EQ(outcome(c.bytes, cut), c.expected) << "cut at " << cut << " of " << c.bytes;
    }
  }
}

// What vLLM's server really sends: every recorded answer to an API call is read to its end.
TEST(H1Response, ReadsWhatVllmSends) {
  int read = 0;
  for (const auto& entry : std::filesystem::directory_iterator(GH_SOURCE_DIR "/tests/recordings")) {
    const std::string file = entry.path().filename();
    if (!file.starts_with("api.") || !file.ends_with(".response")) continue;
    // It echoes bytes from 0x80 on that the client chose; we never send any.
    if (file == "api.headers_request_id_bytes.response") continue;
    std::ifstream stream(entry.path());
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (text.find(" bytes left out ...]") != std::string::npos) continue;
    SCOPED_TRACE(file);
    H1Response response;
    std::string_view bytes = text;
    ASSERT_EQ(response.feed(bytes), HeadStatus::done) << name(response.glitch());
    H1Body body = response.body(false);
    std::string_view data;
    H1Body::Status status = body.next(bytes, data);
    while (status == H1Body::Status::data) status = body.next(bytes, data);
    EXPECT_EQ(status, H1Body::Status::done) << name(body.glitch());
    EXPECT_EQ(bytes, "");
    ++read;
  }
  EXPECT_GE(read, 50);
}

TEST(H1Response, HeadHasNoBody) {
  H1Response response;
  std::string_view bytes = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n";
  ASSERT_EQ(response.feed(bytes), HeadStatus::done);
  EXPECT_TRUE(response.body(true).done());
  EXPECT_EQ(response.content_length(), 5u);
}

TEST(H1Response, CanBeUsedAgain) {
  H1Response response;
  std::string_view bytes =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n";
  ASSERT_EQ(response.feed(bytes), HeadStatus::done);
  response.reset();
  ASSERT_EQ(response.feed(bytes), HeadStatus::done);
  EXPECT_EQ(response.status(), 200);
  EXPECT_EQ(bytes, "0\r\n\r\n");
}

}  // namespace
}  // namespace gh::http
