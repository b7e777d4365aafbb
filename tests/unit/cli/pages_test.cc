// Completion scripts and man pages of a made-up program: what the shells and roff must not take
// for their own. tests/e2e/test_completion.py and test_man.py are about the real one.

#include "cli/pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace gh::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

OptionOutline flag(std::vector<std::string> names, std::string description) {
  OptionOutline option;
  option.names = std::move(names);
  option.description = std::move(description);
  return option;
}

OptionOutline option(std::vector<std::string> names, std::string value,
                     std::string description = "x") {
  OptionOutline made = flag(std::move(names), std::move(description));
  made.value = std::move(value);
  return made;
}

Outline command(std::string name, std::string description) {
  Outline made;
  made.name = std::move(name);
  made.description = std::move(description);
  return made;
}

// program → group → leaf
Outline program(const Outline& leaf) {
  Outline group = command("group", "Some");
  group.below.push_back(leaf);
  Outline made = command("gatehouse", "Gatehouse does things: it\ndoes them well.");
  made.options.push_back(flag({"--version"}, "Which"));
  made.below = {command("alone", "One"), group};
  return made;
}

TEST(Outline, NamesEveryCommand) {
  const Outline all = program(command("leaf", "Leaf"));
  std::vector<std::string> words;
  for (const auto& [name, outline] : commands_of(all)) words.push_back(name);
  EXPECT_THAT(words, testing::ElementsAre("alone", "group", "group leaf"));
}

TEST(Outline, EverythingThatThereIsSaysWhatItIsFor) {
  const Outline all = outline();
  std::vector<CommandOutline> commands = commands_of(all);
  commands.emplace_back("", &all);
  for (const auto& [words, command] : commands) {
    EXPECT_NE(command->description, "") << words;
    for (const auto* list : {&command->options, &command->positionals}) {
      for (const OptionOutline& option : *list)
        EXPECT_NE(option.description, "") << words << " " << testing::PrintToString(option.names);
    }
  }
}

TEST(Man, NothingOfATextIsARequestOrAnEscape) {
  struct Row {
    const char* text;
    const char* page;
  };
  for (const Row& row : {
           Row{".x", "\n\\&.x.\n"},
           Row{"a\n.x", "a\n\\&.x.\n"},
           Row{"a.x", "\na.x.\n"},
           Row{"a\\fBb", "a\\efBb"},
           Row{"--x 'y' `z`", "\\-\\-x \\(aqy\\(aq \\(gaz\\(ga"},
           Row{"\"~^\"", "\\(dq\\(ti\\(ha\\(dq"},
           Row{"'x", "\n\\(aqx.\n"},
           Row{"é … 😀", "\\[u00E9] \\[u2026] \\[u1F600]"},
           Row{"ends.", "\nends.\n"},
       }) {
    const std::string page = man_page("leaf", command("leaf", row.text));
    EXPECT_THAT(page, HasSubstr(row.page));
    EXPECT_THAT(page, testing::MatchesRegex("[ -~\n]*"));
  }
}

TEST(Man, LinesOfExamplesStayAsTheyAre) {
  Outline leaf = command("leaf", "Leaf");
  leaf.footer = "Text\nmore\n\nText:\n  one \\\n  two\nText again\n";
  EXPECT_THAT(man_page("leaf", leaf),
              HasSubstr(".SH NOTES\nText\nmore\n.PP\nText:\n.nf\n  one \\e\n  two\n.fi\n.PP\n"
                        "Text again\n"));
}

TEST(Man, SaysWhatAnOptionTakes) {
  Outline leaf = command("leaf", "Leaf");
  leaf.options = {option({"-f", "--format"}, "{a,b}", "Form"), option({"--to"}, "FILE", "To")};
  leaf.options[0].words = {"a", "b"};
  leaf.options[0].fallback = "b";
  leaf.options[1].required = true;
  leaf.options[1].variable = "TO";
  const std::string page = man_page("leaf", leaf);
  EXPECT_THAT(page, HasSubstr(".TP\n\\fB\\-f\\fR, \\fB\\-\\-format\\fR \\fIWORD\\fR\nForm.\n"
                              "One of \\fBa\\fR, \\fBb\\fR.\nDefault: \\fBb\\fR.\n"));
  EXPECT_THAT(page, HasSubstr("\\fIFILE\\fR\nTo.\nRequired.\nEnvironment: \\fBTO\\fR.\n"));
}

TEST(Man, TheProgramHasTheOptionsOfAllCommands) {
  Outline leaf = command("leaf", "Leaf");
  leaf.options = {flag({"--deep"}, "Deep")};
  const std::string page = man_page("", program(leaf));
  EXPECT_THAT(page, HasSubstr("gatehouse \\- does things\n"));
  EXPECT_THAT(page, HasSubstr("gatehouse group leaf"));
  EXPECT_THAT(page, HasSubstr("\\-\\-deep"));
  EXPECT_THAT(page, HasSubstr("\\-\\-version"));
}

TEST(Completion, ADescriptionEndsNoQuotes) {
  Outline leaf = command("leaf", "it's \\ one");
  leaf.options = {flag({"--x"}, "it's [one] \\")};
  const std::string zsh = zsh_completion(program(leaf));
  EXPECT_THAT(zsh, HasSubstr(R"('leaf:it'\''s \\ one')"));
  EXPECT_THAT(zsh, HasSubstr(R"('(--x)--x[it'\''s \[one\] \\]')"));
  const std::string fish = fish_completion(program(leaf));
  EXPECT_THAT(fish, HasSubstr(R"(-a leaf -d 'it\'s \\ one')"));
  EXPECT_THAT(fish, HasSubstr(R"(-l x -d 'it\'s [one] \\')"));
  EXPECT_THAT(bash_completion(program(leaf)), Not(HasSubstr("it's")));  // shows none
}

TEST(Completion, ValuesByWhatTheyAre) {
  Outline leaf = command("leaf", "Leaf");
  leaf.options = {option({"-o", "--out"}, "DIR"), option({"--form"}, "{a,b}"),
                  option({"--name"}, "TEXT")};
  leaf.options[1].words = {"a", "b"};
  leaf.positionals = {option({}, "PATH")};
  const Outline all = program(leaf);
  const std::string bash = bash_completion(all);
  EXPECT_THAT(bash, HasSubstr("-o | --out) files=yes ;;"));
  EXPECT_THAT(bash, HasSubstr("--form) words='a b' ;;"));
  EXPECT_THAT(bash, HasSubstr("--name) ;;"));
  EXPECT_THAT(bash, HasSubstr("then words='-o --out --form --name'; else files=yes; fi"));
  const std::string zsh = zsh_completion(all);
  EXPECT_THAT(zsh, HasSubstr("'(-o --out)-o+[x]:DIR:_files'"));
  EXPECT_THAT(zsh, HasSubstr("'(--form)--form=[x]:value:(a b)'"));
  EXPECT_THAT(zsh, HasSubstr("'(--name)--name=[x]:TEXT: '"));
  EXPECT_THAT(zsh, HasSubstr("':PATH:_files'"));
  const std::string fish = fish_completion(all);
  EXPECT_THAT(fish, HasSubstr("-s o -l out -r -F"));
  EXPECT_THAT(fish, HasSubstr("-l form -x -a 'a b'"));
  EXPECT_THAT(fish, HasSubstr("-l name -x -d"));
  EXPECT_THAT(fish, HasSubstr("'__gatehouse_in group leaf' -F\n"));
}

}  // namespace
}  // namespace gh::cli
