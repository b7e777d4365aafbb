#pragma once
// What the tests of an HTTP/2 connection share: one over a transport that keeps what was sent,
// whose requests wait until the test answers them.

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "fake_transport.h"
#include "h2_client.h"
#include "http/h2_session.h"
#include "recorder.h"

namespace gh::http {

class H2SessionTest : public testing::Test {
 protected:
  H2SessionTest() {
    transport_.attach(&session_);
    transport_.receive(h2::hello() + h2::frame(h2::kSettings, 1, 0));
    take();
    reader_.frames.clear();
  }

  RecordedRequest& request(std::size_t i) { return *recorder_.requests.at(i); }
  void take() {
    transport_.end_turn();
    reader_.read(transport_.take_sent());
  }
  void post(std::uint32_t stream, const h2::Fields& more = {}) {
    transport_.receive(h2::headers(stream, h2::request("POST", "/v1/x", more)));
  }
  void get(std::uint32_t stream) {
    transport_.receive(h2::headers(stream, h2::request("GET", "/v1/models"), h2::kEndStream));
  }
  std::vector<std::uint32_t> codes(h2::Type type) {
    take();
    std::vector<std::uint32_t> found;
    for (const h2::Frame& frame : reader_.of_type(type)) found.push_back(frame.code());
    return found;
  }

  Recorder recorder_;
  Shared shared_{recorder_};
  ServerOptions options_;
  FakeTransport transport_;
  H2Session session_{transport_, shared_, options_, transport_.now()};
  h2::Reader reader_;
};

}  // namespace gh::http
