// Names to addresses.

#include "net/resolver.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "harness.h"

namespace gh::net {
namespace {

using test::drive;

struct Asked {
  int answers = 0;
  std::string text;  // addresses, or "error: …"
  std::thread::id thread;
  Resolver::Answer answer() {
    return [this](Result<std::vector<Address>> result) {
      ++answers;
      thread = std::this_thread::get_id();
      if (!result) {
        text = "error: " + result.error().message;
        return;
      }
      for (const Address& address : *result) {
        text += address.text() + " " + std::to_string(address.port()) + " ";
      }
    };
  }
};

TEST(Resolver, LiteralsAreAnsweredAtOnce) {
  Loop loop;
  Resolver resolver;
  for (const auto& [host, text] : {std::pair{"192.0.2.1", "192.0.2.1 80 "},
                                   {"::1", "::1 80 "},
                                   {"[2001:db8::1]", "2001:db8::1 80 "}}) {
    Asked asked;
    resolver.resolve(loop, host, 80, asked.answer());
    EXPECT_EQ(asked.text, text);
  }
}

TEST(Resolver, LocalhostOnTheLoopsThread) {
  Loop loop;
  Resolver resolver;
  Asked first, second;
  resolver.resolve(loop, "localhost", 8000, first.answer());
  EXPECT_EQ(first.answers, 0);
  ASSERT_TRUE(drive(loop, [&] { return first.answers > 0; }));
  EXPECT_TRUE(first.text.find("127.0.0.1 8000 ") != std::string::npos ||
              first.text.find("::1 8000 ") != std::string::npos)
      << first.text;
  EXPECT_EQ(first.thread, std::this_thread::get_id());
  // From the cache, with the port that is asked now.
  resolver.resolve(loop, "localhost", 9000, second.answer());
  EXPECT_EQ(second.answers, 1);
  EXPECT_NE(second.text.find(" 9000 "), std::string::npos);
}

// covers: engine-7-resolver
TEST(Resolver, Failure) {
  Loop loop;
  Resolver resolver;
  Asked asked, again;
  // RFC 6761 §6.4: never resolves; a label over 63 bytes is refused without a question.
  const std::string host = std::string(64, 'x') + ".invalid";
  resolver.resolve(loop, host, 80, asked.answer());
  ASSERT_TRUE(drive(loop, [&] { return asked.answers > 0; }));
  EXPECT_TRUE(asked.text.starts_with("error: " + host + ": ")) << asked.text;
  resolver.resolve(loop, host, 80, again.answer());  // failures are kept for a moment
  EXPECT_EQ(again.answers, 1);
}

TEST(Resolver, EveryQuestionIsAnsweredOnItsOwnLoop) {
  Resolver resolver;
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      Loop loop;
      Asked asked[20];
      for (Asked& one : asked) resolver.resolve(loop, "localhost", 80, one.answer());
      const bool done = drive(loop, [&] {
        for (const Asked& one : asked) {
          if (one.answers == 0) return false;
        }
        return true;
      });
      for (const Asked& one : asked) {
        if (done && one.answers == 1 && one.thread == std::this_thread::get_id()) ++right;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 60);
}

// What an answer holds belongs to the loop's thread: it ends with the resolver, there, also when
// the question is being looked up.
// covers: engine-7-resolver
TEST(Resolver, OpenQuestionsEndWithIt) {
  for (int round = 0; round < 50; ++round) {
    Loop loop;
    auto held = std::make_shared<int>(0);
    {
      Resolver resolver;
      for (const auto* host : {"localhost", "a.invalid", "b.invalid"}) {
        resolver.resolve(loop, host, 80, [held](auto) { ++*held; });
      }
    }
    loop.stop();
    loop.run();  // answers that were posted in time
    EXPECT_EQ(held.use_count(), 1);
    EXPECT_LE(*held, 3);
  }
}

}  // namespace
}  // namespace gh::net
