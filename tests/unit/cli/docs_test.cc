// The pages for users name everything that the program has: a new code, glitch, metric, log field
// or command comes with its line. And what the pages point at is there.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "http/glitch.h"
#include "policy/refusal.h"

namespace gh::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const fs::path kSource = GH_SOURCE_DIR;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The first group of every match.
std::set<std::string> find_all(const std::string& text, const char* pattern) {
  const std::regex regex(pattern);
  std::set<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end; ++at) {
    found.insert((*at)[1]);
  }
  return found;
}

void expect_named(const std::set<std::string>& names, const std::string& page) {
  const std::string text = read(kSource / "docs" / page);
  for (const std::string& name : names) EXPECT_THAT(text, HasSubstr("`" + name + "`")) << page;
}

TEST(Docs, EveryRefusalIsARowOfErrors) {
  const std::string page = read(kSource / "docs/errors.md");
  for (int i = 0; i <= static_cast<int>(policy::Code::upstream_timeout); ++i) {
    const auto code = static_cast<policy::Code>(i);
    std::ostringstream row;
    row << "| " << policy::status(code) << " | `" << policy::name(code) << "` | `"
        << policy::type(code) << "` |";
    EXPECT_THAT(page, HasSubstr(row.str()));
  }
}

TEST(Docs, EveryGlitchIsInErrors) {
  std::set<std::string> names;
  for (int i = 0; i < static_cast<int>(http::Glitch::count_); ++i) {
    names.emplace(http::name(static_cast<http::Glitch>(i)));
  }
  expect_named(names, "errors.md");
}

TEST(Docs, EveryMetricIsInOperations) {
  const auto names =
      find_all(read(kSource / "src/console/exposition.cc"), R"rx("(gatehouse_\w+)")rx");
  EXPECT_GT(names.size(), 20);
  expect_named(names, "operations.md");
}

TEST(Docs, EveryFieldOfTheRequestLogIsInOperations) {
  const auto names =
      find_all(read(kSource / "src/gateway/request_log.cc"), R"rx((?:line\.\w+\(|\\)"(\w+)\\?")rx");
  EXPECT_GT(names.size(), 25);
  expect_named(names, "operations.md");
}

TEST(Docs, EveryCommandIsInCommands) {
  const std::string page = read(kSource / "docs/commands.md");
  const std::string source = read(kSource / "src/cli/parse.cc");
  const std::regex regex(R"rx((app_\.|group->)add_subcommand\(\s*"(\w+)")rx");
  std::string group;
  int commands = 0;
  for (std::sregex_iterator at(source.begin(), source.end(), regex), end; at != end; ++at) {
    const bool top = (*at)[1] == "app_.";
    if (top) group = (*at)[2];
    const std::string name = "gatehouse " + group + (top ? "" : " " + std::string((*at)[2]));
    EXPECT_THAT(page, HasSubstr(name));
    ++commands;
  }
  EXPECT_GT(commands, 10);
}

// "## Below HTTP requests" → "below-http-requests"
std::set<std::string> anchors(const std::string& page) {
  std::set<std::string> found;
  for (std::string heading : find_all(page, R"(\n#+ ([^\n]+))")) {
    std::string anchor;
    for (const char c : heading) {
      if (c == ' ' || c == '-') anchor += '-';
      if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') {
        anchor += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      }
    }
    found.insert(anchor);
  }
  return found;
}

TEST(Docs, LinksLeadSomewhere) {
  std::vector<fs::path> pages = {kSource / "README.md", kSource / "CHANGELOG.md"};
  for (const auto& entry : fs::recursive_directory_iterator(kSource / "docs")) {
    if (entry.path().extension() == ".md") pages.push_back(entry.path());
  }
  int links = 0;
  for (const fs::path& page : pages) {
    for (const std::string& link : find_all(read(page), R"(\]\(([^)\s]+)\))")) {
      if (link.starts_with("http")) continue;
      ++links;
      const std::size_t mark = std::min(link.find('#'), link.size());
      const fs::path target = mark == 0 ? page : page.parent_path() / link.substr(0, mark);
      EXPECT_TRUE(fs::exists(target)) << page << ": " << link;
      if (mark == link.size() || !fs::exists(target)) continue;
      EXPECT_TRUE(anchors(read(target)).contains(link.substr(mark + 1))) << page << ": " << link;
    }
  }
  EXPECT_GT(links, 30);
}

}  // namespace
}  // namespace gh::cli
