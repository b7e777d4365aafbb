#pragma once
// Tokens and their ids, gathered from whichever file holds them, and what must hold of them.
// Linear in the number of tokens.

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_set>

#include "base/siphash.h"
#include "hub/flat_map.h"
#include "hub/input.h"
#include "json/json.h"

namespace gh::hub {

inline constexpr std::uint64_t kHighestId = 1u << 28;  // no table of embeddings has that many rows

// Views of tokens must outlive it.
class Vocabulary {
 public:
  explicit Vocabulary(const Input& input) : input_(input) {}

  // Of the model itself.
  void add(std::string_view token, std::uint64_t id);
  // Laid over it: an id of its own, or the token's own.
  void add_added(std::string_view token, std::uint64_t id);
  // From JSON; a finding when it is no index.
  void add(std::string_view token, json::Value id, bool added);

  std::optional<std::uint64_t> id_of(std::string_view token) const;
  bool has(std::string_view token) const { return ids_.contains(token); }
  std::size_t size() const { return ids_.size(); }
  bool is_added(std::string_view token) const { return added_.contains(token); }
  // An added token that is declared as special, or does not say.
  bool is_special(std::string_view token) const;
  void set_ordinary(std::string_view token) { ordinary_.emplace(token); }

  // What the folder is told: of several in one file, the greatest. `all_added`: the file has none
  // of the model itself.
  void note(bool all_added = false) const;

 private:
  // Keyed with a secret: whoever writes the file cannot choose what collides.
  struct Hash {
    SipKey key;
    std::size_t operator()(std::string_view token) const { return siphash(key, token); }
    std::size_t operator()(std::uint64_t id) const {
      return siphash(key, {reinterpret_cast<const char*>(&id), sizeof id});
    }
  };
  template <class Key, class Mapped>
  using Map = FlatMap<Key, Mapped, Hash>;

  const Input& input_;
  Hash hash_{random_sip_key()};
  Map<std::string_view, std::uint64_t> ids_{hash_};
  Map<std::uint64_t, std::string_view> tokens_{hash_};
  Map<std::string_view, std::uint64_t> added_{hash_};
  std::unordered_set<std::string_view, Hash> ordinary_{0, hash_};  // added, and not special
  std::uint64_t base_ = 0;
  std::optional<std::uint64_t> highest_;
  std::optional<std::uint64_t> highest_base_;
};

// A JSON id; nothing (and a finding) when it is no index.
std::optional<std::uint64_t> token_id(const Input& input, std::string_view token, json::Value id);

// What a template or the engine is given as a token of its own; `special`: and leaves out of what
// it answers.
void check_special(const Input& input, std::string_view token, bool special);

// vocab.json, added_tokens.json: {"token": id, …}.
void examine_vocabulary(const Input& input, json::Value root);
// vocab.txt: a token on each line.
void examine_vocabulary_text(const Input& input);
// "aGVsbG8= 42" on each line: tiktoken's ranks. False when it is not.
bool looks_like_ranks(std::string_view text);
void examine_ranks(const Input& input);

}  // namespace gh::hub
