#pragma once
// The keywords of JSON Schema, drafts 4 to 2020-12, with what their meta-schemas allow.

#include <cstdint>
#include <string_view>

namespace gh::openai {

// What the value of a keyword is.
enum class Holds : std::uint8_t {
  data,          // any JSON; never a schema
  schema,        // an object or a boolean
  schema_list,   // a list of them that is not empty
  items,         // either of the two
  schemas,       // an object whose members are schemas, under names that are the client's
  dependencies,  // the same, or lists of names
  type,          // a name of a type, or a list of them
  values,        // a list that is not empty
  names,         // a list of strings
  name_lists,    // an object of such lists
  list,          // any list of data
  text,
  flag,   // a boolean
  flags,  // an object of booleans
  number,
  limit,   // a number, or in draft 4 a boolean
  factor,  // a number above 0
  count,   // how often something repeats
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
