#include "hub/quantization.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.h"
#include "hub/config_rules.h"
#include "hub/pattern.h"

namespace gh::hub {

namespace {

using json::Value;

constexpr std::size_t kQuoted = 120;

class Patterns {
 public:
  explicit Patterns(const Input& input) : input_(input) {}

  void value(std::string_view key, Value value) {
    if (value.is_string()) {
      const std::string_view text = value.string();
      if (text.starts_with("re:"))
        judge(key, text, text.substr(3));
      else if (key == "modules_to_not_convert")
        judge(key, text, text);  // transformers' re.match; vLLM looks for the text
    }
    for (const Value element : value.elements()) this->value(key, element);
    for (const auto [name, member] : value.members()) {
      if (name.starts_with("re:"))
        judge(key, name, name.substr(3));
      else if (key == "dynamic")  // GPTQ: an expression with "+:", "-:" or without
        judge(key, name, name.substr(name.starts_with("+:") || name.starts_with("-:") ? 2 : 0));
      else if (key == "extra_config")  // AutoRound
        judge(key, name, name);
      this->value(name, member);
    }
  }

 private:
  void judge(std::string_view key, std::string_view whole, std::string_view pattern) {
    // What repeats nothing is matched at once: most are names.
    if (!pattern.contains('*') && !pattern.contains('+') && !pattern.contains('{') &&
        !pattern.contains('?') && !pattern.contains('|'))
      return;
    const std::uint64_t given = std::min(steps_, kPatternSteps);
    Steps steps(given);
    const bool slow = is_slow_pattern(pattern, steps, expressions::kBitsOfNames);
    steps_ -= given - steps.left();
    if (slow)
      input_.add(rule::kSlowModules,
                 fmt::format("{} has {}", escape(key, 64), escape(whole, kQuoted)), whole);
  }

  const Input& input_;
  std::uint64_t steps_ = 64 * kPatternSteps;  // there may be one pattern for each of many layers
};

}  // namespace

bool holds_quantization(std::string_view key) {
  static constexpr auto kKeys = std::to_array<std::string_view>(
      {"quantization_config", "quantization-config", "compression_config"});
  return std::ranges::find(kKeys, key) != kKeys.end();
}

bool is_quantization_file(std::string_view name) {
  static constexpr auto kNames = std::to_array<std::string_view>(
      {"quantize_config.json", "quant_config.json", "quantization_config.json"});
  return std::ranges::find(kNames, name) != kNames.end();
}

void examine_quantization(const Input& input, Value settings) {
  Patterns(input).value("", settings);
}

}  // namespace gh::hub
