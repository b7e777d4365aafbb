#include "hub/token_comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/siphash.h"
#include "base/text.h"
#include "hub/flat_map.h"
#include "hub/merges.h"
#include "hub/tokenizer_rules.h"
#include "hub/tokenizer_text.h"

namespace gh::hub {

namespace {

std::string quoted(std::string_view token) {
  return fmt::format("\"{}\"", escape(token, 64));
}

// Keyed with a secret: whoever writes the files cannot choose what collides.
struct Hash {
  SipKey key = random_sip_key();
  std::size_t operator()(std::string_view text) const { return siphash(key, text); }
  std::size_t operator()(std::uint64_t id) const {
    return siphash(key, {reinterpret_cast<const char*>(&id), sizeof id});
  }
};

struct Place {
  const TokenFile* file;
  const Token* token;
};

// The tokens of several files, each text and each id as the first of them has it. Files outlive it.
class Index {
 public:
  void add(const TokenFile& file) {
    for (const Token& token : file.tokens) {
      const Place place{&file, &token};
      const auto [at, fresh] = by_text_.emplace(token.text, place);
      // An added token of the vocabulary: only the second place says whether it is special.
      if (!fresh && at->second.token->id == token.id && !at->second.token->special)
        at->second = place;
      by_id_.emplace(token.id, place);
    }
  }

  const Place* of_text(std::string_view text) const { return find(by_text_, text); }

  // What has the same text or the same id, and not both. A moved token differs in two ways, and is
  // one difference.
  const Place* against(const Token& token) const {
    const Place* const same = of_text(token.text);
    if (same == nullptr) return find(by_id_, token.id);
    return same->token->id == token.id ? nullptr : same;
  }

 private:
  template <class Map, class Key>
  static const Place* find(const Map& map, Key key) {
    const auto* const entry = map.find(key);
    return entry == nullptr ? nullptr : &entry->second;
  }

  Hash hash_;
  FlatMap<std::string_view, Place, Hash> by_text_{hash_};
  FlatMap<std::uint64_t, Place, Hash> by_id_{hash_};
};

// "<s>" is 1 in tokenizer.json and 5 in added_tokens.json; 5 is "a" in … and "b" in …
std::string difference(const Place& one, const Place& other, std::string_view owner) {
  const std::string where = fmt::format("{}{}", owner, other.file->name);
  if (one.token->text == other.token->text)
    return fmt::format("{} is {} in {} and {} in {}", quoted(one.token->text), one.token->id,
                       one.file->name, other.token->id, where);
  return fmt::format("{} is {} in {} and {} in {}", one.token->id, quoted(one.token->text),
                     one.file->name, quoted(other.token->text), where);
}

// Whether that was said. `owner`: of the files in the index.
bool check_special(const TokenFile& file, const Token& token, const Index& index,
                   std::string_view owner, findings::Examination& examination) {
  const Place* const other = index.of_text(token.text);
  if (other == nullptr || !token.special || !other->token->special ||
      *token.special == *other->token->special)
    return false;
  const bool here = *token.special;
  const std::string theirs = fmt::format("{}{}", owner, other->file->name);
  examination.add(rule::kSpecialDiffers,
                  fmt::format("{} is special in {} and ordinary in {}", quoted(token.text),
                              here ? file.name : theirs, here ? theirs : file.name),
                  {.evidence = token.text});
  return true;
}

// A word of the vocabulary that begins or ends texts: it is no word any more.
bool is_ordinary_end(std::string_view role, const Token& token) {
  return (role == "bos_token" || role == "eos_token" || role == "pad_token") &&
         !token.special.value_or(false) && holds_letter(token.text) && !is_mark(token.text);
}

// tokenizer_config.json and special_tokens_map.json name a token, and the tokenizer itself says
// that it is an ordinary one. Each token once: `said` are those that need no more words, and a word
// at the end of texts is another finding.
void check_declared(std::span<const TokenFile> files, const Index& index,
                    std::unordered_set<std::string_view, Hash> said,
                    findings::Examination& examination) {
  for (const TokenFile& file : files) {
    for (const auto& [key, text] : file.special) {
      const Place* const place = index.of_text(text);
      if (place == nullptr || place->token->special.value_or(true) ||
          is_ordinary_end(key, *place->token) || !said.insert(text).second)
        continue;
      examination.add(rule::kSpecialDiffers,
                      fmt::format("{} is {} of {} and ordinary in {}", quoted(text), key, file.name,
                                  place->file->name),
                      {.evidence = text});
    }
  }
}

// tokenizer_config.json and special_tokens_map.json. Which one counts depends on the version.
void compare_named(std::span<const TokenFile> files, findings::Examination& examination) {
  std::map<std::string_view, std::pair<const TokenFile*, std::string_view>> known;
  for (const TokenFile& file : files) {
    for (const auto& [role, text] : file.named) {
      const auto& [first, before] = known.try_emplace(role, &file, text).first->second;
      if (before != text)
        examination.add(rule::kNamesDiffer,
                        fmt::format("{} is {} in {} and {} in {}", role, quoted(before),
                                    first->name, quoted(text), file.name),
                        {.evidence = text});
    }
  }
}

void check_named(std::span<const TokenFile> files, const Index& index,
                 findings::Examination& examination) {
  // Without a tokenizer.json the vocabulary is whatever the tokenizer's code makes of its files.
  const bool whole = std::ranges::any_of(files, [](const TokenFile& file) {
    return file.name == "tokenizer.json" && !file.tokens.empty();
  });
  if (!whole) return;
  for (const TokenFile& file : files) {
    for (const auto& [role, text] : file.named) {
      const Place* const place = index.of_text(text);
      const std::string message = fmt::format("{} of {} is {}", role, file.name, quoted(text));
      if (place == nullptr)
        examination.add(rule::kNoSuchToken, message, {.evidence = text});
      else if (is_ordinary_end(role, *place->token))
        examination.add(rule::kOrdinaryToken, message, {.evidence = text});
    }
  }
}

std::vector<const TokenFile*> of_form(std::span<const TokenFile> files, bool positions) {
  std::vector<const TokenFile*> out;
  for (const TokenFile& file : files)
    if (file.positions == positions && !file.tokens.empty()) out.push_back(&file);
  return out;
}

void compare_form(const std::vector<const TokenFile*>& files,
                  const std::vector<const TokenFile*>& base, findings::Examination& examination) {
  if (files.empty()) return;
  if (base.empty())
    return examination.add(
        rule::kNothingAlike,
        fmt::format("{}: the base has none of its form that can be read", files.front()->name));
  Index known;
  for (const TokenFile* file : base) known.add(*file);
  std::unordered_set<std::string_view, Hash> fresh;
  std::unordered_set<std::string_view, Hash> said;
  std::string_view first;
  for (const TokenFile* file : files) {
    for (const Token& token : file->tokens) {
      if (const Place* other = known.against(token)) {
        examination.add(rule::kBaseDiffers, difference({file, &token}, *other, "the base's "),
                        {.evidence = token.text});
      } else if (known.of_text(token.text) == nullptr && fresh.insert(token.text).second &&
                 fresh.size() == 1) {
        first = token.text;
      } else if (!said.contains(token.text) &&
                 check_special(*file, token, known, "the base's ", examination)) {
        said.insert(token.text);
      }
    }
  }
  if (!fresh.empty())
    examination.add(rule::kNewTokens,
                    fmt::format("{} tokens, the first of them {}", fresh.size(), quoted(first)));
}

}  // namespace

void compare_token_files(std::span<const TokenFile> files, findings::Examination& examination) {
  Index index;
  std::unordered_set<std::string_view, Hash> said;
  for (const TokenFile* file : of_form(files, false)) {
    for (const Token& token : file->tokens) {
      if (const Place* other = index.against(token))
        examination.add(rule::kFilesDiffer, difference(*other, {file, &token}, ""),
                        {.evidence = token.text});
      else if (check_special(*file, token, index, "", examination))
        said.insert(token.text);
    }
    index.add(*file);
  }
  check_declared(files, index, std::move(said), examination);
  compare_named(files, examination);
  check_named(files, index, examination);
  compare_merges(files, examination);
}

void compare_with_base(std::span<const TokenFile> files, std::span<const TokenFile> base,
                       findings::Examination& examination) {
  for (const bool positions : {false, true})
    compare_form(of_form(files, positions), of_form(base, positions), examination);
}

}  // namespace gh::hub
