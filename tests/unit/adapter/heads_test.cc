#include "adapter/heads.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "example.h"

namespace gh::adapter {
namespace {

TEST(AdapterHeads, GoByTheLastTwoPartsOfAName) {
  EXPECT_EQ(head_of("base_model.model.score.weight"), "score");
  EXPECT_EQ(head_of("classifier.bias"), "classifier");
  EXPECT_EQ(head_of("a.b.score.weight"), "score");
  for (const std::string_view name :
       {"score", "score.weights", "x_score.weight", "score.dense.weight", ".weight", "weight", ""})
    EXPECT_EQ(head_of(name), "") << name;
}

// Which vLLM takes whole: the one head that modules_to_save names.
TEST(AdapterHeads, AreStatedAndAlone) {
  const auto with = [](std::string_view saved, const std::vector<tensors::Tensor>& heads) {
    tensors::TensorTable table = one();
    table.tensors.insert(table.tensors.end(), heads.begin(), heads.end());
    const std::string text = config(fmt::format(R"(,"modules_to_save":{})", saved));
    return ids({.config = text, .table = &table, .files = {}, .base = {}});
  };
  const std::string_view both = R"(["classifier","score"])";
  const auto weight = tensor("base_model.model.score.weight", {2, 64});
  const auto bias = tensor("base_model.model.score.bias", {2});
  const auto other = tensor("base_model.model.classifier.weight", {2, 64});
  EXPECT_EQ(with(both, {}), "LRA-018");
  EXPECT_EQ(with(both, {weight}), "LRA-018");
  EXPECT_EQ(with(both, {weight, bias}), "LRA-018");
  EXPECT_EQ(with(both, {other}), "LRA-018");
  EXPECT_EQ(with("null", {weight}), "LRA-020");
  EXPECT_EQ(with(R"(["classifier"])", {weight}), "LRA-018 LRA-020");
  EXPECT_EQ(with(R"(["lm_head"])", {weight}), "LRA-007 LRA-020");
  EXPECT_EQ(with(R"(["score","lm_head"])", {weight}), "LRA-007 LRA-020");
  EXPECT_EQ(with(both, {bias}), "LRA-018 LRA-020");
  EXPECT_EQ(with(both, {weight, other}), "LRA-018 LRA-020");
  EXPECT_EQ(with(both, {weight, tensor("base_model.model.x.score.weight", {2, 64})}),
            "LRA-018 LRA-020");
  EXPECT_EQ(with(both, {tensor("base_model.model.score.weight", {64})}), "LRA-018 LRA-020");
  EXPECT_EQ(with(both, {weight, tensor("base_model.model.score.bias", {3})}), "LRA-018 LRA-020");
  EXPECT_EQ(with(both, {tensor("base_model.model.classifier.dense.weight", {64, 64})}),
            "LRA-018 LRA-020");
}

}  // namespace
}  // namespace gh::adapter
