#include "hub/tokenizer_parts.h"

#include <fmt/format.h>

#include <map>

#include "base/text.h"
#include "hub/pattern.h"
#include "hub/tokenizer_crashes.h"
#include "hub/tokenizer_rules.h"
#include "hub/tokenizer_shapes.h"
#include "hub/tokenizer_text.h"

namespace gh::hub {

namespace {

using json::Value;

constexpr std::size_t kQuoted = 100;

// Around a text; the longest of published tokenizers is Whisper's, with five.
constexpr std::size_t kMostInserted = 64;
// No published tokenizer cuts every text so short.
constexpr std::int64_t kShortest = 4;

// What Galactica and Nougat put between what must not be merged.
constexpr std::string_view kSplitHere = "SPL1T-TH1S-Pl3A5E";

std::string_view text_of(Value value) {
  return value.is_string() ? value.string() : std::string_view();
}

class Parts {
 public:
  Parts(const Input& input, const Vocabulary& vocabulary)
      : input_(input), vocabulary_(vocabulary) {}

  void examine(std::string_view key, Value part) {
    if (!part.exists() || part.is_null()) return;
    const std::string_view kind = text_of(part["type"]);
    const std::string what = fmt::format("the {} `{}`", key, escape(kind, 64));
    const Shape* shape = shape_of(key, kind);
    if (shape == nullptr) return input_.add(rule::kUnknownPart, what, kind);
    check_shape(input_, what, part, *shape);
    check_step(input_, key, what, part);
    if (kind == "Replace") replace(key, part);
    if (kind == "Prepend" && holds_letter(text_of(part["prepend"])))
      input_.add(rule::kRewrites, fmt::format("puts \"{}\" before every text",
                                              escape(text_of(part["prepend"]), kQuoted)));
    if (kind == "Precompiled") input_.add(rule::kCharsMap, "the normalizer");
    if (kind == "TemplateProcessing") templates(part);
    if (kind == "BertProcessing" || kind == "RobertaProcessing") {
      pair(part["sep"]);
      pair(part["cls"]);
    }
    if (kind == "Split" || kind == "Punctuation") split(key, part);
    if (kind == "CTC") blank(text_of(part["pad_token"]));
    marks(key, part);
    if (part["pattern"].exists()) pattern(key, part["pattern"]);
    // What a Sequence is made of.
    for (const std::string_view list : {"normalizers", "pretokenizers", "processors", "decoders"})
      for (const Value inner : part[list].elements()) examine(key, inner);
  }

 private:
  void pattern(std::string_view key, Value pattern) {
    const std::string_view regex = text_of(pattern["Regex"]);
    if (!is_whole_pattern(regex))
      input_.add(rule::kBroken, fmt::format("the {}: {}", key, escape(regex, kQuoted)), regex);
    if (is_slow_pattern(regex, steps_))
      input_.add(rule::kSlowPattern, fmt::format("the {}: {}", key, escape(regex, kQuoted)), regex);
  }

  void replace(std::string_view key, Value part) {
    const Value pattern = part["pattern"];
    const std::string_view what = text_of(pattern["String"]);
    const std::string_view regex = text_of(pattern["Regex"]);
    const std::string_view with = text_of(part["content"]);
    if (what == with) {
      if (regex.empty()) return;
    }
    if (holds_letter(what) || matches_words(regex) || holds_letter(with))
      input_.add(rule::kRewrites,
                 fmt::format("the {} replaces \"{}\" by \"{}\"", key,
                             escape(what.empty() ? regex : what, kQuoted), escape(with, kQuoted)),
                 what.empty() ? regex : what);
  }

  // Pieces that steps drop: those between words, in published tokenizers.
  void split(std::string_view key, Value part) {
    if (text_of(part["behavior"]) != "Removed") return;
    const std::string_view text = text_of(part["pattern"]["String"]);
    const std::string_view regex = text_of(part["pattern"]["Regex"]);
    const bool others = part["invert"].is_bool() && part["invert"].boolean();
    if (text == kSplitHere) return;
    const bool drops =
        others ? !matches_words(regex) || !matches_anything(regex)
               : holds_letter(text) || matches_words(regex) || !part["pattern"].exists();
    if (drops)
      input_.add(rule::kRewrites, fmt::format("the {} drops pieces of the text", key),
                 regex.empty() ? text : regex);
  }

  // What marks the beginning or the end of a word is taken out of the text again.
  void marks(std::string_view key, Value part) {
    for (const std::string_view name :
         {"prefix", "suffix", "replacement", "delimiter", "word_delimiter_token", "content"}) {
      const std::string_view mark = text_of(part[name]);
      if (mark == "</w>" || !holds_letter(mark) || part["pattern"].exists()) continue;
      input_.add(rule::kRewrites,
                 fmt::format("the {} takes \"{}\" for a mark", key, escape(mark, kQuoted)), mark);
    }
  }

  void inserted(std::string_view token, std::optional<std::uint64_t> given) {
    const auto known = vocabulary_.id_of(token);
    if (given && (!known || *known != *given))
      input_.add(rule::kSpecialMismatch,
                 fmt::format("\"{}\" is {} there", escape(token, 64), *given), token);
    // transformers before 4.34 did not declare marks that the vocabulary had already.
    const bool mark = is_mark(token) && !vocabulary_.is_added(token);
    if (!vocabulary_.is_special(token) && holds_letter(token) && !mark)
      input_.add(rule::kAddsWords, fmt::format("\"{}\"", escape(token, 64)), token);
  }

  // ["[SEP]", 102]
  void pair(Value pair) {
    auto side = pair.elements().begin();
    if (pair.size() != 2 || !(*side).is_string()) return;
    const std::string_view token = (*side).string();
    inserted(token, token_id(input_, token, *++side));
  }

  // Between sounds, in what speech models write: left out of every answer.
  void blank(std::string_view token) {
    if (holds_letter(token) && !is_mark(token) && !vocabulary_.is_special(token))
      input_.add(rule::kRewrites, fmt::format("the decoder drops \"{}\"", escape(token, kQuoted)),
                 token);
  }

  // "single" keeps the text, "pair" both, each once and with few tokens beside it.
  void sequences(Value part) {
    std::map<std::string_view, std::size_t> lengths;
    for (const auto [name, special] : part["special_tokens"].members())
      lengths[name] = special["ids"].size();
    for (const std::string_view name : {"single", "pair"}) {
      if (!part[name].exists()) continue;
      std::size_t first = 0;
      std::size_t second = 0;
      std::size_t inserted = 0;
      for (const Value piece : part[name].elements()) {
        if (text_of(piece["Sequence"]["id"]) == "A") ++first;
        if (text_of(piece["Sequence"]["id"]) == "B") ++second;
        const auto special = lengths.find(text_of(piece["SpecialToken"]["id"]));
        if (special != lengths.end()) inserted += special->second;
      }
      if (first == 0 || (second == 0 && name == "pair"))
        input_.add(rule::kRewrites, fmt::format("the post-processor drops a text of \"{}\"", name));
      if (first > 1 || second > 1)
        input_.add(rule::kRewrites,
                   fmt::format("the post-processor repeats a text of \"{}\"", name));
      if (inserted > kMostInserted)
        input_.add(rule::kAddsWords, fmt::format("{} tokens to \"{}\"", inserted, name));
    }
  }

  // {"special_tokens": {"<s>": {"ids": [1], "tokens": ["<s>"]}}, "single": […]}
  void templates(Value part) {
    sequences(part);
    for (const auto [name, special] : part["special_tokens"].members()) {
      if (special["ids"].size() != special["tokens"].size())
        input_.add(rule::kSpecialMismatch,
                   fmt::format("\"{}\" stands for {} ids and {} tokens", escape(name, 64),
                               special["ids"].size(), special["tokens"].size()),
                   name);
      auto id = special["ids"].elements().begin();
      const auto end = special["ids"].elements().end();
      for (const Value token : special["tokens"].elements()) {
        if (id == end || !token.is_string()) break;
        inserted(token.string(), token_id(input_, token.string(), *id));
        ++id;
      }
    }
  }

  const Input& input_;
  const Vocabulary& vocabulary_;
  Steps steps_{kPatternSteps};
};

}  // namespace

void examine_parts(const Input& input, Value root, const Vocabulary& vocabulary) {
  const Value most = root["truncation"]["max_length"];
  if (const auto length = most.is_integer() ? most.int64() : std::nullopt;
      length && *length < kShortest)
    input.add(rule::kRewrites, fmt::format("every text is cut to {} tokens", *length));
  Parts parts(input, vocabulary);
  parts.examine("normalizer", root["normalizer"]);
  parts.examine("pre-tokenizer", root["pre_tokenizer"]);
  parts.examine("post-processor", root["post_processor"]);
  parts.examine("decoder", root["decoder"]);
}

}  // namespace gh::hub
