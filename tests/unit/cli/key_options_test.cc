#include "cli/key_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/text.h"

namespace gh::cli {
namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr WallTime kNow{1'790'000'000'000'000'000};  // 2026-09-21T14:13:20Z

policy::Snapshot sample_policy() {
  policy::Snapshot policy;
  for (const char* name : {"llama-3-8b", "qwen", "zephyr"}) {
    policy::Model model;
    model.name = name;
    model.endpoints.add(vllm::Endpoint::chat);
    policy.models.push_back(std::move(model));
  }
  policy.models[0].endpoints.add(vllm::Endpoint::embeddings);
  policy::Tenant alpha;
  alpha.name = "alpha";
  alpha.grants = {{0, 0}, {1, 0}};
  policy::Tenant beta;
  beta.name = "beta";
  policy.tenants.push_back(std::move(alpha));
  policy.tenants.push_back(std::move(beta));
  return policy;
}

KeysCreate good_command() {
  KeysCreate command;
  command.tenant = "alpha";
  command.name = "ci";
  return command;
}

TEST(KeyFromOptions, Defaults) {
  const policy::Snapshot policy = sample_policy();
  const auto key = key_from_options(good_command(), policy, kNow);
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ(key->tenant, "alpha");
  EXPECT_EQ(key->name, "ci");
  EXPECT_TRUE(key->models.empty());
  EXPECT_TRUE(key->endpoints.empty());
  EXPECT_FALSE(key->limits.requests);
  EXPECT_EQ(key->created, kNow);
  EXPECT_EQ(key->expires, kNow + hours(24 * 90));
}

TEST(KeyFromOptions, TakesEverything) {
  const policy::Snapshot policy = sample_policy();
  KeysCreate command = good_command();
  command.user = "ann@example.org \xe2\x98\x83";
  command.models = {"qwen", "llama-3-8b", "qwen"};
  command.endpoints = {"embeddings", "chat"};
  command.expires = "never";
  command.limits = {"requests=5/min", "concurrent=2", "max_tokens=256", "max_prompt_tokens=1k",
                    "n=1"};
  const auto key = key_from_options(command, policy, kNow);
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ(key->user, command.user);
  EXPECT_THAT(key->models, ElementsAre("llama-3-8b", "qwen"));
  EXPECT_TRUE(key->endpoints.has(vllm::Endpoint::chat));
  EXPECT_FALSE(key->endpoints.has(vllm::Endpoint::completions));
  EXPECT_TRUE(key->endpoints.has(vllm::Endpoint::embeddings));
  EXPECT_FALSE(key->expires);
  EXPECT_EQ(key->limits.requests, (policy::Rate{5, std::chrono::minutes(1), 1, ""}));
  EXPECT_EQ(key->limits.concurrent, 2u);
  EXPECT_EQ(key->limits.max_tokens, 256u);
  EXPECT_EQ(key->limits.max_prompt_tokens, 1'000u);
  EXPECT_EQ(key->limits.n, 1u);
}

// The examples that `keys create --help` gives are themselves accepted, one by one.
TEST(LimitExamples, AreAccepted) {
  std::size_t count = 0;
  const std::string examples = limit_examples();
  for (std::string_view example : split(examples, ',')) {
    const auto limits = parse_limits({std::string(trim(example))});
    EXPECT_TRUE(limits) << limits.error().message;
    ++count;
  }
  EXPECT_EQ(count, 5u);
}

struct Bad {
  void (*change)(KeysCreate&);
  const char* message;  // a part of it
};

TEST(KeyFromOptions, EveryMistakeIsNamed) {
  const Bad cases[] = {
      {[](KeysCreate& c) { c.tenant = "alpho"; }, "did you mean `alpha`?"},
      {[](KeysCreate& c) { c.tenant = ""; }, "no such tenant; there is `alpha`, `beta`"},
      {[](KeysCreate& c) { c.tenant = "\x1b[31m"; }, "\\x1b"},
      {[](KeysCreate& c) { c.name = ""; }, "--name"},
      {[](KeysCreate& c) { c.name = "two words"; }, "--name"},
      {[](KeysCreate& c) { c.name = "a/b"; }, "--name"},
      {[](KeysCreate& c) { c.name = std::string(65, 'a'); }, "--name"},
      {[](KeysCreate& c) { c.user = "line\nbreak"; }, "--user"},
      {[](KeysCreate& c) { c.user = "back\\slash"; }, "--user"},
      {[](KeysCreate& c) { c.user = "\xff"; }, "--user"},
      {[](KeysCreate& c) { c.user = std::string(129, 'a'); }, "--user"},
      {[](KeysCreate& c) { c.models = {"qwem"}; }, "did you mean `qwen`?"},
      {[](KeysCreate& c) { c.models = {"zephyr"}; }, "tenant `alpha` has no such model"},
      {[](KeysCreate& c) { c.models = {"qwen", ""}; }, "no such model"},
      {[](KeysCreate& c) { c.tenant = "beta", c.models = {"qwen"}; }, "there is none"},
      {[](KeysCreate& c) { c.endpoints = {"chats"}; }, "did you mean `chat`?"},
      {[](KeysCreate& c) { c.endpoints = {"Chat"}; }, "no such endpoint"},
      {[](KeysCreate& c) { c.limits = {"request=5/min"}; }, "did you mean `requests`?"},
      {[](KeysCreate& c) { c.limits = {"requests"}; }, "is not a rate"},
      {[](KeysCreate& c) { c.limits = {"requests=0/min"}; }, "allow nothing"},
      {[](KeysCreate& c) { c.limits = {"requests=5"}; }, "is not a rate"},
      {[](KeysCreate& c) { c.limits = {"requests=5/min", "requests=5/min"}; }, "given twice"},
      {[](KeysCreate& c) { c.limits = {"n=1", "n=2"}; }, "given twice"},
      {[](KeysCreate& c) { c.limits = {"n=0"}; }, "outside 1 to"},
      {[](KeysCreate& c) { c.limits = {"n=-1"}; }, "is not a count"},
      {[](KeysCreate& c) { c.limits = {"n=5G"}; }, "outside 1 to"},
      {[](KeysCreate& c) { c.limits = {"max_tokens= 5"}; }, "is not a count"},
      {[](KeysCreate& c) { c.limits = {""}; }, "no such limit"},
      {[](KeysCreate& c) { c.expires = "soon"; }, "--expires"},
  };
  const policy::Snapshot policy = sample_policy();
  for (const Bad& bad : cases) {
    KeysCreate command = good_command();
    bad.change(command);
    const auto key = key_from_options(command, policy, kNow);
    ASSERT_FALSE(key) << bad.message;
    EXPECT_THAT(key.error().message, HasSubstr(bad.message));
    EXPECT_EQ(key.error().message.find_first_of("\n\x1b\xff"), std::string::npos);
  }
}

// covers: gateways-3-5
TEST(KeyFromOptions, AKeyThatCouldAskNothingIsRefused) {
  struct Row {
    std::vector<std::string> models;
    std::vector<std::string> endpoints;
    const char* message;  // "": it is a key
    const char* note;
  };
  const policy::Snapshot policy = sample_policy();  // llama-3-8b: chat, embeddings; qwen: chat
  for (const Row& row : {
           Row{{"qwen"},
               {"embeddings"},
               "no model of --models has `embeddings`; there is `chat`",
               ""},
           Row{{"qwen"},
               {"embeddings", "completions"},
               "no model of --models has `completions`, `embeddings`; there is `chat`",
               ""},
           Row{{},
               {"completions"},
               "no model of tenant `alpha` has `completions`; there is `chat`, "
               "`embeddings`",
               ""},
           Row{{"llama-3-8b", "qwen"},
               {"completions"},
               "--endpoints: the key could ask nothing",
               ""},
           Row{{"qwen"}, {"chat", "embeddings"}, "", "none of this key's models has `embeddings`"},
           Row{{}, {"chat", "completions"}, "", "none of this key's models has `completions`"},
           Row{{"llama-3-8b", "qwen"},
               {"embeddings"},
               "",
               "cannot use `qwen`, which has `chat` only"},
           Row{{}, {"embeddings"}, "", ""},
           Row{{"qwen"}, {}, "", ""},
           Row{{}, {}, "", ""},
       }) {
    KeysCreate command = good_command();
    command.models = row.models;
    command.endpoints = row.endpoints;
    const auto key = key_from_options(command, policy, kNow);
    const std::string message = row.message;
    EXPECT_EQ(key.has_value(), message.empty()) << message;
    if (!key) {
      EXPECT_THAT(key.error().message, HasSubstr(message));
    } else if (const std::string note = row.note; note.empty()) {
      EXPECT_EQ(idle_part(*key, policy), "");
    } else {
      EXPECT_THAT(idle_part(*key, policy), HasSubstr(note));
    }
  }
}

TEST(KeyFromOptions, ALimitThatNarrowsNothingIsSaid) {
  policy::Snapshot policy = sample_policy();  // by default: max_tokens 1024, n 1
  policy::Tenant& alpha = policy.tenants[0];
  alpha.limits.whole.concurrent = policy::Concurrency{8, "tenants.alpha.limits.concurrent"};
  alpha.limits.per_key.concurrent = policy::Concurrency{3, "…"};
  alpha.limits.per_key.requests = {
      {20, std::chrono::minutes(1), 2, "tenants.alpha.limits.per_key.requests"}};
  struct Row {
    const char* limit;
    const char* note;  // "": it narrows
  };
  for (const Row& row : {
           Row{"max_tokens=1023", ""},
           Row{"max_tokens=1024",
               "--limit max_tokens=1024 narrows nothing: tenant `alpha` has 1024"},
           Row{"max_prompt_tokens=5999", ""},
           Row{"max_prompt_tokens=1M", "tenant `alpha` has 6000"},
           Row{"n=1", "--limit n=1 narrows nothing"},
           Row{"concurrent=2", ""},
           Row{"concurrent=3", "tenant `alpha` has 3"},
           Row{"concurrent=8", "tenant `alpha` has 3"},
           Row{"requests=19/min", ""},
           Row{"requests=20/min", "`tenants.alpha.limits.per_key.requests` is as tight"},
           Row{"requests=5/s", "`tenants.alpha.limits.per_key.requests` is as tight"},
           Row{"requests=100/h", ""},
       }) {
    KeysCreate command = good_command();
    command.limits = {row.limit};
    const auto key = key_from_options(command, policy, kNow);
    ASSERT_TRUE(key) << row.limit;
    if (*row.note == '\0') {
      EXPECT_EQ(idle_limit(*key, policy), "") << row.limit;
    } else {
      EXPECT_THAT(idle_limit(*key, policy), HasSubstr(row.note)) << row.limit;
    }
  }
}

struct Expiry {
  const char* text;
  const char* time;  // RFC 3339, or "never"
};

TEST(ParseExpiry, Forms) {
  const Expiry cases[] = {
      {"90d", "2026-12-20T14:13:20.000Z"},
      {"12h", "2026-09-22T02:13:20.000Z"},
      {"never", "never"},
      {"2027-01-31", "2027-01-31T00:00:00.000Z"},
      {"2028-02-29", "2028-02-29T00:00:00.000Z"},
      {"2027-01-31T12:34:56Z", "2027-01-31T12:34:56.000Z"},
      {"2026-09-21T14:13:21Z", "2026-09-21T14:13:21.000Z"},
  };
  for (const Expiry& c : cases) {
    const auto expiry = parse_expiry(c.text, kNow);
    ASSERT_TRUE(expiry) << c.text;
    EXPECT_EQ(*expiry ? rfc3339(**expiry) : "never", c.time) << c.text;
  }
}

TEST(ParseExpiry, RefusesEverythingElse) {
  for (const char* text : {"",
                           "0d",
                           "90",
                           "-1d",
                           "90 d",
                           "Never",
                           "tomorrow",
                           "2026-09-21T14:13:20Z",
                           "2026-01-01",
                           "2027-02-29",
                           "2027-13-01",
                           "2027-00-10",
                           "2027-1-31",
                           "2027-01-31T12:34:56",
                           "2027-01-31T12:34:56+00:00",
                           "2027-01-31t12:34:56Z",
                           "2027-01-31 12:34:56Z",
                           "2027-01-31T24:00:00Z",
                           "2027-01-31T12:60:00Z",
                           "2027-01-31T12:34:60Z",
                           "2027-01-31T-1:34:56Z",
                           "-027-01-31",
                           "9999-12-31",
                           "2300-01-01",
                           "2262-04-12",
                           "200000d",
                           "106751d",
                           "\x1b[31m"}) {
    const auto expiry = parse_expiry(text, kNow);
    EXPECT_FALSE(expiry) << text;
    if (!expiry) {
      EXPECT_THAT(expiry.error().message, HasSubstr("--expires"));
    }
  }
}

}  // namespace
}  // namespace gh::cli
