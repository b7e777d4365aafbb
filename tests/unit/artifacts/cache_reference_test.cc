#include "artifacts/cache_reference.h"

#include <gtest/gtest.h>

#include <string>

namespace gh::artifacts {
namespace {

using namespace std::string_literals;

constexpr std::string_view kCommit = "0123456789abcdef0123456789abcdef01234567";

std::string said(std::string_view text) {
  findings::Examination examination(0);
  source::MemorySource source(text);
  examine_cache_reference(source, examination);
  std::string out;
  for (const findings::Finding& finding : examination.findings())
    out += std::string(finding.rule->id) + " " + finding.message;
  return out;
}

TEST(CacheReference, IsToldByItsPath) {
  for (const std::string_view path :
       {"models--org--name/refs/main", "/hub/models--name/refs/pr/1", "datasets--a--b/refs/x",
        "a/spaces--a--b/refs/convert/parquet", "kernels--a--b/refs/v1",
        "refs/models--a--b/refs/main", "models--a--b/refs/refs/main"})
    EXPECT_TRUE(is_cache_reference(path)) << path;
  for (const std::string_view path :
       {"", "refs/main", "/refs/main", "models--a--b/refs", "models--a--b/snapshots/refs/main",
        "models--/refs/main", "my-models--a--b/refs/main", "models/refs/main", "x/.git/refs/main",
        "models--a--b/references/main", "models--a--b/.git/refs/heads/main"})
    EXPECT_FALSE(is_cache_reference(path)) << path;
}

TEST(CacheReference, ToASnapshotIsNoFinding) {
  for (const std::string& text : {std::string(kCommit), std::string(kCommit) + "\n",
                                  std::string(kCommit) + "\r\n", "one"s, "..."s, "a..b"s, ".x"s})
    EXPECT_EQ(said(text), "") << text;
}

TEST(CacheReference, ThatLeavesTheSnapshots) {
  EXPECT_EQ(said("/etc"), "FIL-016 leads to /etc");
  EXPECT_EQ(said("../../../outside"), "FIL-016 leads to ../../../outside");
  EXPECT_EQ(said("../blobs\n"), "FIL-016 leads to ../blobs");
  EXPECT_EQ(said(std::string(kCommit) + "/sub"),
            "FIL-016 leads to " + std::string(kCommit) + "/sub");
  EXPECT_EQ(said(" .."), "FIL-016 leads to ..");
  EXPECT_EQ(said("."), "FIL-016 leads to .");
  EXPECT_EQ(said("..\\x"), "FIL-016 leads to ..\\\\x");
  for (const char* text : {"", "\n", "  \t"})
    EXPECT_EQ(said(text), "FIL-016 says nothing: it is snapshots/ itself");
  // Of what is longer than any path as much as is read.
  EXPECT_NE(said("/" + std::string(100'000, 'a')), "");
  EXPECT_EQ(said(std::string(100'000, 'a') + "/"), "");
}

}  // namespace
}  // namespace gh::artifacts
