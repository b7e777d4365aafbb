// Every row of docs/formats/safetensors.md; tests/artifacts has more of each, through the program.
#include "tensors/safetensors.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "examined.h"

namespace gh::tensors {
namespace {

std::string file(std::string_view header, std::string_view data = "xx") {
  return little_endian(std::uint64_t{header.size()}) + std::string(header) + std::string(data);
}

// A header of a multiple of 8, as the library's writer pads it.
std::string padded(std::string header, std::string_view data = "xx") {
  header.resize((header.size() + 7) / 8 * 8, ' ');
  return file(header, data);
}

std::string examined(std::string_view bytes) {
  return ids_of(
      [](source::Source& source, findings::Examination& examination) {
        return read_safetensors(source, examination);
      },
      bytes);
}

constexpr std::string_view kEntry = R"({"dtype":"U8","shape":[2],"data_offsets":[0,2]})";

TEST(Safetensors, FilesAsWritersMakeThemAreClean) {
  const std::string clean[] = {
      padded("{}", ""),
      padded(R"({"__metadata__":{"format":"pt"}})", ""),
      padded(fmt::format(R"({{"a":{}}})", kEntry)),
      padded(R"({"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}})", "xxxx"),
      padded(R"({"a":{"dtype":"F32","shape":[0,9],"data_offsets":[0,0]}})", ""),
      padded(R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},)"
             R"("b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},)"
             R"("c":{"dtype":"U8","shape":[0],"data_offsets":[2,2]}})"),
      padded(R"({"a":{"dtype":"F8_E8M0","shape":[2],"data_offsets":[0,2]}})"),
      padded(R"({"a":{"dtype":"F4","shape":[4],"data_offsets":[0,2]}})"),
  };
  for (const std::string& bytes : clean) EXPECT_EQ(examined(bytes), "") << bytes;
}

TEST(Safetensors, EachRowIsAFinding) {
  const std::string two = fmt::format(R"({{"a":{0},"a":{0}}})", kEntry);
  const struct {
    std::string_view ids;
    std::string bytes;
  } cases[] = {
      {"STF-001", ""},
      {"STF-001", "\x02"},
      {"STF-002", little_endian(std::uint64_t{100'000'001}) + std::string(40, '{')},
      {"STF-002", little_endian(UINT64_MAX) + "{}"},
      {"STF-002", little_endian(UINT64_MAX - 7) + "{}"},
      {"STF-003", little_endian(std::uint64_t{3}) + "{}"},
      {"STF-003", little_endian(std::uint64_t{100'000'000}) + "{}"},
      {"STF-004", file("")},
      {"STF-004", file("[]")},
      {"STF-004", file("null")},
      {"STF-004", file("{\"\xff\":1}")},
      {"STF-004", file(R"({"a":1})")},
      {"STF-004", file(R"({"a":{"dtype":"U8","shape":[2]}})")},
      {"STF-004", file(R"({"a":{"dtype":1,"shape":[2],"data_offsets":[0,2]}})")},
      {"STF-004", file(R"({"a":{"dtype":"U8","shape":2,"data_offsets":[0,2]}})")},
      {"STF-004", file(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":{"0":0}}})")},
      {"STF-004", file(R"({"a":{"dtype":{},"shape":[2],"data_offsets":[0,2]}})")},
      {"STF-005", padded(fmt::format("\t{{\"a\":{}}}", kEntry))},
      {"STF-006", file(fmt::format("{{\"a\":{}}}\n\n\n", kEntry))},
      {"STF-007", padded(fmt::format(R"({{"__metadata__":null,"a":{}}})", kEntry))},
      {"STF-107", file(R"({"__metadata__":{"a":null}})")},
      {"STF-007 STF-107", file(R"({"__metadata__":null,"__metadata__":null})")},
      {"STF-008", padded(two)},
      {"STF-009", padded(fmt::format(R"({{"__metadata__":{{"a":"","a":""}},"a":{}}})", kEntry))},
      {"STF-109", file(R"({"a":{"shape":[2],"shape":[2],"dtype":"U8","data_offsets":[0,2]}})")},
      {"STF-010", padded(R"({"a":["U8",[2],[0,2]]})")},
      {"STF-010", padded(R"({"a":{"dtype":{"U8":null},"shape":[2],"data_offsets":[0,2]}})")},
      {"STF-011", padded(R"({"a":{"x":[{}],"dtype":"U8","shape":[2],"data_offsets":[0,2]}})")},
      {"STF-012", file(R"({"a":{"dtype":"U8","shape":[2.0],"data_offsets":[0,2]}})")},
      {"STF-012", file(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[-0,2]}})")},
      {"STF-013", file(R"({"a":{"dtype":"u8","shape":[2],"data_offsets":[0,2]}})")},
      {"STF-014",
       file(R"({"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,2]}})")},
      {"STF-014",
       file(R"({"a":{"dtype":"U8","shape":[9223372036854775808,4,0],"data_offsets":[0,0]}})", "")},
      {"STF-014",
       padded(R"({"a":{"dtype":"U8","shape":[0,9223372036854775808,4],"data_offsets":[0,0]}})",
              "")},
      {"STF-015", file(R"({"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}})")},
      {"STF-016", file(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})", "xxx")},
      {"STF-016", file(R"({"a":{"dtype":"U8","shape":[3],"data_offsets":[0,2]}})")},
      {"STF-016", file(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[2,0]}})")},
      {"STF-016", file(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
                       R"("b":{"dtype":"U8","shape":[0],"data_offsets":[2,2]}})",
                       "xxxx")},
      {"STF-017", padded(fmt::format(R"({{"a":{}}})", kEntry), "x")},
      {"STF-017", padded(fmt::format(R"({{"a":{}}})", kEntry), "xxx")},
      {"STF-019", padded(fmt::format(R"({{"":{}}})", kEntry))},
      {"STF-019", padded(fmt::format(R"({{"..":{}}})", kEntry))},
      {"STF-019", padded(fmt::format(R"({{"a/../b":{}}})", kEntry))},
      {"STF-019", padded(fmt::format(R"({{"a\u001b[2J":{}}})", kEntry))},
      {"STF-020", file(fmt::format(R"({{"ab":{}}})", kEntry))},
      {"STF-020", padded(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[2,4]},)"
                         R"("b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})",
                         "xxxx")},
  };
  for (const auto& [expected, bytes] : cases) EXPECT_EQ(examined(bytes), expected) << bytes;
}

TEST(Safetensors, GivesTheTableOfWhatTheLibraryLoads) {
  const std::string bytes =
      padded(R"({"b":{"dtype":"F16","shape":[2,1],"data_offsets":[4,8]},"__metadata__":{"k":"v"},)"
             R"("a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]},)"
             R"("\u0061":{"dtype":"F32","shape":[],"data_offsets":[0,4]}})",
             "12345678");
  source::MemorySource source(bytes);
  findings::Examination examination(0);
  const auto table = read_safetensors(source, examination);
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(ids(examination), "STF-008 STF-020");
  ASSERT_EQ(table->tensors.size(), 2U);
  const std::uint64_t data_at = bytes.size() - 8;
  EXPECT_EQ(table->tensors[0].name, "b");
  EXPECT_EQ(table->tensors[0].dtype, "F16");
  EXPECT_EQ(table->tensors[0].shape, (std::vector<std::uint64_t>{2, 1}));
  EXPECT_EQ(table->tensors[0].begin, data_at + 4);
  EXPECT_EQ(table->tensors[0].end, data_at + 8);
  EXPECT_EQ(table->tensors[1].name, "a");  // the last one wins
  EXPECT_EQ(table->tensors[1].dtype, "F32");
  ASSERT_EQ(table->metadata.size(), 1U);
  EXPECT_EQ(table->metadata[0], std::pair(std::string("k"), std::string("v")));
}

TEST(Safetensors, GivesNoTableOfWhatTheLibraryRefuses) {
  for (const std::string& bytes : {std::string("x"), file("[]"), file(R"({"a":1})"),
                                   padded(fmt::format(R"({{"a":{}}})", kEntry), "xxx")}) {
    source::MemorySource source(bytes);
    findings::Examination examination(0);
    EXPECT_FALSE(read_safetensors(source, examination).has_value()) << bytes;
    EXPECT_FALSE(examination.findings().empty()) << bytes;
  }
}

// What is said of a header, and the tensors that it states.
std::string reading(std::string header) {
  header.resize(160, ' ');
  const std::string bytes = file(header, std::string(128, 'x'));
  source::MemorySource source(bytes);
  findings::Examination examination(0);
  const auto table = read_safetensors(source, examination);
  std::string text = ids(examination);
  if (!table) return text;
  for (const Tensor& tensor : table->tensors) {
    text += fmt::format("; {} {} [{}] {} {}", tensor.name, tensor.dtype,
                        fmt::join(tensor.shape, ","), tensor.begin, tensor.end);
  }
  return text;
}

// Entries as the library writes them have a way of their own through the reader, which one space
// closes. Both say the same of every header, whatever byte of it is another or lacks.
TEST(Safetensors, AnEntryMeansTheSameAsWrittenAndSpaced) {
  constexpr std::string_view kBefore =
      R"({"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"b":{)";
  constexpr std::string_view kAfter = R"("dtype":"F32","shape":[3,10],"data_offsets":[8,128]}})";
  const auto same = [&](const std::string& after) {
    const std::string before(kBefore);
    EXPECT_EQ(reading(before + after), reading(before + ' ' + after)) << after;
  };
  ASSERT_EQ(reading(std::string(kBefore) + std::string(kAfter)),
            "; a F32 [2,1] 168 176; b F32 [3,10] 176 296");
  for (std::size_t at = 0; at < kAfter.size(); ++at) {
    std::string after(kAfter);
    same(after.erase(at, 1));
    for (const char other : std::string_view("\"\\{}[]:,. -+019aeFU\x00\x1f\x7f", 22)) {
      after = kAfter;
      after[at] = other;
      same(after);
      after = kAfter;
      same(after.insert(at, 1, other));
    }
  }
  for (const std::string_view number :
       {"00", "01", "-0", "-3", "3.0", "3e0", "1e400", "999999999999999999", "1000000000000000000",
        "18446744073709551615", "18446744073709551616", "99999999999999999999999"}) {
    for (const std::string_view place : {"3", "10", "8", "128"}) {
      std::string after(kAfter);
      same(after.replace(after.rfind(place), place.size(), number));
    }
  }
}

TEST(Safetensors, LimitsAreInconclusive) {
  std::string shape = "1";
  for (int i = 0; i < 64; ++i) shape += ",1";
  const std::string deep =
      fmt::format(R"({{"a":{{"dtype":"U8","shape":[{}],"data_offsets":[0,1]}}}})", shape);
  EXPECT_EQ(examined(file(deep, "x")), "STF-100");

  std::string many = "{\"__metadata__\":{\"\":\"\"";
  for (int i = 0; i < 65'536; ++i) many += fmt::format(",\"{:x}\":\"\"", i);
  EXPECT_EQ(examined(file(many + "}}", "")), "STF-100");
}

TEST(Safetensors, ALyingContainerIsNoTrouble) {
  // A member that is longer or shorter than its container says.
  class Lying final : public source::Source {
   public:
    Lying(std::string_view bytes, std::uint64_t size) : inner_(bytes), size_(size) {}
    std::uint64_t size() const override { return size_; }
    std::size_t read_at(std::uint64_t offset, std::span<char> into) override {
      return inner_.read_at(offset, into);
    }
    const std::optional<Error>& error() const override { return inner_.error(); }

   private:
    source::MemorySource inner_;
    std::uint64_t size_;
  };
  const std::string bytes = padded(fmt::format(R"({{"a":{}}})", kEntry));
  for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{9}, UINT64_MAX}) {
    Lying source(bytes, size);
    findings::Examination examination(0);
    EXPECT_FALSE(read_safetensors(source, examination).has_value());
  }
}

TEST(Safetensors, IsKnownByItsFirstBytes) {
  const auto looks = [](std::string_view bytes) {
    return looks_like_safetensors(bytes, bytes.size());
  };
  EXPECT_TRUE(looks(padded("{}", "")));
  EXPECT_TRUE(looks(file(" {}", "")));
  EXPECT_TRUE(looks(little_endian(std::uint64_t{5000}) + "{\"a"));  // cut
  EXPECT_FALSE(looks(""));
  EXPECT_FALSE(looks(little_endian(std::uint64_t{2})));
  EXPECT_FALSE(looks(little_endian(std::uint64_t{5000}) + " {}"));
  EXPECT_FALSE(looks(little_endian(std::uint64_t{100'000'001}) + "{}"));
  EXPECT_FALSE(looks(file("[]")));
  EXPECT_FALSE(looks("{\"a\": \"plain JSON, not a length\"}"));
}

TEST(Safetensors, RulesHaveTheirOwnIds) {
  std::set<std::string_view> seen;
  for (const auto* rule : safetensors_rules())
    EXPECT_TRUE(seen.insert(rule->id).second) << rule->id;
  EXPECT_EQ(seen.size(), 22U);
}

}  // namespace
}  // namespace gh::tensors
