#include "archive/inflate.h"

#include <gtest/gtest.h>

#include "zip_writer.h"

namespace gh::archive {
namespace {

std::string numbered(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>((i * 131 + i / 251) & 0xff);
  return bytes;
}

std::string read(source::Source& source, std::uint64_t offset, std::size_t size) {
  std::string into(size, '?');
  into.resize(source.read_at(offset, into));
  return into;
}

TEST(Inflate, gives_the_bytes_in_any_order) {
  const std::string bytes = numbered(600'000);
  const std::string packed = "junk" + deflated(bytes) + "junk";
  source::MemorySource whole(packed);
  std::uint64_t work = 10'000'000;
  const auto source = inflate(whole, 4, packed.size() - 8, bytes.size(), work);
  EXPECT_EQ(source->size(), bytes.size());
  EXPECT_EQ(read(*source, 0, bytes.size()), bytes);
  EXPECT_EQ(work, 10'000'000 - bytes.size());
  EXPECT_EQ(read(*source, 10, 1000), bytes.substr(10, 1000));  // begun again
  EXPECT_EQ(read(*source, 599'990, 100), bytes.substr(599'990));
  EXPECT_EQ(read(*source, 600'000, 1), "");
  EXPECT_FALSE(source->error());
}

TEST(Inflate, gives_what_is_left_once_all_input_is_used) {
  for (const std::size_t size : {std::size_t{1} << 20, (std::size_t{1} << 20) + 12'345}) {
    const std::string packed = deflated(std::string(size, '\0'));
    source::MemorySource whole(packed);
    std::uint64_t work = 10'000'000;
    const auto source = inflate(whole, 0, packed.size(), size, work);
    std::uint64_t got = 0;
    while (const std::size_t more = read(*source, got, 1000).size()) got += more;
    EXPECT_EQ(got, size);
    EXPECT_FALSE(source->error());
  }
}

TEST(Inflate, takes_bytes_behind_the_stream_for_nothing) {
  const std::string packed = deflated("hello") + "more";
  source::MemorySource whole(packed);
  std::uint64_t work = 100;
  const auto source = inflate(whole, 0, packed.size(), 5, work);
  EXPECT_EQ(source->unused(), 0u);
  EXPECT_EQ(read(*source, 0, 100), "hello");
  EXPECT_FALSE(source->error());
  EXPECT_EQ(source->unused(), 4u);
}

TEST(Inflate, shows_one_byte_more_than_stated) {
  const std::string packed = deflated(numbered(1'000'000));
  source::MemorySource whole(packed);
  std::uint64_t work = 10'000'000;
  const auto source = inflate(whole, 0, packed.size(), 10, work);
  EXPECT_EQ(read(*source, 0, 2'000'000), numbered(11));
}

TEST(Inflate, ends_with_an_error) {
  const std::string bytes = numbered(100'000);
  const std::string packed = deflated(bytes);
  for (const std::size_t cut :
       {std::size_t{0}, std::size_t{1}, packed.size() / 2, packed.size() - 1}) {
    source::MemorySource whole(packed);
    std::uint64_t work = 10'000'000;
    const auto source = inflate(whole, 0, cut, bytes.size(), work);
    const std::string got = read(*source, 0, bytes.size() + 1);
    EXPECT_EQ(got, bytes.substr(0, got.size()));
    EXPECT_TRUE(source->error()) << cut;
    EXPECT_EQ(read(*source, 0, 1), "") << "after an error nothing is given";
  }
}

TEST(Inflate, refuses_a_zlib_header_and_noise) {
  for (const std::string_view packed : {std::string_view("\x78\x9c\x03\x00\x00\x00\x00\x01", 8),
                                        std::string_view("\xff\xff\xff\xff", 4)}) {
    source::MemorySource whole(packed);
    std::uint64_t work = 100;
    const auto source = inflate(whole, 0, packed.size(), 50, work);
    read(*source, 0, 50);
    EXPECT_TRUE(source->error());
  }
}

TEST(Inflate, stops_when_the_work_is_used_up) {
  const std::string packed = deflated(std::string(1'000'000, 'x'));
  source::MemorySource whole(packed);
  std::uint64_t work = 100'000;
  const auto source = inflate(whole, 0, packed.size(), 1'000'000, work);
  EXPECT_EQ(read(*source, 0, 1'000'000).size(), 100'000u);
  EXPECT_TRUE(source->error());
  EXPECT_EQ(work, 0u);
}

}  // namespace
}  // namespace gh::archive
