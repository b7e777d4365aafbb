// The commands as a person or a script runs them, on a real state directory.

#include "cli/keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/clock.h"
#include "cli/exit_code.h"
#include "identity/directory.h"
#include "identity/key_text.h"
#include "json/json.h"
#include "policy/load.h"
#include "store/key_store.h"

namespace gh::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kPolicy = R"(version: 1
listen:
  - address: 127.0.0.1:0
state: { directory: state }
upstreams:
  - name: llama
    url: http://127.0.0.1:8000
    vllm: 0.10.2
models:
  - name: llama-3-8b
    served_as: meta-llama/Meta-Llama-3-8B-Instruct
    upstream: llama
    max_model_len: 8192
    endpoints: [chat, completions]
tenants:
  - name: alpha
    models: [llama-3-8b]
  - name: beta
    models: [llama-3-8b]
)";

struct Output {
  int exit_code = 0;
  std::string out;
  std::string err;
};

class KeysTest : public testing::Test {
 protected:
  KeysTest() {
    char name[] = "/tmp/gatehouse_keys_XXXXXX";
    root_ = mkdtemp(name);
    config_ = root_ + "/gatehouse.yaml";
    std::ofstream(config_) << kPolicy;
  }
  ~KeysTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }

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

  KeysCreate create(const std::string& name, bool json = true) {
    KeysCreate command;
    command.config = config_;
    command.tenant = "alpha";
    command.name = name;
    command.json = json;
    return command;
  }
  KeysShow show(const std::string& handle) { return {config_, handle, true}; }
  KeysList list(const std::string& tenant = "") { return {config_, tenant, true}; }
  KeysRevoke revoke(const std::string& handle, bool json = false) {
    return {.config = config_, .handle = handle, .json = json};
  }

  json::Value parse(const std::string& text) {
    const auto document = parser_.parse(text);
    EXPECT_TRUE(document) << text;
    return document ? document->root() : json::Value();
  }

  std::string root_;
  std::string config_;
  json::Parser parser_;
  int made_ = 0;
};

TEST_F(KeysTest, CreatePrintsAKeyThatAuthenticates) {
  KeysCreate command = create("ci");
  command.user = "ann";
  const Output output = run_it(command);
  ASSERT_EQ(output.exit_code, kFine) << output.err;
  EXPECT_EQ(output.err, "");
  const json::Value created = parse(output.out);
  EXPECT_EQ(created.size(), 6u);
  EXPECT_EQ(created["tenant"].string(), "alpha");
  EXPECT_EQ(created["name"].string(), "ci");
  EXPECT_EQ(created["user"].string(), "ann");
  EXPECT_TRUE(created["expires"].is_string());

  const auto loaded = policy::load(config_);
  ASSERT_TRUE(loaded.snapshot);
  const auto store =
      store::KeyStore::open({loaded.snapshot->state_directory, loaded.snapshot->pepper_file,
                             loaded.snapshot->salt_key_file});
  ASSERT_TRUE(store);
  const auto directory = identity::Directory::build(loaded.snapshot, *store->all());
  crypto::Hmac pepper(store->secrets().pepper.reveal());
  const auto principal =
      directory->authenticate(created["key"].string(), pepper, system_clock().wall());
  ASSERT_TRUE(principal);
  EXPECT_EQ((*principal)->key_id, created["id"].string());
}

TEST_F(KeysTest, TextShowsTheKeyOnceAndHowToUseIt) {
  const Output output = run_it(create("ci", false));
  ASSERT_EQ(output.exit_code, kFine) << output.err;
  const std::string key = output.out.substr(0, output.out.find('\n'));
  EXPECT_TRUE(identity::parse_key(key));
  EXPECT_EQ(output.out.find(key, 1), std::string::npos);
  EXPECT_THAT(output.out, AllOf(HasSubstr("only time"), HasSubstr("curl -H"),
                                HasSubstr("the port that `serve` prints in the place of PORT:"),
                                HasSubstr("http://127.0.0.1:PORT/v1/models")));
}

TEST_F(KeysTest, QuietIsTheKeyAlone) {
  KeysCreate command = create("ci", false);
  command.quiet = true;
  command.expires = "never";
  const Output output = run_it(command);
  ASSERT_EQ(output.exit_code, kFine);
  ASSERT_TRUE(output.out.ends_with('\n'));
  EXPECT_TRUE(identity::parse_key(output.out.substr(0, output.out.size() - 1))) << output.out;
  EXPECT_EQ(output.err, "");
  command.name = "json";
  command.json = true;
  EXPECT_TRUE(parse(run_it(command).out)["key"].is_string());
  // What the key cannot do although it was asked for is still said, and so is what was refused.
  command.name = "idle";
  command.endpoints = {"chat", "embeddings"};
  EXPECT_THAT(run_it(command).err, HasSubstr("none of this key's models has `embeddings`"));
  EXPECT_THAT(run_it(command).err, HasSubstr("has a key named `idle` already"));
}

TEST_F(KeysTest, QuietRevokingSaysOnlyWhatIsWrong) {
  run_it(create("ci"));
  KeysRevoke command = revoke("alpha/ci");
  command.quiet = true;
  for (int i = 0; i < 2; ++i) {
    const Output output = run_it(command);
    EXPECT_EQ(output.exit_code, kFine);
    EXPECT_EQ(output.out + output.err, "");
  }
  EXPECT_EQ(parse(run_it(show("alpha/ci")).out)["state"].string(), "revoked");
  command.handle = "alpha/other";
  EXPECT_THAT(run_it(command).err, HasSubstr("there is no key"));
}

TEST_F(KeysTest, WhereToTryItIsWhereItListens) {
  struct Row {
    const char* listen;
    const char* target;  // of curl
  };
  for (const Row& row : {
           Row{"127.0.0.1:8080", " http://127.0.0.1:8080/v1/models\n"},
           Row{"127.0.0.1:10", " http://127.0.0.1:10/v1/models\n"},
           Row{"\"[::1]:0\"", " http://[::1]:PORT/v1/models\n"},
           Row{"unix:/run/g.sock", " --unix-socket /run/g.sock http://localhost/v1/models\n"},
           Row{"unix:/run/g:0", " --unix-socket /run/g:0 http://localhost/v1/models\n"},
           Row{"127.0.0.1:0\n  - address: 127.0.0.1:8081", " http://127.0.0.1:8081/v1/models\n"},
       }) {
    std::string policy = kPolicy;
    policy.replace(policy.find("127.0.0.1:0"), 11, row.listen);
    std::ofstream(config_) << policy;
    const Output output = run_it(create("k" + std::to_string(++made_), false));
    ASSERT_EQ(output.exit_code, kFine) << output.err;
    EXPECT_THAT(output.out, testing::EndsWith(row.target));
    EXPECT_EQ(output.out.find(":0/v1"), std::string::npos);
    EXPECT_EQ(output.out.contains("PORT:\n"), output.out.contains(":PORT/")) << output.out;
  }
}

TEST_F(KeysTest, NoCommandShowsASecretAgain) {
  const std::string key(parse(run_it(create("ci")).out)["key"].string());
  const std::string secret(identity::parse_key(key)->secret);
  for (const bool json : {false, true}) {
    const KeysShow one{config_, "alpha/ci", json};
    const KeysList all{config_, "", json};
    for (const Output& output : {run_it(one), run_it(all)}) {
      EXPECT_EQ(output.exit_code, kFine);
      EXPECT_THAT(output.out, AllOf(HasSubstr("ci"), Not(HasSubstr(secret))));
    }
  }
  EXPECT_THAT(run_it(revoke("alpha/ci", true)).out, Not(HasSubstr(secret)));
}

TEST_F(KeysTest, NeverExpiringIsSaidAloud) {
  KeysCreate command = create("ci");
  command.expires = "never";
  const Output output = run_it(command);
  EXPECT_EQ(output.exit_code, kFine);
  EXPECT_TRUE(parse(output.out)["expires"].is_null());
  EXPECT_THAT(output.err, HasSubstr("never expires"));
}

TEST_F(KeysTest, MistakesAreUsageAndChangeNothing) {
  KeysCreate tenant = create("ci");
  tenant.tenant = "alpho";
  KeysCreate env = create("ci");
  env.env = "Live";
  KeysCreate limit = create("ci");
  limit.limits = {"tokens=5"};
  for (const KeysCreate& command : {tenant, env, limit}) {
    const Output output = run_it(command);
    EXPECT_EQ(output.exit_code, kUsage);
    EXPECT_EQ(output.out, "");
    EXPECT_THAT(output.err, HasSubstr("gatehouse: --"));
  }
  EXPECT_EQ(parse(run_it(list()).out).size(), 0u);
}

TEST_F(KeysTest, ATakenNameIsRefused) {
  ASSERT_EQ(run_it(create("ci")).exit_code, kFine);
  const Output output = run_it(create("ci"));
  EXPECT_EQ(output.exit_code, kFindings);
  EXPECT_EQ(output.out, "");
  EXPECT_THAT(output.err, HasSubstr("has a key named `ci` already"));
}

TEST_F(KeysTest, ListFiltersByTenant) {
  run_it(create("one"));
  KeysCreate other = create("two");
  other.tenant = "beta";
  run_it(other);
  EXPECT_EQ(parse(run_it(list()).out).size(), 2u);
  const Output output = run_it(list("beta"));
  const json::Value keys = parse(output.out);
  ASSERT_EQ(keys.size(), 1u);
  for (const json::Value key : keys.elements()) {
    EXPECT_EQ(key["name"].string(), "two");
    EXPECT_EQ(key["state"].string(), "in force");
    EXPECT_FALSE(key["key"].exists());
  }
  EXPECT_EQ(run_it(list("gamma")).exit_code, kUsage);
}

TEST_F(KeysTest, TheTableHasALineForEachKey) {
  KeysCreate command = create("ci");
  command.models = {"llama-3-8b"};
  run_it(command);
  run_it(revoke("alpha/ci"));
  run_it(create("ci"));
  const Output output = run_it(KeysList{config_, "", false});
  EXPECT_EQ(std::count(output.out.begin(), output.out.end(), '\n'), 3);
  EXPECT_THAT(output.out, AllOf(HasSubstr("KID"), HasSubstr("revoked"), HasSubstr("in force"),
                                HasSubstr("llama-3-8b"), HasSubstr("all")));
}

TEST_F(KeysTest, ShowTakesEveryHandle) {
  const std::string out = run_it(create("ci")).out;
  const std::string id(parse(out)["id"].string());
  const std::string kid(identity::parse_key(parse(out)["key"].string())->kid);
  for (const std::string& handle : {id, kid, std::string("alpha/ci")}) {
    const Output output = run_it(show(handle));
    EXPECT_EQ(output.exit_code, kFine);
    EXPECT_EQ(parse(output.out)["id"].string(), id);
  }
}

TEST_F(KeysTest, RevokeIsForGoodAndMayBeRepeated) {
  run_it(create("ci"));
  Output output = run_it(revoke("alpha/ci"));
  EXPECT_EQ(output.exit_code, kFine);
  EXPECT_THAT(output.out, HasSubstr("revoked key_"));
  output = run_it(revoke("alpha/ci"));
  EXPECT_EQ(output.exit_code, kFine);
  EXPECT_THAT(output.out, HasSubstr("revoked already"));
  EXPECT_EQ(parse(run_it(show("alpha/ci")).out)["state"].string(), "revoked");
}

TEST_F(KeysTest, AnUnknownHandleIsExitOne) {
  for (const std::string& handle :
       {std::string("alpha/nope"), std::string(), std::string("\x1b")}) {
    EXPECT_EQ(run_it(show(handle)).exit_code, kFindings);
    const Output output = run_it(revoke(handle));
    EXPECT_EQ(output.exit_code, kFindings);
    EXPECT_THAT(output.err, AllOf(HasSubstr("there is no key"), Not(HasSubstr("\x1b"))));
  }
}

TEST_F(KeysTest, AnUnusableStateOrPolicyIsExitTwo) {
  ASSERT_EQ(run_it(create("ci")).exit_code, kFine);
  std::filesystem::remove(root_ + "/state/secrets/pepper");
  Output output = run_it(create("other"));
  EXPECT_EQ(output.exit_code, kUndecided);
  EXPECT_THAT(output.err, HasSubstr("secrets/pepper"));
  EXPECT_EQ(run_it(list()).exit_code, kUndecided);

  std::ofstream(config_) << "version: 1\nlisen: []\n";
  output = run_it(list());
  EXPECT_EQ(output.exit_code, kUndecided);
  EXPECT_THAT(output.err, HasSubstr("gatehouse.yaml:2:1"));
  config_ = root_ + "/nowhere.yaml";
  EXPECT_EQ(run_it(create("ci")).exit_code, kUndecided);
}

}  // namespace
}  // namespace gh::cli
