#pragma once
// The tables of gatehouse.db and how an older file becomes a newer one. Tables and columns:
// docs/formats/state-directory.md.

#include <cstdint>
#include <string>

#include "store/sqlite.h"

namespace gh::store {

inline constexpr std::int64_t kSchemaVersion = 1;

// An error for a file without our tables, of another program, of a newer Gatehouse, or one that
// does not hold together.
Result<> check_schema(const Database& database, const std::string& path);

// Makes the tables in an empty file. Within the caller's transaction.
Result<> create_schema(Database& database);

}  // namespace gh::store
