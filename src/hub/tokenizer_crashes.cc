#include "hub/tokenizer_crashes.h"

#include <fmt/format.h>

#include <optional>
#include <set>

#include "base/base64.h"
#include "base/text.h"
#include "hub/sentencepiece.h"
#include "hub/tokenizer_rules.h"

namespace gh::hub {

namespace {

using json::Value;

// Each text takes about 200 bytes for every place that is filled up. No model has so many.
constexpr std::uint64_t kMostFilled = 1u << 20;

// Of an integer that is not negative; what is beyond int64 is as good as the largest.
std::optional<std::uint64_t> count(Value value) {
  if (value.is(json::Type::unsigned_integer)) return std::uint64_t{1} << 63;
  const auto number = value.is_integer() ? value.int64() : std::nullopt;
  if (!number || *number < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

bool is_kind(Value part, std::string_view kind) {
  return part["type"].is_string() && part["type"].string() == kind;
}

void crashes(const Input& input, std::string_view what, std::string_view why) {
  input.add(rule::kCrashes, fmt::format("{} {}", what, why));
}

// The library looks for every token of a template among those that are declared, without asking
// whether it is there.
void check_template(const Input& input, std::string_view what, Value part) {
  std::set<std::string_view> declared;
  for (const auto [name, token] : part["special_tokens"].members()) declared.insert(name);
  for (const Value piece : part["single"].elements())
    if (const Value text = piece["Sequence"]["id"]; text.is_string() && text.string() == "B")
      return crashes(input, what, "uses a second text where there is one");
  std::set<std::string_view> said;
  for (const std::string_view name : {"single", "pair"}) {
    for (const Value piece : part[name].elements()) {
      const Value token = piece["SpecialToken"]["id"];
      if (!token.is_string() || declared.contains(token.string()) ||
          !said.insert(token.string()).second)
        continue;
      input.add(rule::kCrashes,
                fmt::format("{} inserts \"{}\", which its `special_tokens` do not have", what,
                            escape(token.string(), 64)),
                token.string());
    }
  }
}

// It cuts from the end without looking where the text begins: a text that is empty, or nothing but
// what is cut, is too short. With nothing to cut there it is right.
bool cuts_too_much(Value part) {
  return count(part["stop"]).value_or(0) > 0;
}

bool replaces_nothing(Value pattern) {
  for (const std::string_view form : {"String", "Regex"})
    if (pattern[form].is_string() && pattern[form].string().empty()) return true;
  return false;
}

bool has_no_table(Value part) {
  const Value text = part["precompiled_charsmap"];
  if (!text.is_string()) return false;  // which is no crash
  const auto bytes = unbase64(text.string());
  return !bytes || !is_characters_table(*bytes);
}

}  // namespace

void check_lengths(const Input& input, Value root) {
  const Value padding = root["padding"];
  const auto fixed = count(padding["strategy"]["Fixed"]);
  const auto multiple = count(padding["pad_to_multiple_of"]);
  for (const auto& length : {fixed, multiple})
    if (length && *length > kMostFilled)
      input.add(rule::kCrashes, fmt::format("every text is filled up to {} tokens", *length));
  const auto most = count(root["truncation"]["max_length"]);
  const auto stride = count(root["truncation"]["stride"]);
  if (most && stride && *most > 0 && *stride >= *most)
    input.add(rule::kCrashes,
              fmt::format("a text that is cut to {} tokens is to share {} with what is left of it",
                          *most, *stride));
}

void check_step(const Input& input, std::string_view key, std::string_view what, Value part) {
  if (is_kind(part, "TemplateProcessing")) check_template(input, what, part);
  if (is_kind(part, "Strip") && cuts_too_much(part))
    crashes(input, what, "cuts off the end of texts that are shorter");
  // With other steps before it, it loses count of where the text was.
  if (is_kind(part, "Replace") && key == "normalizer" && replaces_nothing(part["pattern"]))
    crashes(input, what, "replaces the empty text");
  if (is_kind(part, "FixedLength") && count(part["length"]) == 0)
    crashes(input, what, "divides a text into pieces of no length");
  if (is_kind(part, "Precompiled") && has_no_table(part)) crashes(input, what, "has no table");
}

}  // namespace gh::hub
