#include "simulator/grammar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace gh::simulator {

namespace {

std::string_view unclosed(std::string_view pattern) {
  bool in_class = false;
  int groups = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\') {
      ++i;
    } else if (in_class) {
      in_class = c != ']';
    } else if (c == '[') {
      in_class = true;
    } else if (c == '(') {
      ++groups;
    } else if (c == ')' && groups-- == 0) {
      return "unopened group";
    }
  }
  return in_class ? "unclosed character class" : groups > 0 ? "unclosed group" : "";
}

std::optional<std::string> schema_error(json::Value schema) {
  using std::string_view_literals::operator""sv;
  static constexpr std::array kTypes = {"string"sv, "number"sv,  "integer"sv, "object"sv,
                                        "array"sv,  "boolean"sv, "null"sv};
  const json::Value type = schema["type"];
  if (!type.is_string() || std::ranges::find(kTypes, type.string()) != kTypes.end())
    return std::nullopt;
  return fmt::format("Grammar error: Invalid type: {}", type.string());
}

}  // namespace

std::optional<std::string> grammar_error(json::Value body) {
  const json::Value outputs = body["structured_outputs"];
  for (const json::Value pattern : {outputs["regex"], body["guided_regex"]}) {
    const std::string_view why = pattern.is_string() ? unclosed(pattern.string()) : "";
    if (!why.empty())
      return fmt::format("Grammar error: invalid regex \"{}\" (in regex): regex parse error: {}",
                         pattern.string(), why);
  }
  for (const json::Value schema :
       {outputs["json"], body["guided_json"], body["response_format"]["json_schema"]["schema"]})
    if (auto error = schema_error(schema)) return error;
  return std::nullopt;
}

}  // namespace gh::simulator
