#include "openai/schema_keyword.h"

#include <algorithm>
#include <iterator>

namespace gh::openai {
namespace {

constexpr Keyword kKeywords[] = {
    {"$anchor", Holds::text},
    {"$comment", Holds::text},
    {"$defs", Holds::schemas},
    {"$dynamicAnchor", Holds::text},
    {"$dynamicRef", Holds::reference},
    {"$id", Holds::text},
    {"$recursiveAnchor", Holds::flag},
    {"$recursiveRef", Holds::reference},
    {"$ref", Holds::reference},
    {"$schema", Holds::text},
    {"$vocabulary", Holds::flags},
    {"additionalItems", Holds::schema},
    {"additionalProperties", Holds::schema},
    {"allOf", Holds::schema_list},
    {"anyOf", Holds::schema_list},
    {"const", Holds::data},
    {"contains", Holds::schema},
    {"contentEncoding", Holds::text},
    {"contentMediaType", Holds::text},
    {"contentSchema", Holds::schema},
    {"default", Holds::data},
    {"definitions", Holds::schemas},
    {"dependencies", Holds::dependencies},
    {"dependentRequired", Holds::name_lists},
    {"dependentSchemas", Holds::schemas},
    {"deprecated", Holds::flag},
    {"description", Holds::text},
    {"else", Holds::schema},
    {"enum", Holds::values},
    {"example", Holds::data},
    {"examples", Holds::list},
    {"exclusiveMaximum", Holds::limit},
    {"exclusiveMinimum", Holds::limit},
    {"format", Holds::text},
    {"if", Holds::schema},
    {"items", Holds::items},
    {"maxContains", Holds::count},
    {"maxItems", Holds::count},
    {"maxLength", Holds::count},
    {"maxProperties", Holds::count},
    {"maximum", Holds::number},
    {"minContains", Holds::count},
    {"minItems", Holds::count},
    {"minLength", Holds::count},
    {"minProperties", Holds::count},
    {"minimum", Holds::number},
    {"multipleOf", Holds::factor},
    {"not", Holds::schema},
    {"oneOf", Holds::schema_list},
    {"pattern", Holds::regex},
    {"patternProperties", Holds::regex},
    {"prefixItems", Holds::schema_list},
    {"properties", Holds::schemas},
    {"propertyNames", Holds::schema},
    {"readOnly", Holds::flag},
    {"required", Holds::names},
    {"then", Holds::schema},
    {"title", Holds::text},
    {"type", Holds::type},
    {"unevaluatedItems", Holds::schema},
    {"unevaluatedProperties", Holds::schema},
    {"uniqueItems", Holds::flag},
    {"writeOnly", Holds::flag},
};
static_assert(std::ranges::is_sorted(kKeywords, {}, &Keyword::name));

}  // namespace

const Keyword* keyword_of(std::string_view name) {
  const auto* keyword = std::ranges::lower_bound(kKeywords, name, {}, &Keyword::name);
  return keyword != std::end(kKeywords) && keyword->name == name ? keyword : nullptr;
}

bool applies_in_place(std::string_view name) {
  static constexpr std::string_view kNames[] = {"allOf", "anyOf", "else", "if",
                                                "not",   "oneOf", "then"};
  return std::ranges::find(kNames, name) != std::end(kNames);
}

}  // namespace gh::openai
