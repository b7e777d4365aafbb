#include "vllm/data_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include "base/text.h"

namespace gh::vllm {
namespace {

namespace fs = std::filesystem;

std::map<std::string, std::string> files_on_disk() {
  const fs::path root = fs::path(GH_SOURCE_DIR) / "data";
  std::map<std::string, std::string> out;
  for (const char* folder : {"vllm", "openai"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.path().extension() != ".txt") continue;
      std::ifstream in(entry.path(), std::ios::binary);
      out[fs::relative(entry.path(), root).string()] = {std::istreambuf_iterator<char>(in), {}};
    }
  }
  return out;
}

TEST(DataFileTest, EmbedsEveryFileByteForByte) {
  std::map<std::string, std::string> embedded;
  for (const DataFile& file : data_files()) embedded[std::string(file.path)] = file.text;
  EXPECT_EQ(embedded, files_on_disk());
  EXPECT_EQ(embedded.size(), data_files().size()) << "a path twice";
}

TEST(DataFileTest, IsSortedByPath) {
  EXPECT_TRUE(std::ranges::is_sorted(data_files(), {}, &DataFile::path));
}

TEST(DataFileTest, FindsAFileByItsWholePathOnly) {
  EXPECT_THAT(data_text("vllm/fields/0.10.0/chat.txt"), testing::HasSubstr("messages\t"));
  for (std::string_view path :
       {"", "vllm", "vllm/fields/0.10.0/chat", "vllm/fields/0.10.0/chat.txt.", "zzz", "README.md",
        "vllm/README.md", "vllm/fields/0.10.1/chat.txt"}) {
    EXPECT_EQ(data_text(path), "") << path;
  }
}

// Every table: `name<TAB>something`, names sorted, once each, made of the letters that Python and
// JSON share.
TEST(DataFileTest, TablesAreWellFormed) {
  int tables = 0;
  for (const DataFile& file : data_files()) {
    if (file.path.starts_with("vllm/responses/")) continue;
    ++tables;
    ASSERT_TRUE(file.text.ends_with('\n')) << file.path;
    std::string_view previous;
    for (std::string_view line : split(file.text.substr(0, file.text.size() - 1), '\n')) {
      const auto columns = split(line, '\t');
      ASSERT_EQ(columns.size(), 2u) << file.path << ": " << line;
      EXPECT_FALSE(columns[1].empty()) << file.path << ": " << line;
      EXPECT_EQ(columns[0].find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789"),
                std::string_view::npos)
          << file.path << ": " << line;
      EXPECT_LT(previous, columns[0]) << file.path;
      previous = columns[0];
    }
  }
  EXPECT_GE(tables, 16 * 5);
}

}  // namespace
}  // namespace gh::vllm
