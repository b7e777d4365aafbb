#pragma once
// Between a KeyRecord and its rows. Each function runs within the caller's transaction.

#include <optional>
#include <string_view>
#include <vector>

#include "identity/key_record.h"
#include "store/sqlite.h"

namespace gh::store {

Result<> insert_key(const Database& database, const identity::KeyRecord& key);

// All keys by creation, or the one of that id. Fails rather than to leave out what it cannot read:
// a key that lost its list of models would otherwise be one that may use them all.
Result<std::vector<identity::KeyRecord>> read_keys(const Database& database,
                                                   std::optional<std::string_view> id);

}  // namespace gh::store
