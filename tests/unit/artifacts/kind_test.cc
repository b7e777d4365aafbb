#include "artifacts/kind.h"

#include <gtest/gtest.h>

#include <string>

namespace gh::artifacts {
namespace {

using namespace std::string_literals;

Kind kind_of(const std::string& bytes) {
  source::MemorySource source(bytes);
  return artifacts::kind_of(bytes, source);
}

TEST(Name, IsOddWhereSomethingIsNotSeen) {
  for (const std::string_view name :
       {"a\u200bb.txt", "a\ufe01.json", "b\u3164.json", "\u115f", "g\ufff9.json", "\uffa0x",
        "a\U000e0100.json", "\xff.bin", "a\nb", "a\ufe0f.txt", "\ufe0f", "1\ufe0f.txt",
        "\u2764\ufe0f\ufe0f.png", "\u200b\ufe0f", "\u3164\ufe0f", "\ufe0f\u20e3", "a\ufe0f\u20e3",
        "d\ufe0f/model.bin"})
    EXPECT_TRUE(is_odd_name(name)) << name;
  for (const std::string_view name :
       {"", "a b.txt", "a\\b.txt", "Größe 模型.txt", "\u2764\ufe0f.png", "\u26a0\ufe0f read me.md",
        "\U0001f3d6\ufe0f.png", "1\ufe0f\u20e3.txt", "\u2764\ufe0f/\u2764\ufe0f"})
    EXPECT_FALSE(is_odd_name(name)) << name;
}

TEST(Kind, IsToldByContent) {
  const std::string tar = std::string(257, 'a') + "ustar\0"s + std::string(200, '\0');
  const std::string safetensors = "\x40\0\0\0\0\0\0\0{"s + std::string(100, ' ');
  const std::pair<std::string, Kind> cases[] = {
      {"", Kind::empty},
      {"PK\x03\x04rest", Kind::zip},
      {"PK\x05\x06rest", Kind::zip},
      {"PK\x01\x02rest", Kind::unknown},
      {" PK\x03\x04", Kind::unknown},
      {"\x1F\x8B\x08", Kind::archive},
      {"BZh9", Kind::archive},
      {"\xFD"
       "7zXZ\0rest"s,
       Kind::archive},
      {"7z\xBC\xAF\x27\x1C", Kind::archive},
      {"7z", Kind::unknown},
      {tar, Kind::archive},
      {"\x28\xB5\x2F\xFD", Kind::archive},
      {"\x04\x22\x4D\x18", Kind::archive},
      {"GGUF\x03", Kind::gguf},
      {"GGU", Kind::unknown},
      {"\x93NUMPY\x01", Kind::npy},
      {"\x89HDF\r\n\x1a\n", Kind::hdf5},
      {safetensors, Kind::safetensors},
      {"\x80\x02}q\0."s, Kind::pickle},
      {"\x80\x04\x95", Kind::pickle},
      {"cos\nsystem\n.", Kind::pickle},
      {"plain text\n", Kind::unknown},
      {"{\"a\": 1}", Kind::unknown},
      {std::string(64, '\0'), Kind::unknown},
  };
  for (const auto& [head, kind] : cases)
    EXPECT_EQ(name(kind_of(head)), name(kind)) << testing::PrintToString(head);
}

// And one of 93 bytes like LZMA, of 35,615 like gzip.
TEST(Kind, SafetensorsWhoseLengthLooksLikeAnArchive) {
  const std::string brace = "{" + std::string(100, ' ');
  EXPECT_EQ(kind_of("]" + std::string(7, '\0') + brace), Kind::safetensors);
  EXPECT_EQ(kind_of("\x1F\x8B" + std::string(6, '\0') + brace), Kind::safetensors);
  EXPECT_EQ(kind_of("]\0\0\x80\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\0"s + brace), Kind::archive);
  EXPECT_EQ(kind_of("\x1F\x8B\x08" + std::string(5, '\0') + brace), Kind::archive);
}

// A header of 640 bytes begins with 80 02, as pickles of protocol 2 do.
TEST(Kind, SafetensorsWhoseLengthLooksLikeAPickle) {
  for (const char protocol : "\0\1\2\3\4\5"s) {
    std::string head = "\x80"s + protocol + std::string(6, '\0') + "{";
    head += std::string(2000, ' ');
    EXPECT_EQ(kind_of(head), Kind::safetensors);
  }
}

TEST(Claim, IsMadeByTheEnding) {
  EXPECT_EQ(claim_of("model.safetensors"), Claim::safetensors);
  EXPECT_EQ(claim_of("MODEL.SAFETENSORS"), Claim::safetensors);
  EXPECT_EQ(claim_of("a/b.gguf"), Claim::gguf);
  EXPECT_EQ(claim_of("x.npy"), Claim::npy);
  EXPECT_EQ(claim_of("config.json"), Claim::passive);
  EXPECT_EQ(claim_of("x.py"), Claim::code);
  EXPECT_EQ(claim_of("lib.SO"), Claim::code);
  EXPECT_EQ(claim_of("x.py.txt"), Claim::passive);
  EXPECT_EQ(claim_of("x.pyz"), Claim::nothing);
  for (const char* name : {"", "safetensors", "x.safetensors.bin", "pytorch_model.bin", "x.pt"})
    EXPECT_EQ(claim_of(name), Claim::nothing) << name;
}

TEST(Promise, IsMadeByTheEnding) {
  for (const char* name : {"model.safetensors", "m.GGUF", "a/b.npy", "x.npz", "pytorch_model.bin",
                           "x.pt", "x.pkl", "x.joblib", "x.onnx", "x.h5", "x.keras", "x.tar.gz"}) {
    EXPECT_EQ(promise_of(name), Promise::content) << name;
  }
  for (const char* name : {"config.json", "X.JSON", "a.ipynb"})
    EXPECT_EQ(promise_of(name), Promise::json) << name;
  for (const char* name : {"", "bin", "json", "README.md", ".gitkeep", "a.txt", "x.bin.lock",
                           "a.jsonl", "__init__.py", "chat_template.jinja", "a.yaml"}) {
    EXPECT_EQ(promise_of(name), Promise::nothing) << name;
  }
}

TEST(Name, OfTensorFlowLeadsToNoOther) {
  for (const Kind kind : {Kind::onnx, Kind::zip, Kind::pickle, Kind::safetensors}) {
    EXPECT_FALSE(may_hold("saved_model.pb", kind)) << name(kind);
    EXPECT_FALSE(may_hold("model.graphdef", kind)) << name(kind);
  }
  EXPECT_TRUE(may_hold("saved_model.pb", Kind::unknown));
  EXPECT_FALSE(may_be(hub::DocumentKind::sentencepiece, "a/frozen.pb"));
  EXPECT_TRUE(may_be(hub::DocumentKind::sentencepiece, "tokenizer.model"));
  EXPECT_TRUE(may_be(hub::DocumentKind::text, "graph.pb"));
}

TEST(Unexamined, IsNamed) {
  EXPECT_EQ(unexamined_format("\x1c\0\0\0TFL3"s), "TensorFlow Lite");
  EXPECT_EQ(unexamined_format("Rar!\x1A\x07\x01"), "RAR");
  EXPECT_EQ(unexamined_format("TFL3"), "");
  const std::pair<std::string, std::string_view> packed[] = {
      {"\x02\x21\x4C\x18", "LZ4 in its older form"},
      {"\x5F\x2A\x4D\x18", "LZ4 or zstd behind a frame to be skipped"},
      {"\x60\x2A\x4D\x18", ""},
      {"\x2A\x4D\x18", ""},
      {"LZIP\1", "lzip"},
      {"\x89LZO\0\r\n\x1A\n"s, "lzop"},
      {"\xFF\x06\0\0sNaPpY"s, "Snappy"},
      {"MSCF\0\0\0\0"s, "a cabinet"},
      {"xar!\0"s, "xar"},
      {"xar!", ""},
      {"\xED\xAB\xEE\xDB", "RPM"},
      {"\xCE\x9A\x57\x13", "GDBM"},
      {"\x13\x57\x9A\xCF", "GDBM"},
      {"\xAC\xED\0\x05"s, "objects of Java"},
      {"X\n\0\0\0\3"s, "objects of R"},
      {"RDX3\nX\n", "objects of R"},
      {"ZF0x000000000000002a ", "joblib's own compression"},
      {"ZF                 2a\x78\x9c", "joblib's own compression"},
      {"ZF0x2a", ""},
      {"ZF0x000000000000002g ", ""},
      {"]\0\1\0\0\0\xFF"s, "LZMA"},
      {"]\0\1\0\1\0\xFF"s, ""},
      {"\x1F\x9D\x90", "compress"},
      {"\x1F\x9D\x91", ""},
      {"070701" + std::string(104, 'A'), "cpio"},
      {"070701" + std::string(103, 'A'), ""}};
  for (const auto& [head, format] : packed) {
    EXPECT_EQ(unexamined_format(head), format) << testing::PrintToString(head);
    // However little of it there is.
    for (std::size_t size = 0; size < head.size(); ++size)
      (void)unexamined_format(std::string_view(head).substr(0, size));
  }
  EXPECT_EQ(unexamined_format(""), "");
  EXPECT_EQ(unexamined_format("]\0"s), "");
}

}  // namespace
}  // namespace gh::artifacts
