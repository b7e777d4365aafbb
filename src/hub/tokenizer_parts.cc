#include "hub/tokenizer_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/text.h"
#include "hub/tokenizer_rules.h"
#include "hub/tokenizer_text.h"

namespace gh::hub {

namespace {

using json::Value;

constexpr std::size_t kQuoted = 100;

// The kinds of tokenizers 0.22, under the keys that hold them.
constexpr std::array<std::string_view, 14> kNormalizers = {
    "BertNormalizer", "Strip", "StripAccents", "NFC",         "NFD",     "NFKC",    "NFKD",
    "Sequence",       "Nmt",   "Lowercase",    "Precompiled", "Replace", "Prepend", "ByteLevel"};
constexpr std::array<std::string_view, 12> kPreTokenizers = {
    "BertPreTokenizer", "ByteLevel",       "CharDelimiterSplit", "Metaspace",
    "Whitespace",       "WhitespaceSplit", "Sequence",           "Split",
    "Punctuation",      "Digits",          "UnicodeScripts",     "FixedLength"};
constexpr std::array<std::string_view, 5> kPostProcessors = {
    "BertProcessing", "RobertaProcessing", "ByteLevel", "TemplateProcessing", "Sequence"};
constexpr std::array<std::string_view, 10> kDecoders = {
    "BPEDecoder", "ByteLevel", "WordPiece", "Metaspace", "CTC",
    "Sequence",   "Replace",   "Fuse",      "Strip",     "ByteFallback"};

std::string_view text_of(Value value) {
  return value.is_string() ? value.string() : std::string_view();
}

class Parts {
 public:
  Parts(const Input& input, const Vocabulary& vocabulary)
      : input_(input), vocabulary_(vocabulary) {}

  void examine(std::string_view key, Value part, std::span<const std::string_view> kinds) {
    if (!part.exists() || part.is_null()) return;
    const std::string_view kind = text_of(part["type"]);
    if (std::ranges::find(kinds, kind) == kinds.end()) {
      input_.add(rule::kUnknownPart, fmt::format("the {} `{}`", key, escape(kind, 64)), kind);
      return;
    }
    if (kind == "Replace") replace(key, part);
    if (kind == "Prepend" && holds_words(text_of(part["prepend"])))
      input_.add(rule::kRewrites, fmt::format("puts \"{}\" before every text",
                                              escape(text_of(part["prepend"]), kQuoted)));
    if (kind == "Precompiled") input_.add(rule::kCharsMap, "the normalizer");
    if (kind == "TemplateProcessing") templates(part);
    if (part["pattern"].exists()) pattern(key, part["pattern"]);
    // What a Sequence is made of.
    for (const std::string_view list : {"normalizers", "pretokenizers", "processors", "decoders"})
      for (const Value inner : part[list].elements()) examine(key, inner, kinds);
  }

 private:
  void pattern(std::string_view key, Value pattern) {
    const std::string_view regex = text_of(pattern["Regex"]);
    if (repeats_repetition(regex))
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
    if (holds_words(what) || matches_words(regex) || holds_words(with))
      input_.add(rule::kRewrites,
                 fmt::format("the {} replaces \"{}\" by \"{}\"", key,
                             escape(what.empty() ? regex : what, kQuoted), escape(with, kQuoted)),
                 what.empty() ? regex : what);
  }

  // {"special_tokens": {"<s>": {"ids": [1], "tokens": ["<s>"]}}, "single": […]}
  void templates(Value part) {
    for (const auto [name, special] : part["special_tokens"].members()) {
      auto id = special["ids"].elements().begin();
      const auto end = special["ids"].elements().end();
      for (const Value token : special["tokens"].elements()) {
        if (id == end || !token.is_string()) break;
        const auto known = vocabulary_.id_of(token.string());
        const auto given = token_id(input_, token.string(), *id);
        ++id;
        if (given && (!known || *known != *given))
          input_.add(rule::kSpecialMismatch,
                     fmt::format("\"{}\" is {} there", escape(token.string(), 64), *given),
                     token.string());
        if (!vocabulary_.is_added(token.string()))
          input_.add(rule::kAddsWords, fmt::format("\"{}\"", escape(token.string(), 64)),
                     token.string());
      }
    }
  }

  const Input& input_;
  const Vocabulary& vocabulary_;
};

}  // namespace

void examine_parts(const Input& input, Value root, const Vocabulary& vocabulary) {
  Parts parts(input, vocabulary);
  parts.examine("normalizer", root["normalizer"], kNormalizers);
  parts.examine("pre-tokenizer", root["pre_tokenizer"], kPreTokenizers);
  parts.examine("post-processor", root["post_processor"], kPostProcessors);
  parts.examine("decoder", root["decoder"], kDecoders);
}

}  // namespace gh::hub
