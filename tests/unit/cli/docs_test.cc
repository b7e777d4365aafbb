// The pages for users name everything that the program has: a new code, glitch, metric, log field
// or command comes with its line. And what the pages point at is there.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "cli/outline.h"
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

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// The word at `at`, which may be empty.
std::string word_at(const std::string& text, std::size_t at) {
  const auto begin = text.begin() + static_cast<std::ptrdiff_t>(at);
  return {begin, std::find_if_not(begin, text.end(), is_word)};
}

// Every word that stands right behind `opening`.
std::set<std::string> words_after(const std::string& text, const std::string& opening) {
  std::set<std::string> words;
  for (std::size_t at = text.find(opening); at != std::string::npos; at = text.find(opening, at)) {
    at += opening.size();
    if (const std::string word = word_at(text, at); !word.empty()) words.insert(word);
  }
  return words;
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
  std::set<std::string> names;
  for (const auto& word :
       words_after(read(kSource / "src/console/exposition.cc"), "\"gatehouse_")) {
    names.insert("gatehouse_" + word);
  }
  EXPECT_GT(names.size(), 20);
  expect_named(names, "operations.md");
}

TEST(Docs, EveryFieldOfTheRequestLogIsInOperations) {
  const std::string source = read(kSource / "src/gateway/request_log.cc");
  std::set<std::string> names = words_after(source, "\\\"");  // in a text: {\"log_gap\":
  for (const std::string& method : words_after(source, "line.")) {
    names.merge(words_after(source, "line." + method + "(\""));
  }
  EXPECT_GT(names.size(), 25);
  expect_named(names, "operations.md");
}

TEST(Docs, EveryCommandIsInCommands) {
  const std::string page = read(kSource / "docs/commands.md");
  const Outline program = outline();
  const auto commands = commands_of(program);
  for (const auto& [words, ignored] : commands) {
    EXPECT_THAT(page, HasSubstr("gatehouse " + words));
  }
  EXPECT_GT(commands.size(), 10);
}

// "## Below HTTP requests" → "below-http-requests"
std::set<std::string> anchors(const std::string& page) {
  std::set<std::string> found;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t title = line.find_first_not_of('#');
    if (title == 0 || title == std::string::npos || line[title] != ' ') continue;
    std::string anchor;
    for (const char c : line.substr(title + 1)) {
      if (c == ' ' || c == '-') anchor += '-';
      if (is_word(c)) anchor += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    found.insert(anchor);
  }
  return found;
}

// What stands in the brackets of [text](target).
std::vector<std::string> links_of(const std::string& page) {
  std::vector<std::string> links;
  for (std::size_t at = page.find("]("); at != std::string::npos; at = page.find("](", at)) {
    at += 2;
    links.push_back(page.substr(at, page.find(')', at) - at));
  }
  return links;
}

TEST(Docs, LinksLeadSomewhere) {
  std::vector<fs::path> pages = {kSource / "README.md", kSource / "CHANGELOG.md"};
  for (const auto& entry : fs::recursive_directory_iterator(kSource / "docs")) {
    if (entry.path().extension() == ".md") pages.push_back(entry.path());
  }
  int links = 0;
  for (const fs::path& page : pages) {
    for (const std::string& link : links_of(read(page))) {
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
