#include "policy/settings.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "policy/value.h"

namespace gh::policy {
namespace {

// Calls `visit(path, setting)` for every setting of the table.
template <class Visit>
void for_each(std::span<const Setting> members, const std::string& path, const Visit& visit) {
  for (const Setting& setting : members) {
    const std::string name = (path.empty() ? "" : path + ".") + std::string(setting.name);
    visit(name, setting);
    for_each(setting.members, name + (setting.type == Type::sections ? "[]" : ""), visit);
  }
}

TEST(Settings, DefaultsAreAcceptedByTheirOwnRules) {
  for_each(settings(), "", [](const std::string& path, const Setting& setting) {
    if (setting.fallback.empty() || setting.fallback.starts_with('(')) return;
    const auto value = parse_value(setting, setting.type, setting.fallback);
    EXPECT_TRUE(value) << path << ": " << (value ? "" : value.error().message);
  });
}

TEST(Settings, BoundsRead) {
  for_each(settings(), "", [](const std::string& path, const Setting& setting) {
    for (std::string_view bound : {setting.least, setting.most}) {
      EXPECT_TRUE(bound.empty() || parse_value(setting, setting.type, bound)) << path;
    }
    if (setting.type != Type::count || !setting.later.empty()) return;
    ASSERT_FALSE(setting.most.empty()) << path;
    EXPECT_LE(*parse_count(setting.most), UINT32_MAX) << path;
  });
}

TEST(Settings, SayWhatTheyAreFor) {
  for_each(settings(), "", [](const std::string& path, const Setting& setting) {
    if (!setting.later.empty()) return;
    EXPECT_TRUE(setting.help.ends_with('.') || setting.help.ends_with(')')) << path;
    EXPECT_FALSE(setting.required && !setting.fallback.empty()) << path;
    EXPECT_FALSE(setting.type == Type::choice && setting.choices.empty()) << path;
    EXPECT_EQ(setting.members.empty(),
              setting.type != Type::section && setting.type != Type::sections)
        << path;
  });
}

TEST(Settings, NamesAreUnique) {
  std::set<std::string> seen;
  for_each(settings(), "", [&](const std::string& path, const Setting&) {
    EXPECT_TRUE(seen.insert(path).second) << path;
  });
  EXPECT_GT(seen.size(), 100u);
}

TEST(FindSetting, FollowsPaths) {
  ASSERT_NE(find_setting("tenants[].request.max_tokens"), nullptr);
  EXPECT_EQ(find_setting("tenants[].request.max_tokens")->fallback, "1024");
  EXPECT_EQ(find_setting("listen[].limits.per_ip.requests.rate")->type, Type::rate);
  EXPECT_EQ(find_setting("tenants")->type, Type::sections);
  for (const char* none :
       {"", ".", "tenants.request", "tenants[]", "tenants[]request", "state[].directory",
        "tenants[].nothing", "nothing", "drain.x", "state.directory.x", "state."}) {
    EXPECT_EQ(find_setting(none), nullptr) << none;
  }
}

TEST(Settings, ReferencePageIsThatOfTheTable) {
  std::ifstream file(GH_SOURCE_DIR "/docs/policy-reference.md");
  const std::string page((std::istreambuf_iterator<char>(file)), {});
  EXPECT_TRUE(page == settings_markdown())
      << "write it anew: gatehouse policy reference > docs/policy-reference.md";
}

}  // namespace
}  // namespace gh::policy
