#pragma once
// Which members of an answer a client may see: a tree of names that is walked beside the JSON
// value. Read from data/vllm/responses. Values, immutable once in a Surface; any thread.
//
//   std::size_t next = 0;
//   for (auto [key, value] : body.members()) {
//     const ResponseShape* field = shape.find(key, next);
//     if (field == nullptr) …                   // unlisted: leave out and count
//     else if (field->kind == Kind::drop) …     // leave out
//     else …                                    // check accepts(), write, descend
//   }

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "json/json.h"
#include "vllm/version.h"

namespace gh::vllm {

// The kinds of data/vllm/README.md.
enum class Kind : std::uint8_t {
  drop,
  object,  // copied member by member
  usage,   // an object too: the token counts
  text,    // a string that the model wrote
  model,   // a string: the model's name as vLLM knows it
  string,
  integer,
  number,
  string_or_integer,
  natural,    // an integer from 0 to `most`
  embedding,  // a string, or an array of numbers
};

// Members that the gateway reads itself, by their names; what it does depends on where they stand.
enum class Part : std::uint8_t {
  other,
  id,
  object,   // the name of what the answer is
  entries,  // one for each choice or input
  index,
  content,  // of an entry
  logprobs,
  alternatives,  // the likeliest tokens
  finish_reason,
  role,
  type,  // of a tool call
};

struct ResponseShape {
  // Of the member; "*" stands for any; empty for the whole answer.
  std::string_view name;
  std::string quoted;  // `"name":`; empty for "*"
  Part part = Part::other;
  Kind kind = Kind::object;
  std::int64_t most = 0;               // of a natural number
  bool array = false;                  // the value is an array of `kind`
  bool never_null = false;             // the value is not null; of an array, no element is
  std::vector<ResponseShape> members;  // of an object, in the order in which vLLM writes them

  // The member of that name, or null. The search begins at `next`, which becomes the place after
  // the one found: keys nearly always come in vLLM's own order, so that one look is enough.
  const ResponseShape* find(std::string_view key, std::size_t& next) const {
    if (next < members.size() && same_name(members[next].name, key)) return &members[next++];
    return search(key, next);
  }

  // Whether a value of that type can stand here; where `array`, an element of that type. Null
  // mostly can: vLLM writes it for what it leaves out.
  bool accepts(json::Type type) const;

 private:
  const ResponseShape* search(std::string_view key, std::size_t& next) const;
};

// What one file of data/vllm/responses lists for `version`; names are views into `text`. An error
// names the line.
Result<ResponseShape> parse_response_shape(std::string_view text, Version version);

}  // namespace gh::vllm
