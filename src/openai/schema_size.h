#pragma once
// What a schema becomes in the hands of what compiles it. A kilobyte can stand for gigabytes.

#include <cstdint>

#include "json/json.h"
#include "openai/schema_target.h"

namespace gh::openai {

// How vLLM's compiler goes about it.
enum class Compiled : std::uint8_t {
  // One regular expression of it all (outlines): what a reference leads to stands in its place, and
  // what is counted stands there as often as it may come.
  to_expression,
  // A rule for each schema (xgrammar, guidance): a reference is a name, a count costs its number.
  to_rules,
};

struct SchemaSize {
  std::uint64_t parts = 1;     // schemas, letters and repetitions, or states; at most kTooMuch
  std::uint64_t multiple = 1;  // what numbers are counted by where `multipleOf` come together
};

constexpr std::uint64_t kTooMuch = std::uint64_t{1} << 32;

// Of the schema that `targets` belong to; all its references have been checked. One that leads back
// to where it stands is one part: nothing follows it for ever. `multiple` is the largest anywhere.
// Linear in the schema as it is written.
SchemaSize size_of_schema(SchemaTargets& targets, Compiled compiled);

}  // namespace gh::openai
