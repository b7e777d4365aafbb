#pragma once
// Whole answers of an upstream, and what becomes of them.

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "fixture.h"
#include "openai/response.h"

namespace gh::openai {

inline constexpr std::string_view kChat =
    R"({"id":"chatcmpl-1","object":"chat.completion","created":5,"model":"up","choices":[{"index":0,)"
    R"("message":{"role":"assistant","content":"Hi"},"logprobs":null,"finish_reason":"stop"}],)"
    R"("usage":{"prompt_tokens":3,"total_tokens":4,"completion_tokens":1}})";

inline constexpr std::string_view kText =
    R"({"id":"cmpl-1","object":"text_completion","created":5,"model":"client-model",)"
    R"("choices":[{"index":0,"text":"Hi","logprobs":null,"finish_reason":"stop"}],)"
    R"("usage":{"prompt_tokens":3,"total_tokens":4,"completion_tokens":1}})";

// What `rewrite` makes of an answer; "refused: why" when nothing.
inline std::string rewritten(std::string_view answer, const ResponseRules& rules) {
  std::string out = "before|";
  const auto result = rewrite(out, parse(answer), rules);
  if (!result) {
    EXPECT_EQ(out, "before|") << "left something behind";
    return "refused: " + result.error();
  }
  return out.substr(7);
}

inline std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out(text);
  const auto at = out.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return out.replace(at, from.size(), to);
}

inline std::string text_with(std::string_view logprobs) {
  return replaced(kText, R"("logprobs":null)", R"("logprobs":{)" + std::string(logprobs) + "}");
}

}  // namespace gh::openai
