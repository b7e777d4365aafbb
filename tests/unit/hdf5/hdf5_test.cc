#include "hdf5/hdf5.h"

#include <gtest/gtest.h>

#include <set>

#include "bytes.h"

namespace gh::hdf5 {
namespace {

using Messages = std::vector<std::pair<int, std::string>>;  // (type, bytes)

std::string object(const Messages& messages) {
  std::string body;
  for (const auto& [type, bytes] : messages)
    body += little(static_cast<std::uint64_t>(type), 1) + little(bytes.size(), 2) + little(0, 1) +
            bytes;
  return sealed(raw("OHDR\x02\x02") + little(body.size(), 4) + body);
}

// A file of the newer form whose root has these messages; `rest` follows it.
std::string file(const Messages& messages, std::uint64_t base = 0, const std::string& rest = "") {
  const std::string root = object(messages) + rest;
  return sealed(raw("\x89HDF\r\n\x1a\n\x02\x08\x08\x00") + little(base, 8) + little(kUndefined, 8) +
                little(base + 48 + root.size(), 8) + little(48, 8)) +
         root;
}

std::string text(const std::string& name, const std::string& value) {
  return raw("\x03\x00") + little(name.size() + 1, 2) + little(8, 2) + little(8, 2) + little(0, 1) +
         name + '\0' + raw("\x13\x00\x00\x00") + little(value.size(), 4) +
         raw("\x01\x00\x00\x00\x00\x00\x00\x00") + value;
}

struct Seen {
  bool understood = false;
  std::set<std::string_view> ids;
  std::vector<std::string> values;  // "/ name=text"
};

Seen read(const std::string& bytes) {
  Seen seen;
  source::MemorySource source(bytes);
  findings::Examination examination(0);
  seen.understood = read_hdf5(source, examination, [&](const Value& value) {
    seen.values.push_back(
        std::string(value.object) + ' ' + std::string(value.attribute) + '=' +
        bytes.substr(static_cast<std::size_t>(value.offset), static_cast<std::size_t>(value.size)));
  });
  for (const auto& finding : examination.findings()) seen.ids.insert(finding.rule->id);
  return seen;
}

using Ids = std::set<std::string_view>;

TEST(Hdf5, ShowsWhereItsTextsLie) {
  const Seen seen = read(file({{0x0C, text("a", "one")}, {0x0C, text("b", "two")}}));
  EXPECT_TRUE(seen.understood);
  EXPECT_EQ(seen.ids, Ids());
  EXPECT_EQ(seen.values, (std::vector<std::string>{"/ a=one", "/ b=two"}));
}

TEST(Hdf5, IsFoundBehindAUserBlock) {
  for (const std::size_t base : {512u, 1024u, 65536u, 131072u}) {
    const Seen seen = read(std::string(base, 'x') + file({{0x0C, text("a", "one")}}, base));
    EXPECT_TRUE(seen.understood);
    EXPECT_EQ(seen.ids, Ids{"KER-013"});
    EXPECT_EQ(seen.values, std::vector<std::string>{"/ a=one"});
  }
  EXPECT_FALSE(read(std::string(513, 'x') + file({})).understood);
  EXPECT_FALSE(read(std::string(768, 'x') + file({})).understood);
}

TEST(Hdf5, IsUnderstoodWholeOrNotAtAll) {
  const std::string whole = file({{0x0C, text("a", "one")}, {0x0C, text("b", "two")}});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Seen seen = read(whole.substr(0, size));
    EXPECT_FALSE(seen.understood) << size;
    EXPECT_EQ(seen.ids, Ids{"KER-006"}) << size;
  }
  EXPECT_EQ(read(whole + "more").ids, Ids{"KER-014"});
}

TEST(Hdf5, NoticesEachBitThatIsWrong) {
  const std::string whole = file({{0x0C, text("a", "one")}});
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string other = whole;
      other[at] = static_cast<char>(other[at] ^ (1 << bit));
      EXPECT_FALSE(read(other).understood) << at << ' ' << bit;
    }
  }
}

TEST(Hdf5, GoesOnBehindWhatIsBroken) {
  const Seen seen = read(file({{0x06, "?"}, {0x0C, "?"}, {0x0C, text("a", "one")}}));
  EXPECT_FALSE(seen.understood);
  EXPECT_EQ(seen.ids, Ids{"KER-006"});
  EXPECT_EQ(seen.values, std::vector<std::string>{"/ a=one"});
}

TEST(Hdf5, FollowsEachObjectOnce) {
  const std::string link = raw("\x01\x00\x01") + "w" + little(48, 8);
  const Seen seen = read(file({{0x06, link}, {0x06, link}, {0x0C, text("a", "one")}}));
  EXPECT_TRUE(seen.understood);
  EXPECT_EQ(seen.values.size(), 1u);
}

// A million objects may lie in groups with long names.
TEST(Hdf5, ShowsTheBeginningOfALongPath) {
  const std::string child = object({{0x0C, text("a", "one")}});
  const auto link = [](const std::string& name, std::uint64_t to) {
    return std::pair(0x06, raw("\x01\x01") + little(name.size(), 2) + name + little(to, 8));
  };
  for (const std::size_t size : {1u, 256u, 1024u, 4000u}) {
    const std::string name(size, 'n');
    const std::uint64_t at = 48 + object({link(name, 0)}).size();
    const Seen seen = read(file({link(name, at)}, 0, child));
    EXPECT_TRUE(seen.understood);
    EXPECT_EQ(seen.values, std::vector<std::string>{'/' + name.substr(0, 1024) + " a=one"});
  }
}

TEST(Hdf5, HasTheseRules) {
  std::set<std::string_view> ids;
  for (const findings::Rule* rule : hdf5_rules()) EXPECT_TRUE(ids.insert(rule->id).second);
  EXPECT_EQ(ids.size(), 12u);
  EXPECT_EQ(*ids.begin(), "KER-006");
  EXPECT_EQ(*ids.rbegin(), "KER-019");
}

}  // namespace
}  // namespace gh::hdf5
