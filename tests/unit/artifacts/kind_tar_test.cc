#include "artifacts/kind_tar.h"

#include <gtest/gtest.h>

#include <numeric>
#include <string>

#include "artifacts/kind.h"

namespace gh::artifacts {
namespace {

using namespace std::string_literals;

std::string header(std::string_view begin, bool with_signs = false) {
  std::string block(begin);
  block.resize(512);
  block.replace(100, 8, "0000644\0"s);
  block.replace(148, 8, "        ");
  long sum = 0;
  for (const char c : block)
    sum += with_signs ? static_cast<signed char>(c) : static_cast<unsigned char>(c);
  std::string digits;
  for (int i = 0; i < 6; ++i, sum /= 8)
    digits.insert(digits.begin(), static_cast<char>('0' + sum % 8));
  return block.replace(148, 8, digits + "\0 "s);
}

TEST(Tar, IsTheSumOfItsHeader) {
  EXPECT_TRUE(has_tar_header(header("name")));
  EXPECT_TRUE(has_tar_header(header("n\xc3\xa4me")));
  EXPECT_TRUE(has_tar_header(header("n\xc3\xa4me", true)));
  EXPECT_TRUE(has_tar_header(header("name") + std::string(512, 'x')));
  EXPECT_FALSE(has_tar_header(header("name").substr(0, 511)));
  EXPECT_FALSE(has_tar_header(header("name").replace(0, 1, "N")));
  EXPECT_FALSE(has_tar_header(std::string(512, '\0')));
  EXPECT_FALSE(has_tar_header(std::string(512, '7')));
  EXPECT_FALSE(has_tar_header(std::string(512, ' ')));
  EXPECT_FALSE(has_tar_header(header("name").replace(148, 8, "0x000000")));
  EXPECT_FALSE(has_tar_header(""));
}

TEST(Tar, MagicAloneIsWeak) {
  const std::string with_magic = std::string(257, 'a') + "ustar";
  EXPECT_TRUE(has_tar_magic(with_magic));
  EXPECT_FALSE(has_tar_magic(with_magic.substr(0, 261)));
  EXPECT_FALSE(has_tar_magic(with_magic.substr(1)));
  // A tensor may well be called so.
  const std::string named =
      "\x28\x01\0\0\0\0\0\0{"s + std::string(248, ' ') + "ustar" + std::string(300, ' ');
  source::MemorySource source(named);
  EXPECT_EQ(kind_of(named, source), Kind::safetensors);
}

TEST(Kind, TwoAtOnce) {
  const auto both = [](const std::string& bytes) {
    source::MemorySource source(bytes);
    return name(is_also(kind_of(bytes, source), bytes, source));
  };
  EXPECT_EQ(both(header("GGUF\x03")), name(Kind::gguf));
  EXPECT_EQ(both(header("\x93NUMPY\x01")), name(Kind::npy));
  EXPECT_EQ(both(header("words.txt")), name(Kind::unknown));
  const std::string tensors = "V\0\0\0\0\0\0\0{}"s + std::string(84, ' ');
  EXPECT_EQ(both(tensors), name(Kind::unknown));
  EXPECT_EQ(both(tensors + "\n0cposix\nsystem\n(Vtrue\ntR."), name(Kind::pickle));
  EXPECT_EQ(both(tensors + "\nwords\n"), name(Kind::unknown));
}

}  // namespace
}  // namespace gh::artifacts
