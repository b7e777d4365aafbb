#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>

#include "assemble.h"
#include "pickle/pickle.h"

namespace gh::pickle {
namespace {

using namespace std::string_literals;

const std::string kSystem = "cposix\nsystem\n(Vtrue\ntR.";

struct Seen {
  bool acts;
  std::string ids;  // joined by a space
};

Seen attempted(source::Source& source, bool lines = false) {
  findings::Examination examination(0);
  const Attempt attempt = pickle::attempt(source, Profile::weights, lines, examination);
  Seen seen{attempt.acts, ""};
  for (const findings::Finding& finding : examination.findings())
    seen.ids += (seen.ids.empty() ? "" : " ") + std::string(finding.rule->id);
  return seen;
}

Seen attempted(const std::string& bytes, bool lines = false) {
  source::MemorySource source(bytes);
  return attempted(source, lines);
}

TEST(Attempt, ActsBeforeItFails) {
  for (const std::string& begin : {"V\0\0\0\0\0\0\0{\n0"s, "X\1\0\0\0{"s, "U\2\0\0"s, "(V\0\0\n"s,
                                   "G\0\0\0\0\0\0\0\0"s, "\x8a\2\0\0"s, "N."s, "V\n.N.]."s, ""s}) {
    EXPECT_EQ(attempted(begin + kSystem).ids, "PKL-101 PKL-201") << testing::PrintToString(begin);
    EXPECT_EQ(attempted(begin + kSystem.substr(0, kSystem.size() - 1) + "\0\xff"s).ids,
              "PKL-101 PKL-201");
    EXPECT_EQ(attempted(begin + "cshop\nf\n\0"s).ids, "PKL-102");
    EXPECT_TRUE(attempted(begin + "ccollections\nOrderedDict\n"s).acts);
  }
  EXPECT_EQ(attempted("V\n0\x8c\2os\x8c\6system\x93").ids, "PKL-101");
  EXPECT_EQ(attempted("V\n0cos\nsystemX").ids, "PKL-101");  // a loader in Python
}

TEST(Attempt, DoesNothing) {
  for (const std::string& bytes :
       {""s, "\0"s, "{\"a\": 1}"s, "V"s, "V\n"s, "V\n."s, "V\n0c\1\2\nsystem\n)R."s, "V\n)R."s,
        "V\n)\x81."s, "V\n}b."s, "V\n\x93"s, "cos\0\0\n\0\0\0\n"s, "\x93NUMPY\1\0"s, "PK\3\4"s,
        "X\xff\xff\xff\xff"s, "X\1\0\0\0\xff"s + kSystem, "\x82\1)R."s, "V\nPx\n."s,
        "V\n0c\1\n\2\n\x8c\1a\x93"s}) {
    EXPECT_FALSE(attempted(bytes).acts) << testing::PrintToString(bytes);
    EXPECT_EQ(attempted(bytes).ids, "") << testing::PrintToString(bytes);
  }
}

// There a loader reads something else than was followed.
TEST(Attempt, FramesAcrossEachOther) {
  EXPECT_EQ(attempted("V\n0" + test::frame("N", 10) + test::frame("s", 3)).ids, "");
  EXPECT_EQ(attempted("V\n0" + test::frame(test::frame("sN.", 3), 11) + "N").ids, "PKL-307");
  EXPECT_FALSE(attempted("V\n0" + test::frame("NN", 2) + "\0"s).acts);
  EXPECT_FALSE(attempted("V\n0" + test::frame("NN", UINT64_MAX)).acts);
}

// Words are names only to those who call them.
TEST(Attempt, OfLinesOnlyWhatIsCalledOrKnown) {
  EXPECT_FALSE(attempted("VVocabulary\ncat\ndog\n", true).acts);
  EXPECT_TRUE(attempted("VVocabulary\ncat\ndog\n").acts);
  EXPECT_EQ(attempted("VVocabulary\ncat\ndog\n)R", true).ids, "PKL-102 PKL-201");
  EXPECT_EQ(attempted("VVocabulary\ncos\nsystem\n", true).ids, "PKL-101");
  // As behind a text that stands for a persistent id.
  EXPECT_FALSE(attempted("P\ncat\ndog\n").acts);
  EXPECT_TRUE(attempted("P\ncos\nsystem\n").acts);
}

// Zeroes that end in `tail`, far more of them than anybody keeps; counts what is read.
class Zeroes final : public source::Source {
 public:
  Zeroes(std::string head, std::uint64_t size, std::string tail)
      : head_(std::move(head)), size_(size), tail_(std::move(tail)) {}

  std::uint64_t size() const override { return size_; }
  std::size_t read_at(std::uint64_t offset, std::span<char> into) override {
    const std::size_t count = std::min<std::uint64_t>(into.size(), size_ - offset);
    for (std::size_t i = 0; i < count; ++i) into[i] = at(offset + i);
    read_ += count;
    return count;
  }
  const std::optional<Error>& error() const override { return error_; }
  std::uint64_t bytes_read() const { return read_; }

 private:
  char at(std::uint64_t offset) const {
    if (offset < head_.size()) return head_[offset];
    const std::uint64_t tail_at = size_ - tail_.size();
    return offset < tail_at ? '\0' : tail_[offset - tail_at];
  }

  std::string head_;
  std::uint64_t size_;
  std::string tail_;
  std::uint64_t read_ = 0;
  std::optional<Error> error_;
};

TEST(Attempt, ReadsNoMoreThanItsLimit) {
  findings::Examination examination(0);
  Zeroes far("V", std::uint64_t{16} << 30, "\n0" + kSystem);
  const Attempt open = attempt(far, Profile::weights, false, examination);
  EXPECT_FALSE(open.acts);
  EXPECT_TRUE(open.open);
  EXPECT_LE(far.bytes_read(), (std::uint64_t{64} << 20) + 1);  // and the first byte

  // What is passed over is not read.
  const std::uint64_t size = std::uint64_t{16} << 30;
  const std::string tail = "0" + kSystem;
  Zeroes behind("\x8e" + test::little_endian(size - 9 - tail.size(), 8), size, tail);
  const Seen seen = attempted(behind);
  EXPECT_EQ(seen.ids, "PKL-101 PKL-201");
  EXPECT_LE(behind.bytes_read(), std::uint64_t{1} << 20);

  Zeroes ordinary(std::string("\x50\1\0\0\0\0\0\0{}", 10), size, "");
  EXPECT_FALSE(attempt(ordinary, Profile::weights, false, examination).acts);
  Zeroes none(std::string("\0\1\0\0\0\0\0\0{}", 10), size, "");
  EXPECT_FALSE(attempt(none, Profile::weights, false, examination).open);
  EXPECT_EQ(none.bytes_read(), 1u);
}

// Headers of every length that a writer makes, and weights as they are: none of them acts.
TEST(Attempt, WeightsDoNothing) {
  std::mt19937_64 random(1);
  std::normal_distribution<float> normal(0, 0.02F);
  for (unsigned file = 0; file < 4096; ++file) {
    const std::uint64_t length = 256 + file;
    std::string header = R"({"model.layers.0.self_attn.q_proj.weight":{"dtype":"BF16","shape":)";
    header += "[64,16],\"data_offsets\":[0,2048]}}";
    header.resize(length, ' ');
    std::string bytes = test::little_endian(length, 8) + header;
    for (int i = 0; i < 1024; ++i) {
      const float weight = normal(random);
      std::uint32_t bits = 0;
      std::memcpy(&bits, &weight, sizeof bits);
      bytes += test::little_endian(file % 2 == 0 ? bits >> 16U : random(), 2);
    }
    EXPECT_FALSE(attempted(bytes).acts) << length;
  }
}

TEST(Attempt, CountsWhatItDoesNotKeep) {
  std::string calls = "V\n";
  for (int i = 0; i < 50; ++i) calls += "0cposix\nsystem\n(Vtrue\ntR";
  const std::string bytes = calls + ".";
  source::MemorySource source(bytes);
  findings::Examination examination(0);
  ASSERT_TRUE(pickle::attempt(source, Profile::weights, false, examination).acts);
  std::uint64_t most = 0;
  for (const findings::Rule* const rule : rules()) most = std::max(most, examination.count(*rule));
  EXPECT_EQ(most, 50u);
  EXPECT_LE(examination.findings().size(), 2 * findings::Examination::kKeptPerRule);
}

}  // namespace
}  // namespace gh::pickle
