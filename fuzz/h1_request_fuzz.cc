// gh-link: gh_http
// Whatever a client sends over HTTP/1.1, and however it is cut, comes out the same: the same
// requests with the same bodies, the same answers, the same refusal.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "../tests/unit/http/fake_transport.h"
#include "../tests/unit/http/recorder.h"
#include "base/check.h"
#include "http/h1_session.h"

namespace {

using namespace std::string_view_literals;

// Without dates. What follows the last request of a connection may be read or not.
std::string outcome(std::string_view bytes, std::size_t piece) {
  gh::http::Recorder recorder;
  recorder.answer_at_end = true;
  gh::http::Shared shared(recorder);
  const gh::http::ServerOptions options;
  gh::http::FakeTransport transport;
  gh::http::H1Session session(transport, shared, options, transport.now());
  transport.attach(&session);
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    transport.receive(bytes.substr(0, piece));
  }
  std::string text = transport.ended() ? "closed" : "open";
  for (const auto& request : recorder.requests) {
    GH_CHECK(request->line.find("//"sv) == std::string::npos ||
             request->line.find('?') < request->line.find("//"sv));
    GH_CHECK(!request->authority.empty());
    text += "\n" + request->line + " @" + request->authority + " " + request->fields + " [" +
            request->body + "]" + (request->ended ? "." : "") + (request->gone ? "!" : "");
  }
  for (const std::string& glitch : recorder.glitches) text += "\n" + glitch;
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = data[0] % 61 + 1;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  const std::string whole = outcome(bytes, bytes.size() + 1);
  GH_CHECK(outcome(bytes, piece) == whole);
  if (bytes.size() < 512) GH_CHECK(outcome(bytes, 1) == whole);
  return 0;
}
