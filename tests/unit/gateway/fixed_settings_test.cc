// What a reload refuses, and that it says where.

#include "gateway/fixed_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace gh::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kPolicy = R"(version: 1
listen:
  - { address: "127.0.0.1:8443" }
  - { address: unix:/run/g.sock }
admin: { address: "127.0.0.1:9443" }
state: { directory: state }
secrets: { pepper: { file: a }, salt_key: { file: b } }
workers: 2
upstreams:
  - { name: up, url: "http://127.0.0.1:8000", vllm: 0.32.0 }
models:
  - { name: m, upstream: up, max_model_len: 8192, endpoints: [chat] }
tenants:
  - { name: alpha, models: [m] }
)";

// With every `find` replaced.
policy::Loaded load(std::vector<std::pair<std::string_view, std::string_view>> edits) {
  std::string text(kPolicy);
  for (const auto& [find, put] : edits) {
    const auto at = text.find(find);
    EXPECT_NE(at, std::string::npos) << find;
    if (at != std::string::npos) text.replace(at, find.size(), put);
  }
  policy::Loaded loaded = policy::load_text(text, "p.yaml", "/nonexistent", {.effective = true});
  for (const auto& problem : loaded.problems) ADD_FAILURE() << policy::format(problem);
  return loaded;
}

TEST(FixedSettings, AreNamedWithTheirPlace) {
  const auto before = load({});
  ASSERT_NE(before.snapshot, nullptr);
  struct Row {
    std::string_view find, put;
    std::string line;
  };
  const std::string why = " changes only with a restart; ";
  for (const Row& row : {
           Row{"127.0.0.1:8443", "127.0.0.1:8444",
               "p.yaml:3:16: `listen[0].address`" + why + "it is 127.0.0.1:8443 now"},
           Row{"unix:/run/g.sock", "unix:/run/h.sock",
               "p.yaml:4:16: `listen[1].address`" + why + "it is unix:/run/g.sock now"},
           Row{"  - { address: unix:/run/g.sock }\n", "",
               "/nonexistent/p.yaml: `listen[1].address`" + why + "it is unix:/run/g.sock now"},
           Row{"admin:", "  - { address: \"127.0.0.1:0\" }\nadmin:",
               "p.yaml:5:16: `listen[2].address`" + why + "there is none now"},
           Row{"127.0.0.1:9443", "127.0.0.1:9444",
               "p.yaml:5:19: `admin.address`" + why + "it is 127.0.0.1:9443 now"},
           Row{"admin: { address: \"127.0.0.1:9443\" }\n", "",
               "/nonexistent/p.yaml: `admin.address`" + why + "it is 127.0.0.1:9443 now"},
           Row{"directory: state", "directory: other",
               "p.yaml:6:21: `state.directory`" + why + "it is /nonexistent/state now"},
           Row{"file: a", "file: c",
               "p.yaml:7:20: `secrets.pepper`" + why + "it is /nonexistent/a now"},
           Row{"file: b", "file: c",
               "p.yaml:7:43: `secrets.salt_key`" + why + "it is /nonexistent/b now"},
           Row{"workers: 2", "workers: 3", "p.yaml:8:10: `workers`" + why + "it is 2 now"},
           Row{"workers: 2\n", "", "/nonexistent/p.yaml: `workers`" + why + "it is 2 now"},
       }) {
    const auto next = load({{row.find, row.put}});
    ASSERT_NE(next.snapshot, nullptr) << row.put;
    EXPECT_THAT(fixed_settings_changed(*before.snapshot, next), ElementsAre(row.line));
  }
}

TEST(FixedSettings, AllOfThemAtOnce) {
  const auto before = load({{"workers: 2\n", ""}});
  const auto next = load({{"8443", "1"}, {"9443", "2"}, {"file: a", "file: x"}});
  ASSERT_TRUE(before.snapshot != nullptr && next.snapshot != nullptr);
  const auto lines = fixed_settings_changed(*before.snapshot, next);
  EXPECT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines.back(),
            "p.yaml:8:10: `workers` changes only with a restart; it is one per core now");
}

TEST(FixedSettings, SecretsThatMoveWithTheStateAreNotToldApart) {
  constexpr std::string_view kSecrets = "secrets: { pepper: { file: a }, salt_key: { file: b } }\n";
  const auto before = load({{kSecrets, ""}});
  const auto moved = load({{kSecrets, ""}, {"directory: state", "directory: other"}});
  const auto named = load({{"directory: state", "directory: other"}});
  ASSERT_TRUE(before.snapshot && moved.snapshot && named.snapshot);
  EXPECT_EQ(fixed_settings_changed(*before.snapshot, moved).size(), 1u);
  EXPECT_EQ(fixed_settings_changed(*before.snapshot, named).size(), 3u);
}

TEST(FixedSettings, TheRestMayChange) {
  const auto before = load({});
  ASSERT_NE(before.snapshot, nullptr);
  EXPECT_THAT(fixed_settings_changed(*before.snapshot, before), IsEmpty());
  for (const auto& edit : std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {"name: alpha", "name: beta"},
           {"8000", "8001"},
           {"endpoints: [chat]", "endpoints: [completions]"},
           {"workers: 2\n", "workers: 2\ndrain: 1s\nlog: { requests: none }\n"},
           {"\"127.0.0.1:8443\" }", "\"127.0.0.1:8443\", timeouts: { head: 1s } }"}}) {
    const auto next = load({edit});
    ASSERT_NE(next.snapshot, nullptr);
    EXPECT_THAT(fixed_settings_changed(*before.snapshot, next), IsEmpty()) << edit.second;
  }
}

}  // namespace
}  // namespace gh::gateway
