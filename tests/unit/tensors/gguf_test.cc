// Every row of docs/formats/gguf.md; tests/artifacts has more of each, through the program.
#include "tensors/gguf.h"

#include <gtest/gtest.h>

#include "examined.h"

namespace gh::tensors {
namespace {

std::string text(std::string_view content) {
  return little_endian(std::uint64_t{content.size()}) + std::string(content);
}
std::string u32(std::uint32_t value) {
  return little_endian(value);
}
std::string u64(std::uint64_t value) {
  return little_endian(value);
}

std::string pair(std::string_view key, std::uint32_t type, const std::string& value) {
  return text(key) + u32(type) + value;
}
std::string array(std::string_view key, std::uint32_t type, std::uint64_t count,
                  const std::string& values) {
  return pair(key, 9, u32(type) + u64(count) + values);
}
std::string info(std::string_view name, std::vector<std::uint64_t> shape, std::uint32_t type = 0,
                 std::uint64_t offset = 0) {
  std::string bytes = text(name) + u32(static_cast<std::uint32_t>(shape.size()));
  for (const std::uint64_t size : shape) bytes += u64(size);
  return bytes + u32(type) + u64(offset);
}

struct Parts {
  std::vector<std::string> pairs = {};
  std::vector<std::string> infos = {};
  std::string data = {};
  std::uint32_t version = 3;
  std::uint64_t alignment = 32;
};
std::string file(const Parts& parts) {
  std::string bytes =
      "GGUF" + u32(parts.version) + u64(parts.infos.size()) + u64(parts.pairs.size());
  for (const std::string& pair : parts.pairs) bytes += pair;
  for (const std::string& info : parts.infos) bytes += info;
  if (!parts.infos.empty()) {
    bytes.resize((bytes.size() + parts.alignment - 1) / parts.alignment * parts.alignment, '\0');
  }
  return bytes + parts.data;
}

std::string examined(std::string_view bytes) {
  return ids_of(read_gguf, bytes);
}

const std::string kData(32, 'x');
const std::string kOne = info("w", {8});

TEST(Gguf, FilesAsWritersMakeThemAreClean) {
  const std::string clean[] = {
      file({}),
      file({.version = 2}),
      file({.infos = {kOne}, .data = kData}),
      file({.infos = {info("w", {8})}, .data = kData}),
      file({.infos = {info("w", {3})}, .data = "xxxxxxxxxxxx"}),
      file({.infos = {info("e", {0}), info("f", {4, 0}), info("w", {2, 2, 2, 1})}, .data = kData}),
      file({.infos = {info("v", {32}, 2), info("w", {1}, 0, 32)},
            .data = kData.substr(14) + std::string(14, '\0') + "xxxx"}),
      file({.pairs = {pair("general.alignment", 4, u32(64))},
            .infos = {kOne, info("v", {1}, 0, 64)},
            .data = kData + std::string(32, '\0') + "xxxx" + std::string(60, '\0'),
            .alignment = 64}),
      file({.pairs = {pair("general.alignment", 4, u32(64 << 10))},
            .infos = {kOne},
            .data = kData,
            .alignment = 64 << 10}),
      file({.pairs = {pair("a", 7, std::string(1, '\1')), array("b", 8, 2, text("") + text("x"))}}),
  };
  for (const std::string& bytes : clean) EXPECT_EQ(examined(bytes), "");
}

TEST(Gguf, EachRowIsAFinding) {
  const std::string zero(1, '\0');
  const std::string tokens = array("tokenizer.ggml.tokens", 8, 2, text("a") + text("<0x-1>"));
  const struct {
    std::string_view ids;
    std::string bytes;
  } cases[] = {
      {"GGF-001", ""},
      {"GGF-001", "GGU"},
      {"GGF-001", "GGML" + u32(3) + u64(0) + u64(0)},
      {"GGF-001", file({.version = 0})},
      {"GGF-001", file({.version = 1})},
      {"GGF-001", file({.version = 4})},
      {"GGF-001", file({.version = 0x03000000})},
      {"GGF-002", "GGUF" + u32(3) + u64(0)},
      {"GGF-002", "GGUF" + u32(3) + u64(UINT64_MAX) + u64(0) + kData},
      {"GGF-002", "GGUF" + u32(3) + u64(0) + u64(UINT64_MAX) + kData},
      {"GGF-002", "GGUF" + u32(3) + u64(1) + u64(1) + kData},
      {"GGF-002", "GGUF" + u32(3) + u64(0) + u64(1) + text("abcdef") + u32(0)},
      {"GGF-003", file({.pairs = {pair("", 0, zero)}, .data = kData})},
      {"GGF-003", file({.pairs = {pair("a", 0, zero), pair("a", 0, zero)}})},
      {"GGF-003", file({.pairs = {pair(std::string(65'536, 'a'), 0, zero)}})},
      {"GGF-003", file({.pairs = {pair(std::string("a\0", 2), 0, zero)}})},
      {"GGF-003", file({.pairs = {pair(std::string("a\0b", 3), 0, zero)}})},
      {"GGF-003", file({.pairs = {pair(std::string("\0a", 2), 0, zero)}})},
      {"GGF-103", file({.pairs = {pair("A b", 0, zero)}})},
      {"GGF-004", file({.pairs = {pair("a", 13, u64(0))}})},
      {"GGF-004", file({.pairs = {pair("a", 7, "\2")}})},
      {"GGF-004", file({.pairs = {array("a", 7, 3, std::string("\0\1\2", 3))}})},
      {"GGF-004", file({.pairs = {array("a", 99, 0, "")}})},
      {"GGF-005", file({.pairs = {u64(1ULL << 40) + kData}})},
      {"GGF-005", file({.pairs = {pair("a", 8, u64(99) + kData)}})},
      {"GGF-005", file({.pairs = {array("a", 0, 99, kData)}})},
      {"GGF-005", file({.pairs = {array("a", 10, 1ULL << 61, kData)}})},
      {"GGF-005", file({.pairs = {array("a", 8, 1, u64(99) + kData)}})},
      {"GGF-005", file({.pairs = {array("a", 9, 1, u32(0) + u64(0))}})},
      {"GGF-006", file({.pairs = {pair("general.alignment", 4, u32(0))}})},
      {"GGF-006", file({.pairs = {pair("general.alignment", 4, u32(48))}})},
      {"GGF-006", file({.pairs = {pair("general.alignment", 10, u64(32))}})},
      {"GGF-006", file({.pairs = {pair("general.alignment", 8, text("32"))}})},
      {"GGF-106", file({.pairs = {pair("general.alignment", 4, u32(4))}})},
      {"GGF-007", file({.infos = {info("", {8})}, .data = kData})},
      {"GGF-007", file({.infos = {info(std::string(64, 'n'), {8})}, .data = kData})},
      {"GGF-007", file({.infos = {info(std::string_view("n\0", 2), {8})}, .data = kData})},
      {"GGF-007", file({.infos = {kOne, info("w", {8}, 0, 32)}, .data = kData + kData})},
      {"GGF-007", file({.infos = {info("w", {1, 1, 1, 1, 8})}, .data = kData})},
      {"GGF-007", file({.infos = {info("w", {UINT64_MAX})}, .data = kData})},
      {"GGF-007", file({.infos = {info("w", {INT64_MAX}, 24)}, .data = kData})},
      {"GGF-009", file({.infos = {info("w", {INT64_MAX - 1}, 24)}, .data = kData})},
      {"GGF-007", file({.infos = {info("w", {1ULL << 32, 1ULL << 32})}, .data = kData})},
      {"GGF-007", file({.infos = {info("w", {0, 1ULL << 62, 1ULL << 62})}, .data = kData})},
      {"GGF-007", file({.infos = {info("w", {31}, 2)}, .data = kData})},
      {"GGF-007", file({.infos = {info("w", {1ULL << 62}, 27)}, .data = kData})},
      {"GGF-008", file({.infos = {info("w", {8}, 43)}, .data = kData})},
      {"GGF-108", file({.infos = {info("w", {8}, 4)}, .data = kData})},
      {"GGF-009", file({.infos = {info("w", {8}, 0, 32)}, .data = kData + kData})},
      {"GGF-009", file({.infos = {info("v", {8}), info("w", {8})}, .data = kData})},
      {"GGF-009", file({.infos = {info("w", {9})}, .data = kData})},
      {"GGF-109", file({.infos = {kOne}, .data = kData + "x"})},
      {"GGF-109", file({}) + std::string(9, '\0')},
      {"GGF-110", file({}) + std::string(7, '\0') + "x"},
      {"GGF-109 GGF-110", file({}) + kData},
      {"GGF-110", file({.infos = {info("w", {3})}, .data = "xxxxxxxxxxxxx"})},
      {"GGF-110", file({.infos = {info("v", {3}), info("w", {8}, 0, 32)},
                        .data = kData.substr(20) + std::string(19, '\0') + "x" + kData})},
      {"GGF-110", file({.pairs = {pair("general.alignment", 4, u32(128 << 10))},
                        .infos = {kOne},
                        .data = kData,
                        .alignment = 128 << 10})},
      {"GGF-110",
       file({.pairs = {pair("general.alignment", 4, u32(1U << 31))}}) + std::string(100'000, '\0')},
      {"GGF-010", file({.pairs = {tokens, array("tokenizer.ggml.scores", 0, 2, "xx")}})},
      {"GGF-010", file({.pairs = {tokens, array("tokenizer.ggml.scores", 6, 1, u32(0))}})},
      {"GGF-011", file({.pairs = {tokens, pair("tokenizer.ggml.bos_token_id", 4, u32(2))}})},
      {"GGF-012", file({.pairs = {pair("x.block_count", 4, u32(513))}})},
      {"GGF-012", file({.pairs = {pair("x.block_count", 5, u32(UINT32_MAX))}})},
      {"GGF-013",
       file({.pairs = {tokens, array("tokenizer.ggml.token_type", 5, 2, u32(1) + u32(6))}})},
      {"GGF-014", file({.pairs = {pair("tokenizer.chat_template", 4, u32(7))}})},
      {"GGF-014", file({.pairs = {array("tokenizer.chat_template.x", 4, 1, u32(7))}})},
      {"GGF-014", file({.pairs = {array("tokenizer.chat_template", 8, 1, text("{{ x }}"))}})},
      {"GGF-100", file({.pairs = {pair("tokenizer.chat_template.x", 8,
                                       text(std::string((16U << 20) + 1, 'x')))}})},
  };
  for (const auto& [expected, bytes] : cases) {
    EXPECT_EQ(examined(bytes), expected) << bytes.substr(0, 200);
  }
}

TEST(Gguf, GivesTemplatesInArrays) {
  const std::string bytes =
      file({.pairs = {array("tokenizer.chat_template", 8, 2, text("{{ x }}") + text("{{ y }}")),
                      array("tokenizer.chat_template.z", 0, 7, "{{ z }}")}});
  source::MemorySource source(bytes);
  findings::Examination examination(0);
  const auto facts = read_gguf(source, examination);
  ASSERT_TRUE(facts.has_value());
  ASSERT_EQ(facts->chat_templates.size(), 3U);
  EXPECT_EQ(facts->chat_templates[1].second, "{{ y }}");
  EXPECT_EQ(facts->chat_templates[2].first, "tokenizer.chat_template.z");
  EXPECT_EQ(facts->chat_templates[2].second, "{{ z }}");
}

TEST(Gguf, GivesTheTableAndTheTemplatesWhole) {
  const std::string long_template(100'000, 't');
  const std::string bytes =
      file({.pairs = {pair("tokenizer.chat_template", 8, text(long_template)),
                      pair("tokenizer.chat_template.tool_use", 8, text("{{ x }}")),
                      pair("tokenizer.chat_templates", 8, text("not one"))},
            .infos = {info("v", {32, 2}, 2), info("w", {4}, 0, 64)},
            .data = std::string(36, 'x') + std::string(28, '\0') + std::string(16, 'x')});
  source::MemorySource source(bytes);
  findings::Examination examination(0);
  const auto facts = read_gguf(source, examination);
  ASSERT_TRUE(facts.has_value());
  EXPECT_EQ(ids(examination), "");
  ASSERT_EQ(facts->chat_templates.size(), 2U);
  EXPECT_EQ(facts->chat_templates[0].first, "tokenizer.chat_template");
  EXPECT_EQ(facts->chat_templates[0].second, long_template);
  EXPECT_EQ(facts->chat_templates[1].second, "{{ x }}");
  ASSERT_EQ(facts->table.tensors.size(), 2U);
  const std::uint64_t data_at = bytes.size() - 80;
  EXPECT_EQ(facts->table.tensors[0].dtype, "q4_0");
  EXPECT_EQ(facts->table.tensors[0].begin, data_at);
  EXPECT_EQ(facts->table.tensors[0].end, data_at + 36);
  EXPECT_EQ(facts->table.tensors[1].begin, data_at + 64);
  EXPECT_EQ(facts->table.tensors[1].shape, (std::vector<std::uint64_t>{4}));
}

TEST(Gguf, CountsBeyondTheLimitAreInconclusive) {
  const std::string room(14 * ((1U << 20) + 1), '\0');
  EXPECT_EQ(examined("GGUF" + u32(3) + u64(0) + u64((1U << 20) + 1) + room), "GGF-100");
}

TEST(Gguf, ManyKeysTakeLinearTime) {
  // ggml compares each key with all before it; here a million take a moment.
  std::string bytes = "GGUF" + u32(3) + u64(0) + u64(100'000);
  for (int i = 0; i < 100'000; ++i) bytes += pair("k" + std::to_string(i), 0, "x");
  EXPECT_EQ(examined(bytes), "");
}

// A file of 3 GiB, all zeroes behind its head.
class MostlyHole final : public source::Source {
 public:
  explicit MostlyHole(std::string head) : head_(std::move(head)) {}
  std::uint64_t size() const override { return std::uint64_t{3} << 30; }
  std::size_t read_at(std::uint64_t offset, std::span<char> into) override {
    std::ranges::fill(into, '\0');
    if (offset < head_.size()) head_.copy(into.data(), into.size(), offset);
    return static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size() - offset));
  }
  const std::optional<Error>& error() const override { return error_; }

 private:
  std::string head_;
  std::optional<Error> error_;
};

TEST(Gguf, LengthsHaveALimitWhereTheFileHasNone) {
  constexpr std::uint64_t kLimit = 1ULL << 30;
  struct Row {
    std::string pair;
    bool good;
  };
  for (const Row& row : {
           Row{text("a") + u32(8) + u64(kLimit), true},
           Row{text("a") + u32(8) + u64(kLimit + 1), false},
           Row{array("a", 0, kLimit, ""), true},
           Row{array("a", 0, kLimit + 1, ""), false},
       }) {
    MostlyHole source(file({.pairs = {row.pair}}));
    findings::Examination examination(0);
    EXPECT_EQ(read_gguf(source, examination).has_value(), row.good);
    EXPECT_EQ(ids(examination), row.good ? "GGF-109" : "GGF-005");
  }
}

TEST(Gguf, RulesHaveTheirOwnIds) {
  std::set<std::string_view> seen;
  for (const auto* rule : gguf_rules()) EXPECT_TRUE(seen.insert(rule->id).second) << rule->id;
  EXPECT_EQ(seen.size(), 21U);
}

}  // namespace
}  // namespace gh::tensors
