#include "hub/tokenizer_shapes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "hub/tokenizer_rules.h"

namespace gh::hub {

namespace {

using json::Value;

// Types of Rust, as serde reads them from JSON: no number stands for a boolean, no fraction for an
// integer.
bool is_flag(Value value) {
  return value.is_bool();
}
bool is_text(Value value) {
  return value.is_string();
}
bool is_object(Value value) {
  return value.is_object();
}
bool is_anything(Value value) {
  return value.exists();
}
// char
bool is_letter(Value value) {
  const std::string_view text = value.is_string() ? value.string() : std::string_view();
  return std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }) == 1;
}
// usize
bool is_count(Value value) {
  if (value.is(json::Type::unsigned_integer)) return true;
  const auto number = value.is_integer() ? value.int64() : std::nullopt;
  return number && *number >= 0;
}
// u32
bool is_id(Value value) {
  const auto number = value.is_integer() ? value.int64() : std::nullopt;
  return number && *number >= 0 && *number <= std::numeric_limits<std::uint32_t>::max();
}
bool is_share(Value value) {
  return value.is_number() && value.number() >= 0 && value.number() <= 1;
}

// Of the elements of an array, or the members of an object.
template <class Range, class Fits>
bool all_of(Range values, Fits fits) {
  for (const auto value : values)
    if (!fits(value)) return false;
  return true;
}

bool are_objects(Value value) {
  return value.is_array() && all_of(value.elements(), is_object);
}

template <bool (*fits)(Value)>
bool none_or(Value value) {
  return value.is_null() || fits(value);
}

template <const auto& words>
bool is_one_of(Value value) {
  return value.is_string() && std::ranges::find(words, value.string()) != words.end();
}
constexpr std::array<std::string_view, 1> kVersions = {"1.0"};
constexpr std::array<std::string_view, 2> kSides = {"Left", "Right"};
constexpr std::array<std::string_view, 3> kCuts = {"LongestFirst", "OnlyFirst", "OnlySecond"};
constexpr std::array<std::string_view, 3> kSchemes = {"first", "never", "always"};
constexpr std::array<std::string_view, 5> kBehaviors = {"Removed", "Isolated", "MergedWithPrevious",
                                                        "MergedWithNext", "Contiguous"};
constexpr std::array<std::string_view, 2> kTexts = {"A", "B"};

// {"String": "x"} or {"Regex": "x"}
bool is_pattern(Value value) {
  return value.is_object() && value.size() == 1 &&
         (value["String"].is_string() || value["Regex"].is_string());
}

// ["[SEP]", 102]
bool is_pair(Value value) {
  if (!value.is_array() || value.size() != 2) return false;
  auto side = value.elements().begin();
  const Value text = *side;
  return text.is_string() && is_id(*++side);
}

// "BatchLongest" or {"Fixed": 512}
bool is_filling(Value value) {
  if (value.is_string()) return value.string() == "BatchLongest";
  return value.is_object() && value.size() == 1 &&
         (is_count(value["Fixed"]) || value["BatchLongest"].is_null());
}

// [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]
bool is_template(Value value) {
  const auto is_piece = [](Value piece) {
    if (piece.size() != 1) return false;
    const Value text = piece["Sequence"];
    const Value token = piece["SpecialToken"];
    return text.exists() ? is_one_of<kTexts>(text["id"]) && is_id(text["type_id"])
                         : is_text(token["id"]) && is_id(token["type_id"]);
  };
  return value.is_array() && all_of(value.elements(), is_piece);
}

// {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}
bool is_special_tokens(Value value) {
  const auto is_special = [](json::Member member) {
    const Value token = member.value;
    return is_text(token["id"]) && token["ids"].is_array() && token["tokens"].is_array() &&
           all_of(token["ids"].elements(), is_id) && all_of(token["tokens"].elements(), is_text);
  };
  return value.is_object() && all_of(value.members(), is_special);
}

// [["▁the", -3.5], …]; not empty.
bool is_scored(Value value) {
  const auto is_piece = [](Value piece) {
    if (!piece.is_array() || piece.size() != 2) return false;
    auto side = piece.elements().begin();
    const Value text = *side;
    return text.is_string() && (*++side).is_number();
  };
  return value.size() > 0 && value.is_array() && all_of(value.elements(), is_piece);
}

// ["a b", …] or [["a", "b"], …], not both.
bool is_merges(Value value) {
  const auto is_both = [](Value merge) {
    return merge.is_array() && merge.size() == 2 && all_of(merge.elements(), is_text);
  };
  return value.is_array() &&
         (all_of(value.elements(), is_text) || all_of(value.elements(), is_both));
}

// Of transformers: "<s>" or {"content": "<s>", …}, null for none.
bool is_named(Value value) {
  return value.is_null() || value.is_string() || value["content"].is_string();
}
// Lists of those, and since 4.48 {"image_token": "<image>"}.
bool are_named(Value value) {
  if (value.is_null()) return true;
  if (value.is_array())
    return all_of(value.elements(), [](Value one) { return !one.is_null() && is_named(one); });
  return value.is_object() &&
         all_of(value.members(), [](json::Member member) { return is_named(member.value); });
}
// Of special_tokens_map.json: what becomes of an object is looked at where it stands.
bool is_mapped(Value value) {
  return value.is_null() || value.is_string() || value.is_object();
}
bool are_mapped(Value value) {
  return value.is_null() || (value.is_array() && all_of(value.elements(), [](Value one) {
                               return one.is_string() || one.is_object();
                             }));
}
// What Python's `for` takes.
bool is_iterable(Value value) {
  return value.is_string() || value.is_array() || value.is_object();
}
// {"32000": {"content": "<s>", "special": true}, …}
bool is_added_decoder(Value value) {
  const auto is_token = [](json::Member member) {
    const Value token = member.value;
    if (!token.is_object()) return false;
    if (const Value text = token["content"]; text.exists() && !none_or<is_text>(text)) return false;
    for (const std::string_view flag : {"lstrip", "rstrip", "normalized", "single_word", "special"})
      if (token[flag].exists() && !token[flag].is_bool()) return false;
    return true;
  };
  return value.is_object() && all_of(value.members(), is_token);
}
// {"AutoTokenizer": [null, "m.C"]}, or the list alone.
bool is_map(Value value) {
  return value.is_null() || value.is_object() || (value.is_array() && value.size() > 0);
}
bool is_length(Value value) {
  return value.is_null() || value.is_number() || value.is_bool();
}
constexpr std::array<std::string_view, 2> kLowerSides = {"left", "right"};

constexpr std::span<const Member> kNothing;

constexpr std::array kRoot = {
    Member{"version", is_one_of<kVersions>, false},
    Member{"truncation", none_or<is_object>, false},
    Member{"padding", none_or<is_object>, false},
    Member{"added_tokens", are_objects, false},
    Member{"normalizer", none_or<is_object>, false},
    Member{"pre_tokenizer", none_or<is_object>, false},
    Member{"post_processor", none_or<is_object>, false},
    Member{"decoder", none_or<is_object>, false},
    Member{"model", is_object},
};
constexpr std::array kTruncation = {
    Member{"direction", is_one_of<kSides>, false}, Member{"max_length", is_count},
    Member{"strategy", is_one_of<kCuts>}, Member{"stride", is_count}};
constexpr std::array kPadding = {Member{"strategy", is_filling},
                                 Member{"direction", is_one_of<kSides>},
                                 Member{"pad_to_multiple_of", none_or<is_count>, false},
                                 Member{"pad_id", is_id},
                                 Member{"pad_type_id", is_id},
                                 Member{"pad_token", is_text}};
// Ids of tokens have a rule of their own.
constexpr std::array kAdded = {Member{"id", is_anything},      Member{"content", is_text},
                               Member{"single_word", is_flag}, Member{"lstrip", is_flag},
                               Member{"rstrip", is_flag},      Member{"normalized", is_flag},
                               Member{"special", is_flag}};

constexpr std::array kBpe = {Member{"dropout", none_or<is_share>, false},
                             Member{"unk_token", none_or<is_text>, false},
                             Member{"continuing_subword_prefix", none_or<is_text>, false},
                             Member{"end_of_word_suffix", none_or<is_text>, false},
                             Member{"fuse_unk", none_or<is_flag>, false},
                             Member{"byte_fallback", none_or<is_flag>, false},
                             Member{"ignore_merges", none_or<is_flag>, false},
                             Member{"vocab", is_object},
                             Member{"merges", is_merges}};
constexpr std::array kWordPieceModel = {
    Member{"unk_token", is_text}, Member{"continuing_subword_prefix", is_text},
    Member{"max_input_chars_per_word", is_count}, Member{"vocab", is_object}};
constexpr std::array kWordLevel = {Member{"unk_token", is_text}, Member{"vocab", is_object}};
constexpr std::array kUnigram = {Member{"unk_id", none_or<is_count>, false},
                                 Member{"byte_fallback", is_flag, false},
                                 Member{"vocab", is_scored}};

constexpr std::array kBertNormalizer = {
    Member{"clean_text", is_flag}, Member{"handle_chinese_chars", is_flag},
    Member{"strip_accents", none_or<is_flag>, false}, Member{"lowercase", is_flag}};
constexpr std::array kStripNormalizer = {Member{"strip_left", is_flag},
                                         Member{"strip_right", is_flag}};
constexpr std::array kNormalizers = {Member{"normalizers", are_objects}};
constexpr std::array kPrecompiled = {Member{"precompiled_charsmap", is_text}};
constexpr std::array kReplace = {Member{"pattern", is_pattern}, Member{"content", is_text}};
constexpr std::array kPrepend = {Member{"prepend", is_text}};

// ByteLevel is one thing under three keys, Metaspace under two.
constexpr std::array kByteLevel = {Member{"add_prefix_space", is_flag},
                                   Member{"trim_offsets", is_flag},
                                   Member{"use_regex", is_flag, false}};
constexpr std::array kMetaspace = {
    Member{"replacement", is_letter}, Member{"str_rep", none_or<is_text>, false},
    Member{"add_prefix_space", none_or<is_flag>, false},
    Member{"prepend_scheme", is_one_of<kSchemes>, false}, Member{"split", none_or<is_flag>, false}};

constexpr std::array kCharDelimiter = {Member{"delimiter", is_letter}};
constexpr std::array kPreTokenizers = {Member{"pretokenizers", are_objects}};
constexpr std::array kSplit = {Member{"pattern", is_pattern},
                               Member{"behavior", is_one_of<kBehaviors>},
                               Member{"invert", is_flag}};
constexpr std::array kPunctuation = {Member{"behavior", is_one_of<kBehaviors>, false}};
constexpr std::array kDigits = {Member{"individual_digits", is_flag}};
constexpr std::array kFixedLength = {Member{"length", is_count, false}};

constexpr std::array kBertProcessing = {Member{"sep", is_pair}, Member{"cls", is_pair}};
// Without good flags the library takes it for BertProcessing.
constexpr std::array kRoberta = {Member{"sep", is_pair}, Member{"cls", is_pair},
                                 Member{"trim_offsets", is_flag, false},
                                 Member{"add_prefix_space", is_flag, false}};
constexpr std::array kTemplate = {Member{"single", is_template}, Member{"pair", is_template},
                                  Member{"special_tokens", is_special_tokens}};
constexpr std::array kProcessors = {Member{"processors", are_objects}};

constexpr std::array kBpeDecoder = {Member{"suffix", is_text}};
constexpr std::array kWordPieceDecoder = {Member{"prefix", is_text}, Member{"cleanup", is_flag}};
constexpr std::array kCtc = {Member{"pad_token", is_text}, Member{"word_delimiter_token", is_text},
                             Member{"cleanup", is_flag}};
constexpr std::array kDecoders = {Member{"decoders", are_objects}};
constexpr std::array kStripDecoder = {Member{"content", is_letter}, Member{"start", is_count},
                                      Member{"stop", is_count}};

constexpr std::array kSettings = {Member{"added_tokens_decoder", is_added_decoder, false},
                                  Member{"tokenizer_class", none_or<is_text>, false},
                                  Member{"auto_map", is_map, false},
                                  Member{"bos_token", is_named, false},
                                  Member{"eos_token", is_named, false},
                                  Member{"unk_token", is_named, false},
                                  Member{"sep_token", is_named, false},
                                  Member{"pad_token", is_named, false},
                                  Member{"cls_token", is_named, false},
                                  Member{"mask_token", is_named, false},
                                  Member{"additional_special_tokens", are_named, false},
                                  Member{"extra_special_tokens", are_named, false},
                                  Member{"model_max_length", is_length, false},
                                  Member{"model_input_names", is_iterable, false},
                                  Member{"split_special_tokens", is_flag, false},
                                  Member{"padding_side", is_one_of<kLowerSides>, false},
                                  Member{"truncation_side", is_one_of<kLowerSides>, false}};

constexpr std::array kMap = {Member{"bos_token", is_mapped, false},
                             Member{"eos_token", is_mapped, false},
                             Member{"unk_token", is_mapped, false},
                             Member{"sep_token", is_mapped, false},
                             Member{"pad_token", is_mapped, false},
                             Member{"cls_token", is_mapped, false},
                             Member{"mask_token", is_mapped, false},
                             Member{"additional_special_tokens", are_mapped, false},
                             Member{"extra_special_tokens", are_named, false}};

constexpr std::array kShapes = {
    Shape{"settings", "", kSettings},
    Shape{"special tokens", "", kMap},
    Shape{"tokenizer", "", kRoot},
    Shape{"truncation", "", kTruncation},
    Shape{"padding", "", kPadding},
    Shape{"added token", "", kAdded},

    Shape{"model", "BPE", kBpe},
    Shape{"model", "WordPiece", kWordPieceModel},
    Shape{"model", "WordLevel", kWordLevel},
    Shape{"model", "Unigram", kUnigram},

    Shape{"normalizer", "BertNormalizer", kBertNormalizer},
    Shape{"normalizer", "Strip", kStripNormalizer},
    Shape{"normalizer", "StripAccents", kNothing},
    Shape{"normalizer", "NFC", kNothing},
    Shape{"normalizer", "NFD", kNothing},
    Shape{"normalizer", "NFKC", kNothing},
    Shape{"normalizer", "NFKD", kNothing},
    Shape{"normalizer", "Sequence", kNormalizers},
    Shape{"normalizer", "Nmt", kNothing},
    Shape{"normalizer", "Lowercase", kNothing},
    Shape{"normalizer", "Precompiled", kPrecompiled},
    Shape{"normalizer", "Replace", kReplace},
    Shape{"normalizer", "Prepend", kPrepend},
    Shape{"normalizer", "ByteLevel", kNothing},

    Shape{"pre-tokenizer", "BertPreTokenizer", kNothing},
    Shape{"pre-tokenizer", "ByteLevel", kByteLevel},
    Shape{"pre-tokenizer", "CharDelimiterSplit", kCharDelimiter},
    Shape{"pre-tokenizer", "Metaspace", kMetaspace},
    Shape{"pre-tokenizer", "Whitespace", kNothing},
    Shape{"pre-tokenizer", "WhitespaceSplit", kNothing},
    Shape{"pre-tokenizer", "Sequence", kPreTokenizers},
    Shape{"pre-tokenizer", "Split", kSplit},
    Shape{"pre-tokenizer", "Punctuation", kPunctuation},
    Shape{"pre-tokenizer", "Digits", kDigits},
    Shape{"pre-tokenizer", "UnicodeScripts", kNothing},
    Shape{"pre-tokenizer", "FixedLength", kFixedLength},

    Shape{"post-processor", "BertProcessing", kBertProcessing},
    Shape{"post-processor", "RobertaProcessing", kRoberta},
    Shape{"post-processor", "ByteLevel", kByteLevel},
    Shape{"post-processor", "TemplateProcessing", kTemplate},
    Shape{"post-processor", "Sequence", kProcessors},

    Shape{"decoder", "BPEDecoder", kBpeDecoder},
    Shape{"decoder", "ByteLevel", kByteLevel},
    Shape{"decoder", "WordPiece", kWordPieceDecoder},
    Shape{"decoder", "Metaspace", kMetaspace},
    Shape{"decoder", "CTC", kCtc},
    Shape{"decoder", "Sequence", kDecoders},
    Shape{"decoder", "Replace", kReplace},
    Shape{"decoder", "Fuse", kNothing},
    Shape{"decoder", "Strip", kStripDecoder},
    Shape{"decoder", "ByteFallback", kNothing},
};

}  // namespace

const Shape* shape_of(std::string_view part, std::string_view kind) {
  const auto* const found = std::ranges::find_if(
      kShapes, [&](const Shape& shape) { return shape.part == part && shape.kind == kind; });
  return found == kShapes.end() ? nullptr : found;
}

void check_shape(const Input& input, std::string_view what, Value part, const Shape& shape) {
  for (const Member& member : shape.members) {
    const Value value = part[member.name];
    if (value.exists() ? member.fits(value) : !member.needed) continue;
    input.add(rule::kBroken,
              fmt::format("{}: `{}` {}", what, member.name,
                          value.exists() ? "is not what the library takes" : "is missing"));
  }
}

}  // namespace gh::hub
