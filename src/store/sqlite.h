#pragma once
// SQLite as this folder uses it: handles that close themselves, and every failure a Result whose
// message names the file. Not thread-safe: a Database and its Statements belong to one thread.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace gh::store {

// Values are bound by position from 1 and read by position from 0, as in SQLite itself. Bound text
// is copied. A bind that fails is reported by the next step().
class Statement {
 public:
  Statement& bind(int at, std::string_view text);
  Statement& bind(int at, std::int64_t value);
  Statement& bind(int at, std::optional<std::int64_t> value);
  Statement& bind_blob(int at, std::string_view bytes);

  // True: there is a row to read. False: done.
  Result<bool> step();

  // Of the current row; views until the next step().
  std::string_view text(int at) const;
  std::string_view blob(int at) const;
  std::int64_t integer(int at) const;
  std::optional<std::int64_t> optional_integer(int at) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  void note(int code);

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int bind_failure_ = 0;
};

class Database {
 public:
  // An existing file, for reading and writing, with foreign keys on and commits that survive a
  // loss of power. Waits as long as `patience` for another process's lock.
  static Result<Database> open(const std::string& path, std::chrono::milliseconds patience);
  // The same with an empty file.
  static Result<Database> make(const std::string& path, std::chrono::milliseconds patience);

  void wait_at_most(std::chrono::milliseconds patience);

  // One or more statements of our own that need no values.
  Result<> run(const char* sql);
  Result<Statement> prepare(std::string_view sql) const;
  // The single number that a query of our own yields.
  Result<std::int64_t> number(std::string_view sql) const;
  // Rows that the last INSERT, UPDATE or DELETE changed.
  std::int64_t changes() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  explicit Database(sqlite3* database) : database_(database) {}
  static Result<Database> connect(const std::string& path, std::chrono::milliseconds patience);
  Result<> keep_in_one_file();
  std::unique_ptr<sqlite3, Close> database_;
};

// All or nothing: rolls back unless commit() succeeded.
class Transaction {
 public:
  enum class Kind : std::uint8_t { read, write };
  static Result<Transaction> begin(Database& database, Kind kind);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  Result<> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;  // null once it is over
};

}  // namespace gh::store
