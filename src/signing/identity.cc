#include "signing/identity.h"

#include <utility>

namespace gh::signing {
namespace {

using Kind = crypto::Identity::Kind;

constexpr std::pair<std::string_view, Kind> kWords[] = {
    {"email:", Kind::email},
    {"dns:", Kind::dns},
    {"uri:", Kind::uri},
    {"cn:", Kind::common_name},
};

Kind by_form(std::string_view text) {
  if (text.contains("://")) return Kind::uri;
  if (text.contains('@')) return Kind::email;
  if (text.contains('.')) return Kind::dns;
  return Kind::common_name;
}

}  // namespace

crypto::Identity parse_identity(std::string_view text) {
  for (const auto& [word, kind] : kWords) {
    if (text.starts_with(word)) return {kind, std::string(text.substr(word.size()))};
  }
  return {by_form(text), std::string(text)};
}

std::string text_of(const crypto::Identity& identity) {
  if (parse_identity(identity.text) == identity) return identity.text;
  std::string_view word;
  for (const auto& [each, kind] : kWords) {
    if (kind == identity.kind) word = each;
  }
  return std::string(word) + identity.text;
}

}  // namespace gh::signing
