#pragma once
// What the tokenizers library takes of each part of a tokenizer.json: members, their types, and
// which must be there. A table, made by experiment with tokenizers 0.23.3 (2026-11) and by what
// versions from 0.13 on write. It is no stricter than the library: what one of those versions
// writes fits, and members that the library does not know are passed over, except at the top.

#include <span>
#include <string_view>

#include "hub/input.h"
#include "json/json.h"

namespace gh::hub {

struct Member {
  std::string_view name;
  bool (*fits)(json::Value value);
  bool needed = true;
};

// One kind of part: ("decoder", "Strip"). What has one kind only has an empty one: ("padding", "").
struct Shape {
  std::string_view part;
  std::string_view kind;
  std::span<const Member> members;
};

// tokenizer_config.json and special_tokens_map.json, as transformers 5 reads them: ("settings",
// ""),
// ("special tokens", "").
// Nothing where the library knows no such kind.
const Shape* shape_of(std::string_view part, std::string_view kind);

// A finding for each member that is missing or of another type. `what`: "the decoder `Strip`".
void check_shape(const Input& input, std::string_view what, json::Value part, const Shape& shape);

}  // namespace gh::hub
