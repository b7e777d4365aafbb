#pragma once
// What the tests of an HTTP/1.1 connection share: one over a transport that keeps what was sent,
// whose requests wait until the test answers them.

#include <gtest/gtest.h>

#include <string>

#include "fake_transport.h"
#include "http/h1_session.h"
#include "recorder.h"

namespace gh::http {

inline constexpr std::string_view kGet = "GET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n";

inline std::string post(std::size_t length, std::string_view field = {}) {
  return "POST /v1/x HTTP/1.1\r\nHost: a\r\n" + std::string(field) +
         "Content-Length: " + std::to_string(length) + "\r\n\r\n";
}

inline std::string chunked_post(std::string_view field = {}) {
  return "POST /v1/x HTTP/1.1\r\nHost: a\r\n" + std::string(field) +
         "Transfer-Encoding: chunked\r\n\r\n";
}

class H1SessionTest : public testing::Test {
 protected:
  H1SessionTest() { transport_.attach(&session_); }

  // In one piece; their answers are more than the high water mark. How many.
  std::size_t ask_many() {
    constexpr std::size_t kMany = 1700;
    std::string many;
    for (std::size_t i = 0; i < kMany; ++i) many += kGet;
    transport_.receive(many);
    return kMany;
  }
  RecordedRequest& last() { return *recorder_.requests.back(); }
  std::string without_date(std::string text) {
    const std::size_t at = text.find("date: ");
    return at == std::string::npos ? text : text.erase(at, text.find("\r\n", at) - at + 2);
  }

  Recorder recorder_;
  Shared shared_{recorder_};
  ServerOptions options_;
  FakeTransport transport_;
  H1Session session_{transport_, shared_, options_, transport_.now()};
};

}  // namespace gh::http
