#include "store/schema.h"

#include "base/text.h"

namespace gh::store {
namespace {

constexpr std::int64_t kApplicationId = 0x67617465;  // "gate"; PRAGMA application_id below

constexpr const char* kCreate = R"sql(
  CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE keys (
    id TEXT PRIMARY KEY,
    tenant TEXT NOT NULL,
    name TEXT NOT NULL,
    user TEXT NOT NULL,
    all_models INTEGER NOT NULL CHECK (all_models IN (0, 1)),
    endpoints INTEGER NOT NULL CHECK (endpoints BETWEEN 0 AND 7),
    requests_count INTEGER CHECK (requests_count > 0),
    requests_period INTEGER CHECK (requests_period > 0),
    requests_burst INTEGER CHECK (requests_burst > 0),
    concurrent INTEGER CHECK (concurrent BETWEEN 0 AND 4294967295),
    max_tokens INTEGER CHECK (max_tokens BETWEEN 0 AND 4294967295),
    max_prompt_tokens INTEGER CHECK (max_prompt_tokens BETWEEN 0 AND 4294967295),
    n INTEGER CHECK (n BETWEEN 0 AND 4294967295),
    created INTEGER NOT NULL,
    expires INTEGER,
    revoked INTEGER,
    CHECK ((requests_count IS NULL) = (requests_period IS NULL)),
    CHECK ((requests_count IS NULL) = (requests_burst IS NULL))
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX keys_in_force ON keys (tenant, name) WHERE revoked IS NULL;

  CREATE TABLE key_models (
    key_id TEXT NOT NULL REFERENCES keys (id) ON DELETE CASCADE,
    model TEXT NOT NULL,
    PRIMARY KEY (key_id, model)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE key_secrets (
    kid TEXT PRIMARY KEY,
    key_id TEXT NOT NULL REFERENCES keys (id) ON DELETE CASCADE,
    mac BLOB NOT NULL CHECK (length(mac) = 32),
    not_after INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX key_secrets_of_key ON key_secrets (key_id);

  PRAGMA application_id = 1734440037;
  PRAGMA user_version = 1;
)sql";

Result<> check_whole(const Database& database, const std::string& path) {
  Result<Statement> query = database.prepare("PRAGMA quick_check(1)");
  if (!query) return std::unexpected(query.error());
  const Result<bool> row = query->step();
  if (!row) return std::unexpected(row.error());
  if (!*row || query->text(0) != "ok") {
    return fail("the database `{}` is damaged ({}); restore it from a backup", escape(path, 512),
                escape(*row ? query->text(0) : "no answer"));
  }
  return {};
}

}  // namespace

Result<> check_schema(const Database& database, const std::string& path) {
  const Result<std::int64_t> version = database.number("PRAGMA user_version");
  if (!version) return std::unexpected(version.error());
  const Result<std::int64_t> application = database.number("PRAGMA application_id");
  if (!application) return std::unexpected(application.error());
  const Result<std::int64_t> objects = database.number("SELECT count(*) FROM sqlite_schema");
  if (!objects) return std::unexpected(objects.error());

  const bool empty = *version == 0 && *application == 0 && *objects == 0;
  if (empty) {
    return fail("the database `{}` has lost its tables; restore it from a backup",
                escape(path, 512));
  }
  if (*application != kApplicationId || *version <= 0) {
    return fail("`{}` is a database of another program", escape(path, 512));
  }
  if (*version > kSchemaVersion) {
    return fail("the database `{}` was written by a newer Gatehouse (format {}, this one knows {})",
                escape(path, 512), *version, kSchemaVersion);
  }
  return check_whole(database, path);
}

Result<> create_schema(Database& database) {
  return database.run(kCreate);
}

}  // namespace gh::store
