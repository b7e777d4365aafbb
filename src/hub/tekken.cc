#include "hub/tekken.h"

#include <fmt/format.h>

#include <string>

#include "base/text.h"
#include "hub/pattern.h"
#include "hub/tokenizer_rules.h"
#include "hub/vocabulary.h"

namespace gh::hub {

namespace {

using json::Value;

// {"rank": 0, "token_bytes": "AA==", "token_str": "\u0000"}, and special ones with their text only.
void ranks(const Input& input, Value tokens, std::string_view key) {
  Vocabulary vocabulary(input);
  for (const Value token : tokens.elements()) {
    if (!token[key].is_string())
      return input.add(rule::kBroken, fmt::format("a token has no {}", key));
    vocabulary.add(token[key].string(), token["rank"], false);
  }
}

}  // namespace

bool looks_like_tekken(Value root) {
  const Value tokens = root["vocab"];
  return tokens.is_array() && tokens.size() > 0 &&
         (*tokens.elements().begin())["token_bytes"].is_string();
}

void examine_tekken(const Input& input, Value root) {
  ranks(input, root["vocab"], "token_bytes");
  ranks(input, root["special_tokens"], "token_str");
  for (const Value token : root["special_tokens"].elements()) {
    const Value control = token["is_control"];
    if (token["token_str"].is_string())
      check_special(input, token["token_str"].string(), control.is_bool() && control.boolean());
  }
  const Value pattern = root["config"]["pattern"];
  if (!pattern.is_string()) return;
  if (is_slow_pattern(pattern.string()))
    input.add(rule::kSlowPattern, escape(pattern.string(), 100), pattern.string());
  if (!is_whole_pattern(pattern.string()))
    input.add(rule::kBroken, fmt::format("the pattern {}", escape(pattern.string(), 100)),
              pattern.string());
}

}  // namespace gh::hub
