#include "hdf5/chunks.h"

#include <gtest/gtest.h>

#include "bytes.h"
#include "hdf5/symbol_table.h"

namespace gh::hdf5 {
namespace {

using Form = ChunkIndex::Form;

bool is_fine(const std::string& bytes, Form form, std::uint64_t address = 0) {
  Opened opened(bytes);
  return check_chunks(opened.file, {.form = form, .address = address, .sizes = {10, 8}})
      .has_value();
}

// A key, and for all but the last where its chunk is.
std::string key(std::uint64_t size, std::uint64_t begin, std::uint64_t element = 0) {
  return little(size, 4) + little(0, 4) + little(begin, 8) + little(element, 8);
}

std::string tree(std::uint64_t count, const std::string& keys, int type = 1, int level = 0) {
  return "TREE" + little(static_cast<std::uint64_t>(type), 1) +
         little(static_cast<std::uint64_t>(level), 1) + little(count, 2) + little(UINT64_MAX, 8) +
         little(UINT64_MAX, 8) + keys;
}

TEST(Chunks, OfATreeBeginWhereTheyCan) {
  const std::string two = key(4, 0) + little(0, 8) + key(4, 10) + little(4, 8) + key(4, 20, 8);
  EXPECT_TRUE(is_fine(tree(2, two), Form::tree));
  EXPECT_TRUE(is_fine(tree(0, key(0, 0)), Form::tree));
  EXPECT_FALSE(is_fine(tree(2, two, 0), Form::tree));
  EXPECT_FALSE(is_fine(tree(3, two), Form::tree));
  EXPECT_FALSE(is_fine("TREF" + tree(2, two).substr(4), Form::tree));
  EXPECT_FALSE(is_fine(tree(2, two), Form::tree, 1'000'000));
  EXPECT_FALSE(is_fine(tree(1, key(4, 5) + little(0, 8) + key(4, 10)), Form::tree));
  EXPECT_FALSE(is_fine(tree(1, key(4, 0, 3) + little(0, 8) + key(4, 10)), Form::tree));
  EXPECT_FALSE(is_fine(tree(1, key(4, 0) + little(0, 8) + key(4, 11)), Form::tree));
  EXPECT_FALSE(is_fine(tree(1, key(4, 0) + little(1'000, 8) + key(4, 10)), Form::tree));
  EXPECT_FALSE(is_fine(tree(1, key(4'000, 0) + little(0, 8) + key(4, 10)), Form::tree));
  // A node that is its own child, or lies no level below.
  EXPECT_FALSE(is_fine(tree(1, key(4, 0) + little(0, 8) + key(4, 10), 1, 1), Form::tree));
  const std::string leaf = tree(1, key(4, 0) + little(0, 8) + key(4, 10));
  const std::string root = tree(1, key(4, 0) + little(leaf.size(), 8) + key(4, 10), 1, 1);
  EXPECT_TRUE(is_fine(root + leaf, Form::none, 0));
  EXPECT_TRUE(
      is_fine(tree(1, key(4, 0) + little(root.size(), 8) + key(4, 10), 1, 1) + leaf, Form::tree));
  EXPECT_FALSE(
      is_fine(tree(1, key(4, 0) + little(root.size(), 8) + key(4, 10), 1, 2) + leaf, Form::tree));
}

std::string fixed_head(std::uint64_t elements, std::uint64_t block, std::uint64_t page_bits = 10) {
  return sealed("FAHD" + little(0, 1) + little(0, 1) + little(8, 1) + little(page_bits, 1) +
                little(elements, 8) + little(block, 8));
}

TEST(Chunks, OfArraysHaveChecksums) {
  const std::string head = fixed_head(2, 28);
  ASSERT_EQ(head.size(), 28u);
  std::string block = sealed("FADB" + little(0, 2) + little(0, 8) + std::string(16, 'x'));
  EXPECT_TRUE(is_fine(head + block, Form::fixed_array));
  EXPECT_FALSE(is_fine(head + block, Form::extensible_array));
  EXPECT_FALSE(is_fine(head + block, Form::tree2));
  block[20] = 'y';
  EXPECT_FALSE(is_fine(head + block, Form::fixed_array));
  EXPECT_FALSE(is_fine("?" + head.substr(1) + block, Form::fixed_array));
  EXPECT_TRUE(is_fine(fixed_head(2, UINT64_MAX), Form::fixed_array));
  EXPECT_FALSE(is_fine(fixed_head(2, 5'000), Form::fixed_array));
  // Only pages that were written count.
  const std::string paged = fixed_head(3, 28, 1);
  const std::string first = sealed(std::string(16, 'x'));
  const auto block_of = [](int bits) {
    return sealed("FADB" + little(0, 2) + little(0, 8) +
                  little(static_cast<std::uint64_t>(bits), 1));
  };
  EXPECT_TRUE(is_fine(paged + block_of(0x80) + first + std::string(12, 'x'), Form::fixed_array));
  EXPECT_FALSE(is_fine(paged + block_of(0xc0) + first + std::string(12, 'x'), Form::fixed_array));
  EXPECT_TRUE(
      is_fine(paged + block_of(0xc0) + first + sealed(std::string(8, 'x')), Form::fixed_array));
}

TEST(Chunks, OfAnArrayThatClaimsMoreThanTheFileAreBroken) {
  const std::string block = sealed("FADB" + little(0, 2) + little(0, 8) + std::string(16, 'x'));
  ASSERT_TRUE(is_fine(fixed_head(2, 28) + block, Form::fixed_array));
  for (const std::uint64_t elements :
       {std::uint64_t{9}, std::uint64_t{1} << 40, std::uint64_t{1} << 61, UINT64_MAX})
    EXPECT_FALSE(is_fine(fixed_head(elements, 28) + block, Form::fixed_array)) << elements;
}

// What is too much is said, and told from what is wrong.
TEST(Chunks, OfMoreThanIsReadAreALimit) {
  const std::string array =
      fixed_head(2, 28) + sealed("FADB" + little(0, 2) + little(0, 8) + std::string(16, 'x'));
  const std::string leaf = tree(1, key(4, 0) + little(0, 8) + key(4, 10));
  for (const auto& [form, bytes] :
       {std::pair(Form::fixed_array, array), std::pair(Form::tree, leaf)})
    for (const std::uint64_t left : {0U, 30U}) {
      Opened opened(bytes);
      ASSERT_TRUE(opened.file.spend(File::kMaxBytes - left, 0));
      const auto read = check_chunks(opened.file, {.form = form, .address = 0, .sizes = {10, 8}});
      ASSERT_FALSE(read);
      EXPECT_TRUE(read.error().limit);
    }
}

TEST(LocalHeap, ItsFreeSpaceIsAList) {
  const auto heap = [](std::uint64_t free, const std::string& data) {
    Opened opened("HEAP" + little(0, 4) + little(data.size(), 8) + little(free, 8) + little(32, 8) +
                  data);
    return read_local_heap(opened.file, 0).has_value();
  };
  const std::string block = little(1, 8) + little(16, 8);
  EXPECT_TRUE(heap(1, block));
  EXPECT_TRUE(heap(0, block));
  EXPECT_TRUE(heap(UINT64_MAX, block));
  EXPECT_TRUE(heap(16, block + little(0, 8) + little(16, 8)) == false);
  EXPECT_TRUE(heap(0, little(16, 8) + little(16, 8) + block));
  EXPECT_FALSE(heap(16, block));
  EXPECT_FALSE(heap(8, block));
  EXPECT_FALSE(heap(0, little(1, 8) + little(17, 8)));
  EXPECT_FALSE(heap(0, little(1, 8) + little(UINT64_MAX - 1, 8)));
  EXPECT_FALSE(heap(16, little(1, 8) + little(16, 8) + little(16, 8) + little(16, 8)));
}

}  // namespace
}  // namespace gh::hdf5
