#include "source/source.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "source/reader.h"

namespace gh::source {
namespace {

std::string numbered(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>((i * 131 + i / 251) & 0xff);
  return bytes;
}

std::string read(Source& source, std::uint64_t offset, std::size_t size) {
  std::string into(size, '?');
  into.resize(source.read_at(offset, into));
  return into;
}

// A temporary file without a name.
class File {
 public:
  explicit File(std::string_view bytes) : descriptor_(::memfd_create("source_test", 0)) {
    EXPECT_EQ(::write(descriptor_, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { ::close(descriptor_); }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

TEST(MemorySource, reads_what_is_there) {
  const std::string bytes = numbered(100);
  MemorySource source(bytes);
  EXPECT_EQ(read(source, 0, 100), bytes);
  EXPECT_EQ(read(source, 90, 100), bytes.substr(90));
  EXPECT_EQ(read(source, 100, 1), "");
  EXPECT_EQ(read(source, UINT64_MAX, 1), "");
}

TEST(FileSource, counts_every_page_once) {
  const std::string bytes = numbered(3 * 4096 + 10);
  File file(bytes);
  FileSource source(file.descriptor(), bytes.size());
  EXPECT_EQ(source.bytes_seen(), 0u);
  EXPECT_EQ(read(source, 4095, 2), bytes.substr(4095, 2));
  EXPECT_EQ(source.bytes_seen(), 2u * 4096);
  EXPECT_EQ(read(source, 0, 10), bytes.substr(0, 10));
  EXPECT_EQ(source.bytes_seen(), 2u * 4096);
  EXPECT_EQ(read(source, 0, bytes.size() + 5), bytes);
  EXPECT_EQ(source.bytes_seen(), bytes.size());
  EXPECT_FALSE(source.error());
}

TEST(FileSource, says_that_a_file_shrank) {
  File file(numbered(100));
  FileSource source(file.descriptor(), 200);
  EXPECT_EQ(read(source, 0, 200).size(), 100u);
  EXPECT_TRUE(source.error());
}

TEST(FileSource, says_that_reading_failed) {
  FileSource source(-1, 10);
  EXPECT_EQ(read(source, 0, 10), "");
  EXPECT_TRUE(source.error());
}

TEST(Slice, stays_inside_its_range) {
  const std::string bytes = numbered(100);
  MemorySource whole(bytes);
  Slice slice(whole, 10, 20);
  EXPECT_EQ(slice.size(), 20u);
  EXPECT_EQ(read(slice, 0, 100), bytes.substr(10, 20));
  EXPECT_EQ(read(slice, 19, 5), bytes.substr(29, 1));
  EXPECT_EQ(read(slice, 20, 5), "");
  EXPECT_EQ(Slice(whole, 90, UINT64_MAX).size(), 10u);
  EXPECT_EQ(Slice(whole, UINT64_MAX, 10).size(), 0u);
}

// Produces `bytes` in pieces, and counts how often it began.
class Pieces final : public ForwardSource {
 public:
  Pieces(std::string_view bytes, std::uint64_t& work)
      : ForwardSource(bytes.size(), work), bytes_(bytes) {}
  int starts() const { return starts_; }
  std::size_t fail_at = SIZE_MAX;

 private:
  bool rewind() override {
    ++starts_;
    at_ = 0;
    return true;
  }
  std::size_t produce(std::span<char> into) override {
    if (at_ >= fail_at) {
      set_error("broken");
      return 0;
    }
    const std::size_t count = std::min({into.size(), bytes_.size() - at_, std::size_t{1000}});
    bytes_.copy(into.data(), count, at_);
    at_ += count;
    return count;
  }
  std::string_view bytes_;
  std::size_t at_ = 0;
  int starts_ = 0;
};

TEST(ForwardSource, gives_the_same_bytes_in_any_order) {
  const std::string bytes = numbered(300'000);
  std::uint64_t work = 10'000'000;
  Pieces source(bytes, work);
  EXPECT_EQ(read(source, 0, 5'000), bytes.substr(0, 5'000));
  EXPECT_EQ(read(source, 200'000, 100), bytes.substr(200'000, 100));
  EXPECT_EQ(read(source, 199'990, 100), bytes.substr(199'990, 100));  // a small step back
  EXPECT_EQ(source.starts(), 1);
  EXPECT_EQ(read(source, 10, 100), bytes.substr(10, 100));
  EXPECT_EQ(source.starts(), 2);
  EXPECT_EQ(read(source, 0, 400'000), bytes);
  EXPECT_EQ(read(source, 299'999, 9), bytes.substr(299'999));
  EXPECT_EQ(read(source, 300'000, 9), "");
  EXPECT_FALSE(source.error());
}

TEST(ForwardSource, keeps_its_last_bytes) {
  const std::string bytes = numbered(300'000);
  std::uint64_t work = 10'000'000;
  Pieces source(bytes, work);
  EXPECT_EQ(read(source, 0, 400'000), bytes);
  EXPECT_EQ(read(source, 0, 1), bytes.substr(0, 1));
  EXPECT_EQ(source.starts(), 2);
  const std::uint64_t left = work;
  EXPECT_EQ(read(source, 230'000, 69'000), bytes.substr(230'000, 69'000));
  EXPECT_EQ(read(source, 299'999, 9), bytes.substr(299'999));
  EXPECT_EQ(read(source, 300'000, 9), "");
  EXPECT_EQ(read(source, UINT64_MAX, 9), "");
  EXPECT_EQ(source.starts(), 2);
  EXPECT_EQ(work, left);
  EXPECT_EQ(read(source, 100'000, 200'000), bytes.substr(100'000));
}

TEST(ForwardSource, ends_when_the_work_is_used_up) {
  const std::string bytes = numbered(300'000);
  std::uint64_t work = 100'000;
  Pieces source(bytes, work);
  EXPECT_EQ(read(source, 0, 300'000).size(), 100'000u);
  EXPECT_EQ(work, 0u);
  ASSERT_TRUE(source.error());
  EXPECT_NE(source.error()->message.find("limit"), std::string::npos);
}

// Bytes that are unpacked out of what is unpacked itself.
class Nested final : public ForwardSource {
 public:
  Nested(Source& inner, std::uint64_t& work) : ForwardSource(inner.size(), work), inner_(inner) {}

 private:
  bool rewind() override {
    at_ = 0;
    return true;
  }
  std::size_t produce(std::span<char> into) override {
    const std::size_t got = inner_.read_at(at_, into);
    at_ += got;
    return got;
  }
  Source& inner_;
  std::uint64_t at_ = 0;
};

TEST(ForwardSource, never_has_more_work_left_for_being_nested) {
  const std::string bytes = numbered(300'000);
  for (std::uint64_t limit = 1; limit < 700'000; limit += 20'011) {
    std::uint64_t work = limit;
    Pieces inner(bytes, work);
    Nested outer(inner, work);
    read(outer, 0, 400'000);
    EXPECT_LE(work, limit) << limit;
  }
}

TEST(ForwardSource, keeps_what_came_before_an_error) {
  const std::string bytes = numbered(10'000);
  std::uint64_t work = 1'000'000;
  Pieces source(bytes, work);
  source.fail_at = 3'000;
  EXPECT_EQ(read(source, 0, 10'000), bytes.substr(0, 3'000));
  ASSERT_TRUE(source.error());
  EXPECT_EQ(source.error()->message, "broken");
}

TEST(Reader, walks_and_skips) {
  const std::string bytes = numbered(1'000'000);
  MemorySource source(bytes);
  Reader reader(source, 5, 900'000);
  EXPECT_EQ(reader.position(), 5u);
  EXPECT_EQ(reader.left(), 899'995u);
  EXPECT_EQ(reader.peek(10).substr(0, 10), bytes.substr(5, 10));
  EXPECT_TRUE(reader.skip(3));
  EXPECT_EQ(reader.peek(7).substr(0, 7), bytes.substr(8, 7));
  EXPECT_TRUE(reader.skip(600'000));
  EXPECT_EQ(reader.position(), 600'008u);
  EXPECT_EQ(reader.peek(Reader::kWindow), bytes.substr(600'008, Reader::kWindow));
  EXPECT_FALSE(reader.skip(UINT64_MAX));
  EXPECT_EQ(reader.position(), 900'000u);
  EXPECT_EQ(reader.left(), 0u);
  EXPECT_EQ(reader.peek(1), "");
}

TEST(Reader, walks_over_everything_in_any_step) {
  const std::string bytes = numbered(700'000);
  MemorySource source(bytes);
  for (const std::size_t step : {1u, 7u, 4096u, 100'000u, 262'144u}) {
    Reader reader(source);
    std::string seen;
    while (reader.left() != 0) {
      const auto part = reader.peek(step).substr(0, step);
      seen += part;
      EXPECT_TRUE(reader.skip(part.size()));
    }
    EXPECT_EQ(seen == bytes, true) << step;
  }
}

TEST(Reader, sees_an_early_end) {
  File file(numbered(100));
  FileSource source(file.descriptor(), 200);
  Reader reader(source);
  EXPECT_EQ(reader.peek(150).size(), 100u);
  EXPECT_TRUE(reader.skip(100));
  EXPECT_EQ(reader.peek(1), "");
  EXPECT_EQ(reader.left(), 100u);
}

}  // namespace
}  // namespace gh::source
