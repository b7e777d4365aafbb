#include "simulator/lax_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace gh::simulator {
namespace {

constexpr double kLargestExact = 9007199254740992.0;  // 2^53

// Python's float() on text, without underscores: surrounding white space and a sign are fine.
std::optional<double> parse_number(std::string_view text) {
  text = trim(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> whole(double value) {
  if (std::trunc(value) != value || std::abs(value) > kLargestExact) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::string digits(trim(text));
  std::erase(digits, '_');
  const auto value = parse_number(digits);
  return value && std::isfinite(*value) ? whole(*value) : std::nullopt;
}

std::optional<bool> parse_boolean(std::string_view text) {
  constexpr std::array<std::string_view, 6> kTrue = {"true", "yes", "on", "1", "t", "y"};
  constexpr std::array<std::string_view, 6> kFalse = {"false", "no", "off", "0", "f", "n"};
  const auto is = [text](std::string_view word) { return equals_ignoring_case(text, word); };
  if (std::ranges::any_of(kTrue, is)) return true;
  if (std::ranges::any_of(kFalse, is)) return false;
  return std::nullopt;
}

}  // namespace

std::string show(json::Value value) {
  if (value.is_array()) return fmt::format("<list of {} items>", value.size());
  if (value.is_object()) return fmt::format("<dict of {} items>", value.size());
  if (value.is_string()) return std::string(value.string());
  if (value.is_bool()) return value.boolean() ? "True" : "False";
  if (const auto integer = value.is_integer() ? value.int64() : std::nullopt) {
    return std::to_string(*integer);
  }
  if (value.is_number()) return fmt::format("{}", value.number());
  return "None";
}

std::string LaxReader::path(std::string_view name) const {
  return fmt::format("{}.{}", where_, name);
}

void LaxReader::fail(std::unexpected<ApiError> error) {
  if (!problem_) problem_ = std::move(error.error());
}

std::optional<std::int64_t> LaxReader::integer(std::string_view name) {
  const json::Value value = object_[name];
  if (!value.exists() || value.is_null()) return std::nullopt;
  if (value.is_bool()) return value.boolean() ? 1 : 0;
  std::optional<std::int64_t> result;
  std::string_view kind = "int_type";
  std::string_view message = "Input should be a valid integer";
  if (value.is_integer()) {
    result = value.int64();
    // Beyond 63 bits, where Python has no limit: as large as can be.
    if (!result) result = INT64_MAX;
  } else if (value.is_number()) {
    result = whole(value.number());
    kind = "int_from_float";
    message = "Input should be a valid integer, got a number with a fractional part";
  } else if (value.is_string()) {
    result = parse_integer(value.string());
    kind = "int_parsing";
    message = "Input should be a valid integer, unable to parse string as an integer";
  }
  if (!result) fail(invalid(kind, path(name), message, show(value)));
  return result;
}

std::optional<double> LaxReader::number(std::string_view name) {
  const json::Value value = object_[name];
  if (!value.exists() || value.is_null()) return std::nullopt;
  if (value.is_bool()) return value.boolean() ? 1.0 : 0.0;
  if (value.is_number()) return value.number();
  if (value.is_string()) {
    if (const auto parsed = parse_number(value.string())) return parsed;
  }
  fail(invalid("float_type", path(name), "Input should be a valid number", show(value)));
  return std::nullopt;
}

std::optional<bool> LaxReader::boolean(std::string_view name) {
  const json::Value value = object_[name];
  if (!value.exists() || value.is_null()) return std::nullopt;
  if (value.is_bool()) return value.boolean();
  std::optional<bool> result;
  if (value.is_string()) result = parse_boolean(value.string());
  if (value.is_number() && (value.number() == 0 || value.number() == 1)) {
    result = value.number() == 1;
  }
  if (!result) {
    fail(invalid("bool_parsing", path(name),
                 "Input should be a valid boolean, unable to interpret input", show(value)));
  }
  return result;
}

std::optional<std::string_view> LaxReader::string(std::string_view name) {
  const json::Value value = object_[name];
  if (!value.exists() || value.is_null()) return std::nullopt;
  if (value.is_string()) return value.string();
  fail(invalid("string_type", path(name), "Input should be a valid string", show(value)));
  return std::nullopt;
}

}  // namespace gh::simulator
