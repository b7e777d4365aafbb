#include <fmt/format.h>

#include <array>
#include <utility>

#include "findings/catalogue.h"

namespace gh::findings {

namespace {

// What each prefix is about, in the order of the page.
constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kAreas = {{
    {"FIL", "Files and their kinds"},
    {"PKL", "Pickle"},
    {"ZIP", "Zip containers"},

    {"ARC", "Other archives"},
    {"STF", "safetensors"},
    {"GGF", "GGUF"},
    {"NPY", "NumPy"},
    {"KER", "Keras and HDF5"},
    {"ONNX", "ONNX"},
    {"CFG", "Configurations"},
    {"COD", "Code in a model folder"},
    {"TPL", "Chat templates"},
    {"TOK", "Tokenizers"},
    {"LRA", "LoRA adapters"},
    {"SIG", "Signatures"},
    {"SUP", "Suppressions"},
}};

std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string_view area_of(std::string_view prefix) {
  for (const auto& [known, title] : kAreas)
    if (known == prefix) return title;
  return prefix == "SYS" ? "The examination itself" : prefix;
}

}  // namespace

std::string rules_markdown(const Catalogue& catalogue) {
  std::string out =
      "# Rules\n\n"
      "Written by `gatehouse rules list --format markdown`; a test keeps it in step. Ids are "
      "stable "
      "and\nnever used again. `gatehouse explain ID` prints one row. [scan.md](scan.md) says what "
      "verdicts\nfollow; *inconclusive* and *unsupported* rules decide the verdict themselves, "
      "*unexamined* ones\nwhere their severity does not.\n";
  std::string_view area;
  for (const Rule* rule : catalogue.rules()) {
    const std::string_view prefix = rule->id.substr(0, rule->id.find('-'));
    if (prefix != area) {
      area = prefix;
      out += fmt::format(
          "\n## {}\n\n| id | severity | what | why it matters | what to do |\n"
          "|---|---|---|---|---|\n",
          area_of(prefix));
    }
    out += fmt::format(
        "| `{}` | {}{} | {} | {} | {} |\n", rule->id, name(rule->severity),
        rule->effect == Effect::finding ? "" : fmt::format(", *{}*", name(rule->effect)),
        cell(rule->title), cell(rule->why), cell(rule->fix));
  }
  return out;
}

}  // namespace gh::findings
