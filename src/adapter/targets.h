#pragma once
// Which modules a configuration states to change, by the rules of PEFT 0.21
// (`check_target_module_exists` and `target_parameters`).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/match.h"
#include "json/json.h"

namespace gh::adapter {

class Targets {
 public:
  Targets() = default;
  // Of an adapter_config.json. What has another form than PEFT writes states nothing.
  explicit Targets(json::Value config);

  // Whether `module` is stated; nothing when an expression was not understood or costs too much.
  // Remembers what stated it. `lone_experts`: of "….experts" alone, which may be either parameter.
  std::optional<bool> states(std::string_view module, bool lone_experts = false);

  // What stated none of the modules that were asked about, printable.
  std::vector<std::string> unused();

 private:
  struct Name {
    std::string text;
    bool used = false;
  };
  std::optional<bool> excluded(std::string_view module);
  bool is_taken_back(std::string_view name);
  std::optional<bool> by_name(std::string_view module);
  std::optional<bool> in_layers(std::string_view module) const;
  bool by_parameter(std::string_view module, bool lone_experts);

  std::vector<Name> names_;
  std::vector<Name> parameters_;
  std::optional<Expression> expression_;
  std::string expression_text_;
  bool expression_used_ = false;
  bool all_linear_ = false;
  std::vector<std::string> excluded_names_;
  std::optional<Expression> excluded_expression_;
  bool some_layers_ = false;
  std::vector<std::int64_t> layers_;
  std::vector<std::string> layer_patterns_;
  std::uint64_t steps_ = 50'000'000;  // of matching, for all modules
};

}  // namespace gh::adapter
