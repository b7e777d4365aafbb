#pragma once
// The JSON of a safetensors header, read as serde_json 1.x reads it into the reference library's
// types: white space is 09 0A 0D 20, nesting ends at 127, numbers are u64, i64 or a finite double,
// strings hold no raw control character and no lone surrogate. A pull reader: the caller says what
// it expects next. One pass, linear, no copy of strings without escapes. Not thread-safe.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gh::tensors {

class HeaderJson {
 public:
  // serde_json counts down from 128 and refuses at 0.
  static constexpr int kDepth = 127;

  // `text` must be UTF-8 (`gh::is_utf8`) and outlive this.
  explicit HeaderJson(std::string_view text) : text_(text) {}

  // Skips white space; the first byte of what follows, or 0 at the end.
  char peek();
  // Only white space is left.
  bool at_end() { return peek() == 0 && at_ == text_.size(); }
  // Of the next byte.
  std::size_t position() const { return at_; }

  // An object: `member(key)` is called at each value, reads it and gives false to stop. The key is
  // valid until the next string is read.
  template <class Member>
  bool object(Member&& member) {
    if (!open('{')) return false;
    if (peek() == '}') return close();
    for (;;) {
      const auto key = string();
      if (!key || !expect(':') || !member(*key)) return false;
      if (peek() == '}') return close();
      if (!expect(',')) return false;
    }
  }
  // An array: `element()` is called at each element.
  template <class Element>
  bool array(Element&& element) {
    if (!open('[')) return false;
    if (peek() == ']') return close();
    for (;;) {
      if (!element()) return false;
      if (peek() == ']') return close();
      if (!expect(',')) return false;
    }
  }

  // Unescaped; a view of the text, or of a buffer that the next string with escapes uses again.
  std::optional<std::string_view> string();
  // Whether that was a view of the text, which is valid as long as the text is.
  bool is_of_text(std::string_view string) const { return string.data() != buffer_.data(); }
  // What a number is to serde_json.
  enum class Number { none, not_json, out_of_range, other, u64 };
  Number number(std::uint64_t& value);
  bool null() { return word("null"); }
  // Any value, checked and dropped.
  bool skip_value();

  // Steps past `text` when it comes next, byte for byte.
  bool take(std::string_view text) {
    if (!text_.substr(at_).starts_with(text)) return false;
    at_ += text.size();
    return true;
  }
  // The same with an integer of at most 18 digits; what follows it is for the caller to see.
  bool take_integer(std::uint64_t& value);
  // Back to a position() of before.
  void rewind(std::size_t position) { at_ = position; }

  // Why the last call gave false, when the text is no JSON; "" when the caller's own check did.
  std::string_view fault() const { return fault_; }

 private:
  bool open(char bracket);
  bool close();
  bool expect(char c);
  bool word(std::string_view literal);
  bool fail(std::string_view why);
  Number integer(std::uint64_t& significand, std::int64_t& exponent);
  Number fraction(std::uint64_t& significand, std::int64_t& exponent);
  Number power(std::uint64_t significand, std::int64_t& exponent);
  bool digit_next() const;
  bool unescape(std::size_t from);
  bool hex4(std::uint32_t& unit);
  bool unicode();

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::string buffer_;
  std::string_view fault_;
};

}  // namespace gh::tensors
