#include "archive/members.h"

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <clocale>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace gh::archive {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

struct Item {
  std::string name;
  std::string content = {};
  unsigned kind = AE_IFREG;
  std::string target = {};
};

using Change = int (*)(struct archive*);

std::string written(const std::vector<Item>& items, Change format,
                    const std::vector<Change>& filters, bool utf8 = false) {
  const std::unique_ptr<struct archive, decltype(&archive_write_free)> out(archive_write_new(),
                                                                           &archive_write_free);
  format(out.get());
  std::setlocale(LC_CTYPE, utf8 ? "C.UTF-8" : "C");  // of the writer
  for (const Change filter : filters) filter(out.get());
  archive_write_set_bytes_in_last_block(out.get(), 1);
  std::string bytes(8 << 20, '\0');
  std::size_t used = 0;
  EXPECT_EQ(archive_write_open_memory(out.get(), bytes.data(), bytes.size(), &used), ARCHIVE_OK);
  for (const Item& item : items) {
    const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(),
                                                                              &archive_entry_free);
    if (utf8)
      archive_entry_set_pathname_utf8(entry.get(), item.name.c_str());
    else
      archive_entry_set_pathname(entry.get(), item.name.c_str());
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_filetype(entry.get(), item.kind);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(item.content.size()));
    if (item.kind == AE_IFLNK) archive_entry_set_symlink(entry.get(), item.target.c_str());
    if (item.kind == AE_IFREG && !item.target.empty())
      archive_entry_set_hardlink(entry.get(), item.target.c_str());
    EXPECT_EQ(archive_write_header(out.get(), entry.get()), ARCHIVE_OK);
    archive_write_data(out.get(), item.content.data(), item.content.size());
  }
  EXPECT_EQ(archive_write_close(out.get()), ARCHIVE_OK);
  std::setlocale(LC_CTYPE, "C");
  bytes.resize(used);
  return bytes;
}

std::string tar(const std::vector<Item>& items, const std::vector<Change>& filters = {}) {
  return written(items, &archive_write_set_format_ustar, filters);
}

std::string noise(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * i * 31 >> 7);
  return bytes;
}

struct Result {
  std::vector<std::string> members;  // "name=content"
  std::vector<std::string> ids;
  bool whole = false;
  std::uint64_t work = 0;
};

Result walk(const std::string& bytes, std::uint64_t work = 64 << 20, std::size_t take = SIZE_MAX) {
  source::MemorySource source(bytes);
  findings::Examination examination(work);
  Result result;
  result.whole = for_each_member(
      source, examination, [&](const ArchiveMember& member, source::Source* content) {
        std::string read(content == nullptr ? 0 : std::min<std::size_t>(take, 4 << 20), '\0');
        if (content != nullptr) read.resize(content->read_at(0, read));
        const bool all = content != nullptr && take == SIZE_MAX && !content->error();
        EXPECT_TRUE(!all || content->size() == read.size()) << content->size();
        result.members.push_back(std::string(member.name) + "=" + read);
      });
  for (const findings::Finding& finding : examination.findings())
    result.ids.emplace_back(finding.rule->id);
  std::ranges::sort(result.ids);
  result.ids.erase(std::ranges::unique(result.ids).begin(), result.ids.end());
  result.work = work - examination.work();
  return result;
}

const std::vector<Item> kTwo = {{"a/one", "first"}, {"a/two", std::string(100'000, '2')}};

TEST(Members, of_every_container) {
  const std::vector<std::string> archives = {
      tar(kTwo),
      written(kTwo, &archive_write_set_format_gnutar, {}),
      written(kTwo, &archive_write_set_format_pax, {}),
      written(kTwo, &archive_write_set_format_7zip, {}),
  };
  for (const std::string& bytes : archives) {
    const Result result = walk(bytes);
    EXPECT_THAT(result.members,
                testing::UnorderedElementsAre("a/one=first", "a/two=" + std::string(100'000, '2')));
    EXPECT_THAT(result.ids, IsEmpty());
    EXPECT_TRUE(result.whole);
    EXPECT_THAT(walk(bytes, 64 << 20, 3).members,
                testing::UnorderedElementsAre("a/one=fir", "a/two=222"));
  }
}

TEST(Members, of_a_single_compressed_file) {
  for (const Change filter : {&archive_write_add_filter_gzip, &archive_write_add_filter_bzip2,
                              &archive_write_add_filter_xz, &archive_write_add_filter_zstd}) {
    const Result result =
        walk(written({{"x", "content"}}, &archive_write_set_format_raw, {filter}));
    EXPECT_THAT(result.members, ElementsAre("=content"));
    EXPECT_THAT(result.ids, IsEmpty());
    EXPECT_TRUE(result.whole);
  }
}

TEST(Members, can_be_read_again_from_their_start) {
  const std::vector<Item> items = {{"a", noise(300'000)}, {"b", noise(900'000)}};
  for (const std::string& bytes :
       {tar(items), written(items, &archive_write_set_format_7zip, {})}) {
    source::MemorySource source(bytes);
    findings::Examination examination(64 << 20);
    int visits = 0;
    EXPECT_TRUE(for_each_member(source, examination,
                                [&](const ArchiveMember& member, source::Source* content) {
                                  ++visits;
                                  std::string tail(10, '\0');
                                  EXPECT_EQ(content->read_at(member.size - 10, tail), 10u);
                                  std::string head(10, '\0');
                                  EXPECT_EQ(content->read_at(0, head), 10u);
                                  const std::string whole = noise(member.size);
                                  EXPECT_EQ(head, whole.substr(0, 10));
                                  EXPECT_EQ(tail, whole.substr(member.size - 10));
                                }));
    EXPECT_EQ(visits, 2);
  }
}

struct Case {
  const char* what;
  std::vector<Item> items;
  std::vector<std::string> ids;
};

TEST(Members, with_bad_names_and_kinds) {
  const std::vector<Case> cases = {
      {"traversal", {{"../x", "1"}}, {"ARC-001"}},
      {"inner traversal", {{"a/../../x", "1"}}, {"ARC-001"}},
      {"absolute", {{"/etc/x", "1"}}, {"ARC-001"}},
      {"symlink", {{"a", "", AE_IFLNK, "/etc/passwd"}}, {"ARC-002"}},
      {"hard link", {{"a", "1"}, {"b", "", AE_IFREG, "a"}}, {"ARC-002"}},
      {"pipe", {{"a", "", AE_IFIFO}}, {"ARC-003"}},
      {"device", {{"a", "", AE_IFCHR}}, {"ARC-003"}},
      {"control character", {{"a\x1b[2J", "1"}}, {"ARC-005"}},
      {"backslash", {{"a\\b", "1"}}, {"ARC-005"}},
      {"twice", {{"a", "1"}, {"a", "2"}}, {"ARC-006"}},
      {"directory", {{"a/", "", AE_IFDIR}, {"a/b", "1"}}, {}},
  };
  for (const Case& c : cases) {
    const Result result = walk(tar(c.items));
    EXPECT_EQ(result.ids, c.ids) << c.what;
    EXPECT_TRUE(result.whole) << c.what;
    EXPECT_EQ(result.members.size(), c.items.size()) << c.what;
  }
}

// Of several streams each reader makes one.
std::string repeated(const std::string& one, int times) {
  std::string many;
  for (int i = 0; i < times; ++i) many += one;
  return many;
}

TEST(Members, that_grow_too_much) {
  const std::string zeroes(std::size_t{16} << 20, '\0');
  for (const Change filter : {&archive_write_add_filter_gzip, &archive_write_add_filter_zstd}) {
    const std::string one = written({{"z", zeroes}}, &archive_write_set_format_raw, {filter});
    EXPECT_THAT(walk(one, 64 << 20, 10).ids, IsEmpty());
    const Result result = walk(repeated(one, 8), std::uint64_t{2} << 30, 10);
    EXPECT_THAT(result.ids, ElementsAre("ARC-004"));
    EXPECT_FALSE(result.whole);
    EXPECT_LT(result.work, std::uint64_t{2} * (65 << 20));
  }
}

TEST(Members, that_grow_less_until_it_is_too_much) {
  std::string content(std::size_t{16} << 20, '\0');
  std::minstd_rand random;
  for (std::size_t i = 0; i < 30'000; ++i) content[i] = static_cast<char>(random());
  const std::string one =
      written({{"z", content}}, &archive_write_set_format_raw, {&archive_write_add_filter_gzip});
  EXPECT_THAT(walk(repeated(one, 8), std::uint64_t{2} << 30, 10).ids, IsEmpty());
  const Result result = walk(repeated(one, 65), std::uint64_t{4} << 30, 10);
  EXPECT_THAT(result.ids, ElementsAre("ARC-004"));
}

TEST(Members, beyond_the_work_budget) {
  const std::string bytes = tar({{"z", noise(400'000)}}, {&archive_write_add_filter_gzip});
  for (const std::size_t take : {std::size_t{10}, SIZE_MAX}) {
    const Result result = walk(bytes, 100'000, take);
    EXPECT_THAT(result.ids, ElementsAre("ARC-009"));
    EXPECT_FALSE(result.whole);
    EXPECT_LE(result.work, 100'000u);
  }
  EXPECT_THAT(walk(tar({{"z", noise(400'000)}}), 100'000, 10).ids, IsEmpty())
      << "a plain tar is skipped";
}

TEST(Members, of_archives_that_are_cut_short) {
  for (const std::string& bytes : {tar(kTwo), tar(kTwo, {&archive_write_add_filter_gzip}),
                                   tar(kTwo, {&archive_write_add_filter_xz}),
                                   written(kTwo, &archive_write_set_format_7zip, {})}) {
    const Result result = walk(bytes.substr(0, bytes.size() / 2));
    EXPECT_THAT(result.ids, ElementsAre("ARC-007"));
    EXPECT_FALSE(result.whole);
  }
  for (const std::string& bytes :
       {std::string(), std::string("no archive"), std::string(600, 'x')}) {
    const Result result = walk(bytes);
    EXPECT_THAT(result.members, IsEmpty());
    EXPECT_THAT(result.ids, ElementsAre("ARC-007"));
  }
}

TEST(Members, compressed_twice) {
  const Result result =
      walk(tar(kTwo, {&archive_write_add_filter_gzip, &archive_write_add_filter_gzip}));
  EXPECT_THAT(result.ids, ElementsAre("ARC-011"));
  ASSERT_THAT(result.members, SizeIs(1));
  EXPECT_TRUE(result.members[0].starts_with("=\x1f\x8b"));
}

TEST(Members, that_are_cut_give_what_comes_before) {
  const std::string content = "pickle" + noise(100'000);
  for (const Change filter : {&archive_write_add_filter_gzip, &archive_write_add_filter_xz}) {
    const std::string whole = written({{"x", content}}, &archive_write_set_format_raw, {filter});
    const Result result = walk(whole.substr(0, whole.size() - 9));
    EXPECT_THAT(result.ids, ElementsAre("ARC-007"));
    ASSERT_THAT(result.members, SizeIs(1));
    EXPECT_TRUE(("=" + content).starts_with(result.members[0]));
    EXPECT_GT(result.members[0].size(), 60'000U);
  }
}

TEST(Members, that_begin_with_zeroes_are_no_empty_tar) {
  const std::string content = std::string(1024, '\0') + "pickle";
  const Result result = walk(
      written({{"x", content}}, &archive_write_set_format_raw, {&archive_write_add_filter_gzip}));
  EXPECT_THAT(result.members, ElementsAre("=" + content));
}

TEST(Members, before_something_else) {
  EXPECT_THAT(walk(tar(kTwo) + std::string(20'000, '\0')).ids, IsEmpty());
  EXPECT_THAT(walk(tar(kTwo) + std::string(2 << 20, '\0')).ids, ElementsAre("ARC-012"));
  EXPECT_THAT(walk(tar(kTwo) + "PK").ids, ElementsAre("ARC-012"));
  EXPECT_THAT(walk(written(kTwo, &archive_write_set_format_7zip, {}) + "PK").ids,
              ElementsAre("ARC-012"));
  EXPECT_THAT(walk(written({{"x", "content"}}, &archive_write_set_format_raw,
                           {&archive_write_add_filter_gzip}) +
                   "trailing")
                  .ids,
              ElementsAre("ARC-012"));
}

TEST(Members, with_names_in_other_letters) {
  const std::vector<Item> items = {{"m\xc3\xa4rz/\xe6\xa8\xa1", "1"}};
  EXPECT_THAT(walk(tar(items)).members, ElementsAre("m\xc3\xa4rz/\xe6\xa8\xa1=1"));
  EXPECT_THAT(walk(tar({{"\xff\xfe", "1"}})).members, ElementsAre("\xff\xfe=1"));
  for (const Change format : {&archive_write_set_format_pax, &archive_write_set_format_7zip}) {
    const Result result = walk(written(items, format, {}, true));
    EXPECT_THAT(result.members, ElementsAre("m\xc3\xa4rz/\xe6\xa8\xa1=1"));
    EXPECT_THAT(result.ids, IsEmpty());
  }
}

TEST(Members, names_every_rule_once) {
  std::vector<std::string_view> seen;
  for (const findings::Rule* rule : archive_rules()) {
    EXPECT_TRUE(rule->id.starts_with("ARC-"));
    EXPECT_THAT(seen, testing::Not(testing::Contains(rule->id)));
    seen.push_back(rule->id);
  }
}

}  // namespace
}  // namespace gh::archive
