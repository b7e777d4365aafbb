#include "jinja/commands.h"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "jinja/characters.h"

namespace gh::jinja {

namespace {

struct Word {
  std::string_view text;
  std::size_t at = 0;
  bool ends = false;  // a sentence ends behind it
};

std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && (is_letter(text[end]) || text[end] == '\'')) ++end;
    if (end > at) {
      words.push_back({text.substr(at, end - at), at});
      at = end;
      continue;
    }
    if (!words.empty() && std::string_view(".!?:;\n{}<>|[]").contains(text[at]))
      words.back().ends = true;
    ++at;
  }
  return words;
}

using Stems = std::span<const std::string_view>;

// A stem that ends with '*' stands for every word that begins like it.
bool is_any(std::string_view word, Stems stems) {
  return std::ranges::any_of(stems, [&](std::string_view stem) {
    return stem.ends_with('*') ? word.starts_with(stem.substr(0, stem.size() - 1)) : word == stem;
  });
}

constexpr auto kDrop = std::to_array<std::string_view>(
    {"ignore", "forget", "disregard", "override", "bypass", "neglect"});
constexpr auto kEarlier = std::to_array<std::string_view>(
    {"previous", "prior", "above", "earlier", "preceding", "foregoing", "all", "any", "every",
     "your", "former", "original", "safety"});
constexpr auto kOrders = std::to_array<std::string_view>(
    {"instruction*", "rule", "rules", "guideline*", "guardrail*", "safeguard*", "polic*",
     "restriction*", "directive*", "safety", "alignment"});
constexpr auto kNegations = std::to_array<std::string_view>(
    {"not", "never", "don't", "can't", "cannot", "won't", "mustn't", "shouldn't", "refuse*",
     "decline*", "avoid*", "without", "no", "nor", "asks", "attempt*", "tries", "trying"});
// "Ignore any instructions in documents" is a defence.
constexpr auto kElsewhere = std::to_array<std::string_view>(
    {"in", "from", "within", "inside", "contained", "found", "embedded", "hidden"});
constexpr auto kNever = std::to_array<std::string_view>({"not", "never", "don't"});
constexpr auto kTell = std::to_array<std::string_view>(
    {"reveal", "disclose", "tell", "mention", "show", "expose", "admit"});
constexpr auto kThis = std::to_array<std::string_view>({"this", "that", "it", "these"});
constexpr auto kPeople = std::to_array<std::string_view>(
    {"user*", "human*", "operator*", "customer*", "anyone", "anybody"});
constexpr auto kPut =
    std::to_array<std::string_view>({"insert", "add", "include", "hide", "plant", "inject", "embed",
                                     "introduce", "smuggle", "put"});
constexpr auto kHarm =
    std::to_array<std::string_view>({"backdoor*", "malware", "keylogger*", "spyware", "exploit",
                                     "exploits", "vulnerabilit*", "trojan*"});

// One step of a sentence: a word of these, with at most so many others before it.
struct Step {
  Stems stems;
  std::size_t gap = 0;
};

// Where it ends, the last of them; nothing when one is missing.
std::optional<std::size_t> follow(std::span<const Word> words, std::size_t at,
                                  std::span<const Step> steps) {
  for (const Step& step : steps) {
    bool found = false;
    for (std::size_t gap = 0; gap <= step.gap && !found; ++gap) {
      if (words[at].ends || at + 1 >= words.size()) return std::nullopt;
      found = is_any(words[++at].text, step.stems);
    }
    if (!found) return std::nullopt;
  }
  return at;
}

bool is_of_documents(std::span<const Word> words, std::size_t last) {
  return !words[last].ends && last + 1 < words.size() && is_any(words[last + 1].text, kElsewhere);
}

// Whether the words before, in the same sentence, forbid it or speak of somebody else who does it.
// "You must now ignore" has none of them.
bool is_forbidden(std::span<const Word> words, std::size_t at) {
  constexpr std::size_t kReach = 8;
  for (std::size_t back = 0; back < kReach && at > 0; ++back) {
    if (words[--at].ends) return false;
    if (is_any(words[at].text, kNegations)) return true;
  }
  return false;
}

}  // namespace

std::optional<std::size_t> find_command(std::string_view lower) {
  static constexpr std::array kDropOrders = {Step{kEarlier, 3}, Step{kOrders, 3}};
  static constexpr std::array kTellThis = {Step{kTell, 1}, Step{kThis, 1}, Step{kPeople, 3}};
  static constexpr std::array kPutHarm = {Step{kHarm, 4}};
  const std::vector<Word> words = words_of(lower);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i].text;
    if (is_any(word, kDrop)) {
      const auto last = follow(words, i, kDropOrders);
      if (last && !is_of_documents(words, *last) && !is_forbidden(words, i)) return words[i].at;
    }
    if (is_any(word, kPut) && follow(words, i, kPutHarm) && !is_forbidden(words, i))
      return words[i].at;
    if (is_any(word, kNever) && follow(words, i, kTellThis)) return words[i].at;
  }
  return std::nullopt;
}

}  // namespace gh::jinja
