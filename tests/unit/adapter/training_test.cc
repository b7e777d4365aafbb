#include "adapter/training.h"

#include <gtest/gtest.h>

#include <utility>

#include "example.h"

namespace gh::adapter {
namespace {

TEST(AdapterTraining, MarksInAutoMappingNameNothing) {
  const auto with = [](std::string_view more, std::string_view library) {
    return ids_of_config(config(fmt::format(
        R"(,"auto_mapping":{{"base_model_class":"LlamaForCausalLM","parent_library":"{}"{}}})",
        library, more)));
  };
  const std::string_view own = "transformers.models.llama.modeling_llama";
  for (const std::string_view mark :
       {"", R"(,"unsloth_fixed":true)", R"(,"a":null)", R"(,"a":2)",
        R"(,"unsloth_fused_expert_lora":{"lora_B_layout":"rank_major"})", R"(,"a":["b",1])"})
    EXPECT_EQ(with(mark, own), "") << mark;
  for (const std::string_view code :
       {R"(,"a":"os.system")", R"(,"a":{"b":"evil.module"})", R"(,"a":["evil:f"])",
        R"(,"a":{"evil.module":1})", R"(,"a":"x/y")"})
    EXPECT_EQ(with(code, own), "LRA-008") << code;
  for (const std::string_view library : {"evil", "unsloth.models.llama", "transformers_modules.x"})
    EXPECT_EQ(with(R"(,"unsloth_fixed":true)", library), "LRA-008") << library;
}

TEST(AdapterTraining, AlphasOfSingleModulesAreAboveZero) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {R"({"q_proj":0})", "LRA-004"},
      {R"({"q_proj":-0.0})", "LRA-004"},
      {R"({"q_proj":-64})", "LRA-004"},
      {R"({"q_proj":-65})", "LRA-012"},
      {R"({"q_proj":-65,"k_proj":-1})", "LRA-004 LRA-012"},
      {R"({"other":0})", "LRA-004"},
      {R"({"q_proj":1e-300})", ""},
      {R"({"q_proj":64})", ""},
  };
  for (const auto& [pattern, expected] : cases)
    EXPECT_EQ(ids_of_config(config(fmt::format(R"(,"alpha_pattern":{})", pattern))), expected)
        << pattern;
}

// One that is scaled beyond the limit does not hide that all others are switched off.
TEST(AdapterTraining, AlphaOfAllModulesIsAboveZero) {
  EXPECT_EQ(ids_of_config(R"({"peft_type":"LORA","r":8,"lora_alpha":0,"target_modules":["q_proj"],)"
                          R"("alpha_pattern":{"k_proj":1e6}})"),
            "LRA-004 LRA-012");
}

TEST(AdapterTraining, HowItWasBegunIsANote) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {R"("eva_config":{"rho":2.0})", "LRA-016"},
      {R"("eva_config":{"rho":2.0},"init_lora_weights":"eva")", "LRA-016"},
      {R"("lora_ga_config":{"direction":"ArBr"},"init_lora_weights":"lora_ga")", "LRA-016"},
      {R"("eva_config":null,"lora_ga_config":{})", ""},
      {R"("runtime_config":{"ephemeral_gpu_offload":true})", "LRA-016"},
      {R"("runtime_config":{"ephemeral_gpu_offload":false})", ""},
      {R"("runtime_config":{"ephemeral_gpu_offload":1})", "LRA-008"},
      {R"("runtime_config":{"ephemeral_gpu_offload":true,"x":1})", "LRA-008 LRA-016"},
      {R"("runtime_config":[true])", ""},
  };
  for (const auto& [fields, expected] : cases)
    EXPECT_EQ(ids_of_config(config(fmt::format(",{}", fields))), expected) << fields;
}

// vLLM looks at none of these where they are as good as unset; PEFT fails.
TEST(AdapterTraining, WhatOnlyPeftRefuses) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {R"("eva_config":"")", "LRA-004"},
      {R"("eva_config":"none")", "LRA-004 LRA-016"},
      {R"("lora_ga_config":[])", "LRA-004"},
      {R"("arrow_config":false)", "LRA-004"},
      {R"("corda_config":0)", "LRA-004"},
      {R"("kasa_config":"x")", "LRA-004 LRA-006"},
      {R"("velora_config":false)", "LRA-004"},
      {R"("use_bdlora":false)", "LRA-004"},
      {R"("use_bdlora":true)", "LRA-004 LRA-005"},
      {R"("eva_config":null,"arrow_config":{},"use_bdlora":null)", ""},
      {R"("layers_pattern":"x")", "LRA-004"},
      {R"("layers_pattern":["x"],"layers_to_transform":null)", "LRA-004"},
      {R"("layers_pattern":[])", ""},
  };
  for (const auto& [fields, expected] : cases)
    EXPECT_EQ(ids_of_config(config(fmt::format(",{}", fields))), expected) << fields;
  EXPECT_EQ(ids_of_config(config(R"(,"layers_to_transform":[0])", R"(".*q_proj")")), "LRA-004");
  EXPECT_EQ(ids_of_config(config(R"(,"layers_pattern":"")", R"(".*q_proj")")), "LRA-004");
  EXPECT_EQ(ids_of_config(config(R"(,"layers_pattern":null)", R"(".*q_proj")")), "");
}

}  // namespace
}  // namespace gh::adapter
