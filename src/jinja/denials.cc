#include "jinja/denials.h"

#include <algorithm>
#include <array>

namespace gh::jinja {

namespace {

constexpr std::size_t kReach = 12;  // words

constexpr auto kNot =
    std::to_array<std::string_view>({"not", "never", "cannot", "nor", "nobody", "unable"});
// Of "no": "under no circumstances"; of "no matter" and "no problem" nothing.
constexpr auto kOfNo = std::to_array<std::string_view>(
    {"circumstance*", "condition*", "account", "case", "one", "user*", "event", "reason", "way",
     "situation*", "request*", "message*"});
// After "not" and "never": idioms that forbid nothing.
constexpr auto kIdioms = std::to_array<std::string_view>({"mind", "only", "just", "merely"});
// What undoes a negation before it, and is one where there is none.
constexpr auto kUndoing = std::to_array<std::string_view>(
    {"hesitat*",  "afraid",    "fail",   "fails",   "forget",   "refuse*", "refusing",
     "decline*",  "declining", "avoid*", "resist*", "refrain*", "stop",    "neglect",
     "reluctan*", "shy",       "scared", "worry",   "reject*",  "prevent*"});
constexpr auto kTurns = std::to_array<std::string_view>(
    {"but", "so", "instead", "rather", "therefore", "thus", "hence", "because", "since"});
constexpr auto kAfterAnd = std::to_array<std::string_view>(
    {"you", "then", "instead", "always", "simply", "just", "please", "must", "also"});
constexpr auto kOr = std::to_array<std::string_view>({"or", "nor"});
constexpr auto kAsides = std::to_array<std::string_view>({"under", "for", "in", "at", "even"});
constexpr auto kOfAsides = std::to_array<std::string_view>({"any", "no", "if", "when", "all"});
// Somebody does it: "asks", where one who is told to would "ask".
constexpr auto kThird = std::to_array<std::string_view>(
    {"asks",      "asking",      "asked",       "attempts", "attempting", "attempted",  "tries",
     "trying",    "tells",       "telling",     "told",     "requests",   "requesting", "requested",
     "instructs", "instructing", "instructed",  "wants",    "wanting",    "demands",    "demanding",
     "urges",     "urging",      "says",        "saying",   "claims",     "claiming",   "tricks",
     "convinces", "persuades",   "manipulates", "prompts",  "prompting",  "designed",   "intended",
     "aimed",     "aiming",      "commands",    "orders",   "begs",       "forces",     "makes",
     "gets",      "pressures",   "encourages"});
constexpr auto kBare =
    std::to_array<std::string_view>({"ask", "attempt", "try", "tell", "request", "want", "instruct",
                                     "say", "demand", "trick", "convince", "seek"});
constexpr auto kAlways = std::to_array<std::string_view>(
    {"attempt", "attempts", "attempting", "tries", "requests", "designed", "intended", "aimed"});
constexpr auto kSomebody = std::to_array<std::string_view>(
    {"if",       "when",  "whenever", "any",       "anyone",  "someone",   "anybody",
     "somebody", "user*", "human*",   "person",    "people",  "customer*", "attacker*",
     "who",      "they",  "messages", "documents", "prompts", "others",    "adversar*"});
// Between "asks" and what is asked for.
constexpr auto kBetween = std::to_array<std::string_view>(
    {"to",     "you",       "the",      "model",  "assistant",  "ai",       "it",      "make",
     "makes",  "into",      "that",     "should", "must",       "get",      "have",    "has",
     "force",  "let",       "simply",   "just",   "completely", "them",     "chatbot", "bot",
     "me",     "by",        "a",        "an",     "user",       "users",    "anyone",  "someone",
     "trick",  "convince",  "persuade", "or",     "and",        "override", "bypass",  "ignore",
     "forget", "disregard", "reveal",   "prompt"});
constexpr auto kQuoting =
    std::to_array<std::string_view>({"say*", "phrase*", "such", "like", "message*", "attempt*",
                                     "contain*", "request*", "command*", "ask*", "prompts"});

bool is_negation(std::span<const Word> words, std::size_t at) {
  const std::string_view word = words[at].text;
  const std::string_view next = at + 1 < words.size() ? words[at + 1].text : std::string_view();
  if (word == "no") return is_any(next, kOfNo);
  if (word == "without") return is_any(next, kUndoing);
  if (!is_any(word, kNot) && !word.ends_with("n't") && !word.ends_with("n’t")) return false;
  const std::string_view before = at > 0 ? words[at - 1].text : std::string_view();
  return !is_any(next, kIdioms) && before != "why" && before != "or";
}

// "Why not", "not only" and "no matter" aside: whether a negation at `from` reaches over commas.
bool reaches(std::span<const Word> words, std::size_t from, std::size_t at) {
  std::size_t comma = from;
  while (comma < at && !words[comma].comma) ++comma;
  if (comma == at) return true;
  // "Never reveal, ignore or change"
  if (is_any(words[at - 1].text, kOr)) return true;
  for (std::size_t i = at + 1; i < std::min(words.size(), at + 3); ++i)
    if (is_any(words[i].text, kOr)) return true;
  // "Never, under any circumstances, ignore"
  return words[at - 1].comma && comma + 2 < at && is_any(words[comma + 1].text, kAsides) &&
         is_any(words[comma + 2].text, kOfAsides);
}

// "If a user asks you to": `at` is that word, and `end` what is asked for.
bool tells_of_somebody(std::span<const Word> words, std::size_t at, std::size_t end) {
  const bool third = is_any(words[at].text, kThird);
  if (!third && !is_any(words[at].text, kBare)) return false;
  for (std::size_t i = at; i < end; ++i)
    if (words[i].comma ||
        (i > at && !is_any(words[i].text, kBetween) && !is_any(words[i].text, kThird)))
      return false;
  if (is_any(words[at].text, kAlways)) return true;
  for (std::size_t back = 0; back < kReach && at > 0; ++back) {
    const Word& word = words[--at];
    if (word.halts || (word.comma && !third)) return false;
    if (is_any(word.text, kSomebody)) return true;
  }
  return false;
}

bool is_cited(std::span<const Word> words, std::size_t at) {
  if (!words[at].quoted) return false;
  for (std::size_t back = 0; back < kReach && at > 0; ++back) {
    if (words[--at].ends) return false;
    if (is_any(words[at].text, kQuoting)) return true;
  }
  return false;
}

}  // namespace

bool is_forbidden(std::span<const Word> words, std::size_t at) {
  if (is_cited(words, at)) return true;
  bool undone = false;  // by a word between it and what denies
  std::size_t k = at;
  for (std::size_t back = 0; back < kReach && k > 0; ++back) {
    const Word& word = words[--k];
    if (word.halts) break;
    if (tells_of_somebody(words, k, at)) return true;
    if (is_any(word.text, kTurns)) break;
    if (word.text == "and" && (k + 1 == at || is_any(words[k + 1].text, kAfterAnd)) &&
        !is_any(words[k - (k > 0 ? 1 : 0)].text, kOr))
      break;
    const bool denies = is_negation(words, k) && reaches(words, k, at);
    if (denies) return !undone;
    undone = undone || (is_any(word.text, kUndoing) && reaches(words, k, at));
  }
  return undone;
}

}  // namespace gh::jinja
