// Counts what the parser takes from and gives back to operator new.

#include <gtest/gtest.h>
#include <malloc.h>

#include <cstdlib>
#include <new>
#include <string>

#include "base/buffer.h"
#include "json/json.h"

namespace {

std::size_t allocations = 0;
std::size_t live_bytes = 0;

void* allocate(std::size_t size) noexcept {
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) return nullptr;
  ++allocations;
  live_bytes += malloc_usable_size(memory);
  return memory;
}

void release(void* memory) noexcept {
  if (memory != nullptr) live_bytes -= malloc_usable_size(memory);
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

namespace gh::json {
namespace {

std::string numbers(std::size_t count) {
  std::string text = "[0";
  for (std::size_t i = 1; i < count; ++i) text += ",\"string\"";
  return text + "]";
}

std::string wide_object(int keys) {
  std::string text = "{\"k\":0";
  for (int i = 0; i < keys; ++i) text += ",\"" + std::to_string(i) + "\":[{\"a\":1.5}]";
  return text + "}";
}

TEST(ParserMemory, SteadyStateAllocatesNothing) {
  Buffer small;
  small.append(wide_object(5));
  Buffer large;
  large.append(wide_object(1000));
  std::string out;
  out.reserve(2 * large.size());
  Parser parser;
  EXPECT_TRUE(parser.parse_padded(large.view()));
  const std::size_t before = allocations;
  std::size_t accepted = 0;
  for (int i = 0; i < 100; ++i) {
    const auto parsed = parser.parse_padded(i % 2 == 0 ? small.view() : large.view());
    if (parsed) ++accepted;
    out.clear();
    Writer(out).value(parsed->root());
  }
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(accepted, 100u);
}

TEST(ParserMemory, GrowsByStepsNotByDocument) {
  Parser parser;
  std::size_t grown = 0;
  for (std::size_t count = 1; count < 2000; ++count) {
    Buffer text;
    text.append(numbers(count));
    const std::size_t before = allocations;
    EXPECT_TRUE(parser.parse_padded(text.view()));
    if (allocations != before) ++grown;
  }
  EXPECT_LE(grown, 8u);
}

TEST(ParserMemory, ShrinkGivesBackWhatALargeDocumentTook) {
  const std::size_t start = live_bytes;
  Parser parser;
  ASSERT_TRUE(parser.parse("[1]"));
  const std::size_t small = live_bytes - start;
  const std::string large = numbers(100'000);
  ASSERT_TRUE(parser.parse(large));
  EXPECT_GT(live_bytes - start, large.size());

  parser.shrink(2 * large.size());
  EXPECT_GT(live_bytes - start, large.size());
  parser.shrink(64 << 10);
  EXPECT_LE(live_bytes - start, small + large.capacity() + 64);

  const auto parsed = parser.parse("[\"again\"]");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->root().size(), 1u);
}

}  // namespace
}  // namespace gh::json
