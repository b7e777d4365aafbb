#include "hub/target.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"
#include "hub/config_rules.h"
#include "hub/standard_modules.h"

namespace gh::hub {

namespace {

constexpr std::size_t kQuoted = 120;

using Components = std::vector<std::string_view>;

template <class Names>
bool among(const Names& names, std::string_view name) {
  return std::ranges::find(names, name) != std::end(names);
}

template <class Names>
bool among_sorted(const Names& names, std::string_view name) {
  return std::ranges::binary_search(names, name);
}

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// ASCII only: another alphabet in a name is reason enough to look at it.
bool is_identifier(std::string_view text) {
  return !text.empty() && !is_digit(text[0]) && std::ranges::all_of(text, [](char c) {
    return is_lower(c) || is_upper(c) || is_digit(c) || c == '_';
  });
}

// "ConformerEncoder", "MLP": no function, nothing private.
bool is_class(std::string_view text) {
  return is_identifier(text) && is_upper(text[0]);
}

// "my_module", "A" of "nemo.A" not: between the package and the class are modules.
bool is_module(std::string_view text) {
  return is_identifier(text) && is_lower(text[0]) && std::ranges::none_of(text, is_upper);
}

// Words of the standard library that modules of models are called by, too.
constexpr auto kOrdinary = std::to_array<std::string_view>(
    {"cmd", "code", "concurrent", "multiprocessing", "operator", "pipes", "platform", "profile",
     "resource", "signal", "site", "timeit", "trace", "types", "unittest", "venv"});

bool runs_something(const Components& parts) {
  static constexpr auto kVerbs = std::to_array<std::string_view>(
      {"check_call", "check_output", "eval", "exec", "execfile", "getoutput", "getstatusoutput",
       "popen", "Popen", "run_code", "run_module", "run_path", "spawn", "system"});
  if (among_sorted(kRunningModules, parts.front())) return true;
  return std::ranges::any_of(parts, [](std::string_view part) {
    return part.contains("__") || among(kVerbs, part) ||
           (among_sorted(kRunningModules, part) && !among(kOrdinary, part));
  });
}

// "get_class_from_dynamic_module" by its words.
bool is_verb(std::string_view part) {
  static constexpr auto kWords = std::to_array<std::string_view>(
      {"deserialize", "download", "dynamic", "fetch", "hub", "import", "importer", "importlib",
       "load", "loads", "open", "pickle", "pretrained", "remote", "restore", "unpickle", "url"});
  return std::ranges::none_of(part, is_upper) &&
         std::ranges::any_of(split(part, '_'),
                             [](std::string_view word) { return among(kWords, word); });
}

bool is_standard(std::string_view part) {
  return among_sorted(kOtherModules, part) || among_sorted(kRunningModules, part);
}

// Classes that take names or programs instead of sizes.
bool does_more(std::string_view name) {
  static constexpr auto kParts = std::to_array<std::string_view>(
      {"Download", "Executor", "Import", "Interpreter", "Pickle", "Remote", "Shell", "Subprocess"});
  const bool loader = name.contains("Loader") && !name.ends_with("DataLoader");
  return loader ||
         std::ranges::any_of(kParts, [&](std::string_view part) { return name.contains(part); });
}

// Where plain classes are: of a whole package, or of a part of one.
constexpr auto kPlain = std::to_array<std::string_view>({
    "albumentations.augmentations.",
    "albumentations.pytorch.",
    "bitsandbytes.optim.",
    "cldm.",
    "ldm.data.",
    "ldm.lr_scheduler.",
    "ldm.models.",
    "ldm.modules.",
    "lightning.pytorch.callbacks.",
    "lightning.pytorch.loggers.",
    "lightning.pytorch.strategies.",
    "lightning.pytorch.trainer.",
    "megatron.core.",
    "monai.losses.",
    "monai.networks.",
    "nemo.collections.",
    "nemo.core.",
    "nemo.lightning.",
    "nemo_text_processing.",
    "pytorch_lightning.callbacks.",
    "pytorch_lightning.loggers.",
    "pytorch_lightning.strategies.",
    "pytorch_lightning.trainer.",
    "sgm.lr_scheduler.",
    "sgm.models.",
    "sgm.modules.",
    "taming.data.",
    "taming.lr_scheduler.",
    "taming.models.",
    "taming.modules.",
    "terratorch.datamodules.",
    "terratorch.datasets.transforms.",
    "terratorch.models.",
    "terratorch.tasks.",
    "terratorch.transforms.",
    "timm.layers.",
    "timm.loss.",
    "timm.models.",
    "timm.optim.",
    "timm.scheduler.",
    "torch.distributions.",
    "torch.nn.",
    "torch.optim.",
    "torch.utils.data.",
    "torchaudio.transforms.",
    "torchgeo.datamodules.",
    "torchgeo.losses.",
    "torchgeo.models.",
    "torchgeo.samplers.",
    "torchgeo.trainers.",
    "torchgeo.transforms.",
    "torchmetrics.",
    "torchtune.modules.loss.",
    "torchtune.rlhf.loss.",
    "torchtune.training.",
    "torchvision.transforms.",
});

// Those that stand at the top of their package.
constexpr auto kPlainNames = std::to_array<std::string_view>(
    {"lightning.Trainer", "lightning.pytorch.Trainer", "pytorch_lightning.Trainer",
     "nemo.utils.exp_manager.ExpManagerConfig", "nemo.utils.callbacks.NeMoModelCheckpoint"});

// torchtune's recipes (0.6.1) name functions that build: "torchtune.models.llama3.llama3_8b". A
// data set is fetched and is data: trust_remote_code beside it has a rule of its own.
bool is_builder_of_torchtune(std::string_view name, const Components& parts) {
  static constexpr auto kOfTraining = std::to_array<std::string_view>(
      {"torchtune.training.lr_schedulers.get_cosine_schedule_with_warmup",
       "torchtune.training.setup_torch_profiler"});
  if (parts.size() < 3 || parts.front() != "torchtune" || !is_module(parts.back())) return false;
  if (std::ranges::any_of(parts, is_verb)) return false;
  const bool deeper = parts.size() == 5 && parts[3] == "_component_builders";
  if (parts[1] == "models") return parts.size() == 4 || (deeper && parts.back().contains(parts[2]));
  if (parts[1] == "datasets")
    return parts.size() <= 4 &&
           (parts.back().ends_with("_dataset") || parts.back().ends_with("_transform"));
  return among(kOfTraining, name);
}

// transformers' classes unpickle, fetch and run agents; those that are plain are named by what
// they are.
bool is_plain_of_transformers(const Components& parts) {
  const std::string_view name = parts.back();
  const std::size_t task = name.find("For");
  return is_class(name) && (name.ends_with("Config") || name.ends_with("Model") ||
                            (task != std::string_view::npos && task > 0 && task + 3 < name.size() &&
                             is_upper(name[task + 3])));
}

bool is_plain(std::string_view name, const Components& parts) {
  if (among(kPlainNames, name)) return true;
  if (name.starts_with("torch.nn.functional.") || name.starts_with("torch.nn.init."))
    return parts.size() == 4 && is_module(parts.back());
  if (is_builder_of_torchtune(name, parts)) return true;
  if (!is_class(parts.back()) || does_more(parts.back())) return false;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    const bool collections = i == 1 && parts[0] == "nemo" && parts[1] == "collections";
    if (!is_module(parts[i]) || (is_standard(parts[i]) && !collections)) return false;
  }
  if (parts.front() == "transformers") return is_plain_of_transformers(parts);
  // Data pipes open files and decode what is in them.
  if (name.contains(".datapipes.")) return false;
  // All of its transforms stand at the top: "albumentations.D4".
  if (parts.front() == "albumentations" && parts.size() == 2) return true;
  return std::ranges::any_of(kPlain, [&](std::string_view p) { return name.starts_with(p); });
}

}  // namespace

Target judge_target(std::string_view name) {
  const Components parts = split(name, '.');
  if (runs_something(parts)) return Target::runs;
  if (!std::ranges::all_of(parts, is_identifier)) return Target::unknown;
  if (is_plain(name, parts)) return Target::plain;
  // The first is a package: "keras_hub".
  return std::any_of(parts.begin() + 1, parts.end(), is_verb) ? Target::loader : Target::unknown;
}

bool names_harm(std::string_view name) {
  static constexpr auto kLibraries = std::to_array<std::string_view>(
      {"diffusers", "huggingface_hub", "joblib", "keras", "mmcv", "mmengine", "numpy", "pandas",
       "tensorflow", "torch", "transformers"});
  const Components parts = split(name, '.');
  if (parts.size() < 2 || !std::ranges::all_of(parts, is_identifier)) return false;
  // What a log says was raised.
  static constexpr auto kRaised =
      std::to_array<std::string_view>({"Error", "Exception", "Expired", "Warning", "timeout"});
  if (std::ranges::any_of(kRaised, [&](std::string_view end) { return name.ends_with(end); }))
    return false;
  // "code.execution" and "socket.io" are words of other things.
  const bool runs = among_sorted(kRunningNames, parts.back()) &&
                    std::any_of(parts.begin(), parts.end() - 1, [](std::string_view part) {
                      return among_sorted(kRunningModules, part) && !among(kOrdinary, part);
                    });
  return runs || (among(kLibraries, parts.front()) && judge_target(name) == Target::loader);
}

void examine_target(const Input& input, std::string_view key, std::string_view name) {
  const std::string message = fmt::format("{} is {}", escape(key, 64), escape(name, kQuoted));
  switch (judge_target(name)) {
    case Target::plain:
      return input.add(rule::kKnownTarget, message, name);
    case Target::loader:
      return input.add(rule::kLoadingTarget, message, name);
    case Target::runs:
      return input.add(rule::kDangerousTarget, message, name);
    case Target::unknown:
      return input.add(rule::kTarget, message, name);
  }
}

bool names_target(std::string_view key, std::string_view name, bool with_arguments) {
  if (key == "_target_" || key == "_component_") return true;
  if (key != "target" && key != "class_path") return false;
  const Components parts = split(name, '.');
  if (parts.size() < 2 || !std::ranges::all_of(parts, is_identifier)) return false;
  if (key == "class_path" || with_arguments) return true;
  if (is_class(parts.back()) && std::all_of(parts.begin(), parts.end() - 1, is_module)) return true;
  const Target judged = judge_target(name);
  return judged == Target::runs || judged == Target::loader;
}

}  // namespace gh::hub
