// What cases cannot say: facts, estimates, and that every field of every version is decided.

#include "openai/request.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>

#include "fixture.h"
#include "openai/estimate.h"
#include "openai/fields.h"

namespace gh::openai {
namespace {

using testing::HasSubstr;
using vllm::Endpoint;

RequestFacts checked(Endpoint endpoint, std::string_view body, const policy::RequestCaps& caps,
                     std::string_view version = "0.32.0") {
  const auto facts = check(parse(body), {endpoint, &surface_of(version), &caps, 0});
  EXPECT_TRUE(facts.has_value()) << body << ": " << facts.error().message;
  return facts.value_or(RequestFacts{});
}

std::string chat(std::string_view content, std::string_view rest = "") {
  return fmt::format(R"({{"model":"m","messages":[{{"role":"user","content":"{}"}}]{}}})", content,
                     rest);
}

TEST(Check, SaysWhatARequestAmountsTo) {
  policy::RequestCaps caps;
  caps.n = 4;
  caps.prompts = 8;
  caps.logprobs = 5;
  const RequestFacts facts = checked(
      Endpoint::completions,
      R"({"model":"m","prompt":["abcd","efgh","ijkl"],"n":2,"max_tokens":10,"stream":true,)"
      R"("stream_options":{"include_usage":true,"continuous_usage_stats":true},"logprobs":1,)"
      R"("user":"u"})",
      caps);
  EXPECT_TRUE(facts.stream);
  EXPECT_TRUE(facts.wants_usage);
  EXPECT_TRUE(facts.wants_continuous_usage);
  EXPECT_EQ(facts.alternatives, 1u);
  EXPECT_FALSE(facts.has_tools);
  EXPECT_EQ(facts.n, 2u);
  EXPECT_EQ(facts.prompts, 3u);
  EXPECT_EQ(facts.max_tokens, 10u);
  EXPECT_EQ(facts.prompt_tokens, 6u);  // a token of text and one of the tokenizer's, each
  EXPECT_EQ(facts.ignored_fields, 1u);
  EXPECT_EQ(facts.completion_bound(), 60u);
}

TEST(Check, KnowsTheFormOfEmbeddings) {
  const auto asked = [](std::string_view rest) {
    const std::string body = fmt::format(R"({{"model":"m","input":"hi"{}}})", rest);
    return checked(Endpoint::embeddings, body, {}).wants_base64;
  };
  EXPECT_FALSE(asked(""));
  EXPECT_FALSE(asked(R"(,"encoding_format":"float")"));
  EXPECT_FALSE(asked(R"(,"encoding_format":null)"));
  EXPECT_TRUE(asked(R"(,"encoding_format":"base64")"));
}

TEST(Check, KnowsHowManyAlternativesWereAsked) {
  policy::RequestCaps caps;
  caps.logprobs = 5;
  const auto asked = [&](Endpoint endpoint, std::string_view rest) {
    const std::string body = endpoint == Endpoint::chat
                                 ? chat("hi", rest)
                                 : fmt::format(R"({{"model":"m","prompt":"hi"{}}})", rest);
    return checked(endpoint, body, caps).alternatives;
  };
  EXPECT_EQ(asked(Endpoint::chat, ""), std::nullopt);
  EXPECT_EQ(asked(Endpoint::chat, R"(,"logprobs":false)"), std::nullopt);
  EXPECT_EQ(asked(Endpoint::chat, R"(,"logprobs":true)"), 0u);
  EXPECT_EQ(asked(Endpoint::chat, R"(,"logprobs":true,"top_logprobs":0)"), 0u);
  EXPECT_EQ(asked(Endpoint::chat, R"(,"logprobs":true,"top_logprobs":3)"), 3u);
  EXPECT_EQ(asked(Endpoint::chat, R"(,"top_logprobs":3,"logprobs":true)"), 3u);
  EXPECT_EQ(asked(Endpoint::completions, ""), std::nullopt);
  EXPECT_EQ(asked(Endpoint::completions, R"(,"logprobs":0)"), 0u);
  EXPECT_EQ(asked(Endpoint::completions, R"(,"logprobs":5)"), 5u);
  caps.logprobs = 0;
  EXPECT_EQ(asked(Endpoint::completions, R"(,"logprobs":0)"), std::nullopt);
}

TEST(Check, CountsTokenIdsExactly) {
  policy::RequestCaps caps;
  caps.prompts = 2;
  const RequestFacts facts =
      checked(Endpoint::completions, R"({"model":"m","prompt":[[1,2,3],[4]]})", caps);
  EXPECT_EQ(facts.prompt_tokens, 4u);
}

TEST(Check, EmbeddingsHaveNoOutput) {
  const RequestFacts facts =
      checked(Endpoint::embeddings, R"({"model":"m","input":"x"})", policy::RequestCaps());
  EXPECT_EQ(facts.max_tokens, 0u);
  EXPECT_EQ(facts.completion_bound(), 0u);
}

TEST(Check, ToolsArePartOfThePrompt) {
  const policy::RequestCaps caps;
  const RequestFacts with =
      checked(Endpoint::chat,
              chat("Hi", R"(,"tools":[{"type":"function","function":{"name":"f"}}])"), caps);
  const RequestFacts without = checked(Endpoint::chat, chat("Hi"), caps);
  EXPECT_TRUE(with.has_tools);
  EXPECT_GT(with.prompt_tokens, without.prompt_tokens);
}

TEST(Check, AsksForACountOnlyNearTheCap) {
  policy::RequestCaps caps;
  caps.max_prompt_tokens = 1000;
  // 5 letters and spaces to a word: 1.25 tokens.
  const auto words = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "word ";
    return chat(text);
  };
  EXPECT_FALSE(checked(Endpoint::chat, words(500), caps).prompt_needs_count);
  EXPECT_TRUE(checked(Endpoint::chat, words(600), caps).prompt_needs_count);
  EXPECT_TRUE(checked(Endpoint::chat, words(1000), caps).prompt_needs_count);
  const auto over = check(parse(words(1100)), {Endpoint::chat, &surface_of("0.32.0"), &caps, 0});
  ASSERT_FALSE(over.has_value());
  EXPECT_EQ(over.error().code, policy::Code::request_exceeds_limit);
  // A version without /tokenize has nothing to ask.
  EXPECT_FALSE(checked(Endpoint::chat, words(600), caps, "0.4.3").prompt_needs_count);
}

TEST(Check, ListsAreNotCounted) {
  policy::RequestCaps caps;
  caps.max_prompt_tokens = 10;
  caps.prompts = 2;
  const std::string near(40, 'a');
  EXPECT_TRUE(
      checked(Endpoint::completions, fmt::format(R"({{"model":"m","prompt":"{}"}})", near), caps)
          .prompt_needs_count);
  EXPECT_FALSE(checked(Endpoint::completions,
                       fmt::format(R"({{"model":"m","prompt":["{}","b"]}})", near), caps)
                   .prompt_needs_count);
}

TEST(TokenWeight, ByKindOfCharacter) {
  EXPECT_EQ(token_weight(""), 0u);
  EXPECT_EQ(token_weight("abcd"), 12u);
  EXPECT_EQ(token_weight("aB z"), 12u);
  EXPECT_EQ(token_weight("12"), 12u);
  EXPECT_EQ(token_weight("{}"), 12u);
  EXPECT_EQ(token_weight("\n@"), 12u);
  EXPECT_EQ(token_weight("[`"), 12u);
  EXPECT_EQ(token_weight("漢"), 12u);
}

TEST(TokenWeight, AddsUpAcrossBlocks) {
  std::mt19937 random(7);
  for (std::size_t size = 0; size < 300; ++size) {
    std::string text;
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < size; ++i) {
      text += static_cast<char>(random() & 0xFF);
      sum += token_weight(std::string_view(text).substr(i));
    }
    ASSERT_EQ(token_weight(text), sum) << size;
  }
}

// Sums that are kept in a byte do not run over.
TEST(TokenWeight, OfLongTextsOfOneKind) {
  for (const std::size_t size : {16'319U, 16'320U, 16'384U, 100'000U}) {
    EXPECT_EQ(token_weight(std::string(size, 'a')), size * 3) << size;
    EXPECT_EQ(token_weight(std::string(size, '1')), size * 6) << size;
    EXPECT_EQ(token_weight(std::string(size, '\xe6')), size * 4) << size;
  }
}

// What the contract promises of short chats without tools.
TEST(Estimate, OfShortChatsIsAtMost190) {
  std::uint64_t most = 0;
  for (const char* unit : {"a", "1", "漢", "\\u0001", "{", "é"}) {
    std::string content;
    while (chat(content + unit).size() <= 200) content += unit;
    most =
        std::max(most, checked(Endpoint::chat, chat(content), policy::RequestCaps()).prompt_tokens);
  }
  std::string messages = R"({"role":"user","content":""})";
  const auto body = [&] { return R"({"model":"m","messages":[)" + messages + "]}"; };
  while (body().size() + 29 <= 200) messages += R"(,{"role":"user","content":""})";
  most = std::max(most, checked(Endpoint::chat, body(), policy::RequestCaps()).prompt_tokens);
  EXPECT_LE(most, 190u);
  EXPECT_GE(most, 50u);
}

TEST(PromptFit, IsThirtyPercentWide) {
  EXPECT_EQ(prompt_fit(69, 100), PromptFit::below);
  EXPECT_EQ(prompt_fit(70, 100), PromptFit::unclear);
  EXPECT_EQ(prompt_fit(130, 100), PromptFit::unclear);
  EXPECT_EQ(prompt_fit(131, 100), PromptFit::above);
}

// A field that a new version brings must be looked at before anybody may send it.
TEST(Fields, EveryFieldOfEveryVersionIsDecided) {
  for (const char* version :
       {"0.4.3", "0.5.5", "0.6.3.post1", "0.6.6.post1", "0.7.3", "0.8.5", "0.9.2", "0.10.0",
        "0.11.0", "0.14.1", "0.18.1", "0.22.1", "0.27.1", "0.30.0", "0.32.0", "0.33.0"}) {
    const vllm::Surface& surface = surface_of(version);
    for (const Endpoint endpoint : vllm::kEndpoints) {
      for (const auto name : surface.request_fields[static_cast<std::size_t>(endpoint)]) {
        const auto& ignored = vllm::ignored_fields(endpoint);
        const bool is_ignored = std::ranges::any_of(
            ignored, [&](const vllm::IgnoredField& field) { return field.name == name; });
        EXPECT_TRUE(is_ignored || find_field(endpoint, name) != nullptr)
            << version << " " << vllm::name(endpoint) << " " << name;
      }
    }
  }
}

TEST(Fields, AreInTheDocumentation) {
  std::ifstream file(std::string(GH_SOURCE_DIR) + "/docs/fields.md");
  const std::string page((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  for (const Field& field : fields()) {
    EXPECT_THAT(page, HasSubstr(fmt::format("`{}`", field.name)));
  }
}

TEST(Fields, AreWellFormed) {
  for (const Field& field : fields()) {
    const bool checks = field.action == Action::pass || field.action == Action::ours;
    EXPECT_EQ(field.check != nullptr, checks) << field.name;
    EXPECT_EQ(!field.hint.empty(), field.action == Action::deny) << field.name;
    EXPECT_NE(field.on, 0u) << field.name;
  }
}

TEST(WriteTokenize, AsksForTheSamePrompt) {
  const policy::RequestCaps caps;
  const auto asked = [&](Endpoint endpoint, std::string_view body, std::string_view version) {
    std::string out;
    write_tokenize(out, parse(body), {endpoint, &surface_of(version), &caps, 0}, "served");
    return out;
  };
  const std::string tools = R"("tools":[{"type":"function","function":{"name":"f"}}])";
  EXPECT_EQ(asked(Endpoint::chat, chat("Hi", "," + tools), "0.32.0"),
            R"({"model":"served","messages":[{"role":"user","content":"Hi"}],)" + tools + "}");
  EXPECT_EQ(asked(Endpoint::chat, chat("Hi", "," + tools), "0.8.5"),
            R"({"model":"served","messages":[{"role":"user","content":"Hi"}]})");
  EXPECT_EQ(asked(Endpoint::completions, R"({"model":"m","prompt":"Hi","n":1})", "0.32.0"),
            R"({"model":"served","prompt":"Hi"})");
  EXPECT_EQ(asked(Endpoint::embeddings, R"({"model":"m","input":"Hi"})", "0.32.0"),
            R"({"model":"served","prompt":"Hi"})");
  // vLLM takes no list there.
  EXPECT_EQ(asked(Endpoint::completions, R"({"model":"m","prompt":["Hi"]})", "0.32.0"),
            R"({"model":"served","prompt":"Hi"})");
  EXPECT_EQ(asked(Endpoint::embeddings, R"({"model":"m","input":["Hi"]})", "0.5.5"),
            R"({"model":"served","prompt":"Hi"})");
}

}  // namespace
}  // namespace gh::openai
