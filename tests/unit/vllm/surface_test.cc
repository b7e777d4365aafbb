#include "vllm/surface.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace gh::vllm {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsSubsetOf;
using testing::Not;

constexpr std::string_view kTables[] = {"0.4.3",  "0.5.5",  "0.6.3.post1", "0.6.6.post1", "0.7.3",
                                        "0.8.5",  "0.9.0",  "0.9.2",       "0.10.0",      "0.11.0",
                                        "0.14.1", "0.16.0", "0.18.1",      "0.22.1",      "0.27.1",
                                        "0.30.0", "0.32.0", "0.33.0"};

Version version(std::string_view text) {
  const auto parsed = parse_version(text);
  EXPECT_TRUE(parsed.has_value()) << text;
  return parsed.value_or(Version{});
}

Surface surface_of(std::string_view text) {
  auto out = surface(version(text));
  EXPECT_TRUE(out.has_value()) << text;
  return out.value_or(Surface{});
}

TEST(EndpointTest, NamesAndPaths) {
  EXPECT_EQ(name(Endpoint::chat), "chat");
  EXPECT_EQ(name(Endpoint::completions), "completions");
  EXPECT_EQ(name(Endpoint::embeddings), "embeddings");
  EXPECT_EQ(path(Endpoint::chat), "/v1/chat/completions");
  EXPECT_EQ(path(Endpoint::completions), "/v1/completions");
  EXPECT_EQ(path(Endpoint::embeddings), "/v1/embeddings");
}

TEST(SurfaceTest, EveryTableIsUsable) {
  for (std::string_view text : kTables) {
    const Surface s = surface_of(text);
    EXPECT_EQ(s.version.text(), text);
    EXPECT_TRUE(s.has(Endpoint::chat, "messages")) << text;
    EXPECT_TRUE(s.has(Endpoint::completions, "prompt")) << text;
    EXPECT_TRUE(s.has(Endpoint::embeddings, "input")) << text;
    for (Endpoint e : kEndpoints) {
      const auto& fields = s.request_fields[static_cast<std::size_t>(e)];
      EXPECT_TRUE(s.has(e, "model")) << text;
      EXPECT_TRUE(std::ranges::is_sorted(fields)) << text;
      EXPECT_EQ(std::ranges::adjacent_find(fields), fields.end()) << text;
      EXPECT_FALSE(s.body[static_cast<std::size_t>(e)].members.empty()) << text;
    }
    for (Endpoint e : {Endpoint::chat, Endpoint::completions}) {
      for (std::string_view field : {"max_tokens", "n", "stream", "stop", "temperature"}) {
        EXPECT_TRUE(s.has(e, field)) << text << " " << field;
      }
    }
    // The chat form of an embedding request is not offered.
    EXPECT_FALSE(s.has(Endpoint::embeddings, "messages")) << text;
    EXPECT_FALSE(s.has(Endpoint::embeddings, "chat_template")) << text;
  }
}

struct Facts {
  std::string_view version;
  bool salt_chat, salt_completions, salt_embeddings;
  bool stream_options, continuous_usage, max_completion_tokens;
  bool tokenize, tokenize_chat;
  bool prefix_caching, refuses_unknown;
};

TEST(SurfaceTest, Facts) {
  constexpr bool y = true;
  constexpr bool n = false;
  const Facts cases[] = {
      // clang-format off
      //              salt     stream mct  tokenize prefix refuses
      {"0.4.3",       n, n, n, n, n, n,    n, n,    n,     y},
      {"0.5.5",       n, n, n, y, y, n,    y, y,    n,     y},
      {"0.6.3.post1", n, n, n, y, y, n,    y, y,    n,     y},
      {"0.6.6.post1", n, n, n, y, y, y,    y, y,    n,     n},
      {"0.7.3",       n, n, n, y, y, y,    y, y,    n,     n},
      {"0.8.5",       n, n, n, y, y, y,    y, y,    y,     n},
      {"0.9.0",       y, n, n, y, y, y,    y, y,    y,     n},
      {"0.9.2",       y, n, n, y, y, y,    y, y,    y,     n},
      {"0.10.0",      y, y, n, y, y, y,    y, y,    y,     n},
      {"0.11.0",      y, y, n, y, y, y,    y, y,    y,     n},
      {"0.14.1",      y, y, n, y, y, y,    y, y,    y,     n},
      {"0.16.0",      y, y, y, y, y, y,    y, y,    y,     n},
      {"0.18.1",      y, y, y, y, y, y,    y, y,    y,     n},
      {"0.22.1",      y, y, y, y, y, y,    y, y,    y,     n},
      {"0.27.1",      y, y, y, y, y, y,    y, y,    y,     n},
      {"0.30.0",      y, y, y, y, y, y,    y, y,    y,     n},
      {"0.32.0",      y, y, y, y, y, y,    y, y,    y,     n},
      {"0.33.0",      y, y, y, y, y, y,    y, y,    y,     n},
      // Between two tables: what both have.
      {"0.5.1",       n, n, n, n, n, n,    n, n,    n,     y},
      {"0.6.4",       n, n, n, y, y, n,    y, y,    n,     y},
      {"0.6.4.post1", n, n, n, y, y, n,    y, y,    n,     y},
      {"0.6.5",       n, n, n, y, y, n,    y, y,    n,     n},
      {"0.8.0rc1",    n, n, n, y, y, y,    y, y,    y,     n},
      {"0.8.0",       n, n, n, y, y, y,    y, y,    y,     n},
      {"0.9.0rc1",    n, n, n, y, y, y,    y, y,    y,     n},
      {"0.9.1",       y, n, n, y, y, y,    y, y,    y,     n},
      {"0.10.0rc1",   y, n, n, y, y, y,    y, y,    y,     n},
      {"0.10.2",      y, y, n, y, y, y,    y, y,    y,     n},
      {"0.15.1",      y, y, n, y, y, y,    y, y,    y,     n},
      {"0.17.0",      y, y, y, y, y, y,    y, y,    y,     n},
      {"0.32.1",      y, y, y, y, y, y,    y, y,    y,     n},
      // clang-format on
  };
  for (const Facts& c : cases) {
    const Surface s = surface_of(c.version);
    EXPECT_EQ(s.cache_salt[0], c.salt_chat) << c.version;
    EXPECT_EQ(s.cache_salt[1], c.salt_completions) << c.version;
    EXPECT_EQ(s.cache_salt[2], c.salt_embeddings) << c.version;
    EXPECT_EQ(s.stream_options, c.stream_options) << c.version;
    EXPECT_EQ(s.continuous_usage, c.continuous_usage) << c.version;
    EXPECT_EQ(s.max_completion_tokens, c.max_completion_tokens) << c.version;
    EXPECT_EQ(s.tokenize, c.tokenize) << c.version;
    EXPECT_EQ(s.tokenize_chat, c.tokenize_chat) << c.version;
    EXPECT_EQ(s.prefix_caching_default, c.prefix_caching) << c.version;
    EXPECT_EQ(s.refuses_unknown_fields, c.refuses_unknown) << c.version;
  }
}

// When each feature came, from vLLM's history. The tables may say so later, never earlier.
TEST(SurfaceTest, NoFeatureBeforeItsTime) {
  for (std::string_view text :
       {"0.4.3",       "0.5.0",  "0.5.4",  "0.5.5",  "0.6.0",  "0.6.3.post1", "0.6.4",
        "0.6.6.post1", "0.7.0",  "0.8.5",  "0.9.0",  "0.9.1",  "0.9.2",       "0.10.0",
        "0.10.2",      "0.12.0", "0.15.1", "0.16.0", "0.18.1", "0.33.0"}) {
    const Surface s = surface_of(text);
    const auto since = [&](std::string_view first) { return s.version >= version(first); };
    EXPECT_TRUE(!s.cache_salt[0] || since("0.9.0")) << text;
    EXPECT_TRUE(!s.cache_salt[1] || since("0.10.0")) << text;
    EXPECT_TRUE(!s.cache_salt[2] || since("0.16.0")) << text;
    EXPECT_TRUE(!s.stream_options || since("0.5.0")) << text;
    EXPECT_TRUE(!s.continuous_usage || since("0.5.1")) << text;
    EXPECT_TRUE(!s.max_completion_tokens || since("0.6.4")) << text;
    EXPECT_TRUE(!s.tokenize || since("0.5.1")) << text;
    EXPECT_EQ(s.refuses_unknown_fields, !since("0.6.5")) << text;
    EXPECT_EQ(s.json_schema, since("0.6.0")) << text;
    // The object is where the field is, between two tables only as much as both have of it.
    EXPECT_EQ(!s.structured_outputs_fields.empty(), s.has(Endpoint::chat, "structured_outputs"));
    EXPECT_EQ(std::ranges::binary_search(s.structured_outputs_fields, "disable_fallback"),
              since("0.11.0") && !since("0.16.1"))
        << text;
    // Here the safe side is the other one: the cache may be on.
    EXPECT_EQ(s.prefix_caching_default, since("0.8.0")) << text;
  }
}

TEST(SurfaceTest, BetweenTwoTablesOnlyWhatBothHave) {
  const Surface older = surface_of("0.9.2");
  const Surface newer = surface_of("0.10.0");
  const Surface between = surface_of("0.9.3");
  for (Endpoint e : kEndpoints) {
    const auto i = static_cast<std::size_t>(e);
    std::vector<std::string_view> both;
    for (std::string_view field : older.request_fields[i]) {
      if (newer.has(e, field)) both.push_back(field);
    }
    EXPECT_EQ(between.request_fields[i], both);
  }
  // Gone in the newer, new in the newer.
  EXPECT_TRUE(older.has(Endpoint::embeddings, "additional_data"));
  EXPECT_FALSE(between.has(Endpoint::embeddings, "additional_data"));
  EXPECT_TRUE(newer.has(Endpoint::completions, "cache_salt"));
  EXPECT_FALSE(between.has(Endpoint::completions, "cache_salt"));

  const Surface tokenize = surface_of("0.8.5.post1");
  EXPECT_THAT(surface_of("0.9.0").tokenize_chat_fields, Contains("tools"));
  EXPECT_THAT(tokenize.tokenize_chat_fields, Not(Contains("tools")));
  EXPECT_THAT(tokenize.tokenize_chat_fields, Contains("messages"));
}

// A post release of a table's own version lies after it, not on it.
TEST(SurfaceTest, APostReleaseLiesBetweenToo) {
  const Surface at = surface_of("0.6.3.post1");
  const Surface after = surface_of("0.6.3.post2");
  EXPECT_THAT(after.request_fields[0], IsSubsetOf(at.request_fields[0]));
  EXPECT_TRUE(at.has(Endpoint::chat, "guided_json"));
  EXPECT_EQ(surface_of("0.6.3").request_fields[0].size(),
            surface_of("0.6.2").request_fields[0].size());
}

TEST(SurfaceTest, HasExactNamesOnly) {
  const Surface s = surface_of("0.32.0");
  for (std::string_view field :
       {"", "message", "messages ", "Messages", "messages\t", "required", "None", "__proto__"}) {
    EXPECT_FALSE(s.has(Endpoint::chat, field)) << field;
  }
  EXPECT_FALSE(s.has(Endpoint::chat, "prompt"));
  EXPECT_FALSE(s.has(Endpoint::completions, "messages"));
  EXPECT_FALSE(s.has(Endpoint::embeddings, "max_tokens"));
}

TEST(SurfaceTest, KnowsItsRange) {
  EXPECT_EQ(oldest_known().text(), "0.4.3");
  EXPECT_EQ(newest_known().text(), "0.33.0");
}

TEST(SurfaceTest, RefusesAVersionOutsideTheTables) {
  for (std::string_view text : {"0.4.2", "0.4.3rc1", "0.3.0", "0.0.0"}) {
    for (bool accept_newer : {false, true}) {
      const auto out = surface(version(text), accept_newer);
      ASSERT_FALSE(out.has_value()) << text;
      EXPECT_THAT(out.error().message, HasSubstr("older than 0.4.3"));
    }
  }
  for (std::string_view text : {"0.33.0.post1", "0.33.1", "0.34.0", "1.0.0"}) {
    const auto out = surface(version(text));
    ASSERT_FALSE(out.has_value()) << text;
    EXPECT_THAT(out.error().message, HasSubstr("newer than 0.33.0"));
  }
}

TEST(SurfaceTest, ANewerVersionIsTheNewestWhenAccepted) {
  const auto newer = surface(version("0.40.0"), true);
  ASSERT_TRUE(newer.has_value());
  const Surface newest = surface_of("0.33.0");
  EXPECT_EQ(newer->version.text(), "0.40.0");
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(newer->request_fields[i], newest.request_fields[i]);
  }
  EXPECT_TRUE(newer->cache_salt[2]);
  EXPECT_TRUE(newer->prefix_caching_default);
  EXPECT_FALSE(newer->refuses_unknown_fields);
}

TEST(IgnoredFieldsTest, AreHarmlessOpenAiFields) {
  const auto& chat = ignored_fields(Endpoint::chat);
  const std::pair<std::string_view, std::string_view> expected[] = {
      {"metadata", "object"},
      {"prompt_cache_key", "string"},
      {"prompt_cache_options", "object"},
      {"prompt_cache_retention", "string"},
      {"safety_identifier", "string"},
      {"service_tier", "string"},
      {"store", "boolean"},
      {"user", "string"},
      {"verbosity", "string"},
  };
  ASSERT_EQ(chat.size(), std::size(expected));
  for (std::size_t i = 0; i < chat.size(); ++i) {
    EXPECT_EQ(chat[i].name, expected[i].first);
    EXPECT_EQ(chat[i].type, expected[i].second);
  }
  for (Endpoint e : {Endpoint::completions, Endpoint::embeddings}) {
    std::string names;
    for (const IgnoredField& field : ignored_fields(e)) names += std::string(field.name) + ' ';
    EXPECT_EQ(names, "metadata prompt_cache_key safety_identifier service_tier store user ");
  }
}

// A field that has to be refused or that changes the answer must not be dropped in silence.
TEST(IgnoredFieldsTest, NeverSwallowAFieldThatMatters) {
  const std::string_view matters[] = {"model",
                                      "messages",
                                      "prompt",
                                      "input",
                                      "max_tokens",
                                      "max_completion_tokens",
                                      "n",
                                      "best_of",
                                      "use_beam_search",
                                      "stream",
                                      "stream_options",
                                      "logprobs",
                                      "prompt_logprobs",
                                      "logprob_token_ids",
                                      "echo",
                                      "min_tokens",
                                      "ignore_eos",
                                      "logit_bias",
                                      "allowed_token_ids",
                                      "bad_words",
                                      "response_format",
                                      "structured_outputs",
                                      "guided_json",
                                      "guided_regex",
                                      "guided_grammar",
                                      "tools",
                                      "tool_choice",
                                      "parallel_tool_calls",
                                      "chat_template",
                                      "chat_template_kwargs",
                                      "continue_final_message",
                                      "add_special_tokens",
                                      "documents",
                                      "mm_processor_kwargs",
                                      "media_io_kwargs",
                                      "prompt_embeds",
                                      "priority",
                                      "request_id",
                                      "session_id",
                                      "cache_salt",
                                      "kv_transfer_params",
                                      "ec_transfer_params",
                                      "vllm_xargs",
                                      "logits_processors",
                                      "return_token_ids",
                                      "return_tokens_as_token_ids",
                                      "return_prompt_text",
                                      "routed_experts_prompt_start",
                                      "thinking_token_budget",
                                      "reasoning_effort",
                                      "suffix",
                                      "seed",
                                      "stop",
                                      "audio",
                                      "modalities",
                                      "functions",
                                      "function_call",
                                      "web_search_options",
                                      "moderation",
                                      "prediction"};
  for (Endpoint e : kEndpoints) {
    for (const IgnoredField& field : ignored_fields(e)) {
      EXPECT_EQ(std::ranges::find(matters, field.name), std::end(matters)) << field.name;
      EXPECT_THAT((std::vector<std::string_view>{"string", "boolean", "object"}),
                  Contains(field.type));
    }
  }
}

}  // namespace
}  // namespace gh::vllm
