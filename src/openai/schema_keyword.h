#pragma once
// The keywords of JSON Schema (drafts 4 to 2020-12) that decide how a schema is looked at.

#include <cstdint>
#include <string_view>

namespace gh::openai {

// What the value of a keyword is.
enum class Holds : std::uint8_t {
  data,         // any JSON; never a schema
  schema,       // an object or a boolean
  schema_list,  // a list of them that is not empty
  items,        // either of the two
  schemas,      // an object whose members are schemas, under names that are the client's
  type,         // a name of a type, or a list of them
  values,       // a list that is not empty
  names,        // a list of strings
  count,        // how often something repeats
  reference,
  regex,
};

struct Keyword {
  std::string_view name;
  Holds holds;
};

// Null for any other keyword.
const Keyword* keyword_of(std::string_view name);

// Of keywords whose schemas apply to the same part of an answer as the one they stand in.
bool applies_in_place(std::string_view name);

}  // namespace gh::openai
