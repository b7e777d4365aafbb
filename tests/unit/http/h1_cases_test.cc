// Replays tests/cases/http1/*.case into an HTTP/1.1 session, whole, byte by byte, and cut in two at
// every place: what comes of it must always be the same.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "escape.h"
#include "fake_transport.h"
#include "http/h1_session.h"
#include "recorder.h"

namespace gh::http {
namespace {

struct Case {
  std::string name;
  std::string request;   // bytes
  std::string expected;  // lines
};

Case read_case(const std::filesystem::path& path) {
  std::ifstream file(path);
  Case made{.name = path.stem(), .request = {}, .expected = {}};
  bool in_expect = false;
  bool in_request = false;
  for (std::string line; std::getline(file, line);) {
    if (line == "--- request") {
      in_request = true;
    } else if (line == "--- expect") {
      in_expect = true;
    } else if (in_expect) {
      made.expected += (line.starts_with("body ") ? unescape(line) : line) + "\n";
    } else if (in_request) {
      made.request += unescape(line);
    }
  }
  return made;
}

std::vector<Case> read_cases() {
  std::vector<Case> cases;
  for (const auto& entry :
       std::filesystem::directory_iterator(GH_SOURCE_DIR "/tests/cases/http1")) {
    if (entry.path().extension() == ".case") cases.push_back(read_case(entry.path()));
  }
  std::ranges::sort(cases, {}, &Case::name);
  return cases;
}

std::string outcome(const std::vector<std::string_view>& pieces) {
  Recorder recorder;
  recorder.answer_at_end = true;
  Shared shared(recorder);
  const ServerOptions options;
  FakeTransport transport;
  H1Session session(transport, shared, options, transport.now());
  transport.attach(&session);
  for (const std::string_view piece : pieces) transport.receive(piece);

  std::string text;
  for (const auto& request : recorder.requests) {
    text += "accept " + request->line + "\n";
    if (!request->body.empty()) text += "body " + request->body + "\n";
  }
  constexpr std::string_view kStart = "HTTP/1.1 ";
  for (std::size_t at = transport.sent.find(kStart); at != std::string::npos;
       at = transport.sent.find(kStart, at + 1)) {
    text += "status " + transport.sent.substr(at + kStart.size(), 3) + "\n";
  }
  for (const std::string& glitch : recorder.glitches) text += "glitch " + glitch + "\n";
  return text + (transport.ended() ? "close\n" : "open\n");
}

TEST(H1Cases, AreMany) {
  EXPECT_GE(read_cases().size(), 240u);
}

TEST(H1Cases, ComeOutAsExpectedHoweverTheyAreCut) {
  for (const Case& c : read_cases()) {
    SCOPED_TRACE(c.name);
    const std::string_view bytes = c.request;
    ASSERT_EQ(outcome({bytes}), c.expected);
    std::vector<std::string_view> single;
    for (std::size_t i = 0; i < bytes.size(); ++i) single.push_back(bytes.substr(i, 1));
    ASSERT_EQ(outcome(single), c.expected) << "byte by byte";
    const std::size_t step = bytes.size() < 2000 ? 1 : 97;
    for (std::size_t cut = 1; cut < bytes.size(); cut += step) {
      ASSERT_EQ(outcome({bytes.substr(0, cut), bytes.substr(cut)}), c.expected) << "cut " << cut;
    }
  }
}

}  // namespace
}  // namespace gh::http
