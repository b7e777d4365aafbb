#include "cli/verbs.h"

#include <gtest/gtest.h>

namespace gh::cli {
namespace {

const std::vector<Verb> kVerbs = {{"serve", {}},
                                  {"policy", {"check", "show", "explain"}},
                                  {"keys", {"create", "list", "show", "revoke"}},
                                  {"scan", {}}};

TEST(VerbFault, NamesTheWordAndWhatIsNear) {
  struct Row {
    std::vector<std::string_view> words;
    const char* fault;
  };
  for (const Row& row : {
           Row{{"serv"}, "there is no command `serv`; did you mean `serve`?"},
           Row{{"polcy", "check"}, "there is no command `polcy`; did you mean `policy`?"},
           Row{{"chek"}, "there is no command `chek`; did you mean `policy check`?"},
           Row{{"chek", "--help"}, "there is no command `chek`; did you mean `policy check`?"},
           Row{{"show"}, "there is no command `show`; did you mean `policy show` or `keys show`?"},
           Row{{"frobnicate"},
               "there is no command `frobnicate`; there is serve, policy, keys, scan"},
           Row{{""}, "there is no command ``; there is serve, policy, keys, scan"},
           Row{{"\x1b[31m"}, "there is no command `\\x1b[31m`; there is serve, policy, keys, scan"},
           Row{{"help"}, "there is no command `help`; write `--help`"},
           Row{{"version", "-q"}, "there is no command `version`; write `--version`"},
           Row{{"Serve"}, "there is no command `Serve`; did you mean `serve`?"},
           Row{{"policy", "chek"},
               "there is no command `policy chek`; did you mean `policy check`?"},
           Row{{"policy", "create", "--help"},
               "there is no command `policy create`; there is check, show, explain"},
           Row{{"keys", "rotate"},
               "there is no command `keys rotate`; there is create, list, show, revoke"},
           Row{{"keys", ""}, "there is no command `keys `; there is create, list, show, revoke"},
           // What the parser of options has to judge.
           Row{{}, ""},
           Row{{"--help"}, ""},
           Row{{"--hlp", "chek"}, ""},
           Row{{"policy"}, ""},
           Row{{"policy", "-c", "chek"}, ""},
           Row{{"policy", "check", "anything"}, ""},
           Row{{"scan", "modle"}, ""},
       }) {
    EXPECT_EQ(verb_fault(kVerbs, row.words), row.fault);
  }
}

}  // namespace
}  // namespace gh::cli
