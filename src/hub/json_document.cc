#include "hub/json_document.h"

#include <fmt/format.h>

#include <array>
#include <string>

#include "base/buffer.h"
#include "base/text.h"
#include "hub/config_rules.h"

namespace gh::hub {

namespace {

constexpr json::Limits kLimits{.depth = 128, .values = 10'000'000};
constexpr std::size_t kLongInteger = 19;  // digits; one of 19 may be beyond 64 bits

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

struct Rewritten {
  std::string text;
  bool changed = false;
  bool constants = false;  // NaN or Infinity
};

// Long integers, NaN and Infinity become reals. What was no JSON otherwise stays none.
Rewritten without_habits(std::string_view text) {
  Rewritten out;
  out.text.reserve(text.size() + 64);
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '"') {
      std::size_t end = i + 1;
      while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2u : 1u;
      out.text += text.substr(i, end + 1 - i);
      i = end + 1;
      continue;
    }
    if (is_digit(text[i])) {
      std::size_t end = i;
      while (end < text.size() && is_digit(text[end])) ++end;
      const std::size_t digits = end - i;
      const bool whole = end >= text.size() || !std::string_view(".eE").contains(text[end]);
      out.text += text.substr(i, digits);
      if (whole && digits >= kLongInteger) {
        out.text += ".0";
        out.changed = true;
      }
      // The rest of a real must not be taken for an integer of its own.
      while (end < text.size() &&
             (is_digit(text[end]) || std::string_view(".eE+-").contains(text[end])))
        out.text += text[end++];
      i = end;
      continue;
    }
    bool constant = false;
    for (const std::string_view word : {"-Infinity", "Infinity", "NaN"}) {
      if (!text.substr(i).starts_with(word)) continue;
      // A number that is no integer, and true to Python.
      out.text += word.starts_with('-') ? "-1.5" : "1.5";
      i += word.size();
      out.changed = out.constants = constant = true;
      break;
    }
    if (!constant) out.text += text[i++];
  }
  return out;
}

}  // namespace

JsonDocument::JsonDocument() : parser_(kLimits) {}

std::expected<json::Document, json::ParseError> JsonDocument::read(std::string_view text) {
  auto document = parser_.parse(text);
  if (document || (document.error().kind != json::ParseErrorKind::syntax &&
                   document.error().kind != json::ParseErrorKind::number))
    return document;
  const Rewritten rewritten = without_habits(text);
  if (!rewritten.changed) return document;
  python_only_ = rewritten.constants;
  return parser_.parse(rewritten.text);
}

std::optional<json::Value> JsonDocument::try_parse(std::string_view text) {
  const auto document = read(text);
  if (!document) return std::nullopt;
  return document->root();
}

std::optional<json::Value> JsonDocument::parse(const Input& input) {
  const auto document = read(input.text);
  if (!document) {
    const json::ParseError& error = document.error();
    if (error.kind == json::ParseErrorKind::duplicate_key)
      input.add(rule::kDuplicate, fmt::format("the key {}", error.path));
    input.add(rule::kNotJson, error.message);
    return std::nullopt;
  }
  if (python_only_) input.add(rule::kPythonOnly, "NaN or Infinity stands for a number");
  return document->root();
}

}  // namespace gh::hub
