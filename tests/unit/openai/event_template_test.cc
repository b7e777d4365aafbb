// The short way for an event must say what the long way says, whatever the event.

#include "openai/event_template.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <string>
#include <vector>

#include "fixture.h"
#include "openai/stream.h"

namespace gh::openai {
namespace {

const vllm::Surface& newest() {
  static const vllm::Surface surface = *vllm::surface(vllm::newest_known());
  return surface;
}

ResponseRules rules_for(vllm::Endpoint endpoint, std::uint32_t n = 1) {
  ResponseRules rules{endpoint, &newest(), "client-model", {}};
  rules.facts.n = n;
  rules.facts.max_tokens = 1000;
  rules.facts.max_model_len = 1 << 20;
  return rules;
}

// As vLLM 0.32 writes it.
std::string chat(std::string_view content, std::uint64_t completion, std::string_view index = "0") {
  return fmt::format(
      R"({{"id":"chatcmpl-8dde407ca6f5d045","object":"chat.completion.chunk","created":1795456330,)"
      R"("model":"tiny","choices":[{{"index":{},"delta":{{"content":"{}"}},"logprobs":null,)"
      R"("finish_reason":null,"token_ids":null}}],"usage":{{"prompt_tokens":14,"total_tokens":{},)"
      R"("completion_tokens":{},"prompt_tokens_details":{{"cached_tokens":10}}}}}})",
      index, content, 14 + completion, completion);
}

std::string completion(std::string_view text) {
  return fmt::format(
      R"({{"id":"cmpl-1","object":"text_completion","created":1,"model":"tiny",)"
      R"("choices":[{{"index":0,"text":"{}","logprobs":null,"finish_reason":null}}]}})",
      text);
}

// … with a total that is not the sum of its parts.
std::string lying(std::string_view content, std::uint64_t completion) {
  std::string event = chat(content, completion);
  const std::string total = fmt::format(R"("total_tokens":{})", 14 + completion);
  return event.replace(event.find(total), total.size(), R"("total_tokens":99)");
}

std::string stream(const std::vector<std::string>& events) {
  std::string bytes;
  for (const std::string& event : events) bytes += "data: " + event + "\n\n";
  return bytes;
}

struct Seen {
  std::string out;
  StreamRewriter::State state;
  std::uint64_t prompt_tokens;
  std::uint64_t completion_tokens;
  std::uint64_t cached_tokens;
  bool estimated;
  bool nonsense;
  std::uint32_t dropped_fields;
  std::string problem;
  bool operator==(const Seen&) const = default;
};

Seen seen(std::string_view bytes, const ResponseRules& rules, StreamRewriter::Way way) {
  static json::Parser parser;
  StreamRewriter rewriter(rules, parser, way);
  Seen seen;
  rewriter.feed(bytes, seen.out);
  seen.state = rewriter.state();
  const auto usage = rewriter.usage();
  seen.prompt_tokens = usage.prompt_tokens;
  seen.completion_tokens = usage.completion_tokens;
  seen.cached_tokens = usage.cached_tokens;
  seen.estimated = usage.estimated;
  seen.nonsense = usage.nonsense;
  seen.dropped_fields = rewriter.dropped_fields();
  seen.problem = rewriter.problem();
  return seen;
}

void expect_same(const std::vector<std::string>& events, const ResponseRules& rules) {
  const std::string bytes = stream(events);
  const Seen shortest = seen(bytes, rules, StreamRewriter::Way::fastest);
  const Seen parsed = seen(bytes, rules, StreamRewriter::Way::parsed);
  EXPECT_EQ(shortest, parsed) << bytes << "\nshort: " << shortest.out << shortest.problem
                              << "\nlong:  " << parsed.out << parsed.problem;
}

TEST(EventTemplate, WritesWhatItLearned) {
  EventTemplate form;
  const std::string written = R"(data: {"choices":[{"index":0,"delta":{"content":"a"}}]})"
                              "\n\n";
  form.learn(chat("a", 3), written, {0, 3, 17}, true);
  std::string out;
  const auto counts = form.write(chat("héllo 1", 12345, "1"), 2, out);
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->index, 1u);
  EXPECT_EQ(counts->completion_tokens, 12345u);
  EXPECT_EQ(counts->total_tokens, 12359u);
  EXPECT_EQ(out, R"(data: {"choices":[{"index":1,"delta":{"content":"héllo 1"}}]})"
                 "\n\n");
}

TEST(EventTemplate, MatchesNothingElse) {
  EventTemplate form;
  std::string out;
  EXPECT_FALSE(form.write(chat("a", 3), 2, out));
  form.learn(chat("a", 3), R"({"index":0,"delta":{"content":"a"}})", {0, 3, 17}, true);
  ASSERT_TRUE(form.write(chat("b", 4), 2, out));
  out.clear();
  for (const std::string& other : {
           chat("", 4),  // no text
           chat(R"(\n)", 4),
           chat(R"(")", 4),
           chat("\x01", 4),  // not literal
           chat("\xC3", 4),
           chat("\xED\xA0\x80", 4),  // not UTF-8
           chat("b", 4, "2"),
           chat("b", 4, "00"),
           chat("b", 4, "0.0"),
           chat("b", 4, "-0"),
           chat("b", 4, "0e1"),
           chat("b", 4, "1000000000"),
           chat("b", 4, ""),
           chat("b", 4, " 0"),
           chat("b", 4) + " ",
           " " + chat("b", 4),
           chat("b", 4).substr(1),
           std::string(),
           chat("b", 4).substr(0, 100),
           chat("b", 12345678901),
       }) {
    EXPECT_FALSE(form.write(other, 2, out)) << other;
  }
  EXPECT_EQ(out, "");
}

TEST(EventTemplate, LearnsNothingFromWhatIsUnfit) {
  const std::string written = R"({"index":0,"delta":{"content":"a"}})";
  const struct {
    std::string event;
    std::string written;
    EventTemplate::Counts counts;
  } unfit[] = {
      {chat("", 3), R"({"index":0,"delta":{"content":""}})", {0, 3, 17}},
      {chat("a\\n", 3), R"({"index":0,"delta":{"content":"a\n"}})", {0, 3, 17}},
      {chat("a", 0), written, {0, 0, 14}},
      {chat("a", 3), written, {1, 3, 17}},
      {chat("a", 3), written, {0, 4, 17}},
      {chat("a", 3), written, {0, 3, 18}},
      {chat("a", 3), written, {0, 3, 0}},
      {chat("a", 3), R"({"index":0})", {0, 3, 17}},
      {chat("a", 3), R"({"delta":{"content":"a"}})", {0, 3, 17}},
      {chat("a", 3), R"({"index":0,"delta":{"content":"b"}})", {0, 3, 17}},
      {chat("a", 3),
       R"({"index":0,"delta":{"content":"a"},"usage":{"total_tokens":17}})",
       {0, 3, 17}},
      {chat(R"(a","content":"a)", 3), written, {0, 3, 17}},
      {chat(R"(a","text":"a)", 3), written, {0, 3, 17}},
      {chat(R"(a","index":0,"x":")", 3), written, {0, 3, 17}},
      {chat(std::string(3000, 'a'), 3), written, {0, 3, 17}},
  };
  for (const auto& [event, out, counts] : unfit) {
    EventTemplate form;
    form.learn(event, out, counts, true);
    std::string unused;
    EXPECT_FALSE(form.write(event, 2, unused)) << event;
  }
}

// Every event with one byte changed, after one that was learned from.
TEST(EventTemplate, SaysWhatTheLongWaySaysWhateverTheByte) {
  constexpr std::string_view kBytes("\x00\x1f \"\\/{}[],:0159aAn\x7f\x80\xc3\xff", 22);
  for (const auto endpoint : {vllm::Endpoint::chat, vllm::Endpoint::completions}) {
    const ResponseRules rules = rules_for(endpoint, 2);
    const bool is_chat = endpoint == vllm::Endpoint::chat;
    const std::string first = is_chat ? chat("a", 3) : completion("a");
    const std::string second = is_chat ? chat(" bc", 14) : completion(" bc");
    for (std::size_t at = 0; at < second.size(); ++at) {
      for (const char byte : kBytes) {
        std::string changed = second;
        changed[at] = byte;
        if (byte == '\n') continue;
        expect_same({first, changed, second}, rules);
      }
      std::string shorter = second;
      shorter.erase(at, 1);
      expect_same({first, shorter, second}, rules);
      std::string longer = second;
      longer.insert(at, 1, second[at]);
      expect_same({first, longer, second}, rules);
    }
  }
}

TEST(EventTemplate, SaysWhatTheLongWaySaysOfWholeStreams) {
  const std::vector<std::vector<std::string>> streams = {
      {chat("a", 1), chat("b", 2), chat("c", 3)},
      {chat("a", 1), chat("b", 2), chat("c", 1), chat("d", 5)},  // falling
      {chat("a", 1), chat("b", 999'999), chat("c", 2)},          // above the bound
      {chat("a", 999'999), chat("b", 2), chat("c", 3)},
      {chat("a", 1), lying("b", 2), chat("c", 3)},  // a total that is no sum
      {lying("a", 1), lying("b", 2), chat("c", 3)},
      {chat("a", 1, "0"), chat("b", 1, "1"), chat("c", 2, "0"), chat("d", 2, "1")},
      {chat("a", 1), chat("b", 2, "2")},
      {chat("a", 1), chat("\\u00e9\\n", 2), chat("c", 3), chat("é", 4)},
      {completion("a"), completion("b"), completion(""), completion("c")},
      {completion("a"), chat("b", 2)},
      {chat("a", 1), R"({"error":{"message":"m","code":400}})", chat("b", 2)},
  };
  for (const auto endpoint : {vllm::Endpoint::chat, vllm::Endpoint::completions}) {
    for (const bool wants_usage : {false, true}) {
      for (const bool continuous : {false, true}) {
        ResponseRules rules = rules_for(endpoint, 2);
        rules.facts.wants_usage = wants_usage;
        rules.facts.wants_continuous_usage = continuous;
        for (const auto& events : streams) expect_same(events, rules);
      }
    }
  }
}

// Keys that are spelled with escapes, or twice, must not make the short way look at another value.
TEST(EventTemplate, IsNotMisledByHiddenKeys) {
  const auto event = [](std::string_view usage, std::string_view extra, int number) {
    std::string text =
        fmt::format(R"({{"id":"c-1","object":"chat.completion.chunk","created":1,"model":"tiny",)"
                    R"("choices":[{{"index":0,"delta":{{"content":"a"}},"finish_reason":null}}],)"
                    R"("usage":{{"prompt_tokens":14,{}}},"x":{{{}}}}})",
                    usage, extra);
    for (std::size_t at; (at = text.find('@')) != std::string::npos;) {
      text.replace(at, 1, std::to_string(number));
    }
    return text;
  };
  const std::pair<const char*, const char*> hidden[] = {
      {R"("completion\u005ftokens":5,"total_tokens":@)", R"("completion_tokens":@)"},
      {R"("completion_tokens":5,"total_tokens":@)", R"("completion_tokens":@)"},
      {R"("total_tokens":@)", R"("completion_tokens":@)"},
      {R"("completion_tokens":@)", R"("total_tokens":@)"},
      {R"("completion_tokens":@,"total_tokens":1)", R"("index":@)"},
      {R"("completion_tokens":@,"total_tokens":1)", R"("content":"@")"},
      {R"("completion_tokens":@,"total_tokens":1)", R"("text":"@")"},
  };
  for (const auto& [usage, extra] : hidden) {
    expect_same({event(usage, extra, 5), event(usage, extra, 6), event(usage, extra, 7)},
                rules_for(vllm::Endpoint::chat));
  }
}

}  // namespace
}  // namespace gh::openai
