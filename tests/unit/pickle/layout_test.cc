#include <gtest/gtest.h>

#include <vector>

#include "assemble.h"

namespace gh::pickle {
namespace {

using namespace test;

const std::string kMagic = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";
const std::string kVersion = "\x80\x02M\xe9\x03.";
const std::string kSystem = pickle("}" + text("little_endian") + "\x88s");

std::string view_storage(const std::string& key, std::int64_t elements, const std::string& view) {
  return tuple(text("storage"), name("torch", "ByteStorage"), text(key), text("cpu"),
               number(elements), view) +
         "Q";
}
std::string keys(std::vector<std::string> texts) {
  std::string list = "]q\0("s;
  for (const std::string& key : texts) list += text(key);
  return pickle(list + "e");
}
std::string stored(const std::string& bytes) {
  return little_endian(bytes.size(), 8) + bytes;
}
const std::string kObject = pickle(view_storage("94", 3, "N"));
const std::string kRest = keys({"94"}) + stored("abc");

struct Case {
  const char* title;
  std::string bytes;
  Rules rules;
};

TEST(Legacy, IsFivePicklesAndStorages) {
  const std::vector<Case> cases = {
      {"whole", kMagic + kVersion + kSystem + kObject + kRest, {}},
      {"no storages", kMagic + kVersion + kSystem + pickle("}") + keys({}), {}},
      {"view",
       kMagic + kVersion + kSystem +
           pickle(view_storage("94", 3, tuple(text("95"), number(1), number(2)))) + kRest,
       {}},
      {"view beyond",
       kMagic + kVersion + kSystem +
           pickle(view_storage("94", 3, tuple(text("95"), number(2), number(2)))) + kRest,
       {"PKL-230"}},
      {"view is text",
       kMagic + kVersion + kSystem + pickle(view_storage("94", 3, text("x"))) + kRest,
       {"PKL-230"}},
      {"protocol 4",
       "\x80\x04" + frame("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 13) + kVersion +
           kSystem + kObject + kRest,
       {"PKL-304"}},
      {"magic by name",
       pickle(name("m", "f") + ")R") + kVersion + kSystem + kObject + kRest,
       {"PKL-102", "PKL-201", "PKL-320"}},
      {"other magic", pickle(number(7)) + kVersion + kSystem + kObject + kRest, {"PKL-320"}},
      {"magic after more",
       pickle("N0" + kMagic.substr(2, 12)) + kVersion + kSystem + kObject + kRest,
       {"PKL-305", "PKL-320"}},
      {"cut in the magic", kMagic.substr(0, 9), {"PKL-302", "PKL-320"}},
      {"nothing", "", {"PKL-302", "PKL-320"}},
      {"no version", kMagic, {"PKL-302"}},
      {"version is text", kMagic + pickle(text("1001")) + kSystem + kObject + kRest, {"PKL-321"}},
      {"version is computed",
       kMagic + pickle(ordered_dict() + "0M\xe9\x03") + kSystem + kObject + kRest,
       {"PKL-305", "PKL-321"}},
      {"system is list", kMagic + kVersion + pickle("]") + kObject + kRest, {"PKL-321"}},
      {"system calls",
       kMagic + kVersion + pickle("}" + text("k") + ordered_dict() + "s") + kObject + kRest,
       {"PKL-321"}},
      {"object imports",
       kMagic + kVersion + kSystem + pickle(name("m", "f")) + keys({}),
       {"PKL-102"}},
      {"keys are a tuple",
       kMagic + kVersion + kSystem + kObject + pickle(tuple(text("94"))) + stored("abc"),
       {"PKL-322"}},
      {"keys import",
       kMagic + kVersion + kSystem + kObject + pickle(name("m", "f")) + stored("abc"),
       {"PKL-102", "PKL-322"}},
      {"keys, and then an import",
       kMagic + kVersion + kSystem + kObject + pickle("](" + text("94") + "e" + name("m", "f")) +
           stored("abc"),
       {"PKL-102", "PKL-322"}},
      {"keys in two lists",
       kMagic + kVersion + kSystem + kObject + pickle("](]" + text("94") + "ae") + stored("abc"),
       {"PKL-322"}},
      {"key list put before it is there",
       kMagic + kVersion + kSystem + kObject + pickle("q\x01]" + text("94") + "a") + stored("abc"),
       {"PKL-303", "PKL-322"}},
      {"key before the list",
       kMagic + kVersion + kSystem + kObject + pickle(text("94") + "]a") + stored("abc"),
       {"PKL-222", "PKL-322"}},
      {"key that is not appended",
       kMagic + kVersion + kSystem + kObject + pickle("]" + text("94")) + stored("abc"),
       {"PKL-322"}},
      {"keys behind two marks",
       kMagic + kVersion + kSystem + kObject + pickle("]((" + text("94") + "ee") + stored("abc"),
       {"PKL-303", "PKL-322"}},
      {"keys are cut",
       kMagic + kVersion + kSystem + kObject + keys({"94"}).substr(0, 9),
       {"PKL-302", "PKL-322"}},
      {"key twice",
       kMagic + kVersion + kSystem + kObject + keys({"94", "94"}) + stored("abc") + stored("abc"),
       {"PKL-322"}},
      {"key unknown",
       kMagic + kVersion + kSystem + kObject + keys({"94", "95"}) + stored("abc") + stored("x"),
       {"PKL-322"}},
      {"key missing", kMagic + kVersion + kSystem + kObject + keys({}), {"PKL-322"}},
      {"count differs",
       kMagic + kVersion + kSystem + kObject + keys({"94"}) + stored("abcd"),
       {"PKL-323"}},
      {"count is cut",
       kMagic + kVersion + kSystem + kObject + keys({"94"}) + "\x03\0\0"s,
       {"PKL-323"}},
      {"bytes are cut",
       kMagic + kVersion + kSystem + kObject + keys({"94"}) + stored("abc").substr(0, 10),
       {"PKL-323"}},
      {"bytes left", kMagic + kVersion + kSystem + kObject + kRest + "x", {"PKL-323"}},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.title);
    EXPECT_EQ(examined(one.bytes, Layout::torch_legacy).rules, one.rules);
  }
}

TEST(Joblib, PutsBytesBetweenOpcodes) {
  const std::string dtype = call(name("numpy", "dtype"), text("u1"), "\x89", "\x88");
  const auto wrapper = [&](const std::string& of, const std::string& alignment = "N",
                           const std::string& more = "") {
    return name("joblib.numpy_pickle", "NumpyArrayWrapper") + ")\x81}(" + text("subclass") +
           name("numpy", "ndarray") + text("shape") + tuple(number(2), number(3)) + text("order") +
           text("C") + text("dtype") + of + text("allow_mmap") + "\x88" +
           text("numpy_array_alignment_bytes") + alignment + more + "ub";
  };
  const auto data = [](const std::string& stream) {
    return examined(pickle(stream), Layout::stream, Profile::data).rules;
  };
  EXPECT_EQ(data(wrapper(dtype) + "......"), Rules{});
  EXPECT_EQ(data(wrapper(dtype, number(16)) + "\x02pp......"), Rules{});
  EXPECT_EQ(data(wrapper(dtype, number(16)) + "\0......"s), Rules{});
  EXPECT_EQ(data("](" + wrapper(dtype) + "......" + wrapper(dtype) + "......e"), Rules{});
  EXPECT_EQ(data(wrapper(dtype) + "....."), Rules{"PKL-302"});
  EXPECT_EQ(data(wrapper(dtype) + "c\nx\n)R"), Rules{"PKL-316"});
  // PyTorch passes over nothing.
  EXPECT_EQ(examined(pickle(wrapper(dtype) + "c\nx\n)R"), Layout::single, Profile::data).rules,
            (Rules{"PKL-102", "PKL-201"}));
  EXPECT_EQ(data(wrapper(dtype, text("x")) + "......"), Rules{"PKL-315"});
  EXPECT_EQ(data(wrapper(text("u1")) + "......"), Rules({"PKL-315"}));
  // joblib would call another `read`, or pass over another number of bytes.
  EXPECT_EQ(data(wrapper(dtype, "N", text("read") + "N") + "......"), Rules{"PKL-210"});
  EXPECT_EQ(data(wrapper(dtype, "N", text("dtype") + text("x")) + "......"), Rules{"PKL-315"});
  EXPECT_EQ(data(wrapper(dtype, "N", text("subclass") + name("builtins", "slice")) + "......"),
            Rules{"PKL-315"});
  const std::string part = text("numpy_array_alignment_bytes") + number(16);
  const std::string first = name("joblib.numpy_pickle", "NumpyArrayWrapper") + ")\x81q\x01}q\x02";
  EXPECT_EQ(data(first + part + "s0}" + text("shape") + ")s0h\x02(" + text("subclass") +
                 name("numpy", "ndarray") + text("shape") + tuple(number(2)) + text("order") +
                 text("C") + text("dtype") + dtype + text("allow_mmap") + "\x88ub.."),
            Rules{"PKL-210"});
  EXPECT_EQ(data("]q\x07(" + wrapper(dtype) + "......" + wrapper(dtype) + "......0h\x07" + "e"),
            Rules{});
  const std::string objects = call(name("numpy", "dtype"), text("O8"), "\x89", "\x88");
  EXPECT_EQ(data(wrapper(objects) + pickle("](Ne")), Rules{});
  EXPECT_EQ(data(wrapper(objects) + pickle(name("m", "f"))), Rules{"PKL-102"});
  EXPECT_EQ(data(wrapper(objects) + pickle(wrapper(dtype) + name("posix", "system") + ")R")),
            (Rules{"PKL-101", "PKL-201"}));
}

bool looks_like_pickle(std::string_view bytes) {
  source::MemorySource source(bytes);
  return pickle::looks_like_pickle(source);
}

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST(LooksLikePickle, DecidesByRunning) {
  const std::string speaking = "cposix\nsystem\n(Vtrue\ntR.";
  for (const std::string& bytes : {pickle("N"),
                                   "\x80\x00."s,
                                   "\x80\x05"s,
                                   "cposix\nsystem\n"s,
                                   "cposix\nsystem\n(S'x'\ntR."s,
                                   "(dp0\n."s,
                                   "(lp0\nI1\na."s,
                                   "(ios\nsystem\n."s,
                                   "N."s,
                                   "I1\n.I2\n."s,
                                   "cgatehouse_marker\ntouch\n."s,
                                   "cgatehouse_marker\ntouch\n]"s,
                                   "cat\ndog\ncos\nsystem\n"s,
                                   "chelper\nrun\nchelper\nargs\nR"s,
                                   "c__builtin__\nbyteiltin__\nbytearray\np0\n(tRp1\n."s,
                                   "cbuiltins\nnothing\n"s,
                                   "cgatehouse_marker\ntouch\n)R garbage"s,
                                   "(\x80\x02"
                                   "cposix\nsystem\nN\x85R."s,
                                   "L119547037146038801333356L\n.I1001\n.(dp0\n."s,
                                   "\x8c\x05posix\x8c\x06system\x93N\x85R."s,
                                   "V" + std::string(70'000, 'x') + "\n0" + speaking,
                                   "V" + std::string(1'000'000, 'x') + "\n0" + speaking,
                                   "cshop\n" + std::string(300'000, 'x') + "\n)R.",
                                   "T\0\0\x10\0"s + std::string(0x100000, 'x') + "0" + speaking,
                                   "(import os\nsystem\n0" + speaking,
                                   "\x82\x01)R"s,
                                   "cos\npath." + std::string(300, 'x') + "\n)R",
                                   "cshop\nCart\n(dp1\nI1\nI2\nsI1\nI2\nso."s,
                                   "cshop\nCart\n(more words"s,
                                   "cshop\nCart\nVtext\n, and more"s,
                                   "cmy-shop\nCart\n(more words"s,
                                   "I1\ncshop\nCart\n, and more"s,
                                   "L5L\np0\ncshop\nCart\n, and more"s,
                                   "S'a'\ncshop\nCart\n, and more"s,
                                   "(lp0\ncshop\nCart\n, and more"s,
                                   "]cshop\nCart\n, and more"s,
                                   "}cshop\nCart\n, and more"s,
                                   "Vshop\nVCart\n\x93, and more"s,
                                   std::string(1'100'000, 'N')})
    EXPECT_TRUE(looks_like_pickle(bytes)) << testing::PrintToString(bytes);
  for (const std::string& bytes : {""s,
                                   "."s,
                                   "\x80"s,
                                   "\x80\x06"s,
                                   "\x80\xff..."s,
                                   "cat\ndog\nhorse\n"s,
                                   "cat\ndog\n"s,
                                   "cat\ndog\nios\n"s,
                                   "cow\nbus\ncar\ntrain\nbird\n"s,
                                   "cases\r\nnames\r\nrather\r\n"s,
                                   "config\n"s,
                                   "N.B. text"s,
                                   "Plain text\n"s,
                                   "{\"a\": 1}"s,
                                   "GGUF\x03\0\0\0"s,
                                   "import os\n"s,
                                   "import os\nimport sys\nprint(1)\n"s,
                                   "class Foo:\n    x = 1\n\n"s,
                                   "category\nlabel: x\n- y\n"s,
                                   "(a list)"s,
                                   "0"s,
                                   "}"s,
                                   "I am text\n"s,
                                   "# comment\n"s,
                                   "\x7f"
                                   "ELF"s,
                                   "PK\x03\x04"s,
                                   "<html>"s,
                                   "click\nnumpy\ntorch>=2.0\n"s,
                                   "compiler/os.code/T.java  containers: 4\ncommon/os.java  5\n"s,
                                   "icns\0\0\xe8\n"s + std::string(300, '\x80') + "\n\xff",
                                   "\x99\x01\x0d\x04"s,
                                   "\x98\x01\x0d\x04"s,
                                   "\x97\x01\x0d\x04"s,
                                   "\x82\x01\x0d\x04"s,
                                   "Nr. 5 of the list\n"s,
                                   "Very plain words in one line " + std::string(100'000, 'x'),
                                   "common words in one line " + std::string(1'000'000, 'x'),
                                   "common words\n" + std::string(1'000'000, 'x') + "\nmore.\n",
                                   "import os\n" + std::string(100'000, '#') + "\n",
                                   "cat\ndog\nhorse (brown)\n"s,
                                   "cat\ndog\nhorse, brown\nNo. 5\n"s,
                                   "count,name\n1,cat\n2,dog\n"s,
                                   "cat dog\ncow bull\nN ew\n. x\n"s,
                                   "(c) 2026 Somebody\nAll rights reserved\n(not)\n"s,
                                   "[PAD]\ncat\ndog\n(\n"s,
                                   "cat\ndog\nquick\n" + repeated("word\n", 20'000),
                                   std::string(100, '\0')})
    EXPECT_FALSE(looks_like_pickle(bytes)) << testing::PrintToString(bytes);
}

}  // namespace
}  // namespace gh::pickle
