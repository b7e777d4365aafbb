#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <system_error>

#include "base/check.h"
#include "json/json.h"
#include "json/node.h"

namespace gh::json {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::ptrdiff_t kWord = sizeof(std::uint64_t);
constexpr std::size_t kLongestEscape = 6;   // \u001f
constexpr std::size_t kLongestNumber = 24;  // -2.2250738585072014e-308
// Strings are written in blocks, so that room for the worst case stays small.
constexpr std::size_t kBlock = 1024;

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

// Writes `text` escaped, a word at a time: each word is copied first, and taken back from its first
// byte that needs an escape. There must be room for the worst case and one word more.
char* write_escaped(char* at, std::string_view text) {
  const char* from = text.data();
  const char* const end = from + text.size();
  while (end - from >= kWord) {
    std::uint64_t word;
    std::memcpy(&word, from, kWord);
    std::memcpy(at, &word, kWord);
    const std::uint64_t marks =
        below(word, 0x20) | below(word ^ every_byte('"'), 1) | below(word ^ every_byte('\\'), 1);
    const int clean = std::countr_zero(marks) / 8;  // all of it when there are no marks
    at += clean;
    from += clean;
    if (clean < kWord) at = write_escape(at, *from++);
  }
  for (; from != end; ++from) {
    if (needs_escape(*from)) {
      at = write_escape(at, *from);
    } else {
      *at++ = *from;
    }
  }
  return at;
}

// Appends what `write` puts at the place it is given, at most `most` bytes, whose end it returns.
template <class Write>
void append(std::string& out, std::size_t most, Write write) {
  const std::size_t old = out.size();
  out.resize_and_overwrite(old + most, [&](char* data, std::size_t) {
    return static_cast<std::size_t>(write(data + old) - data);
  });
}

void append_quoted(std::string& out, std::string_view text) {
  const auto most = [](std::size_t size) { return size * kLongestEscape + kWord + 2; };
  out += '"';
  for (; text.size() > kBlock; text.remove_prefix(kBlock)) {
    append(out, most(kBlock), [&](char* at) { return write_escaped(at, text.substr(0, kBlock)); });
  }
  append(out, most(text.size()), [&](char* at) {
    at = write_escaped(at, text);
    *at++ = '"';
    return at;
  });
}

template <class Number>
void append_number(std::string& out, Number value) {
  append(out, kLongestNumber, [&](char* at) {
    const auto [end, error] = std::to_chars(at, at + kLongestNumber, value);
    GH_DCHECK(error == std::errc());
    return end;
  });
}

// Writes the subtree at `node` and returns the Node after it.
const Node* copy(Writer& out, const Node* node) {
  switch (node->type) {
    case Type::null:
      out.null();
      break;
    case Type::boolean:
      out.boolean(node->boolean);
      break;
    case Type::integer:
      out.integer(node->integer);
      break;
    case Type::unsigned_integer:
      out.unsigned_integer(node->unsigned_integer);
      break;
    case Type::real:
      out.real(node->real);
      break;
    case Type::string:
      out.string(node->string());
      break;
    case Type::array: {
      out.begin_array();
      const Node* at = node + 1;
      for (std::uint32_t i = 0; i < node->size; ++i) at = copy(out, at);
      out.end_array();
      return at;
    }
    case Type::object: {
      out.begin_object();
      const Node* at = node + 1;
      for (std::uint32_t i = 0; i < node->size; ++i) {
        out.key(at->string());
        at = copy(out, at + 1);
      }
      out.end_object();
      return at;
    }
  }
  return node + 1;
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
  append_number(out_, value);
  return *this;
}

Writer& Writer::unsigned_integer(std::uint64_t value) {
  separate();
  append_number(out_, value);
  return *this;
}

Writer& Writer::real(double value) {
  if (!std::isfinite(value)) {
    GH_BUG("json: a real that JSON cannot write");
    return null();
  }
  separate();
  const std::size_t begin = out_.size();
  append_number(out_, value);
  if (out_.find_first_of(".e", begin) == std::string::npos) out_ += ".0";
  return *this;
}

Writer& Writer::string(std::string_view utf8) {
  separate();
  append_quoted(out_, utf8);
  return *this;
}

Writer& Writer::value(Value value) {
  if (!value.exists()) return null();
  copy(*this, value.node_);
  return *this;
}

}  // namespace gh::json
