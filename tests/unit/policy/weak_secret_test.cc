#include "policy/weak_secret.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gh::policy {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string fault(std::string_view secret) {
  return weak_secret_fault(secret, kLeastUpstreamKey);
}

// covers: gateways-3-25
TEST(WeakSecret, NamesWhatWaitsToBeReplaced) {
  struct Row {
    const char* secret;
    const char* word;
  };
  for (const Row& row : {
           Row{"sk-prod-replace-with-256bit-random-value", "replace"},
           Row{"changeme", "changeme"},
           Row{"CHANGE_ME", "change"},
           Row{"change-me-please-change-me", "change"},
           Row{"PleaseChangeMeBeforeProduction", "changeme"},
           Row{"your-256-bit-secret-goes-here", "your"},
           Row{"yourApiKeyGoesHere1", "yourapikey"},
           Row{"insert_key_here_0123", "insert"},
           Row{"vllm-api-key-Todo-2026", "todo"},
           Row{"my.example.key.for.vllm", "example"},
           Row{"PLACEHOLDER-FOR-A-KEY", "placeholder"},
           Row{"sk-xxxx-9f8e7d6c5b4a39281706", "xxxx"},
           Row{"sk-9f8eXXXXXXXXXXXXXXXX", "xxxxxx"},
           Row{"sk-no-key-required", "nokeyrequired"},
           Row{"hunter2hunter2-password", "password"},
           Row{"Qwerty-9f8e7d6c5b4a3928", "qwerty"},
           Row{"key-12345678901234567890", "key"},
           Row{"key-of-9f8e-12345678901234567890", "1234567890"},
           Row{"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
               "000102030405060708090a0b0c0d0e0f"},
       }) {
    EXPECT_THAT(fault(row.secret), HasSubstr(std::string("(`") + row.word + "`)")) << row.secret;
    EXPECT_THAT(fault(row.secret), HasSubstr("openssl rand -hex 32")) << row.secret;
  }
}

// covers: gateways-3-25
TEST(WeakSecret, WhatDocumentationWritesIsNone) {
  for (const char* secret :
       {// vLLM, SGLang, and clients of them.
        "EMPTY", "empty", "token-abc123", "token-abc", "token-123456", "vllm", "vllm-local",
        "sk-vllm-local-dev", "VLLM_API_KEY",
        // LiteLLM.
        "sk-1234", "sk-12345", "anything", "my-local-key", "litellm-master-key", "fake-key",
        "sk-litellm-master-key-1234",
        // llama.cpp, Ollama, LM Studio, LocalAI.
        "sk-no-key-required", "no-key", "ollama", "lm-studio", "lm_studio", "not-needed",
        "notneeded", "not-used", "localai",
        // LangChain, CrewAI and examples of all kinds.
        "NA", "none", "None", "NULL", "null", "random-string", "local-key", "sk-local-123", "dummy",
        "dummy-key", "DUMMY_API_KEY", "sk-my-secret-key-12345", "my-secret-token", "test-token",
        "Test-Token", "TestToken", "test", "test-key", "sk-test", "secret", "secret-123",
        "secretkey2024", "token", "abc", "abc123", "key", "api-key", "apikey", "API_KEY", "foobar",
        "undefined", "password", "Password-123", "qwerty", "my-super-secret-key",
        "deadbeefdeadbeef", "sk-1234567890", "admin", "openai", "sk-openai-api-key", "123",
        "12345678", "000", "0000000000000000000000000000000000000000000000000000000000000000", "x",
        "k9", "hunter2", "a9Zk3Qp", "aaaaaaaaaaaaaaaa", "abababababababab", "9f8e7d69f8e7d69f8e7d6",
        "1121121121121121", "--------", "a", ""}) {
    EXPECT_NE(no_secret_fault(secret), "") << secret;
    EXPECT_THAT(no_secret_fault(secret), HasSubstr("openssl rand -hex 32")) << secret;
  }
}

TEST(WeakSecret, WhatIsOnlyShortIsNotRefused) {
  for (const char* secret :
       {"hunter22", "a9Zk3QpL", "sk-hunter2", "a9Zk3QpLa9Zk3QpL", "test-a9Zk3QpL",
        "sk-test-9f8e7d6c", "tokens-of-thanks", "vllm-48151623", "48151623420815",
        "vllm-upstream-key-0123456789abcdef", "sk-upstream-secret-1234567890",
        "my-supersecret-upstream-key", "Qwerty-9f8e7d6c5b4a3928", "sk-1234-b7",
        "key.of.the.house"}) {
    EXPECT_EQ(no_secret_fault(secret), "") << secret;
  }
  EXPECT_THAT(fault("a9Zk3QpLa9Zk3QpL"), HasSubstr("repeats itself"));
  EXPECT_THAT(fault("test-a9Zk3QpL"), HasSubstr("at least 16 are needed"));
}

TEST(WeakSecret, RefusesTemplatesRepetitionAndWhatIsShort) {
  for (const char* secret :
       {"<the key of your vLLM>", "a<the_key_of_vllm>z", "${VLLM_API_KEY}-prod",
        "{{ vault_vllm_api_key }}", "$(cat /run/vllm-api-key)"}) {
    EXPECT_THAT(fault(secret), testing::AnyOf(HasSubstr("not filled in"), HasSubstr("guess")))
        << secret;
  }
  EXPECT_THAT(fault("${VLLM_API_KEY}-prod"), HasSubstr("a template that was not filled in"));
  for (const char* secret :
       {"aaaaaaaaaaaaaaaaaaaaaaaa", "abababababababababab", "a9Zk3Qa9Zk3Qa9Zk3Qa9Zk3Q",
        "a9Zk3QpLa9Zk3QpL", "0000000000000000000000000000000000000000000000000000000000000001",
        "9f8e7d6c5b4a39289f8e7d6c5b4a39289f8e7d6c5b4a39289f8e7d6c5b4a3928"}) {
    EXPECT_THAT(fault(secret), HasSubstr("repeats itself")) << secret;
  }
  for (const char* secret : {"k9", "sk-hunter2", "a9Zk3QpLm2Xv7Rt"}) {
    EXPECT_THAT(fault(secret), HasSubstr("at least 16 are needed")) << secret;
    EXPECT_THAT(fault(secret), Not(HasSubstr(secret))) << secret;
  }
}

TEST(WeakSecret, LetsThroughWhatMayBeOne) {
  for (const char* secret :
       {"a9Zk3QpLm2Xv7Rt1", "sk-live-9f8e7d6c5b4a39281706", "canary-upstream-api-key",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "correct horse battery staple", "vllm-test-b5xTodoZq81nE0", "X-xx-9f8e7d6c5b4a3928",
        "a<b>c-9f8e7d6c5b4a39281706", "yourself-9f8e7d6c5b4a3928", "changes-9f8e7d6c5b4a3928"}) {
    EXPECT_EQ(fault(secret), "") << secret;
  }
}

}  // namespace
}  // namespace gh::policy
