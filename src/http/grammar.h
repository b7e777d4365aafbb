#pragma once
// The parts of HTTP's grammar that HTTP/1.1 and HTTP/2 share (RFC 9110, RFC 3986), narrowed to what
// an API client needs. Whatever two implementations could read differently is refused, nothing is
// normalised. Pure functions; any thread.

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "http/message.h"

namespace gh::http::grammar {

namespace detail {

constexpr char token_lower(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
  const bool token = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                     std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  return token ? c : '\0';
}

inline constexpr auto kTokenLower = [] {
  std::array<char, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = token_lower(static_cast<char>(i));
  return table;
}();

}  // namespace detail

// The lower-case form of a token character (RFC 9110 §5.6.2), 0 for every other byte.
inline char token_lower(char c) {
  return detail::kTokenLower[static_cast<unsigned char>(c)];
}
// 0x20–0x7E. Bytes from 0x80 on are refused although RFC 9110 lets a recipient keep them.
inline bool is_printable(char c) {
  return c >= 0x20 && c <= 0x7e;
}
// Printable or a tab.
inline bool is_value(char c) {
  return is_printable(c) || c == '\t';
}

// The first byte in [from, stop) that is not printable, or `stop`.
inline const char* skip_printable(const char* from, const char* stop) {
  // Eight at a time: below 0x20 a subtraction sets the top bit, at 0x7f an addition. A byte that
  // borrows or carries ends the run itself, and then they are looked at one by one.
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  for (std::uint64_t word = 0; stop - from >= 8; from += sizeof word) {
    std::memcpy(&word, from, sizeof word);
    if (((word | (word - kOnes * 0x20) | (word + kOnes)) & kOnes * 0x80) != 0) break;
  }
  while (from != stop && is_printable(*from)) ++from;
  return from;
}

bool is_token(std::string_view text);
// Only value bytes, no white space around them.
bool is_field_value(std::string_view text);

// The methods that a route can have; CONNECT and unknown tokens are none of them.
std::optional<Method> parse_method(std::string_view text);

// A body with one of these has no meaning, and servers differ in what they do with it.
bool never_has_body(Method method);

struct Target {
  std::string_view path;
  std::string_view query;  // without "?"
};
// Origin form as RequestHead describes it. The query may hold well-formed "%XX".
std::optional<Target> parse_target(std::string_view text);

// host[:port] with host a name, an IPv4 address or a bracketed IPv6 address, not empty; no user
// information, no list.
bool is_authority(std::string_view text);

// Content-Length: "0", or up to 15 digits without leading zero, so that no implementation can
// overflow, round or read octal.
std::optional<std::uint64_t> parse_length(std::string_view text);
inline constexpr std::uint64_t kMaxLength = 999'999'999'999'999;

}  // namespace gh::http::grammar
