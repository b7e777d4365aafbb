#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "case_file.h"
#include "json/json.h"

namespace gh::json {
namespace {

template <class Write>
std::string written(Write write) {
  std::string out;
  Writer writer(out);
  write(writer);
  return out;
}

TEST(Writer, WritesEachOfTheTableCanonically) {
  Parser parser;
  for (const std::string& line : case_lines("accepted.txt")) {
    SCOPED_TRACE(line);
    const std::size_t arrow = line.find(" => ");
    ASSERT_NE(arrow, std::string::npos);
    const auto parsed = parser.parse(decode_percent(line.substr(0, arrow)));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(written([&](Writer& out) { out.value(parsed->root()); }),
              decode_percent(line.substr(arrow + 4)));
  }
}

TEST(Writer, PutsCommasWhereTheyBelong) {
  EXPECT_EQ(written([](Writer& out) {
              out.begin_object().member("a", "x").member("n", 1);
              out.key("list").begin_array();
              out.begin_array().end_array().null().boolean(true).begin_object().end_object();
              out.boolean(false).integer(-1).real(1).string("s").end_array();
              out.key("o").begin_object().end_object().member("z", -2).end_object();
            }),
            R"({"a":"x","n":1,"list":[[],null,true,{},false,-1,1.0,"s"],"o":{},"z":-2})");
}

TEST(Writer, TakesKeysThatAreWritten) {
  EXPECT_EQ(written([](Writer& out) {
              out.begin_object().quoted_key(R"("a":)").integer(1).quoted_key(R"("long name":)");
              out.begin_object().quoted_key(R"("":)").null().end_object().end_object();
            }),
            R"({"a":1,"long name":{"":null}})");
}

// By the definition, a byte at a time.
std::string by_definition(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += c == '\n' ? "\\n" : fmt::format("\\u{:04x}", c);
    } else {
      out += c;
    }
  }
  return out + '"';
}

// Strings are looked at and copied in pieces of 16, 8, 4 and 1 bytes: every length, and in every
// place a byte that needs an escape or is next to one that does.
TEST(Writer, EscapesInEveryPlaceOfEveryLength) {
  for (std::size_t size = 0; size <= 67; ++size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text += static_cast<char>('A' + i % 26);
    const auto check = [&] {
      EXPECT_EQ(written([&](Writer& out) { out.string(text); }), by_definition(text));
      EXPECT_EQ(written([&](Writer& out) { out.begin_object().key(text).string("").end_object(); }),
                "{" + by_definition(text) + ":\"\"}");
    };
    check();
    for (std::size_t place = 0; place < size; ++place) {
      const char was = text[place];
      for (const char c : {'"', '\\', '\n', '\x1f', '\0', ' ', '!', '#', '[', ']', '\x7f'}) {
        text[place] = c;
        check();
        const bool clean = by_definition(text).size() == text.size() + 2;
        EXPECT_EQ(literal_length(text), clean ? size : place);
      }
      text[place] = was;
    }
  }
}

TEST(Writer, AppendsToWhatIsThere) {
  std::string out = "data: ";
  Writer(out).begin_array().string("a").end_array();
  out += "\n\n";
  EXPECT_EQ(out, "data: [\"a\"]\n\n");
}

TEST(Writer, WritesTheEdgesOfIntegers) {
  EXPECT_EQ(written([](Writer& out) {
              out.begin_array()
                  .integer(std::numeric_limits<std::int64_t>::min())
                  .integer(std::numeric_limits<std::int64_t>::max())
                  .unsigned_integer(std::numeric_limits<std::uint64_t>::max())
                  .end_array();
            }),
            "[-9223372036854775808,9223372036854775807,18446744073709551615]");
}

TEST(Writer, EscapesEveryByteAtEveryPlaceInAWord) {
  for (int byte = 0; byte < 0x80; ++byte) {
    const char c = static_cast<char>(byte);
    const std::string escaped = written([&](Writer& out) { out.string(std::string(1, c)); });
    const std::string inner = escaped.substr(1, escaped.size() - 2);
    EXPECT_EQ(inner.size() > 1, byte < 0x20 || c == '"' || c == '\\') << byte;
    for (std::size_t before = 0; before < 20; ++before) {
      for (std::size_t after = 0; after < 12; ++after) {
        const std::string left(before, 'x');
        const std::string right(after, '\x7F');
        ASSERT_EQ(written([&](Writer& out) { out.string(left + c + right); }),
                  '"' + left + inner + right + '"');
      }
    }
  }
}

TEST(Writer, EscapesNextToHighBytes) {
  // The word at a time test must not be misled by its neighbours.
  for (const std::string_view high : {"\xC3\xA9", "\xF4\x8F\xBF\xBF", "\x7F", "!", "#", "[", "]"}) {
    std::string text;
    std::string expected = "\"";
    for (int i = 0; i < 9; ++i) {
      text.append(high).append("\"").append(high).append("\x1F").append("\\");
      expected.append(high).append("\\\"").append(high).append("\\u001f").append("\\\\");
    }
    EXPECT_EQ(written([&](Writer& out) { out.string(text); }), expected + '"');
  }
}

TEST(Writer, WritesLongStringsAcrossBlocks) {
  for (const std::size_t size : {1023u, 1024u, 1025u, 2048u, 5000u}) {
    const std::string text(size, '\x01');
    const std::string out = written([&](Writer& writer) { writer.string(text); });
    ASSERT_EQ(out.size(), size * 6 + 2);
    Parser parser;
    const auto parsed = parser.parse(out);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->root().string(), text);
  }
}

TEST(Writer, ReadsBackTheSameDouble) {
  std::uint64_t bits = 1;
  Parser parser;
  for (int i = 0; i < 20'000; ++i) {
    bits = bits * 6364136223846793005u + 1442695040888963407u;
    const double value = std::bit_cast<double>(bits);
    if (!std::isfinite(value)) continue;
    const std::string out = written([&](Writer& writer) { writer.real(value); });
    const auto parsed = parser.parse(out);
    ASSERT_TRUE(parsed) << out;
    ASSERT_EQ(parsed->root().type(), Type::real) << out;
    ASSERT_EQ(std::bit_cast<std::uint64_t>(parsed->root().number()), bits) << out;
  }
}

TEST(Writer, AbsentValueIsNull) {
  EXPECT_EQ(written([](Writer& out) { out.value(Value()); }), "null");
}

#ifndef NDEBUG
TEST(Writer, RealsThatJsonLacksAreABug) {
  std::string out;
  EXPECT_DEATH(Writer(out).real(std::numeric_limits<double>::quiet_NaN()), "bug");
  EXPECT_DEATH(Writer(out).real(std::numeric_limits<double>::infinity()), "bug");
}
#endif

}  // namespace
}  // namespace gh::json
