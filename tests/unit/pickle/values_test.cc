#include "pickle/values.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "pickle/allowed.h"
#include "pickle/dangerous.h"
#include "pickle/geometry.h"
#include "pickle/memo.h"
#include "pickle/renamed.h"
#include "pickle/words.h"

namespace gh::pickle {
namespace {

TEST(Value, HoldsIntegersOf56Bits) {
  for (const std::int64_t value :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1} << 54, -(std::int64_t{1} << 55)})
    EXPECT_EQ(Value::integer(value).as_integer(), value);
  EXPECT_TRUE(Value::integer(std::int64_t{1} << 55).is(Kind::big_integer));
  EXPECT_TRUE(Value::integer(INT64_MIN).is(Kind::big_integer));
  EXPECT_EQ(Value(Kind::real).as_integer(), std::nullopt);
}

TEST(Values, KeepTexts) {
  Values values;
  EXPECT_EQ(values.text_of(values.text("")), "");
  EXPECT_EQ(values.text_of(values.text("layer.0.weight")), "layer.0.weight");
  EXPECT_EQ(values.text_of(values.text(std::string(255, 'x'))), std::string(255, 'x'));
  EXPECT_EQ(values.text_of(values.text("94033452123456")), "94033452123456");
  EXPECT_TRUE(values.text("0").is(Kind::numeral));
  EXPECT_TRUE(values.text("007").is(Kind::text));
  EXPECT_TRUE(values.text("99999999999999999").is(Kind::text));
  EXPECT_EQ(values.text_of(Value(Kind::long_text)), std::nullopt);
  EXPECT_TRUE(values.is_text(values.text("storage"), "storage"));
  EXPECT_FALSE(values.is_text(values.text("storages"), "storage"));
  EXPECT_FALSE(values.is_text(Value(Kind::bytes), "storage"));
}

TEST(Values, ForgetTextsButNoWords) {
  Values values;
  const Value text = values.text("some.layer");
  const Value word = values.text("OrderedDict");
  const Value danger = values.text("posix");
  const Value key = values.text("123456");
  for (int i = 0; i < 20'000; ++i) values.text(std::string(200, 'x'));
  EXPECT_EQ(values.text_of(text), std::nullopt);
  EXPECT_EQ(values.text_of(word), "OrderedDict");
  EXPECT_EQ(values.text_of(danger), "posix");
  EXPECT_EQ(values.text_of(key), "123456");
}

TEST(Values, KeepTuples) {
  Values values;
  const std::vector<Value> three = {Value::integer(1), Value(Kind::none), values.text("x")};
  const Value tuple = values.tuple(three);
  const auto elements = values.elements(tuple);
  ASSERT_TRUE(elements);
  EXPECT_TRUE(std::ranges::equal(*elements, three));
  EXPECT_EQ(values.elements(values.tuple({}))->size(), 0U);
  EXPECT_FALSE(values.elements(values.tuple(std::vector<Value>(255, Value(Kind::none)))));
  EXPECT_TRUE(values.elements(values.tuple(std::vector<Value>(254, Value(Kind::none)))));
  EXPECT_FALSE(values.elements(Value(Kind::none)));
  for (int i = 0; i < 100'000; ++i) values.tuple(three);
  EXPECT_FALSE(values.elements(tuple));
}

TEST(Values, KnowWhatContainersHold) {
  Values values;
  const Value list = values.container(Kind::list);
  EXPECT_EQ(values.contents(list), 0);
  values.put_into(list, values.contribution(Value::integer(1)));
  EXPECT_EQ(values.contents(list), kFilled);
  const auto which = find_allowed("torch", "Tensor");
  ASSERT_TRUE(which);
  const std::array<Value, 1> callable = {Value(Kind::global, *which)};
  values.put_into(list, values.contribution(values.tuple(callable)));
  EXPECT_EQ(values.contents(list), kFilled | kComposed | kCallable);
  EXPECT_EQ(values.contribution(list), kComposed | kCallable);
  const auto dtype = find_allowed("torch", "float32");
  EXPECT_EQ(values.contribution(Value(Kind::global, *dtype)), kComposed);
  EXPECT_EQ(values.contribution(Value(Kind::refused)), kComposed | kCallable);
  for (int i = 0; i < 1'100'000; ++i) values.container(Kind::dict);
  EXPECT_EQ(values.contents(list), kAnything);
}

TEST(Values, KnowWhatCanBeAKey) {
  Values values;
  const std::array<Value, 1> inner = {values.container(Kind::list)};
  const std::array<Value, 1> outer = {values.tuple(inner)};
  EXPECT_TRUE(values.is_hashable(values.text("x")));
  EXPECT_TRUE(values.is_hashable(values.tuple({})));
  EXPECT_TRUE(values.is_hashable(values.container(Kind::frozenset)));
  EXPECT_FALSE(values.is_hashable(inner[0]));
  EXPECT_FALSE(values.is_hashable(values.tuple(outer)));
  EXPECT_FALSE(values.is_hashable(values.container(Kind::ordered_dict)));
  EXPECT_FALSE(values.is_hashable(Value(Kind::bytearray)));
}

TEST(Values, DescribeWithoutControlCharacters) {
  Values values;
  EXPECT_EQ(values.describe(values.text("a\x1b[31m\n")), "'a\\x1b[31m\\x0a'");
  EXPECT_EQ(values.describe(values.refused("os.system")), "os.system");
  const std::vector<Value> five(5, Value::integer(-3));
  EXPECT_EQ(values.describe_arguments(values.tuple(five)), "(-3, -3, -3, -3, …)");
}

TEST(Memo, IsSparse) {
  Memo memo;
  EXPECT_TRUE(memo.get(0).is(Kind::absent));
  EXPECT_TRUE(memo.get(UINT64_MAX).is(Kind::absent));
  EXPECT_TRUE(memo.put(Memo::kEntries - 1, Value(Kind::none)));
  EXPECT_FALSE(memo.put(Memo::kEntries, Value(Kind::none)));
  EXPECT_FALSE(memo.put(UINT64_MAX, Value(Kind::none)));
  EXPECT_EQ(memo.count(), 1U);
  EXPECT_TRUE(memo.put(Memo::kEntries - 1, Value(Kind::real)));
  EXPECT_EQ(memo.count(), 1U);
  EXPECT_TRUE(memo.get(Memo::kEntries - 1).is(Kind::real));
  EXPECT_TRUE(memo.get(Memo::kEntries - 2).is(Kind::absent));
}

TEST(Memo, PacksWhatIsFarBehind) {
  Values values;
  Memo memo;
  const std::array<Value, 1> one = {Value::integer(1)};
  const std::uint64_t entries = (Memo::kNewest + 3) * Memo::kPage;
  const auto value_of = [&](std::uint64_t i) {
    if (i / Memo::kPage == 1) return Value::integer(static_cast<std::int64_t>(i));  // all differ
    return i % 4 == 0   ? values.tuple(one)
           : i % 4 == 1 ? values.container(Kind::list)
           : i % 4 == 2 ? values.text("OrderedDict")
                        : values.text("some.layer");
  };
  for (std::uint64_t i = 0; i < entries; ++i) ASSERT_TRUE(memo.put(i, value_of(i)));
  EXPECT_EQ(memo.count(), entries);
  EXPECT_FALSE(values.elements(memo.get(0)));
  EXPECT_EQ(values.contents(memo.get(0)), kFilled);
  EXPECT_TRUE(memo.get(1).is(Kind::list));
  EXPECT_EQ(values.contents(memo.get(1)), kAnything);
  EXPECT_EQ(values.text_of(memo.get(2)), "OrderedDict");
  EXPECT_TRUE(memo.get(3).is_text());
  EXPECT_EQ(values.text_of(memo.get(3)), std::nullopt);
  EXPECT_EQ(memo.get(Memo::kPage + 77).as_integer(), static_cast<std::int64_t>(Memo::kPage + 77));
  EXPECT_TRUE(values.elements(memo.get(entries - 4)));
  // A packed page is written to again.
  EXPECT_TRUE(memo.put(5, Value(Kind::none)));
  EXPECT_TRUE(memo.get(5).is(Kind::none));
  EXPECT_TRUE(memo.get(4).is(Kind::tuple));
  EXPECT_EQ(memo.count(), entries);
}

TEST(Ring, WrapsWithoutSplitting) {
  Ring<int, 8> ring;
  const std::array<int, 3> three = {1, 2, 3};
  const std::uint64_t first = ring.add(three);
  const std::uint64_t second = ring.add(three);
  EXPECT_EQ(*ring.at(first), 1);
  const std::uint64_t third = ring.add(three);  // does not fit behind the second
  EXPECT_EQ(third, 8U);
  EXPECT_EQ(ring.at(first), nullptr);
  EXPECT_EQ(ring.at(second)[2], 3);
  EXPECT_EQ(ring.at(third)[2], 3);
}

TEST(Allowed, IsPytorchsList) {
  std::size_t names = 0;
  for (const Family& family : families()) names += family.weights ? family.names.size() : 0;
  // As many as `_get_allowed_globals` of PyTorch 2.13 has.
  EXPECT_EQ(names, 144U);
  for (const auto& [module, name] :
       std::vector<std::pair<const char*, const char*>>{{"torch", "nonsense"},
                                                        {"torch._utils", "_rebuild"},
                                                        {"torch.cuda", "QInt8Storage"},
                                                        {"torch.sparse", "BoolTensor"},
                                                        {"os", "system"},
                                                        {"", ""},
                                                        {"collections", "deque"},
                                                        {"builtins", "eval"},
                                                        {"Torch", "Tensor"},
                                                        {"joblib.numpy_pickle", "NDArrayWrapper"}})
    EXPECT_FALSE(find_allowed(module, name)) << module << '.' << name;
}

TEST(Allowed, IsNeverDangerous) {
  for (const Family& family : families())
    for (const Name& name : family.names)
      EXPECT_FALSE(danger_of(family.module, name.name)) << family.module << '.' << name.name;
}

TEST(Dangerous, CountsSubmodulesAndAttributes) {
  EXPECT_FALSE(danger_of("pathlib", "PosixPath"));
  EXPECT_TRUE(danger_of("pathlib", "PosixPath.write_text"));
  EXPECT_TRUE(danger_of("pathlib", "Path.unlink"));
  EXPECT_TRUE(danger_of("pathlib", "os.system"));
  EXPECT_FALSE(danger_of("torch.distributed.checkpoint.metadata", "Metadata"));
  EXPECT_TRUE(danger_of("torch.distributed.checkpoint.metadata", "os.system"));
  EXPECT_TRUE(danger_of("torch.distributed.rpc", "rpc_sync"));
  EXPECT_FALSE(danger_of("torch.jit._pickle", "build_intlist"));
  EXPECT_TRUE(danger_of("torch.jit", "load"));
  EXPECT_TRUE(danger_of("os", "anything"));
  EXPECT_TRUE(danger_of("os.path", "join"));
  EXPECT_TRUE(danger_of("builtins", "eval"));
  EXPECT_TRUE(danger_of("builtins", "eval.__call__"));
  EXPECT_FALSE(danger_of("osx", "system"));
  EXPECT_FALSE(danger_of("builtins", "evaluate"));
  EXPECT_FALSE(danger_of("my.os", "system"));
}

TEST(Renamed, MapsPython2) {
  using Names = std::pair<std::string_view, std::string_view>;
  EXPECT_EQ(current_name("__builtin__", "set"), Names("builtins", "set"));
  EXPECT_EQ(current_name("__builtin__", "xrange"), Names("builtins", "range"));
  EXPECT_EQ(current_name("copy_reg", "_reconstructor"), Names("copyreg", "_reconstructor"));
  EXPECT_EQ(current_name("exceptions", "KeyError"), Names("builtins", "KeyError"));
  EXPECT_EQ(current_name("torch", "Tensor"), Names("torch", "Tensor"));
}

TEST(Words, AreFoundExactly) {
  EXPECT_NE(word_of("torch._utils"), 0);
  EXPECT_EQ(word(word_of("_rebuild_tensor_v2")), "_rebuild_tensor_v2");
  EXPECT_EQ(word_of("torch._util"), 0);
  EXPECT_EQ(word_of(""), 0);
  EXPECT_EQ(word_of(std::string(200, 'x')), 0);
}

TEST(Geometry, ReachesAndOverflows) {
  const auto shape = [](std::vector<std::int64_t> numbers) {
    std::vector<Value> values;
    for (const std::int64_t number : numbers) values.push_back(Value::integer(number));
    return values;
  };
  const auto far = [&](std::int64_t offset, std::vector<std::int64_t> size,
                       std::vector<std::int64_t> stride) {
    return reach(Value::integer(offset), shape(std::move(size)), shape(std::move(stride)));
  };
  EXPECT_EQ(far(0, {2, 3}, {3, 1}), 6U);
  EXPECT_EQ(far(5, {}, {}), 6U);
  EXPECT_EQ(far(5, {0}, {1}), 0U);
  EXPECT_EQ(far(0, {4}, {0}), 1U);
  EXPECT_EQ(far(0, {2}, {std::int64_t{1} << 54}), (std::uint64_t{1} << 54) + 1);
  EXPECT_FALSE(far(-1, {1}, {1}));
  EXPECT_FALSE(far(0, {-1}, {1}));
  EXPECT_FALSE(far(0, {1}, {-1}));
  EXPECT_FALSE(far(0, {1}, {}));
  EXPECT_FALSE(far(0, {std::int64_t{1} << 40, std::int64_t{1} << 40}, {1, 1}));
  EXPECT_FALSE(far(0, {std::int64_t{1} << 40, 1}, {std::int64_t{1} << 40, 1}));
  EXPECT_FALSE(reach(Value(Kind::real), {}, {}));
  EXPECT_FALSE(reach(Value(Kind::big_integer), {}, {}));
}

}  // namespace
}  // namespace gh::pickle
