#include "adapter/sizes.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace gh::adapter {

namespace {

constexpr std::uint64_t kMaxField = 1U << 24;               // no model is near it
constexpr std::uint64_t kMaxStep = std::uint64_t{1} << 36;  // times a field it still fits 64 bits
constexpr int kMaxDepth = 8;                                // of names that are defined by names

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// "hidden" and "heads" of "hidden / heads".
std::vector<std::string_view> names_in(std::string_view sum) {
  std::vector<std::string_view> names;
  while (!sum.empty()) {
    const std::size_t end = std::min(sum.find_first_of("+*/ "), sum.size());
    if (end > 0 && !is_digit(sum[0])) names.push_back(sum.substr(0, end));
    sum.remove_prefix(std::min(end + 1, sum.size()));
  }
  return names;
}

std::string_view without_condition(std::string_view alternative) {
  const std::size_t colon = alternative.find(':');
  return trim(colon == std::string_view::npos ? alternative : alternative.substr(colon + 1));
}

std::optional<std::uint64_t> whole(json::Value value) {
  if (value.is_bool()) return value.boolean() ? 1 : 0;
  const auto number = value.is_integer() ? value.int64() : std::nullopt;
  if (!number || *number < 0 || static_cast<std::uint64_t>(*number) > kMaxField)
    return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

}  // namespace

Sizes::Sizes(json::Value config, std::initializer_list<std::string_view> definitions)
    : config_(config) {
  for (const std::string_view text : definitions) {
    for (const std::string_view one : split(text, ';')) {
      const std::size_t equals = one.find('=');
      if (equals == std::string_view::npos) continue;
      definitions_.push_back({trim(one.substr(0, equals)), trim(one.substr(equals + 1))});
    }
  }
}

std::optional<std::uint64_t> Sizes::value(std::string_view text) const {
  return sum(text, 0);
}

std::optional<std::uint64_t> Sizes::sum(std::string_view text, int depth) const {
  std::uint64_t total = 0;
  for (const std::string_view term : split(text, '+')) {
    const auto value = product(trim(term), depth);
    if (!value) return std::nullopt;
    total += *value;
    if (total > kMaxStep) return std::nullopt;
  }
  return total;
}

std::optional<std::uint64_t> Sizes::product(std::string_view text, int depth) const {
  std::uint64_t total = 1;
  char operation = '*';
  while (true) {
    const std::size_t end = std::min(text.find_first_of("*/"), text.size());
    const auto value = name(trim(text.substr(0, end)), depth);
    if (!value || *value > kMaxField) return std::nullopt;
    if (operation == '/') {
      if (*value == 0 || total % *value != 0) return std::nullopt;
      total /= *value;
    } else {
      total *= *value;
      if (total > kMaxStep) return std::nullopt;
    }
    if (end == text.size()) return total;
    operation = text[end];
    text.remove_prefix(end + 1);
  }
}

std::optional<std::uint64_t> Sizes::name(std::string_view text, int depth) const {
  if (text.empty() || depth > kMaxDepth) return std::nullopt;
  if (is_digit(text[0])) {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
  }
  const auto alternatives = definition(text);
  if (!alternatives) return whole(field(text));
  for (const std::string_view alternative : split(*alternatives, '|')) {
    const auto applied = applies(alternative, depth + 1);
    if (!applied) return std::nullopt;
    if (*applied) return sum(without_condition(alternative), depth + 1);
  }
  return std::nullopt;
}

std::optional<bool> Sizes::applies(std::string_view alternative, int depth) const {
  const std::size_t colon = alternative.find(':');
  if (colon != std::string_view::npos) {
    const auto condition = sum(alternative.substr(0, colon), depth);
    if (!condition) return std::nullopt;
    if (*condition == 0) return false;
  }
  return stated(without_condition(alternative), depth);
}

bool Sizes::stated(std::string_view sum, int depth) const {
  if (depth > kMaxDepth) return false;
  return std::ranges::all_of(names_in(sum), [&](std::string_view name) {
    const auto alternatives = definition(name);
    if (!alternatives) return field(name).exists() && !field(name).is_null();
    return std::ranges::any_of(split(*alternatives, '|'), [&](std::string_view alternative) {
      return applies(alternative, depth + 1).value_or(true);
    });
  });
}

std::optional<std::string_view> Sizes::definition(std::string_view name) const {
  const auto found = std::ranges::find(definitions_, name, &Definition::name);
  if (found == definitions_.end()) return std::nullopt;
  return found->alternatives;
}

json::Value Sizes::field(std::string_view path) const {
  json::Value value = config_;
  for (const std::string_view part : split(path, '.')) value = value[part];
  return value;
}

}  // namespace gh::adapter
