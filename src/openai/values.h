#pragma once
// Checks of one value by type and range, made to stand in the table of fields. JSON types are
// exact: "3", 3.0 and true are no integer, 1 is no boolean.

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "json/json.h"
#include "openai/inspection.h"

namespace gh::openai {

inline bool is_integer_between(json::Value value, std::int64_t least, std::int64_t most) {
  const auto number = value.int64();
  return number && *number >= least && *number <= most;
}

template <std::int64_t kLeast, std::int64_t kMost>
bool integer(Inspection& in, const Path& at, json::Value value) {
  if (!value.is_integer()) return in.wrong_type(at, "an integer", value);
  if (is_integer_between(value, kLeast, kMost)) return true;
  return in.invalid(at, "must be an integer from {} to {}", kLeast, kMost);
}

// From kLeast to kMost, both allowed.
template <double kLeast, double kMost>
bool number(Inspection& in, const Path& at, json::Value value) {
  if (!value.is_number()) return in.wrong_type(at, "a number", value);
  if (value.number() >= kLeast && value.number() <= kMost) return true;
  return in.invalid(at, "must be a number from {} to {}", kLeast, kMost);
}

// Above 0, up to kMost.
template <double kMost>
bool positive_number(Inspection& in, const Path& at, json::Value value) {
  if (!value.is_number()) return in.wrong_type(at, "a number", value);
  if (value.number() > 0 && value.number() <= kMost) return true;
  return in.invalid(at, "must be a number above 0 and up to {}", kMost);
}

inline bool boolean(Inspection& in, const Path& at, json::Value value) {
  return value.is_bool() || in.wrong_type(at, "a boolean", value);
}

// A string of at most `most` bytes.
inline bool string_up_to(Inspection& in, const Path& at, json::Value value, std::size_t most) {
  if (!value.is_string()) return in.wrong_type(at, "a string", value);
  if (value.string().size() <= most) return true;
  return in.invalid(at, "must be at most {} bytes long", most);
}

// One of a few words: `word<kOne, kTwo>` with `constexpr char kOne[] = "one";`.
template <const char*... kWords>
bool word(Inspection& in, const Path& at, json::Value value) {
  if (!value.is_string()) return in.wrong_type(at, "a string", value);
  const std::string_view text = value.string();
  if (((text == kWords) || ...)) return true;
  std::string list;
  ((list += list.empty() ? "" : ", ", list += kWords), ...);
  return in.invalid(at, "must be one of: {}", list);
}

// The name of a function or a schema: [A-Za-z0-9_-]{1,64}.
bool is_tool_name(std::string_view name);
inline constexpr std::string_view kToolNameRule =
    "must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -";

// RFC 4648 §4, with its padding.
bool is_base64(std::string_view text);

// What is wrong with a client's model name; empty when nothing is.
std::string_view model_fault(json::Value model);
bool check_model(Inspection& in, const Path& at, json::Value model);

}  // namespace gh::openai
