#pragma once
// What Gatehouse knows of every top-level request field: who may send it, what it may hold and
// where it goes. The table in fields.cc is the only list; docs/fields.md tells clients the same.

#include <span>
#include <string_view>

#include "json/json.h"
#include "openai/inspection.h"
#include "openai/request.h"
#include "vllm/surface.h"

namespace gh::openai {

enum class Action : std::uint8_t {
  pass,  // checked, and written where the vLLM version has it
  ours,  // checked; what the upstream gets in its place is the gateway's decision
  drop,  // never an error, never written: identity, scheduling and cache belong to the gateway
  deny,  // refused, unless it holds what it would be without it
};

using Check = bool (*)(Inspection& in, const Path& at, json::Value value);
using Idle = bool (*)(json::Value value);
using OnlyIf = bool (*)(const RequestFacts& facts);

struct Field {
  std::string_view name;
  unsigned on;  // bits 1 << endpoint
  Action action;
  Check check;            // for pass and ours
  Idle idle;              // a value that means the same as none, which is then made of it; or null
  OnlyIf only_if;         // for pass: written only in a request where this holds; or null
  std::string_view hint;  // for deny: what to do instead, or why not
};

// Null when there is no such field on this endpoint.
const Field* find_field(vllm::Endpoint endpoint, std::string_view name);

inline bool is_idle(const Field& field, json::Value value) {
  return value.is_null() || (field.idle != nullptr && field.idle(value));
}

// Sorted by name; for tests, and for proposing a name.
std::span<const Field> fields();

}  // namespace gh::openai
