// `policy` and `init` as a person or a script runs them.

#include "cli/policy.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "cli/exit_code.h"
#include "cli/keys.h"
#include "json/json.h"
#include "policy/settings.h"
#include "policy/settings_text.h"

namespace gh::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct Output {
  int exit_code = 0;
  std::string out;
  std::string err;
};

template <class Command>
Output run_it(const Command& command) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Output output;
  output.exit_code = run(command);
  output.out = testing::internal::GetCapturedStdout();
  output.err = testing::internal::GetCapturedStderr();
  return output;
}

mode_t mode_of(const std::string& path) {
  struct stat facts{};
  EXPECT_EQ(::lstat(path.c_str(), &facts), 0) << path;
  return facts.st_mode & 07777;
}

// A folder that `init` has filled.
class PolicyCommands : public testing::Test {
 protected:
  PolicyCommands() {
    char name[] = "/tmp/gatehouse_policy_XXXXXX";
    root_ = ::mkdtemp(name);
    gate_ = root_ + "/gate";
    config_ = gate_ + "/gatehouse.yaml";
    init_ = run_it(Init{gate_ + "/"});
  }
  ~PolicyCommands() override {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }

  std::string write(const std::string& name, const std::string& content) {
    const std::string path = root_ + "/" + name;
    std::ofstream(path) << content;
    return path;
  }

  std::string root_;
  std::string gate_;
  std::string config_;
  Output init_;
};

TEST_F(PolicyCommands, InitWritesAPolicyThatHolds) {
  ASSERT_EQ(init_.exit_code, kFine) << init_.err;
  EXPECT_THAT(init_.out, AllOf(HasSubstr("gatehouse keys create -c " + config_),
                               HasSubstr("gatehouse serve -c " + config_)));
  const Output check = run_it(PolicyCheck{config_});
  EXPECT_EQ(check.exit_code, kFine);
  EXPECT_EQ(check.out, config_ + ": valid\n");
  for (const char* file : {"gatehouse.yaml", "tls/server.crt", "tls/server.key", "secrets/pepper",
                           "secrets/salt", "state/gatehouse.db"}) {
    EXPECT_EQ(mode_of(gate_ + "/" + file), 0600u) << file;
  }
  for (const char* folder : {"", "/tls", "/secrets", "/state"}) {
    EXPECT_EQ(mode_of(gate_ + folder), 0700u) << folder;
  }
}

TEST_F(PolicyCommands, InitTouchesNothingThatIsThere) {
  for (const char* name : {"gatehouse.yaml", "tls", "secrets", "state"}) {
    const std::string folder = root_ + "/used";
    std::filesystem::create_directory(folder);
    std::ofstream(folder + "/" + name) << "mine";
    const Output again = run_it(Init{folder});
    EXPECT_EQ(again.exit_code, kFindings) << name;
    EXPECT_THAT(again.err, HasSubstr(std::string("holds a `") + name + "` already"));
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1) << name;
    std::filesystem::remove_all(folder);
  }
  EXPECT_EQ(run_it(Init{gate_}).exit_code, kFindings);
  EXPECT_EQ(run_it(Init{root_ + "/no/such/folder"}).exit_code, kUndecided);
}

TEST_F(PolicyCommands, CheckTellsEveryProblem) {
  const std::string path = write("bad.yaml", "version: 2\ntenant: x\n");
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
  const Output text = run_it(PolicyCheck{path});
  EXPECT_EQ(text.exit_code, kFindings);
  EXPECT_THAT(text.out, HasSubstr(path + ":1:10: `version`: `2` is above"));
  EXPECT_THAT(text.out,
              HasSubstr(path + ":2:1: unknown setting `tenant`; did you mean `tenants`?\n"));
  EXPECT_THAT(text.out, HasSubstr(path + ": 6 problems\n"));

  const Output output = run_it(PolicyCheck{path, true});
  EXPECT_EQ(output.exit_code, kFindings);
  json::Parser parser;
  const auto document = parser.parse(output.out);
  ASSERT_TRUE(document) << output.out;
  const json::Value root = document->root();
  EXPECT_FALSE(root["ok"].boolean());
  EXPECT_EQ(root["problems"].size(), 6u);
  EXPECT_EQ(root["notes"].size(), 0u);
  const json::Value last = *++ ++ ++ ++ ++root["problems"].elements().begin();
  EXPECT_EQ(last["file"].string(), path);
  EXPECT_EQ(last["line"].int64(), 2);
  EXPECT_EQ(last["column"].int64(), 1);
}

TEST_F(PolicyCommands, CheckCannotDecideWithoutAFile) {
  EXPECT_EQ(run_it(PolicyCheck{root_ + "/nothing.yaml"}).exit_code, kUndecided);
  EXPECT_EQ(run_it(PolicyCheck{root_}).exit_code, kUndecided);
}

TEST_F(PolicyCommands, ShowTellsWhereValuesComeFrom) {
  const Output text = run_it(PolicyShow{config_, "demo", "", false});
  EXPECT_EQ(text.exit_code, kFine) << text.err;
  EXPECT_THAT(text.out, testing::ContainsRegex("tenants.demo.request.max_tokens +1024 +" + config_ +
                                               ":[0-9]+:[0-9]+\n"));
  EXPECT_THAT(text.out, testing::ContainsRegex("tenants.demo.request.n +1 +default\n"));
  EXPECT_TRUE(text.out.ends_with("\ntool guard: none\n"));
  const Output none = run_it(PolicyShow{config_, "demos", "", false});
  EXPECT_EQ(none.exit_code, kFindings);
  EXPECT_THAT(none.err, HasSubstr("there is no tenant `demos`; did you mean `demo`?"));
  EXPECT_EQ(run_it(PolicyShow{root_ + "/nothing.yaml", "", "", false}).exit_code, kUndecided);
}

TEST_F(PolicyCommands, ShowNarrowsByKey) {
  KeysCreate create;
  create.config = config_;
  create.tenant = "demo";
  create.name = "laptop";
  create.endpoints = {"chat"};
  create.limits = {"requests=5/min", "max_tokens=64"};
  ASSERT_EQ(run_it(create).exit_code, kFine);
  const Output text = run_it(PolicyShow{config_, "", "demo/laptop", false});
  EXPECT_EQ(text.exit_code, kFine) << text.err;
  EXPECT_THAT(text.out, testing::ContainsRegex("request.max_tokens +64 +key key_"));
  EXPECT_THAT(text.out, testing::ContainsRegex("endpoints +\\[chat\\] +key key_"));
  EXPECT_THAT(text.out, testing::ContainsRegex("request.n +1 +default"));
  EXPECT_THAT(text.out, testing::ContainsRegex("limits.requests +\\{ rate: 5/min, burst: "));
  EXPECT_EQ(run_it(PolicyShow{config_, "", "demo/none", false}).exit_code, kFindings);

  const std::string asked = write(
      "r.json", R"({"key": "demo/laptop", "endpoint": "completions", "body": {"model": "x"}})");
  const Output refused = run_it(PolicyExplain{config_, asked, false});
  EXPECT_EQ(refused.exit_code, kFindings);
  EXPECT_THAT(refused.out, testing::ContainsRegex("refused by keys.key_[0-9A-Za-z]+.endpoints: "));
}

TEST_F(PolicyCommands, AKeyThatIsNotThereIsNotAStateThatCannotBeRead) {
  const std::string asked =
      write("r.json", R"({"key": "demo/x", "endpoint": "chat", "body": {"model": "x"}})");
  const PolicyShow show{config_, "", "demo/x", false};
  const PolicyExplain explain{config_, asked, false};
  for (const Output& none : {run_it(show), run_it(explain)}) {
    EXPECT_EQ(none.exit_code, kFindings);
    EXPECT_THAT(none.err, HasSubstr("there is no key `demo/x`"));
  }
  const Output whole = run_it(PolicyShow{config_, "", "gh_live_abc_def", false});
  EXPECT_EQ(whole.exit_code, kFindings);
  EXPECT_THAT(whole.err, Not(HasSubstr("abc_def")));
  std::filesystem::remove(gate_ + "/secrets/pepper");
  for (const Output& closed : {run_it(show), run_it(explain)}) {
    EXPECT_EQ(closed.exit_code, kUndecided);
    EXPECT_THAT(closed.err, HasSubstr("pepper"));
  }
}

TEST_F(PolicyCommands, ShowMakesNoState) {
  std::filesystem::remove_all(gate_ + "/state");
  const Output output = run_it(PolicyShow{config_, "", "demo/laptop", false});
  EXPECT_EQ(output.exit_code, kFindings);
  EXPECT_FALSE(std::filesystem::exists(gate_ + "/state"));
}

TEST_F(PolicyCommands, ExplainAnswersOrSaysWhatItNeeds) {
  struct Row {
    const char* request;
    int exit_code;
    const char* says;
  };
  for (const Row& row :
       {Row{R"({"tenant":"demo","endpoint":"chat","body":{"model":"my-model"}})", kFine, "open: "},
        Row{R"({"tenant":"demo","endpoint":"chat","body":{"model":"gpt"}})", kFindings,
            "refused by tenants.demo.models: "},
        // What the gateway refuses from everybody whom it knows.
        Row{R"({"tenant":"demo","endpoint":"chat","body":{}})", kFindings,
            "refused by request.fields: `model` "},
        Row{R"({"tenant":"demo","endpoint":"chat","body":{"model":7}})", kFindings,
            "refused by request.fields: `model` "},
        Row{R"({"tenant":"demo","endpoint":"chat","body":[]})", kFindings,
            "refused by request.fields: The body must be a JSON object. (400 invalid_value)"},
        Row{R"({"tenant":"nobody","endpoint":"chat","body":{}})", kFindings, "nobody"},
        Row{R"({"tenant":"demo","endpoint":"chat"})", kUndecided, "`body` is needed"},
        Row{R"({"tenant":"demo","body":{"model":"m"}})", kUndecided, "`endpoint` is needed"},
        Row{R"({"tenant":"demo","key":"k","endpoint":"chat","body":{"model":"m"}})", kUndecided,
            "either a `tenant` or a `key`"},
        Row{R"({"tenant":7,"endpoint":"chat","body":{"model":"m"}})", kUndecided,
            "`tenant` must be a text"},
        Row{R"({"tenent":"demo","endpoint":"chat","body":{"model":"m"}})", kUndecided,
            "unknown `tenent`"},
        Row{"[]", kUndecided, "`body` is needed"}, Row{"{", kUndecided, "r.json"}}) {
    const Output output = run_it(PolicyExplain{config_, write("r.json", row.request), false});
    EXPECT_EQ(output.exit_code, row.exit_code) << row.request << output.err;
    EXPECT_THAT(output.out + output.err, HasSubstr(row.says)) << row.request;
  }
}

TEST_F(PolicyCommands, ExplainLooksAtTheBodyAsTheGatewayDoes) {
  const auto explain = [&](const std::string& more) {
    const std::string asked = write(
        "r.json", R"({"tenant":"demo","endpoint":"chat","body":{"model":"my-model")" + more + "}}");
    return run_it(PolicyExplain{config_, asked, false});
  };
  const std::string place = " \\(" + config_ + ":[0-9]+:[0-9]+\\)\n";
  struct Row {
    std::string more;  // of the body
    std::string says;
  };
  for (const Row& row : {
           Row{R"(,"max_tokens":2000)",
               "refused by tenants.demo.request.max_tokens: `max_tokens` is above the limit of "
               "1024 \\(400 request_exceeds_limit\\)\n  which is 1024" +
                   place},
           Row{R"(,"n":9)",
               "refused by tenants.demo.request.n: `n` is [^\n]*\n  which is 1 \\(default\\)\n"},
           Row{R"(,"logprobs":true)",
               "refused by tenants.demo.request.logprobs: [^\n]*\n  which is deny "},
           Row{R"(,"bogus":1)", "refused by request.fields: `bogus` is not a [^\n]*\n\nGrants"},
           Row{R"(,"temperature":"hot")", "refused by request.fields: `temperature` must be"},
           Row{R"(,"max_tokens":9)", "accepted: .* about [0-9]+ prompt tokens and at most 9 to be"},
           Row{R"(,"tools":[{"type":"function","function":{"name":"f"}}])", "accepted: "},
       }) {
    const Output output = explain(R"(,"messages":[{"role":"user","content":"hi"}])" + row.more);
    EXPECT_THAT(output.out, testing::ContainsRegex("^" + row.says)) << row.more << output.err;
    EXPECT_EQ(output.exit_code, output.out.starts_with("refused") ? kFindings : kFine);
  }
  EXPECT_THAT(explain(R"(,"stream":true)").out,
              testing::StartsWith("refused by request.fields: `messages` is required"));
}

TEST_F(PolicyCommands, ExplainNamesTheCapThatTheKeyNarrows) {
  KeysCreate create;
  create.config = config_;
  create.tenant = "demo";
  create.name = "laptop";
  create.limits = {"max_tokens=64"};
  ASSERT_EQ(run_it(create).exit_code, kFine);
  const auto explain = [&](int max_tokens, int n) {
    const std::string asked = write(
        "r.json",
        fmt::format(R"({{"key":"demo/laptop","endpoint":"completions","body":{{"model":"my-model",)"
                    R"("prompt":"hi","max_tokens":{},"n":{}}}}})",
                    max_tokens, n));
    return run_it(PolicyExplain{config_, asked, true}).out;
  };
  EXPECT_THAT(explain(65, 1),
              testing::ContainsRegex(R"(^\{"decision":"refused","rule":"keys\.key_[0-9A-Za-z]+\.)"
                                     R"(request\.max_tokens","value":"64","origin":"key key_)"));
  EXPECT_THAT(explain(64, 7), HasSubstr(R"("rule":"tenants.demo.request.n","value":"1",)"));
  EXPECT_THAT(explain(64, 1),
              AllOf(HasSubstr(R"("decision":"accepted")"), HasSubstr(R"("completion_bound":64,)")));
}

TEST_F(PolicyCommands, ExplainRefusesWhatIsThereTwice) {
  const auto explain = [&](std::string_view body) {
    const std::string asked =
        write("r.json", fmt::format(R"({{"tenant":"demo","endpoint":"chat","body":{}}})", body));
    return run_it(PolicyExplain{config_, asked, true});
  };
  const auto refused = explain(R"({"model":"my-model","n":1,"\u006e":1})");
  EXPECT_EQ(refused.exit_code, kFindings);
  EXPECT_THAT(refused.out,
              testing::StartsWith(R"({"decision":"refused","rule":"request.json","param":"n",)"
                                  R"("code":"duplicate_key","status":400,)"));
  EXPECT_EQ(explain(R"({"model":"my-model"},"tenant":"demo")").exit_code, kUndecided)
      << "the question itself is in doubt";
}

TEST_F(PolicyCommands, ExplainNamesTheContextAndTheSizeOfTheBody) {
  // Beside a model with a larger context, so that the tenant's caps have a use.
  std::string text = (std::stringstream() << std::ifstream(config_).rdbuf()).str();
  for (const auto& [find, put] : {
           std::pair{"    max_model_len: 4096 ", "    max_model_len: 600 "},
           std::pair{
               "[chat, completions]\n",
               "[chat, completions]\n"
               "  - { name: big, upstream: local, max_model_len: 8192, endpoints: [chat] }\n"},
           std::pair{"models: [my-model]", "models: [my-model, big]"},
       }) {
    ASSERT_NE(text.find(find), std::string::npos) << find;
    text.replace(text.find(find), std::strlen(find), put);
  }
  write("gate/gatehouse.yaml", text);
  const auto explain = [&](const std::string& prompt, int max_tokens) {
    const std::string asked =
        write("r.json", R"({"tenant":"demo","endpoint":"completions","body":{"model":"my-model",)"
                        R"("prompt":")" +
                            prompt + R"(","max_tokens":)" + std::to_string(max_tokens) + "}}");
    const Output output = run_it(PolicyExplain{config_, asked, false});
    return output.out + output.err;
  };
  EXPECT_THAT(explain("hi", 601),
              testing::ContainsRegex("^refused by models.my-model.max_model_len: [^\n]*\n"
                                     "  which is 600 \\(" +
                                     config_ + ":"));
  EXPECT_THAT(explain(std::string((1 << 20) + 1, 'a'), 1),
              testing::ContainsRegex("^refused by tenants.demo.request.max_body: [^\n]*\n"
                                     "  which is 1MiB "));
  EXPECT_THAT(explain(std::string(100'000, 'a'), 1),
              testing::StartsWith("refused by tenants.demo.request.max_prompt_tokens: "));
}

TEST_F(PolicyCommands, ReferenceIsThePage) {
  std::ifstream file(GH_SOURCE_DIR "/docs/policy-reference.md");
  const std::string page((std::istreambuf_iterator<char>(file)), {});
  EXPECT_TRUE(run_it(PolicyReference{}).out == page);
}

TEST_F(PolicyCommands, ReferenceOfOneSetting) {
  for (const char* same : {"tenants[].request.n", "tenants.request.n", "defaults.request.n"}) {
    EXPECT_EQ(run_it(PolicyReference{same}).out,
              "n: count, 1 – 128, default 1\n    Choices per prompt.\n");
  }
  const Output section = run_it(PolicyReference{"tenants"});
  EXPECT_EQ(section.exit_code, kFine);
  EXPECT_THAT(section.out, testing::StartsWith("tenants: list of sections, required\n"));
  EXPECT_THAT(section.out, HasSubstr("\n      rate: rate, required\n"));
  EXPECT_THAT(section.out, HasSubstr("tokens: not supported yet: token rates\n"));
  EXPECT_THAT(section.out, Not(HasSubstr("listen")));
  for (const char* none : {"tenant", "tenants.", "tenants.name.x", "[]", ".", "tenants..request"}) {
    const Output output = run_it(PolicyReference{none});
    EXPECT_EQ(output.exit_code, kUsage) << none;
    EXPECT_EQ(output.out, "") << none;
  }
}

// What `--help` of `policy` and `serve` ends with.
TEST(SettingsOverview, NamesEverySettingThatMeansSomething) {
  const std::string overview = policy::settings_overview();
  for (const policy::Setting& setting : policy::settings()) {
    const std::string line = fmt::format("\n  {} ", setting.name);
    EXPECT_EQ(("\n" + overview).find(line) != std::string::npos, setting.later.empty())
        << setting.name;
    EXPECT_TRUE(overview.find(setting.help) != std::string::npos) << setting.name;
  }
}

}  // namespace
}  // namespace gh::cli
