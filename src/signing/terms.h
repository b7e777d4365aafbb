#pragma once
// Our own part of the predicate: from when, until when and as what a signature counts. Verifiers of
// model_signing ignore it, as the predicate's specification asks of them.

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "json/json.h"
#include "signing/manifest.h"
#include "signing/rules.h"

namespace gh::signing {

// What the one who verifies demands; empty demands nothing.
struct Expected {
  std::optional<Role> role;
  std::string name;
  std::string base_digest;
};

// Clocks of two machines may differ by this much before `not_before` refuses.
inline constexpr Duration kClockSkew = std::chrono::minutes(5);

// Strict: a field that this version does not know might be a restriction, so it is an error.
Result<Terms> read_terms(json::Value value);
void write_terms(const Terms& terms, json::Writer& out);

// 64 digits of lower-case hexadecimal.
bool is_root_digest(std::string_view text);

// Every reason why the manifest does not count now, for this.
std::vector<Reason> check_terms(const Manifest& manifest, const Expected& expected, WallTime now);

}  // namespace gh::signing
