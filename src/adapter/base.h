#pragma once
// The sizes of a base model's modules: from its tensors, else from its config.json.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "adapter/adapter.h"

namespace gh::adapter {

struct ModuleSize {
  std::uint64_t in = 0;
  std::uint64_t out = 0;
};

class Base {
 public:
  explicit Base(const BaseFacts& facts);

  // What is wrong with the configuration that was given; "" for nothing.
  std::string_view fault() const { return fault_; }
  bool known() const { return known_; }
  std::optional<std::uint64_t> layers() const { return layers_; }
  std::optional<std::uint64_t> vocabulary() const { return vocabulary_; }
  // `module` as the adapter names it, without "base_model.model.".
  std::optional<ModuleSize> size_of(std::string_view module) const;

 private:
  // `turned`: of a model whose projections are transformers' Conv1D, [in, out].
  void read_table(const tensors::TensorTable& table, bool turned);
  void read_config(std::string_view text);

  std::string_view fault_;
  bool known_ = false;
  std::optional<std::uint64_t> layers_;
  std::optional<std::uint64_t> vocabulary_;
  std::map<std::string, ModuleSize, std::less<>> modules_;    // by whole name, from tensors
  std::map<std::string, ModuleSize, std::less<>> by_ending_;  // by last part, from the config
};

}  // namespace gh::adapter
