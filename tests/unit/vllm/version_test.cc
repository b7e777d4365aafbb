#include "vllm/version.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>
#include <tuple>

namespace gh::vllm {
namespace {

TEST(VersionTest, ReadsWhatReleasesWrite) {
  const std::tuple<std::string_view, Version, std::string_view> cases[] = {
      {"0.10.2", {0, 10, 2, 0, 0}, "0.10.2"},
      {"v0.10.2", {0, 10, 2, 0, 0}, "0.10.2"},
      {"1.0.0", {1, 0, 0, 0, 0}, "1.0.0"},
      {"0.0.0", {0, 0, 0, 0, 0}, "0.0.0"},
      {"0.10.1.1", {0, 10, 1, 1, 0}, "0.10.1.1"},
      {"0.10.1.1.post2+cu126", {0, 10, 1, 1, 2}, "0.10.1.1.post2"},
      {"0.10.1.1rc3", {0, 10, 1, 1, -997}, "0.10.1.1rc3"},
      {"0.6.3.post1", {0, 6, 3, 0, 1}, "0.6.3.post1"},
      {"0.6.3.post999", {0, 6, 3, 0, 999}, "0.6.3.post999"},
      {"0.10.0rc2", {0, 10, 0, 0, -998}, "0.10.0rc2"},
      {"0.32.0+cpu", {0, 32, 0, 0, 0}, "0.32.0"},
      {"v0.11.0rc1+cu129.1", {0, 11, 0, 0, -999}, "0.11.0rc1"},
      {"0.2147483647.0", {0, 2147483647, 0, 0, 0}, "0.2147483647.0"},
  };
  for (const auto& [text, version, canonical] : cases) {
    const auto parsed = parse_version(text);
    ASSERT_TRUE(parsed.has_value()) << text;
    EXPECT_EQ(*parsed, version) << text;
    EXPECT_EQ(parsed->text(), canonical);
    EXPECT_EQ(parse_version(canonical), parsed) << text;
  }
}

TEST(VersionTest, RefusesEverythingElse) {
  for (std::string_view text : {"",
                                "v",
                                "0",
                                "0.10",
                                "0.10.",
                                ".10.2",
                                "0..2",
                                "0.10.2.",
                                "0.10.2.0",
                                "0.10.2.01",
                                "0.10.2.1.1",
                                "0.10.2.1.",
                                "0.10.2.-1",
                                "0.10.2.p",
                                "0.010.2",
                                "00.1.2",
                                "0.1.02",
                                "-0.10.2",
                                "0.-1.2",
                                "+0.1.2",
                                " 0.10.2",
                                "0.10.2 ",
                                "0.10.2\n",
                                "V0.10.2",
                                "vv0.10.2",
                                "0.10.2post1",
                                "0.10.2.post",
                                "0.10.2.post0",
                                "0.10.2.post01",
                                "0.10.2.rc1",
                                "0.10.2rc",
                                "0.10.2rc0",
                                "0.10.2rc1000",
                                "0.10.2rc-1",
                                "0.10.2rc1.post1",
                                "0.10.2a1",
                                "0.10.2.dev1",
                                "0.10.2-1",
                                "0.2147483648.0",
                                "0.10.99999999999999999999",
                                "0.10.2+",
                                "0.10.2+CPU",
                                "0.10.2+a b",
                                "0.10.2+a+b",
                                "latest",
                                "0x1.2.3"}) {
    EXPECT_EQ(parse_version(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_version(std::string_view("0.10.2\0", 7)), std::nullopt);
}

TEST(VersionTest, OrdersAsReleased) {
  const std::string_view order[] = {"0.4.3",       "0.6.3",    "0.6.3.post1", "0.6.3.post2",
                                    "0.6.4",       "0.9.2",    "0.10.0rc1",   "0.10.0rc2",
                                    "0.10.0rc10",  "0.10.0",   "0.10.1",      "0.10.1.post1",
                                    "0.10.1.1rc1", "0.10.1.1", "0.10.2",      "1.0.0"};
  for (std::size_t i = 0; i + 1 < std::size(order); ++i) {
    EXPECT_LT(*parse_version(order[i]), *parse_version(order[i + 1])) << order[i];
  }
}

}  // namespace
}  // namespace gh::vllm
