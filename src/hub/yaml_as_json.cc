#include "hub/yaml_as_json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>

#include "base/text.h"
#include "json/json.h"

namespace gh::hub {

namespace {

// The whole of it is a number.
template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool is_one_of(std::string_view text, auto& words) {
  return std::ranges::any_of(
      words, [&](std::string_view word) { return equals_ignoring_case(text, word); });
}

void write_plain(json::Writer& writer, std::string_view text) {
  static constexpr auto kTrue = std::to_array<std::string_view>({"true", "yes", "on"});
  static constexpr auto kFalse = std::to_array<std::string_view>({"false", "no", "off"});
  if (is_one_of(text, kTrue)) {
    writer.boolean(true);
  } else if (is_one_of(text, kFalse)) {
    writer.boolean(false);
  } else if (text.empty() || text == "~" || equals_ignoring_case(text, "null")) {
    writer.null();
  } else if (const auto integer = number_of<std::int64_t>(text)) {
    writer.integer(*integer);
  } else if (const auto real = number_of<double>(text); real && std::isfinite(*real)) {
    writer.real(*real);
  } else {
    writer.string(text);
  }
}

void write(json::Writer& writer, const yaml::Node* node) {
  if (node == nullptr || node->refused) {
    writer.null();
    return;
  }
  switch (node->kind) {
    case yaml::Kind::scalar:
      if (node->plain)
        write_plain(writer, node->text);
      else
        writer.string(node->text);
      return;
    case yaml::Kind::sequence:
      writer.begin_array();
      for (const auto& item : node->items) write(writer, item.get());
      writer.end_array();
      return;
    case yaml::Kind::mapping:
      writer.begin_object();
      for (const yaml::Entry& entry : node->entries) {
        writer.key(entry.key);
        write(writer, entry.value.get());
      }
      writer.end_object();
      return;
  }
}

}  // namespace

std::string as_json(const yaml::Node& root) {
  std::string out;
  json::Writer writer(out);
  write(writer, &root);
  return out;
}

std::string as_json(const yaml::Entry& entry) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  writer.key(entry.key);
  write(writer, entry.value.get());
  writer.end_object();
  return out;
}

}  // namespace gh::hub
