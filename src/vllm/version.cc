#include "vllm/version.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace gh::vllm {
namespace {

constexpr int kCandidates = 1000;

// Takes a decimal number without leading zeros from the front of `text`.
std::optional<int> take_number(std::string_view& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const auto size = static_cast<std::size_t>(end - text.data());
  if (error != std::errc{} || text.front() == '-') return std::nullopt;
  if (text.front() == '0' && size > 1) return std::nullopt;
  text.remove_prefix(size);
  return value;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// PEP 440: what follows the "+" of a local version.
bool is_build_label(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '.';
  });
}

}  // namespace

std::string Version::text() const {
  std::string out = fmt::format("{}.{}.{}", major, minor, patch);
  if (fix > 0) out += fmt::format(".{}", fix);
  if (post > 0) out += fmt::format(".post{}", post);
  if (post < 0) out += fmt::format("rc{}", post + kCandidates);
  return out;
}

std::optional<Version> parse_version(std::string_view text) {
  take(text, "v");
  if (const auto plus = text.find('+'); plus != std::string_view::npos) {
    if (!is_build_label(text.substr(plus + 1))) return std::nullopt;
    text = text.substr(0, plus);
  }
  const auto major = take_number(text);
  if (!major || !take(text, ".")) return std::nullopt;
  const auto minor = take_number(text);
  if (!minor || !take(text, ".")) return std::nullopt;
  const auto patch = take_number(text);
  if (!patch) return std::nullopt;
  Version version{.major = *major, .minor = *minor, .patch = *patch};
  if (text.size() > 1 && text[0] == '.' && text[1] != 'p') {
    text.remove_prefix(1);
    const auto fix = take_number(text);
    if (!fix || *fix < 1) return std::nullopt;
    version.fix = *fix;
  }
  if (text.empty()) return version;

  const bool candidate = take(text, "rc");
  if (!candidate && !take(text, ".post")) return std::nullopt;
  const auto number = take_number(text);
  if (!number || *number < 1 || *number >= kCandidates || !text.empty()) return std::nullopt;
  version.post = candidate ? *number - kCandidates : *number;
  return version;
}

}  // namespace gh::vllm
