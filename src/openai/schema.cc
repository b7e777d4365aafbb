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

// Any other keyword may hold schemas too: see check_other.
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

bool walk(Inspection& in, const Path& at, json::Value schema, std::uint32_t depth);

bool walk_named(Inspection& in, const Path& at, json::Value schemas, std::uint32_t depth) {
  if (!schemas.is_object()) return in.wrong_type(at, "an object", schemas);
  for (const auto [name, schema] : schemas.members()) {
    // `dependencies` may name properties instead.
    if (schema.is_array()) continue;
    if (!walk(in, Path(at, name), schema, depth)) return false;
  }
  return true;
}

// A keyword that is not in the table: whatever in it is an object may be read as a schema.
bool walk_other(Inspection& in, const Path& at, json::Value value, std::uint32_t depth) {
  if (value.is_object()) return walk(in, at, value, depth);
  std::size_t index = 0;
  for (const json::Value element : value.elements()) {
    if (!walk_other(in, Path(at, index++), element, depth)) return false;
  }
  return true;
}

bool check_reference(Inspection& in, const Path& at, json::Value value) {
  if (!value.is_string()) return in.wrong_type(at, "a string", value);
  return value.string().starts_with('#') ||
         in.denied(at, "must refer to the schema itself: begin it with `#`");
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
    const auto* keyword = std::ranges::lower_bound(kKeywords, key, {}, &Keyword::name);
    if (keyword == std::end(kKeywords) || keyword->name != key) {
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
