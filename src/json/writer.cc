#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/check.h"
#include "json/json.h"
#include "json/node.h"

namespace gh::json {
namespace {

constexpr std::size_t kLongestNumber = 24;  // -2.2250738585072014e-308

bool needs_escape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

std::uint64_t load(const char* bytes) {
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

std::uint32_t load_half(const char* bytes) {
  std::uint32_t half;
  std::memcpy(&half, bytes, sizeof half);
  return half;
}

// Whether one of its eight bytes does; the usual test for a zero byte, thrice.
bool any_needs_escape(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  const std::uint64_t quote = word ^ kOnes * '"';
  const std::uint64_t backslash = word ^ kOnes * '\\';
  const std::uint64_t marks = ((word - kOnes * 0x20) & ~word) | ((quote - kOnes) & ~quote) |
                              ((backslash - kOnes) & ~backslash);
  return (marks & kOnes * 0x80) != 0;
}

char* put_escape(char* at, char c) {
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
      *at++ = 'u';
      *at++ = '0';
      *at++ = '0';
      *at++ = kHex[static_cast<unsigned char>(c) >> 4];
      *at++ = kHex[static_cast<unsigned char>(c) & 15];
      return at;
  }
}

#ifdef __SSE2__
// One bit for each byte that needs an escape.
unsigned escapes(__m128i piece) {
  const __m128i controls = _mm_cmpeq_epi8(_mm_min_epu8(piece, _mm_set1_epi8(0x1F)), piece);
  const __m128i quotes = _mm_cmpeq_epi8(piece, _mm_set1_epi8('"'));
  const __m128i backslashes = _mm_cmpeq_epi8(piece, _mm_set1_epi8('\\'));
  return static_cast<unsigned>(
      _mm_movemask_epi8(_mm_or_si128(controls, _mm_or_si128(quotes, backslashes))));
}
#endif

// Appends at most `most` bytes: what `write` puts at the place it is given, whose end it returns.
template <class Write>
void append(std::string& out, std::size_t most, Write write) {
  const std::size_t old = out.size();
  out.resize_and_overwrite(old + most, [&](char* data, std::size_t) {
    return static_cast<std::size_t>(write(data + old) - data);
  });
}

// memcpy, without a call where `text` is short, as most are.
char* put(char* at, std::string_view text) {
  const char* const from = text.data();
  const auto size = text.size();
  const auto twice = [&]<class Word>(Word first) {  // the two may overlap
    Word last;
    std::memcpy(&first, from, sizeof first);
    std::memcpy(&last, from + size - sizeof last, sizeof last);
    std::memcpy(at, &first, sizeof first);
    std::memcpy(at + size - sizeof last, &last, sizeof last);
  };
  if (size > 16) {
    std::memcpy(at, from, size);
  } else if (size >= 8) {
    twice(std::uint64_t{});
  } else if (size >= 4) {
    twice(std::uint32_t{});
  } else {
    for (std::size_t i = 0; i < size; ++i) at[i] = text[i];
  }
  return at + size;
}

constexpr std::size_t kLongestEscape = 6;  // \u001f
constexpr std::size_t kStep = 128;
constexpr std::size_t kBlock = 16;

// Takes kStep bytes, and up to a block more, from the front of `text`. Looks and copies in one
// pass: what lies between two escapes is short, and calling memcpy for it costs more than it.
char* put_escaped(char* at, std::string_view& text) {
  const char* from = text.data();
  const char* const end = from + text.size();
  const char* const stop = from + std::min(text.size(), kStep);
#ifdef __SSE2__
  while (from < stop && end - from >= std::ptrdiff_t{kBlock}) {
    __m128i block;
    std::memcpy(&block, from, sizeof block);
    std::memcpy(at, &block, sizeof block);  // what is past an escape is written again
    const unsigned mask = escapes(block);
    const int clean = mask == 0 ? int{kBlock} : std::countr_zero(mask);
    from += clean;
    at += clean;
    if (mask != 0) at = put_escape(at, *from++);
  }
#endif
  for (; from < stop; ++from) {
    if (needs_escape(*from)) {
      at = put_escape(at, *from);
    } else {
      *at++ = *from;
    }
  }
  text.remove_prefix(static_cast<std::size_t>(from - text.data()));
  return at;
}

// In steps, so that the room for the worst case is small.
void append_escaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const std::size_t most = std::min(text.size(), kStep + kBlock) * kLongestEscape;
    append(out, most, [&](char* at) { return put_escaped(at, text); });
  }
}

enum class Role : std::uint8_t { text, key };

// [,]"text", and the colon of a key. Nearly every string is clean, and then it is one piece of
// memory.
void append_quoted(std::string& out, bool comma, std::string_view text, Role role) {
  const std::size_t clean = literal_length(text);
  if (clean == text.size()) {
    append(out, text.size() + 4, [&](char* at) {
      if (comma) *at++ = ',';
      *at++ = '"';
      at = put(at, text);
      *at++ = '"';
      if (role == Role::key) *at++ = ':';
      return at;
    });
    return;
  }
  if (comma) out += ',';
  out += '"';
  append_escaped(out, text);
  out += '"';
  if (role == Role::key) out += ':';
}

template <class Number>
void append_number(std::string& out, Number value) {
  char text[kLongestNumber];
  const auto [end, error] = std::to_chars(text, text + kLongestNumber, value);
  GH_DCHECK(error == std::errc());
  out.append(text, end);
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

// Most of what is written is prose, so this decides what writing costs: 16 bytes at a time where
// the processor can, then 8.
std::size_t literal_length(std::string_view text) {
  const char* const bytes = text.data();
  std::size_t at = 0;
#ifdef __SSE2__
  for (; at + sizeof(__m128i) <= text.size(); at += sizeof(__m128i)) {
    __m128i piece;
    std::memcpy(&piece, bytes + at, sizeof piece);
    const unsigned mask = escapes(piece);
    if (mask != 0) return at + static_cast<std::size_t>(std::countr_zero(mask));
  }
#endif
  constexpr std::size_t kWord = 8;
  if (text.size() >= kWord) {
    while (text.size() - at >= kWord && !any_needs_escape(load(bytes + at))) at += kWord;
    // The last word overlaps what was seen before.
    if (text.size() - at < kWord && !any_needs_escape(load(bytes + text.size() - kWord))) {
      return text.size();
    }
  } else if (text.size() >= kWord / 2) {
    const std::uint64_t first = load_half(bytes);
    if (!any_needs_escape(first << 32 | load_half(bytes + text.size() - kWord / 2))) {
      return text.size();
    }
  }
  while (at < text.size() && !needs_escape(text[at])) ++at;
  return at;
}

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
  append_quoted(out_, comma_, name, Role::key);
  comma_ = false;
  return *this;
}

Writer& Writer::quoted_key(std::string_view quoted) {
  append(out_, quoted.size() + 1, [&](char* at) {
    if (comma_) *at++ = ',';
    return put(at, quoted);
  });
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
  append_quoted(out_, std::exchange(comma_, true), utf8, Role::text);
  return *this;
}

Writer& Writer::value(Value value) {
  if (!value.exists()) return null();
  copy(*this, value.node_);
  return *this;
}

}  // namespace gh::json
