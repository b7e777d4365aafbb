#include "adapter/sizes.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

namespace gh::adapter {
namespace {

constexpr std::string_view kDefinitions =
    "hidden = hidden_size | n_embd; width = head_dim | hidden / heads; many = multi_query | 1;"
    "keys = many: 1 | heads; round = round; near = far; far = near; plain = 7";

std::optional<std::uint64_t> value(std::string_view config, std::string_view sum) {
  json::Parser parser;
  const auto document = parser.parse(config);
  if (!document) return std::nullopt;
  return Sizes(document->root(), {kDefinitions, "hidden = other; late = 5"}).value(sum);
}

TEST(AdapterSizes, AreSumsOfFields) {
  const std::string_view config = R"({"n_embd":48,"heads":6,"multi_query":false,"a":{"b":3}})";
  EXPECT_EQ(value(config, "hidden"), 48U);
  EXPECT_EQ(value(config, "heads"), 6U);
  EXPECT_EQ(value(config, "width"), 8U);
  EXPECT_EQ(value(config, "keys"), 6U);
  EXPECT_EQ(value(config, "hidden + 2*keys*width"), 144U);
  EXPECT_EQ(value(config, "2 * a.b * a.b+late"), 23U);
  EXPECT_EQ(value(config, "plain"), 7U);
  EXPECT_EQ(value(R"({"heads":6})", "keys"), 1U);
  EXPECT_EQ(value(R"({"heads":6,"multi_query":null})", "keys"), 1U);
  EXPECT_EQ(value(R"({"hidden_size":5,"n_embd":6})", "hidden"), 5U);
  EXPECT_EQ(value(R"({"hidden_size":null,"n_embd":6})", "hidden"), 6U);
  EXPECT_EQ(value(R"({"hidden_size":16777216,"heads":1})", "width"), 16777216U);
}

TEST(AdapterSizes, AreNotGuessed) {
  for (const auto& [config, sum] : {std::pair{R"({})", "hidden"},
                                    {R"({"hidden_size":"48"})", "hidden"},
                                    {R"({"hidden_size":48.0})", "hidden"},
                                    {R"({"hidden_size":-48})", "hidden"},
                                    {R"({"hidden_size":16777217})", "hidden"},
                                    {R"({"hidden_size":18446744073709551615})", "hidden"},
                                    {R"({"hidden_size":[48]})", "hidden"},
                                    {R"({"hidden_size":{"a":48}})", "hidden"},
                                    {R"({"hidden_size":"48","n_embd":48})", "hidden"},
                                    {R"({"hidden_size":48})", "width"},
                                    {R"({"hidden_size":48,"heads":0})", "width"},
                                    {R"({"hidden_size":48,"heads":7})", "width"},
                                    {R"({"hidden_size":48,"heads":6,"head_dim":"8"})", "width"},
                                    {R"({"heads":6,"multi_query":"false"})", "keys"},
                                    {R"({"heads":6,"multi_query":[]})", "keys"},
                                    {R"({"multi_query":false})", "keys"},
                                    {R"({"a":3})", "a.b"},
                                    {R"({"a":{"c":3}})", "a.b"},
                                    {R"({"a":16777216,"b":16777216})", "a*b"},
                                    {R"({"a":16777216})", "a*a*a*a"},
                                    {R"({"round":3})", "round"},
                                    {R"({})", "near"},
                                    {R"({})", ""},
                                    {R"({})", "*"},
                                    {R"({})", "1+"},
                                    {R"([])", "hidden"},
                                    {R"(5)", "hidden"}}) {
    EXPECT_EQ(value(config, sum), std::nullopt) << config << " " << sum;
  }
}

}  // namespace
}  // namespace gh::adapter
