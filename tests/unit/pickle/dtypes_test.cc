#include "pickle/dtypes.h"

#include <gtest/gtest.h>

#include "assemble.h"

namespace gh::pickle {
namespace {

using namespace test;

// What a dtype holds after its text and state: of an array of no elements.
TEST(Dtypes, AreWhatTheirTextSays) {
  const auto dtype = [](const std::string& type, const std::string& state) {
    return call(name("numpy", "dtype"), type, "\x89", "\x88") + state + "b";
  };
  const auto state = [](const std::string& subarray, const std::string& names,
                        const std::string& fields, std::int64_t size, std::int64_t alignment,
                        std::int64_t flags) {
    return tuple(number(3), text("|"), subarray, names, fields, number(size), number(alignment),
                 number(flags));
  };
  const auto plain = [&](std::string_view type, std::int64_t size = -1, std::int64_t alignment = -1,
                         std::int64_t flags = 0) {
    return dtype(text(type), state("N", "N", "N", size, alignment, flags));
  };
  const auto structure = [&](std::string_view type, const std::string& names,
                             const std::string& fields, std::int64_t size, std::int64_t flags) {
    return dtype(text(type), state("N", names, fields, size, 1, flags));
  };
  const auto one = [](const std::string& of, std::int64_t at) {
    return "}" + text("a") + tuple(of, number(at)) + "s";
  };
  const auto two = [](const std::string& a, std::int64_t at, const std::string& b,
                      std::int64_t then) {
    return "}(" + text("a") + tuple(a, number(at)) + text("b") + tuple(b, number(then)) + "u";
  };
  const auto in = [&](const std::string& of, const std::string& data) {
    return call(name("numpy.core.multiarray", "_reconstruct"), name("numpy", "ndarray"),
                tuple(number(0)), text("b")) +
           tuple(number(1), tuple(number(0)), of, "\x89", data) + "b";
  };
  const std::string bytes = "C"s + '\0';
  const std::string objects = plain("O8", -1, -1, 63);
  const std::string f8 = plain("f8");
  const std::string a = tuple(text("a"));
  const std::string ab = tuple(text("a"), text("b"));
  const Rules refused{"PKL-210"};
  const Case cases[] = {
      {"number", in(f8, bytes)},
      {"objects", in(objects, "]")},
      {"text", in(plain("U2", 8, 4, 8), bytes)},
      {"bytes", in(plain("S3", 3, 1), bytes)},
      {"void", in(plain("V7", 7, 1), bytes)},
      {"void without a state", in(call(name("numpy", "dtype"), text("V7"), "\x89", "\x88"), bytes)},
      {"structure", in(structure("V12", ab, two(f8, 0, plain("i4"), 8), 12, 16), bytes)},
      {"structure with padding", in(structure("V32", a, one(f8, 8), 32, 16), bytes)},
      {"aligned", in(structure("V16", a, one(f8, 8), 16, -112), bytes)},
      {"overlapping numbers", in(structure("V8", ab, two(f8, 0, f8, 0), 8, 16), bytes)},
      {"objects in it", in(structure("V16", ab, two(objects, 0, f8, 8), 16, 27), "]")},
      {"title", in(structure("V8", a,
                             "}(" + text("a") + tuple(f8, number(0), text("t")) + text("t") +
                                 tuple(f8, number(0), text("t")) + "u",
                             8, 16),
                   bytes)},
      {"structure in it",
       in(structure("V8", a, one(structure("V8", a, one(f8, 0), 8, 16), 0), 8, 16), bytes)},
      {"subarray",
       in(dtype(text("V24"), state(tuple(f8, tuple(number(3))), "N", "N", 24, 8, 0)), bytes)},
      {"record", in(dtype(name("numpy", "record"), state("N", a, one(f8, 0), 8, 1, 16)), bytes)},
      {"times", in(dtype(text("M8"), tuple(number(4), text("<"), "N", "N", "N", number(-1),
                                           number(-1), number(0), tuple("N", tuple(bytes)))),
                   bytes)},

      {"objects denied", in(plain("O8"), bytes), refused},
      {"objects half denied", in(plain("O8", -1, -1, 59), "]"), refused},
      {"numbers as objects", in(plain("f8", -1, -1, 63), "]"), refused},
      {"objects as bytes", in(objects, bytes), refused},
      {"numbers as list", in(f8, "]"), refused},
      {"size of number", in(plain("f8", 16, -1), bytes), refused},
      {"other size", in(plain("S100", 1, 1), bytes), refused},
      {"negative size", in(plain("S100", -1, 1), bytes), refused},
      {"no alignment", in(plain("S3", 3, 0), bytes), refused},
      {"void of objects", in(plain("V8", 8, 1, 63), "]"), refused},
      {"field outside", in(structure("V8", a, one(f8, 1), 8, 16), bytes), refused},
      {"field before", in(structure("V8", a, one(f8, -8), 8, 16), bytes), refused},
      {"objects in it denied", in(structure("V8", a, one(objects, 0), 8, 16), bytes), refused},
      {"deeper objects denied",
       in(structure("V8", a, one(structure("V8", a, one(objects, 0), 8, 27), 0), 8, 16), bytes),
       refused},
      {"objects of a subarray denied",
       in(dtype(text("V8"), state(tuple(objects, tuple(number(1))), "N", "N", 8, 8, 0)), bytes),
       refused},
      {"number over objects", in(structure("V8", ab, two(objects, 0, f8, 0), 8, 27), "]"), refused},
      {"subarray of another size",
       in(dtype(text("V8"), state(tuple(f8, tuple(number(3))), "N", "N", 8, 8, 0)), bytes),
       refused},
      {"field without name", in(structure("V8", ")", one(f8, 0), 8, 16), bytes), refused},
      {"name without field", in(structure("V8", ab, one(f8, 0), 8, 16), bytes), refused},
      {"other name", in(structure("V8", tuple(text("x")), one(f8, 0), 8, 16), bytes), refused},
      {"fields of numbers", in(structure("V8", a, "}" + text("a") + "Ns", 8, 16), bytes), refused},
      {"fields of a number", in(structure("f8", a, one(f8, 0), -1, 16), bytes), refused},
      {"state twice", in(f8 + state("N", "N", "N", -1, -1, 0) + "b", bytes), refused},
      {"state after use",
       "]q\x01(" + call(name("numpy", "dtype"), text("V8"), "\x89", "\x88") + "q\x02" +
           in("h\x02", bytes) + "h\x02" + state("N", a, one(objects, 0), 8, 1, 27) + "be",
       refused},
      {"fields later",
       in(structure("V8", a, one(f8, 0) + "q\x05", 8, 16), bytes) + "0h\x05" + text("b") +
           tuple(f8, number(0)) + "s",
       refused},
      {"fields filled before",
       in(structure("V8", a, "}" + text("b") + "Ns" + text("a") + tuple(f8, number(0)) + "s", 8,
                    16),
          bytes),
       refused},
      {"array of a negative length",
       call(name("numpy.core.multiarray", "_reconstruct"), name("numpy", "ndarray"),
            tuple(number(0)), text("b")) +
           tuple(number(1), tuple(number(-1), number(-1)), f8, "\x89", bytes) + "b",
       refused},
      {"array that nothing fills",
       call(name("numpy.core.multiarray", "_reconstruct"), name("numpy", "ndarray"),
            tuple(number(100)), text("f8")),
       refused},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.title);
    EXPECT_EQ(examined(pickle(each.stream), Layout::single, Profile::data).rules, each.rules);
  }
}

}  // namespace
}  // namespace gh::pickle
