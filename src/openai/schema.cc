#include "openai/schema.h"

#include <algorithm>
#include <iterator>

#include "openai/schema_keyword.h"
#include "openai/schema_reference.h"
#include "openai/schema_size.h"
#include "openai/values.h"

namespace gh::openai {
namespace {

constexpr std::int64_t kMostRepeats = 65'536;

// From 0.9.0 on what compiles the schemas that pass here is xgrammar or guidance. Before, it was
// outlines for many; 3,000 states of its machine take it 4 seconds (0.0.46), and twice as many four
// times as long. guidance (1.3.0) takes 60 ms for a machine that counts by 10,000.
constexpr vllm::Version kRulesFrom = {.major = 0, .minor = 9};
constexpr std::uint64_t kMostStates = 4'000;
constexpr std::uint64_t kMostOfRules = 1'000'000;
constexpr std::uint64_t kMostMultiple = 10'000;
constexpr std::string_view kTypes[] = {"string", "number", "integer", "boolean",
                                       "object", "array",  "null"};
constexpr std::string_view kTypesText =
    "must be one of: string, number, integer, boolean, object, array, null";

bool check_type_name(Inspection& in, const Path& at, json::Value value) {
  if (!value.is_string()) return in.wrong_type(at, "the name of a type", value);
  return std::ranges::find(kTypes, value.string()) != std::end(kTypes) ||
         in.invalid(at, "{}", kTypesText);
}

bool check_type(Inspection& in, const Path& at, json::Value value) {
  if (!value.is_array()) return check_type_name(in, at, value);
  if (value.size() == 0) return in.invalid(at, "must not be empty");
  std::size_t index = 0;
  for (const json::Value name : value.elements()) {
    if (!check_type_name(in, Path(at, index++), name)) return false;
  }
  return true;
}

bool check_values(Inspection& in, const Path& at, json::Value value) {
  if (!value.is_array()) return in.wrong_type(at, "an array", value);
  return value.size() > 0 || in.invalid(at, "must not be empty");
}

bool check_names(Inspection& in, const Path& at, json::Value value) {
  if (!value.is_array()) return in.wrong_type(at, "an array of strings", value);
  std::size_t index = 0;
  for (const json::Value name : value.elements()) {
    const Path element(at, index++);
    if (!name.is_string()) return in.wrong_type(element, "a string", name);
  }
  return true;
}

// An object of what `check` allows.
template <bool (*check)(Inspection&, const Path&, json::Value)>
bool check_members(Inspection& in, const Path& at, json::Value value) {
  if (!value.is_object()) return in.wrong_type(at, "an object", value);
  for (const auto [name, member] : value.members()) {
    if (!check(in, Path(at, name), member)) return false;
  }
  return true;
}

bool check_factor(Inspection& in, const Path& at, json::Value value) {
  if (!value.is_number()) return in.wrong_type(at, "a number", value);
  return value.number() > 0 || in.invalid(at, "must be above 0");
}

// A value that is no schema and holds none.
bool check_plain(Inspection& in, const Path& at, Holds holds, json::Value value) {
  switch (holds) {
    case Holds::type:
      return check_type(in, at, value);
    case Holds::values:
      return check_values(in, at, value);
    case Holds::names:
      return check_names(in, at, value);
    case Holds::name_lists:
      return check_members<check_names>(in, at, value);
    case Holds::list:
      return value.is_array() || in.wrong_type(at, "an array", value);
    case Holds::text:
      return value.is_string() || in.wrong_type(at, "a string", value);
    case Holds::flag:
      return boolean(in, at, value);
    case Holds::flags:
      return check_members<boolean>(in, at, value);
    case Holds::limit:
      if (value.is_bool()) return true;
      [[fallthrough]];
    default:
      return value.is_number() || in.wrong_type(at, "a number", value);
  }
}

// One schema on its way through the check.
class Walk {
 public:
  Walk(Inspection& inspection, SchemaTargets& targets) : in_(inspection), targets_(targets) {}

  bool schema(const Path& at, json::Value schema, std::uint32_t depth) {
    if (schema.is_bool()) return true;
    if (!schema.is_object()) return in_.wrong_type(at, "a schema: an object or a boolean", schema);
    return members(at, schema, depth, Certain::yes);
  }

 private:
  // Whether a value is a schema, or only may be: what an unknown keyword holds, an engine may take
  // for one. Of such only what does harm is refused.
  enum class Certain : bool { no, yes };

  bool members(const Path& at, json::Value schema, std::uint32_t depth, Certain certain) {
    if (depth > in_.caps.schema_depth) {
      return in_.exceeds(at, "request.schema_depth", "is nested deeper than {} schemas",
                         in_.caps.schema_depth);
    }
    for (const auto [key, value] : schema.members()) {
      if (!keyword(Path(at, key), keyword_of(key), value, depth + 1, certain)) return false;
    }
    return true;
  }

  bool keyword(const Path& at, const Keyword* keyword, json::Value value, std::uint32_t depth,
               Certain certain) {
    if (keyword == nullptr) return maybe(at, value, depth);
    switch (keyword->holds) {
      case Holds::regex:
        return in_.denied(at, "is not accepted: no regular expressions in schemas");
      case Holds::reference:
        return check_reference(in_, at, value, targets_);
      case Holds::count:
        return integer<0, kMostRepeats>(in_, at, value);
      case Holds::factor:
        return check_factor(in_, at, value);
      case Holds::data:
        return true;
      default:
        return certain == Certain::yes ? certainly(at, keyword->holds, value, depth)
                                       : perhaps(at, keyword->holds, value, depth);
    }
  }

  bool perhaps(const Path& at, Holds holds, json::Value value, std::uint32_t depth) {
    if (holds == Holds::type || holds == Holds::values || holds == Holds::names ||
        holds == Holds::list) {
      return true;
    }
    const bool has_names = holds == Holds::schemas || holds == Holds::dependencies;
    if (!has_names || !value.is_object()) return maybe(at, value, depth);
    for (const auto [name, member] : value.members()) {
      if (!maybe(Path(at, name), member, depth)) return false;
    }
    return true;
  }

  bool certainly(const Path& at, Holds holds, json::Value value, std::uint32_t depth) {
    switch (holds) {
      case Holds::schemas:
      case Holds::dependencies:
        return named(at, holds, value, depth);
      case Holds::items:
        return value.is_array() ? listed(at, value, depth) : schema(at, value, depth);
      case Holds::schema_list:
        if (!value.is_array()) return in_.wrong_type(at, "an array of schemas", value);
        return listed(at, value, depth);
      case Holds::schema:
        return schema(at, value, depth);
      default:
        return check_plain(in_, at, holds, value);
    }
  }

  bool named(const Path& at, Holds holds, json::Value schemas, std::uint32_t depth) {
    if (!schemas.is_object()) return in_.wrong_type(at, "an object", schemas);
    for (const auto [name, value] : schemas.members()) {
      const Path member(at, name);
      if (!value.is_array() || holds != Holds::dependencies) {
        if (!schema(member, value, depth)) return false;
      } else if (!maybe(member, value, depth) || !check_names(in_, member, value)) {
        return false;
      }
    }
    return true;
  }

  bool listed(const Path& at, json::Value schemas, std::uint32_t depth) {
    if (schemas.size() == 0) return in_.invalid(at, "must not be empty");
    std::size_t index = 0;
    for (const json::Value value : schemas.elements()) {
      if (!schema(Path(at, index++), value, depth)) return false;
    }
    return true;
  }

  bool maybe(const Path& at, json::Value value, std::uint32_t depth) {
    if (value.is_object()) return members(at, value, depth, Certain::no);
    std::size_t index = 0;
    for (const json::Value element : value.elements()) {
      if (!maybe(Path(at, index++), element, depth)) return false;
    }
    return true;
  }

  Inspection& in_;
  SchemaTargets& targets_;
};

bool check_size(Inspection& in, const Path& at, SchemaTargets& targets, SchemaUse use) {
  const bool rules = in.rules.surface->version >= kRulesFrom;
  if (!rules && use == SchemaUse::told) return true;
  const SchemaSize size =
      size_of_schema(targets, rules ? Compiled::to_rules : Compiled::to_expression);
  if (size.multiple > kMostMultiple) {
    return in.invalid(at, "has a `multipleOf`, or several that must hold together, above {}",
                      kMostMultiple);
  }
  if (rules) {
    return size.parts <= kMostOfRules ||
           in.invalid(at,
                      "is too large: its schemas and what its counts add up to are more than {}",
                      kMostOfRules);
  }
  return size.parts <= kMostStates ||
         in.invalid(at,
                    "is too large: this vLLM makes one regular expression of it, with what its "
                    "references lead to and as often as its counts allow, and would need more than "
                    "{} states for it",
                    kMostStates);
}

}  // namespace

bool check_schema(Inspection& in, const Path& at, json::Value schema, SchemaUse use) {
  SchemaTargets targets(schema);
  if (!Walk(in, targets).schema(at, schema, 1)) return false;
  if (refers_to_itself(targets))
    return in.invalid(at, "has a reference that leads back to itself and nowhere else");
  return check_size(in, at, targets, use);
}

}  // namespace gh::openai
