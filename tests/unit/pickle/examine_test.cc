#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "assemble.h"
#include "pickle/call_rules.h"
#include "pickle/import_rules.h"
#include "pickle/lexer.h"
#include "pickle/machine.h"

namespace gh::pickle {
namespace {

using namespace test;

struct Case {
  const char* title;
  std::string bytes;
  Rules rules;
  Layout layout = Layout::single;
  Profile profile = Profile::weights;
};

void expect(const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    SCOPED_TRACE(one.title);
    EXPECT_EQ(examined(one.bytes, one.layout, one.profile).rules, one.rules);
  }
}

const std::string kMarker = name("gatehouse_marker", "touch");
const std::string kTensor = tensor(storage(), 0, tuple(number(6)), tuple(number(1)));

TEST(Examine, PassesWhatTorchWrites) {
  expect({
      {"nothing", pickle("N"), {}},
      {"state dict", pickle(ordered_dict() + "(" + text("weight") + kTensor + "u"), {}},
      {"metadata", pickle(ordered_dict() + "}" + text("_metadata") + ordered_dict() + "sb"), {}},
      {"shared storage", pickle("](" + kTensor + kTensor + "e"), {}},
      {"python 2 name",
       pickle(call(name("__builtin__", "set"),
                   "](K\x01K\x02"
                   "e"s)),
       {}},
      {"legacy persistent id",
       pickle(tuple(text("storage"), name("torch", "FloatStorage"), text("1"), text("cpu"),
                    number(6), "N") +
              "Q"),
       {},
       Layout::stream},
  });
}

TEST(Examine, TellsStoragesAndHowFarTensorsReach) {
  const Seen seen = examined(pickle(
      "](" +
      tensor(storage("7", 100), 10, tuple(number(2), number(3)), tuple(number(20), number(1))) +
      storage("8", 5, "LongStorage") +
      tensor(storage("7", 100), 1, tuple(number(2)), tuple(number(1))) + "e"));
  EXPECT_TRUE(seen.rules.empty());
  EXPECT_TRUE(seen.outcome.complete);
  ASSERT_EQ(seen.outcome.storages.size(), 2U);
  EXPECT_EQ(seen.outcome.storages[0].key, "7");
  EXPECT_EQ(seen.outcome.storages[0].element_bytes, 4U);
  EXPECT_EQ(seen.outcome.storages[0].elements, 100U);
  EXPECT_EQ(seen.outcome.storages[0].needed, 33U);
  EXPECT_EQ(seen.outcome.storages[1].element_bytes, 8U);
  EXPECT_EQ(seen.outcome.storages[1].needed, 0U);
}

TEST(Examine, TellsOffsetsMessagesAndTheEnd) {
  const std::string bytes =
      pickle(call(name("posix", "system"), text("echo \x1b marker")) + "0N") + "tail";
  const Seen seen = examined(bytes);
  EXPECT_EQ(seen.rules, (Rules{"PKL-101", "PKL-201", "PKL-305", "PKL-314"}));
  EXPECT_EQ(seen.outcome.end, bytes.size() - 4);
  const auto& first = seen.findings.front();
  EXPECT_EQ(first.offset, 2U);
  EXPECT_EQ(first.message, "The stream imports posix.system, which runs commands of the system.");
  EXPECT_EQ(seen.findings[1].message, "The stream calls posix.system with ('echo \\x1b marker').");
}

TEST(Examine, RefusesImportsThatAreNotListed) {
  expect({
      {"danger", pickle(name("os", "system")), {"PKL-101"}},
      {"submodule", pickle(name("os.path", "join")), {"PKL-101"}},
      {"python 2", pickle(name("commands", "getoutput")), {"PKL-101"}},
      {"unknown", pickle(kMarker), {"PKL-102"}},
      {"carriage return", pickle("ctorch\r\nTensor\n"), {"PKL-102"}},
      {"case", pickle(name("Torch", "Tensor")), {"PKL-102"}},
      {"empty", pickle("c\n\n"), {"PKL-102"}},
      {"dotted", pickle(name("torch", "Tensor.__class__")), {"PKL-105"}},
      {"data name", pickle(name("numpy", "ndarray")), {"PKL-106"}},
      {"data name as data", pickle(name("numpy", "ndarray")), {}, Layout::single, Profile::data},
      {"foreign as data", pickle(kMarker), {"PKL-102"}, Layout::single, Profile::data},
      {"extension", pickle("\x82\x01"), {"PKL-104"}},
      {"extension as data", pickle("\x84\x01\0\0\0"s), {"PKL-104"}, Layout::single, Profile::data},
      {"computed", pickle(text("os") + "K\x01\x93", 4), {"PKL-103"}, Layout::single, Profile::data},
      {"two texts",
       pickle(text("os") + text("system") + "\x93", 4),
       {"PKL-101"},
       Layout::single,
       Profile::data},
      {"buffer", pickle("\x97", 5), {"PKL-313"}, Layout::single, Profile::data},
  });
}

// A name that is listed is never lost, whatever comes between.
TEST(Examine, KnowsOldWordsAndRefusesOldTexts) {
  std::string filler;
  for (int i = 0; i < 9'000; ++i)
    filler += text(std::string(250, static_cast<char>('a' + i % 26))) + "0";
  const auto imported = [&](const std::string& module, const std::string& attribute) {
    return examined(
        pickle(text(module) + "q\0"s + text(attribute) + "q\x01" + filler + "h\0h\x01\x93"s, 4),
        Layout::single, Profile::data);
  };
  EXPECT_EQ(imported("collections", "OrderedDict").rules, Rules{});
  EXPECT_EQ(imported("posix", "system").rules, Rules{"PKL-101"});
  EXPECT_EQ(imported("gatehouse_marker", "touch").rules, Rules{"PKL-102"});
}

TEST(Examine, KeepsTheMemoAsLoadersDo) {
  const std::string overwritten = text("collections") + "q\0"s + text("gatehouse_marker") +
                                  "q\0h\0"s + text("OrderedDict") + "\x93";
  const std::string memoized =
      text("a") + "\x94" + text("b") + "q\x05" + text("c") + "\x94" + "h\x02";
  expect({
      {"overwritten", pickle(overwritten, 4), {"PKL-102"}, Layout::single, Profile::data},
      {"memoize counts entries", pickle(memoized, 4), {}, Layout::single, Profile::data},
      {"index 1 is free",
       pickle(text("a") + "\x94" + text("b") + "q\x05h\x01", 4),
       {"PKL-303"},
       Layout::single,
       Profile::data},
      {"long index", pickle("Nr\x00\x00\x10\x00j\x00\x00\x10\x00\x86"s), {}},
      {"beyond", pickle("Nr\x00\x00\x00\x01"s), {"PKL-402"}},
  });
}

TEST(Examine, KeepsStackAndMarksAsLoadersDo) {
  expect({
      {"no value", pickle(""), {"PKL-303"}},
      {"pop", pickle("0"), {"PKL-303", "PKL-305"}},
      {"pop takes a mark", pickle("(0N"), {"PKL-305"}},
      {"tuple1 across a mark", pickle("N(\x85"), {"PKL-303"}},
      {"tuple2 with one value", pickle("N\x86"), {"PKL-303"}},
      {"append without list", pickle("Na"), {"PKL-303"}},
      {"appends without list", pickle("(Ne"), {"PKL-303"}},
      {"appends across a mark", pickle("](N(Ne"), {"PKL-222"}},
      {"setitem with two values", pickle("}Ns"), {"PKL-303"}},
      {"setitems of an odd number", pickle("}(NNNu"), {"PKL-303"}},
      {"build with one value", pickle("}b"), {"PKL-303"}},
      {"reduce with one value", pickle(")R"), {"PKL-303"}},
      {"newobj with one value", pickle(")\x81"), {"PKL-303"}},
      {"obj without callable", pickle("(o"), {"PKL-303", "PKL-305"}},
      {"inst without mark", pickle("ios\nsystem\n"), {"PKL-101", "PKL-303", "PKL-305"}},
      {"binpersid of nothing", pickle("Q"), {"PKL-303"}},
      {"stack_global with one text",
       pickle(text("os") + "\x93", 4),
       {"PKL-303"},
       Layout::single,
       Profile::data},
      {"stop below a mark", pickle("N("), {"PKL-303"}},
      {"dict of an odd number", pickle("(Nd", 2), {"PKL-303", "PKL-304"}},
      {"additems without set", pickle("(N\x90", 4), {"PKL-303"}, Layout::single, Profile::data},
      {"readonly buffer of nothing",
       pickle("\x98", 5),
       {"PKL-303", "PKL-313"},
       Layout::single,
       Profile::data},
  });
}

TEST(Examine, ChecksFrames) {
  const auto data = [](const char* title, std::string bytes, Rules rules) {
    return Case{title, "\x80\x04" + std::move(bytes), std::move(rules), Layout::single,
                Profile::data};
  };
  expect({
      data("whole", frame("N.", 2), {}),
      data("two", frame("](", 2) + frame("Ne.", 3), {}),
      data("empty", frame("", 0) + "N.", {}),
      data("argument crosses", frame(short_text("abc"), 2) + ".", {"PKL-306"}),
      data("line crosses", frame("I12\n", 2) + ".", {"PKL-306"}),
      data("stop before the end", frame("N.", 3) + "x", {"PKL-306", "PKL-314"}),
      data("nested", frame(frame("N.", 2), 11), {"PKL-307"}),
      data("too long", frame("N.", 3), {"PKL-308"}),
      data("huge", frame("N.", UINT64_MAX), {"PKL-308"}),
  });
}

TEST(Examine, FollowsPicklesInARow) {
  const std::string two = pickle("N") + pickle(kMarker);
  expect({
      {"one is followed by another", two, {"PKL-102", "PKL-314"}},
      {"one is followed by zeroes", pickle("N") + std::string(64, '\0'), {"PKL-314"}},
      {"stream goes on", two, {"PKL-102"}, Layout::stream},
      {"then text opcodes", pickle("N") + kMarker + ")R.", {"PKL-102", "PKL-201"}, Layout::stream},
      {"then none", pickle("N") + std::string(64, '\0'), {"PKL-314"}, Layout::stream},
      {"then one that is cut",
       pickle("N") + pickle(kMarker + "X"),
       {"PKL-102", "PKL-302"},
       Layout::stream},
      {"memo is new", pickle("Nq\0"s) + pickle("h\0"s), {"PKL-303"}, Layout::stream},
  });
}

TEST(Examine, HasNoValuesToBlowUp) {
  std::string nested = "](";
  for (int i = 0; i < 60; ++i) nested += "2\x86";
  EXPECT_EQ(examined(pickle(nested)).rules, (Rules{"PKL-305", "PKL-303"}));
  EXPECT_EQ(examined(pickle("N" + nested.substr(2))).rules, Rules{"PKL-305"});
}

TEST(Examine, RefusesArgumentsThatWereForgotten) {
  std::string filler;
  for (int i = 0; i < 300'000; ++i)
    filler +=
        "N\x85"
        "0";
  const std::string size = "K\x03\x85\x85q\0"s;
  EXPECT_EQ(examined(pickle(name("torch", "Size") + size + filler + "R")).rules,
            (Rules{"PKL-305", "PKL-405"}));
}

TEST(Examine, StopsAtTheLimitOfOpcodes) {
  const std::string bytes = pickle(std::string(1000, 'N'));
  source::MemorySource source(bytes);
  source::Reader reader(source);
  Lexer lexer(reader);
  findings::Examination examination(0);
  Machine machine(lexer, Layout::single, Profile::weights, Machine::ArrayBytes::passed_over,
                  examination, 1000);
  EXPECT_FALSE(machine.run());
  ASSERT_EQ(examination.findings().size(), 1U);
  EXPECT_EQ(examination.findings()[0].rule->id, "PKL-401");
}

// Bytes that end earlier than their container says.
class Lying final : public source::Source {
 public:
  explicit Lying(std::string_view bytes) : inner_(bytes) {}
  std::uint64_t size() const override { return UINT64_MAX; }
  std::size_t read_at(std::uint64_t offset, std::span<char> into) override {
    return inner_.read_at(offset, into);
  }
  const std::optional<Error>& error() const override { return inner_.error(); }

 private:
  source::MemorySource inner_;
};

TEST(Examine, EndsWithASourceThatLies) {
  for (const std::string& bytes : {pickle(kMarker).substr(0, 20), "\x80\x02" + kMarker,
                                   "\x80\x04" + kMarker + "B\xff\xff\xff\xffxx", ""s}) {
    Lying source(bytes);
    findings::Examination examination(0);
    const Outcome outcome = examine(source, Layout::single, Profile::data, examination);
    EXPECT_FALSE(outcome.complete);
    EXPECT_FALSE(examination.findings().empty());
  }
}

// Of many findings the first have a text; all are counted.
TEST(Examine, CountsWhatItDoesNotKeep) {
  constexpr std::uint64_t kMany = 1000;
  constexpr std::size_t kKept = findings::Examination::kKeptPerRule;
  std::string bytes = "\x80\x02";
  for (std::uint64_t i = 0; i < kMany; ++i) bytes += name("m" + std::to_string(i), "f") + ")R0";
  bytes += "N.";
  source::MemorySource source(bytes);
  findings::Examination examination(0);
  examine(source, Layout::single, Profile::weights, examination);
  EXPECT_EQ(examination.count(kForeignImport), kMany);
  EXPECT_EQ(examination.count(kRefusedCall), kMany);
  EXPECT_EQ(std::ranges::count(examination.findings(), &kForeignImport, &findings::Finding::rule),
            kKept);
  for (const findings::Finding& finding : examination.findings())
    EXPECT_FALSE(finding.message.empty()) << finding.rule->id;
}

TEST(Rules, AreDistinct) {
  Rules ids;
  for (const findings::Rule* rule : rules()) {
    EXPECT_TRUE(ids.emplace(rule->id).second) << rule->id;
    EXPECT_TRUE(rule->id.starts_with("PKL-"));
    EXPECT_FALSE(rule->title.empty() || rule->why.empty() || rule->fix.empty()) << rule->id;
    EXPECT_NE(rule->severity, findings::Severity::info) << rule->id;
    EXPECT_TRUE(rule->severity >= findings::Severity::medium)
        << rule->id << " would leave a file clean";
  }
  EXPECT_EQ(ids.size(), 57U);
}

}  // namespace
}  // namespace gh::pickle
