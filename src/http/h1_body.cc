#include "http/h1_body.h"

#include <algorithm>
#include <utility>

#include "base/encoding.h"
#include "http/grammar.h"

namespace gh::http {

H1Body H1Body::of_length(std::uint64_t length) {
  H1Body body(length == 0 ? State::done : State::length);
  body.remaining_ = length;
  return body;
}

H1Body::Status H1Body::next(std::string_view& bytes, std::string_view& data) {
  while (glitch_ == Glitch::count_) {
    if (state_ == State::done) return Status::done;
    if (bytes.empty()) return Status::need_more;
    if (state_ == State::length || state_ == State::until_close || state_ == State::chunk) {
      return take_content(bytes, data);
    }
    if (take_framing(bytes.front())) bytes.remove_prefix(1);
  }
  return Status::bad;
}

H1Body::Status H1Body::take_content(std::string_view& bytes, std::string_view& data) {
  if (state_ == State::until_close) {
    data = std::exchange(bytes, {});
    return Status::data;
  }
  data =
      bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), remaining_)));
  bytes.remove_prefix(data.size());
  remaining_ -= data.size();
  if (remaining_ == 0) state_ = state_ == State::length ? State::done : State::chunk_cr;
  return Status::data;
}

// False when `c` is refused.
bool H1Body::take_framing(char c) {
  switch (state_) {
    case State::size_first:
    case State::size_more:
      return take_size(c);
    case State::size_lf:
      return expect(c, '\n', remaining_ == 0 ? State::last_cr : State::chunk);
    case State::chunk_cr:
      return expect(c, '\r', State::chunk_lf);
    case State::chunk_lf:
      digits_ = 0;
      return expect(c, '\n', State::size_first);
    case State::last_cr:
      if (c != '\r' && c != '\n') return refuse(Glitch::trailer);
      return expect(c, '\r', State::last_lf);
    case State::last_lf:
      return expect(c, '\n', State::done);
    default:
      return refuse(Glitch::bad_chunk);
  }
}

bool H1Body::take_size(char c) {
  if (c == '\r' && state_ == State::size_more) {
    state_ = State::size_lf;
    return true;
  }
  const int digit = hex_digit(c);
  if (digit < 0 || digits_ == 16) {
    return refuse(c == '\n' ? Glitch::bare_lf : Glitch::bad_chunk);
  }
  remaining_ = remaining_ * 16 + static_cast<std::uint64_t>(digit);
  if (remaining_ > grammar::kMaxLength) return refuse(Glitch::bad_chunk);
  ++digits_;
  state_ = State::size_more;
  return true;
}

bool H1Body::expect(char c, char wanted, State then) {
  if (c != wanted) return refuse(c == '\n' || wanted == '\n' ? Glitch::bare_lf : Glitch::bad_chunk);
  state_ = then;
  return true;
}

bool H1Body::refuse(Glitch glitch) {
  glitch_ = glitch;
  return false;
}

}  // namespace gh::http
