#include "policy/weak_secret.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <span>
#include <vector>

#include "base/text.h"

namespace gh::policy {
namespace {

using Texts = std::span<const std::string_view>;

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
    "xxxxxx",
    // In the documentation of others, and made default keys by some of their users.
    "nokeyrequired",
    "notasecret",
    "tokenabc123",
});

// The same, of what fingers and counters write. The last is the pepper of docs/formats/api-key.md.
constexpr auto kEasyTexts = std::to_array<std::string_view>({
    "supersecret",
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
constexpr std::string_view kCounted = "1234567890";

// What the documentation of vLLM, LiteLLM, llama.cpp, Ollama, LM Studio, LangChain and of what is
// built on them writes where a key has to be, in pieces: "EMPTY", "sk-1234", "test-token",
// "lm-studio", "sk-no-key-required", "not-needed". A secret of nothing but these is no secret,
// however they are put together, with separators or without.
constexpr auto kPieces = std::to_array<std::string_view>({
    "abc",        "abcd",      "abcdef",   "access",     "admin",     "ai",     "any",
    "anything",   "api",       "auth",     "bar",        "baz",       "bearer", "bogus",
    "chat",       "client",    "cpp",      "credential", "default",   "demo",   "dev",
    "dummy",      "empty",     "fake",     "foo",        "gateway",   "gpt",    "hello",
    "here",       "hf",        "id",       "ignored",    "internal",  "is",     "key",
    "keys",       "langchain", "lite",     "llama",      "llm",       "lm",     "local",
    "localai",    "localhost", "master",   "me",         "mock",      "model",  "my",
    "na",         "needed",    "nil",      "no",         "none",      "not",    "nothing",
    "null",       "ollama",    "only",     "open",       "openai",    "pass",   "prod",
    "production", "proxy",     "random",   "required",   "root",      "secret", "server",
    "service",    "sglang",    "sk",       "some",       "something", "string", "studio",
    "super",      "test",      "testing",  "text",       "tgi",       "the",    "this",
    "token",      "undefined", "unused",   "used",       "user",      "value",  "vllm",
    "void",       "welcome",   "whatever", "world",      "xyz",
});

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z');
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

std::string_view telling_text(std::string_view secret, Texts texts) {
  const std::string text = squeezed(secret);
  for (std::string_view known : texts) {
    if (text.find(known) != text.npos) return known;
  }
  return {};
}

// How much of `text`, from its beginning, is a number that people add: a year, a port, "1234567".
// Anything longer may have been made by chance.
std::size_t telling_digits(std::string_view text) {
  constexpr std::size_t kFewDigits = 4;
  const std::size_t size = std::min(text.find_first_not_of("0123456789"), text.size());
  return size <= kFewDigits || kCounted.starts_with(text.substr(0, size)) ? size : 0;
}

// The first of the pieces that make up all of `secret`; "" when something else is in it.
std::string_view telling_pieces(std::string_view secret) {
  const std::string text = squeezed(secret);
  std::vector<bool> reached(text.size() + 1);  // all up to here is pieces
  reached[0] = true;
  std::string_view first;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!reached[at]) continue;
    const std::string_view rest = std::string_view(text).substr(at);
    // The whole of a number: a part of one says nothing.
    if (at == 0 || !is_digit(text[at - 1])) reached[at + telling_digits(rest)] = true;
    for (const Texts pieces : {Texts(kPieces), Texts(kEasyTexts)}) {
      for (std::string_view piece : pieces) {
        if (!rest.starts_with(piece)) continue;
        reached[at + piece.size()] = true;
        if (first.empty()) first = piece;
      }
    }
  }
  if (text.empty() || !reached[text.size()]) return {};
  return first.empty() ? kCounted : first;
}

// "<your key>", "${VLLM_API_KEY}", "{{ key }}": what a template or shell was to fill in.
bool is_template(std::string_view secret) {
  const std::size_t open = secret.find('<');
  const std::size_t close = open == secret.npos ? open : secret.find('>', open);
  return (close != secret.npos && close - open > 3) || secret.find("${") != secret.npos ||
         secret.find("{{") != secret.npos || secret.find("$(") != secret.npos;
}

// The length of the piece that it is, over and over: its own when it is not.
std::size_t period(std::string_view secret) {
  for (std::size_t piece = 1; piece <= secret.size() / 2; ++piece) {
    if (secret.substr(piece) == secret.substr(0, secret.size() - piece)) return piece;
  }
  return secret.size();
}

// So few characters that it might as well be one over and over.
bool is_monotonous(std::string_view secret) {
  constexpr std::size_t kFewCharacters = 5;
  std::bitset<256> seen;
  for (char c : secret) seen.set(static_cast<unsigned char>(c));
  return seen.count() < kFewCharacters;
}

std::string word_fault(std::string_view word) {
  if (word.empty()) return {};
  return fmt::format("is no secret but words that anybody can guess (`{}`); {}", word, kMakeOne);
}

std::string words_fault(std::string_view secret) {
  std::string_view word = telling_word(secret);
  if (word.empty()) word = telling_text(secret, kTexts);
  if (word.empty() && is_template(secret)) {
    return fmt::format("is a template that was not filled in; {}", kMakeOne);
  }
  return word_fault(word.empty() ? telling_pieces(secret) : word);
}

// `piece` is the length from which on something may be there twice.
std::string length_fault(std::string_view secret, std::size_t least, std::size_t piece) {
  if (secret.size() < least) {
    return fmt::format("has {} characters, which can be guessed; at least {} are needed; {}",
                       secret.size(), least, kMakeOne);
  }
  if (period(secret) < std::min(piece, secret.size()) || is_monotonous(secret)) {
    return fmt::format("repeats itself, so that it can be guessed; {}", kMakeOne);
  }
  return {};
}

}  // namespace

std::string no_secret_fault(std::string_view secret) {
  const std::string fault = words_fault(secret);
  return fault.empty() ? length_fault(secret, kLeastSecret, kLeastSecret) : fault;
}

std::string weak_secret_fault(std::string_view secret, std::size_t least) {
  std::string fault = words_fault(secret);
  if (fault.empty()) fault = word_fault(telling_text(secret, kEasyTexts));
  return fault.empty() ? length_fault(secret, least, secret.size()) : fault;
}

}  // namespace gh::policy
