#pragma once
// Whether a base model has the modules that an adapter names: by the names of its tensors alone.
// Immutable once made: any thread may read.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "adapter/adapter.h"

namespace gh::adapter {

enum class Place : std::uint8_t {
  unknown,    // the names of this base say nothing of it
  there,      // a tensor of the base is of this module
  packed,     // the base has it in parts, or as a part of another module
  elsewhere,  // modules of this name are in other places only
  nowhere,    // no module of the base has this name
};

// Where a module is, whatever the checkpoint, transformers' classes and those of vLLM call what its
// layers are in: "backbone.layers.0.mixer.in_proj" and "model.layers.0.mixer.in_proj" are one.
std::string place_name(std::string_view module);

class Presence {
 public:
  Presence() = default;
  // `layers`: of the language model, as its configuration states. `many_modes`: the configuration
  // is of a model that sees or hears. Nothing is known of a base that is there in part, or whose
  // modules are called otherwise than transformers calls them.
  Presence(const BaseFacts& facts, std::optional<std::uint64_t> layers, bool many_modes);

  bool known() const { return known_; }
  // Of a module as the adapter names it, without "base_model.model.".
  Place of(std::string_view module) const;

 private:
  void add(const tensors::Tensor& tensor);
  bool is_packed(std::string_view place, std::string_view last) const;

  bool known_ = false;
  bool many_modes_ = false;
  bool usual_ = false;      // one module at least has a name that a family has
  bool has_tower_ = false;  // whose names differ between releases: they are not compared
  std::unordered_set<std::string> places_;        // where modules are, see place_of
  std::unordered_set<std::string> last_parts_;    // of their names
  std::unordered_set<std::string> with_experts_;  // layers
  std::unordered_set<std::uint64_t> layers_;
};

}  // namespace gh::adapter
