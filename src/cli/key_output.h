#pragma once
// Keys as text and as JSON. Everything that came from outside is escaped for a terminal.

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"
#include "identity/key_record.h"
#include "policy/snapshot.h"

namespace gh::cli {

// "in force", "expired", "revoked" or "no tenant", as `Directory` would decide at `now`.
std::string_view state_of(const identity::KeyRecord& key, const policy::Snapshot& policy,
                          WallTime now);

// One line per key under a heading; columns as wide as their content.
std::string key_table(const std::vector<identity::KeyRecord>& keys, const policy::Snapshot& policy,
                      WallTime now);
// Every field of one key but its secrets' MACs.
std::string key_text(const identity::KeyRecord& key, const policy::Snapshot& policy, WallTime now);
// The same as one JSON object, in the shape of docs/commands.md.
std::string key_json(const identity::KeyRecord& key, const policy::Snapshot& policy, WallTime now);
std::string key_list_json(const std::vector<identity::KeyRecord>& keys,
                          const policy::Snapshot& policy, WallTime now);

// What `keys create` prints; the only texts that ever hold the secret.
Secret new_key_text(const identity::KeyRecord& key, const Secret& secret,
                    const policy::Snapshot& policy);
Secret new_key_alone(const Secret& secret);  // one line
Secret new_key_json(const identity::KeyRecord& key, const Secret& secret);

}  // namespace gh::cli
