#include "hub/git.h"

#include <gtest/gtest.h>

#include "examined.h"

namespace gh::hub {
namespace {

std::string read(std::string_view text) {
  std::string all;
  for (const GitSetting& setting : git_settings(text))
    all += setting.section + "|" + setting.part + "|" + setting.key + "=" + setting.value + "\n";
  return all;
}

TEST(Git, ReadsSettingsAsGitDoes) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", ""},
      {"[core]\n\tbare = false\n", "core||bare=false\n"},
      {"[CORE] Bare", "core||bare=\n"},
      {"[core]\r\n\tbare = false\r\n", "core||bare=false\n"},
      {"\xef\xbb\xbf[a]b=c", "a||b=c\n"},
      {"[filter \"A b\\\"c\"]\nclean=x", "filter|A b\"c|clean=x\n"},
      {"[filter.LFS]\nclean=x", "filter|lfs|clean=x\n"},
      {"[a]\nb = x y  # words\n", "a||b=x y\n"},
      {"[a]\nb = x ; words\n c = d", "a||b=x\na||c=d\n"},
      {"[a]\nb = \"x # y\" z\n", "a||b=x # y z\n"},
      {"[a]\nb = x\\\n  y\n", "a||b=x  y\n"},
      {"[a]\nb = \"x\\ty\\n\\\\\"\n", "a||b=x\ty\n\\\n"},
      {"# [a]\n; [b]\n[c]d=e", "c||d=e\n"},
      {"[a]b=c\n[d]\ne=f", "a||b=c\nd||e=f\n"},
      // What git refuses ends it.
      {"b = c\n", ""},
      {"[a]\n1 = c\n", ""},
      {"[a\nb = c\n", ""},
      {"[a \"b]\nb = c\n", ""},
      {"[a]\nb = \"c\n", ""},
      {"[a]\nb = \\x\n", ""},
      {"[a]\nb c\n", ""},
      {"[a]\nb = c\n!\nd = e\n", "a||b=c\n"},
  };
  for (const auto& [text, settings] : cases) EXPECT_EQ(read(text), settings) << text;
}

bool runs(std::string_view text) {
  const auto settings = git_settings(text);
  EXPECT_EQ(settings.size(), 1) << text;
  return !settings.empty() && runs_something(settings[0]);
}

TEST(Git, SettingsThatRunSomething) {
  for (const std::string_view text : {"[core]fsmonitor = x",
                                      "[core]sshCommand = ssh",
                                      "[core]hooksPath = x",
                                      "[core]pager = x",
                                      "[sequence]editor = x",
                                      "[pager]log = x",
                                      "[alias]a = !x",
                                      "[alias \"a\"]command = !x",
                                      "[filter \"x\"]clean = x",
                                      "[filter \"x\"]process = git-lfs x | y",
                                      "[filter \"x\"]smudge = git-lfsx",
                                      "[credential]helper = !x",
                                      "[credential]helper = /x",
                                      "[credential \"https://x\"]helper = \"x;y\"",
                                      "[diff]external = x",
                                      "[diff \"x\"]command = x",
                                      "[gpg]program = x",
                                      "[gpg \"ssh\"]defaultKeyCommand = x",
                                      "[include]path = x",
                                      "[includeIf \"onbranch:x\"]path = x",
                                      "[hook \"x\"]command = x",
                                      "[remote \"x\"]url = ext::x",
                                      "[remote \"x\"]vcs = x",
                                      "[submodule \"x\"]update = !x",
                                      "[submodule \"x\"]url = -x",
                                      "[url \"ext::x\"]insteadOf = y",
                                      "[protocol]allow = always",
                                      "[lfs \"customtransfer.x\"]path = x",
                                      "[lfs \"extension.x\"]clean = x"})
    EXPECT_TRUE(runs(text)) << text;
}

TEST(Git, SettingsThatRunNothing) {
  for (const std::string_view text : {"[core]fsmonitor = true",
                                      "[core]fsmonitor",
                                      "[core]bare = false",
                                      "[core]worktree = ../x",
                                      "[core]pager =",
                                      "[pager]log = false",
                                      "[alias]a = status -s",
                                      "[filter \"lfs\"]clean = git-lfs clean -- %f",
                                      "[filter \"lfs\"]required = true",
                                      "[filter \"lfs\"]process =",
                                      "[credential]helper = store",
                                      "[credential]helper =",
                                      "[credential]helper = cache --timeout=3600",
                                      "[credential]username = !x",
                                      "[diff]tool = x",
                                      "[remote \"x\"]url = https://x/y",
                                      "[remote \"x\"]url = ../x",
                                      "[submodule \"x\"]update = rebase",
                                      "[submodule]recurse = true",
                                      "[url \"https://x\"]insteadOf = y",
                                      "[protocol]version = 2",
                                      "[protocol \"file\"]allow = user",
                                      "[lfs \"customtransfer.x\"]path = huggingface-cli",
                                      "[lfs \"customtransfer.x\"]args = x",
                                      "[lfs]url = https://x"})
    EXPECT_FALSE(runs(text)) << text;
}

TEST(Git, TextsByTheirNames) {
  const Case cases[] = {
      {".git/config", "[core]\npager = x\n", "COD-108"},
      {"config.worktree", "[core]\npager = x\n", "COD-108"},
      {".gitmodules", "[submodule \"a\"]\nupdate = !x\n", "COD-108"},
      {".lfsconfig", "[lfs \"extension.x\"]\nclean = x\n", "COD-108"},
      {"config.txt", "[core]\npager = x\n", ""},
      {"config", "pager = x\n", ""},
      {"a/.git", "gitdir: ../.git/modules/a\n", ""},
      {"a/.git", "gitdir: /x/.git/worktrees/a\n", ""},
      {"a/.git", "gitdir: ../evil\n", "COD-108"},
      {"a/.git", "gitdir: ../x.git/evil\n", "COD-108"},
      {"commondir", "../..\n", ""},
      {"commondir", "../../evil\n", "COD-108"},
      {"commondirs", "../../evil\n", ""},
  };
  for (const Case& test : cases) EXPECT_EQ(found(test.path, test.bytes), test.ids) << test.bytes;
}

TEST(Git, SamplesOfHooks) {
  EXPECT_TRUE(is_sample_hook("pre-commit.sample"));
  EXPECT_TRUE(is_sample_hook("update.sample"));
  for (const std::string_view name : {"pre-commit", ".sample", "x.sample", "pre-commit.sample.sh"})
    EXPECT_FALSE(is_sample_hook(name)) << name;
}

TEST(Git, HooksOfLfs) {
  const std::string begin = "#!/bin/sh\ncommand -v git-lfs >/dev/null 2>&1 || { ";
  const std::string end = "; exit 2; }\ngit lfs post-merge \"$@\"\n";
  for (const std::string_view say :
       {"printf >&2 \"\\n%s\\n\\n\" \"It isn't there (see '.git/hooks').\"",
        "echo >&2 \"\\nIt is not there.\\n\"", "echo >&2 \"It is not there.\""}) {
    const std::string hook = begin + std::string(say) + end;
    EXPECT_TRUE(is_lfs_hook("post-merge", hook)) << say;
    EXPECT_FALSE(is_lfs_hook("post-commit", hook)) << say;
    EXPECT_FALSE(is_lfs_hook("update", hook)) << say;
    EXPECT_FALSE(is_lfs_hook("post-merge", hook + "x\n")) << say;
    EXPECT_FALSE(is_lfs_hook("post-merge", "x\n" + hook)) << say;
  }
  for (const std::string_view say :
       {"x", "echo >&2 \"$(x)\"", "echo >&2 \"`x`\"", "echo >&2 \"a\"; x \"b\"",
        "echo >&2 \"a\\$b\"", "echo >&2 \"a\nb\""})
    EXPECT_FALSE(is_lfs_hook("post-merge", begin + std::string(say) + end)) << say;
}

}  // namespace
}  // namespace gh::hub
