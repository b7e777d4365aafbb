#include "hub/tokenizer_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "base/text.h"
#include "hub/tokenizer_rules.h"
#include "hub/tokenizer_shapes.h"

namespace gh::hub {

namespace {

using json::Value;
using Names = std::span<const std::string_view>;

// Classes that give a flag to the tokenizers library as it is, without "Tokenizer" and "Fast".
constexpr auto kLikeBert = std::to_array<std::string_view>(
    {"Bert", "ConvBert", "DistilBert", "Electra", "Funnel", "LayoutLM", "LayoutLMv2", "Lxmert",
     "MPNet", "MobileBert", "Splinter", "SqueezeBert"});
constexpr auto kFunnel = std::to_array<std::string_view>({"Funnel"});
constexpr auto kOfBytes = std::to_array<std::string_view>(
    {"Bart", "Blenderbot", "CodeGen", "Cohere", "Deberta", "GPT2", "GPTNeoX", "LED", "LayoutLMv3",
     "Longformer", "Luke", "Roberta", "Whisper"});
constexpr auto kOfBytesOrNull = std::to_array<std::string_view>({"Qwen2", "Qwen3_5"});
constexpr auto kTrimming =
    std::to_array<std::string_view>({"Bart", "GPTNeoX", "LED", "Longformer", "Roberta"});

struct Flag {
  std::string_view name;
  Names classes;  // that raise at what is no boolean
  bool may_be_null = false;
};
constexpr std::array kFlags = {
    Flag{"do_lower_case", kLikeBert},       Flag{"tokenize_chinese_chars", kLikeBert},
    Flag{"strip_accents", kLikeBert, true}, Flag{"clean_text", kFunnel},
    Flag{"add_prefix_space", kOfBytes},     Flag{"add_prefix_space", kOfBytesOrNull, true},
    Flag{"trim_offsets", kTrimming}};

constexpr std::array<std::string_view, 7> kRoles = {
    "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"};

void broken(const Input& input, std::string_view what, std::string_view key) {
  input.add(rule::kBroken,
            fmt::format("{}: `{}` is not what transformers takes", what, escape(key, 64)), key);
}

// "Bert" of "BertTokenizerFast". Empty where none is named: the type of the model decides then.
std::string_view class_of(Value root) {
  std::string_view name =
      root["tokenizer_class"].is_string() ? root["tokenizer_class"].string() : std::string_view();
  for (const std::string_view ending : {"Fast", "Tokenizer"})
    if (name.ends_with(ending)) name.remove_suffix(ending.size());
  return name;
}

void check_flags(const Input& input, Value root) {
  const std::string_view named = class_of(root);
  std::string_view said;
  for (const Flag& flag : kFlags) {
    const Value value = root[flag.name];
    if (!value.exists() || value.is_bool() || said == flag.name) continue;
    const bool raises = std::ranges::find(flag.classes, named) != flag.classes.end();
    // Without a class only null is what some published file may have.
    if (value.is_null() ? raises && !flag.may_be_null : raises || named.empty()) {
      broken(input, "the settings", flag.name);
      said = flag.name;
    }
  }
}

// What becomes an AddedToken: members that it does not know are passed over. `special` is not taken
// from special_tokens_map.json.
bool makes_a_token(Value value) {
  if (const Value text = value["content"]; text.exists() && !text.is_null() && !text.is_string())
    return false;
  return std::ranges::all_of(
      std::to_array<std::string_view>({"lstrip", "rstrip", "normalized", "single_word"}),
      [&](std::string_view flag) { return !value[flag].exists() || value[flag].is_bool(); });
}

bool is_added_token(Value value) {
  return value["__type"].is_string() && value["__type"].string() == "AddedToken";
}

// What says of itself that it is a token, under whatever key.
void check_typed(const Input& input, std::string_view key, Value value) {
  if (!is_added_token(value)) return;
  if (!makes_a_token(value) || (value["special"].exists() && !value["special"].is_bool()))
    broken(input, "the settings", key);
}

void check_all_typed(const Input& input, Value root) {
  for (const auto [key, value] : root.members()) {
    check_typed(input, key, value);
    for (const Value one : value.elements()) check_typed(input, key, one);
    for (const auto [name, one] : value.members()) check_typed(input, key, one);
  }
}

// An object stands for a token where it says so. Without `added_tokens_decoder` those of
// special_tokens_map.json take its place; lists of such objects are published.
void check_roles(const Input& input, Value root) {
  if (!root["added_tokens_decoder"].exists()) return;
  for (const std::string_view role : kRoles)
    if (root[role].is_object() && !is_added_token(root[role])) broken(input, "the settings", role);
}

void check_map(const Input& input, Value root) {
  const std::string_view what = "the special tokens";
  check_shape(input, what, root, *shape_of("special tokens", ""));
  for (const auto [key, value] : root.members())
    if (value.is_object() && key != "extra_special_tokens" && !makes_a_token(value))
      broken(input, what, key);
}

}  // namespace

void examine_tokenizer_settings(const Input& input, Value root) {
  const bool settings = input.name == "tokenizer_config.json";
  if (!settings && input.name != "special_tokens_map.json") return;
  if (!root.is_object())
    return input.add(rule::kBroken,
                     fmt::format("the {} are no object", settings ? "settings" : "special tokens"));
  if (!settings) return check_map(input, root);
  check_shape(input, "the settings", root, *shape_of("settings", ""));
  check_flags(input, root);
  check_all_typed(input, root);
  check_roles(input, root);
}

}  // namespace gh::hub
