#include "artifacts/keras.h"

#include <gtest/gtest.h>

#include <string>

namespace gh::artifacts {
namespace {

std::size_t lambdas(const std::string& bytes) {
  source::MemorySource source(bytes);
  findings::Examination examination(0);
  const Options options;
  Context context{.examination = examination, .options = options};
  examine_hdf5(source, context);
  std::size_t found = 0;
  for (const findings::Finding& finding : examination.findings())
    found += finding.rule->id == "KER-001" ? 1u : 0u;
  return found;
}

TEST(Hdf5, is_told_behind_a_user_block) {
  const std::string signature = "\x89HDF\r\n\x1a\n";
  EXPECT_TRUE(looks_like_hdf5(signature));
  EXPECT_TRUE(looks_like_hdf5(std::string(512, 'x') + signature));
  EXPECT_TRUE(looks_like_hdf5(std::string(4096, 'x') + signature));
  EXPECT_FALSE(looks_like_hdf5(std::string(513, 'x') + signature));
  EXPECT_FALSE(looks_like_hdf5(signature.substr(0, 7)));
  EXPECT_FALSE(looks_like_hdf5(""));
}

TEST(Hdf5, is_searched_for_lambda_wherever_it_lies) {
  const std::string lambda = R"("class_name": "Lambda")";
  for (std::size_t before = 131'000; before < 131'200; ++before)
    ASSERT_EQ(lambdas(std::string(before, ' ') + lambda + std::string(1000, ' ')), 1u) << before;
  EXPECT_EQ(lambdas(lambda), 1u);
  EXPECT_EQ(lambdas(R"("class_name":"__lambda__")"), 1u);
  EXPECT_EQ(lambdas("\"class_name\"\n :\t\"Lambda\""), 1u);
}

TEST(Hdf5, is_not_taken_for_lambda) {
  EXPECT_EQ(lambdas(""), 0u);
  EXPECT_EQ(lambdas(R"("class_name": "LambdaCallback")"), 0u);
  EXPECT_EQ(lambdas(R"("name": "Lambda")"), 0u);
  EXPECT_EQ(lambdas(R"("class_name")"), 0u);
  EXPECT_EQ(lambdas(std::string(300'000, '"')), 0u);
}

}  // namespace
}  // namespace gh::artifacts
