#include "pickle/followed.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "assemble.h"

namespace gh::pickle {
namespace {

using namespace test;

std::string longs(const std::vector<std::int64_t>& numbers) {
  std::string out;
  for (const std::int64_t number : numbers)
    out += little_endian(static_cast<std::uint64_t>(number), 8);
  return out;
}

// What is found in the numbers of the tensors of a pickle, whose storages have these bytes; and
// whether all could be read.
struct Checked {
  std::set<std::string> rules;
  bool readable = false;
};

// `times`: how often the stream is made to have each of them.
Checked checked(const std::string& stream, const std::map<std::string, std::string>& storages,
                std::size_t times = 1) {
  Seen seen = examined(pickle(stream));
  EXPECT_TRUE(seen.rules.empty()) << *seen.rules.begin();
  const std::vector<Followed> once = seen.outcome.followed;
  for (std::size_t i = 1; i < times; ++i)
    seen.outcome.followed.insert(seen.outcome.followed.end(), once.begin(), once.end());
  findings::Examination examination(0);
  const auto open = [&](std::size_t place) -> std::unique_ptr<source::Source> {
    const auto found = storages.find(seen.outcome.storages[place].key);
    if (found == storages.end()) return nullptr;
    return std::make_unique<source::MemorySource>(found->second);
  };
  Checked result;
  result.readable = check_followed(seen.outcome, open, false, examination);
  for (const findings::Finding& finding : examination.findings())
    result.rules.emplace(finding.rule->id);
  return result;
}

std::string sparse(const std::string& indices, const std::string& values, const std::string& size) {
  const std::string layout =
      call(name("torch.serialization", "_get_layout"), text("torch.sparse_coo"));
  return call(name("torch._utils", "_rebuild_sparse_tensor"), layout, tuple(indices, values, size));
}

// `count` indices of one dimension of 10.
std::string vector_of(std::int64_t count, std::int64_t elements) {
  const std::string indices =
      tensor(storage("i", elements, "LongStorage"), 0, tuple(number(1), number(count)),
             tuple(number(count), number(1)));
  const std::string values = tensor(storage("v", count), 0, tuple(number(count)), tuple(number(1)));
  return sparse(indices, values, tuple(number(10)));
}

TEST(Followed, AreReadWhereTheyLie) {
  EXPECT_EQ(checked(vector_of(3, 3), {{"i", longs({0, 9, 5})}}).rules, Rules{});
  EXPECT_EQ(checked(vector_of(3, 3), {{"i", longs({0, 10, 5})}}).rules, Rules{"PKL-235"});
  EXPECT_EQ(checked(vector_of(3, 3), {{"i", longs({0, 5, -1})}}).rules, Rules{"PKL-235"});
  EXPECT_EQ(checked(vector_of(3, 4), {{"i", longs({0, 9, 5, 99})}}).rules, Rules{});  // not its own
}

TEST(Followed, AreReadBeyondOneWindow) {
  std::vector<std::int64_t> numbers(100'000, 9);
  EXPECT_EQ(checked(vector_of(100'000, 100'000), {{"i", longs(numbers)}}).rules, Rules{});
  numbers.back() = 10;
  EXPECT_EQ(checked(vector_of(100'000, 100'000), {{"i", longs(numbers)}}).rules, Rules{"PKL-235"});
}

TEST(Followed, ThatAreNotThereAreSaid) {
  EXPECT_TRUE(checked(vector_of(3, 3), {{"i", longs({0, 9, 5})}}).readable);
  EXPECT_FALSE(checked(vector_of(3, 3), {{"i", longs({0, 9})}}).readable);
  EXPECT_FALSE(checked(vector_of(3, 3), {{"i", longs({0, 9, 5}).substr(0, 20)}}).readable);
  EXPECT_FALSE(checked(vector_of(3, 3), {}).readable);
}

TEST(Followed, AreNotReadAgainAndAgain) {
  const std::string stream = vector_of(100'000, 100'000);
  const std::map<std::string, std::string> storages = {
      {"i", longs(std::vector<std::int64_t>(100'000, 9))}};
  EXPECT_EQ(checked(stream, storages, 100).rules, Rules{});
  EXPECT_EQ(checked(stream, storages, 200).rules, Rules{"PKL-409"});
}

TEST(Followed, AreNoneOfOtherTensors) {
  const std::string plain =
      tensor(storage("i", 3, "LongStorage"), 0, tuple(number(3)), tuple(number(1)));
  EXPECT_TRUE(examined(pickle(plain)).outcome.followed.empty());
  EXPECT_EQ(examined(pickle(vector_of(3, 3))).outcome.followed.size(), 1U);
}

TEST(Followed, AreNoMoreThanTheStorageHas) {
  const std::string indices = tensor(storage("i", 1, "LongStorage"), 0, tuple(number(1), number(3)),
                                     tuple(number(0), number(0)));
  const std::string values = tensor(storage("v", 3), 0, tuple(number(3)), tuple(number(1)));
  EXPECT_EQ(examined(pickle(sparse(indices, values, tuple(number(10))))).rules, Rules{"PKL-203"});
}

}  // namespace
}  // namespace gh::pickle
