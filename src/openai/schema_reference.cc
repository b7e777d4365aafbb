#include "openai/schema_reference.h"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/encoding.h"
#include "openai/schema_keyword.h"

namespace gh::openai {
namespace {

// References that lead to references; deeper is refused, so that the stack is not the limit.
constexpr std::size_t kMostSteps = 512;

// The first step of "/a/b", which is taken off.
std::string_view take_step(std::string_view& pointer) {
  pointer.remove_prefix(1);
  const std::string_view step = pointer.substr(0, pointer.find('/'));
  pointer.remove_prefix(step.size());
  return step;
}

bool is_index(std::string_view step) {
  return !step.empty() && std::ranges::all_of(step, [](char c) { return c >= '0' && c <= '9'; });
}

// Whether a JSON pointer (RFC 6901) leads only through what the check of a schema looks into: what
// it takes for data would become a schema when something refers to it. The steps are read as that
// check reads them.
bool leads_through_schemas(std::string_view pointer) {
  enum class At { schema, names, other } at = At::schema;
  while (!pointer.empty()) {
    if (pointer.front() != '/') return false;
    const std::string_view step = take_step(pointer);
    if (at == At::names) {
      at = At::schema;
      continue;
    }
    if (at == At::other && is_index(step)) continue;
    // Of a keyword nothing needs an escape, and an escape may hide one.
    if (step.find_first_of("%~") != std::string_view::npos) return false;
    const Keyword* keyword = keyword_of(step);
    switch (keyword == nullptr ? Holds::schema : keyword->holds) {
      case Holds::schemas:
      case Holds::dependencies:
        at = At::names;
        break;
      case Holds::schema:
      case Holds::schema_list:
      case Holds::items:
        at = At::other;
        break;
      default:
        return false;
    }
  }
  return at != At::names;
}

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

// Absent when there is nothing.
json::Value target_of(std::string_view reference, json::Value root) {
  std::string_view pointer = reference.substr(1);  // what follows '#'
  json::Value at = root;
  while (!pointer.empty() && at.exists()) {
    const auto step = unescape(take_step(pointer));
    if (!step) return {};
    if (!at.is_array()) {
      at = at[*step];
      continue;
    }
    const auto elements = at.elements();
    auto element = elements.begin();
    // No list is longer than the text that has it, so neither are its indices.
    std::size_t index = is_index(*step) && step->size() < 9 ? std::stoul(*step) : at.size();
    if (index >= at.size()) return {};
    while (index-- > 0) ++element;
    at = *element;
  }
  return at;
}

// "#" or "#/…".
bool is_path(json::Value reference) {
  return reference.is_string() && reference.string().starts_with('#') &&
         (reference.string().size() == 1 || reference.string()[1] == '/');
}

bool is_reference(std::string_view keyword) {
  const Keyword* found = keyword_of(keyword);
  return found != nullptr && found->holds == Holds::reference;
}

// A search in depth over what applies in place.
class Search {
 public:
  explicit Search(json::Value root) : root_(root) {}

  bool everywhere(json::Value value) {
    if (value.is_object() && comes_back(value, 0)) return true;
    for (const auto [key, member] : value.members()) {
      if (everywhere(member)) return true;
    }
    for (const json::Value element : value.elements()) {
      if (everywhere(element)) return true;
    }
    return false;
  }

 private:
  bool comes_back(json::Value schema, std::size_t depth) {
    if (!schema.is_object()) return false;
    const auto [place, is_new] = on_the_way_.try_emplace(schema.id(), true);
    if (!is_new) return place->second;
    if (depth > kMostSteps) return true;
    for (const auto [key, value] : schema.members()) {
      if (is_reference(key) && is_path(value) &&
          comes_back(target_of(value.string(), root_), depth + 1)) {
        return true;
      }
      if (!applies_in_place(key)) continue;
      if (comes_back(value, depth + 1)) return true;
      for (const json::Value element : value.elements()) {
        if (comes_back(element, depth + 1)) return true;
      }
    }
    on_the_way_[schema.id()] = false;
    return false;
  }

  json::Value root_;
  std::unordered_map<const void*, bool> on_the_way_;  // false: looked at, and left again
};

}  // namespace

bool check_reference(Inspection& in, const Path& at, json::Value reference, json::Value root) {
  if (!reference.is_string()) return in.wrong_type(at, "a string", reference);
  const std::string_view text = reference.string();
  if (!is_path(reference)) {
    return in.denied(at, "must refer to the schema itself: `#`, or a path that begins with `#/`");
  }
  if (!leads_through_schemas(text.substr(1))) {
    return in.denied(at, "must lead to a schema, for example `#/$defs/NAME`");
  }
  const json::Value target = target_of(text, root);
  return target.is_object() || target.is_bool() ||
         in.invalid(at, "must lead to a schema; there is none");
}

bool refers_to_itself(json::Value root) {
  return Search(root).everywhere(root);
}

}  // namespace gh::openai
