#include "cli/parse_fault.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "cli/parse_outline.h"

namespace gh::cli {
namespace {

// The program and the commands that were named, outermost first.
std::vector<const CLI::App*> named(const CLI::App& program) {
  std::vector<const CLI::App*> chain = {&program};
  for (auto below = program.get_subcommands(); !below.empty();
       below = chain.back()->get_subcommands()) {
    chain.push_back(below.front());
  }
  return chain;
}

// "gatehouse keys create"
std::string called(const std::vector<const CLI::App*>& chain) {
  std::string words;
  for (const CLI::App* app : chain) words += (words.empty() ? "" : " ") + app->get_name();
  return words;
}

std::vector<std::string> options_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const OptionOutline& option : outline_of(app).options) {
    names.insert(names.end(), option.names.begin(), option.names.end());
  }
  return names;
}

bool is_option(std::string_view word) {
  return word.size() > 1 && word.starts_with('-') && word != "--";
}

std::string unknown_option(std::string_view word, std::size_t owner,
                           const std::vector<const CLI::App*>& chain) {
  word = word.substr(0, word.find('='));
  for (std::size_t below = owner + 1; below < chain.size(); ++below) {
    const std::vector<std::string> names = options_of(*chain[below]);
    if (std::ranges::find(names, word) != names.end()) {
      return fmt::format("`{0}` belongs behind `{1}`: {2} … {0}", escape(word, 64),
                         chain[below]->get_name(), called(chain));
    }
  }
  const std::vector<std::string> names = options_of(*chain[owner]);
  const std::vector<std::string_view> known(names.begin(), names.end());
  // Any letter is near any other.
  const auto close = word.size() > 2 ? did_you_mean(word, known) : std::nullopt;
  return fmt::format("there is no option `{}`{}", escape(word, 64),
                     close ? fmt::format("; did you mean `{}`?", *close) : std::string());
}

// Of the first word that nothing takes; "" when each is taken. An option that is no option comes
// first: its value is left over as well.
std::string left_over(const std::vector<const CLI::App*>& chain) {
  for (std::size_t owner = 0; owner < chain.size(); ++owner) {
    const std::vector<std::string> words = chain[owner]->remaining();
    const auto option = std::ranges::find_if(words, is_option);
    if (option != words.end()) return unknown_option(*option, owner, chain);
    if (!words.empty() && words.front() != "--")
      return fmt::format("`{}` is a word too many", escape(words.front(), 64));
  }
  return {};
}

// "" when a command was named that does something.
std::string command_missing(const CLI::App& innermost) {
  const auto below = innermost.get_subcommands([](const CLI::App*) { return true; });
  std::string names;
  for (const CLI::App* app : below) names += (names.empty() ? "" : ", ") + app->get_name();
  return names.empty() ? names : fmt::format("a command is missing; there is {}", names);
}

}  // namespace

std::string parse_fault(const CLI::App& program, const CLI::ParseError& error) {
  const std::vector<const CLI::App*> chain = named(program);
  std::string fault = left_over(chain);
  if (fault.empty()) fault = command_missing(*chain.back());
  if (fault.empty()) fault = escape(error.what(), 512);
  return fmt::format("{}\nSee `{} --help`", fault, called(chain));
}

}  // namespace gh::cli
