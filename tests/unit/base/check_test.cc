#include "base/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gh {
namespace {

// As everything on stderr is that a program reads.
TEST(Bug, IsALineOfTheLog) {
  constexpr const char* kLine =
      R"(^\{"ts":"[^"]+","level":"error","message":"[^"]*check_test\.cc:[0-9]+: bug: of a test"\}
)";
#ifdef NDEBUG
  testing::internal::CaptureStderr();
  GH_BUG("of a test");
  EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::MatchesRegex(kLine));
  EXPECT_EQ(bug_count(), 1u);
#else
  EXPECT_DEATH(GH_BUG("of a test"), kLine);
#endif
}

}  // namespace
}  // namespace gh
