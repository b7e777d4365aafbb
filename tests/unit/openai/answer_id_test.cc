#include "openai/answer_id.h"

#include <gtest/gtest.h>

#include "base/ids.h"
#include "fixture.h"

namespace gh::openai {
namespace {

bool foreign(const std::string& id, std::string_view ours) {
  return names_another_request(parse(R"({"id":")" + id + R"("})"), ours);
}

TEST(AnswerId, OfThisRequest) {
  RequestIds ids;
  for (int i = 0; i < 100; ++i) {
    const RequestId id = ids.next();
    const std::string ours(id.view());
    for (const std::string& text : {ours, "chatcmpl-" + ours, "cmpl-" + ours + "-0", "embd-" + ours,
                                    "cmpl-" + ours + "-9f3c2b1a"}) {
      EXPECT_FALSE(foreign(text, ours)) << text;
    }
  }
}

TEST(AnswerId, OfAnother) {
  RequestIds ids;
  const RequestId mine = ids.next();
  for (int i = 0; i < 100; ++i) {
    const RequestId id = ids.next();
    const std::string other(id.view());
    for (const std::string& text : {other, "chatcmpl-" + other, "cmpl-" + other + "-0",
                                    "embd-" + other, "x-req_-" + other, "req_" + other}) {
      EXPECT_TRUE(foreign(text, mine.view())) << text;
    }
  }
  std::string near(mine.view());
  near.back() = near.back() == 'a' ? 'b' : 'a';
  EXPECT_TRUE(foreign("chatcmpl-" + near, mine.view()));
  EXPECT_TRUE(
      foreign("chatcmpl-" + std::string(mine.view().substr(0, 25)) + "_" + near, mine.view()));
}

// What says nothing about whose it is passes as before.
TEST(AnswerId, OfAnotherForm) {
  RequestIds ids;
  const RequestId id = ids.next();
  const std::string ours(id.view());
  for (const std::string& text :
       {std::string(), std::string("chatcmpl-1"), std::string("chatcmpl-9c932ed3acce6992"),
        std::string("chatcmpl-req-from-client"), ours.substr(0, 25), ours.substr(4),
        std::string("req_0123456789-BCDEFGHIJKL"), std::string("REQ_0123456789ABCDEFGHIJKL"),
        std::string("req_0123456789ABCDEFGHIJK"), std::string("req_")}) {
    EXPECT_FALSE(foreign(text, ours)) << text;
  }
  const std::string other = R"("req_0123456789ABCDEFGHIJKL")";
  EXPECT_TRUE(names_another_request(parse(R"({"id":)" + other + "}"), ours));
  for (const std::string& answer :
       {std::string("{}"), std::string("[]"), std::string("1"), R"({"id":[)" + other + "]}",
        R"({"model":)" + other + "}", std::string(R"({"id":null})")}) {
    EXPECT_FALSE(names_another_request(parse(answer), ours)) << answer;
  }
  EXPECT_FALSE(foreign("req_0123456789ABCDEFGHIJKL", ""));
}

// All that vLLM was seen to send without an id of ours.
TEST(AnswerId, OfEveryRecording) {
  int answers = 0;
  for (const auto endpoint : vllm::kEndpoints) {
    for (const Recording& recording : recordings(endpoint)) {
      if (recording.status != 200 || recording.is_stream) continue;
      ++answers;
      EXPECT_FALSE(names_another_request(parse(recording.response), "req_0123456789ABCDEFGHIJKL"))
          << recording.name;
    }
  }
  EXPECT_GE(answers, 30);
}

}  // namespace
}  // namespace gh::openai
