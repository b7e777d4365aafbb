// Where the keys are, of a policy that may be wrong elsewhere.

#include <fmt/format.h>

#include <algorithm>

#include "policy_cases.h"
#include "temporary_folder.h"

namespace gh::policy {
namespace {

constexpr std::string_view kState = "state: { directory: state }\n";

struct StateCase {
  std::string_view name;
  std::vector<Edit> edits;         // of the base policy
  std::string_view included = {};  // another file, when there is one
};

// The state directory below the policy's folder; "" when nothing may be done.
std::string found(const StateCase& c) {
  const TemporaryFolder folder;
  std::string text = edited(kBase, c.edits);
  if (!c.included.empty()) {
    folder.write("more.yaml", c.included);
    text += "include: [more.yaml]\n";
  }
  const std::string path = folder.write("p.yaml", text);
  EXPECT_EQ(load(path).snapshot, nullptr) << c.name << ": nothing is wrong";
  const auto files = load_state_files(path);
  if (!files) return "";
  EXPECT_EQ(files->pepper_file, files->directory + "/secrets/pepper") << c.name;
  EXPECT_TRUE(files->directory.starts_with(folder.path() + "/")) << c.name << files->directory;
  return files->directory.substr(std::min(files->directory.size(), folder.path().size() + 1));
}

TEST(LoadState, IsFoundWhateverElseIsWrong) {
  std::string many("tenants:\n");
  for (int i = 0; i < 600; ++i) many += fmt::format("  - name: a/{}\n", i);
  const std::vector<StateCase> cases = {
      {"a value", {{"drain: 30s", "drain: often"}}},
      {"a name below", {{"max_model_len", "max_model_length"}}},
      {"a section that is missing", {{"upstreams:\n", "limits:\n"}}},
      {"a section of another kind", {{"log: { requests: stdout, level: info }", "log: [a]"}}},
      {"what is not supported yet", {{"drain: 30s", "audit: { a: 1 }"}}},
      {"more than is told", {}, many},
      {"an included value", {}, "workers: none\n"},
      {"a name in an included list",
       {},
       "tenants:\n  - name: gamma\n    models: [small]\n    limitz: { concurrent: 2 }\n"},
      {"an included section, whose keys lie before those of the state",
       {{kState, ""}},
       "log: { lvl: 1 }\nstate: { directory: state }\ntenants:\n  - nam: x\n"},
  };
  for (const StateCase& c : cases) EXPECT_EQ(found(c), "state") << c.name;
}

TEST(LoadState, IsNeverGuessed) {
  const std::vector<StateCase> cases = {
      {"its directory misspelt", {{"directory: state", "direcotry: state"}}},
      {"its own name", {{"state:", "stat:"}}},
      {"any name at the top", {{"drain: 30s", "zzz: 30s"}}},
      {"no mapping", {{"{ directory: state }", "here"}}},
      {"a list in its place", {{"{ directory: state }", "[state]"}}},
      {"no value", {{"{ directory: state }", "~"}}},
      {"an empty directory", {{"directory: state", "directory: \"\""}}},
      {"what it does not have yet", {{"directory: state", "url: postgres://x/y"}}},
      {"twice", {{kState, "state: { directory: state }\nstate: { directory: other }\n"}}},
      {"another version", {{"version: 1", "version: 2"}}},
      {"a secret of two sources",
       {{"drain: 30s", "secrets: { pepper: { file: a, credential: b } }"}}},
      {"no YAML", {{"drain: 30s", "drain: [30s"}}},
      {"an include that is not there", {{"drain: 30s", "include: [none.yaml]"}}},
      {"an include that is no list", {{"drain: 30s", "include: none.yaml"}}},
      {"an included misspelt directory",
       {{kState, ""}},
       "log: { level: info }\nstate: { dirctory: /srv/state }\n"},
      {"an included misspelt directory, merged",
       {{"{ directory: state }", "{}"}, {"log: { requests: stdout, level: info }\n", ""}},
       "log: { level: info }\nstate: { dirctory: /srv/state }\n"},
      {"an included second directory", {}, "state: { directory: other }\n"},
      {"an included name", {{kState, ""}}, "stat: { directory: other }\n"},
      {"an included secret", {}, "log: { level: info }\nsecrets: { peper: { file: a } }\n"},
      {"an included file that is no policy", {{kState, ""}}, "- state\n"},
  };
  for (const StateCase& c : cases) EXPECT_EQ(found(c), "") << c.name;
}

}  // namespace
}  // namespace gh::policy
