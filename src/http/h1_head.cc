#include "http/h1_head.h"

#include <algorithm>
#include <cstring>

#include "base/secret.h"
#include "http/grammar.h"

namespace gh::http {

// A position in the input and one in text_, which has room for all the input.
struct H1Head::Cursor {
  const char* in;
  const char* end;
  char* text;
  char* out;

  std::uint16_t offset() const { return static_cast<std::uint16_t>(out - text); }
  // Copies the input up to `run`; returns how much that was.
  std::size_t copy_to(const char* run) {
    const auto size = static_cast<std::size_t>(run - in);
    std::memcpy(out, in, size);
    in += size;
    out += size;
    return size;
  }
  // The end of what the current line may still take.
  const char* line_end(std::size_t line) const {
    return in + std::min(static_cast<std::size_t>(end - in), kMaxLine - line);
  }
};

H1Head::Status H1Head::bad(Glitch glitch) {
  glitch_ = glitch;
  return Status::bad;
}

H1Head::Status H1Head::unexpected(char c, Glitch otherwise) {
  return bad(c == '\n' || c == '\r' ? Glitch::bare_lf : otherwise);
}

H1Head::Status H1Head::feed(std::string_view& bytes) {
  const std::size_t most = std::min(bytes.size(), kMaxHead - size_);
  text_.prepare(most);
  const std::string_view head = bytes.substr(0, most);
  Cursor at{.in = head.begin(),
            .end = head.end(),
            .text = text_.data(),
            .out = text_.data() + text_.size()};
  Status status = Status::need_more;
  while (status == Status::need_more && at.in != at.end) status = scan(at);

  const auto taken = static_cast<std::size_t>(at.in - head.begin());
  text_.commit(static_cast<std::size_t>(at.out - at.text) - text_.size());
  size_ += taken;
  bytes.remove_prefix(taken);
  if (status == Status::need_more && !bytes.empty()) return bad(Glitch::head_too_large);
  return status;
}

// Takes one run of bytes of the same kind, at least one byte; there is one.
H1Head::Status H1Head::scan(Cursor& at) {
  switch (state_) {
    case State::start_line:
      return start_line_bytes(at);
    case State::start_line_lf:
      if (*at.in++ != '\n') return bad(Glitch::bare_lf);
      state_ = State::line_begin;
      return Status::start_line;
    case State::line_begin:
      return begin_line(at);
    case State::name:
      return name_bytes(at);
    case State::before_value:
    case State::value:
      return value_bytes(at);
    case State::value_lf:
      if (*at.in++ != '\n') return bad(Glitch::bare_lf);
      state_ = State::line_begin;
      return Status::need_more;
    case State::last_lf:
      if (*at.in++ != '\n') return bad(Glitch::bare_lf);
      state_ = State::done;
      return Status::done;
    case State::done:
      break;
  }
  return Status::done;
}

H1Head::Status H1Head::start_line_bytes(Cursor& at) {
  const char* const stop = at.line_end(line_);
  line_ += at.copy_to(grammar::skip_printable(at.in, stop));
  if (at.in == at.end) return Status::need_more;
  if (*at.in == '\r' && line_ > 0) {
    ++at.in;
    start_size_ = at.offset();
    state_ = State::start_line_lf;
    return Status::need_more;
  }
  if (grammar::is_printable(*at.in)) return bad(Glitch::line_too_large);
  return *at.in == '\n' ? bad(Glitch::bare_lf) : bad(Glitch::bad_request_line);
}

H1Head::Status H1Head::begin_line(Cursor& at) {
  const char c = *at.in;
  if (c == '\r') {
    ++at.in;
    state_ = State::last_lf;
    return Status::need_more;
  }
  if (c == ' ' || c == '\t') return bad(Glitch::obs_fold);
  if (grammar::token_lower(c) == 0) return unexpected(c, Glitch::bad_field);
  if (count_ == kMaxFields) return bad(Glitch::too_many_fields);
  line_ = 0;
  entries_[count_].name_at = at.offset();
  state_ = State::name;
  return Status::need_more;
}

H1Head::Status H1Head::name_bytes(Cursor& at) {
  const char* const stop = at.line_end(line_);
  const char* in = at.in;
  char* out = at.out;
  while (in != stop) {
    const char lower = grammar::token_lower(*in);
    if (lower == 0) break;
    *out++ = lower;
    ++in;
  }
  line_ += static_cast<std::size_t>(in - at.in);
  at.in = in;
  at.out = out;
  if (at.in == at.end) return Status::need_more;
  if (line_ == kMaxLine) return bad(Glitch::line_too_large);
  if (*at.in != ':') return unexpected(*at.in, Glitch::bad_field);
  ++at.in;
  ++line_;
  FieldPlace& entry = entries_[count_];
  entry.name_size = static_cast<std::uint16_t>(at.offset() - entry.name_at);
  entry.value_at = at.offset();
  state_ = State::before_value;
  return Status::need_more;
}

H1Head::Status H1Head::value_bytes(Cursor& at) {
  const char* const stop = at.line_end(line_);
  if (state_ == State::before_value) {
    const char* const from = at.in;
    while (at.in != stop && *at.in == ' ') ++at.in;
    line_ += static_cast<std::size_t>(at.in - from);
    if (at.in != stop) state_ = State::value;
  }
  const char* run = grammar::skip_printable(at.in, stop);
  while (run != stop && *run == '\t') run = grammar::skip_printable(run + 1, stop);
  line_ += at.copy_to(run);
  if (at.in == at.end) return Status::need_more;
  if (*at.in != '\r') {
    if (grammar::is_value(*at.in)) return bad(Glitch::line_too_large);
    return unexpected(*at.in, Glitch::bad_field);
  }
  ++at.in;
  FieldPlace& entry = entries_[count_++];
  const char* const value = at.text + entry.value_at;
  const char* last = at.out;
  while (last != value && last[-1] == ' ') --last;
  // Others differ in whether a tab around a value belongs to it.
  if (last != value && (*value == '\t' || last[-1] == '\t')) return bad(Glitch::bad_field);
  entry.value_size = static_cast<std::uint16_t>(last - value);
  state_ = State::value_lf;
  return Status::need_more;
}

std::span<Field> H1Head::fields(std::span<Field, kMaxFields> place) const {
  const std::string_view text = text_.view();
  for (std::size_t i = 0; i < count_; ++i) place[i] = entries_[i].in(text);
  return place.first(count_);
}

void H1Head::reset() {
  constexpr std::size_t kKept = 4 << 10;
  wipe(text_.data(), text_.size());
  text_.clear();
  if (text_.capacity() > kKept) text_.release();
  size_ = line_ = 0;
  start_size_ = count_ = 0;
  state_ = State::start_line;
  glitch_ = Glitch::count_;
}

}  // namespace gh::http
