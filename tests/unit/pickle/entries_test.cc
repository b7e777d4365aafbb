#include "pickle/entries.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "assemble.h"

namespace gh::pickle {
namespace {

using namespace test;

std::optional<std::vector<NamedTensor>> tensors_of(std::string_view bytes) {
  source::MemorySource source(bytes);
  return named_tensors(source);
}

// "name type key shape begin end" of each, or "none".
std::string read(const std::string& stream) {
  const auto tensors = tensors_of(pickle(stream));
  if (!tensors) return "none";
  std::string out;
  for (const NamedTensor& tensor : *tensors) {
    std::string shape;
    for (const std::uint64_t length : tensor.shape) shape += fmt::format("{},", length);
    out += fmt::format("{}{} {} {} {} {}-{}", out.empty() ? "" : "; ", tensor.name, tensor.type,
                       tensor.storage, shape, tensor.begin, tensor.end);
  }
  return out;
}

std::string matrix(const std::string& of, std::int64_t offset = 0) {
  return tensor(of, offset, tuple(number(2), number(3)), tuple(number(3), number(1)));
}
std::string items(const std::string& pairs) {
  return "(" + pairs + "u";
}
const std::string kOne = matrix(storage());
const std::string kPair = text("a") + kOne;

TEST(Entries, AreTheTensorsOfADictionary) {
  EXPECT_EQ(read("}" + items(kPair)), "a FloatStorage 0 2,3, 0-24");
  EXPECT_EQ(read("}" + kPair + "s"), "a FloatStorage 0 2,3, 0-24");
  EXPECT_EQ(read(ordered_dict() + items(kPair)), "a FloatStorage 0 2,3, 0-24");
  EXPECT_EQ(read(ordered_dict() + items(kPair) + "}" + text("_metadata") + ordered_dict() + "sb"),
            "a FloatStorage 0 2,3, 0-24");
  EXPECT_EQ(read("}" + items(kPair) + items(text("7") + matrix(storage("1", 9, "HalfStorage"), 3))),
            "a FloatStorage 0 2,3, 0-24; 7 HalfStorage 1 2,3, 6-18");
  EXPECT_EQ(read("}" + items(text("a") + call(name("torch._utils", "_rebuild_parameter"), kOne,
                                              "\x88", ordered_dict()))),
            "a FloatStorage 0 2,3, 0-24");
  // Parts of one storage, one of them twice, one without elements, and a step that nothing takes.
  EXPECT_EQ(
      read("}" +
           items(text("a") + matrix(storage("0", 12), 6) + "q\0"s + text("b") + "h\0"s + text("c") +
                 tensor(storage("0", 12), 0, tuple(number(0)), tuple(number(1))) + text("d") +
                 tensor(storage("0", 12), 1, tuple(number(1), number(3)),
                        tuple(number(99), number(1))))),
      "a FloatStorage 0 2,3, 24-48; b FloatStorage 0 2,3, 24-48; c FloatStorage 0 0, 0-0; "
      "d FloatStorage 0 1,3, 4-16");
}

TEST(Entries, AreNoneWhereThereIsAnyDoubt) {
  const std::string v2 = name("torch._utils", "_rebuild_tensor_v2");
  const std::string size = tuple(number(6));
  const std::string step = tuple(number(1));
  const auto rebuilt = [&](const std::string& more) {
    return call(v2, storage(), number(0), size, step, "\x89", ordered_dict(), more);
  };
  const auto in = [](const std::string& value) { return "}" + items(text("a") + value); };
  const std::string flat = tuple(storage(), number(0), size, step, "\x89", ordered_dict());
  const std::string typed =
      call(name("torch._tensor", "_rebuild_from_type_v2"), v2, name("torch", "Tensor"), flat, "}");
  const std::string third = call(name("torch._utils", "_rebuild_tensor_v3"), storage(), number(0),
                                 size, step, "\x89", ordered_dict(), name("torch", "int32"));
  const std::string quantized = call(
      name("torch._utils", "_rebuild_qtensor"), storage("0", 6, "QInt8Storage"), number(0), size,
      step, tuple(name("torch", "per_tensor_affine"), "G" + std::string(8, '\0'), "K\0"s), "\x89",
      ordered_dict());
  const std::string meta =
      tuple(text("storage"), name("torch", "FloatStorage"), text("0"), text("meta"), number(6)) +
      "Q";
  const Case cases[] = {
      {"nothing", "}"},
      {"no dictionary", kOne},
      {"a list", "](" + kOne + "e"},
      {"a tuple", tuple("}" + items(kPair))},
      {"a dictionary of it", "}" + items(text("model") + "}" + items(kPair))},
      {"a dictionary beside it", "}" + items(kPair + text("b") + "}" + items(kPair))},
      {"a dictionary before it", "}" + items(text("b") + "}" + items(kPair) + kPair)},
      {"another dictionary", "}" + items(kPair) + "0}"},
      {"a Counter", name("collections", "Counter") + ")R" + items(kPair)},
      {"a number beside it", "}" + items(kPair + text("b") + number(1))},
      {"a number after it", "}" + items(kPair) + items(text("b") + number(1))},
      {"a number before it", "}" + items(text("b") + number(1)) + items(kPair)},
      {"a number in its place", "}" + items(kPair) + items(text("a") + number(1))},
      {"None", in("N")},
      {"a key that is a number", "}" + items(number(1) + kOne)},
      {"a key that is bytes", "}" + items("C\x01z" + kOne)},
      {"a long key", "}" + items(text(std::string(256, 'k')) + kOne)},
      {"a key twice", "}" + items(kPair + kPair)},
      {"a key twice, as a numeral", "}" + items(text("1") + kOne + text("1") + kOne)},
      {"pairs that it was made of",
       call(name("collections", "OrderedDict"), "](" + tuple(text("b"), kOne) + "e")},
      {"pairs that it was made of, and more",
       call(name("collections", "OrderedDict"), "](" + tuple(text("b"), number(1)) + "e") +
           items(kPair)},
      {"turned",
       in(tensor(storage(), 0, tuple(number(2), number(3)), tuple(number(1), number(2))))},
      {"with gaps", in(tensor(storage("0", 12), 0, size, tuple(number(2))))},
      {"one number for all", in(tensor(storage(), 0, size, tuple(number(0))))},
      {"no dimension", in(tensor(storage(), 0, ")", ")"))},
      {"negative", in(rebuilt("}" + text("neg") + "\x88s"))},
      {"metadata", in(rebuilt("}"))},
      {"a parameter by its class", in(call(name("torch.nn.parameter", "Parameter"), kOne, "\x88"))},
      {"a parameter with attributes", in(call(name("torch._utils", "_rebuild_parameter_with_state"),
                                              kOne, "\x88", ordered_dict(), "}"))},
      {"a parameter that is turned",
       in(call(name("torch._utils", "_rebuild_parameter"),
               tensor(storage(), 0, tuple(number(2), number(3)), tuple(number(1), number(2))),
               "\x88", ordered_dict()))},
      {"of a type", in(typed)},
      {"of a type elsewhere", typed + "0}" + items(kPair)},
      {"third version", in(third)},
      {"quantized", in(quantized)},
      {"not in memory", in(matrix(meta))},
      {"behind a dictionary that is left", "}" + items(kPair) + "0}" + items(kPair)},
      {"a state for a tensor", in(kOne + "}b")},
      {"bytes after it", "}" + items(kPair) + ".N"},
  };
  for (const Case& one : cases) EXPECT_EQ(read(one.stream), "none") << one.title;
  EXPECT_FALSE(tensors_of(pickle("}" + items(kPair)).substr(0, 60)));
  EXPECT_FALSE(tensors_of(""));
}

TEST(Entries, OfManyBatchesAreKept) {
  std::string stream = "}q\0"s;
  std::size_t bytes = 0;
  for (int batch = 0; batch < 30; ++batch) {
    stream += "(";
    for (int i = 0; i < 1000; ++i) {
      const std::string name = fmt::format("{:0>200}", batch * 1000 + i);
      stream += text(name) + matrix(storage(std::to_string(batch * 1000 + i)));
      bytes += name.size();
    }
    stream += "u";
  }
  const auto tensors = tensors_of(pickle(stream));
  ASSERT_TRUE(tensors);
  ASSERT_EQ(tensors->size(), 30'000);
  std::size_t read = 0;
  for (const NamedTensor& tensor : *tensors) read += tensor.name.size();
  EXPECT_EQ(read, bytes);
  EXPECT_EQ(tensors->back().storage, "29999");
  // What its loader still has, and this one forgot, is never guessed.
  std::string forgotten = "}(";
  for (int i = 0; i < 10'000; ++i) forgotten += text(fmt::format("{:0>200}", i)) + kOne;
  EXPECT_FALSE(tensors_of(pickle(forgotten + "u")));
}

}  // namespace
}  // namespace gh::pickle
