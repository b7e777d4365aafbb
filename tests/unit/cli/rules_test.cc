#include "cli/rules.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

namespace gh::cli {
namespace {

TEST(Rules, EveryIdOnce) {
  const findings::Catalogue all = all_rules();
  std::set<std::string_view> ids;
  for (const findings::Rule* rule : all.rules())
    EXPECT_TRUE(ids.insert(rule->id).second) << rule->id;
}

TEST(Rules, PageIsUpToDate) {
  std::ifstream file(GH_SOURCE_DIR "/docs/rules.md", std::ios::binary);
  ASSERT_TRUE(file.is_open());
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  EXPECT_TRUE(page == findings::rules_markdown(all_rules()))
      << "docs/rules.md is not what the rules say; write it anew with\n"
      << "`gatehouse rules list --format markdown > docs/rules.md`";
}

}  // namespace
}  // namespace gh::cli
