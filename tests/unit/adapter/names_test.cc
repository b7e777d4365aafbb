#include "adapter/names.h"

#include <gtest/gtest.h>

#include <optional>

namespace gh::adapter {
namespace {

TEST(AdapterNames, AreReadAsVllmReadsThem) {
  const struct {
    std::string_view name;
    std::string_view module;
    Part part;
  } cases[] = {
      {"base_model.model.a.b.lora_A.weight", "a.b", Part::a},
      {"a.b.lora_B.weight", "a.b", Part::b},
      {"base_model.model.e.lora_embedding_A", "e", Part::embedding_a},
      {"base_model.model.e.lora_embedding_B", "e", Part::embedding_b},
      {"base_model.model.e.base_layer.weight", "e", Part::base},
      {"base_model.model.a.lora_A", "a.lora_A", Part::other},
      {"a.lora_A.default.weight", "a.lora_A.default.weight", Part::other},
      {"lora_A.weight", "lora_A.weight", Part::other},
      {"base_model.model.base_model.model.a.b.lora_A.weight", "base_model.model.a.b.lora_A.weight",
       Part::other},
      {"a.base_model.model.b.lora_A.weight", "a.base_model.model.b.lora_A.weight", Part::other},
      {"", "", Part::other}};
  for (const auto& [name, module, part] : cases) {
    EXPECT_EQ(parse_name(name).module, module) << name;
    EXPECT_EQ(parse_name(name).part, part) << name;
  }
  EXPECT_EQ(layer_of("model.layers.12.x"), 12U);
  EXPECT_EQ(layer_of("transformer.h.3.attn"), 3U);
  EXPECT_EQ(layer_of("model.layers.x.y"), std::nullopt);
  EXPECT_EQ(layer_of("model.layers.99999999999999999999.y"), kNoLayer);
  EXPECT_EQ(layer_of("model.layers.-1.y"), kNoLayer);
  EXPECT_EQ(layer_of("model.layers.-.y"), std::nullopt);
  EXPECT_EQ(layer_of("model.layers.1a.y"), std::nullopt);
  EXPECT_EQ(layer_of("model.layers"), std::nullopt);
}

TEST(AdapterNames, TowersComeBeforeLayers) {
  for (const std::string_view module :
       {"vision_tower.encoder.layers.0.self_attn.q_proj", "model.visual.merger.mlp.0",
        "audio_tower.proj", "model.vision_embed_tokens"})
    EXPECT_TRUE(is_in_tower(module)) << module;
  for (const std::string_view module :
       {"model.layers.0.self_attn.q_proj", "model.layers.0.mlp.vision_experts_gate",
        "model.layers.0.self_attn.vision_expert_query_key_value", "h.0.visual", "revised.q_proj"})
    EXPECT_FALSE(is_in_tower(module)) << module;
  EXPECT_TRUE(is_in_connector("model.merger.mlp.0.linear_1"));
  EXPECT_FALSE(is_in_connector("model.layers.0.merger"));
}

TEST(AdapterNames, OfNumbersSayTheirParentsToo) {
  EXPECT_EQ(last_part("model.layers.0.self_attn.q_proj"), "q_proj");
  EXPECT_EQ(last_part("visual.merger.mlp.0"), "mlp.0");
  EXPECT_EQ(last_part("mlp.0"), "mlp.0");
  for (const std::string_view whole : {"0", "q_proj", ""}) EXPECT_EQ(last_part(whole), whole);
  EXPECT_EQ(last_part("a.0x"), "0x");
  EXPECT_EQ(last_part("a."), "");
}

}  // namespace
}  // namespace gh::adapter
