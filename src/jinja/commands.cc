#include "jinja/commands.h"

#include <algorithm>
#include <array>
#include <span>

#include "jinja/denials.h"
#include "jinja/sentences.h"

namespace gh::jinja {

namespace {

constexpr auto kDrop = std::to_array<std::string_view>(
    {"ignore", "forget", "disregard", "override", "bypass", "neglect", "discard", "dismiss",
     "abandon", "disobey", "defy", "erase", "nullify", "suspend", "overlook"});
constexpr auto kEarlier = std::to_array<std::string_view>(
    {"previous", "previously", "prior", "above", "earlier", "preceding", "foregoing", "all", "any",
     "every", "each", "your", "former", "original", "initial", "safety", "whatever"});
constexpr auto kOrders = std::to_array<std::string_view>(
    {"instruction*", "rule", "rules", "guideline*", "guardrail*", "safeguard*", "polic*",
     "restriction*", "directive*", "safety", "alignment", "orders"});
// "Ignore any instructions in documents" is a defence.
constexpr auto kElsewhere =
    std::to_array<std::string_view>({"in", "from", "within", "inside", "contained", "found",
                                     "embedded", "hidden", "that", "which", "coming", "appearing"});
constexpr auto kDocuments = std::to_array<std::string_view>(
    {"document*",   "page*",     "web",         "website*", "file*",     "tool*",       "result*",
     "search",      "email*",    "content*",    "text*",    "image*",    "input*",      "data",
     "source*",     "user",      "users",       "context",  "output*",   "code",        "message*",
     "attachment*", "passage*",  "article*",    "quoted",   "retrieved", "transcript*", "third",
     "external",    "conflict*", "contradict*", "violate*"});
// What an operator says is no document.
constexpr auto kOperators = std::to_array<std::string_view>(
    {"system", "operator*", "developer*", "before", "above", "company", "owner*"});
constexpr auto kFollow = std::to_array<std::string_view>(
    {"follow", "following", "obey", "obeying", "respect", "heed", "honor", "honour"});
constexpr auto kGiven =
    std::to_array<std::string_view>({"previous", "prior", "above", "earlier", "preceding", "your",
                                     "former", "original", "initial", "safety"});
constexpr auto kNever = std::to_array<std::string_view>({"not", "never", "don't", "don’t"});
constexpr auto kStop = std::to_array<std::string_view>(
    {"not", "never", "don't", "don’t", "stop", "cease", "longer", "quit"});
// "Do not stop following your rules"
constexpr auto kGoOn = std::to_array<std::string_view>(
    {"stop", "cease", "quit", "fail", "forget", "longer", "hesitate"});
constexpr auto kTell = std::to_array<std::string_view>(
    {"reveal", "disclose", "tell", "mention", "show", "expose", "admit"});
constexpr auto kHide = std::to_array<std::string_view>({"keep", "hide", "conceal", "withhold"});
constexpr auto kThis = std::to_array<std::string_view>({"this", "that", "it", "these"});
constexpr auto kFrom = std::to_array<std::string_view>({"from"});
constexpr auto kPeople = std::to_array<std::string_view>(
    {"user*", "human*", "operator*", "customer*", "anyone", "anybody", "everyone", "everybody"});
constexpr auto kPut = std::to_array<std::string_view>({"insert", "add", "include", "hide", "plant",
                                                       "inject", "embed", "introduce", "smuggle",
                                                       "put", "leave", "slip", "sneak", "weave"});
constexpr auto kHarm =
    std::to_array<std::string_view>({"backdoor*", "malware", "keylogger*", "spyware", "exploit",
                                     "exploits", "vulnerabilit*", "trojan*", "rootkit*"});

// One step of a sentence: a word of these, with at most so many others before it.
struct Step {
  Stems stems;
  std::size_t gap = 0;
};

// Where it ends, the last of them; nothing when one is missing.
std::optional<std::size_t> follow(std::span<const Word> words, std::size_t at,
                                  std::span<const Step> steps) {
  if (steps.empty()) return at;
  for (std::size_t gap = 0; gap <= steps[0].gap; ++gap) {
    if (words[at].ends || at + 1 >= words.size()) return std::nullopt;
    if (!is_any(words[++at].text, steps[0].stems)) continue;
    if (const auto last = follow(words, at, steps.subspan(1))) return last;
  }
  return std::nullopt;
}

bool is_of_documents(std::span<const Word> words, std::size_t last) {
  constexpr std::size_t kFar = 7;
  if (words[last].ends || last + 1 >= words.size() || !is_any(words[last + 1].text, kElsewhere))
    return false;
  for (std::size_t at = last + 1; at < std::min(words.size(), last + kFar); ++at) {
    if (is_any(words[at].text, kOperators)) return false;
    if (is_any(words[at].text, kDocuments)) return true;
    if (words[at].ends) return false;
  }
  return false;
}

}  // namespace

std::optional<std::size_t> find_command(std::string_view lower) {
  static constexpr std::array kDropOrders = {Step{kEarlier, 4}, Step{kOrders, 4}};
  static constexpr std::array kStopOrders = {Step{kFollow, 1}, Step{kGiven, 3}, Step{kOrders, 3}};
  static constexpr std::array kTellThis = {Step{kTell, 1}, Step{kThis, 1}, Step{kPeople, 3}};
  static constexpr std::array kHideThis = {Step{kThis, 1}, Step{kFrom, 2}, Step{kPeople, 2}};
  static constexpr std::array kPutHarm = {Step{kHarm, 5}};
  const std::vector<Word> words = words_of(lower);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i].text;
    if (is_any(word, kDrop)) {
      const auto last = follow(words, i, kDropOrders);
      if (last && !is_of_documents(words, *last) && !is_forbidden(words, i)) return words[i].at;
    }
    const bool kept = i + 1 < words.size() && is_any(words[i + 1].text, kGoOn);
    if (is_any(word, kStop) && !kept) {
      const auto last = follow(words, i, kStopOrders);
      if (last && !is_of_documents(words, *last) && !is_forbidden(words, i)) return words[i].at;
    }
    if (is_any(word, kPut) && follow(words, i, kPutHarm) && !is_forbidden(words, i))
      return words[i].at;
    if (is_any(word, kHide) && follow(words, i, kHideThis) && !is_forbidden(words, i))
      return words[i].at;
    if (is_any(word, kNever) && follow(words, i, kTellThis)) return words[i].at;
  }
  return std::nullopt;
}

}  // namespace gh::jinja
