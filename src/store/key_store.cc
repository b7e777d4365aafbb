#include "store/key_store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <span>
#include <utility>

#include "base/text.h"
#include "crypto/crypto.h"
#include "policy/files.h"
#include "store/key_rows.h"
#include "store/schema.h"
#include "store/sqlite.h"
#include "store/state_directory.h"

namespace gh::store {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPatience{5'000};  // for another process, which writes
constexpr milliseconds kHurry{500};       // a change takes a few syncs of the disk

struct NamedSecret {
  std::string_view name;  // as in the table `secrets`, and the label of its fingerprint
  const std::string& file;
  Secret& value;
};

// Which file it is, whatever its name; of none it is zeros.
using FileIdentity = std::pair<dev_t, ino_t>;

FileIdentity identity_of(const std::string& path) {
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0) return {};
  return {facts.st_dev, facts.st_ino};
}

std::string database_file(const StatePaths& paths) {
  return paths.directory + std::string(policy::kKeyDatabase);
}

std::array<NamedSecret, 2> secrets_at(const StatePaths& paths, StateSecrets& values) {
  return {{{"pepper", paths.pepper_file, values.pepper},
           {"salt_key", paths.salt_key_file, values.salt_key}}};
}

// What root may not do with the rights of another user would be hard to understand.
template <class T>
Result<T> explained(Result<T> result, const OwnerRights& rights, const Owner& owner) {
  if (!result && rights.held()) {
    result.error().message +=
        fmt::format(" (root did this as user {}, who owns the state directory)", owner.user);
  }
  return result;
}

// Whatever lies beside a database SQLite takes for changes of it, though it be of another.
Result<> refuse_beside(const std::string& file, std::initializer_list<std::string_view> suffixes) {
  for (const std::string_view suffix : suffixes) {
    const std::string path = file + std::string(suffix);
    if (!policy::is_there(path)) continue;
    return fail(
        "`{}` lies there, and SQLite would take what it says for changes of `{}`; "
        "when no gatehouse command runs, it was left by another database: remove it",
        escape(path, 512), escape(file, 512));
  }
  return {};
}

// Tells two secrets apart without telling anything about them.
crypto::Digest fingerprint(const NamedSecret& secret) {
  crypto::Hmac hmac(secret.value.reveal());
  const std::string_view parts[] = {"gatehouse state v1", secret.name};
  return hmac.mac_framed(parts);
}

bool is_any_there(std::span<const NamedSecret> secrets) {
  return std::ranges::any_of(
      secrets, [](const NamedSecret& secret) { return policy::is_there(secret.file); });
}

Result<> use_or_make(const StateDirectory& directory, const NamedSecret& secret) {
  Result<Secret> value = policy::is_there(secret.file) ? policy::read_state_secret(secret.file)
                                                       : directory.make_secret(secret.file);
  if (!value) return std::unexpected(value.error());
  secret.value = std::move(*value);
  return {};
}

Result<> remember(const Database& database, const NamedSecret& secret) {
  Result<Statement> insert = database.prepare("INSERT INTO secrets VALUES (?1, ?2)");
  if (!insert) return std::unexpected(insert.error());
  const crypto::Digest mac = fingerprint(secret);
  const Result<bool> row = insert->bind(1, secret.name).bind_blob(2, crypto::view(mac)).step();
  if (!row) return std::unexpected(row.error());
  return {};
}

Result<> recognise(const Database& database, const NamedSecret& secret) {
  // One that this user cannot see is told of when it is read.
  if (!policy::is_there(secret.file) && errno == ENOENT) {
    return fail(
        "`{}` is missing, and the keys in this state directory are worthless without it; put the "
        "file back",
        escape(secret.file, 512));
  }
  Result<Secret> value = policy::read_state_secret(secret.file);
  if (!value) return std::unexpected(value.error());
  secret.value = std::move(*value);

  Result<Statement> query = database.prepare("SELECT fingerprint FROM secrets WHERE name = ?1");
  if (!query) return std::unexpected(query.error());
  const Result<bool> row = query->bind(1, secret.name).step();
  if (!row) return std::unexpected(row.error());
  const crypto::Digest mac = fingerprint(secret);
  if (!*row || !equal_constant_time(query->blob(0), crypto::view(mac))) {
    return fail(
        "`{}` is not the secret that this state directory was made with; put the right file back",
        escape(secret.file, 512));
  }
  return {};
}

Result<> fill(Database& database, std::span<const NamedSecret> secrets) {
  Result<Transaction> transaction = Transaction::begin(database, Transaction::Kind::write);
  if (!transaction) return std::unexpected(transaction.error());
  if (const Result<> made = create_schema(database); !made) return made;
  for (const NamedSecret& secret : secrets) {
    if (const Result<> kept = remember(database, secret); !kept) return kept;
  }
  return transaction->commit();
}

Result<> make_database(const StateDirectory& directory, const std::string& file,
                       std::span<const NamedSecret> secrets) {
  const std::string draft = file + ".new";
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) ::unlink((draft + suffix).c_str());
  if (const Result<> made = directory.make_file(draft); !made) return made;
  {
    Result<Database> database = Database::make(draft, kPatience);
    if (!database) return std::unexpected(database.error());
    if (const Result<> filled = fill(*database, secrets); !filled) return filled;
  }
  return directory.put_in_place(draft, file);
}

// The database comes last, and under another name until it is whole: before that the state counts
// as empty, and whatever secrets there are by then are taken up again. So an empty file under its
// own name is never a beginning. What there is to say of it is the result.
Result<std::string> create(const StateDirectory& directory, const StatePaths& paths) {
  if (const Result<> locked = directory.lock(); !locked) return std::unexpected(locked.error());
  const std::string file = database_file(paths);
  if (policy::is_there(file)) return "";  // made by who had the lock before
  if (const Result<> alone = refuse_beside(file, {"-wal", "-journal"}); !alone) {
    return std::unexpected(alone.error());
  }
  StateSecrets values;
  const auto secrets = secrets_at(paths, values);
  const bool anew = is_any_there(secrets);
  for (const NamedSecret& secret : secrets) {
    if (const Result<> made = use_or_make(directory, secret); !made) {
      return std::unexpected(made.error());
    }
  }
  if (const Result<> made = make_database(directory, file, secrets); !made) {
    return std::unexpected(made.error());
  }
  if (!anew) return "";
  return fmt::format(
      "`{}` was not there and begins without a key, although its secrets were there; if this state "
      "had keys, restore it from a backup",
      escape(file, 512));
}

}  // namespace

struct KeyStore::Impl {
  StateSecrets secrets;
  Database database;
  StatePaths paths;
  FileIdentity file;
  milliseconds patience;
  Owner owner;
  std::string begun_anew;

  static Result<KeyStore> open(const StatePaths& paths, milliseconds patience, Owner owner);
  static Result<KeyStore> open_or_create(const StateDirectory& directory, const StatePaths& paths);
  Result<bool> has_in_force(const identity::KeyRecord& key) const {
    Result<Statement> query =
        database.prepare("SELECT 1 FROM keys WHERE tenant = ?1 AND name = ?2 AND revoked IS NULL");
    if (!query) return std::unexpected(query.error());
    return query->bind(1, key.tenant).bind(2, key.name).step();
  }
};

KeyStore::KeyStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
KeyStore::KeyStore(KeyStore&&) noexcept = default;
KeyStore& KeyStore::operator=(KeyStore&&) noexcept = default;
KeyStore::~KeyStore() = default;

const StateSecrets& KeyStore::secrets() const {
  return impl_->secrets;
}

Result<KeyStore> KeyStore::Impl::open(const StatePaths& paths, milliseconds patience, Owner owner) {
  const std::string file = database_file(paths);
  if (const Result<> closed = check_closed(file); !closed) return std::unexpected(closed.error());
  if (const Result<> alone = refuse_beside(file, {"-wal"}); !alone) {
    return std::unexpected(alone.error());
  }
  // Before it is opened: what replaces it meanwhile is found at the next look.
  const FileIdentity identity = identity_of(file);
  Result<Database> database = Database::open(file, patience);
  if (!database) return std::unexpected(database.error());
  if (const Result<> known = check_schema(*database, file); !known) {
    return std::unexpected(known.error());
  }
  StateSecrets values;
  for (const NamedSecret& secret : secrets_at(paths, values)) {
    if (const Result<> known = recognise(*database, secret); !known) {
      return std::unexpected(known.error());
    }
  }
  return KeyStore(std::make_unique<Impl>(std::move(values), std::move(*database), paths, identity,
                                         patience, owner, ""));
}

Result<KeyStore> KeyStore::Impl::open_or_create(const StateDirectory& directory,
                                                const StatePaths& paths) {
  std::string begun;
  if (!exists(paths)) {
    Result<std::string> made = create(directory, paths);
    if (!made) return std::unexpected(made.error());
    begun = std::move(*made);
  }
  Result<KeyStore> store = open(paths, kPatience, directory.owner());
  if (store) store->impl_->begun_anew = std::move(begun);
  return store;
}

Result<KeyStore> KeyStore::open(const StatePaths& paths) {
  const Result<StateDirectory> directory = StateDirectory::make(paths.directory);
  if (!directory) return std::unexpected(directory.error());
  const Result<OwnerRights> rights = OwnerRights::take(directory->owner());
  if (!rights) return std::unexpected(rights.error());
  return explained(Impl::open_or_create(*directory, paths), *rights, directory->owner());
}

const std::string& KeyStore::begun_anew() const {
  return impl_->begun_anew;
}

void KeyStore::hurry() {
  impl_->patience = kHurry;
  impl_->database.wait_at_most(kHurry);
}

bool KeyStore::is_replaced() const {
  return identity_of(database_file(impl_->paths)) != impl_->file;
}

bool KeyStore::exists(const StatePaths& paths) {
  return policy::is_there(database_file(paths)) || (errno != ENOENT && errno != ENOTDIR);
}

Result<KeyStore> KeyStore::reopen() const {
  const std::string file = database_file(impl_->paths);
  if (!exists(impl_->paths)) return fail("`{}` is gone", escape(file, 512));
  const Result<StateDirectory> directory = StateDirectory::open(impl_->paths.directory);
  if (!directory) return std::unexpected(directory.error());
  const Result<OwnerRights> rights = OwnerRights::take(directory->owner());
  if (!rights) return std::unexpected(rights.error());
  // A command that writes to the database of before, or was killed at it, has left this one.
  if (const Result<> alone = refuse_beside(file, {"-journal"}); !alone) {
    return std::unexpected(alone.error());
  }
  Result<KeyStore> store = explained(Impl::open(impl_->paths, impl_->patience, directory->owner()),
                                     *rights, directory->owner());
  if (store && !(store->secrets().pepper.equals(secrets().pepper.reveal()) &&
                 store->secrets().salt_key.equals(secrets().salt_key.reveal()))) {
    return fail("`{}` has other secrets than before; they need a restart", escape(file, 512));
  }
  return store;
}

Result<> KeyStore::add(const identity::KeyRecord& key) {
  const Result<OwnerRights> rights = OwnerRights::take(impl_->owner);
  if (!rights) return std::unexpected(rights.error());
  Result<Transaction> transaction = Transaction::begin(impl_->database, Transaction::Kind::write);
  if (!transaction) return std::unexpected(transaction.error());
  const Result<bool> taken = impl_->has_in_force(key);
  if (!taken) return std::unexpected(taken.error());
  if (*taken && !key.revoked) {
    return fail("tenant `{}` has a key named `{}` already; revoke it or choose another name",
                escape(key.tenant), escape(key.name));
  }
  if (const Result<> inserted = insert_key(impl_->database, key); !inserted) return inserted;
  return transaction->commit();
}

Result<std::vector<identity::KeyRecord>> KeyStore::all() const {
  const Result<OwnerRights> rights = OwnerRights::take(impl_->owner);
  if (!rights) return std::unexpected(rights.error());
  // One transaction, so that rows of several tables are of one moment.
  const Result<Transaction> moment = Transaction::begin(impl_->database, Transaction::Kind::read);
  if (!moment) return std::unexpected(moment.error());
  return read_keys(impl_->database, std::nullopt);
}

Result<std::optional<identity::KeyRecord>> KeyStore::find(std::string_view handle) const {
  const Result<OwnerRights> rights = OwnerRights::take(impl_->owner);
  if (!rights) return std::unexpected(rights.error());
  const Result<Transaction> moment = Transaction::begin(impl_->database, Transaction::Kind::read);
  if (!moment) return std::unexpected(moment.error());
  // A name may have been used before; the key in force is meant, else the latest.
  Result<Statement> query = impl_->database.prepare(
      "SELECT id FROM keys"
      " WHERE id = ?1 OR tenant || '/' || name = ?1"
      " OR id IN (SELECT key_id FROM key_secrets WHERE kid = ?1)"
      " ORDER BY id = ?1 DESC, revoked IS NULL DESC, created DESC LIMIT 1");
  if (!query) return std::unexpected(query.error());
  const Result<bool> row = query->bind(1, handle).step();
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::nullopt;
  Result<std::vector<identity::KeyRecord>> keys = read_keys(impl_->database, query->text(0));
  if (!keys) return std::unexpected(keys.error());
  return std::move(keys->front());
}

Result<bool> KeyStore::revoke(std::string_view id, WallTime now) {
  const Result<OwnerRights> rights = OwnerRights::take(impl_->owner);
  if (!rights) return std::unexpected(rights.error());
  Result<Transaction> transaction = Transaction::begin(impl_->database, Transaction::Kind::write);
  if (!transaction) return std::unexpected(transaction.error());
  Result<Statement> update =
      impl_->database.prepare("UPDATE keys SET revoked = ?2 WHERE id = ?1 AND revoked IS NULL");
  if (!update) return std::unexpected(update.error());
  const Result<bool> row = update->bind(1, id).bind(2, now.ns).step();
  if (!row) return std::unexpected(row.error());
  if (impl_->database.changes() == 0) return false;
  if (const Result<> committed = transaction->commit(); !committed) {
    return std::unexpected(committed.error());
  }
  return true;
}

Result<std::int64_t> KeyStore::change_counter() const {
  const Result<OwnerRights> rights = OwnerRights::take(impl_->owner);
  if (!rights) return std::unexpected(rights.error());
  return impl_->database.number("PRAGMA data_version");
}

}  // namespace gh::store
