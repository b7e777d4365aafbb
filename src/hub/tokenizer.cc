#include "hub/tokenizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "base/text.h"
#include "hub/tokenizer_crashes.h"
#include "hub/tokenizer_parts.h"
#include "hub/tokenizer_rules.h"
#include "hub/tokenizer_settings.h"
#include "hub/tokenizer_shapes.h"
#include "hub/vocabulary.h"

namespace gh::hub {

namespace {

using json::Value;

constexpr std::size_t kQuoted = 64;

void broken(const Input& input, std::string_view what) {
  input.add(rule::kBroken, std::string(what));
}

// Unigram: [["token", score], …], ids by position; the others: {"token": id, …}.
void read_vocabulary(Value model, Vocabulary& vocabulary) {
  const Value vocab = model["vocab"];
  if (vocab.is_object()) {
    for (const auto [token, id] : vocab.members()) vocabulary.add(token, id, false);
  } else if (vocab.is_array()) {
    std::uint64_t id = 0;
    for (const Value piece : vocab.elements()) {
      auto side = piece.elements().begin();
      const Value token = piece.size() == 2 ? *side : Value();
      if (!token.is_string()) return;
      vocabulary.add(token.string(), id++);
    }
  }
}

// ["a b", …] or [["a", "b"], …]: both sides and what they become are tokens.
void check_merges(const Input& input, Value model, const Vocabulary& vocabulary) {
  std::string joined;
  const Value prefix = model["continuing_subword_prefix"];
  const std::string_view strip = prefix.is_string() ? prefix.string() : std::string_view();
  for (const Value merge : model["merges"].elements()) {
    std::string_view left;
    std::string_view right;
    if (merge.is_string()) {
      const std::string_view text = merge.string();
      const std::size_t space = text.find(' ');
      if (space != std::string_view::npos && text.find(' ', space + 1) == std::string_view::npos) {
        left = text.substr(0, space);
        right = text.substr(space + 1);
      }
    } else if (merge.size() == 2) {
      auto side = merge.elements().begin();
      if ((*side).is_string()) left = (*side).string();
      ++side;
      if ((*side).is_string()) right = (*side).string();
    }
    if (left.empty() || right.empty()) return broken(input, "a merge is no pair of tokens");
    // The library cuts without a look.
    if (right.size() < strip.size())
      return broken(input, "a merge is shorter than what marks the inside of a word");
    joined = left;
    joined += right.substr(strip.size());
    if (!vocabulary.has(left) || !vocabulary.has(right) || !vocabulary.has(joined))
      input.add(rule::kUnknownMerge,
                fmt::format("\"{}\" and \"{}\"", escape(left, kQuoted), escape(right, kQuoted)),
                joined);
  }
}

// What takes the place of everything that is not known.
void check_unknown(const Input& input, Value model, const Vocabulary& vocabulary) {
  const Value pieces = model["vocab"];
  if (const Value id = model["unk_id"]; pieces.is_array() && id.exists() && !id.is_null()) {
    const auto number = id.is_integer() ? id.int64() : std::nullopt;
    if (!number || *number < 0 || static_cast<std::uint64_t>(*number) >= pieces.size())
      broken(input, "what stands for the unknown is no piece");
  }
  const Value token = model["unk_token"];
  if (!token.is_string() || token.string().empty()) return;
  check_special(input, token.string(), true);
  if (!vocabulary.has(token.string()))
    input.add(rule::kNoSuchToken,
              fmt::format("what is unknown becomes \"{}\"", escape(token.string(), kQuoted)),
              token.string());
}

// "bos_token": "<s>" or {"content": "<s>"}.
void check_named(const Input& input, Value named, bool words) {
  if (named.is_string()) return check_special(input, named.string(), words);
  if (named["content"].is_string()) return check_special(input, named["content"].string(), words);
  for (const Value one : named.elements()) check_named(input, one, words);
}

// "additional_special_tokens": lists of those; "extra_special_tokens": also {"image_token": …}, in
// which "content" is a name like any other.
void check_all_named(const Input& input, Value named, bool words) {
  if (!named.is_object()) return check_named(input, named, words);
  for (const auto [name, one] : named.members()) check_named(input, one, words);
}

// Whether transformers leaves what a file of this name calls so out of answers. It takes every name
// that ends like that, "image_token" too, and other files have tokens that are passwords. What
// fills texts up stands beside answers, not in them: TOK-210.
bool leaves_out(const Input& input, std::string_view name) {
  if (name == "eos_token" || name.starts_with("additional_")) return true;
  return name != "pad_token" &&
         (input.name == "tokenizer_config.json" || input.name == "special_tokens_map.json");
}

void read_added(const Input& input, Value root, Vocabulary& vocabulary) {
  const Shape& shape = *shape_of("added token", "");
  std::size_t number = 0;
  for (const Value token : root["added_tokens"].elements()) {
    check_shape(input, fmt::format("the added token {}", number++), token, shape);
    if (!token["content"].is_string()) continue;
    const std::string_view text = token["content"].string();
    vocabulary.add(text, token["id"], true);
    const bool ordinary = token["special"].is_bool() && !token["special"].boolean();
    if (ordinary) vocabulary.set_ordinary(text);
    check_special(input, text, token["special"].is_bool() && !ordinary);
  }
}

// Older files do not say which kind of model they have: the library tries one after the other.
std::string_view kind_of(Value model) {
  if (model["type"].is_string()) return model["type"].string();
  if (model["type"].exists()) return "";
  if (model["vocab"].is_array()) return "Unigram";
  if (model["merges"].exists()) return "BPE";
  return model["max_input_chars_per_word"].exists() ? "WordPiece" : "WordLevel";
}

// Everything but the steps and the added tokens.
void check_whole(const Input& input, Value root) {
  const Shape& whole = *shape_of("tokenizer", "");
  check_shape(input, "the tokenizer", root, whole);
  // Settings of another reader that hold a tokenizer may have members of their own.
  if (input.name.starts_with("tokenizer."))
    for (const auto [key, value] : root.members())
      if (std::ranges::find(whole.members, key, &Member::name) == whole.members.end())
        input.add(rule::kBroken,
                  fmt::format("`{}` is no member of a tokenizer", escape(key, kQuoted)), key);
  for (const std::string_view part : {"truncation", "padding"})
    if (root[part].is_object()) check_shape(input, part, root[part], *shape_of(part, ""));
  check_lengths(input, root);
  const Value model = root["model"];
  if (!model.is_object()) return;
  const std::string_view kind = kind_of(model);
  if (const Shape* shape = shape_of("model", kind))
    check_shape(input, fmt::format("the model `{}`", kind), model, *shape);
  else
    input.add(rule::kUnknownPart, fmt::format("the model `{}`", escape(kind, kQuoted)), kind);
}

}  // namespace

bool looks_like_tokenizer(Value root) {
  const Value model = root["model"];
  return model.is_object() && (model["vocab"].exists() || model["merges"].exists()) &&
         (root["added_tokens"].exists() || root["pre_tokenizer"].exists() ||
          root["decoder"].exists());
}

void examine_tokenizer(const Input& input, Value root) {
  check_whole(input, root);
  const Value model = root["model"];
  if (const Value dropout = model["dropout"]; dropout.is_number() && dropout.number() > 0)
    input.add(rule::kDropout, fmt::format("dropout is {}", dropout.number()));

  Vocabulary vocabulary(input);
  read_vocabulary(model, vocabulary);
  check_merges(input, model, vocabulary);
  read_added(input, root, vocabulary);
  check_unknown(input, model, vocabulary);
  examine_parts(input, root, vocabulary);
  vocabulary.note();
}

void examine_added_tokens(const Input& input, Value root) {
  examine_tokenizer_settings(input, root);
  for (const auto [name, named] : root.members()) {
    if (name.ends_with("_token")) check_named(input, named, leaves_out(input, name));
    if (name.ends_with("_special_tokens")) check_all_named(input, named, leaves_out(input, name));
  }
  const Value decoder = root["added_tokens_decoder"];
  if (!decoder.is_object()) return;
  Vocabulary vocabulary(input);
  for (const auto [key, token] : decoder.members()) {
    std::uint64_t id = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), id);
    if (error != std::errc() || end != key.data() + key.size() || id > kHighestId) {
      input.add(rule::kBadId, fmt::format("the id {}", escape(key, kQuoted)), key);
      continue;
    }
    if (!token["content"].is_string()) continue;
    const std::string_view text = token["content"].string();
    vocabulary.add_added(text, id);
    check_special(input, text, token["special"].is_bool() && token["special"].boolean());
  }
  vocabulary.note();
}

void note_end(const Input& input, Value root) {
  if (input.name != "config.json" && input.name != "generation_config.json") return;
  const auto note = [&](Value id) {
    const auto number = id.is_integer() ? id.int64() : std::nullopt;
    if (number && *number >= 0)
      input.facts.end_id =
          std::max(input.facts.end_id.value_or(0), static_cast<std::uint64_t>(*number));
  };
  const Value end = root["eos_token_id"];
  note(end);
  for (const Value one : end.elements()) note(one);
}

}  // namespace gh::hub
