#include "policy/weak_secret.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bitset>

#include "base/text.h"

namespace gh::policy {
namespace {

constexpr std::string_view kMakeOne = "make one: openssl rand -hex 32";

// Anywhere, without regard to case and separators. All so long that chance does not write them.
constexpr auto kTexts = std::to_array<std::string_view>({
    // To be replaced.
    "changeme",
    "changethis",
    "changeit",
    "example",
    "insertkey",
    "insertyour",
    "placeholder",
    "replaceme",
    "replacethis",
    "replacewith",
    "yourapikey",
    "yourkey",
    "yoursecret",
    "yourtoken",
    "yourvllm",
    // In the documentation of others, and made default keys by some of their users.
    "nokeyrequired",
    "notasecret",
    "supersecret",
    "tokenabc123",
    // What fingers and counters write. The last is the pepper of docs/formats/api-key.md.
    "1234567890",
    "abcdefghij",
    "deadbeef",
    "password",
    "qwerty",
    "0123456789abcdef",
    "000102030405060708090a0b0c0d0e0f",
});

// The same as words by themselves: between separators, or at an end.
constexpr auto kWords = std::to_array<std::string_view>({
    "change",
    "dummy",
    "fixme",
    "insert",
    "redacted",
    "replace",
    "sample",
    "tbd",
    "todo",
    "xxx",
    "xxxx",
    "xxxxx",
    "your",
});
constexpr std::string_view kRunOfX = "xxxxxx";

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

// Only letters, in lower case, and digits.
std::string squeezed(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (const char lower = to_lower(c); is_alphanumeric(lower)) out += lower;
  }
  return out;
}

std::string_view telling_word(std::string_view secret) {
  std::string word;
  for (std::size_t i = 0; i <= secret.size(); ++i) {
    const char c = i < secret.size() ? to_lower(secret[i]) : '\0';
    if (is_alphanumeric(c)) {
      word += c;
      continue;
    }
    if (const auto* const found = std::ranges::find(kWords, word); found != kWords.end())
      return *found;
    word.clear();
  }
  return {};
}

std::string_view telling_text(std::string_view secret) {
  const std::string text = squeezed(secret);
  for (std::string_view known : kTexts) {
    if (text.find(known) != text.npos) return known;
  }
  return text.find(kRunOfX) != text.npos ? kRunOfX : std::string_view();
}

// "<your key>", "${VLLM_API_KEY}", "{{ key }}": what a template or shell was to fill in.
bool is_template(std::string_view secret) {
  const std::size_t open = secret.find('<');
  const std::size_t close = open == secret.npos ? open : secret.find('>', open);
  return (close != secret.npos && close - open > 3) || secret.find("${") != secret.npos ||
         secret.find("{{") != secret.npos || secret.find("$(") != secret.npos;
}

// One piece over and over, or so few characters that it might as well be.
bool is_monotonous(std::string_view secret) {
  constexpr std::size_t kFewCharacters = 5;
  for (std::size_t piece = 1; piece <= secret.size() / 2; ++piece) {
    if (secret.substr(piece) == secret.substr(0, secret.size() - piece)) return true;
  }
  std::bitset<256> seen;
  for (char c : secret) seen.set(static_cast<unsigned char>(c));
  return seen.count() < kFewCharacters;
}

}  // namespace

std::string placeholder_fault(std::string_view secret) {
  std::string_view word = telling_word(secret);
  if (word.empty()) word = telling_text(secret);
  if (!word.empty()) {
    return fmt::format("is no secret but words that anybody can guess (`{}`); {}", word, kMakeOne);
  }
  if (is_template(secret)) {
    return fmt::format("is a template that was not filled in; {}", kMakeOne);
  }
  return {};
}

std::string weak_secret_fault(std::string_view secret, std::size_t least) {
  if (std::string fault = placeholder_fault(secret); !fault.empty()) return fault;
  if (secret.size() < least) {
    return fmt::format("has {} characters, which can be guessed; at least {} are needed; {}",
                       secret.size(), least, kMakeOne);
  }
  if (is_monotonous(secret)) {
    return fmt::format("repeats itself, so that it can be guessed; {}", kMakeOne);
  }
  return {};
}

}  // namespace gh::policy
