#include "hub/redirects.h"

#include <algorithm>
#include <array>

namespace gh::hub {

using json::Value;

bool redirects(std::string_view name, std::string_view key, std::string_view text) {
  // timm's create_model looks there for every part of a name.
  if (text.starts_with("hf-hub:") || text.starts_with("hf_hub:")) return true;
  // ProcessingMixin.get_processor_dict of transformers 5.24, in processor_config.json and
  // audio_tokenizer_config.json: a codec with its weights. MultitaskPromptEmbedding of PEFT 0.21.
  if (key == "audio_tokenizer_name_or_path" || key == "prompt_tuning_init_state_dict_path")
    return !text.empty();
  // ComponentSpec of diffusers 0.40, `repo` until 0.37.
  if (name == "modular_model_index.json" &&
      (key == "pretrained_model_name_or_path" || key == "repo"))
    return !text.empty();
  // Ultravox in vLLM, LLaVA's loaders and SGLang, Bark's voices in transformers.
  static constexpr auto kKeys = std::to_array<std::string_view>(
      {"text_model_id", "audio_model_id", "mm_vision_tower", "mm_audio_encoder", "repo_or_path"});
  if (std::ranges::find(kKeys, key) != kKeys.end()) return text.contains('/');
  // OneFormer's image processor takes its class_info_file, which says what there is to see, from a
  // data set. All that was published takes it from this one, which is also the default.
  if (key == "repo_path" && (name == "preprocessor_config.json" || name == "processor_config.json"))
    return !text.empty() && text != "shi-labs/oneformer_demo";
  // RAG: an index that is unpickled, and a data set.
  if (key == "index_path" || key == "passages_path") return !text.empty();
  // sentence-transformers; prompt tuning of PEFT.
  return key == "tokenizer_name_or_path" && !text.empty() &&
         (name == "sentence_bert_config.json" || name == "adapter_config.json");
  // PEFT's `adapters` of X-LoRA names what only its training loads.
}

std::vector<std::string_view> redirects(Value object) {
  std::vector<std::string_view> found;
  if (!object.is_object()) return found;
  if (const Value verifier = object["verifier"]["name_or_path"];
      verifier.is_string() && !verifier.string().empty())
    found.push_back(verifier.string());
  // Before transformers 5. A name without a slash is one of timm's own.
  const Value pretrained = object["use_pretrained_backbone"];
  const Value backbone = object["backbone"];
  if (pretrained.is_bool() && pretrained.boolean() && backbone.is_string() &&
      backbone.string().contains('/'))
    found.push_back(backbone.string());
  return found;
}

}  // namespace gh::hub
