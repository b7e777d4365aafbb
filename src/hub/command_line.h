#pragma once
// A YAML for `vllm serve --config` as the command line that vLLM makes of it: each entry is an
// option and its values, a value that looks like an option is one, `a.b: c` is a member of `a`, and
// argparse completes what is cut short.

#include <cstdint>
#include <string>
#include <vector>

#include "json/json.h"

namespace gh::hub {

struct Option {
  enum class Match : std::uint8_t { none, prefix, exact };

  std::string label;  // for people: the key, or the option and the key that holds it
  std::string name;   // of vLLM where it is one, else as it is written; with dashes
  std::string json;   // {name: value}, for what can import something; else empty
  Match match = Match::none;
  bool smuggled = false;  // it stands in the value or the key of another
  bool of_known = false;  // that other is an option of vLLM
  bool has_value = false;
  bool rewritten = false;  // dotted, or JSON as text: the file's own tree does not show it so
  bool vague = false;  // other programs say the same: a single word cut short, or no name of vLLM
  bool unreadable = false;  // an object of JSON that Python may read, and we do not
};

// What is vague only of a file that has an option of vLLM by its whole name, of several words.
std::vector<Option> options_of(json::Value root);

}  // namespace gh::hub
