#pragma once
// API keys in SQLite, under `state.directory`/gatehouse.db. The command line and a running gateway
// use the same file at the same time; a gateway notices another process's change by
// `change_counter`. Not thread-safe: the control thread's and the command line's, never a worker's.
// Where root opens what belongs to another user, each call is made with that user's rights to files
// (owner_rights.h).

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "identity/key_record.h"

namespace gh::store {

// Secrets that belong to a state directory. Created only together with an empty state; a state
// whose secrets are missing or are not the ones it was made with is refused.
struct StateSecrets {
  Secret pepper;    // 32 bytes, of API keys
  Secret salt_key;  // 32 bytes, of cache salts
};

struct StatePaths {
  std::string directory;
  std::string pepper_file;
  std::string salt_key_file;
};

class KeyStore {
 public:
  // Creates directory (0700), database (0600) and secrets (0600) when all of them are absent.
  static Result<KeyStore> open(const StatePaths& paths);
  // Whether there is a database, or nobody may see that there is none. What is to find a key, and
  // not to make one, asks first: a gateway that runs would take a new one for its own.
  static bool exists(const StatePaths& paths);
  KeyStore(KeyStore&&) noexcept;
  KeyStore& operator=(KeyStore&&) noexcept;
  ~KeyStore();

  const StateSecrets& secrets() const;
  // What a person should hear when `open` has made a database beside secrets that were there: it
  // may be one that was lost. "" for any other.
  const std::string& begun_anew() const;

  Result<> add(const identity::KeyRecord& key);
  Result<std::vector<identity::KeyRecord>> all() const;
  // By id, kid, or tenant/name; nothing when there is none.
  Result<std::optional<identity::KeyRecord>> find(std::string_view handle) const;
  // In force at once; false when there is no such key or it was revoked before.
  Result<bool> revoke(std::string_view id, WallTime now);

  // Another file, or none, is now where the database was: a backup was put back, say. The one that
  // is open goes on being read until `reopen`.
  bool is_replaced() const;
  // What is there now, as patient as this one; an error when that is nothing, or when its secrets
  // are others.
  Result<KeyStore> reopen() const;

  // Differs from an earlier value of this object when somebody else has changed the database since.
  Result<std::int64_t> change_counter() const;

  // For a thread that has more to do: from now on nothing waits longer than half a second for
  // another process. A look that fails for that is repeated.
  void hurry();

 private:
  struct Impl;
  explicit KeyStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace gh::store
