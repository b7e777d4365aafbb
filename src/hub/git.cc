#include "hub/git.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "hub/code_rules.h"

namespace gh::hub {

namespace {

using std::string_view_literals::operator""sv;

template <class Names>
bool is_one_of(std::string_view name, const Names& names) {
  return std::ranges::find(names, name) != names.end();
}

// Settings of one section whose value git runs, or has run: by a shell, as a program, as a folder
// of programs.
struct Program {
  std::string_view section;
  std::string_view key;
};
constexpr auto kPrograms = std::to_array<Program>({
    {"core", "sshcommand"},
    {"core", "hookspath"},
    {"core", "editor"},
    {"core", "pager"},
    {"core", "askpass"},
    {"core", "gitproxy"},
    {"core", "alternaterefscommand"},
    {"gc", "recentobjectshook"},
    {"sequence", "editor"},
    {"diff", "external"},
    {"diff", "command"},
    {"diff", "textconv"},
    {"interactive", "difffilter"},
    {"merge", "driver"},
    {"mergetool", "cmd"},
    {"mergetool", "path"},
    {"difftool", "cmd"},
    {"difftool", "path"},
    {"guitool", "cmd"},
    {"browser", "cmd"},
    {"browser", "path"},
    {"man", "cmd"},
    {"man", "path"},
    {"web", "browser"},
    {"instaweb", "httpd"},
    {"gpg", "program"},
    {"gpg", "defaultkeycommand"},
    {"hook", "command"},
    {"trailer", "command"},
    {"trailer", "cmd"},
    {"tar", "command"},
    {"uploadpack", "packobjectshook"},
    {"remote", "uploadpack"},
    {"remote", "receivepack"},
    {"remote", "vcs"},
    {"imap", "tunnel"},
    {"sendemail", "smtpserver"},
    {"sendemail", "sendmailcmd"},
    {"sendemail", "tocmd"},
    {"sendemail", "cccmd"},
    {"sendemail", "headercmd"},
    {"init", "templatedir"},
    {"include", "path"},
    {"includeif", "path"},
});

// Nothing that a shell does more with than split it at spaces.
bool is_plain(std::string_view command) {
  return std::ranges::all_of(command, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           " -_=./:%@~"sv.contains(c);
  });
}

bool is_bool(std::string_view value) {
  constexpr std::array kWords = {""sv,   "true"sv, "false"sv, "yes"sv, "no"sv,
                                 "on"sv, "off"sv,  "0"sv,     "1"sv};
  return std::ranges::any_of(
      kWords, [&](std::string_view word) { return equals_ignoring_case(value, word); });
}

bool is_of_lfs(std::string_view command) {
  return (command.starts_with("git-lfs ") || command.starts_with("git lfs ")) && is_plain(command);
}

// Git LFS hands large files to a program. These come with huggingface_hub and git-xet.
bool is_transfer_agent(std::string_view program) {
  constexpr std::array kAgents = {"huggingface-cli"sv, "hf"sv, "git-xet"sv};
  return is_one_of(program, kAgents);
}

// A helper is a name, "store" for git-credential-store, with its options. A path or a "!" is a
// program.
bool is_helper(std::string_view value) {
  const std::string_view name = value.substr(0, value.find(' '));
  return is_plain(value) && !name.contains('/');
}

// An alias for a command of git, without options for git itself, which may be settings.
bool is_plain_alias(std::string_view value) {
  return !value.starts_with('!') && !value.starts_with('-');
}

bool is_remote_program(std::string_view url) {
  return url.starts_with("ext::") || url.starts_with('-');
}

constexpr std::array kSettings = {"config"sv, "config.worktree"sv, ".gitconfig"sv, ".gitmodules"sv,
                                  ".lfsconfig"sv};

std::string shown(const GitSetting& setting) {
  const std::string name =
      setting.part.empty() ? fmt::format("{}.{}", setting.section, setting.key)
                           : fmt::format("{}.{}.{}", setting.section, setting.part, setting.key);
  return fmt::format("{} = {}", escape(name, 100), escape(setting.value, 100));
}

// A folder called .git on the way: of a submodule or another working tree of one repository.
bool leads_to_git(std::string_view path) {
  return std::ranges::any_of(
      split(path, '/'), [](std::string_view part) { return equals_ignoring_case(part, ".git"); });
}

}  // namespace

bool runs_something(const GitSetting& setting) {
  const std::string& section = setting.section;
  const std::string& key = setting.key;
  const std::string& value = setting.value;
  const auto is = [&](const Program& program) {
    return program.section == section && program.key == key;
  };
  if (std::ranges::any_of(kPrograms, is)) return !value.empty();
  if (section == "core" && key == "fsmonitor") return !is_bool(value);
  if (section == "pager") return !is_bool(value);
  if (section == "alias") return !is_plain_alias(value);
  if (section == "filter")
    return (key == "clean" || key == "smudge" || key == "process") && !value.empty() &&
           !is_of_lfs(value);
  if (section == "lfs")
    return (setting.part.starts_with("customtransfer.") && key == "path" &&
            !is_transfer_agent(value)) ||
           (setting.part.starts_with("extension.") && (key == "clean" || key == "smudge"));
  if (section == "credential") return key == "helper" && !is_helper(value);
  if (section == "protocol") return key == "allow" && equals_ignoring_case(value, "always");
  if (section == "submodule" && key == "update") return value.starts_with('!');
  if (section == "remote" || section == "submodule")
    return (key == "url" || key == "pushurl") && is_remote_program(value);
  if (section == "url") return is_remote_program(setting.part);
  return false;
}

void examine_git_text(const Input& input) {
  const auto found = [&](const std::string& what) { input.add(rule::kGitRuns, what); };
  if (is_one_of(input.name, kSettings)) {
    for (const GitSetting& setting : git_settings(input.text))
      if (runs_something(setting)) found(shown(setting));
    return;
  }
  std::string_view line = input.text.substr(0, input.text.find('\n'));
  while (line.ends_with('\r')) line.remove_suffix(1);
  if (input.name == ".git" && line.starts_with("gitdir: ") && !leads_to_git(line.substr(8)))
    found(fmt::format("git takes its settings from {}", escape(line.substr(8), 100)));
  if (input.name == "commondir" && line != "../..")
    found(fmt::format("git takes its settings from {}", escape(line, 100)));
}

bool is_sample_hook(std::string_view name) {
  constexpr auto kSamples = std::to_array<std::string_view>(
      {"applypatch-msg", "commit-msg", "fsmonitor-watchman", "post-update", "pre-applypatch",
       "pre-commit", "pre-merge-commit", "pre-push", "pre-rebase", "pre-receive",
       "prepare-commit-msg", "push-to-checkout", "sendemail-validate", "update"});
  constexpr std::string_view kEnding = ".sample";
  return name.ends_with(kEnding) &&
         is_one_of(name.substr(0, name.size() - kEnding.size()), kSamples);
}

bool is_lfs_hook(std::string_view name, std::string_view text) {
  constexpr std::array kHooks = {"pre-push"sv, "post-checkout"sv, "post-commit"sv, "post-merge"sv};
  if (!is_one_of(name, kHooks)) return false;
  const auto take = [&](std::string_view part) {
    const bool there = text.starts_with(part);
    if (there) text.remove_prefix(part.size());
    return there;
  };
  if (!take("#!/bin/sh\ncommand -v git-lfs >/dev/null 2>&1 || { ")) return false;
  if (!take("printf >&2 \"\\n%s\\n\\n\" \"") && !take("echo >&2 \"\\n") && !take("echo >&2 \""))
    return false;
  // The message, which differs between versions: words, and nothing that a shell looks at.
  const std::size_t end = text.find('"');
  if (end == std::string_view::npos) return false;
  std::string_view message = text.substr(0, end);
  if (message.ends_with("\\n")) message.remove_suffix(2);
  if (message.find_first_of("$`\\\n") != std::string_view::npos) return false;
  text.remove_prefix(end);
  return take("\"; exit 2; }\ngit lfs ") && take(name) &&
         (text == " \"$@\"\n" || text == " \"$@\"");
}

}  // namespace gh::hub
