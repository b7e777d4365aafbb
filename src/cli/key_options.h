#pragma once
// What `gatehouse keys create` is told, checked against the policy. Errors are for the person who
// typed it: they quote the word and say what would do.

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "cli/keys.h"
#include "identity/key_record.h"
#include "policy/snapshot.h"

namespace gh::cli {

// A record of everything but id and secrets.
Result<identity::KeyRecord> key_from_options(const KeysCreate& command,
                                             const policy::Snapshot& policy, WallTime now);

// What the options name and the key can use nowhere, for a note; "" when there is nothing of it.
std::string idle_part(const identity::KeyRecord& key, const policy::Snapshot& policy);

// A limit of the key that the tenant's own always comes before, for a note; "" when there is none.
std::string idle_limit(const identity::KeyRecord& key, const policy::Snapshot& policy);

// "" 90 days, "never" nothing, "90d" from now, "2027-01-31" midnight UTC, "2027-01-31T12:00:00Z".
// Never in the past.
Result<std::optional<WallTime>> parse_expiry(const std::string& text, WallTime now);

// Every limit that a key may have, with an example: "requests=5/min, concurrent=2, …".
std::string limit_examples();

// As in the examples.
Result<identity::KeyLimits> parse_limits(const std::vector<std::string>& texts);

}  // namespace gh::cli
