// Replays tests/cases/http2/*.case (README.md there has the language) into an HTTP/2 session, whole
// and byte by byte: what comes of it must be the same.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "escape.h"
#include "fake_transport.h"
#include "h2_client.h"
#include "h2_wire.h"
#include "http/h2_session.h"
#include "recorder.h"

namespace gh::http {
namespace {

using Lines = std::vector<std::string>;

struct Case {
  std::string name;
  std::string bytes;
  Lines expected;
  bool has_continuation = false;
};

// Turns the lines of a request section into bytes.
class Assembler {
 public:
  void add(const Lines& lines) {
    for (std::size_t i = 0; i < lines.size();) i = add_line(lines, i);
  }
  std::string bytes;

 private:
  // "  name = value"
  static h2::Fields fields_after(const Lines& lines, std::size_t& at) {
    h2::Fields fields;
    for (; at < lines.size() && lines[at].starts_with("  "); ++at) {
      const std::size_t equals = lines[at].find(" = ");
      fields.emplace_back(unescape(lines[at].substr(2, equals - 2)),
                          unescape(lines[at].substr(equals + 3)));
    }
    return fields;
  }

  std::size_t repeat(const Lines& lines, std::size_t at, int count) {
    const auto begin = lines.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = std::find(begin, lines.end(), "done");
    for (int i = 0; i < count; ++i) {
      Lines round(begin, end);
      for (std::string& line : round) {
        if (const std::size_t mark = line.find('$'); mark != std::string::npos) {
          line.replace(mark, 1, std::to_string(next_));
        }
      }
      add(round);
    }
    return static_cast<std::size_t>(end - lines.begin()) + 1;
  }

  std::size_t add_line(const Lines& lines, std::size_t at) {
    std::istringstream line(lines[at++]);
    std::string verb;
    line >> verb;
    if (verb == "hello") {
      bytes += h2::hello();
    } else if (verb == "bytes") {
      bytes += unescape(rest(line));
    } else if (verb == "frame") {
      unsigned type = 0;
      unsigned flags = 0;
      std::uint32_t stream = 0;
      line >> type >> flags >> stream;
      bytes += h2::frame(static_cast<std::uint8_t>(type), flags, stream, unescape(rest(line)));
    } else if (verb == "repeat") {
      int count = 0;
      line >> count;
      return repeat(lines, at, count);
    } else {
      std::uint32_t stream = 0;
      line >> stream;
      next_ = std::max(next_, stream + 2);
      add_frame(verb, stream, line, lines, at);
    }
    return at;
  }

  void add_frame(const std::string& verb, std::uint32_t stream, std::istringstream& line,
                 const Lines& lines, std::size_t& at) {
    std::string first;
    std::string second;
    std::string third;
    if (verb == "request") {
      line >> first >> second >> third;
      const unsigned end = third == "end" ? h2::kEndStream : 0u;
      bytes += h2::headers(stream, h2::request(first, second, fields_after(lines, at)), end);
    } else if (verb == "headers") {
      line >> first;
      const unsigned end = first == "end" ? h2::kEndStream : 0u;
      bytes += h2::headers(stream, fields_after(lines, at), end);
    } else if (verb == "data" || verb == "data-end") {
      bytes += h2::data(stream, unescape(rest(line)), verb == "data" ? 0u : h2::kEndStream);
    } else if (verb == "reset") {
      bytes += h2::reset(stream, 8);
    } else if (verb == "window") {
      std::uint32_t size = 0;
      line >> size;
      bytes += h2::window(stream, size);
    } else {
      ADD_FAILURE() << "unknown verb " << verb;
    }
  }

  static std::string rest(std::istringstream& line) {
    std::string text;
    std::getline(line, text);
    return text.empty() ? text : text.substr(1);
  }

  std::uint32_t next_ = 1;
};

Case read_case(const std::filesystem::path& path) {
  std::ifstream file(path);
  Case made;
  made.name = path.stem();
  Lines request;
  Lines* section = nullptr;
  for (std::string line; std::getline(file, line);) {
    if (line == "--- request") {
      section = &request;
    } else if (line == "--- expect") {
      section = &made.expected;
    } else if (section != nullptr) {
      section->push_back(line);
      if (line.starts_with("frame 1 1 ")) made.has_continuation = true;
    }
  }
  Assembler assembler;
  assembler.add(request);
  made.bytes = assembler.bytes;
  return made;
}

std::vector<Case> read_cases() {
  std::vector<Case> cases;
  for (const auto& entry :
       std::filesystem::directory_iterator(GH_SOURCE_DIR "/tests/cases/http2")) {
    if (entry.path().extension() == ".case") cases.push_back(read_case(entry.path()));
  }
  std::ranges::sort(cases, {}, &Case::name);
  return cases;
}

Lines outcome(std::string_view bytes, std::size_t piece) {
  Recorder recorder;
  recorder.answer_at_end = true;
  Shared shared(recorder);
  const ServerOptions options;
  FakeTransport transport;
  H2Session session(transport, shared, options, transport.now());
  transport.attach(&session);
  transport.end_turn();
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    transport.receive(bytes.substr(0, piece));
  }
  // A body whose head was refused, and that does not come, is not waited for.
  transport.advance(std::chrono::seconds(1));

  Lines lines;
  for (const auto& request : recorder.requests) {
    lines.push_back("accept " + request->line);
    if (!request->body.empty()) lines.push_back("body " + request->body);
    if (request->gone) lines.push_back("gone");
    if (!request->bad_body.empty()) lines.push_back("bad-body " + request->bad_body);
  }
  h2::Reader reader;
  reader.read(transport.sent);
  for (const auto& [stream, status] : reader.statuses) {
    lines.push_back("status " + std::to_string(stream) + " " + status);
  }
  for (const h2::Frame& frame : reader.of_type(h2::kReset)) {
    lines.push_back("reset " + std::to_string(frame.stream) + " " +
                    nghttp2_http2_strerror(frame.code()));
  }
  for (const h2::Frame& frame : reader.of_type(h2::kGoAway)) {
    lines.push_back(std::string("goaway ") + nghttp2_http2_strerror(frame.code()));
  }
  for (const std::string& glitch : recorder.glitches) lines.push_back("glitch " + glitch);
  lines.push_back(transport.ended() ? "close" : "open");
  return lines;
}

std::string joined(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

// With "..." last, the lines before it must be among what came; else they are all of it.
void expect_outcome(const Lines& got, Lines expected) {
  if (expected.empty() || expected.back() != "...") {
    EXPECT_EQ(joined(got), joined(expected));
    return;
  }
  expected.pop_back();
  for (const std::string& line : expected) {
    EXPECT_NE(std::ranges::find(got, line), got.end()) << "no line '" << line << "' in\n"
                                                       << joined(got).substr(0, 2000);
  }
}

TEST(H2Cases, AreMany) {
  EXPECT_GE(read_cases().size(), 60u);
}

TEST(H2Cases, ComeOutAsExpectedHoweverTheyAreCut) {
  for (const Case& c : read_cases()) {
    SCOPED_TRACE(c.name);
    for (const std::size_t piece : {std::size_t{64 << 10}, std::size_t{1}, std::size_t{7}}) {
      // nghttp2 1.52 counts a CONTINUATION frame again for each piece that its head comes in.
      if (c.has_continuation && piece < 9) continue;
      SCOPED_TRACE(piece);
      expect_outcome(outcome(c.bytes, piece), c.expected);
    }
  }
}

}  // namespace
}  // namespace gh::http
