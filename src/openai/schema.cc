#include "openai/schema.h"

#include <algorithm>
#include <iterator>

#include "openai/values.h"

namespace gh::openai {
namespace {

constexpr std::int64_t kMostRepeats = 65'536;

// What the value of a keyword is to the walk.
enum class Holds {
  data,     // any JSON; not looked into
  schemas,  // an object whose members are schemas, under names that are the client's
  count,    // how often something repeats
  reference,
  regex,
};

struct Keyword {
  std::string_view name;
  Holds holds;
};

// Any other keyword may hold schemas too: see walk_other.
constexpr Keyword kKeywords[] = {
    {"$defs", Holds::schemas},
    {"$dynamicRef", Holds::reference},
    {"$recursiveRef", Holds::reference},
    {"$ref", Holds::reference},
    {"const", Holds::data},
    {"default", Holds::data},
    {"definitions", Holds::schemas},
    {"dependencies", Holds::schemas},
    {"dependentSchemas", Holds::schemas},
    {"enum", Holds::data},
    {"example", Holds::data},
    {"examples", Holds::data},
    {"maxContains", Holds::count},
    {"maxItems", Holds::count},
    {"maxLength", Holds::count},
    {"maxProperties", Holds::count},
    {"minContains", Holds::count},
    {"minItems", Holds::count},
    {"minLength", Holds::count},
    {"minProperties", Holds::count},
    {"pattern", Holds::regex},
    {"patternProperties", Holds::regex},
    {"properties", Holds::schemas},
};
static_assert(std::ranges::is_sorted(kKeywords, {}, &Keyword::name));

// Null for a keyword that is not in the table.
const Keyword* keyword_of(std::string_view name) {
  const auto* keyword = std::ranges::lower_bound(kKeywords, name, {}, &Keyword::name);
  return keyword != std::end(kKeywords) && keyword->name == name ? keyword : nullptr;
}

bool walk(Inspection& in, const Path& at, json::Value schema, std::uint32_t depth);

// A keyword that is not in the table: whatever in it is an object may be read as a schema.
bool walk_other(Inspection& in, const Path& at, json::Value value, std::uint32_t depth) {
  if (value.is_object()) return walk(in, at, value, depth);
  std::size_t index = 0;
  for (const json::Value element : value.elements()) {
    if (!walk_other(in, Path(at, index++), element, depth)) return false;
  }
  return true;
}

bool walk_named(Inspection& in, const Path& at, json::Value schemas, std::uint32_t depth) {
  if (!schemas.is_object()) return in.wrong_type(at, "an object", schemas);
  for (const auto [name, schema] : schemas.members()) {
    // `dependencies` may name properties instead.
    const bool good = schema.is_array() ? walk_other(in, Path(at, name), schema, depth)
                                        : walk(in, Path(at, name), schema, depth);
    if (!good) return false;
  }
  return true;
}

// Whether a JSON pointer (RFC 6901) leads only through what `walk` looks into: what it calls data
// would become a schema when something refers to it. The steps are read as `walk` reads them.
bool leads_to_a_schema(std::string_view pointer) {
  enum class At { schema, names, other } at = At::schema;
  while (!pointer.empty()) {
    if (pointer.front() != '/') return false;
    pointer.remove_prefix(1);
    const std::string_view step = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(step.size());
    if (at == At::names) {
      at = At::schema;
      continue;
    }
    const bool index = !step.empty() && step.find_first_not_of("0123456789") == step.npos;
    if (at == At::other && index) continue;
    // Of a keyword nothing needs an escape, and an escape may hide one.
    if (step.find_first_of("%~") != step.npos) return false;
    const Keyword* keyword = keyword_of(step);
    if (keyword != nullptr && keyword->holds != Holds::schemas) return false;
    at = keyword != nullptr ? At::names : At::other;
  }
  return at != At::names;
}

bool check_reference(Inspection& in, const Path& at, json::Value value) {
  if (!value.is_string()) return in.wrong_type(at, "a string", value);
  const std::string_view target = value.string();
  if (!target.starts_with('#') || (target.size() > 1 && target[1] != '/')) {
    return in.denied(at, "must refer to the schema itself: `#`, or a path that begins with `#/`");
  }
  return leads_to_a_schema(target.substr(1)) ||
         in.denied(at, "must lead to a schema, for example `#/$defs/NAME`");
}

bool walk(Inspection& in, const Path& at, json::Value schema, std::uint32_t depth) {
  if (schema.is_bool()) return true;
  if (!schema.is_object()) return in.wrong_type(at, "a schema: an object or a boolean", schema);
  if (depth > in.caps.schema_depth) {
    return in.exceeds(at, "request.schema_depth", "is nested deeper than {} schemas",
                      in.caps.schema_depth);
  }
  for (const auto [key, value] : schema.members()) {
    const Path member(at, key);
    const Keyword* keyword = keyword_of(key);
    if (keyword == nullptr) {
      if (!walk_other(in, member, value, depth + 1)) return false;
      continue;
    }
    switch (keyword->holds) {
      case Holds::data:
        break;
      case Holds::schemas:
        if (!walk_named(in, member, value, depth + 1)) return false;
        break;
      case Holds::count:
        if (!integer<0, kMostRepeats>(in, member, value)) return false;
        break;
      case Holds::reference:
        if (!check_reference(in, member, value)) return false;
        break;
      case Holds::regex:
        return in.denied(member, "is not accepted: no regular expressions in schemas");
    }
  }
  return true;
}

}  // namespace

bool check_schema(Inspection& in, const Path& at, json::Value schema) {
  return walk(in, at, schema, 1);
}

}  // namespace gh::openai
