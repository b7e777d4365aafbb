#include "hdf5/file.h"

#include <gtest/gtest.h>

#include "bytes.h"

namespace gh::hdf5 {
namespace {

TEST(File, ReadsWhatIsThereAndNothingElse) {
  Opened opened("..abcdef", 2);
  EXPECT_EQ(opened.file.read(0, 6, "it").value(), "abcdef");
  EXPECT_EQ(opened.file.read(6, 0, "it").value(), "");
  EXPECT_FALSE(opened.file.read(0, 7, "it"));
  EXPECT_FALSE(opened.file.read(7, 0, "it"));
  EXPECT_FALSE(opened.file.read(1, UINT64_MAX, "it"));
  EXPECT_FALSE(opened.file.read(kUndefined, 0, "it"));
  EXPECT_EQ(opened.file.read(kUndefined - 1, 4, "it").error().offset, 8u);
  EXPECT_EQ(opened.file.read(5, 4, "it").error().offset, 7u);
}

TEST(File, BehindItsBaseThereMayBeNothing) {
  Opened opened("ab", 512);
  EXPECT_FALSE(opened.file.holds(0, 1));
  EXPECT_TRUE(opened.file.holds(0, 0));
  EXPECT_EQ(opened.file.offset(5), 2u);
}

TEST(File, EndsWhenTooMuchWasRead) {
  Opened opened("ab");
  EXPECT_TRUE(opened.file.spend(File::kMaxBytes - 2, 0));
  EXPECT_TRUE(opened.file.read(0, 2, "it"));
  const auto more = opened.file.read(0, 1, "it");
  ASSERT_FALSE(more);
  EXPECT_TRUE(more.error().limit);
  EXPECT_TRUE(opened.file.spend(0, 0));
  EXPECT_FALSE(opened.file.spend(UINT64_MAX, 0));
}

TEST(File, NumbersAreAsShortAsTheyCanBe) {
  for (const auto& [most, width] : std::initializer_list<std::pair<std::uint64_t, std::size_t>>{
           {0, 1}, {1, 1}, {255, 1}, {256, 2}, {65'535, 2}, {65'536, 3}, {UINT64_MAX, 8}})
    EXPECT_EQ(width_of(most), width) << most;
}

TEST(Fields, GiveNumbersBytesAndTexts) {
  Opened opened("");
  const std::string bytes = raw("\x01\x02\x00name\0rest");
  Fields fields(bytes, opened.file);
  EXPECT_EQ(fields.number(3), 0x0201u);
  EXPECT_EQ(fields.text(), "name");
  EXPECT_EQ(fields.at(), 8u);
  fields.align();
  EXPECT_EQ(fields.at(), 8u);
  EXPECT_EQ(fields.rest(), "rest");
  EXPECT_TRUE(fields.ok());
  EXPECT_EQ(fields.left(), 0u);
}

TEST(Fields, AddressesAreAsWideAsTheFileSays) {
  Opened opened("");
  opened.file.address_width = 4;
  opened.file.length_width = 2;
  const std::string bytes = raw("\xff\xff\xff\xff\x01\x00\x00\x00\xff\xff");
  Fields fields(bytes, opened.file);
  EXPECT_EQ(fields.address(), kUndefined);
  EXPECT_EQ(fields.address(), 1u);
  EXPECT_EQ(fields.length(), 0xffffu);
}

TEST(Fields, BehindTheEndAreZero) {
  Opened opened("");
  for (const auto& read : std::initializer_list<void (*)(Fields&)>{
           [](Fields& fields) { EXPECT_EQ(fields.number(4), 0u); },
           [](Fields& fields) { EXPECT_EQ(fields.address(), kUndefined); },
           [](Fields& fields) { EXPECT_EQ(fields.bytes(UINT64_MAX), ""); },
           [](Fields& fields) { EXPECT_EQ(fields.text(), ""); },
           [](Fields& fields) { fields.skip(4); }}) {
    Fields fields("abc", opened.file);
    read(fields);
    EXPECT_FALSE(fields.ok());
    EXPECT_EQ(fields.left(), 0u);
  }
}

}  // namespace
}  // namespace gh::hdf5
