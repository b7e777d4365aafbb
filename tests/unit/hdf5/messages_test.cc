#include <gtest/gtest.h>

#include "bytes.h"
#include "hdf5/attribute.h"
#include "hdf5/link.h"
#include "hdf5/storage.h"

namespace gh::hdf5 {
namespace {

std::string a_float() {
  return raw("\x11\x20\x1f\x00\x04\x00\x00\x00");
}
std::string text_of_3() {
  return raw("\x13\x00\x00\x00\x03\x00\x00\x00");
}
// A dataspace of one element.
std::string one() {
  return raw("\x01\x00\x00\x00\x00\x00\x00\x00");
}

TEST(Datatypes, SayHowLongAndWhetherText) {
  using Form = Datatype::Form;
  Opened opened("");
  const struct {
    std::string bytes;
    Form form;
    std::uint64_t size;
  } cases[] = {
      {a_float(), Form::number, 4},
      {raw("\x10\x00\x00\x00\x01\x00\x00\x00"), Form::byte, 1},
      {text_of_3(), Form::text, 3},
      {raw("\x15\x00\x00\x00\xff\xff\xff\xff"), Form::opaque, 0xffff'ffff},
      {raw("\x19\x01\x00\x00\x10\x00\x00\x00"), Form::variable_text, 16},
      {raw("\x19\x00\x00\x00\x10\x00\x00\x00"), Form::variable_values, 16},
      {raw("\x36\x01\x00\x00\x08\x00\x00\x00"), Form::other, 8},
      {raw("\x5b\x01\x00\x00\x08\x00\x00\x00"), Form::other, 8},
  };
  for (const auto& test : cases) {
    const auto type = parse_datatype(opened.file, test.bytes, 0);
    ASSERT_TRUE(type);
    EXPECT_EQ(type->form, test.form);
    EXPECT_EQ(type->size, test.size);
  }
}

TEST(Datatypes, ThatAreNotKnownAreRefused) {
  Opened opened("");
  for (const std::string& bytes :
       {raw(""), raw("\x11\x20\x1f\x00\x04\x00\x00"), raw("\x1c\x00\x00\x00\x01\x00\x00\x00"),
        raw("\x1f\x00\x00\x00\x01\x00\x00\x00"), raw("\x01\x00\x00\x00\x01\x00\x00\x00"),
        raw("\x61\x00\x00\x00\x01\x00\x00\x00")})
    EXPECT_FALSE(parse_datatype(opened.file, bytes, 0));
}

TEST(Datatypes, OfAnotherObjectAreLookedUpOnce) {
  // At address 0 an object header whose datatype is shared itself.
  const std::string shared = raw("\x03\x02") + little(0, 8) + std::string(6, '\0');
  Opened opened(raw("\x01\x00\x01\x00") + little(1, 4) + little(24, 4) + little(0, 4) +
                little(3, 2) + little(16, 2) + raw("\x02\x00\x00\x00") + shared);
  EXPECT_FALSE(read_datatype(opened.file, raw("\x03\x02") + little(0, 8), true, 0));
  EXPECT_FALSE(read_datatype(opened.file, raw("\x03\x01") + little(0, 8), true, 0));
  EXPECT_FALSE(read_datatype(opened.file, raw("\x01\x00") + little(0, 8), true, 0));
  EXPECT_FALSE(read_datatype(opened.file, raw("\x03\x02") + little(7, 8), true, 0));
  EXPECT_FALSE(read_datatype(opened.file, raw("\x03\x02"), true, 0));
}

TEST(Dataspaces, SayHowManyElements) {
  Opened opened("");
  const struct {
    std::string bytes;
    std::uint64_t elements;
  } cases[] = {
      {one(), 1},
      {raw("\x01\x02\x01\x00\x00\x00\x00\x00") + little(3, 8) + little(5, 8), 15},
      {raw("\x02\x01\x00\x01") + little(0, 8), 0},
      {raw("\x02\x00\x00\x00"), 1},
      {raw("\x02\x00\x00\x02"), 0},
  };
  for (const auto& test : cases)
    EXPECT_EQ(parse_dataspace(opened.file, test.bytes, 0).value_or(99), test.elements);
}

TEST(Dataspaces, ThatMakeNoSenseAreRefused) {
  Opened opened("");
  for (const std::string& bytes :
       {raw(""), raw("\x00\x00\x00\x00\x00\x00\x00\x00"), raw("\x03\x00\x00\x00\x00\x00\x00\x00"),
        raw("\x02\x00\x00\x03"), raw("\x02\x01\x00\x01"),
        raw("\x02\x21\x00\x01") + std::string(264, '\1'),
        raw("\x02\x02\x00\x01") + little(UINT64_MAX, 8) + little(2, 8)})
    EXPECT_FALSE(parse_dataspace(opened.file, bytes, 0));
}

std::string attribute(int version, const std::string& name, const std::string& type,
                      const std::string& data) {
  const auto part = [&](std::string bytes) {
    if (version == 1) bytes.resize((bytes.size() + 7) / 8 * 8, '\0');
    return bytes;
  };
  return little(static_cast<std::uint64_t>(version), 2) + little(name.size() + 1, 2) +
         little(type.size(), 2) + little(one().size(), 2) + (version == 3 ? raw("\x00") : "") +
         part(name + '\0') + part(type) + part(one()) + data;
}

TEST(Attributes, OfEachVersionHaveNameAndData) {
  Opened opened("");
  for (int version = 1; version <= 3; ++version) {
    const std::string bytes = attribute(version, "name", text_of_3(), "abcd");
    const auto read = parse_attribute(opened.file, bytes, 1000);
    ASSERT_TRUE(read) << version;
    EXPECT_EQ(read->name, "name");
    EXPECT_EQ(read->data, "abc");
    EXPECT_EQ(read->address, 1000 + bytes.size() - 4);
  }
}

TEST(Attributes, ThatAreCutAnywhereAreRefused) {
  Opened opened("");
  for (int version = 1; version <= 3; ++version) {
    const std::string bytes = attribute(version, "name", text_of_3(), "abc");
    for (std::size_t size = 0; size < bytes.size(); ++size)
      EXPECT_FALSE(parse_attribute(opened.file, bytes.substr(0, size), 0))
          << version << ' ' << size;
  }
  EXPECT_FALSE(parse_attribute(opened.file, attribute(4, "name", text_of_3(), "abc"), 0));
  EXPECT_FALSE(parse_attribute(opened.file, attribute(0, "name", text_of_3(), "abc"), 0));
}

TEST(Links, OfEachKind) {
  Opened opened("");
  const auto hard = parse_link(opened.file, raw("\x01\x00\x01w") + little(77, 8), 0);
  ASSERT_TRUE(hard);
  EXPECT_EQ(hard->kind, Link::Kind::hard);
  EXPECT_EQ(hard->name, "w");
  EXPECT_EQ(hard->target, 77u);
  const auto soft = parse_link(opened.file, raw("\x01\x08\x01\x01w\x02\x00/x"), 0);
  ASSERT_TRUE(soft);
  EXPECT_EQ(soft->kind, Link::Kind::soft);
  const auto external =
      parse_link(opened.file, raw("\x01\x08\x40\x01w\x0b\x00\x00other\0/x\0\0"), 0);
  ASSERT_TRUE(external);
  EXPECT_EQ(external->kind, Link::Kind::external);
  EXPECT_EQ(external->file, "other");
  EXPECT_EQ(external->object, "/x");
  const auto user = parse_link(opened.file, raw("\x01\x08\xff\x01w\x00\x00"), 0);
  ASSERT_TRUE(user);
  EXPECT_EQ(user->kind, Link::Kind::user_defined);
  EXPECT_EQ(user->type, 255u);
}

TEST(Links, ThatMakeNoSenseAreRefused) {
  Opened opened("");
  for (const std::string& bytes :
       {raw(""), raw("\x01"), raw("\x02\x00\x01w") + little(77, 8), raw("\x01\x00\x01w\x00"),
        raw("\x01\x00\xffw") + little(77, 8), raw("\x01\x08\x02\x01w\x00\x00"),
        raw("\x01\x08\x3f\x01w\x00\x00"), raw("\x01\x08\x01\x01w\x09\x00/x"),
        raw("\x01\x03\xff\xff\xff\xff\xff\xff\xff\xffw")})
    EXPECT_FALSE(parse_link(opened.file, bytes, 0));
}

TEST(Layouts, SayWhereDataIs) {
  Opened opened("");
  const auto kind_of = [&](const std::string& bytes) {
    const auto layout = parse_layout(opened.file, bytes, 100);
    return layout ? static_cast<int>(layout->kind) : -1;
  };
  EXPECT_EQ(kind_of(raw("\x03\x00\x02\x00") + "ab"), 0);
  EXPECT_EQ(kind_of(raw("\x03\x01") + little(8, 8) + little(4, 8)), 1);
  EXPECT_EQ(kind_of(raw("\x03\x02\x01") + little(8, 8) + little(4, 4)), 2);
  EXPECT_EQ(kind_of(raw("\x04\x03") + little(8, 8) + little(4, 4)), 3);
  EXPECT_EQ(kind_of(raw("\x05\x03") + little(8, 8) + little(4, 4)), 3);
  EXPECT_EQ(kind_of(raw("\x01\x01\x01\x00\x00\x00\x00\x00") + little(8, 8) + little(4, 4)), 1);
  EXPECT_EQ(kind_of(raw("\x02\x01\x00\x00\x00\x00\x00\x00") + little(1, 4) + little(2, 4) + "ab"),
            0);
  for (const std::string& bytes : {raw(""), raw("\x00\x01") + little(8, 8) + little(4, 8),
                                   raw("\x06\x01") + little(8, 8) + little(4, 8),
                                   raw("\x03\x03") + little(8, 8), raw("\x04\x04") + little(8, 8),
                                   raw("\x03\x00\x03\x00"
                                       "ab"),
                                   raw("\x03\x01") + little(8, 8) + little(4, 7)})
    EXPECT_EQ(kind_of(bytes), -1);
  const auto compact = parse_layout(opened.file, raw("\x03\x00\x02\x00") + "ab", 100);
  ASSERT_TRUE(compact);
  EXPECT_EQ(compact->data.address, 104u);
  EXPECT_EQ(compact->data.size, 2u);
}

TEST(Filters, HaveNumbersAndNames) {
  Opened opened("");
  const std::string gzip = little(1, 2) + little(8, 2) + little(1, 2) + little(1, 2) +
                           raw("deflate\0") + little(6, 4) + little(0, 4);
  const std::string mine =
      little(300, 2) + little(8, 2) + little(1, 2) + little(0, 2) + raw("mine\0\0\0\0");
  const std::string both = raw("\x01\x02\x00\x00\x00\x00\x00\x00") + gzip + mine;
  const auto filters = parse_filters(opened.file, both, 0);
  ASSERT_TRUE(filters);
  ASSERT_EQ(filters->size(), 2u);
  EXPECT_EQ(filters->at(0).name, "deflate");
  EXPECT_EQ(filters->at(1).number, 300u);
  EXPECT_EQ(filters->at(1).name, "mine");
  for (std::size_t size = 0; size < both.size(); ++size)
    EXPECT_FALSE(parse_filters(opened.file, both.substr(0, size), 0)) << size;
  EXPECT_FALSE(parse_filters(opened.file, raw("\x03\x00"), 0));
  EXPECT_FALSE(parse_filters(opened.file, raw("\x02\x21") + std::string(300, '\0'), 0));
}

TEST(Filters, AreKnownByNumber) {
  for (const std::uint64_t number :
       {1u, 2u, 3u, 4u, 5u, 6u, 307u, 32000u, 32001u, 32008u, 32015u, 32026u})
    EXPECT_TRUE(is_known_filter(number)) << number;
  for (const std::uint64_t number : {0u, 7u, 255u, 256u, 306u, 31999u, 32002u, 65535u})
    EXPECT_FALSE(is_known_filter(number)) << number;
}

}  // namespace
}  // namespace gh::hdf5
