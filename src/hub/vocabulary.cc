#include "hub/vocabulary.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/text.h"
#include "hub/lines.h"
#include "hub/tokenizer_rules.h"
#include "hub/tokenizer_text.h"
#include "jinja/wording.h"

namespace gh::hub {

namespace {

constexpr std::size_t kQuoted = 64;

std::string quoted(std::string_view token) {
  return fmt::format("\"{}\"", escape(token, kQuoted));
}

// "token", separator, decimal id; nothing when the line has another form.
struct Rank {
  std::string_view token;
  std::uint64_t id = 0;
};
std::optional<Rank> rank(std::string_view line) {
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || space == 0) return std::nullopt;
  Rank out{line.substr(0, space), 0};
  const std::string_view digits = line.substr(space + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out.id);
  const bool base64 = std::ranges::all_of(out.token, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/' || c == '=';
  });
  // "=" alone is an empty token to Python's decoder; Whisper's ranks end with it.
  const bool whole = out.token.size() % 4 == 0 || out.token == "=";
  if (error != std::errc() || end != digits.data() + digits.size() || !base64 || !whole)
    return std::nullopt;
  return out;
}

}  // namespace

std::optional<std::uint64_t> token_id(const Input& input, std::string_view token, json::Value id) {
  const auto number = id.is_integer() ? id.int64() : std::nullopt;
  if (number && *number >= 0 && static_cast<std::uint64_t>(*number) <= kHighestId)
    return static_cast<std::uint64_t>(*number);
  input.add(rule::kBadId, fmt::format("the id of {}", quoted(token)), token);
  return std::nullopt;
}

void Vocabulary::add(std::string_view token, std::uint64_t id) {
  ++base_;
  highest_ = std::max(highest_.value_or(0), id);
  highest_base_ = std::max(highest_base_.value_or(0), id);
  if (!ids_.emplace(token, id).second)
    input_.add(rule::kSharedToken, fmt::format("the token {}", quoted(token)), token);
  const auto [known, fresh] = tokens_.emplace(id, token);
  if (!fresh && known->second != token)
    input_.add(rule::kSharedId,
               fmt::format("{} is {} and {}", id, quoted(known->second), quoted(token)), token);
}

void Vocabulary::add_added(std::string_view token, std::uint64_t id) {
  highest_ = std::max(highest_.value_or(0), id);
  const auto* before = ids_.find(token);
  if (before != nullptr && before->second != id)
    input_.add(rule::kMovedToken,
               fmt::format("{} is {}, and {} as an added token", quoted(token), before->second, id),
               token);
  const auto* taken = tokens_.find(id);
  if (taken != nullptr && taken->second != token)
    input_.add(
        rule::kTakenId,
        fmt::format("{} is {}, and {} as an added token", id, quoted(taken->second), quoted(token)),
        token);
  if (!added_.emplace(token, id).second)
    input_.add(rule::kSharedToken, fmt::format("the added token {}", quoted(token)), token);
  ids_.emplace(token, id);
  tokens_.emplace(id, token);
}

void Vocabulary::add(std::string_view token, json::Value id, bool added) {
  const auto number = token_id(input_, token, id);
  if (!number) return;
  if (added)
    add_added(token, *number);
  else
    add(token, *number);
}

std::optional<std::uint64_t> Vocabulary::id_of(std::string_view token) const {
  const auto* known = ids_.find(token);
  return known == nullptr ? std::nullopt : std::optional(known->second);
}

bool Vocabulary::is_special(std::string_view token) const {
  return added_.contains(token) && !ordinary_.contains(token);
}

void Vocabulary::note(bool all_added) const {
  DocumentFacts& facts = input_.facts;
  facts.highest_id = std::max(facts.highest_id, highest_);
  if (!all_added) facts.highest_base = std::max(facts.highest_base, highest_base_);
  if (base_ > 0) facts.base_tokens = std::max(facts.base_tokens.value_or(0), base_);
}

void check_special(const Input& input, std::string_view token, bool special) {
  if (jinja::mentions_dunder(token)) input.add(rule::kPythonToken, quoted(token), token);
  if (special && is_plain_word(token)) input.add(rule::kSpecialWord, quoted(token), token);
}

void examine_vocabulary(const Input& input, json::Value root) {
  Vocabulary vocabulary(input);
  const bool added = input.name == "added_tokens.json";
  for (const auto [token, id] : root.members()) {
    // Of speech models, one for each language: {"eng": {"a": 5, …}, …}.
    if (id.is_object() && !added) {
      Vocabulary language(input);
      for (const auto [letter, place] : id.members()) language.add(letter, place, false);
      language.note();
      continue;
    }
    vocabulary.add(token, id, false);
    if (added) check_special(input, token, false);
  }
  vocabulary.note(added);
}

void examine_vocabulary_text(const Input& input) {
  Vocabulary vocabulary(input);
  std::uint64_t id = 0;
  for_each_line(input.text, [&](std::string_view line) { vocabulary.add(line, id++); });
  vocabulary.note();
}

bool looks_like_ranks(std::string_view text) {
  std::size_t lines = 0;
  bool all = true;
  for_each_line(text.substr(0, 4096), [&](std::string_view line) {
    // The last line of the beginning may be cut.
    if (lines++ < 8) all = all && rank(line).has_value();
  });
  return all && lines > 0;
}

void examine_ranks(const Input& input) {
  Vocabulary vocabulary(input);
  std::size_t number = 0;
  for_each_line(input.text, [&](std::string_view line) {
    ++number;
    if (line.empty()) return;
    const auto found = rank(line);
    if (!found)
      input.add(rule::kBroken, fmt::format("line {} is no token with its rank", number), line);
    else if (found->id > kHighestId)
      input.add(rule::kBadId, fmt::format("the rank on line {}", number), line);
    else
      vocabulary.add(found->token, found->id);
  });
  vocabulary.note();
}

}  // namespace gh::hub
