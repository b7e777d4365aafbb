#include "jinja/graph.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace gh::jinja {
namespace {

using Numbers = std::vector<std::size_t>;

TEST(Graph, EachAfterWhatItReaches) {
  EXPECT_EQ(ordered({}), Numbers());
  EXPECT_EQ(ordered({{1}, {2}, {}}), (Numbers{2, 1, 0}));
  EXPECT_EQ(ordered({{1, 2}, {3}, {3}, {}}), (Numbers{3, 1, 2, 0}));
  EXPECT_EQ(ordered({{}, {0}, {1, 0}}), (Numbers{0, 1, 2}));
}

TEST(Graph, Circles) {
  EXPECT_EQ(circles({}), Numbers());
  const Numbers apart = circles({{1}, {2}, {}});
  EXPECT_NE(apart[0], apart[1]);
  EXPECT_NE(apart[1], apart[2]);
  EXPECT_NE(apart[0], apart[2]);
  const Numbers round = circles({{1}, {2}, {1, 3}, {}});
  EXPECT_EQ(round[1], round[2]);
  EXPECT_NE(round[0], round[1]);
  EXPECT_NE(round[3], round[1]);
  EXPECT_EQ(circles({{0}}), Numbers{0});
}

TEST(Graph, LongChains) {
  constexpr std::size_t kMany = 300'000;
  Graph graph(kMany);
  for (std::size_t i = 0; i + 1 < kMany; ++i) graph[i].push_back(i + 1);
  EXPECT_EQ(ordered(graph).front(), kMany - 1);
  EXPECT_EQ(std::ranges::count(circles(graph), kMany - 1), 1);
}

}  // namespace
}  // namespace gh::jinja
