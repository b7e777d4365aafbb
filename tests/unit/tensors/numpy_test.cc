#include "tensors/numpy.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "examined.h"
#include "tensors/python_literal.h"

namespace gh::tensors {
namespace {

std::string file(std::string_view header, std::string_view data = "123456", char version = 1) {
  std::string bytes = std::string("\x93NUMPY") + version + '\0';
  bytes += version == 1 ? little_endian(static_cast<std::uint16_t>(header.size()))
                        : little_endian(static_cast<std::uint32_t>(header.size()));
  return bytes + std::string(header) + std::string(data);
}

std::string described(std::string_view descr, std::string_view shape, std::string_view data) {
  return file(
      fmt::format("{{'descr': {}, 'fortran_order': False, 'shape': {}, }}   \n", descr, shape),
      data);
}

std::string examined(std::string_view bytes) {
  return ids_of(read_npy, bytes);
}

TEST(Numpy, HeadersThatNumpyWritesAreClean) {
  const struct {
    const char* descr;
    const char* shape;
    std::size_t size;
  } cases[] = {{"'<f4'", "(2, 3)", 24},
               {"'|b1'", "(5,)", 5},
               {"'>c16'", "()", 16},
               {"'<U3'", "(2,)", 24},
               {"'|S0'", "(2,)", 0},
               {"'|V7'", "(1,)", 7},
               {"'<m8[25us]'", "(1,)", 8},
               {"'<f8'", "(0, 99)", 0},
               {"[('a', '<f4'), ('b', '<i2', (2, 2)), ('', '|V4')]", "(2,)", 32},
               {"[(('title', \"na\\'me\"), '|u1')]", "(3L,)", 3},
               {"[('a', ('<i4', (2,)), (2,))]", "(1,)", 16},
               {"[('outer', [('inner', '<f2')])]", "(2,)", 4}};
  for (const auto& [descr, shape, size] : cases) {
    EXPECT_EQ(examined(described(descr, shape, std::string(size, 'x'))), "") << descr;
  }
}

TEST(Numpy, EachRuleIsAFinding) {
  const std::string plain = "{'descr': '|u1', 'fortran_order': False, 'shape': (6,), }";
  const struct {
    std::string_view ids;
    std::string bytes;
  } cases[] = {
      {"NPY-001", ""},
      {"NPY-001", "\x93NUMPY"},
      {"NPY-001", file(plain, "", 4)},
      {"NPY-001", file(plain).substr(0, 30)},
      {"NPY-002", file("")},
      {"NPY-002", file("{}")},
      {"NPY-002", file("(1, 2, 3)")},
      {"NPY-002", file(plain + "x")},
      {"NPY-002", file(plain + "\xff", "123456", 3)},
      {"NPY-002", file("{'descr': '|u1', 'fortran_order': 0, 'shape': (6,)}")},
      {"NPY-002", file("{'descr': '|u1', 'fortran_order': False, 'shape': (6,), 'x': 1}")},
      {"NPY-002", file("{'descr': '|u1', 'descr': '|u1', 'shape': (6,)}")},
      {"NPY-002", file("{'descr': u'|u1', 'fortran_order': False, 'shape': (6,)}")},
      {"NPY-002", file("{'descr': '|u1', 'fortran_order': False, 'shape': (6L,)}", "123456", 3)},
      {"NPY-003", file(plain + std::string(10'000, ' '))},
      {"NPY-003", file(plain + std::string(50'000, ' '), "", 2)},
      {"NPY-004", described("'|u1'", "(-6,)", "123456")},
      {"NPY-004", described("'|u1'", "[6]", "123456")},
      {"NPY-004", described("'|u1'", "(True,)", "1")},
      {"NPY-004", described("'|u1'", "(9223372036854775808,)", "1")},
      {"NPY-004", described("'<f8'", "(2305843009213693952,)", "1")},
      {"NPY-005", described("'|u1'", "(7,)", "123456")},
      {"NPY-006", described("'|u1'", "(5,)", "123456")},
      {"NPY-007", described("'|O'", "(5,)", "123456")},
      {"NPY-007", described("[('a', [('b', '|O')])]", "(5,)", "123456")},
      {"NPY-008", described("'f4'", "(1,)", "1234")},
      {"NPY-008", described("'<f5'", "(1,)", "12345")},
      {"NPY-008", described("'<f4x'", "(1,)", "1234")},
      {"NPY-008", described("7", "(1,)", "1234")},
      {"NPY-008", described("('<i4', (2,))", "(1,)", "12345678")},
      {"NPY-008", described("[('a',)]", "(1,)", "1234")},
      {"NPY-008", described("('|V99999999', (99999999999999,))", "(1,)", "1234")},
  };
  for (const auto& [expected, bytes] : cases) EXPECT_EQ(examined(bytes), expected) << bytes;
}

TEST(Numpy, SaysWhereThePickleBegins) {
  const std::string bytes = described("'|O'", "(1,)", "pickled");
  source::MemorySource source(bytes);
  findings::Examination examination(0);
  const auto facts = read_npy(source, examination);
  ASSERT_TRUE(facts.has_value());
  EXPECT_TRUE(facts->objects);
  EXPECT_EQ(bytes.substr(facts->data_offset), "pickled");
}

TEST(PythonLiteral, RefusesEverythingThatIsNoLiteral) {
  const std::string deep = std::string(100, '(') + std::string(100, ')');
  for (const std::string& text : {std::string(),
                                  std::string("f()"),
                                  std::string("1+1"),
                                  std::string("'a' 'b'"),
                                  std::string("'a"),
                                  std::string("'a\n'"),
                                  std::string("\"a'"),
                                  std::string("(1)"),
                                  std::string("(,)"),
                                  std::string("(1,,)"),
                                  std::string("[1 2]"),
                                  std::string("{1: 2}"),
                                  std::string("{'a'}"),
                                  std::string("{'a': }"),
                                  std::string("01"),
                                  std::string("0x1"),
                                  std::string("1.5"),
                                  std::string("--1"),
                                  std::string("18446744073709551616"),
                                  std::string("None0"),
                                  std::string("Truth"),
                                  std::string("'\\"),
                                  std::string("1 # x"),
                                  deep}) {
    EXPECT_FALSE(parse_literal(text, true).has_value()) << text;
  }
}

TEST(PythonLiteral, ReadsWhatReprWrites) {
  const auto literal = parse_literal(" {'a': [1, -2L, ()], \"b\": (None, True,)} \n", true);
  ASSERT_TRUE(literal.has_value());
  ASSERT_EQ(literal->items.size(), 2U);
  EXPECT_EQ(literal->keys[1], "b");
  const Literal& list = literal->items[0];
  ASSERT_EQ(list.items.size(), 3U);
  EXPECT_EQ(list.items[1].magnitude, 2U);
  EXPECT_TRUE(list.items[1].negative);
  EXPECT_EQ(list.items[2].kind, Literal::Kind::tuple);
  EXPECT_FALSE(parse_literal("2L", false).has_value());
}

}  // namespace
}  // namespace gh::tensors
