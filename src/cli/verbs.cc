#include "cli/verbs.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.h"

namespace gh::cli {
namespace {

bool is_option(std::string_view word) {
  return word.starts_with('-');
}

std::string quoted(std::string_view group, std::string_view word) {
  return fmt::format("`{}{}{}`", group, group.empty() ? "" : " ", escape(word, 64));
}

// Commands of groups that `word` may have been meant to be: "`policy check`".
std::string in_groups(std::span<const Verb> verbs, std::string_view word) {
  std::vector<std::string_view> below;
  for (const Verb& verb : verbs) below.insert(below.end(), verb.below.begin(), verb.below.end());
  const auto close = did_you_mean(word, below);
  std::string list;
  for (const Verb& verb : verbs) {
    if (!close || std::ranges::find(verb.below, *close) == verb.below.end()) continue;
    list += (list.empty() ? "" : " or ") + quoted(verb.name, *close);
  }
  return list;
}

std::string unknown(std::string_view group, std::string_view word,
                    const std::vector<std::string_view>& names, std::span<const Verb> elsewhere) {
  const std::string message = "there is no command " + quoted(group, word);
  if (const auto close = did_you_mean(word, names)) {
    return fmt::format("{}; did you mean {}?", message, quoted(group, *close));
  }
  if (const std::string list = in_groups(elsewhere, word); !list.empty()) {
    return fmt::format("{}; did you mean {}?", message, list);
  }
  return fmt::format("{}; there is {}", message, fmt::join(names, ", "));
}

}  // namespace

std::string verb_fault(std::span<const Verb> verbs, std::span<const std::string_view> words) {
  if (words.empty() || is_option(words[0])) return {};
  const auto verb = std::ranges::find(verbs, words[0], &Verb::name);
  if (verb == verbs.end()) {
    if (words[0] == "help" || words[0] == "version") {  // commands of many other programs
      return fmt::format("there is no command `{0}`; write `--{0}`", words[0]);
    }
    std::vector<std::string_view> names;
    for (const Verb& known : verbs) names.push_back(known.name);
    return unknown("", words[0], names, verbs);
  }
  if (verb->below.empty() || words.size() < 2 || is_option(words[1])) return {};
  if (std::ranges::find(verb->below, words[1]) != verb->below.end()) return {};
  return unknown(verb->name, words[1], {verb->below.begin(), verb->below.end()}, {});
}

}  // namespace gh::cli
