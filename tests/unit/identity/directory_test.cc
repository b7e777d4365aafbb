#include "identity/directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "identity/key_text.h"

namespace gh::identity {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr WallTime kNow{1'790'000'000'000'000'000};

std::shared_ptr<policy::Snapshot> sample_policy() {
  auto policy = std::make_shared<policy::Snapshot>();
  for (const char* name : {"embed", "llama", "qwen", "zephyr"}) {
    policy::Model model;
    model.name = name;
    policy->models.push_back(std::move(model));
  }
  policy::Tenant alpha;
  alpha.name = "alpha";
  alpha.grants = {{0, 0}, {1, 0}, {2, 1}};
  alpha.request.max_tokens = 1024;
  alpha.request.default_max_tokens = 512;
  alpha.request.max_prompt_tokens = 6000;
  alpha.request.n = 2;
  alpha.limits.per_key.requests = {
      policy::Rate{20, minutes(1), 5, "tenants.alpha.limits.per_key.requests"}};
  policy::Tenant beta;
  beta.name = "beta";
  beta.grants = {{3, 0}};
  policy->tenants.push_back(std::move(alpha));
  policy->tenants.push_back(std::move(beta));
  return policy;
}

struct Issued {
  KeyRecord record;
  std::string text;
};

Issued issue(crypto::Hmac& pepper, const std::string& tenant) {
  const NewKey made = make_key("test");
  Issued issued;
  issued.text = made.text.reveal();
  issued.record.id = make_key_id();
  issued.record.tenant = tenant;
  issued.record.name = "sample";
  issued.record.secrets.push_back(
      {made.kid, key_mac(pepper, made.kid, parse_key(issued.text)->secret), {}});
  return issued;
}

class DirectoryTest : public testing::Test {
 protected:
  std::shared_ptr<const Directory> build(const std::vector<KeyRecord>& keys) {
    return Directory::build(policy_, keys);
  }
  // The failure for `text`, or nothing when it was accepted.
  std::optional<AuthFailure> failure(const Directory& directory, const std::string& text,
                                     WallTime now = kNow) {
    const auto result = directory.authenticate(text, pepper_, now);
    return result ? std::nullopt : std::optional(result.error());
  }
  std::vector<std::string> models(const Principal& principal) {
    std::vector<std::string> names;
    for (const policy::Grant& grant : principal.grants) {
      names.push_back(policy_->models[grant.model].name);
    }
    return names;
  }

  std::shared_ptr<policy::Snapshot> policy_ = sample_policy();
  crypto::Hmac pepper_{std::string(32, 'p')};
};

TEST_F(DirectoryTest, AcceptsAKeyAndResolvesItsTenant) {
  Issued key = issue(pepper_, "alpha");
  key.record.user = "ann";
  const auto directory = build({issue(pepper_, "beta").record, key.record});
  const auto result = directory->authenticate(key.text, pepper_, kNow);
  ASSERT_TRUE(result);
  const Principal& principal = **result;
  EXPECT_EQ(principal.tenant, policy_->tenant("alpha"));
  EXPECT_EQ(principal.key_id, key.record.id);
  EXPECT_EQ(principal.user, "ann");
  EXPECT_EQ(principal.endpoints, policy::EndpointSet::all());
  EXPECT_EQ(principal.caps.max_tokens, 1024u);
  EXPECT_EQ(principal.limit.requests, policy_->tenants[0].limits.per_key.requests);
  EXPECT_FALSE(principal.limit.concurrent);
  EXPECT_THAT(models(principal), ElementsAre("embed", "llama", "qwen"));
  EXPECT_EQ(directory->key_count(), 2u);
}

// covers: engine-7-auth
TEST_F(DirectoryTest, TellsFailuresApart) {
  Issued good = issue(pepper_, "alpha");
  Issued stranger = issue(pepper_, "alpha");
  Issued orphan = issue(pepper_, "gone");
  const auto directory = build({good.record, orphan.record});
  EXPECT_EQ(failure(*directory, ""), AuthFailure::malformed);
  EXPECT_EQ(failure(*directory, "sk-something"), AuthFailure::malformed);
  EXPECT_EQ(failure(*directory, good.text + "x"), AuthFailure::malformed);
  EXPECT_EQ(failure(*directory, stranger.text), AuthFailure::unknown);
  EXPECT_EQ(failure(*directory, orphan.text), AuthFailure::no_tenant);
  EXPECT_EQ(failure(*directory, good.text), std::nullopt);
}

// covers: engine-7-auth gateways-3-4
TEST_F(DirectoryTest, TheRightKidWithAnotherSecretIsWrong) {
  Issued key = issue(pepper_, "alpha");
  key.record.secrets[0].mac[31] = static_cast<char>(key.record.secrets[0].mac[31] ^ 1);
  EXPECT_EQ(failure(*build({key.record}), key.text), AuthFailure::wrong);
}

TEST_F(DirectoryTest, AnotherPepperAcceptsNothing) {
  Issued key = issue(pepper_, "alpha");
  const auto directory = build({key.record});
  crypto::Hmac other(std::string(32, 'o'));
  EXPECT_EQ(directory->authenticate(key.text, other, kNow).error(), AuthFailure::wrong);
}

// Whoever has not the secret learns nothing about the key, not even in the operator's counters.
TEST_F(DirectoryTest, WrongComesBeforeRevokedAndExpired) {
  Issued key = issue(pepper_, "gone");
  key.record.revoked = kNow;
  key.record.expires = kNow;
  key.record.secrets[0].mac[0] = static_cast<char>(key.record.secrets[0].mac[0] ^ 1);
  EXPECT_EQ(failure(*build({key.record}), key.text), AuthFailure::wrong);
}

// covers: engine-7-auth
TEST_F(DirectoryTest, ExpiresAtItsMomentAndNotBefore) {
  Issued key = issue(pepper_, "alpha");
  key.record.expires = kNow + hours(1);
  const auto directory = build({key.record});
  EXPECT_EQ(failure(*directory, key.text, kNow + hours(1) + Duration(-1)), std::nullopt);
  EXPECT_EQ(failure(*directory, key.text, kNow + hours(1)), AuthFailure::expired);
  EXPECT_EQ(failure(*directory, key.text, kNow + hours(1000)), AuthFailure::expired);
}

TEST_F(DirectoryTest, RevokedStaysRevokedWhateverTheClockSays) {
  Issued key = issue(pepper_, "alpha");
  key.record.revoked = kNow;
  key.record.expires = kNow + hours(1);
  const auto directory = build({key.record});
  for (const Duration d : {Duration(hours(-48)), Duration(0), Duration(hours(48))}) {
    EXPECT_EQ(failure(*directory, key.text, kNow + d), AuthFailure::revoked);
  }
}

TEST_F(DirectoryTest, EachSecretOfAKeyEndsAlone) {
  Issued key = issue(pepper_, "alpha");
  const Issued next = issue(pepper_, "alpha");
  key.record.secrets[0].not_after = kNow + minutes(5);
  key.record.secrets.push_back(next.record.secrets[0]);
  const auto directory = build({key.record});
  EXPECT_EQ(failure(*directory, key.text), std::nullopt);
  EXPECT_EQ(failure(*directory, next.text), std::nullopt);
  EXPECT_EQ(failure(*directory, key.text, kNow + minutes(5)), AuthFailure::expired);
  EXPECT_EQ(failure(*directory, next.text, kNow + minutes(5)), std::nullopt);
  EXPECT_EQ((*directory->authenticate(next.text, pepper_, kNow))->key_id, key.record.id);
}

// covers: gateways-3-5
TEST_F(DirectoryTest, ModelsAreFilteredAndNeverWidened) {
  Issued key = issue(pepper_, "alpha");
  key.record.models = {"zephyr", "qwen", "embed", "nonesuch"};  // zephyr is another tenant's
  const auto directory = build({key.record});
  const Principal& principal = **directory->authenticate(key.text, pepper_, kNow);
  EXPECT_THAT(models(principal), ElementsAre("embed", "qwen"));
  ASSERT_NE(principal.grant(*policy_, "qwen"), nullptr);
  EXPECT_EQ(principal.grant(*policy_, "qwen")->upstream, 1u);
  for (const char* model : {"", "llama", "zephyr", "nonesuch", "Qwen", "qwe", "qwen2", "a", "zz"}) {
    EXPECT_EQ(principal.grant(*policy_, model), nullptr) << model;
  }
}

TEST_F(DirectoryTest, AKeyWhoseModelsAreAllGoneMayUseNone) {
  Issued key = issue(pepper_, "alpha");
  key.record.models = {"nonesuch"};
  const auto directory = build({key.record});
  EXPECT_THAT((*directory->authenticate(key.text, pepper_, kNow))->grants, IsEmpty());
}

TEST_F(DirectoryTest, EndpointsNarrow) {
  Issued key = issue(pepper_, "alpha");
  key.record.endpoints.add(vllm::Endpoint::chat);
  const auto directory = build({key.record});
  const Principal& principal = **directory->authenticate(key.text, pepper_, kNow);
  EXPECT_TRUE(principal.endpoints.has(vllm::Endpoint::chat));
  EXPECT_FALSE(principal.endpoints.has(vllm::Endpoint::completions));
}

TEST_F(DirectoryTest, WhatCanBeAskedNowhereIsNotUsable) {
  using vllm::Endpoint;
  policy_->models[0].endpoints.add(Endpoint::embeddings);  // embed
  policy_->models[1].endpoints.add(Endpoint::chat);        // llama
  policy_->models[1].endpoints.add(Endpoint::embeddings);
  policy_->models[2].endpoints.add(Endpoint::completions);  // qwen
  struct Row {
    std::vector<Endpoint> endpoints;
    std::vector<std::string> models;  // that the key names
    std::vector<std::string> usable;
  };
  for (const Row& row : {
           Row{{}, {}, {"embed", "llama", "qwen"}}, Row{{}, {"qwen"}, {"qwen"}},
           Row{{Endpoint::chat}, {}, {"llama"}},
           Row{{Endpoint::embeddings}, {}, {"embed", "llama"}},
           Row{{Endpoint::chat, Endpoint::completions}, {}, {"llama", "qwen"}},
           Row{{Endpoint::chat}, {"embed"}, {}}, Row{{Endpoint::chat}, {"qwen", "embed"}, {}},
           Row{{Endpoint::completions}, {"llama"}, {}}, Row{{Endpoint::embeddings}, {"qwen"}, {}},
           Row{{Endpoint::embeddings}, {"zephyr"}, {}},  // another tenant's
       }) {
    KeyRecord record;
    for (const Endpoint endpoint : row.endpoints) record.endpoints.add(endpoint);
    record.models = row.models;
    const Principal principal = Principal::resolve(*policy_, *policy_->tenant("alpha"), record);
    std::vector<std::string> usable;
    for (const policy::Grant& grant : principal.usable_grants(*policy_))
      usable.push_back(policy_->models[grant.model].name);
    EXPECT_EQ(usable, row.usable);
  }
}

TEST_F(DirectoryTest, OldDirectoryOutlivesANewOne) {
  Issued key = issue(pepper_, "alpha");
  const auto first = build({key.record});
  const Principal* principal = *first->authenticate(key.text, pepper_, kNow);
  key.record.revoked = kNow;
  const auto second = build({key.record});
  EXPECT_EQ(failure(*second, key.text), AuthFailure::revoked);
  EXPECT_EQ(principal->tenant->name, "alpha");
  EXPECT_EQ(failure(*first, key.text), std::nullopt);
}

TEST_F(DirectoryTest, FindsEveryOneOfMany) {
  std::vector<Issued> issued;
  std::vector<KeyRecord> records;
  for (int i = 0; i < 300; ++i) {
    issued.push_back(issue(pepper_, i % 2 == 0 ? "alpha" : "beta"));
    records.push_back(issued.back().record);
  }
  const auto directory = build(records);
  for (const Issued& key : issued) {
    const auto result = directory->authenticate(key.text, pepper_, kNow);
    ASSERT_TRUE(result);
    EXPECT_EQ((*result)->key_id, key.record.id);
    EXPECT_EQ((*result)->tenant->name, key.record.tenant);
  }
}

struct Narrowing {
  const char* what;
  KeyLimits key;
  std::uint32_t max_tokens;
  std::uint32_t default_max_tokens;
  std::uint32_t max_prompt_tokens;
  std::uint32_t n;
};

// covers: gateways-3-5
TEST_F(DirectoryTest, CapsAreTheNarrowerOfBoth) {
  const Narrowing cases[] = {
      {"nothing set", {}, 1024, 512, 6000, 2},
      {"narrower", {{}, {}, 256, 100, 1}, 256, 256, 100, 1},
      {"between default and cap", {{}, {}, 800, {}, {}}, 800, 512, 6000, 2},
      {"wider", {{}, {}, 9999, 99999, 128}, 1024, 512, 6000, 2},
  };
  for (const Narrowing& c : cases) {
    KeyRecord key;
    key.limits = c.key;
    const Principal p = Principal::resolve(*policy_, policy_->tenants[0], key);
    EXPECT_EQ(p.caps.max_tokens, c.max_tokens) << c.what;
    EXPECT_EQ(p.caps.default_max_tokens, c.default_max_tokens) << c.what;
    EXPECT_EQ(p.caps.max_prompt_tokens, c.max_prompt_tokens) << c.what;
    EXPECT_EQ(p.caps.n, c.n) << c.what;
  }
}

struct RateCase {
  const char* what;
  policy::Rate key;
  bool tenants_binds;
  bool own_binds;
};

// The tenant's per_key rate is 20/min with a burst of 5. What is tighter in one way binds beside
// it.
TEST_F(DirectoryTest, ARateOfItsOwnBindsBesideTheTenants) {
  const std::uint64_t most = std::uint64_t{1} << 40;
  const RateCase cases[] = {
      {"slower", {5, minutes(1), 1, ""}, false, true},
      {"slower with the same burst", {5, minutes(1), 5, ""}, false, true},
      {"less bursty at the same rate", {20, minutes(1), 4, ""}, false, true},
      {"faster", {200, minutes(1), 20, ""}, true, false},
      {"the same by another period", {1200, hours(1), 5, ""}, true, false},
      {"slower by another period", {1199, hours(1), 5, ""}, false, true},
      {"faster by another period", {1, seconds(1), 9, ""}, true, false},
      {"slower but burstier", {10, minutes(1), 100, ""}, true, true},
      {"faster but less bursty", {100, minutes(1), 2, ""}, true, true},
      {"huge numbers", {most, hours(24 * 31), most, ""}, true, false},
  };
  for (const RateCase& c : cases) {
    KeyRecord key;
    key.id = "key_x";
    key.limits.requests = c.key;
    std::vector<policy::Rate> expected;
    if (c.tenants_binds) expected = policy_->tenants[0].limits.per_key.requests;
    if (c.own_binds) expected.push_back(c.key);
    if (c.own_binds) expected.back().rule = "keys.key_x.limits.requests";
    const Principal p = Principal::resolve(*policy_, policy_->tenants[0], key);
    EXPECT_EQ(p.limit.requests, expected) << c.what;
  }
}

TEST_F(DirectoryTest, AKeyMayBeLimitedWhereItsTenantIsNot) {
  KeyRecord key;
  key.id = "key_x";
  key.limits.requests = policy::Rate{5, minutes(1), 1, ""};
  key.limits.concurrent = 2;
  const Principal p = Principal::resolve(*policy_, policy_->tenants[1], key);
  EXPECT_THAT(p.limit.requests,
              testing::ElementsAre(policy::Rate{5, minutes(1), 1, "keys.key_x.limits.requests"}));
  EXPECT_EQ(p.limit.concurrent, (policy::Concurrency{2, "keys.key_x.limits.concurrent"}));
}

TEST_F(DirectoryTest, ConcurrencyIsTheSmaller) {
  policy_->tenants[0].limits.per_key.concurrent = policy::Concurrency{4, "tenant"};
  KeyRecord key;
  key.id = "key_x";
  for (const std::uint32_t most : {1u, 4u, 9u}) {
    key.limits.concurrent = most;
    const Principal p = Principal::resolve(*policy_, policy_->tenants[0], key);
    EXPECT_EQ(p.limit.concurrent->most, std::min(most, 4u));
    EXPECT_EQ(p.limit.concurrent->rule, most < 4 ? "keys.key_x.limits.concurrent" : "tenant");
  }
}

TEST(AuthFailureName, AllDiffer) {
  std::set<std::string_view> names;
  for (const AuthFailure f :
       {AuthFailure::missing, AuthFailure::malformed, AuthFailure::unknown, AuthFailure::wrong,
        AuthFailure::expired, AuthFailure::revoked, AuthFailure::no_tenant}) {
    names.insert(name(f));
  }
  EXPECT_EQ(names.size(), 7u);
}

}  // namespace
}  // namespace gh::identity
