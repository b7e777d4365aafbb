// gh-link: gh_http
// Frames into an HTTP/2 session, with a handler that answers, aborts and lets time pass in
// an order that the input chooses. Nothing crashes, every request ends once, memory stays bounded,
// and GOAWAY comes after the last frame of every stream.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "../tests/unit/http/fake_transport.h"
#include "../tests/unit/http/h2_wire.h"
#include "../tests/unit/http/recorder.h"
#include "base/check.h"
#include "http/h2_session.h"

namespace {

using gh::http::RecordedRequest;
using gh::http::ServerStream;

class Gateway {
 public:
  explicit Gateway(bool settled)
      : session_(std::make_unique<gh::http::H2Session>(transport_, shared_, options_,
                                                       transport_.now())) {
    transport_.attach(session_.get());
    transport_.end_turn();
    if (settled) transport_.receive(gh::http::h2::hello());
  }

  void receive(std::string_view bytes) { transport_.receive(bytes); }

  // One thing that may happen between two reads.
  void act(unsigned what) {
    if (transport_.ended()) return;
    RecordedRequest* request = open_request(what / 16);
    switch (what % 16) {
      case 0:
        recorder_.answer_at_end = !recorder_.answer_at_end;
        break;
      case 1:
        transport_.reading = !transport_.reading;
        break;
      case 2:
        transport_.advance(std::chrono::seconds(what / 16));
        break;
      case 3:
        recorder_.answer_at_once = recorder_.answer_at_once == 0 ? 429 : 0;
        break;
      case 4:
        session_->drain();
        break;
      default:
        if (request != nullptr) act_on(*request, what % 16);
        break;
    }
    transport_.end_turn();
  }

  ~Gateway() {
    session_.reset();
    for (const auto& request : recorder_.requests) GH_CHECK(request->stream == nullptr);
    bool goodbye = false;
    for (const gh::http::h2::Frame& frame : gh::http::h2::read_frames(transport_.sent)) {
      GH_CHECK(!goodbye || frame.stream == 0);
      goodbye |= frame.type == gh::http::h2::kGoAway;
    }
  }

 private:
  RecordedRequest* open_request(std::size_t from) {
    for (std::size_t i = 0; i < recorder_.requests.size(); ++i) {
      auto& request = *recorder_.requests[(from + i) % recorder_.requests.size()];
      if (request.stream != nullptr) return &request;
    }
    return nullptr;
  }

  static void act_on(RecordedRequest& request, unsigned what) {
    ServerStream& stream = *request.stream;
    switch (what) {
      case 7:
        return stream.send_continue();
      case 8:
        request.stream = nullptr;
        return stream.abort();
      case 9:
        return request.answer(200, std::string(100'000, 'x'));
      case 10:  // a stream that is left unfinished
        request.stream = nullptr;
        stream.send_head({.status = 200, .fields = {}, .content_length = {}});
        stream.send_data(std::string(5000, 'x'));
        return stream.abort();
      default:
        return request.answer(200, "ok");
    }
  }

  gh::http::Recorder recorder_;
  gh::http::Shared shared_{recorder_};
  gh::http::ServerOptions options_;
  gh::http::FakeTransport transport_;
  std::unique_ptr<gh::http::H2Session> session_;
};

}  // namespace

// The first byte says whether the preface is made for the input; then pieces: a length, what to do
// afterwards, and the bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  Gateway gateway(data[0] % 2 == 0);
  std::string_view rest(reinterpret_cast<const char*>(data + 1), size - 1);
  while (rest.size() >= 2) {
    const std::size_t length = static_cast<std::uint8_t>(rest[0]);
    const unsigned what = static_cast<std::uint8_t>(rest[1]);
    rest.remove_prefix(2);
    gateway.receive(rest.substr(0, length));
    rest.remove_prefix(std::min(length, rest.size()));
    gateway.act(what);
  }
  return 0;
}
