#pragma once
// The lines of an HTTP/1.1 message head (RFC 9112 §2–5) as bytes come in: a start line, fields, an
// empty line. Every byte is looked at once, copied once into one buffer, and lower-cased on the way
// where it belongs to a field name. Requests and responses share it. Limits: 8 KiB a line, 64
// fields, 32 KiB in all. Refused: bare CR or LF, obs-fold, white space before the colon, tabs
// around a value, empty and non-token names, control bytes and bytes from 0x80 on. The outcome does
// not depend on how the bytes were cut. No I/O; one thread at a time.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/buffer.h"
#include "http/glitch.h"
#include "http/message.h"

namespace gh::http {

enum class HeadStatus : std::uint8_t { need_more, done, bad };

// Offsets of a field in the text of its head, which fits in 16 bits.
struct FieldPlace {
  std::uint16_t name_at = 0;
  std::uint16_t name_size = 0;
  std::uint16_t value_at = 0;
  std::uint16_t value_size = 0;

  Field in(std::string_view text) const {
    return {.name = text.substr(name_at, name_size), .value = text.substr(value_at, value_size)};
  }
};

class H1Head {
 public:
  static constexpr std::size_t kMaxLine = 8 << 10;   // without CRLF
  static constexpr std::size_t kMaxHead = 32 << 10;  // as sent
  static constexpr std::size_t kMaxFields = 64;

  enum class Status : std::uint8_t {
    need_more,
    start_line,  // the start line is complete: look at it, then feed on
    done,
    bad,  // see glitch()
  };

  H1Head() = default;
  H1Head(const H1Head&) = delete;
  H1Head& operator=(const H1Head&) = delete;
  ~H1Head() { reset(); }

  // Takes what belongs to the head from the front of `bytes`.
  Status feed(std::string_view& bytes);
  // The same up to the end of the head. `on_start_line(line)` and, behind the last field,
  // `on_fields()` return the Glitch that they find, if there is one.
  template <class OnStartLine, class OnFields>
  HeadStatus read(std::string_view& bytes, OnStartLine on_start_line, OnFields on_fields);
  Glitch glitch() const { return glitch_; }
  bool begun() const { return size_ > 0; }
  // Of the start line, whether it is complete, good or neither.
  bool begins_with(std::string_view text) const { return text_.view().starts_with(text); }

  // Both are views into this object, valid until feed() or reset().
  std::string_view start_line() const { return text_.view().substr(0, start_size_); }
  std::span<Field> fields(std::span<Field, kMaxFields> place) const;

  // Ready for another head. Keeps a small buffer, and nothing of what was in it.
  void reset();

 private:
  enum class State : std::uint8_t {
    start_line,
    start_line_lf,
    line_begin,
    name,
    before_value,
    value,
    value_lf,
    last_lf,
    done,
  };
  struct Cursor;
  Status scan(Cursor& at);
  Status start_line_bytes(Cursor& at);
  Status begin_line(Cursor& at);
  Status name_bytes(Cursor& at);
  Status value_bytes(Cursor& at);
  Status bad(Glitch glitch);
  Status unexpected(char c, Glitch otherwise);

  Buffer text_;
  std::array<FieldPlace, kMaxFields> entries_;
  std::size_t size_ = 0;  // bytes of the head so far
  std::size_t line_ = 0;  // bytes of the line so far
  std::uint16_t start_size_ = 0;
  std::uint16_t count_ = 0;
  State state_ = State::start_line;
  Glitch glitch_ = Glitch::count_;
};

template <class OnStartLine, class OnFields>
HeadStatus H1Head::read(std::string_view& bytes, OnStartLine on_start_line, OnFields on_fields) {
  for (;;) {
    std::optional<Glitch> found;
    switch (feed(bytes)) {
      case Status::need_more:
        return HeadStatus::need_more;
      case Status::bad:
        return HeadStatus::bad;
      case Status::start_line:
        found = on_start_line(start_line());
        break;
      case Status::done:
        found = on_fields();
        if (!found) return HeadStatus::done;
        break;
    }
    if (!found) continue;
    glitch_ = *found;
    return HeadStatus::bad;
  }
}

}  // namespace gh::http
