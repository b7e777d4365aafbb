#include "openai/schema_reference.h"

#include <unordered_map>

#include "openai/schema_keyword.h"

namespace gh::openai {
namespace {

// References that lead to references; deeper is refused, so that the stack is not the limit.
constexpr std::size_t kMostSteps = 512;

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
  explicit Search(SchemaTargets& targets) : targets_(targets) {}

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
          comes_back(targets_.of(value.string()), depth + 1)) {
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

  SchemaTargets& targets_;
  std::unordered_map<const void*, bool> on_the_way_;  // false: looked at, and left again
};

}  // namespace

bool check_reference(Inspection& in, const Path& at, json::Value reference,
                     SchemaTargets& targets) {
  if (!reference.is_string()) return in.wrong_type(at, "a string", reference);
  const std::string_view text = reference.string();
  if (!is_path(reference)) {
    return in.denied(at, "must refer to the schema itself: `#`, or a path that begins with `#/`");
  }
  if (!leads_through_schemas(text.substr(1))) {
    return in.denied(at, "must lead to a schema, for example `#/$defs/NAME`");
  }
  const json::Value target = targets.of(text);
  return target.is_object() || target.is_bool() ||
         in.invalid(at, "must lead to a schema; there is none");
}

bool refers_to_itself(SchemaTargets& targets) {
  return Search(targets).everywhere(targets.root());
}

}  // namespace gh::openai
