// Root in a state directory of another user, who wants root to do something elsewhere.

#include "store/owner_rights.h"

#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <future>
#include <numeric>
#include <string>
#include <thread>

#include "scratch.h"
#include "store/key_store.h"

namespace gh::store {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr uid_t kNobody = 65534;

// The directory of the state is nobody's; `mine()` is a folder of root beside it.
class OwnerRightsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
    ASSERT_EQ(chmod(scratch_.root().c_str(), 0755), 0);
    std::filesystem::create_directory(mine());
    std::filesystem::create_directory(directory());
    ASSERT_EQ(chown(directory().c_str(), kNobody, kNobody), 0);
  }
  std::string directory() const { return scratch_.paths().directory; }
  std::string mine() const { return scratch_.root() + "/mine"; }
  // "" when it opens, else why not.
  std::string open() const {
    const auto store = KeyStore::open(scratch_.paths());
    return store ? "" : store.error().message;
  }
  Owner owner() const {
    struct stat facts{};
    EXPECT_EQ(stat(directory().c_str(), &facts), 0);
    return Owner::of(facts);
  }
  // What whoever owns the directory can do.
  void link(const std::string& to, const std::string& path) const {
    std::filesystem::create_symlink(to, path);
    ASSERT_EQ(lchown(path.c_str(), kNobody, kNobody), 0);
  }

  Scratch scratch_;
};

std::string big_endian(std::size_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
  return bytes;
}

// A rollback journal without a page, of changes to several databases at once: SQLite deletes the
// file `super` when it has taken them back.
std::string journal_of(const std::string& database, const std::string& super) {
  const std::string magic = "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7";
  const auto page = std::size_t{static_cast<unsigned char>(database[16])} << 8 |
                    static_cast<unsigned char>(database[17]);
  std::string journal = magic + big_endian(0) + big_endian(1) + big_endian(database.size() / page) +
                        big_endian(512) + big_endian(page);
  journal.resize(512);
  const auto sum = std::accumulate(super.begin(), super.end(), std::size_t{0});
  return journal + big_endian(0x40000000 / page + 1) + super + big_endian(super.size()) +
         big_endian(sum) + magic;
}

TEST_F(OwnerRightsTest, AJournalDeletesNothingOfRoots) {
  const std::string victim = mine() + "/victim";
  chmod(mine().c_str(), 0700);
  auto store = KeyStore::open(scratch_.paths());
  ASSERT_TRUE(store) << store.error().message;
  ASSERT_TRUE(store->add(sample_key("ci")));
  // Whether they can do what they are for is another matter.
  const std::function<bool()> calls[] = {
      [&] { return store->add(sample_key("other")).has_value(); },
      [&] { return store->all().has_value(); },
      [&] { return store->find("alpha/ci").has_value(); },
      [&] { return store->revoke("none", kNow).has_value(); },
      [&] { return store->change_counter().has_value(); },
      [&] { return store->reopen().has_value(); },
      [&] { return open().empty(); },
  };
  const std::string journal = scratch_.database() + "-journal";
  for (const auto& call : calls) {
    write_text(victim, "only root may touch this");
    write_text(journal, journal_of(read_text(scratch_.database()), victim));
    ASSERT_EQ(chown(journal.c_str(), kNobody, kNobody), 0);
    [[maybe_unused]] const bool done = call();
    EXPECT_TRUE(std::filesystem::exists(victim)) << &call - calls;
  }
  // What the owner could delete does go: the journal is one that SQLite follows.
  ASSERT_EQ(chown(mine().c_str(), kNobody, kNobody), 0);
  ASSERT_EQ(chown(victim.c_str(), kNobody, kNobody), 0);
  write_text(journal, journal_of(read_text(scratch_.database()), victim));
  ASSERT_EQ(chown(journal.c_str(), kNobody, kNobody), 0);
  EXPECT_EQ(open(), "");
  EXPECT_FALSE(std::filesystem::exists(victim));
}

TEST_F(OwnerRightsTest, ALinkMakesNothingInRootsFolders) {
  link(mine(), directory() + "/secrets");
  EXPECT_THAT(open(), AllOf(HasSubstr("Permission denied"),
                            HasSubstr("root did this as user 65534, who owns the state")));
  EXPECT_TRUE(std::filesystem::is_empty(mine()));
}

TEST_F(OwnerRightsTest, ALinkToTheDirectoryLeadsToNobodyElses) {
  StatePaths paths = scratch_.paths();
  paths.directory = scratch_.root() + "/link";
  const auto opened = [&paths] {
    const auto store = KeyStore::open(paths);
    return store ? "" : store.error().message;
  };
  link(mine(), paths.directory);
  EXPECT_THAT(opened(), HasSubstr("is a link that user 65534 made"));
  EXPECT_TRUE(std::filesystem::is_empty(mine()));
  std::filesystem::remove(paths.directory);
  link(directory(), paths.directory);
  EXPECT_EQ(opened(), "");
  std::filesystem::remove(paths.directory);
  std::filesystem::create_symlink(directory(), paths.directory);  // root's own
  EXPECT_EQ(opened(), "");
}

// Root makes keys for a gateway that runs as somebody else.
TEST_F(OwnerRightsTest, WhatRootMakesBelongsToTheOwner) {
  ASSERT_EQ(chown(directory().c_str(), kNobody, 0), 0);  // as `install -o nobody` leaves it
  {
    auto store = KeyStore::open(scratch_.paths());
    ASSERT_TRUE(store) << store.error().message;
    ASSERT_TRUE(store->add(sample_key("ci")));
    EXPECT_EQ(store->all()->size(), 1u);
    EXPECT_TRUE(store->revoke((*store->find("alpha/ci"))->id, kNow).value_or(false));
  }
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory())) {
    struct stat facts{};
    ASSERT_EQ(lstat(entry.path().c_str(), &facts), 0);
    EXPECT_EQ(facts.st_uid, kNobody) << entry.path();
    EXPECT_NE(facts.st_gid, 0u) << entry.path();
    ++files;
  }
  EXPECT_EQ(files, 4u);
  // And root is root again.
  write_text(mine() + "/after", "x");
  struct stat facts{};
  ASSERT_EQ(stat((mine() + "/after").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_uid, 0u);
}

TEST_F(OwnerRightsTest, AreOfOneThreadAndForATime) {
  chmod(mine().c_str(), 0770);
  const auto may_make = [this] {
    const std::string file = mine() + "/made";
    write_text(file, "x");
    return unlink(file.c_str()) == 0;
  };
  EXPECT_EQ(in_child([&] {
              // Of another group, and closed to others of its user, as a command is.
              const gid_t group = 12'345;
              if (setgroups(1, &group) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0) return 1;
              if (chown(mine().c_str(), 0, group) != 0) return 2;
              std::promise<void> taken;
              bool other_may = false;
              std::thread other([&] {
                taken.get_future().wait();
                other_may = may_make() && getgroups(0, nullptr) == 1;
              });
              {
                const auto rights = OwnerRights::take(owner());
                const bool held = rights && rights->held() && getgroups(0, nullptr) == 0;
                const bool mine_may = may_make();
                taken.set_value();
                other.join();
                if (!held || mine_may) return 3;
                if (!other_may || prctl(PR_GET_DUMPABLE) != 0) return 4;
              }
              gid_t now = 0;
              if (getgroups(1, &now) != 1 || now != group) return 6;
              return may_make() && prctl(PR_GET_DUMPABLE) == 0 ? 0 : 7;
            }),
            0);
}

TEST_F(OwnerRightsTest, RootsGroupIsNotAmongThem) {
  ASSERT_EQ(chown(directory().c_str(), kNobody, 0), 0);
  chmod(mine().c_str(), 0770);
  const auto rights = OwnerRights::take(owner());
  ASSERT_TRUE(rights);
  write_text(mine() + "/made", "x");
  EXPECT_EQ(access((mine() + "/made").c_str(), F_OK), -1);
}

TEST_F(OwnerRightsTest, AreNotTakenWhereRootIsTheOwner) {
  ASSERT_EQ(chown(directory().c_str(), 0, 0), 0);
  const auto rights = OwnerRights::take(owner());
  ASSERT_TRUE(rights);
  EXPECT_FALSE(rights->held());
  write_text(mine() + "/made", "x");
  EXPECT_TRUE(std::filesystem::exists(mine() + "/made"));
}

// As in a container whose root may not become others.
// "There is no key" would be untrue, and make who revokes one believe that nothing is left to do.
TEST_F(OwnerRightsTest, WhoMayNotLookIsNotToldThatNothingIsThere) {
  ASSERT_EQ(open(), "");
  ASSERT_EQ(chown(directory().c_str(), 0, 0), 0);
  ASSERT_EQ(chmod(directory().c_str(), 0700), 0);
  EXPECT_EQ(in_child([&] {
              if (setresgid(kNobody, kNobody, kNobody) != 0) return 2;
              if (setresuid(kNobody, kNobody, kNobody) != 0) return 2;
              if (!KeyStore::exists(scratch_.paths())) return 3;
              return KeyStore::open(scratch_.paths()) ? 4 : 0;
            }),
            0);
  std::filesystem::remove_all(directory());
  EXPECT_FALSE(KeyStore::exists(scratch_.paths()));
}

TEST_F(OwnerRightsTest, WhereTheyCannotBeTakenNothingIsTouched) {
  EXPECT_EQ(in_child([this] {
              __user_cap_header_struct head{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
              __user_cap_data_struct sets[2] = {};
              if (syscall(SYS_capget, &head, sets) != 0) return 1;
              const std::uint32_t without = ~(1u << CAP_SETUID);
              sets[0].effective &= without;
              sets[0].permitted &= without;
              if (syscall(SYS_capset, &head, sets) != 0) return 2;
              return open().find("run this as user 65534") != std::string::npos ? 0 : 3;
            }),
            0);
  EXPECT_TRUE(std::filesystem::is_empty(directory()));
}

}  // namespace
}  // namespace gh::store
