// The state directory: what is made, what is refused.

#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <string>

#include "base/encoding.h"
#include "policy/files.h"
#include "scratch.h"
#include "store/key_store.h"
#include "store/state_directory.h"

namespace gh::store {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class StateTest : public testing::Test {
 protected:
  // "" when it opens, else why not.
  std::string open() { return open(scratch_.paths()); }
  std::string open(const StatePaths& paths) {
    const auto store = KeyStore::open(paths);
    return store ? "" : store.error().message;
  }
  void make_state() {
    auto store = KeyStore::open(scratch_.paths());
    ASSERT_TRUE(store) << store.error().message;
    ASSERT_TRUE(store->add(sample_key("ci")));
  }
  void run_sql(const char* sql) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(scratch_.database().c_str(), &database), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(database);
    sqlite3_close(database);
  }
  Scratch scratch_;
};

TEST_F(StateTest, ModesAreClosedWhateverTheUmask) {
  for (const mode_t mask : {0000u, 0022u, 0777u}) {
    Scratch scratch;
    const mode_t before = umask(mask);
    {
      auto store = KeyStore::open(scratch.paths());
      ASSERT_TRUE(store) << store.error().message;
      ASSERT_TRUE(store->add(sample_key("ci")));
    }
    umask(before);
    EXPECT_EQ(mode_of(scratch.paths().directory), 0700u);
    EXPECT_EQ(mode_of(scratch.paths().directory + "/secrets"), 0700u);
    EXPECT_EQ(mode_of(scratch.database()), 0600u);
    EXPECT_EQ(mode_of(scratch.paths().pepper_file), 0600u);
    EXPECT_EQ(mode_of(scratch.paths().salt_key_file), 0600u);
  }
}

TEST_F(StateTest, SecretsAreMadeOnceAndStay) {
  std::string pepper;
  std::string salt_key;
  {
    const auto store = KeyStore::open(scratch_.paths());
    ASSERT_TRUE(store);
    pepper = store->secrets().pepper.reveal();
    salt_key = store->secrets().salt_key.reveal();
  }
  EXPECT_EQ(pepper.size(), 32u);
  EXPECT_EQ(salt_key.size(), 32u);
  EXPECT_NE(pepper, salt_key);
  EXPECT_EQ(read_text(scratch_.paths().pepper_file), hex(pepper) + "\n");
  const auto again = KeyStore::open(scratch_.paths());
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->secrets().pepper.equals(pepper));
  EXPECT_TRUE(again->secrets().salt_key.equals(salt_key));
}

// covers: gateways-3-6
TEST_F(StateTest, TheDatabaseHoldsNoSecret) {
  auto store = KeyStore::open(scratch_.paths());
  ASSERT_TRUE(store);
  const std::string pepper(store->secrets().pepper.reveal());
  const std::string bytes = read_text(scratch_.database());
  EXPECT_EQ(bytes.find(pepper), std::string::npos);
  EXPECT_EQ(bytes.find(hex(pepper)), std::string::npos);
}

TEST_F(StateTest, SecretsThatAreThereBeforeTheStateAreTakenUp) {
  std::filesystem::create_directories(scratch_.root() + "/mounted");
  StatePaths paths = scratch_.paths();
  paths.pepper_file = scratch_.root() + "/mounted/pepper";
  const std::string pepper = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
  write_text(paths.pepper_file, pepper);
  chmod(paths.pepper_file.c_str(), 0400);
  const auto store = KeyStore::open(paths);
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_TRUE(store->secrets().pepper.equals(unhex(pepper).value()));
  EXPECT_EQ(mode_of(paths.salt_key_file), 0600u);
}

// So it is when a database is lost, and the next key begins another.
TEST_F(StateTest, ABeginningBesideSecretsIsTold) {
  const auto begun = [this] {
    const auto store = KeyStore::open(scratch_.paths());
    return store ? store->begun_anew() : store.error().message;
  };
  EXPECT_EQ(begun(), "");
  EXPECT_EQ(begun(), "");
  std::filesystem::remove(scratch_.database());
  EXPECT_THAT(begun(), AllOf(HasSubstr("`" + scratch_.database() + "` was not there"),
                             HasSubstr("restore it from a backup")));
  EXPECT_EQ(begun(), "");
}

TEST_F(StateTest, ACreationThatStoppedHalfwayIsFinished) {
  make_state();
  const std::string pepper = read_text(scratch_.paths().pepper_file);
  // As after a crash between the secrets and the database, and with drafts left over.
  std::filesystem::rename(scratch_.database(), scratch_.database() + ".new");
  write_text(scratch_.database() + ".new-journal", "half");
  write_text(scratch_.database() + ".new-wal", "half");
  std::filesystem::remove(scratch_.paths().salt_key_file);
  write_text(scratch_.paths().salt_key_file + ".new", "half");
  EXPECT_EQ(open(), "");
  EXPECT_EQ(read_text(scratch_.paths().pepper_file), pepper);
  EXPECT_EQ(read_text(scratch_.paths().salt_key_file).size(), 65u);
  EXPECT_FALSE(std::filesystem::exists(scratch_.paths().salt_key_file + ".new"));
  for (const auto& entry : std::filesystem::directory_iterator(scratch_.paths().directory)) {
    EXPECT_FALSE(entry.path().filename().string().starts_with("gatehouse.db.new")) << entry.path();
  }
}

// Cut off to nothing, or never anything else: not a new state, or all keys would be gone unnoticed.
TEST_F(StateTest, AnEmptyDatabaseIsRefusedAndStaysAsItIs) {
  make_state();
  write_text(scratch_.database(), "");
  EXPECT_THAT(open(), AllOf(HasSubstr(scratch_.database()), HasSubstr("cut off after 0 bytes"),
                            HasSubstr("restore it from a backup")));
  EXPECT_EQ(std::filesystem::file_size(scratch_.database()), 0u);
  std::filesystem::remove(scratch_.database());
  run_sql("VACUUM");  // makes a file with a header and no tables
  chmod(scratch_.database().c_str(), 0600);
  run_sql("PRAGMA user_version = 0; CREATE TABLE t (a); DROP TABLE t");
  EXPECT_THAT(open(), AllOf(HasSubstr(scratch_.database()), HasSubstr("has lost its tables")));
}

// SQLite would take them for changes of the new one.
TEST_F(StateTest, ChangesWithoutTheirDatabaseAreRefused) {
  for (const char* suffix : {"-wal", "-journal"}) {
    make_state();
    write_text(scratch_.database() + suffix, "what was not moved yet");
    std::filesystem::remove(scratch_.database());
    EXPECT_THAT(open(), AllOf(HasSubstr(scratch_.database() + suffix + "` lies there"),
                              HasSubstr("remove it")));
    EXPECT_FALSE(std::filesystem::exists(scratch_.database()));
    std::filesystem::remove(scratch_.database() + suffix);
    EXPECT_EQ(open(), "");
    std::filesystem::remove(scratch_.database());
  }
}

// A log of somebody else's would undo a backup that was put back.
TEST_F(StateTest, ALogBesideADatabaseIsRefused) {
  make_state();
  write_text(scratch_.database() + "-wal", "");
  EXPECT_THAT(open(), AllOf(HasSubstr("-wal` lies there"), HasSubstr("remove it")));
  std::filesystem::remove(scratch_.database() + "-wal");
  EXPECT_EQ(open(), "");
}

TEST_F(StateTest, WhatIsCommittedIsInTheOneFile) {
  make_state();
  run_sql("PRAGMA journal_mode = WAL");  // by whoever had it before
  auto store = KeyStore::open(scratch_.paths());
  ASSERT_TRUE(store) << store.error().message;
  ASSERT_TRUE(store->add(sample_key("later")));
  for (const char* suffix : {"-wal", "-shm", "-journal"}) {
    EXPECT_FALSE(std::filesystem::exists(scratch_.database() + suffix)) << suffix;
  }
}

TEST_F(StateTest, AMissingSecretIsRefusedByNameAndNotMadeAnew) {
  make_state();
  for (const std::string& file : {scratch_.paths().pepper_file, scratch_.paths().salt_key_file}) {
    const std::string text = read_text(file);
    std::filesystem::remove(file);
    EXPECT_THAT(open(), AllOf(HasSubstr(file), HasSubstr("missing")));
    EXPECT_FALSE(std::filesystem::exists(file));
    write_text(file, text);
    chmod(file.c_str(), 0600);
    EXPECT_EQ(open(), "");
  }
}

TEST_F(StateTest, AnotherSecretIsRefusedByName) {
  make_state();
  const std::string pepper = read_text(scratch_.paths().pepper_file);
  const std::string salt_key = read_text(scratch_.paths().salt_key_file);
  write_text(scratch_.paths().salt_key_file,
             "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n");
  EXPECT_THAT(open(),
              AllOf(HasSubstr(scratch_.paths().salt_key_file), HasSubstr("not the secret")));
  // Exchanged, each is a right secret in the wrong place.
  write_text(scratch_.paths().pepper_file, salt_key);
  write_text(scratch_.paths().salt_key_file, pepper);
  EXPECT_THAT(open(), AllOf(HasSubstr(scratch_.paths().pepper_file), HasSubstr("not the secret")));
}

TEST_F(StateTest, ASecretThatIsNoneIsRefused) {
  make_state();
  const std::string good = read_text(scratch_.paths().pepper_file);
  for (const std::string& text :
       {std::string(), std::string("\n"), good.substr(1), "0" + good, good + "\n", " " + good,
        std::string(64, 'g'), std::string(64, '0'), std::string(32, '\x01'),
        std::string(1'000'000, 'a')}) {
    write_text(scratch_.paths().pepper_file, text);
    EXPECT_THAT(open(), HasSubstr(scratch_.paths().pepper_file)) << text.substr(0, 80);
  }
  write_text(scratch_.paths().pepper_file, good);
  EXPECT_EQ(open(), "");
}

TEST_F(StateTest, FilesThatOthersMayReadAreRefused) {
  make_state();
  for (const std::string& file :
       {scratch_.paths().pepper_file, scratch_.paths().salt_key_file, scratch_.database()}) {
    for (const mode_t mode : {0604u, 0660u, 0644u, 0666u}) {
      chmod(file.c_str(), mode);
      EXPECT_THAT(open(), AllOf(HasSubstr(file), HasSubstr("run chmod 6")));
    }
    chmod(file.c_str(), 0640);
    // A secret's group may have been chosen by its owner; the database is ours alone.
    EXPECT_EQ(open().empty(), file != scratch_.database());
    chmod(file.c_str(), 0600);
    EXPECT_EQ(open(), "");
  }
}

TEST_F(StateTest, ADirectoryThatEverybodyMayWriteToIsRefused) {
  make_state();
  chmod(scratch_.paths().directory.c_str(), 0777);
  EXPECT_THAT(open(), HasSubstr("everybody may write"));
}

TEST_F(StateTest, WhatIsInTheWayIsRefused) {
  const std::string directory = scratch_.paths().directory;
  write_text(directory, "a file");
  EXPECT_THAT(open(), HasSubstr(directory));
  StatePaths below = scratch_.paths();
  below.directory = directory + "/below/a/file";
  EXPECT_THAT(open(below), HasSubstr(directory));
  std::filesystem::remove(directory);

  std::filesystem::create_directories(scratch_.database());
  EXPECT_THAT(open(), HasSubstr("not a regular file"));
  std::filesystem::remove(scratch_.database());
  std::filesystem::create_symlink(scratch_.root() + "/elsewhere", scratch_.database());
  EXPECT_THAT(open(), HasSubstr("not a regular file"));
  EXPECT_FALSE(std::filesystem::exists(scratch_.root() + "/elsewhere"));
  std::filesystem::remove(scratch_.database());

  write_text(directory + "/secrets", "a file");
  EXPECT_THAT(open(), HasSubstr("secrets"));
  std::filesystem::remove(directory + "/secrets");
  EXPECT_EQ(open(), "");
}

TEST_F(StateTest, ADamagedDatabaseIsRefused) {
  make_state();
  const std::string good = read_text(scratch_.database());
  ASSERT_GT(good.size(), 4'096u);
  std::string torn = good;
  torn.replace(100, 3'000, std::string(3'000, '\xff'));  // the schema's page
  std::string noise = good;
  for (std::size_t i = 4'096; i < noise.size(); i += 7) noise[i] = static_cast<char>(i);
  for (const std::string& bytes :
       {std::string("not a database at all, whatever its name says"), std::string(8'192, '\0'),
        std::string(8'192, '\xa5'), torn, noise, good.substr(0, 4'096), good.substr(0, 5'000)}) {
    write_text(scratch_.database(), bytes);
    EXPECT_THAT(open(), HasSubstr(scratch_.database()));
  }
  write_text(scratch_.database(), good);
  EXPECT_EQ(open(), "");
}

TEST_F(StateTest, AnyTruncationIsRefused) {
  make_state();
  const std::string good = read_text(scratch_.database());
  for (std::size_t size = 0; size < good.size(); size += 1'021) {
    write_text(scratch_.database(), good.substr(0, size));
    EXPECT_NE(open(), "") << size;
  }
}

TEST_F(StateTest, AnotherVersionOrProgramIsRefused) {
  make_state();
  run_sql("PRAGMA user_version = 2");
  EXPECT_THAT(open(), HasSubstr("newer Gatehouse"));
  run_sql("PRAGMA user_version = 0");
  EXPECT_THAT(open(), HasSubstr("another program"));
  run_sql("PRAGMA user_version = 1; PRAGMA application_id = 7");
  EXPECT_THAT(open(), HasSubstr("another program"));
  run_sql("PRAGMA user_version = -1; PRAGMA application_id = 1734440037");
  EXPECT_THAT(open(), HasSubstr("another program"));
  run_sql("PRAGMA user_version = 1");
  EXPECT_EQ(open(), "");
}

TEST_F(StateTest, AMissingTableOrFingerprintIsAnErrorAndNoCrash) {
  make_state();
  run_sql("DELETE FROM secrets WHERE name = 'pepper'");
  EXPECT_THAT(open(), HasSubstr("not the secret"));
  run_sql("DROP TABLE secrets");
  EXPECT_THAT(open(), HasSubstr("no such table"));
}

// Losing the rows that narrow a key must not widen it.
TEST_F(StateTest, AKeyThatLostItsModelsIsAnError) {
  {
    auto store = KeyStore::open(scratch_.paths());
    ASSERT_TRUE(store);
    identity::KeyRecord key = sample_key("narrow");
    key.models = {"llama"};
    ASSERT_TRUE(store->add(key));
  }
  run_sql("DELETE FROM key_models");
  const auto store = KeyStore::open(scratch_.paths());
  ASSERT_TRUE(store);
  const auto keys = store->all();
  ASSERT_FALSE(keys);
  EXPECT_THAT(keys.error().message, HasSubstr("lost its list of models"));
}

TEST_F(StateTest, AReadOnlyDirectoryIsAnError) {
  // Permission bits do not bind root, so a child becomes somebody else.
  constexpr uid_t kNobody = 65534;
  const std::string directory = scratch_.root() + "/readonly";
  std::filesystem::create_directories(directory);
  chmod(scratch_.root().c_str(), 0755);
  if (geteuid() == 0) {
    ASSERT_EQ(chown(directory.c_str(), kNobody, kNobody), 0);
  }
  chmod(directory.c_str(), 0500);
  StatePaths paths{directory, directory + "/secrets/pepper", directory + "/secrets/salt"};
  EXPECT_EQ(in_child([&] {
              if (geteuid() == 0 &&
                  (setgroups(0, nullptr) != 0 || setgid(kNobody) != 0 || setuid(kNobody) != 0)) {
                return 2;
              }
              const std::string first = open(paths);
              StatePaths below = paths;
              below.directory = directory + "/state";
              const std::string second = open(below);
              return first.find("Permission denied") != std::string::npos &&
                             second.find("Permission denied") != std::string::npos
                         ? 0
                         : 1;
            }),
            0);
  EXPECT_TRUE(std::filesystem::is_empty(directory));
}

TEST(MakeSecret, NeverReplacesOne) {
  Scratch scratch;
  const auto directory = StateDirectory::make(scratch.root() + "/state/");
  ASSERT_TRUE(directory) << directory.error().message;
  const std::string path = scratch.root() + "/state/one";
  const auto made = directory->make_secret(path);
  ASSERT_TRUE(made);
  const std::string text = read_text(path);
  EXPECT_FALSE(directory->make_secret(path));
  EXPECT_EQ(read_text(path), text);
  EXPECT_TRUE(policy::read_state_secret(path)->equals(made->reveal()));
}

}  // namespace
}  // namespace gh::store
