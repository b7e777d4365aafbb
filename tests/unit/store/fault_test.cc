// Several processes, death at any moment, and a disk that is full.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <set>
#include <string>
#include <vector>

#include "scratch.h"
#include "store/key_store.h"

namespace gh::store {
namespace {

// A pipe whose ends close themselves.
class Pipe {
 public:
  Pipe() { EXPECT_EQ(pipe(ends_), 0); }
  ~Pipe() {
    close_read();
    close_write();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close_read() { close_end(ends_[0]); }
  void close_write() { close_end(ends_[1]); }
  void put(char c) const { EXPECT_EQ(::write(ends_[1], &c, 1), 1); }
  // False when the other side is gone.
  bool get() const {
    char c = 0;
    return ::read(ends_[0], &c, 1) == 1;
  }

 private:
  static void close_end(int& fd) {
    if (fd >= 0) ::close(fd);
    fd = -1;
  }
  int ends_[2] = {-1, -1};
};

std::string name_of(int i) {
  return "key-" + std::to_string(i);
}

TEST(Processes, OneSeesWhatAnotherChanged) {
  Scratch scratch;
  Pipe opened;
  Pipe changed;
  // The child is made before this process opens the database: SQLite must not be carried over.
  const pid_t child = start_child([&] {
    if (!opened.get()) return 1;
    auto store = KeyStore::open(scratch.paths());
    if (!store || !store->add(sample_key("from-child"))) return 2;
    changed.put('+');
    if (!opened.get()) return 3;
    const auto found = store->find("alpha/from-child");
    return found && *found && (*found)->revoked ? 0 : 4;
  });
  auto store = KeyStore::open(scratch.paths());
  ASSERT_TRUE(store);
  const std::int64_t before = *store->change_counter();
  opened.put('.');
  ASSERT_TRUE(changed.get());
  EXPECT_NE(*store->change_counter(), before);
  const auto key = store->find("alpha/from-child");
  ASSERT_TRUE(key && *key);
  ASSERT_TRUE(*store->revoke((*key)->id, kNow));
  opened.put('.');
  EXPECT_EQ(wait_for(child), 0);
}

TEST(Processes, ManyMayOpenAnEmptyStateAtOnce) {
  for (int round = 0; round < 5; ++round) {
    Scratch scratch;
    std::vector<pid_t> children;
    for (int i = 0; i < 6; ++i) {
      children.push_back(start_child([&scratch, i] {
        auto store = KeyStore::open(scratch.paths());
        return store && store->add(sample_key(name_of(i))) ? 0 : 1;
      }));
    }
    for (const pid_t child : children) EXPECT_EQ(wait_for(child), 0);
    const auto store = KeyStore::open(scratch.paths());
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ(store->all()->size(), 6u);
  }
}

// Killed after any number of acknowledged writes: all of those are there, and the state opens.
TEST(Killed, InTheMiddleOfWritingLosesNothingThatWasAcknowledged) {
  for (int acknowledged = 1; acknowledged <= 25; acknowledged += 4) {
    Scratch scratch;
    Pipe added;
    const pid_t child = start_child([&] {
      auto store = KeyStore::open(scratch.paths());
      if (!store) return 1;
      for (int i = 0;; ++i) {
        if (!store->add(sample_key(name_of(i)))) return 2;
        added.put('+');
      }
    });
    for (int i = 0; i < acknowledged; ++i) ASSERT_TRUE(added.get());
    kill(child, SIGKILL);
    EXPECT_EQ(wait_for(child), -1);
    const auto store = KeyStore::open(scratch.paths());
    ASSERT_TRUE(store) << store.error().message;
    const auto keys = store->all();
    ASSERT_TRUE(keys) << keys.error().message;
    std::set<std::string> names;
    for (const auto& key : *keys) {
      EXPECT_EQ(key.secrets.size(), 1u);  // never half a key
      names.insert(key.name);
    }
    for (int i = 0; i < acknowledged; ++i) EXPECT_TRUE(names.contains(name_of(i))) << i;
  }
}

// Killed at some moment while a state is made: the next start finishes it.
TEST(Killed, WhileTheStateIsMadeIsNoHarm) {
  for (int round = 0; round < 20; ++round) {
    Scratch scratch;
    Pipe started;
    const pid_t child = start_child([&] {
      started.put('.');
      const auto store = KeyStore::open(scratch.paths());
      return store ? 0 : 1;
    });
    ASSERT_TRUE(started.get());
    for (int spin = 0; spin < round * 20'000; ++spin) asm volatile("");
    kill(child, SIGKILL);
    wait_for(child);
    auto store = KeyStore::open(scratch.paths());
    ASSERT_TRUE(store) << store.error().message;
    ASSERT_TRUE(store->add(sample_key("after")));
  }
}

// In a child, since the limit on file sizes cannot be raised again by everybody.
int with_file_limit(rlim_t bytes, const std::function<int()>& body) {
  return in_child([&] {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, bytes};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return 100;
    return body();
  });
}

TEST(FullDisk, WhileTheStateIsMadeIsAnErrorAndNoHarm) {
  for (const rlim_t bytes :
       std::initializer_list<rlim_t>{0, 1, 64, 65, 100, 4'096, 8'192, 20'000}) {
    Scratch scratch;
    EXPECT_EQ(with_file_limit(bytes,
                              [&] {
                                const auto store = KeyStore::open(scratch.paths());
                                return !store && !store.error().message.empty() ? 0 : 1;
                              }),
              0)
        << bytes;
    const auto store = KeyStore::open(scratch.paths());
    ASSERT_TRUE(store) << bytes << ": " << store.error().message;
  }
}

TEST(FullDisk, WhileAKeyIsAddedIsAnErrorAndLosesNothing) {
  Scratch scratch;
  ASSERT_EQ(in_child([&] { return KeyStore::open(scratch.paths()) ? 0 : 1; }), 0);
  constexpr int kMost = 100;
  const int added = with_file_limit(200'000, [&] {
    auto store = KeyStore::open(scratch.paths());
    if (!store) return 200;
    for (int i = 0; i < kMost; ++i) {
      identity::KeyRecord key = sample_key(name_of(i));
      key.user = std::string(3'000, 'u');
      if (!store->add(key)) {
        // Reading and a second try still work, and still say so.
        if (store->add(key) || !store->all()) return 201;
        return i;
      }
    }
    return 202;
  });
  ASSERT_GT(added, 0);
  ASSERT_LT(added, kMost);
  auto store = KeyStore::open(scratch.paths());
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_EQ(store->all()->size(), static_cast<std::size_t>(added));
  EXPECT_TRUE(store->add(sample_key("after")));
}

}  // namespace
}  // namespace gh::store
