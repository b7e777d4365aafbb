// Another database in the place of the one that is open: a backup that was put back.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/file.h>

#include <filesystem>
#include <string>

#include "base/fd.h"
#include "scratch.h"
#include "store/key_store.h"

namespace gh::store {
namespace {

using testing::HasSubstr;

class Replaced : public testing::Test {
 protected:
  // One key is in the backup, the other is not.
  Replaced() {
    EXPECT_TRUE(store_.add(sample_key("before")));
    std::filesystem::copy_file(scratch_.database(), backup());
    EXPECT_TRUE(store_.add(sample_key("after")));
  }
  KeyStore open() {
    auto store = KeyStore::open(scratch_.paths());
    if (!store) throw std::runtime_error(store.error().message);
    return std::move(*store);
  }
  std::string backup() const { return scratch_.root() + "/backup.db"; }
  void put_back() { std::filesystem::rename(backup(), scratch_.database()); }
  static std::string only_key(const KeyStore& store) {
    const auto keys = store.all();
    return keys && keys->size() == 1 ? keys->front().name : "";
  }

  Scratch scratch_;
  KeyStore store_ = open();
};

TEST_F(Replaced, IsWhatCounts) {
  EXPECT_FALSE(store_.is_replaced());
  put_back();
  EXPECT_TRUE(store_.is_replaced());
  const auto store = store_.reopen();
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_EQ(only_key(*store), "before");
  EXPECT_EQ(only_key(open()), "before");
}

TEST_F(Replaced, WaitsUntilTheChangesOfTheOldOneAreGone) {
  put_back();
  const std::string journal = scratch_.database() + "-journal";
  write_text(journal, "of a command that is not done with the old one");
  const auto refused = store_.reopen();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr(journal + "` lies there"));
  std::filesystem::remove(journal);
  EXPECT_TRUE(store_.reopen());
}

// The lock is for who makes a state; a gateway that serves must not wait for it.
TEST_F(Replaced, IsOpenedWhoeverHasTheLock) {
  put_back();
  EXPECT_EQ(in_child([&] {
              alarm(20);  // ends it if it waits
              const Fd folder(::open(scratch_.paths().directory.c_str(), O_RDONLY | O_DIRECTORY));
              if (::flock(folder.get(), LOCK_EX) != 0) return 1;
              return store_.reopen() ? 0 : 2;
            }),
            0);
}

TEST_F(Replaced, IsNotMadeWhenItIsGone) {
  std::filesystem::remove(scratch_.database());
  EXPECT_TRUE(store_.is_replaced());
  const auto gone = store_.reopen();
  ASSERT_FALSE(gone);
  EXPECT_THAT(gone.error().message, HasSubstr("is gone"));
  std::filesystem::remove_all(scratch_.paths().directory);
  EXPECT_FALSE(store_.reopen());
  EXPECT_FALSE(std::filesystem::exists(scratch_.paths().directory));
}

// As `.restore` does it: the file stays, and what it says is another's.
TEST_F(Replaced, WithinTheSameFileIsAChange) {
  const std::int64_t before = *store_.change_counter();
  sqlite3* from = nullptr;
  sqlite3* to = nullptr;
  ASSERT_EQ(sqlite3_open(backup().c_str(), &from), SQLITE_OK);
  ASSERT_EQ(sqlite3_open(scratch_.database().c_str(), &to), SQLITE_OK);
  sqlite3_backup* const copy = sqlite3_backup_init(to, "main", from, "main");
  ASSERT_NE(copy, nullptr);
  EXPECT_EQ(sqlite3_backup_step(copy, -1), SQLITE_DONE);
  EXPECT_EQ(sqlite3_backup_finish(copy), SQLITE_OK);
  sqlite3_close(from);
  sqlite3_close(to);
  // As many changes as before, and others.
  ASSERT_TRUE(open().add(sample_key("later")));
  EXPECT_FALSE(store_.is_replaced());
  EXPECT_NE(*store_.change_counter(), before);
  EXPECT_EQ(store_.all()->size(), 2u);
  EXPECT_FALSE(store_.find("alpha/after")->has_value());
}

// Somebody holds the database and does not let go: an error, and soon enough.
TEST_F(Replaced, OneInAHurryDoesNotWaitForAWriter) {
  store_.hurry();
  sqlite3* writer = nullptr;
  ASSERT_EQ(sqlite3_open(scratch_.database().c_str(), &writer), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(writer, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr), SQLITE_OK);
  const auto counter = store_.change_counter();
  ASSERT_FALSE(counter);
  EXPECT_THAT(counter.error().message, HasSubstr("locked by another process"));
  sqlite3_close(writer);
  EXPECT_TRUE(store_.change_counter());
}

}  // namespace
}  // namespace gh::store
