#pragma once
// The sizes of a base model's modules: from its tensors, else from its config.json.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapter/adapter.h"
#include "adapter/presence.h"
#include "json/json.h"

namespace gh::adapter {

struct ModuleSize {
  std::uint64_t in = 0;
  std::uint64_t out = 0;

  bool operator==(const ModuleSize&) const = default;
};

class Base {
 public:
  explicit Base(const BaseFacts& facts);

  // What is wrong with the configuration that was given; "" for nothing.
  std::string_view fault() const { return fault_; }
  bool known() const { return known_; }
  std::optional<std::uint64_t> vocabulary() const { return vocabulary_; }
  // Of each layer that has any.
  std::optional<std::uint64_t> experts() const { return language_.experts; }
  // Below `module` as the adapter names it, without "base_model.model.".
  // How many layers the part of the model has that it is in.
  std::optional<std::uint64_t> layers(std::string_view module) const;
  std::optional<ModuleSize> size_of(std::string_view module) const;
  Place place_of(std::string_view module) const { return presence_.of(module); }

 private:
  // What a configuration states of the language model or a tower.
  struct Stated {
    std::optional<std::uint64_t> layers;
    std::optional<std::uint64_t> experts;
    std::vector<std::pair<std::string_view, ModuleSize>> modules;  // by Shape::module
  };
  // `turned`: of a model whose projections are transformers' Conv1D, [in, out].
  void read_table(const tensors::TensorTable& table, bool turned);
  void read_config(std::string_view text);
  // Of the member `within` of a model of that kind, "" for the language model.
  static Stated stated_by(json::Value config, std::string_view kind, std::string_view within);
  // Of both matrices that all experts of a layer have, where the base has each expert by itself.
  std::optional<ModuleSize> size_of_experts(std::string_view module) const;

  std::string_view fault_;
  bool known_ = false;
  bool many_modes_ = false;
  std::optional<std::uint64_t> stated_layers_;  // by the configuration
  std::optional<std::uint64_t> vocabulary_;
  std::map<std::string, ModuleSize, std::less<>> modules_;  // by whole name, from tensors
  // By place, but for towers; nothing where the base has several sizes in one place.
  std::map<std::string, std::optional<ModuleSize>> places_;
  Stated language_;
  Stated tower_;
  Presence presence_;
};

}  // namespace gh::adapter
