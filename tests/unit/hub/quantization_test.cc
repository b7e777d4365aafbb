#include "hub/quantization.h"

#include <gtest/gtest.h>

#include <string>

#include <fmt/format.h>
#include "examined.h"
#include "hub/pattern.h"

namespace gh::hub {
namespace {

std::string found_in(std::string_view settings) {
  return found("config.json",
               fmt::format(R"({{"model_type": "a", "quantization_config": {}}})", settings));
}

TEST(Quantization, SlowPatterns) {
  for (
      const std::string_view settings : {
          R"({"ignore": ["lm_head", "re:(a|a)*b"]})",
          R"({"config_groups": {"group_0": {"targets": ["re:(?:.|\\w)*[A-Z]"]}}})",
          R"({"dynamic": {"-:(a+)+b": {}}})",
          R"({"dynamic": {"+:(a+)+b": {"bits": 8}}})",
          R"({"dynamic": {"(a+)+b": {"bits": 8}}})",
          R"({"layer_quant_config": {"re:(a+)+b": {}}})",
          R"({"extra_config": {"(a+)+b": {"bits": 16}}})",
          R"({"modules_to_not_convert": ["(a+)+b"]})",
          R"({"inner": {"quantization_config": {"ignore": ["re:(a+)+b"]}}})",
          R"({"ignore": ["re:.*.*.*.*.*x"]})",
          R"({"ignore": ["re:[\\w.]{1,9}[\\w.]{1,9}[\\w.]{1,9}[\\w.]{1,9}[\\w.]{1,9}[\\w.]{1,9}[\\w.]{1,9}[\\w.]{1,9}!"]})",
          R"({"ignore": ["re:m?m?m?m?m?m?m?m?m?m?m?m?m?m?m?m?m?m?m?m?m?m?m?m?!"]})",
      })
    EXPECT_EQ(found_in(settings), "CFG-216") << settings;
}

TEST(Quantization, Harmless) {
  for (
      const std::string_view settings : {
          R"({"ignore": ["lm_head", "re:.*mlp.*experts.*gate.*", "re:.*.*.*.*x", "(a+)+b", "re:m?[\\w.]{1,9}x"]})",
          R"({"dynamic": {"-:.*\\.20\\..*gate.*": {}, "+:^model\\.layers\\.\\d{1,2}\\.": {}}})",
          R"({"extra_config": {"lm_head": {"bits": 16}}, "other": {"(a+)+b": 1}})",
          R"({"ignore": "re:", "dynamic": ["(a+)+b"], "modules_to_not_convert": null})",
          "[]",
          "\"(a+)+b\"",
      })
    EXPECT_EQ(found_in(settings), "") << settings;
  EXPECT_EQ(found("config.json", R"({"model_type": "a", "ignore": ["re:(a+)+b"]})"), "");
}

TEST(Quantization, FilesOfTheirOwn) {
  constexpr std::string_view kSlow = R"({"bits": 4, "dynamic": {"-:(a+)+b": {}}})";
  EXPECT_EQ(found("quantize_config.json", kSlow), "CFG-216");
  EXPECT_EQ(found("quant_config.json", kSlow), "CFG-216");
  EXPECT_EQ(found("other.json", kSlow), "");
  EXPECT_EQ(found("serve.yaml", "quantization-config:\n  ignore: ['re:(a+)+b']\n"), "CFG-216");
}

// Many patterns, each of few steps, are no finding.
TEST(Quantization, OneForEachLayer) {
  std::string settings = R"({"dynamic": {)";
  for (int layer = 0; layer < 1000; ++layer)
    settings += fmt::format(R"("-:.*layers\\.{}\\.mlp\\.\\d+\\.(gate|up)_proj.*": {{}}, )", layer);
  EXPECT_EQ(found_in(settings + R"("-:lm_head": {}}})"), "");
}

TEST(Quantization, NamesOfModulesAreShort) {
  Steps steps(kPatternSteps);
  EXPECT_TRUE(is_slow_pattern(".*.*.*x", steps));
  EXPECT_FALSE(is_slow_pattern(".*.*.*x", steps, expressions::kBitsOfNames));
  EXPECT_FALSE(is_slow_pattern("(?(1)a|b).*.*.*.*x", steps, expressions::kBitsOfNames));
  EXPECT_TRUE(is_slow_pattern("(?(1)a|b).*.*.*.*.*x", steps, expressions::kBitsOfNames));
  EXPECT_TRUE(is_slow_pattern("(a+)+x", steps, expressions::kBitsOfNames));
}

}  // namespace
}  // namespace gh::hub
