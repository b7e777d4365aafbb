// What NumPy and SciPy make of arguments and states.

#include <gtest/gtest.h>

#include "assemble.h"

namespace gh::pickle {
namespace {

using namespace test;

TEST(Calls, TakeArrays) {
  const std::string dtype = call(name("numpy", "dtype"), text("f8"), "\x89", "\x88");
  const std::string state =
      tuple(number(3), text("<"), "N", "N", "N", number(-1), number(-1), number(0));
  const std::string reconstruct = name("numpy.core.multiarray", "_reconstruct");
  const std::string array =
      call(reconstruct, name("numpy", "ndarray"), tuple(number(0)), text("b"));
  const std::string scalar = name("numpy.core.multiarray", "scalar");
  const std::string matrix = name("scipy.sparse._csr", "csr_matrix");
  const std::string masked =
      call(name("numpy.ma.core", "_mareconstruct"), name("numpy.ma.core", "MaskedArray"),
           name("numpy", "ndarray"), tuple(number(0)), text("b"));
  const std::string from_buffer = name("numpy._core.numeric", "_frombuffer");
  const auto bytes = [](std::uint64_t size) {
    return "B" + little_endian(size, 4) + std::string(size, 'x');
  };
  const auto plain = [&](const std::string& shape, const std::string& content) {
    return tuple(number(1), shape, dtype, "\x89", content) + "b";
  };
  const auto objects = [&](std::int64_t count, const std::string& list) {
    const std::string of =
        call(name("numpy", "dtype"), text("O8"), "\x89", "\x88") +
        tuple(number(3), text("|"), "N", "N", "N", number(-1), number(-1), number(63)) + "b";
    return tuple(number(1), tuple(number(count)), of, "\x89", list) + "b";
  };
  const auto dimensions = [](int count) {
    std::string all = "(";
    for (int i = 0; i < count; ++i) all += number(1);
    return all + "t";
  };
  const auto data = [](const char* title, std::string stream, Rules rules = {}) {
    return Case{title, std::move(stream), std::move(rules)};
  };
  const Case cases[] = {
      data("dtype", dtype + state + "b"),
      data("dtype by type", call(name("numpy", "dtype"), name("numpy", "ndarray"), "\x89", "\x88"),
           {"PKL-210"}),
      data("dtype that is shared", call(name("numpy", "dtype"), text("f8"), "\x89", "\x89"),
           {"PKL-210"}),
      data("dtype of no size", call(name("numpy", "dtype"), text("f3"), "\x89", "\x88"),
           {"PKL-210"}),
      data("dtype of several", call(name("numpy", "dtype"), text("f8,O8"), "\x89", "\x88"),
           {"PKL-210"}),
      data("dtype of nothing", name("numpy", "dtype") + ")R", {"PKL-210"}),
      data("dtype state is dict", dtype + "}b", {"PKL-210"}),
      data("dtype state calls", dtype + tuple(name("numpy", "dtype")) + "b", {"PKL-210"}),
      data("array", array + plain(tuple(number(1)), text("12345678"))),
      data("array of nothing", array + plain(tuple(number(0), number(5)), text(""))),
      data("array that is long", array + plain(tuple(number(100)), bytes(800))),
      data("array as text", array + plain(tuple(number(1)), text("\xc3\xa9\xc3\xa9"
                                                                 "123456"))),
      data("array of an old text",
           array + plain(tuple(number(1)), "U\x08\xff\xff\xff\xff\xff\xff\xff\xff")),
      data("array of encoded bytes",
           array + plain(tuple(number(50)), call(name("_codecs", "encode"),
                                                 text(std::string(400, 'x')), text("latin1")))),
      data("array of few bytes", array + plain(tuple(number(2)), text("12345678")), {"PKL-210"}),
      data("array of many bytes", array + plain(tuple(number(99)), bytes(800)), {"PKL-210"}),
      data("array of few characters",
           array + plain(tuple(number(1)), text("\xc3\xa9\xc3\xa9"
                                                "123")),
           {"PKL-210"}),
      data("array of encoded bytes that are few",
           array + plain(tuple(number(51)), call(name("_codecs", "encode"),
                                                 text(std::string(400, 'x')), text("latin1"))),
           {"PKL-210"}),
      data("array of a bytearray",
           array + plain(tuple(number(1)), "\x96\x08" + std::string(15, '\0')), {"PKL-210"}),
      data("array of negative size", array + plain(tuple(number(-1)), text("")), {"PKL-210"}),
      data("array beyond 63 bits",
           array + plain(tuple(number(std::int64_t{1} << 54), number(1 << 20)), text("")),
           {"PKL-210"}),
      data("array of a version that is none",
           array + tuple(number(2), tuple(number(1)), dtype, "\x89", text("12345678")) + "b",
           {"PKL-210"}),
      data("array of 64 dimensions", array + plain(dimensions(64), text("12345678"))),
      data("array of 65 dimensions", array + plain(dimensions(65), text("12345678")), {"PKL-210"}),
      data("array of objects", array + objects(2, "](NNe")),
      data("array of objects that are few", array + objects(3, "](NNe"), {"PKL-210"}),
      data("array of objects that are one", array + objects(1000, "]Na"), {"PKL-210"}),
      data("array of objects that are many", array + objects(1, "](NNe"), {"PKL-210"}),
      data("array with attributes", array + "}b", {"PKL-210"}),
      data("array with a mask",
           array +
               tuple(number(1), tuple(number(1)), dtype, "\x89", text("12345678"), text("x"), "N") +
               "b",
           {"PKL-210"}),
      data("masked array",
           masked +
               tuple(number(1), tuple(number(1)), dtype, "\x89", text("12345678"), text("x"), "N") +
               "b"),
      data("masked array without a mask", masked + plain(tuple(number(1)), text("12345678")),
           {"PKL-210"}),
      data("masked array with half a mask",
           masked + tuple(number(1), tuple(number(2)), dtype, "\x89", bytes(16), text("x"), "N") +
               "b",
           {"PKL-210"}),
      data("array of another beginning",
           call(reconstruct, name("numpy", "ndarray"), tuple(number(0)), text("float64")),
           {"PKL-210"}),
      data("buffer", call(from_buffer, bytes(16), dtype, tuple(number(2)), text("C"))),
      data("buffer that is short", call(from_buffer, bytes(16), dtype, tuple(number(3)), text("C")),
           {"PKL-210"}),
      data("array of a dict",
           call(reconstruct, name("collections", "OrderedDict"), tuple(number(0)), text("b")),
           {"PKL-210"}),
      data("array shape is text", call(reconstruct, name("numpy", "ndarray"), text("0"), text("b")),
           {"PKL-210"}),
      data("array state is text", array + text("x") + "b", {"PKL-210"}),
      data("array state calls", array + tuple(reconstruct) + "b", {"PKL-210"}),
      data("array class is not called", call(name("numpy", "memmap"), text("/etc/passwd")),
           {"PKL-202"}),
      data("scalar", call(scalar, dtype, text("12345678"))),
      data("scalar that is short", call(scalar, dtype, text("1234567")), {"PKL-210"}),
      data("scalar of list", call(scalar, dtype, "]"), {"PKL-210"}),
      data("sparse", matrix + ")\x81}" + text("data") + array + "sb"),
      data("sparse with arguments", matrix + tuple(number(2), number(3)) + "\x81", {"PKL-202"}),
      data("sparse called", call(matrix, tuple(number(2), number(3))), {"PKL-202"}),
      data("reconstructor",
           call(name("copy_reg", "_reconstructor"), matrix, name("__builtin__", "object"), "N")),
      data("reconstructor of dtype",
           call(name("copyreg", "_reconstructor"), name("numpy", "dtype"),
                name("builtins", "object"), "N"),
           {"PKL-202"}),
      data("reconstructor of text",
           call(name("copyreg", "_reconstructor"), text("x"), name("builtins", "object"), "N"),
           {"PKL-210"}),
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.title);
    EXPECT_EQ(examined(pickle(each.stream), Layout::single, Profile::data).rules, each.rules);
  }
}

}  // namespace
}  // namespace gh::pickle
