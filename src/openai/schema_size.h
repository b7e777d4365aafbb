#pragma once
// What a schema becomes in the hands of a compiler that puts what a reference leads to in its
// place, and what is counted as often as it may come. A kilobyte can stand for gigabytes.

#include <cstdint>

#include "json/json.h"
#include "openai/schema_target.h"

namespace gh::openai {

struct SchemaSize {
  std::uint64_t parts = 1;  // at most kTooManyParts
  std::uint64_t depth = 1;  // of schemas in schemas
};

constexpr std::uint64_t kTooManyParts = std::uint64_t{1} << 32;

// Of the schema that `targets` belong to; all its references have been checked. One that leads back
// to where it stands is a part by itself: no compiler follows it for ever. `letters`: how many of a
// text's maxLength are one part. Linear in the schema as it is written.
SchemaSize size_of_schema(SchemaTargets& targets, std::uint64_t letters);

}  // namespace gh::openai
