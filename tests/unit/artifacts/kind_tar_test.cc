#include "artifacts/kind_tar.h"

#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <utility>

#include "artifacts/kind.h"
#include "artifacts/polyglot.h"

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

// What the bytes are besides, and the rules that say so.
TEST(Polyglot, IsTwoAtOnce) {
  const auto both = [](const std::string& bytes, std::string_view file = "model.bin") {
    source::MemorySource source(bytes);
    findings::Examination examination(0);
    Context context{examination, {}};
    examine_as_another(source, bytes, file, kind_of(bytes, source), context);
    std::string ids;
    for (const findings::Finding& finding : examination.findings())
      ids += (ids.empty() ? "" : " ") + std::string(finding.rule->id);
    return ids;
  };
  EXPECT_EQ(both(header("GGUF\x03")), "FIL-001");
  EXPECT_EQ(both(header("\x93NUMPY\x01")), "FIL-001");
  EXPECT_EQ(both(header("words.txt")), "");
  EXPECT_EQ(both(header("cos\nsystem\n")), "PKL-101 FIL-001");
  EXPECT_EQ(both(header("VVocabulary") + "\ncat\ndog\n"), "");
  const std::string tensors = "V\0\0\0\0\0\0\0{}"s + std::string(84, ' ');
  EXPECT_EQ(both(tensors), "");
  EXPECT_EQ(both(tensors + "\nwords\n"), "");
  EXPECT_EQ(both(tensors + "\n0cposix\nsystem\n(Vtrue\ntR."), "PKL-101 PKL-201 FIL-001");
  EXPECT_EQ(both(tensors + "\n0cshop\nf\n\0"s), "PKL-102 FIL-001");
  EXPECT_EQ(both("cposix\nsystem\n."), "");  // it is that and nothing else
  EXPECT_EQ(both(""), "");
}

// A file that is not followed to where it fails is not clean by a name that is unpickled; by
// another it is a note.
TEST(Polyglot, MayGoOn) {
  std::string far = "V\0\0\0\0\0\0\0{}"s + std::string(84, ' ');
  far.resize(65u << 20);
  source::MemorySource source(far);
  for (const auto& [file, id] :
       {std::pair{"pytorch_model.bin", "FIL-011"}, std::pair{"x.PT", "FIL-011"},
        std::pair{"model.safetensors", "FIL-012"}, std::pair{"model", "FIL-012"}}) {
    findings::Examination examination(0);
    Context context{examination, {}};
    examine_as_another(source, std::string_view(far).substr(0, kHead), file, Kind::safetensors,
                       context);
    ASSERT_EQ(examination.findings().size(), 1u) << file;
    EXPECT_EQ(examination.findings().front().rule->id, id) << file;
  }
}

}  // namespace
}  // namespace gh::artifacts
