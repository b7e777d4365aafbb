#include "store/key_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "scratch.h"

namespace gh::store {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;

class KeyStoreTest : public testing::Test {
 protected:
  KeyStore open() {
    auto store = KeyStore::open(scratch_.paths());
    if (!store) throw std::runtime_error(store.error().message);
    return std::move(*store);
  }
  Scratch scratch_;
};

void expect_same(const identity::KeyRecord& a, const identity::KeyRecord& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.tenant, b.tenant);
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.user, b.user);
  EXPECT_EQ(a.models, b.models);
  EXPECT_EQ(a.endpoints, b.endpoints);
  EXPECT_EQ(a.limits.requests, b.limits.requests);
  EXPECT_EQ(a.limits.concurrent, b.limits.concurrent);
  EXPECT_EQ(a.limits.max_tokens, b.limits.max_tokens);
  EXPECT_EQ(a.limits.max_prompt_tokens, b.limits.max_prompt_tokens);
  EXPECT_EQ(a.limits.n, b.limits.n);
  EXPECT_EQ(a.created, b.created);
  EXPECT_EQ(a.expires, b.expires);
  EXPECT_EQ(a.revoked, b.revoked);
  ASSERT_EQ(a.secrets.size(), b.secrets.size());
  for (std::size_t i = 0; i < a.secrets.size(); ++i) {
    EXPECT_EQ(a.secrets[i].kid, b.secrets[i].kid);
    EXPECT_EQ(a.secrets[i].mac, b.secrets[i].mac);
    EXPECT_EQ(a.secrets[i].not_after, b.secrets[i].not_after);
  }
}

identity::KeyRecord full_key() {
  identity::KeyRecord key = sample_key("everything");
  key.user = "ann@example; DROP TABLE keys; -- \xf0\x9f\x94\x91";
  key.models = {"llama-3-8b", "qwen'); --"};
  key.endpoints.add(vllm::Endpoint::completions);
  key.endpoints.add(vllm::Endpoint::embeddings);
  key.limits.requests = policy::Rate{5, minutes(1), 2, ""};
  key.limits.concurrent = std::numeric_limits<std::uint32_t>::max();
  key.limits.max_tokens = 256;
  key.limits.max_prompt_tokens = 1'000;
  key.limits.n = 1;
  key.expires = kNow + hours(24 * 90);
  identity::KeySecret older = key.secrets[0];
  older.kid = "0000000000";  // rows come back by kid
  older.not_after = kNow + minutes(5);
  key.secrets.insert(key.secrets.begin(), older);
  return key;
}

TEST_F(KeyStoreTest, KeepsEveryField) {
  const identity::KeyRecord full = full_key();
  identity::KeyRecord bare = sample_key("bare");
  bare.created = kNow + hours(1);
  {
    KeyStore store = open();
    ASSERT_TRUE(store.add(bare));
    ASSERT_TRUE(store.add(full));
  }
  const auto keys = open().all();
  ASSERT_TRUE(keys) << keys.error().message;
  ASSERT_EQ(keys->size(), 2u);
  expect_same((*keys)[0], full);  // by creation
  expect_same((*keys)[1], bare);
}

TEST_F(KeyStoreTest, AnEmptyStateHasNoKeys) {
  KeyStore store = open();
  EXPECT_TRUE(store.all()->empty());
  EXPECT_FALSE(store.find("key_0000000000000000")->has_value());
  EXPECT_FALSE(*store.revoke("key_0000000000000000", kNow));
}

TEST_F(KeyStoreTest, FindsByIdKidAndName) {
  KeyStore store = open();
  const identity::KeyRecord key = full_key();
  ASSERT_TRUE(store.add(sample_key("other")));
  ASSERT_TRUE(store.add(key));
  for (const std::string& handle :
       {key.id, key.secrets[0].kid, key.secrets[1].kid, std::string("alpha/everything")}) {
    const auto found = store.find(handle);
    ASSERT_TRUE(found && *found) << handle;
    expect_same(**found, key);
  }
  for (const char* handle : {"", "everything", "alpha", "alpha/", "beta/everything", "%", "key_",
                             "alpha/everything ", "' OR 1 = 1 --"}) {
    EXPECT_FALSE(store.find(handle)->has_value()) << handle;
  }
}

TEST_F(KeyStoreTest, RefusesASecondKeyOfOneNameUntilTheFirstIsRevoked) {
  KeyStore store = open();
  const identity::KeyRecord first = sample_key("ci");
  ASSERT_TRUE(store.add(first));
  const auto refused = store.add(sample_key("ci"));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("has a key named `ci` already"));
  identity::KeyRecord elsewhere = sample_key("ci");
  elsewhere.tenant = "beta";
  EXPECT_TRUE(store.add(elsewhere));

  ASSERT_TRUE(*store.revoke(first.id, kNow));
  const identity::KeyRecord second = sample_key("ci");
  ASSERT_TRUE(store.add(second));
  EXPECT_EQ((*store.find("alpha/ci"))->id, second.id);
  EXPECT_EQ((*store.find(first.id))->id, first.id);
  ASSERT_TRUE(*store.revoke(second.id, kNow));
  EXPECT_TRUE(store.find("alpha/ci")->has_value());
}

TEST_F(KeyStoreTest, RefusesAKidOrIdThatIsTakenAndKeepsNothingOfIt) {
  KeyStore store = open();
  const identity::KeyRecord first = full_key();
  ASSERT_TRUE(store.add(first));
  const KeyStore gateway = open();
  const std::int64_t before = *gateway.change_counter();
  identity::KeyRecord same_kid = sample_key("b");
  same_kid.secrets[0].kid = first.secrets[0].kid;
  EXPECT_FALSE(store.add(same_kid));
  identity::KeyRecord same_id = sample_key("c");
  same_id.id = first.id;
  EXPECT_FALSE(store.add(same_id));
  EXPECT_EQ(store.all()->size(), 1u);
  EXPECT_EQ(*gateway.change_counter(), before);
  EXPECT_TRUE(store.add(sample_key("d")));  // the failed ones left no transaction open
}

TEST_F(KeyStoreTest, RefusesNumbersThatDoNotFit) {
  KeyStore store = open();
  identity::KeyRecord key = sample_key("wide");
  key.limits.requests = policy::Rate{std::numeric_limits<std::uint64_t>::max(), minutes(1), 1, ""};
  EXPECT_FALSE(store.add(key));
  key.limits.requests = policy::Rate{0, minutes(1), 1, ""};
  EXPECT_FALSE(store.add(key));
  key.limits.requests = policy::Rate{1, minutes(0), 1, ""};
  EXPECT_FALSE(store.add(key));
  EXPECT_TRUE(store.all()->empty());
}

TEST_F(KeyStoreTest, RevokesOnceAndForGood) {
  const identity::KeyRecord key = sample_key("ci");
  {
    KeyStore store = open();
    ASSERT_TRUE(store.add(key));
    EXPECT_TRUE(*store.revoke(key.id, kNow));
    EXPECT_FALSE(*store.revoke(key.id, kNow + hours(1)));
    EXPECT_FALSE(*store.revoke("alpha/ci", kNow));  // ids only
  }
  EXPECT_EQ((*open().find(key.id))->revoked, kNow);
}

TEST_F(KeyStoreTest, CountsChangesAndNothingElse) {
  KeyStore store = open();
  const KeyStore gateway = open();
  const identity::KeyRecord key = sample_key("ci");
  const std::int64_t start = *gateway.change_counter();
  ASSERT_TRUE(store.add(key));
  const std::int64_t added = *gateway.change_counter();
  EXPECT_NE(added, start);
  ASSERT_TRUE(store.all());
  ASSERT_TRUE(store.find(key.id));
  EXPECT_EQ(*gateway.change_counter(), added);
  ASSERT_TRUE(*store.revoke(key.id, kNow));
  const std::int64_t revoked = *gateway.change_counter();
  EXPECT_NE(revoked, added);
  ASSERT_FALSE(*store.revoke(key.id, kNow));
  EXPECT_EQ(*gateway.change_counter(), revoked);
}

TEST_F(KeyStoreTest, TwoConnectionsSeeEachOther) {
  KeyStore gateway = open();
  KeyStore command_line = open();
  const std::int64_t before = *gateway.change_counter();
  const identity::KeyRecord key = sample_key("ci");
  ASSERT_TRUE(command_line.add(key));
  EXPECT_NE(*gateway.change_counter(), before);
  ASSERT_TRUE(gateway.find(key.id)->has_value());
  ASSERT_TRUE(*gateway.revoke(key.id, kNow));
  EXPECT_TRUE((*command_line.find(key.id))->revoked);
  EXPECT_FALSE(*command_line.revoke(key.id, kNow));
}

TEST_F(KeyStoreTest, MovesAndStaysUsable) {
  KeyStore first = open();
  KeyStore second = std::move(first);
  ASSERT_TRUE(second.add(sample_key("ci")));
  first = std::move(second);
  EXPECT_EQ(first.all()->size(), 1u);
}

}  // namespace
}  // namespace gh::store
