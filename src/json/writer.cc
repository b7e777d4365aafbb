#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <span>
#include <system_error>

#include "base/check.h"
#include "json/json.h"
#include "json/node.h"

namespace gh::json {
namespace {

static_assert(std::endian::native == std::endian::little);

// Longest: a double such as -2.2250738585072014e-308.
constexpr std::size_t kNumberSize = 32;

constexpr std::uint64_t every_byte(std::uint64_t byte) {
  return byte * 0x0101010101010101u;
}

// Bit 7 of the lowest byte that is below `limit`; bytes above it may be marked in error.
constexpr std::uint64_t below(std::uint64_t word, std::uint64_t limit) {
  return (word - every_byte(limit)) & ~word & every_byte(0x80);
}

bool needs_escape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

// How many bytes at the front can be copied as they are.
std::size_t clean_prefix(std::string_view text) {
  std::size_t at = 0;
  for (; text.size() - at >= sizeof(std::uint64_t); at += sizeof(std::uint64_t)) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, sizeof word);
    const std::uint64_t marks =
        below(word, 0x20) | below(word ^ every_byte('"'), 1) | below(word ^ every_byte('\\'), 1);
    if (marks != 0) return at + static_cast<std::size_t>(std::countr_zero(marks)) / 8;
  }
  while (at < text.size() && !needs_escape(text[at])) ++at;
  return at;
}

char* write_escape(char* at, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  *at++ = '\\';
  switch (c) {
    case '"':
    case '\\':
      *at++ = c;
      return at;
    case '\b':
      *at++ = 'b';
      return at;
    case '\f':
      *at++ = 'f';
      return at;
    case '\n':
      *at++ = 'n';
      return at;
    case '\r':
      *at++ = 'r';
      return at;
    case '\t':
      *at++ = 't';
      return at;
    default:
      at = std::copy_n("u00", 3, at);
      *at++ = kHex[static_cast<unsigned char>(c) >> 4];
      *at++ = kHex[static_cast<unsigned char>(c) & 15];
      return at;
  }
}

template <class Number>
std::string_view format(Number value, std::span<char> buffer) {
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  GH_DCHECK(error == std::errc());
  return {buffer.data(), end};
}

}  // namespace

void Writer::separate() {
  if (comma_) out_ += ',';
  comma_ = true;
}

Writer& Writer::begin_object() {
  separate();
  out_ += '{';
  comma_ = false;
  return *this;
}

Writer& Writer::end_object() {
  out_ += '}';
  comma_ = true;
  return *this;
}

Writer& Writer::begin_array() {
  separate();
  out_ += '[';
  comma_ = false;
  return *this;
}

Writer& Writer::end_array() {
  out_ += ']';
  comma_ = true;
  return *this;
}

Writer& Writer::key(std::string_view name) {
  separate();
  append_quoted(out_, name);
  out_ += ':';
  comma_ = false;
  return *this;
}

Writer& Writer::null() {
  separate();
  out_ += "null";
  return *this;
}

Writer& Writer::boolean(bool value) {
  separate();
  out_ += value ? "true" : "false";
  return *this;
}

Writer& Writer::integer(std::int64_t value) {
  separate();
  char buffer[kNumberSize];
  out_ += format(value, buffer);
  return *this;
}

Writer& Writer::unsigned_integer(std::uint64_t value) {
  separate();
  char buffer[kNumberSize];
  out_ += format(value, buffer);
  return *this;
}

Writer& Writer::real(double value) {
  if (!std::isfinite(value)) {
    GH_BUG("json: a real that JSON cannot write");
    return null();
  }
  separate();
  char buffer[kNumberSize];
  const std::string_view digits = format(value, buffer);
  out_ += digits;
  if (digits.find_first_of(".e") == std::string_view::npos) out_ += ".0";
  return *this;
}

Writer& Writer::string(std::string_view utf8) {
  separate();
  append_quoted(out_, utf8);
  return *this;
}

Writer& Writer::value(Value value) {
  switch (value.type()) {
    case Type::null:
      return null();
    case Type::boolean:
      return boolean(value.boolean());
    case Type::integer:
      return integer(value.node_->integer);
    case Type::unsigned_integer:
      return unsigned_integer(value.node_->unsigned_integer);
    case Type::real:
      return real(value.node_->real);
    case Type::string:
      return string(value.string());
    case Type::array:
      begin_array();
      for (const Value element : value.elements()) this->value(element);
      return end_array();
    case Type::object:
      begin_object();
      for (const auto [name, member] : value.members()) key(name).value(member);
      return end_object();
  }
  return *this;
}

}  // namespace gh::json
