// An event of a stream takes nothing from the heap once buffers have grown.

#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <string>

#include "fixture.h"
#include "openai/stream.h"

namespace {

std::size_t allocations = 0;

void* allocate(std::size_t size) noexcept {
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}

// Not inline, or the compiler takes free() in operator delete for a mistake.
[[gnu::noinline]] void release(void* memory) noexcept {
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) {
  if (void* memory = allocate(size)) return memory;
  throw std::bad_alloc();
}
void* operator new[](std::size_t size) {
  return operator new(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return allocate(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return allocate(size);
}
void operator delete(void* memory) noexcept {
  release(memory);
}
void operator delete[](void* memory) noexcept {
  release(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  release(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  release(memory);
}

namespace gh::openai {
namespace {

TEST(StreamMemory, SteadyStateAllocatesNothing) {
  const Recording one = recording("api.chat_stream_usage_continuous");
  const std::string_view bytes = one.response;
  // Events of the middle, so that the stream does not end.
  const auto first = bytes.find("\n\n") + 2;
  const std::string event(bytes.substr(first, bytes.find("\n\n", first) + 2 - first));
  const ResponseRules rules = rules_for(vllm::Endpoint::chat, facts_of(one));
  json::Parser parser;
  StreamRewriter rewriter(rules, parser);
  std::string out;
  const auto feed_all = [&](std::size_t cut) {
    for (int i = 0; i < 100; ++i) {
      out.clear();
      rewriter.feed(std::string_view(event).substr(0, cut), out);
      rewriter.feed(std::string_view(event).substr(cut), out);
    }
  };
  for (const std::size_t cut : {std::size_t{0}, std::size_t{10}, event.size() - 1}) {
    feed_all(cut);
    const std::size_t before = allocations;
    feed_all(cut);
    EXPECT_EQ(allocations, before) << "cut at " << cut;
  }
  EXPECT_EQ(rewriter.state(), StreamRewriter::State::open) << rewriter.problem();
  EXPECT_EQ(rewriter.events(), 600u);
}

}  // namespace
}  // namespace gh::openai
