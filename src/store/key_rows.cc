#include "store/key_rows.h"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "base/text.h"

namespace gh::store {
namespace {

using identity::KeyRecord;
using identity::KeySecret;

// The bits of column `endpoints`; part of the format, whatever order the program has them in.
struct EndpointBit {
  vllm::Endpoint endpoint;
  std::int64_t bit;
};
constexpr EndpointBit kEndpointBits[] = {
    {vllm::Endpoint::chat, 1}, {vllm::Endpoint::completions, 2}, {vllm::Endpoint::embeddings, 4}};

std::int64_t to_bits(policy::EndpointSet set) {
  std::int64_t bits = 0;
  for (const auto& [endpoint, bit] : kEndpointBits) bits |= set.has(endpoint) ? bit : 0;
  return bits;
}

policy::EndpointSet to_set(std::int64_t bits) {
  policy::EndpointSet set;
  for (const auto& [endpoint, bit] : kEndpointBits) {
    if ((bits & bit) != 0) set.add(endpoint);
  }
  return set;
}

std::optional<std::int64_t> to_column(std::optional<WallTime> time) {
  return time ? std::optional(time->ns) : std::nullopt;
}

std::optional<std::int64_t> to_column(std::optional<std::uint32_t> value) {
  return value ? std::optional<std::int64_t>(*value) : std::nullopt;
}

std::optional<WallTime> to_time(std::optional<std::int64_t> column) {
  return column ? std::optional(WallTime{*column}) : std::nullopt;
}

// The table's CHECKs keep these columns within 32 bits.
std::optional<std::uint32_t> to_cap(std::optional<std::int64_t> column) {
  return column ? std::optional(static_cast<std::uint32_t>(*column)) : std::nullopt;
}

Result<> done(Statement& statement) {
  const Result<bool> row = statement.step();
  if (!row) return std::unexpected(row.error());
  return {};
}

Result<> insert_model(const Database& database, const KeyRecord& key, const std::string& model) {
  Result<Statement> insert = database.prepare("INSERT INTO key_models VALUES (?1, ?2)");
  if (!insert) return std::unexpected(insert.error());
  return done(insert->bind(1, key.id).bind(2, model));
}

Result<> insert_secret(const Database& database, const KeyRecord& key, const KeySecret& secret) {
  Result<Statement> insert = database.prepare("INSERT INTO key_secrets VALUES (?1, ?2, ?3, ?4)");
  if (!insert) return std::unexpected(insert.error());
  return done(insert->bind(1, secret.kid)
                  .bind(2, key.id)
                  .bind_blob(3, crypto::view(secret.mac))
                  .bind(4, to_column(secret.not_after)));
}

void read_limits(const Statement& row, KeyRecord& key) {
  if (const auto count = row.optional_integer(6)) {
    key.limits.requests = policy::Rate{static_cast<std::uint64_t>(*count), Duration{row.integer(7)},
                                       static_cast<std::uint64_t>(row.integer(8)), ""};
  }
  key.limits.concurrent = to_cap(row.optional_integer(9));
  key.limits.max_tokens = to_cap(row.optional_integer(10));
  key.limits.max_prompt_tokens = to_cap(row.optional_integer(11));
  key.limits.n = to_cap(row.optional_integer(12));
}

struct Rows {
  std::vector<KeyRecord> keys;
  std::unordered_map<std::string, std::size_t> places;  // by id
  std::vector<bool> all_models;

  // Null for a row of a key that was not asked for; foreign keys rule out any other.
  KeyRecord* key(std::string_view id) {
    const auto found = places.find(std::string(id));
    return found == places.end() ? nullptr : &keys[found->second];
  }
};

// Calls `read` for each row of a query whose only value is `id` or, for all, NULL.
template <class Read>
Result<> each_row(const Database& database, std::string_view sql,
                  std::optional<std::string_view> id, Read read) {
  Result<Statement> query = database.prepare(sql);
  if (!query) return std::unexpected(query.error());
  if (id) query->bind(1, *id);
  for (;;) {
    const Result<bool> row = query->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
    if (const Result<> taken = read(*query); !taken) return taken;
  }
}

Result<> read_main_rows(const Database& database, std::optional<std::string_view> id, Rows& rows) {
  return each_row(
      database,
      "SELECT id, tenant, name, user, all_models, endpoints, requests_count, requests_period,"
      " requests_burst, concurrent, max_tokens, max_prompt_tokens, n, created, expires, revoked"
      " FROM keys WHERE ?1 IS NULL OR id = ?1 ORDER BY created, id",
      id, [&rows](const Statement& row) -> Result<> {
        KeyRecord key;
        key.id = row.text(0);
        key.tenant = row.text(1);
        key.name = row.text(2);
        key.user = row.text(3);
        key.endpoints = to_set(row.integer(5));
        key.created = WallTime{row.integer(13)};
        key.expires = to_time(row.optional_integer(14));
        key.revoked = to_time(row.optional_integer(15));
        read_limits(row, key);
        rows.all_models.push_back(row.integer(4) != 0);
        rows.places.emplace(key.id, rows.keys.size());
        rows.keys.push_back(std::move(key));
        return {};
      });
}

Result<> read_models(const Database& database, std::optional<std::string_view> id, Rows& rows) {
  return each_row(database,
                  "SELECT key_id, model FROM key_models WHERE ?1 IS NULL OR key_id = ?1"
                  " ORDER BY key_id, model",
                  id, [&rows](const Statement& row) -> Result<> {
                    if (KeyRecord* key = rows.key(row.text(0)))
                      key->models.emplace_back(row.text(1));
                    return {};
                  });
}

Result<> read_secrets(const Database& database, std::optional<std::string_view> id, Rows& rows) {
  return each_row(database,
                  "SELECT key_id, kid, mac, not_after FROM key_secrets"
                  " WHERE ?1 IS NULL OR key_id = ?1 ORDER BY key_id, kid",
                  id, [&rows](const Statement& row) -> Result<> {
                    KeyRecord* key = rows.key(row.text(0));
                    if (key == nullptr) return {};
                    KeySecret secret;
                    secret.kid = row.text(1);
                    const std::string_view mac = row.blob(2);
                    if (mac.size() != secret.mac.size()) {
                      return fail("key `{}` has a damaged secret", escape(key->id));
                    }
                    std::ranges::copy(mac, secret.mac.begin());
                    secret.not_after = to_time(row.optional_integer(3));
                    key->secrets.push_back(std::move(secret));
                    return {};
                  });
}

}  // namespace

Result<> insert_key(const Database& database, const KeyRecord& key) {
  Result<Statement> insert = database.prepare(
      "INSERT INTO keys (id, tenant, name, user, all_models, endpoints, requests_count,"
      " requests_period, requests_burst, concurrent, max_tokens, max_prompt_tokens, n, created,"
      " expires, revoked)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)");
  if (!insert) return std::unexpected(insert.error());
  std::optional<std::int64_t> count;
  std::optional<std::int64_t> period;
  std::optional<std::int64_t> burst;
  if (const auto& requests = key.limits.requests) {
    if (requests->count > INT64_MAX || requests->burst > INT64_MAX) {
      return fail("the request rate of key `{}` is too large to store", escape(key.name));
    }
    count = static_cast<std::int64_t>(requests->count);
    period = requests->period.count();
    burst = static_cast<std::int64_t>(requests->burst);
  }
  insert->bind(1, key.id).bind(2, key.tenant).bind(3, key.name).bind(4, key.user);
  insert->bind(5, std::int64_t{key.models.empty()}).bind(6, to_bits(key.endpoints));
  insert->bind(7, count).bind(8, period).bind(9, burst);
  insert->bind(10, to_column(key.limits.concurrent)).bind(11, to_column(key.limits.max_tokens));
  insert->bind(12, to_column(key.limits.max_prompt_tokens)).bind(13, to_column(key.limits.n));
  insert->bind(14, key.created.ns).bind(15, to_column(key.expires));
  insert->bind(16, to_column(key.revoked));
  if (const Result<> inserted = done(*insert); !inserted) return inserted;
  for (const std::string& model : key.models) {
    if (const Result<> inserted = insert_model(database, key, model); !inserted) return inserted;
  }
  for (const KeySecret& secret : key.secrets) {
    if (const Result<> inserted = insert_secret(database, key, secret); !inserted) return inserted;
  }
  return {};
}

Result<std::vector<KeyRecord>> read_keys(const Database& database,
                                         std::optional<std::string_view> id) {
  Rows rows;
  for (const auto read : {read_main_rows, read_models, read_secrets}) {
    if (const Result<> taken = read(database, id, rows); !taken) {
      return std::unexpected(taken.error());
    }
  }
  for (std::size_t i = 0; i < rows.keys.size(); ++i) {
    if (rows.all_models[i] != rows.keys[i].models.empty()) {
      return fail("key `{}` has lost its list of models", escape(rows.keys[i].id));
    }
  }
  return std::move(rows.keys);
}

}  // namespace gh::store
