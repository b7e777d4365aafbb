#pragma once
// Names of an adapter's tensors, as vLLM's `parse_fine_tuned_lora_name` and
// `is_base_embedding_weights` read them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gh::adapter {

enum class Part : std::uint8_t {
  a,            // ….lora_A.weight
  b,            // ….lora_B.weight
  embedding_a,  // ….lora_embedding_A
  embedding_b,
  base,   // ….base_layer.weight: a whole weight of the base
  other,  // none of these: vLLM refuses the file, or one version reads it unlike another
};

struct TensorName {
  std::string_view module;  // "model.layers.0.self_attn.q_proj", without "base_model.model."
  Part part = Part::other;
  bool prefixed = false;  // with "base_model.model."
};

TensorName parse_name(std::string_view name);

// Whether a key of PEFT names the module: it is the whole name, or its end after a dot.
bool names_module(std::string_view key, std::string_view module);

// "….experts.base_layer" and "….experts" of PEFT 0.19 and later are all experts of a layer at once:
// what `target_parameters` calls "….experts.gate_up_proj" and "….experts.down_proj".
bool is_fused_experts(std::string_view module);

// The name that vLLM goes by (`PEFTHelper.get_rank_and_scaling`): the parameter's for fused
// experts, else the module's own.
std::string served_name(std::string_view module);

bool is_number(std::string_view part);  // digits only

// "q_proj" of "model.layers.0.self_attn.q_proj"; "mlp.0" of "visual.merger.mlp.0", as a number says
// nothing by itself.
std::string_view last_part(std::string_view module);

// Whether `module` ends in the parts of `shape`, of which '#' is a number.
bool is_named(std::string_view module, std::string_view shape);

// The number after "layers", "h" or "blocks"; nothing when there is none, kNoLayer for one that no
// model has ("-1", "00").
inline constexpr std::uint64_t kNoLayer = std::uint64_t{1} << 62;
std::optional<std::uint64_t> layer_of(std::string_view module);

// In the part of a model that sees or hears, whose sizes and layers are its own. What is called so
// inside a layer of the language model is in that.
bool is_in_tower(std::string_view module);

// In what leads from there to the language model.
bool is_in_connector(std::string_view module);

// Last parts of the names that linear modules have in models that vLLM serves adapters for. Not
// embeddings or heads.
std::vector<std::string> projections();

// What transformers makes a Conv1D of: a linear module whose matrix is kept as [in, out].
bool is_conv1d(std::string_view module);

// Input embeddings or the output head, by the names that models use.
bool is_embedding_module(std::string_view module);

}  // namespace gh::adapter
