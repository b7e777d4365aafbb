#include "openai/schema_target.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/encoding.h"

namespace gh::openai {
namespace {

// A step without its escapes: those of the URI, then the pointer's own. Nothing when one is broken.
std::optional<std::string> unescape(std::string_view step) {
  std::string once;
  for (std::size_t i = 0; i < step.size(); ++i) {
    if (step[i] != '%') {
      once += step[i];
      continue;
    }
    const auto byte = unhex(step.substr(i + 1, 2));
    if (!byte || byte->size() != 1) return std::nullopt;
    once += *byte;
    i += 2;
  }
  std::string twice;
  for (std::size_t i = 0; i < once.size(); ++i) {
    if (once[i] != '~') {
      twice += once[i];
      continue;
    }
    const char kind = i + 1 < once.size() ? once[++i] : '\0';
    if (kind != '0' && kind != '1') return std::nullopt;
    twice += kind == '0' ? '~' : '/';
  }
  return twice;
}

}  // namespace

std::string_view take_step(std::string_view& pointer) {
  pointer.remove_prefix(1);
  const std::string_view step = pointer.substr(0, pointer.find('/'));
  pointer.remove_prefix(step.size());
  return step;
}

bool is_index(std::string_view step) {
  return !step.empty() && std::ranges::all_of(step, [](char c) { return c >= '0' && c <= '9'; });
}

json::Value SchemaTargets::member(json::Value object, std::string_view name) {
  const auto [at, is_new] = objects_.try_emplace(object.id());
  Members& members = at->second;
  const auto name_of = &Members::value_type::first;
  if (is_new) {
    members.reserve(object.size());
    for (const auto [key, value] : object.members()) members.emplace_back(key, value);
    std::ranges::sort(members, {}, name_of);
  }
  const auto found = std::ranges::lower_bound(members, name, {}, name_of);
  return found != members.end() && found->first == name ? found->second : json::Value();
}

json::Value SchemaTargets::element(json::Value list, std::string_view index) {
  const auto [at, is_new] = lists_.try_emplace(list.id());
  std::vector<json::Value>& elements = at->second;
  if (is_new) {
    elements.reserve(list.size());
    for (const json::Value value : list.elements()) elements.push_back(value);
  }
  // No list is longer than the text that has it, so neither are its indices.
  if (!is_index(index) || index.size() >= 9) return {};
  const std::size_t place = std::stoul(std::string(index));
  return place < elements.size() ? elements[place] : json::Value();
}

json::Value SchemaTargets::of(std::string_view reference) {
  std::string_view pointer = reference.substr(1);  // what follows '#'
  json::Value at = root_;
  while (!pointer.empty() && at.exists()) {
    const auto step = unescape(take_step(pointer));
    if (!step) return {};
    at = at.is_array() ? element(at, *step) : member(at, *step);
  }
  return at;
}

}  // namespace gh::openai
