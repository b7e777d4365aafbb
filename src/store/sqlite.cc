#include "store/sqlite.h"

#include <sqlite3.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/text.h"

namespace gh::store {
namespace {

constexpr std::uintmax_t kHeaderBytes = 100;

std::unexpected<Error> failure(sqlite3* database, int code) {
  const char* const name = sqlite3_db_filename(database, "main");
  const std::string path = escape(name == nullptr ? "" : name, 512);
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return fail("the database `{}` is damaged ({}); restore it from a backup", path,
                  sqlite3_errmsg(database));
    case SQLITE_BUSY:
      return fail("the database `{}` is locked by another process", path);
    default:
      break;
  }
  const int system = sqlite3_system_errno(database);
  if (system != 0) {
    return fail("the database `{}`: {}: {}", path, sqlite3_errmsg(database), errno_text(system));
  }
  return fail("the database `{}`: {}", path, sqlite3_errmsg(database));
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

void Statement::note(int code) {
  if (bind_failure_ == SQLITE_OK) bind_failure_ = code;
}

Statement& Statement::bind(int at, std::string_view text) {
  // A null pointer would bind NULL, which is not the empty text.
  note(sqlite3_bind_text64(statement_.get(), at, text.empty() ? "" : text.data(), text.size(),
                           SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind(int at, std::int64_t value) {
  note(sqlite3_bind_int64(statement_.get(), at, value));
  return *this;
}

Statement& Statement::bind(int at, std::optional<std::int64_t> value) {
  note(value ? sqlite3_bind_int64(statement_.get(), at, *value)
             : sqlite3_bind_null(statement_.get(), at));
  return *this;
}

Statement& Statement::bind_blob(int at, std::string_view bytes) {
  note(sqlite3_bind_blob64(statement_.get(), at, bytes.data(), bytes.size(), SQLITE_TRANSIENT));
  return *this;
}

Result<bool> Statement::step() {
  sqlite3* const database = sqlite3_db_handle(statement_.get());
  if (bind_failure_ != SQLITE_OK) return failure(database, bind_failure_);
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return failure(database, code);
}

std::string_view Statement::text(int at) const {
  const unsigned char* const text = sqlite3_column_text(statement_.get(), at);
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(text),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), at))};
}

std::string_view Statement::blob(int at) const {
  const void* const bytes = sqlite3_column_blob(statement_.get(), at);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), at))};
}

std::int64_t Statement::integer(int at) const {
  return sqlite3_column_int64(statement_.get(), at);
}

std::optional<std::int64_t> Statement::optional_integer(int at) const {
  if (sqlite3_column_type(statement_.get(), at) == SQLITE_NULL) return std::nullopt;
  return integer(at);
}

void Database::Close::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}

Result<Database> Database::open(const std::string& path, std::chrono::milliseconds patience) {
  // SQLite takes a file that is shorter than its header for an empty one; here it was cut off.
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (!error && size < kHeaderBytes) {
    return fail("the database `{}` is damaged (cut off after {} bytes); restore it from a backup",
                escape(path, 512), size);
  }
  return connect(path, patience);
}

Result<Database> Database::make(const std::string& path, std::chrono::milliseconds patience) {
  return connect(path, patience);
}

Result<Database> Database::connect(const std::string& path, std::chrono::milliseconds patience) {
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database(raw);
  if (raw == nullptr) return fail("cannot open `{}`: out of memory", escape(path, 512));
  if (code != SQLITE_OK) {
    const int reason = sqlite3_system_errno(raw);
    return fail("cannot open `{}`: {}", escape(path, 512),
                reason != 0 ? errno_text(reason) : sqlite3_errmsg(raw));
  }
  sqlite3_extended_result_codes(raw, 1);
  database.wait_at_most(patience);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  const Result<> configured = database.run(
      "PRAGMA synchronous = EXTRA;"
      "PRAGMA foreign_keys = ON;"
      "PRAGMA trusted_schema = OFF;"
      "PRAGMA cell_size_check = ON;");
  if (!configured) return std::unexpected(configured.error());
  if (const Result<> kept = database.keep_in_one_file(); !kept) {
    return std::unexpected(kept.error());
  }
  return database;
}

void Database::wait_at_most(std::chrono::milliseconds patience) {
  sqlite3_busy_timeout(database_.get(), static_cast<int>(patience.count()));
}

Result<> Database::run(const char* sql) {
  const int code = sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failure(database_.get(), code);
  return {};
}

// With SQLite's other way, WAL, a part of what was committed is in a second file, which nothing
// ties to the first: put another database in its place, and the changes of the old one come back.
Result<> Database::keep_in_one_file() {
  Result<Statement> query = prepare("PRAGMA journal_mode = DELETE");
  if (!query) return std::unexpected(query.error());
  const Result<bool> row = query->step();
  if (!row) return std::unexpected(row.error());
  if (!*row || query->text(0) != "delete") return failure(database_.get(), SQLITE_BUSY);
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) const {
  sqlite3_stmt* raw = nullptr;
  const int code =
      sqlite3_prepare_v2(database_.get(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr);
  if (code != SQLITE_OK) return failure(database_.get(), code);
  return Statement(raw);
}

Result<std::int64_t> Database::number(std::string_view sql) const {
  Result<Statement> query = prepare(sql);
  if (!query) return std::unexpected(query.error());
  const Result<bool> row = query->step();
  if (!row) return std::unexpected(row.error());
  return *row ? query->integer(0) : 0;
}

std::int64_t Database::changes() const {
  return sqlite3_changes64(database_.get());
}

Result<Transaction> Transaction::begin(Database& database, Kind kind) {
  const Result<> begun = database.run(kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN");
  if (!begun) return std::unexpected(begun.error());
  return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  if (database_ == nullptr) return;
  // A failure here means that SQLite has rolled back by itself already.
  [[maybe_unused]] const Result<> ended = database_->run("ROLLBACK");
}

Result<> Transaction::commit() {
  Result<> committed = database_->run("COMMIT");
  if (committed) database_ = nullptr;
  return committed;
}

}  // namespace gh::store
