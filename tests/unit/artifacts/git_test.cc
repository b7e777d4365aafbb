#include "artifacts/git.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "artifacts/git_tables.h"

namespace gh::artifacts {
namespace {

using namespace std::string_literals;

TEST(Git, PlacesWithinARepository) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"model/.git/objects/ab/cd", "objects/ab/cd"},
      {".git/config", "config"},
      {"./.git/config", "config"},
      {"a/.git/modules/b/.git/config", "config"},
      {"model/.git", ""},
      {"model/x.git/config", ""},
      {"model/.github/config", ""},
      {"model/config", ""},
      {"", ""},
  };
  for (const auto& [path, place] : cases) EXPECT_EQ(git_place(path), place) << path;
}

std::string_view table(const std::string& bytes) {
  source::MemorySource source(bytes);
  return git_table(source);
}

std::string number(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
  return bytes;
}

std::string index(std::uint32_t version, const std::string& entries, std::uint32_t count) {
  return "DIRC" + number(version) + number(count) + entries + std::string(20, '\1');
}

std::string entry(std::uint32_t mode, char flags, const std::string& path) {
  const std::string head =
      std::string(24, '\0') + number(mode) + std::string(32, '\0') + flags + '\1';
  std::string whole = head + (flags & 0x40 ? "\0\0"s : "") + path;
  whole.resize(whole.size() / 8 * 8 + 8);
  return whole;
}

TEST(Git, Index) {
  EXPECT_EQ(table(index(2, "", 0)), "index of git");
  EXPECT_EQ(table(index(2, entry(0100644, 0, "a"), 1)), "index of git");
  EXPECT_EQ(table(index(2, entry(0120000, 0, "1234567") + entry(0160000, 0, "12345678"), 2)),
            "index of git");
  EXPECT_EQ(table(index(3, entry(0100644, 0x40, "a"), 1)), "index of git");
  EXPECT_EQ(table(index(2, entry(0100644, 0, "a") + "TREE" + number(3) + "abc", 1)),
            "index of git");
  for (const std::string& bytes :
       {index(1, "", 0), index(5, "", 0), index(2, entry(0100644, 0x40, "a"), 1),
        index(2, entry(0100644, 0, ""), 1), index(2, entry(0020644, 0, "a"), 1),
        index(2, entry(0100644, 0, "a"), 2), index(2, entry(0100644, 0, "a"), 0),
        index(2, entry(0100644, 0, "a") + "EVIL" + number(3) + "abc", 1),
        index(2, entry(0100644, 0, "a") + "TREE" + number(99) + "abc", 1),
        index(2, entry(0100644, 0, "a") + "x", 1), index(2, "", 1), "DIRC"s, ""s})
    EXPECT_EQ(table(bytes), "") << testing::PrintToString(bytes);
}

TEST(Git, TablesBesidePacks) {
  std::string fanout;
  for (int i = 0; i < 256; ++i) fanout += number(i < 9 ? 0 : 2);
  const std::string idx = "\377tOc"s + number(2) + fanout + std::string(2 * 28 + 40, 'x');
  const std::string rev = "RIDX" + number(1) + number(1) + std::string(8 + 40, 'x');
  for (const std::string& bytes : {idx, idx + std::string(8, 'x'), rev})
    EXPECT_EQ(table(bytes), "table of git");
  std::string falling = idx;
  falling.replace(8, 4, number(3));
  std::string other = rev;
  other[11] = '\2';
  for (const std::string& bytes :
       {idx.substr(1), idx + "x", idx + std::string(24, 'x'), falling, idx.substr(0, 900),
        rev + "x", other, "RIDX"s, "BITM"s + std::string(60, '\0')})
    EXPECT_EQ(table(bytes), "") << testing::PrintToString(bytes);
}

TEST(Git, BitmapsBesidePacks) {
  // Three objects of each kind in one word.
  const std::string bits = number(3) + number(1) + std::string(12, '\0');
  const auto bitmap = [&](char flags, std::uint32_t commits, const std::string& rest) {
    std::string bytes = "BITM\0\1\0"s + flags + number(commits) + std::string(20, '\1');
    for (int kind = 0; kind < 4; ++kind) bytes += bits;
    for (std::uint32_t i = 0; i < commits; ++i) bytes += std::string(6, '\0') + bits;
    return bytes + rest + std::string(20, '\1');
  };
  const std::string sums(12, 's');
  const std::string places(32, 'p');
  for (const std::string& bytes : {bitmap(1, 2, ""), bitmap(5, 2, sums), bitmap(17, 2, places),
                                   bitmap(21, 2, places + sums), bitmap(33, 2, "of any form")})
    EXPECT_EQ(table(bytes), "table of git") << testing::PrintToString(bytes);
  for (const std::string& bytes :
       {bitmap(1, 2, "x"), bitmap(1, 2, sums), bitmap(5, 2, ""), bitmap(5, 2, sums + "x"),
        bitmap(17, 2, places + sums), bitmap(65, 2, ""), bitmap(1, 0, ""),
        bitmap(1, 2, "").substr(0, 150), bitmap(1, 2, "").substr(0, 60),
        bitmap(1, 2, "").erase(0, 1)})
    EXPECT_EQ(table(bytes), "") << testing::PrintToString(bytes);
}

// What is found in a file of a repository, and what it is called.
std::string found(std::string_view place, const std::string& bytes) {
  source::MemorySource source(bytes);
  findings::Examination examination(1 << 20);
  const Options options;
  Context context{examination, options};
  examine_in_git(source, place, context);
  std::set<std::string_view> ids;
  for (const findings::Finding& finding : examination.findings()) ids.insert(finding.rule->id);
  std::string all(examination.kind());
  for (const std::string_view id : ids) all += " " + std::string(id);
  return all;
}

TEST(Git, FilesByTheirPlaces) {
  const std::string digest(40, 'a');
  const std::pair<std::pair<std::string_view, std::string>, std::string_view> cases[] = {
      {{"refs/heads/model.bin", digest + "\n"}, "reference of git"},
      {{"refs/heads/x", "ref: refs/heads/y\n"}, "reference of git"},
      {{"refs/heads/x.sh", "ref: refs/heads/y\n"}, "reference of git"},
      {{"refs/heads/x.sh", "ref: refs/heads/y;z\n"}, "code COD-104"},
      {{"refs/heads/x", "ref: refs/heads/{{y}}\n"}, "text"},
      {{"refs/x.jinja", digest + "\n"}, "reference of git"},
      {{"refs/heads/model.bin", digest + "0\n"}, "text FIL-001"},
      {{"refs/heads/model.bin", digest + "\nwords\n"}, "text FIL-001"},
      {{"x/model.bin", digest + "\n"}, "text FIL-001"},
      {{"logs/refs/heads/a.bin", digest + " " + digest + " A <a@x> 1 +0000\tx\n"}, "log of git"},
      {{"logs/refs/heads/a.bin", digest + " A <a@x> 1 +0000 x y\n"}, "text FIL-001"},
      {{"logs/refs/heads/a.bin", digest + "<x> 1 +0000\n"}, "text FIL-001"},
      {{"logs/refs/heads/a.bin", digest + " " + digest + " A <a@x>\n"}, "text FIL-001"},
      {{"logs/refs/heads/a.bin", digest + " " + digest + " A <a@x> 1 0000\tx\n"}, "text FIL-001"},
      {{"logs/refs/heads/a.sh", digest + " " + digest + " A <a@x> 1 +0000\tx (y): z\n"},
       "log of git"},
      {{"logs/refs/heads/a.sh", digest + " " + digest + " A <a@x> 1 +0000\tx (y z)\n"},
       "code COD-104"},
      {{"logs/refs/heads/a.sh", digest + " " + digest + " A <a@x> 1 +0000\tx) y\n"},
       "code COD-104"},
      {{"logs/refs/heads/a.sh", digest + " " + digest + " A; id <a@x> 1 +0000\tx\n"},
       "code COD-104"},
      {{"logs/refs/heads/a.sh", digest + " " + digest + " A <a@x> 1 +0000\tx (#12)\n"},
       "log of git"},
      {{"logs/refs/heads/a.sh", digest + " " + digest + " A <a@x> 1 +0000\tx (#1y)\n"},
       "code COD-104"},
      {{"logs/refs/heads/a.bin", digest + " " + digest + " A <a@x> 1 +0000\tx; y\n"}, "log of git"},
      {{"logs/HEAD", digest + " " + digest + " A <a@x> 1 +0000\tx; y\n"}, "log of git"},
      {{"refs/heads/hooks/update", digest + "\n"}, "reference of git"},
      {{"index", index(2, entry(0100644, 0, "a"), 1)}, "index of git"},
      {{"worktrees/x/index.lock", index(2, entry(0100644, 0, "a"), 1)}, "index of git"},
      {{"objects/pack/tmp_idx_x", index(2, entry(0100644, 0, "a"), 1)}, "index of git"},
      {{"objects/pack/tmp_idx_x.bin", index(2, entry(0100644, 0, "a"), 1)}, " FIL-002"},
      {{"x/model.bin", index(2, entry(0100644, 0, "a"), 1)}, " FIL-002"},
      {{"hooks/update.sample", "#!/bin/sh\n"}, "hook of git COD-109"},
      {{"hooks/update.sample", "words\n"}, "text"},
      {{"hooks/update", "words\n"}, "text COD-104"},
      {{"hooks/update", ""}, "empty file"},
      {{"hooks/x/update", "words\n"}, "text"},
      {{"HEAD", "ref: refs/heads/main\n"}, "text"},
  };
  for (const auto& [file, kind] : cases)
    EXPECT_EQ(found(file.first, file.second), kind) << file.first << ": " << file.second;
}

}  // namespace
}  // namespace gh::artifacts
