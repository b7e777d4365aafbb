#include "artifacts/torch_table.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "../archive/zip_writer.h"
#include "../pickle/assemble.h"

namespace gh::artifacts {
namespace {

using archive::Entry;
using archive::stored;
using pickle::test::name;
using pickle::test::number;
using pickle::test::storage;
using pickle::test::tensor;
using pickle::test::text;
using pickle::test::tuple;

std::string matrix(const std::string& of, std::int64_t offset = 0) {
  return tensor(of, offset, tuple(number(2), number(3)), tuple(number(3), number(1)));
}

std::string dictionary(const std::string& items) {
  return pickle::test::pickle("}(" + items + "u");
}
const std::string kTwo =
    text("a") + matrix(storage()) + text("b") + matrix(storage("1", 8, "HalfStorage"), 2);

std::vector<Entry> records(const std::string& data = dictionary(kTwo)) {
  return {stored("x/data.pkl", data), stored("x/byteorder", "little"),
          stored("x/data/0", std::string(24, 'A')), stored("x/data/1", std::string(16, 'B')),
          stored("x/version", "3\n")};
}

// "name dtype shape its first byte, how many bytes" of each; the error otherwise.
std::string read(const std::string& bytes) {
  source::MemorySource source(bytes);
  const auto table = read_torch_table(source, "adapter_model.bin");
  if (!table) return table.error().message;
  std::string out;
  for (const tensors::Tensor& one : table->tensors) {
    out += fmt::format("{} {} ", one.name, one.dtype);
    for (const std::uint64_t length : one.shape) out += fmt::format("{},", length);
    EXPECT_LE(one.end, bytes.size());
    out += fmt::format(" {}{};", bytes.at(one.begin), one.end - one.begin);
  }
  return out;
}
std::string read(const std::vector<Entry>& entries) {
  return read(archive::zip(entries));
}
std::string changed(const std::function<void(std::vector<Entry>&)>& change) {
  std::vector<Entry> entries = records();
  change(entries);
  return read(entries);
}

constexpr std::string_view kRight = "a F32 2,3, A24;b F16 2,3, B12;";

TEST(TorchTable, HasWhereTensorsLie) {
  EXPECT_EQ(read(records()), kRight);
  EXPECT_EQ(changed([](auto& entries) { entries.erase(entries.begin() + 1); }), kRight);
  // Behind an extra field, in another order, with names that PyTorch takes for the same.
  EXPECT_EQ(changed([](auto& entries) {
              entries[2].local.extra = "FB\x03" + std::string(1, '\0') + "ZZZ";
              std::swap(entries[2], entries[4]);
            }),
            kRight);
}

TEST(TorchTable, KnowsTheTypesThatSafetensorsHas) {
  const std::pair<const char*, const char*> cases[] = {
      {"DoubleStorage", "a F64 1, A8;"},
      {"LongStorage", "a I64 1, A8;"},
      {"FloatStorage", "a F32 1, A4;"},
      {"IntStorage", "a I32 1, A4;"},
      {"HalfStorage", "a F16 1, A2;"},
      {"BFloat16Storage", "a BF16 1, A2;"},
      {"ShortStorage", "a I16 1, A2;"},
      {"CharStorage", "a I8 1, A1;"},
      {"ByteStorage", "a U8 1, A1;"},
      {"BoolStorage", "a BOOL 1, A1;"},
      {"ComplexFloatStorage", "a C64 1, A8;"},
      {"ComplexDoubleStorage", "\"a\" is of a type that is not read"},
  };
  for (const auto& [type, wanted] : cases) {
    const std::string of = storage("0", 1, type);
    auto entries =
        records(dictionary(text("a") + tensor(of, 0, tuple(number(1)), tuple(number(1)))));
    entries.erase(entries.begin() + 3);
    const std::string_view dtype = wanted;
    const auto bytes = std::string_view(type).starts_with("ComplexDouble")
                           ? 16
                           : std::stoul(std::string(dtype.substr(dtype.rfind('A') + 1)));
    entries[2] = stored("x/data/0", std::string(bytes, 'A'));
    EXPECT_EQ(read(entries), wanted) << type;
  }
}

TEST(TorchTable, IsNoneOfOtherFiles) {
  constexpr std::string_view kNoZip = "it is no zip that torch.save writes";
  EXPECT_EQ(read(std::string()), kNoZip);
  EXPECT_EQ(read(dictionary(kTwo)), kNoZip);
  EXPECT_EQ(changed([](auto& entries) { entries.erase(entries.begin()); }), kNoZip);
  EXPECT_EQ(read(std::vector<Entry>{stored("x/readme", "text")}), kNoZip);
  const std::string whole = archive::zip(records());
  for (std::size_t cut = 0; cut < whole.size(); ++cut)
    EXPECT_FALSE(read(whole.substr(0, cut)).contains("F32")) << cut;
}

TEST(TorchTable, IsNoneWhereSomethingWasFound) {
  const auto found = [](const std::string& text) {
    EXPECT_TRUE(text.starts_with("of the file itself ")) << text;
    return text.substr(text.rfind(' ', text.size() - 12) + 1, 7);
  };
  EXPECT_EQ(found(read(records(dictionary(text("a") + name("posix", "system"))))), "PKL-101");
  EXPECT_EQ(found(changed([](auto& e) { e[2] = stored("x/data/0", "short"); })), "ZIP-041");
  EXPECT_EQ(found(changed([](auto& e) { e[2].local.name = "x/data/9"; })), "ZIP-005");
  EXPECT_EQ(found(changed([](auto& e) { e.push_back(stored("x/code/a.py", "1")); })), "ZIP-008");
  EXPECT_EQ(found(changed([](auto& e) { e.push_back(stored("y/data/0", "1")); })), "ZIP-002");
  EXPECT_EQ(found(read("x" + archive::zip(records()))), "ZIP-001");
  EXPECT_EQ(found(changed([](auto& e) { e.push_back(stored("x/DATA/0", "1")); })), "ZIP-003");
}

TEST(TorchTable, IsNoneWhereBytesDoNotLieAsTheyAreRead) {
  const auto packed = [](std::size_t at, const std::string& content) {
    return changed(
        [&](auto& entries) { entries[at] = archive::deflated(entries[at].central.name, content); });
  };
  EXPECT_FALSE(packed(2, std::string(24, 'A')).contains("F32"));
  EXPECT_FALSE(packed(0, dictionary(kTwo)).contains("F32"));
  EXPECT_FALSE(packed(1, "little").contains("F32"));
  EXPECT_EQ(changed([](auto& e) { e[1] = stored("x/byteorder", "big"); }),
            "its numbers are not little-endian");
  // Two records on the same bytes.
  EXPECT_FALSE(changed([](auto& e) { e[3].offset = e[0].content.size() + 100; }).contains("F32"));
}

TEST(TorchTable, TensorsOnTheSameBytesCostNoMoreThanTheFile) {
  const auto same = [](int count) {
    std::string items;
    for (int i = 0; i < count; ++i)
      items += text(std::to_string(i)) +
               tensor(storage("0", 1'000'000), 0, tuple(number(1'000'000)), tuple(number(1)));
    return read(std::vector<Entry>{stored("x/data.pkl", dictionary(items)),
                                   stored("x/data/0", std::string(4'000'000, 'A')),
                                   stored("x/version", "3\n")});
  };
  EXPECT_EQ(same(2), "0 F32 1000000, A4000000;1 F32 1000000, A4000000;");
  EXPECT_EQ(same(3), "its tensors lie on each other");
}

TEST(TorchTable, IsNoneOfOtherPickles) {
  constexpr std::string_view kOther =
      "its pickle is not one dictionary of names to tensors whose numbers lie in their order";
  const auto other = [&](const std::string& more) {
    EXPECT_EQ(read(records(dictionary(kTwo + more))), kOther);
  };
  other(text("c") + number(1));
  other(text("a") + matrix(storage()));
  other(text("c") + tensor(storage(), 0, tuple(number(3), number(2)), tuple(number(1), number(3))));
  EXPECT_EQ(read(records(dictionary(text("model") + "}(" + kTwo + "u"))), kOther);
}

}  // namespace
}  // namespace gh::artifacts
