#pragma once
// The body of an HTTP/1.1 message (RFC 9112 §6–7), requests and responses alike: by length, in
// chunks, or until the connection ends. Refused: chunk sizes that are not 1–16 hexadecimal digits
// or more than Content-Length could say, chunk extensions, trailers, anything but CRLF. A small
// value without I/O; one thread at a time.

#include <cstdint>
#include <string_view>

#include "http/glitch.h"

namespace gh::http {

class H1Body {
 public:
  static H1Body of_length(std::uint64_t length);
  static H1Body chunked() { return H1Body(State::size_first); }
  static H1Body until_close() { return H1Body(State::until_close); }

  enum class Status : std::uint8_t {
    need_more,
    data,  // a run of content; ask again
    done,
    bad,  // see glitch()
  };
  // Takes framing and at most one run of content from the front of `bytes`; `data` is that run,
  // a part of what `bytes` was. Takes nothing after the end.
  Status next(std::string_view& bytes, std::string_view& data);

  bool done() const { return state_ == State::done; }
  bool is_chunked() const { return chunked_; }
  bool ends_by_close() const { return state_ == State::until_close; }
  // Bytes known to be still coming: of the body, or of the current chunk.
  std::uint64_t remaining() const { return remaining_; }
  Glitch glitch() const { return glitch_; }

 private:
  enum class State : std::uint8_t {
    length,
    until_close,
    size_first,
    size_more,
    size_lf,
    chunk,
    chunk_cr,
    chunk_lf,
    last_cr,
    last_lf,
    done,
  };
  explicit H1Body(State state) : chunked_(state == State::size_first), state_(state) {}

  Status take_content(std::string_view& bytes, std::string_view& data);
  bool take_framing(char c);
  bool take_size(char c);
  bool refuse(Glitch glitch);
  bool expect(char c, char wanted, State then);

  std::uint64_t remaining_ = 0;
  std::uint8_t digits_ = 0;
  bool chunked_ = false;
  State state_;
  Glitch glitch_ = Glitch::count_;
};

}  // namespace gh::http
