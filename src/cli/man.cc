// `gatehouse man`.

#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/pages.h"

namespace gh::cli {
namespace {

// The code point that begins at `at`, which is moved to its last byte. The text is our own, so it
// is well-formed.
std::uint32_t code_point(std::string_view text, std::size_t& at) {
  const auto first = static_cast<unsigned char>(text[at]);
  const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  std::uint32_t value = first & (0x3fU >> more);
  for (int i = 0; i < more; ++i)
    value = value << 6 | (static_cast<unsigned char>(text[++at]) & 0x3fU);
  return value;
}

// As text in which nothing is a request or an escape, and what is typed can be copied from the
// page: a plain ' - ` ^ ~ is something else to roff.
std::string roff(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((i == 0 || text[i - 1] == '\n') && c == '.') out += "\\&";
    switch (c) {
      case '\\':
        out += "\\e";
        break;
      case '-':
        out += "\\-";
        break;
      case '\'':
        out += "\\(aq";
        break;
      case '`':
        out += "\\(ga";
        break;
      case '^':
        out += "\\(ha";
        break;
      case '~':
        out += "\\(ti";
        break;
      case '"':
        out += "\\(dq";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x80) {
          out += c;
        } else {
          out += fmt::format("\\[u{:04X}]", code_point(text, i));
        }
    }
  }
  return out;
}

std::string bold(std::string_view text) {
  return fmt::format("\\fB{}\\fR", roff(text));
}

std::string italic(std::string_view text) {
  return fmt::format("\\fI{}\\fR", roff(text));
}

std::string described(const OptionOutline& option) {
  std::string text = roff(option.description);
  const auto add = [&text](const std::string& sentence) { text += ".\n" + sentence; };
  if (option.required && !option.names.empty()) add("Required");
  if (!option.words.empty()) {
    std::string list;
    for (const std::string& word : option.words) list += (list.empty() ? "" : ", ") + bold(word);
    add("One of " + list);
  }
  if (!option.variable.empty()) add("Environment: " + bold(option.variable));
  if (!option.fallback.empty()) add("Default: " + bold(option.fallback));
  return text + ".\n";
}

// What it is called, then what it is.
std::string item(const OptionOutline& option) {
  std::string head;
  for (const std::string& name : option.names) head += (head.empty() ? "" : ", ") + bold(name);
  if (!option.value.empty()) {
    const bool words = !option.words.empty() && !option.names.empty();
    head += (head.empty() ? "" : " ") + italic(words ? "WORD" : option.value);
  }
  return fmt::format(".TP\n{}\n{}", head, described(option));
}

std::string items(const Outline& command, bool with_help) {
  std::string text;
  for (const OptionOutline& positional : command.positionals) text += item(positional);
  for (const OptionOutline& option : command.options) {
    if (with_help || option.names.front() != "-h") text += item(option);
  }
  return text;
}

// Like the program's name in a list of pages. A command's description is a line, the program's a
// paragraph that begins with its name and what it is for.
std::string_view brief(std::string_view words, std::string_view description) {
  if (!words.empty()) return description;
  description = description.substr(0, description.find_first_of(":\n"));
  return description.substr(description.find(' ') + 1);
}

std::string synopsis(std::string_view words, const Outline& command) {
  std::string text = bold(fmt::format("gatehouse{}{}", words.empty() ? "" : " ", words));
  if (!command.below.empty())
    return text + fmt::format(" {} [{}]\n", italic("COMMAND"), italic("OPTIONS"));
  text += fmt::format(" [{}]", italic("OPTIONS"));
  for (const OptionOutline& positional : command.positionals) {
    const std::string name = italic(positional.value) + (positional.repeated ? "\\&..." : "");
    text += positional.required ? " " + name : fmt::format(" [{}]", name);
  }
  return text + "\n";
}

// Lines that begin with a space stay as they are; others are filled, up to an empty one.
std::string paragraphs(std::string_view text) {
  std::string out;
  bool kept = false;
  for (const std::string_view line : split(text, '\n')) {
    const bool keep = line.starts_with(' ');
    if (keep != kept && !line.empty()) {
      out += keep ? ".nf\n" : ".fi\n.PP\n";
      kept = keep;
    }
    if (!line.empty()) {
      out += roff(line) + "\n";
    } else if (!kept && !out.empty()) {
      out += ".PP\n";
    }
  }
  return out + (kept ? ".fi\n" : "");
}

std::string page_name(std::string_view words) {
  std::string name = "gatehouse";
  if (!words.empty()) name += fmt::format("-{}", words);
  std::ranges::replace(name, ' ', '-');
  return name;
}

// A word in quotes of a line of roff.
std::string argument(std::string_view text) {
  return fmt::format("\"{}\"", roff(text));
}

}  // namespace

std::string man_page(std::string_view words, const Outline& command) {
  const std::string name = page_name(words);
  const std::string_view description = command.description;
  std::string page = fmt::format(
      ".\\\" Made by `gatehouse man`.\n.TH {} 1 \"\" {} {}\n"
      ".nh\n.ad l\n"  // a name that is broken in two cannot be copied
      ".SH NAME\n{} \\- {}\n",
      argument(name), argument("gatehouse " GH_VERSION), argument("Gatehouse"), roff(name),
      roff(brief(words, description)));
  page += ".SH SYNOPSIS\n" + synopsis(words, command);
  page += fmt::format(".SH DESCRIPTION\n{}.\n",
                      roff(description.substr(0, description.find_last_not_of('.') + 1)));
  page += ".SH OPTIONS\n" + items(command, true);
  if (!command.below.empty()) {
    page += ".SH COMMANDS\n";
    for (const auto& [below, outline] : commands_of(command)) {
      const std::string whole = fmt::format("{}{}{}", words, words.empty() ? "" : " ", below);
      page += fmt::format(".SS {}\n{}.PP\n{}.\n", argument("gatehouse " + whole),
                          synopsis(whole, *outline), roff(outline->description));
      page += items(*outline, false);  // which is said once
    }
  }
  if (!command.footer.empty()) page += ".SH NOTES\n" + paragraphs(command.footer);
  page += fmt::format(".SH \"EXIT STATUS\"\n{}\n", roff(kExitCodes));
  if (!words.empty()) page += ".SH \"SEE ALSO\"\n" + bold("gatehouse") + "(1)\n";
  return page;
}

int run(const Man& command) {
  const Outline program = outline();
  if (command.words.empty()) return print(kFine, man_page("", program));
  const std::string words = fmt::format("{}", fmt::join(command.words, " "));
  for (const auto& [name, found] : commands_of(program)) {
    if (name == words) return print(kFine, man_page(words, *found));
  }
  const std::vector<std::string_view> asked(command.words.begin(), command.words.end());
  const std::string fault = verb_fault(verbs_of(program), asked);
  return complain(
      kUsage, fault.empty() ? fmt::format("there is no command `{}`", escape(words, 64)) : fault);
}

}  // namespace gh::cli
