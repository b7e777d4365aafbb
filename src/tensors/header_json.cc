#include "tensors/header_json.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "json/json.h"

namespace gh::tensors {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// significand × 10 + digit, when that fits.
bool append_digit(std::uint64_t& significand, char digit) {
  std::uint64_t next = 0;
  if (__builtin_mul_overflow(significand, 10U, &next)) return false;
  return !__builtin_add_overflow(next, static_cast<std::uint64_t>(digit - '0'), &significand);
}

double power_of_ten(std::int64_t exponent) {
  char text[8] = "1e";
  const auto end = std::to_chars(text + 2, text + sizeof text, exponent).ptr;
  double power = 0;
  std::from_chars(text, end, power);
  return power;
}

// serde_json's f64_from_parts: whether significand × 10^exponent is a finite double, with the
// rounding of its steps.
bool is_finite(std::uint64_t significand, std::int64_t exponent) {
  if (significand == 0 || exponent <= 0) return true;
  if (exponent > 308) return false;
  return !std::isinf(static_cast<double>(significand) * power_of_ten(exponent));
}

// Behind the bytes of a string that need no look: neither quote, escape nor control character.
std::size_t plain_run(std::string_view text, std::size_t from) {
  return from + json::literal_length(text.substr(from));
}

}  // namespace

bool HeaderJson::fail(std::string_view why) {
  if (fault_.empty()) fault_ = why;
  return false;
}

char HeaderJson::peek() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c != ' ' && c != '\n' && c != '\t' && c != '\r') return c;
    ++at_;
  }
  return 0;
}

bool HeaderJson::open(char bracket) {
  if (peek() != bracket) return fail("another kind of value is needed here");
  if (depth_ == kDepth) return fail("nesting is deeper than 127");
  ++at_;
  ++depth_;
  return true;
}

bool HeaderJson::close() {
  ++at_;
  --depth_;
  return true;
}

bool HeaderJson::expect(char c) {
  if (peek() != c) return fail(c == ':' ? "a colon is missing" : "a comma or bracket is missing");
  ++at_;
  return true;
}

bool HeaderJson::word(std::string_view literal) {
  peek();
  if (!text_.substr(at_).starts_with(literal)) return fail("this is no JSON value");
  at_ += literal.size();
  return true;
}

std::optional<std::string_view> HeaderJson::string() {
  if (peek() != '"') {
    fail("a string is needed here");
    return std::nullopt;
  }
  const std::size_t from = ++at_;
  at_ = plain_run(text_, at_);
  if (at_ < text_.size() && text_[at_] == '"') return text_.substr(from, at_++ - from);
  if (!unescape(from)) return std::nullopt;
  return buffer_;
}

bool HeaderJson::unescape(std::size_t from) {
  buffer_.assign(text_.substr(from, at_ - from));
  for (;;) {
    if (at_ == text_.size()) return fail("a string has no end");
    const char c = text_[at_++];
    if (c == '"') return true;
    if (c != '\\') {
      --at_;
      return fail("a control character stands in a string");
    }
    if (at_ == text_.size()) return fail("a string has no end");
    const char kind = text_[at_++];
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (const auto letter = kLetters.find(kind); letter != std::string_view::npos) {
      buffer_ += kMeanings[letter];
    } else if (kind != 'u' || !unicode()) {
      return fail("an escape is not one of JSON's");
    }
    const std::size_t plain = at_;
    at_ = plain_run(text_, at_);
    buffer_ += text_.substr(plain, at_ - plain);
  }
}

bool HeaderJson::hex4(std::uint32_t& unit) {
  if (text_.size() - at_ < 4) return false;
  const char* const end = text_.data() + at_ + 4;
  const auto [stop, error] = std::from_chars(text_.data() + at_, end, unit, 16);
  at_ += 4;
  return error == std::errc() && stop == end;
}

bool HeaderJson::unicode() {
  std::uint32_t unit = 0;
  if (!hex4(unit)) return false;
  if (unit >= 0xd800 && unit < 0xe000) {
    std::uint32_t low = 0;
    if (unit >= 0xdc00 || !text_.substr(at_).starts_with("\\u")) return false;
    at_ += 2;
    if (!hex4(low) || low < 0xdc00 || low >= 0xe000) return false;
    unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
  }
  append_utf8(buffer_, unit);
  return true;
}

bool HeaderJson::digit_next() const {
  return at_ < text_.size() && is_digit(text_[at_]);
}

HeaderJson::Number HeaderJson::integer(std::uint64_t& significand, std::int64_t& exponent) {
  if (!digit_next()) return Number::not_json;
  if (text_[at_] == '0') {
    ++at_;
    return digit_next() ? Number::not_json : Number::u64;
  }
  for (; digit_next(); ++at_) {
    // Once a digit does not fit, it and all that follow only move the exponent.
    std::uint64_t longer = significand;
    if (exponent == 0 && append_digit(longer, text_[at_])) {
      significand = longer;
    } else {
      ++exponent;
    }
  }
  return exponent == 0 ? Number::u64 : Number::other;
}

HeaderJson::Number HeaderJson::fraction(std::uint64_t& significand, std::int64_t& exponent) {
  ++at_;
  if (!digit_next()) return Number::not_json;
  bool full = false;
  for (; digit_next(); ++at_) {
    std::uint64_t longer = significand;
    full = full || !append_digit(longer, text_[at_]);
    if (full) continue;
    significand = longer;
    --exponent;
  }
  return Number::other;
}

HeaderJson::Number HeaderJson::power(std::uint64_t significand, std::int64_t& exponent) {
  ++at_;
  bool negative = false;
  if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) {
    negative = text_[at_++] == '-';
  }
  if (!digit_next()) return Number::not_json;
  std::int64_t value = 0;
  bool huge = false;
  for (; digit_next(); ++at_) {
    if (!huge) value = value * 10 + (text_[at_] - '0');
    huge = huge || value > INT32_MAX;
  }
  if (huge) {
    if (significand != 0 && !negative) return Number::out_of_range;
    exponent = 0;  // the value is zero
    return Number::other;
  }
  exponent += negative ? -value : value;
  return Number::other;
}

HeaderJson::Number HeaderJson::number(std::uint64_t& value) {
  const char first = peek();
  if (first != '-' && !is_digit(first)) return Number::none;
  const bool negative = first == '-';
  if (negative) ++at_;
  std::uint64_t significand = 0;
  std::int64_t exponent = 0;
  Number kind = integer(significand, exponent);
  if (kind != Number::not_json && at_ < text_.size() && text_[at_] == '.') {
    kind = fraction(significand, exponent);
  }
  if (kind != Number::not_json && at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
    kind = power(significand, exponent);
  }
  if (kind == Number::other && !is_finite(significand, exponent)) kind = Number::out_of_range;
  if (kind == Number::not_json) fail("a number is not written as JSON writes it");
  if (kind == Number::out_of_range) fail("a number is larger than any double");
  if (kind != Number::u64) return kind;
  value = significand;
  return negative ? Number::other : Number::u64;
}

bool HeaderJson::take_integer(std::uint64_t& value) {
  constexpr std::size_t kDigits = 18;  // of which every number fits
  const std::string_view digits = text_.substr(at_, kDigits + 1);
  std::size_t length = 0;
  std::uint64_t number = 0;
  for (; length < digits.size() && is_digit(digits[length]); ++length) {
    number = number * 10 + static_cast<std::uint64_t>(digits[length] - '0');
  }
  if (length == 0 || length > kDigits || (digits[0] == '0' && length > 1)) return false;
  at_ += length;
  value = number;
  return true;
}

bool HeaderJson::skip_value() {
  std::uint64_t ignored = 0;
  switch (peek()) {
    case '{':
      return object([this](std::string_view) { return skip_value(); });
    case '[':
      return array([this] { return skip_value(); });
    case '"':
      return string().has_value();
    case 't':
      return word("true");
    case 'f':
      return word("false");
    case 'n':
      return word("null");
    default: {
      const Number kind = number(ignored);
      if (kind == Number::none) return fail("this is no JSON value");
      return kind == Number::u64 || kind == Number::other;
    }
  }
}

}  // namespace gh::tensors
