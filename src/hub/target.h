#pragma once
// Dotted names in settings that a loader imports and calls: Hydra's and NeMo's `_target_`, `target`
// of latent-diffusion, `class_path` of Lightning.

#include <cstdint>
#include <string_view>

#include "hub/input.h"

namespace gh::hub {

enum class Target : std::uint8_t {
  plain,    // a layer, an optimiser, a dataset of a model library: made, and nothing more
  unknown,  // anything else
  loader,   // imports, fetches or unpickles what the keys beside it name
  runs,     // runs a program or code
};

// Only what is known to be plain is: a short list of packages, and in them classes by their
// spelling. Names of functions and of modules of the standard library are not.
Target judge_target(std::string_view name);

// Whether it leads to a function of the standard library that runs programs or code, or to one of
// the usual libraries that loads something: for keys that are ordinary words, too.
bool names_harm(std::string_view name);

// The name of an object that `key` says is to be made, in JSON or YAML.
void examine_target(const Input& input, std::string_view key, std::string_view name);

// Whether the value of `key` is such a name. `target` and `class_path` are ordinary words too:
// `name` decides. `with_arguments`: the arguments of a call stand beside it.
bool names_target(std::string_view key, std::string_view name, bool with_arguments);

}  // namespace gh::hub
