#include "adapter/config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include "adapter/heads.h"
#include "adapter/pattern.h"
#include "adapter/rules.h"
#include "adapter/training.h"
#include "base/text.h"
#include "json/json.h"

namespace gh::adapter {

namespace {

using json::Value;

constexpr std::size_t kMaxText = 1U << 20;  // bytes

// Fields of PEFT's LoraConfig (2026-11) that no rule below looks at by name.
constexpr std::string_view kKnown[] = {
    "peft_type",           "auto_mapping",
    "peft_version",        "revision",
    "inference_mode",      "base_model_name_or_path",
    "task_type",           "r",
    "target_modules",      "exclude_modules",
    "lora_alpha",          "lora_dropout",
    "fan_in_fan_out",      "bias",
    "use_rslora",          "modules_to_save",
    "init_lora_weights",   "layers_to_transform",
    "layers_pattern",      "rank_pattern",
    "alpha_pattern",       "megatron_config",
    "megatron_core",       "trainable_token_indices",
    "loftq_config",        "eva_config",
    "corda_config",        "lora_ga_config",
    "arrow_config",        "use_dora",
    "use_qalora",          "qalora_group_size",
    "use_bdlora",          "layer_replication",
    "runtime_config",      "alora_invocation_tokens",
    "lora_bias",           "target_parameters",
    "ensure_weight_tying", "kasa_config",
    "monteclora_config",   "velora_config",
};

class ConfigReader {
 public:
  ConfigReader(Value root, const Limits& limits, findings::Examination& examination)
      : root_(root), limits_(limits), examination_(examination) {}

  std::optional<Config> read();

 private:
  void add(const Rule& rule, std::string message) { examination_.add(rule, std::move(message)); }
  bool required();
  void values();
  void methods();
  void full_weights();
  void patterns();
  void check_pattern(std::string_view field, std::string_view pattern);
  void read_patterns();
  void parameters();
  void limits();
  void unknown();
  void base();

  Value root_;
  const Limits& limits_;
  findings::Examination& examination_;
  Config config_;
};

std::optional<Config> ConfigReader::read() {
  const bool usable = required();
  values();
  methods();
  full_weights();
  parameters();
  check_imports(root_, examination_);
  check_training(root_, examination_);
  patterns();
  base();
  unknown();
  if (!usable) return std::nullopt;
  read_patterns();
  config_.targets = Targets(root_);
  limits();
  return std::move(config_);
}

bool ConfigReader::required() {
  const std::size_t before = examination_.count(kRequired);
  const auto rank = root_["r"].is_integer() ? root_["r"].int64() : std::nullopt;
  if (!rank || *rank <= 0) {
    add(kRequired, "r is not a whole number above 0");
  } else {
    config_.rank = static_cast<std::uint64_t>(*rank);
  }
  if (root_["lora_alpha"].is_number()) {
    config_.alpha = root_["lora_alpha"].number();
  } else {
    add(kRequired, "lora_alpha is not a number");
  }
  const Value targets = root_["target_modules"];
  bool listed = targets.is_array();
  for (const Value target : targets.elements()) listed = listed && target.is_string();
  if (!listed && !targets.is_string() && !is_set(root_["target_parameters"])) {
    add(kRequired, "target_modules is neither a list of names nor a text");
  }
  const Value type = root_["peft_type"];
  if (!type.is_string()) {
    add(kRequired, "peft_type is not a text");
  } else if (type.string() != "LORA") {
    add(kOtherType, fmt::format("peft_type is \"{}\"", escape(type.string(), 60)));
  }
  return examination_.count(kRequired) == before;
}

void ConfigReader::values() {
  for (const std::string_view name : {"fan_in_fan_out", "use_rslora", "inference_mode", "use_dora",
                                      "use_qalora", "lora_bias", "ensure_weight_tying"}) {
    const Value value = root_[name];
    if (value.exists() && !value.is_null() && !value.is_bool()) {
      add(kOddValue, fmt::format("{} is neither true nor false", name));
    }
  }
  for (const std::string_view name : {"base_model_name_or_path", "revision", "peft_version"}) {
    const Value value = root_[name];
    if (value.exists() && !value.is_null() && !value.is_string()) {
      add(kOddValue, fmt::format("{} is not a text", name));
    }
  }
  for (const std::string_view name : {"rank_pattern", "alpha_pattern"}) {
    const Value value = root_[name];
    if (value.exists() && !value.is_null() && !value.is_object()) {
      add(kOddValue, fmt::format("{} is no object{}", name,
                                 is_set(value) ? ": vLLM fails to load the adapter" : ""));
    }
  }
  // Settings of methods, which PEFT makes objects of; vLLM looks at none of them where they are as
  // good as unset.
  for (const std::string_view name :
       {"eva_config", "corda_config", "lora_ga_config", "arrow_config", "kasa_config",
        "velora_config", "use_bdlora"}) {
    const Value value = root_[name];
    if (value.exists() && !value.is_null() && !value.is_object())
      add(kOddValue, fmt::format("{} is no object: PEFT refuses the adapter", name));
  }
  const bool by_expression = root_["target_modules"].is_string();
  const auto is_there = [this](std::string_view name) {
    return root_[name].exists() && !root_[name].is_null();
  };
  if (is_set(root_["layers_pattern"]) && !is_there("layers_to_transform"))
    add(kOddValue, "layers_pattern is set without layers_to_transform: PEFT refuses the adapter");
  for (const std::string_view name : {"layers_pattern", "layers_to_transform"})
    if (by_expression && is_there(name))
      add(kOddValue,
          fmt::format("{} stands beside an expression in target_modules: PEFT refuses the adapter",
                      name));
  const Value dropout = root_["lora_dropout"];
  if (dropout.exists() && !dropout.is_null() &&
      (!dropout.is_number() || !(dropout.number() >= 0 && dropout.number() <= 1))) {
    add(kOddValue, "lora_dropout is not between 0 and 1");
  }
  constexpr std::array<std::string_view, 6> kTasks = {
      "CAUSAL_LM", "SEQ_CLS", "SEQ_2_SEQ_LM", "TOKEN_CLS", "QUESTION_ANS", "FEATURE_EXTRACTION"};
  const Value task = root_["task_type"];
  if (task.exists() && !task.is_null() &&
      (!task.is_string() || std::ranges::find(kTasks, task.string()) == kTasks.end())) {
    add(kOddValue, "task_type is none that PEFT has");
  }
  config_.rank_stabilised = is_set(root_["use_rslora"]);
  config_.fan_in_fan_out = is_set(root_["fan_in_fan_out"]);
}

void ConfigReader::methods() {
  for (const std::string_view name : {"use_dora", "use_qalora", "use_bdlora", "lora_bias",
                                      "alora_invocation_tokens", "layer_replication"}) {
    if (is_set(root_[name])) add(kOtherMethod, fmt::format("{} is set, which vLLM refuses", name));
  }
  const Value bias = root_["bias"];
  if (bias.exists() && !(bias.is_string() && bias.string() == "none")) {
    add(kOtherMethod, "bias is not \"none\", which vLLM refuses");
  }
  // These only choose the first values; the saved adapter is a plain LoRA.
  constexpr std::array<std::string_view, 5> kPlain = {"gaussian", "eva", "orthogonal", "mica",
                                                      "lora_ga"};
  const Value init = root_["init_lora_weights"];
  if (init.is_string()) {
    std::string lower(init.string());
    std::ranges::transform(lower, lower.begin(), to_lower);
    if (std::ranges::find(kPlain, lower) == kPlain.end()) {
      add(kOtherMethod, fmt::format("init_lora_weights is \"{}\", which changes the base weights; "
                                    "vLLM refuses it",
                                    escape(init.string(), 60)));
    }
  }
  for (const std::string_view name : {"loftq_config", "corda_config", "arrow_config", "kasa_config",
                                      "monteclora_config", "velora_config"}) {
    if (is_set(root_[name])) add(kIgnored, fmt::format("{} is set", name));
  }
}

void ConfigReader::full_weights() {
  const Value saved = root_["modules_to_save"];
  bool heads = saved.is_array();
  for (const Value module : saved.elements()) {
    heads = heads && module.is_string() && is_head(module.string());
    if (heads) config_.heads.emplace_back(module.string());
  }
  if (!heads) config_.heads.clear();
  if (heads && is_set(saved))
    add(kHead, fmt::format("modules_to_save has {}", fmt::join(config_.heads, " and ")));
  else if (is_set(saved))
    add(kFullWeights, "modules_to_save is set, which vLLM refuses");
  for (const std::string_view name : {"trainable_token_indices", "ensure_weight_tying"}) {
    if (is_set(root_[name])) add(kFullWeights, fmt::format("{} is set", name));
  }
}

// PEFT gives A and B to these, too. vLLM knows the weights of linear modules and of fused experts.
void ConfigReader::parameters() {
  const Value parameters = root_["target_parameters"];
  if (is_set(parameters) && !parameters.is_array()) add(kOddValue, "target_parameters is no list");
  for (const Value parameter : parameters.elements()) {
    if (!parameter.is_string()) {
      add(kOddValue, "target_parameters has something else than names");
      continue;
    }
    const std::string_view last = last_part(parameter.string());
    if (last == "weight" || last == "gate_up_proj" || last == "down_proj") continue;
    add(kIgnored, fmt::format("target_parameters has \"{}\", which vLLM does not know",
                              escape(parameter.string(), 100)));
  }
}

void ConfigReader::check_pattern(std::string_view field, std::string_view pattern) {
  if (judge_pattern(pattern) != Pattern::risky) return;
  add(kPattern, fmt::format("{} has the expression \"{}\"", field, escape(pattern, 100)));
}

void ConfigReader::patterns() {
  for (const std::string_view name : {"target_modules", "exclude_modules", "layers_pattern"}) {
    if (root_[name].is_string()) check_pattern(name, root_[name].string());
  }
  // PEFT builds expressions of what is in these lists, too.
  for (const std::string_view name : {"layers_pattern", "modules_to_save"}) {
    for (const Value element : root_[name].elements())
      if (element.is_string()) check_pattern(name, element.string());
  }
  for (const std::string_view name : {"rank_pattern", "alpha_pattern"})
    for (const auto [key, value] : root_[name].members()) check_pattern(name, key);
}

void ConfigReader::read_patterns() {
  for (const auto [key, value] : root_["rank_pattern"].members()) {
    const auto rank = value.is_integer() ? value.int64() : std::nullopt;
    if (!rank || *rank <= 0) {
      add(kRequired,
          fmt::format("rank_pattern of \"{}\" is not a whole number above 0", escape(key, 100)));
      continue;
    }
    config_.rank_pattern.add(key, static_cast<std::uint64_t>(*rank));
  }
  for (const auto [key, value] : root_["alpha_pattern"].members()) {
    if (value.is_number()) {
      config_.alpha_pattern.add(key, value.number());
    } else {
      add(kRequired, fmt::format("alpha_pattern of \"{}\" is not a number", escape(key, 100)));
    }
  }
}

void ConfigReader::limits() {
  const std::uint64_t most = limits_.rank.value_or(kMaxLoraRanks.back());
  std::uint64_t highest = 0;
  const auto check_rank = [&](std::string_view what, std::uint64_t rank) {
    highest = std::max(highest, rank);
    if (rank > most) add(kRank, fmt::format("{} is {}, more than {}", what, rank, most));
  };
  const auto check_scaling = [this](std::string_view what, double scaling) {
    if (!(std::abs(scaling) <= limits_.scaling)) {
      add(kScaling, fmt::format("the scaling of {} is {:.4g}, more than {:.4g}", what, scaling,
                                limits_.scaling));
    }
  };
  // What a module gets that is called like the key, whether there is one or not. What each module
  // gets is looked at with the tensors.
  const auto scaling_of_key = [this](std::string_view key) {
    if (judge_pattern(key) == Pattern::plain)
      if (const auto applied = config_.applied_to(key)) return applied->scaling;
    const std::uint64_t* const rank = config_.rank_pattern.named(key);
    const double* const alpha = config_.alpha_pattern.named(key);
    return config_.scaling(rank == nullptr ? config_.rank : *rank,
                           alpha == nullptr ? config_.alpha : *alpha);
  };
  check_rank("r", config_.rank);
  for (const auto& [key, rank] : config_.rank_pattern.entries()) {
    check_rank(fmt::format("rank_pattern of \"{}\"", escape(key, 100)), rank);
    check_scaling(fmt::format("\"{}\"", escape(key, 100)), scaling_of_key(key));
  }
  if (!limits_.rank && highest > kDefaultRank && highest <= most) {
    add(kHighRank,
        fmt::format("needs --max-lora-rank {}", *std::ranges::lower_bound(kMaxLoraRanks, highest)));
  }
  const auto check_alpha = [&](std::string_view field, std::string_view what, double alpha,
                               double scaling) {
    check_scaling(what, scaling);
    if (!(alpha > 0) && std::abs(scaling) <= limits_.scaling)
      add(kOddValue, fmt::format("{} is not above 0: what was trained is undone", field));
  };
  for (const auto& [key, alpha] : config_.alpha_pattern.entries()) {
    const std::string name = fmt::format("\"{}\"", escape(key, 100));
    check_alpha(fmt::format("alpha_pattern of {}", name), name, alpha, scaling_of_key(key));
  }
  check_alpha("lora_alpha", "all modules", config_.alpha,
              config_.scaling(config_.rank, config_.alpha));
}

void ConfigReader::unknown() {
  for (const auto [key, value] : root_.members()) {
    if (std::ranges::find(kKnown, key) != std::end(kKnown)) continue;
    add(kUnknownField, fmt::format("there is a field \"{}\"", escape(key, 100)));
  }
}

void ConfigReader::base() {
  if (limits_.bases.empty()) return;
  const Value base = root_["base_model_name_or_path"];
  const std::string_view name = base.is_string() ? base.string() : "";
  if (std::ranges::find(limits_.bases, name) != limits_.bases.end()) return;
  add(kBase, fmt::format("base_model_name_or_path is \"{}\"", escape(name, 100)));
}

}  // namespace

double Config::scaling(std::uint64_t of_rank, double of_alpha) const {
  const auto r = static_cast<double>(of_rank);
  return of_alpha / (rank_stabilised ? std::sqrt(r) : r);
}

std::optional<Config::Applied> Config::applied_to(std::string_view module) {
  const auto own_rank = rank_pattern.find(module, steps);
  const auto own_alpha = alpha_pattern.find(module, steps);
  if (!own_rank || !own_alpha) return std::nullopt;
  const std::uint64_t r = *own_rank == nullptr ? rank : **own_rank;
  return Applied{.rank = r, .scaling = scaling(r, *own_alpha == nullptr ? alpha : **own_alpha)};
}

std::optional<Config> read_config(std::string_view text, const Limits& limits,
                                  findings::Examination& examination) {
  if (text.size() > kMaxText) {
    examination.add(kConfigForm, fmt::format("adapter_config.json has {} bytes", text.size()));
    return std::nullopt;
  }
  json::Parser parser;
  const auto document = parser.parse(text);
  if (!document) {
    examination.add(kConfigForm, fmt::format("adapter_config.json: {}", document.error().message));
    return std::nullopt;
  }
  if (!document->root().is_object()) {
    examination.add(kConfigForm, "adapter_config.json is not an object");
    return std::nullopt;
  }
  return ConfigReader(document->root(), limits, examination).read();
}

}  // namespace gh::adapter
