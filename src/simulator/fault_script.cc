#include "simulator/fault_script.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "simulator/api_error.h"

namespace gh::simulator {
namespace {

using namespace std::string_view_literals;
using End = Answer::End;

struct Variant {
  std::string_view kind;
  std::string_view bytes;
};

// The variant asked for by `kind=`, or the first.
template <std::size_t kCount>
std::string_view pick(const Fault& fault, const Variant (&variants)[kCount]) {
  const auto asked = fault.text("kind", variants[0].kind);
  const auto it = std::ranges::find(variants, asked, &Variant::kind);
  GH_CHECK(it != std::end(variants));  // fault.cc lists the same kinds
  return it->bytes;
}

constexpr Variant kBrokenJson[] = {
    {"truncated", "{\"id\":\"x\",\"choices\":[{\"index\":0,"sv},
    {"utf8", "{\"id\":\"\xff\xfe\",\"choices\":[]}"sv},
    {"duplicate", "{\"id\":\"a\",\"id\":\"b\",\"choices\":[]}"sv},
    {"array", "[]"sv},
    {"nan", "{\"id\":\"x\",\"choices\":[],\"created\":NaN}"sv},
    {"trailing", "{\"id\":\"x\",\"choices\":[]} x"sv},
    {"null", "null"sv},
    {"empty", ""sv},
    {"surrogate", "{\"id\":\"\\ud800\",\"choices\":[]}"sv},
};
constexpr Variant kBrokenEvents[] = {
    {"garbage", "this is not an event\n\n"sv},
    {"field", "retry: 1\n\n"sv},
    {"nul", "data: \0\n\n"sv},
    {"empty", "data:\n\n"sv},
    {"html", "<html>502 Bad Gateway</html>\n\n"sv},
    {"crlf", "data: {\"a\":\r\ndata: 1}\r\n\r\n"sv},
};
constexpr Variant kBrokenHeads[] = {
    {"status", "HTTP/1.1 2000 OK\r\ncontent-length: 2\r\n\r\n{}"sv},
    {"version", "HTTP/3.7 200 OK\r\ncontent-length: 2\r\n\r\n{}"sv},
    {"garbage", "\x16\x03\x01\x02 not http at all\r\n\r\n"sv},
    {"field", "HTTP/1.1 200 OK\r\nno colon here\r\ncontent-length: 2\r\n\r\n{}"sv},
    {"name_space", "HTTP/1.1 200 OK\r\ncontent-length : 2\r\n\r\n{}"sv},
    {"fold", "HTTP/1.1 200 OK\r\nx-a: 1\r\n 2\r\ncontent-length: 2\r\n\r\n{}"sv},
    {"nul", "HTTP/1.1 200 OK\r\nx-a: 1\0002\r\ncontent-length: 2\r\n\r\n{}"sv},
    {"bare_lf", "HTTP/1.1 200 OK\ncontent-length: 2\n\n{}"sv},
    {"bare_cr", "HTTP/1.1 200 OK\r\nx-a: 1\r2\r\ncontent-length: 2\r\n\r\n{}"sv},
    {"two_lengths", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}x"sv},
    {"length_list", "HTTP/1.1 200 OK\r\ncontent-length: 2, 2\r\n\r\n{}"sv},
    {"negative_length", "HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\n{}"sv},
    {"plus_length", "HTTP/1.1 200 OK\r\ncontent-length: +2\r\n\r\n{}"sv},
    {"huge_length", "HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999\r\n\r\n{}"sv},
    {"length_and_chunked",
     "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n"
     "2\r\n{}\r\n0\r\n\r\n"sv},
    {"gzip_chunked", "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n"sv},
    {"content_encoding",
     "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}"sv},
    {"upgrade", "HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\n\r\n"sv},
    {"no_content", "HTTP/1.1 204 No Content\r\ncontent-length: 2\r\n\r\n{}"sv},
};
constexpr Variant kBrokenChunks[] = {
    {"size", "zz\r\nabc\r\n"sv},
    {"negative", "-1\r\n"sv},
    {"overflow", "fffffffffffffffff\r\n"sv},
    {"huge", "ffffffff\r\nabc"sv},
    {"prefix", "0x3\r\nabc\r\n"sv},
    {"no_crlf", "3\r\nabcdef\r\n"sv},
    {"bare_lf", "3\nabc\n"sv},
    {"extension", "3;a=\"\n\"\r\nabc\r\n"sv},
    {"empty_size", "\r\nabc\r\n"sv},
};
constexpr Variant kExtraBytes[] = {
    {"response",
     "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 21\r\n\r\n"
     "{\"stolen\":\"response\"}\n"sv},
    {"garbage", "garbage"sv},
    {"newline", "\r\n"sv},
};

std::string head_text(Head head) {
  std::string out;
  write_head(out, head);
  return out;
}

// The pieces with a good head and good framing.
std::vector<TimedBytes> framed(GoodAnswer& good) {
  std::vector<TimedBytes> parts;
  good.head.length.reset();
  if (!good.stream) {
    // Head and body come together, when the body is there.
    TimedBytes& body = good.pieces.front();
    good.head.length = body.bytes.size();
    parts.push_back({body.wait, head_text(good.head)});
    parts.push_back({{}, std::move(body.bytes)});
    return parts;
  }
  parts.push_back({{}, head_text(good.head)});
  for (const TimedBytes& piece : good.pieces) {
    parts.push_back({piece.wait, {}});
    write_chunk(parts.back().bytes, piece.bytes);
  }
  parts.push_back({{}, std::string(kLastChunk)});
  return parts;
}

std::string joined(const std::vector<TimedBytes>& parts) {
  std::string all;
  for (const TimedBytes& part : parts) all += part.bytes;
  return all;
}

std::vector<TimedBytes> sliced(std::string_view bytes, std::size_t size, Duration wait) {
  std::vector<TimedBytes> parts;
  for (size = std::max<std::size_t>(size, 1); !bytes.empty();) {
    const auto slice = bytes.substr(0, size);
    parts.push_back({wait, std::string(slice)});
    bytes.remove_prefix(slice.size());
  }
  return parts;
}

ApiError asked_error(const Fault& fault, std::uint64_t otherwise) {
  ApiError error;
  error.status =
      static_cast<int>(std::clamp<std::uint64_t>(fault.number("code", otherwise), 100, 999));
  error.type = error.status < 500 ? "BadRequestError" : "InternalServerError";
  error.message = error.status == 500 ? "cannot schedule new futures after shutdown"
                                      : "simulated failure in /srv/models/tiny";
  return error;
}

// An error answer of any shape that an upstream, or something in front of it, may send.
Script error_answer(const Fault& fault, GoodAnswer good) {
  ApiError error = asked_error(fault, 500);
  const auto shape = fault.text("shape", "openai");
  std::string body;
  good.head.content_type = kJson;
  if (shape == "detail" || shape == "bare") {
    error.shape = shape == "bare" ? ApiError::Shape::bare : ApiError::Shape::detail;
  } else if (shape == "text") {
    error.shape = ApiError::Shape::text;
    good.head.content_type = kPlainText;
  } else if (shape == "html") {
    error.shape = ApiError::Shape::text;
    error.message = "<html><body>Bad Gateway</body></html>";
    good.head.content_type = "text/html";
  }
  if (shape != "empty") write_error(body, error, shape != "flat" && good.nested_errors);
  good.head.status = error.status;
  good.stream = false;
  good.pieces = {{{}, std::move(body)}};
  return {framed(good), {End::keep, {}}};
}

void put_event(GoodAnswer& good, std::size_t at, std::string event) {
  at = std::min(at, good.pieces.size());
  good.pieces.insert(good.pieces.begin() + static_cast<std::ptrdiff_t>(at),
                     TimedBytes{{}, std::move(event)});
}

Script cut(const Fault& fault, GoodAnswer good) {
  const std::size_t size = good.stream ? good.pieces.size() : good.pieces.front().bytes.size();
  const std::size_t kept =
      std::min<std::size_t>(fault.number("n", good.stream ? 1 : size / 2), size);
  auto parts = framed(good);
  if (good.stream) {
    parts.resize(kept + 1);
  } else {
    parts.back().bytes.resize(kept);
  }
  const bool reset = fault.text("how", "fin") == "rst";
  // A reset at once would take back what the peer has not read yet.
  return {std::move(parts),
          {reset ? End::reset : End::close, fault.milliseconds("ms", reset ? 20 : 0)}};
}

Script broken_chunk(const Fault& fault, GoodAnswer good) {
  if (!good.stream) {
    good.stream = true;
    put_event(good, 1, {});
  }
  auto parts = framed(good);
  parts.resize(2);
  parts.push_back({{}, std::string(pick(fault, kBrokenChunks))});
  return {std::move(parts), {End::close, {}}};
}

// Faults in what is said, under good HTTP.
Script bad_content(const Fault& fault, GoodAnswer good) {
  switch (fault.kind()) {
    case Fault::Kind::invalid_json: {
      const auto text = pick(fault, kBrokenJson);
      if (good.stream) {
        put_event(good, 1, fmt::format("data: {}\n\n", text));
      } else {
        good.pieces.front().bytes = text;
      }
      break;
    }
    case Fault::Kind::invalid_sse:
      put_event(good, 1, std::string(pick(fault, kBrokenEvents)));
      break;
    case Fault::Kind::error_event: {
      std::string event;
      write_error_event(event, asked_error(fault, 400), good.nested_errors);
      good.pieces.resize(std::min<std::size_t>(fault.number("after", 2), good.pieces.size() - 1));
      good.pieces.push_back({{}, std::move(event)});
      good.pieces.push_back({{}, "data: [DONE]\n\n"});
      break;
    }
    case Fault::Kind::no_done:
      good.pieces.pop_back();
      break;
    case Fault::Kind::keepalive_comments:
      for (std::uint64_t i = std::min<std::uint64_t>(fault.number("n", 3), 1000); i > 0; --i) {
        put_event(good, 0, ": keep-alive\n\n");
        good.pieces.front().wait = fault.milliseconds("ms", 10);
      }
      break;
    case Fault::Kind::split: {
      const std::string all = joined(good.pieces);
      good.pieces = sliced(all, fault.number("bytes", 7), {});
      break;
    }
    default:
      break;
  }
  return {framed(good), {End::keep, {}}};
}

}  // namespace

Script bad_answer(const Fault& fault, GoodAnswer good) {
  const bool stream = good.stream;
  switch (fault.kind()) {
    case Fault::Kind::hang:
      return {{}, {End::close, std::chrono::hours(1)}};
    case Fault::Kind::late: {
      auto parts = framed(good);
      parts.front().wait = fault.milliseconds("ms", 100);
      return {std::move(parts), {End::keep, {}}};
    }
    case Fault::Kind::status:
      return error_answer(fault, std::move(good));
    case Fault::Kind::cut_after:
      return cut(fault, std::move(good));
    case Fault::Kind::chunk_garbage:
      return broken_chunk(fault, std::move(good));
    case Fault::Kind::invalid_head:
      return {{{{}, std::string(pick(fault, kBrokenHeads))}}, {End::close, {}}};
    case Fault::Kind::huge_head: {
      const std::string filler =
          fmt::format("x-filler: {}\r\n", std::string(fault.number("bytes", 1 << 20), 'x'));
      good.head.extra = filler;
      return {framed(good), {End::keep, {}}};
    }
    case Fault::Kind::wrong_content_type:
      good.head.content_type = fault.text("type", "text/html");
      return {framed(good), {End::keep, {}}};
    case Fault::Kind::interim: {
      auto parts = framed(good);
      parts.front().bytes.insert(
          0, fmt::format("HTTP/1.1 {} Interim\r\nlink: </x>\r\n\r\n", fault.number("code", 103)));
      return {std::move(parts), {End::keep, {}}};
    }
    case Fault::Kind::extra_bytes: {
      auto parts = framed(good);
      parts.push_back({{}, std::string(pick(fault, kExtraBytes))});
      return {std::move(parts), {End::keep, {}}};
    }
    case Fault::Kind::short_body: {
      good.pieces = {{{}, joined(good.pieces)}};
      good.head.length = good.pieces.front().bytes.size() + fault.number("by", 10);
      return {{{{}, head_text(good.head)}, std::move(good.pieces.front())}, {End::close, {}}};
    }
    case Fault::Kind::one_oh: {
      const std::string head = fmt::format(
          "HTTP/1.0 200 OK\r\nserver: uvicorn\r\ncontent-type: {}\r\n\r\n", good.head.content_type);
      return {{{{}, head + joined(good.pieces)}}, {End::close, {}}};
    }
    case Fault::Kind::trailers: {
      good.stream = true;
      auto parts = framed(good);
      parts.back().bytes = "0\r\nx-request-id: trailer\r\ncontent-length: 3\r\n\r\n";
      return {std::move(parts), {End::keep, {}}};
    }
    case Fault::Kind::slow_drip: {
      const std::string all = joined(framed(good));
      return {sliced(all, fault.number("bytes", 1), fault.milliseconds("ms", 5)), {End::keep, {}}};
    }
    case Fault::Kind::invalid_json:
      return bad_content(fault, std::move(good));
    default:
      // What is left is about events; a body has none.
      return stream ? bad_content(fault, std::move(good)) : Script{framed(good), {End::keep, {}}};
  }
}

}  // namespace gh::simulator
