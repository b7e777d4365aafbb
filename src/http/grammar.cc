#include "http/grammar.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "net/address.h"

namespace gh::http::grammar {
namespace {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr bool is_alpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

constexpr bool any_of(std::string_view set, char c) {
  return set.find(c) != std::string_view::npos;
}

template <class Function>
constexpr auto make_table(Function function) {
  std::array<char, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = function(static_cast<char>(i));
  return table;
}

// RFC 3986 pchar without "%" and ";".
constexpr auto kPathByte = make_table(
    [](char c) -> char { return is_alpha(c) || is_digit(c) || any_of("-._~!$&'()*+,=:@/", c); });

constexpr auto kNameByte =
    make_table([](char c) -> char { return is_alpha(c) || is_digit(c) || any_of("-._", c); });

constexpr bool has(const std::array<char, 256>& table, char c) {
  return table[static_cast<unsigned char>(c)] != 0;
}

bool is_path(std::string_view path) {
  if (!path.starts_with('/')) return false;
  std::size_t segment = 1;
  for (std::size_t i = 1; i <= path.size(); ++i) {
    if (i < path.size() && path[i] != '/') {
      if (!has(kPathByte, path[i])) return false;
      continue;
    }
    const std::string_view name = path.substr(segment, i - segment);
    if (name == "." || name == "..") return false;
    if (name.empty() && i < path.size()) return false;  // "//"
    segment = i + 1;
  }
  return true;
}

bool is_query(std::string_view query) {
  for (std::size_t i = 0; i < query.size(); ++i) {
    const char c = query[i];
    if (c == '%') {
      if (query.size() - i < 3 || !is_hex(query[i + 1]) || !is_hex(query[i + 2])) return false;
      i += 2;
    } else if (!has(kPathByte, c) && c != '?' && c != ';') {
      return false;
    }
  }
  return true;
}

}  // namespace

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return token_lower(c) != 0; });
}

bool is_field_value(std::string_view text) {
  if (text.empty()) return true;
  if (any_of(" \t", text.front()) || any_of(" \t", text.back())) return false;
  return std::ranges::all_of(text, is_value);
}

std::optional<Method> parse_method(std::string_view text) {
  for (const Method method : {Method::post, Method::get, Method::head, Method::put, Method::delete_,
                              Method::options, Method::patch, Method::trace}) {
    if (same_name(text, name(method))) return method;
  }
  return std::nullopt;
}

bool never_has_body(Method method) {
  return method == Method::get || method == Method::head || method == Method::options ||
         method == Method::trace;
}

std::optional<Target> parse_target(std::string_view text) {
  Target target{.path = text, .query = {}};
  if (const std::size_t mark = text.find('?'); mark != std::string_view::npos) {
    target = {.path = text.substr(0, mark), .query = text.substr(mark + 1)};
  }
  if (!is_path(target.path) || !is_query(target.query)) return std::nullopt;
  return target;
}

bool is_authority(std::string_view text) {
  if (text.empty() || text.size() > 255) return false;
  std::size_t host_size = 0;
  if (text.front() == '[') {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return false;
    host_size = close + 1;
    if (!net::Address::parse_ip(text.substr(0, host_size))) return false;
  } else {
    while (host_size < text.size() && has(kNameByte, text[host_size])) ++host_size;
    if (host_size == 0) return false;
  }
  if (host_size == text.size()) return true;
  if (text[host_size] != ':') return false;
  const std::string_view port = text.substr(host_size + 1);
  if (port.empty() || port.size() > 5 || !std::ranges::all_of(port, is_digit)) return false;
  unsigned number = 0;
  for (const char c : port) number = number * 10 + static_cast<unsigned>(c - '0');
  return number <= 65535;
}

std::optional<std::uint64_t> parse_length(std::string_view text) {
  if (text.empty() || text.size() > 15 || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  if (text.front() == '0' && text.size() > 1) return std::nullopt;
  std::uint64_t length = 0;
  for (const char c : text) length = length * 10 + static_cast<std::uint64_t>(c - '0');
  return length;
}

}  // namespace gh::http::grammar
