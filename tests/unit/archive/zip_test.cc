#include "archive/zip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "archive/zip_records.h"
#include "zip_writer.h"

namespace gh::archive {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t kWork = std::uint64_t{64} << 20;

std::vector<std::string> ids(const findings::Examination& examination) {
  std::vector<std::string> out;
  for (const findings::Finding& finding : examination.findings())
    out.emplace_back(finding.rule->id);
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
  return out;
}

// Opens, checks the content of every member: the ids that this gives.
std::vector<std::string> examine(const std::string& bytes) {
  source::MemorySource source(bytes);
  findings::Examination examination(kWork);
  const auto archive = ZipArchive::open(source, examination);
  if (archive)
    for (const ZipMember& member : archive->members()) {
      const findings::Examination::Member scope(examination, member.name);
      if (const auto content = archive->member(member, examination))
        ZipArchive::check_content(member, *content, examination);
    }
  return ids(examination);
}

std::string content(const std::string& bytes, std::string_view name) {
  source::MemorySource source(bytes);
  findings::Examination examination(kWork);
  const auto archive = ZipArchive::open(source, examination);
  if (!archive) return "(not opened)";
  const ZipMember* member = archive->find(name);
  if (member == nullptr) return "(absent)";
  const auto member_source = archive->member(*member, examination);
  if (!member_source) return "(unreadable)";
  std::string out(1 << 20, '\0');
  out.resize(member_source->read_at(0, out));
  return out;
}

std::vector<Entry> plain() {
  return {stored("a/data.pkl", "pickle"), stored("a/data/0", std::string(100, 'x')),
          deflated("a/version", "3\n")};
}

// A plain archive with one entry changed.
std::string with(std::size_t index, const std::function<void(Entry&)>& change) {
  auto entries = plain();
  change(entries[index]);
  return zip(entries);
}

TEST(ZipArchive, opens_what_is_well_formed) {
  const std::string bytes = zip(plain());
  EXPECT_THAT(examine(bytes), IsEmpty());
  EXPECT_EQ(content(bytes, "a/data.pkl"), "pickle");
  EXPECT_EQ(content(bytes, "a/version"), "3\n");
  EXPECT_THAT(examine(zip({})), IsEmpty());
}

TEST(ZipArchive, finds_names_without_regard_to_case) {
  const std::string bytes = zip({stored("A/DATA.pkl", "1"), stored("a/b", "2")});
  EXPECT_EQ(content(bytes, "a/data.PKL"), "1");
  EXPECT_EQ(content(bytes, "A/B"), "2");
  EXPECT_EQ(content(bytes, "a/c"), "(absent)");
  EXPECT_EQ(content(bytes, "a/"), "(absent)");
}

TEST(ZipArchive, takes_data_descriptors_of_four_forms) {
  for (const bool signature : {true, false})
    for (const int width : {4, 8}) {
      auto entries = plain();
      for (Entry& entry : entries) {
        if (signature) put(entry.after, kDescriptorSignature, 4);
        put(entry.after, entry.central.crc, 4);
        put(entry.after, entry.central.packed, width);
        put(entry.after, entry.central.size, width);
        entry.local.flags = entry.central.flags = kFlagDescriptor;
        entry.local.crc = 0;
        entry.local.packed = entry.local.size = 0;
      }
      EXPECT_THAT(examine(zip(entries)), IsEmpty()) << signature << width;
      entries[1].after[signature ? 4 : 0] ^= 1;
      EXPECT_THAT(examine(zip(entries)), ElementsAre("ZIP-005", "ZIP-027"));
    }
}

TEST(ZipArchive, takes_zip64) {
  auto entries = plain();
  std::string extra;
  put(extra, 1, 2);
  put(extra, 24, 2);
  put(extra, 100, 8);
  put(extra, 100, 8);
  put(extra, std::uint64_t{30} + 10 + 6, 8);
  entries[1].central.extra = extra;
  entries[1].central.packed = entries[1].central.size = kSaturated32;
  entries[1].offset = kSaturated32;
  const std::string bytes = zip(entries, [](End& end) {
    end.zip64 = zip64_end(3, end.size, end.offset, end.offset + end.size);
    end.entries = end.entries_here = kSaturated16;
    end.size = end.offset = kSaturated32;
  });
  EXPECT_THAT(examine(bytes), IsEmpty());
  EXPECT_EQ(content(bytes, "a/data/0"), std::string(100, 'x'));
}

struct EntryCase {
  const char* what;
  std::function<void(Entry&)> change;
  std::vector<std::string> ids;
};

TEST(ZipArchive, holds_local_headers_against_the_directory) {
  const std::vector<EntryCase> cases = {
      {"name", [](Entry& e) { e.local.name = "b/data.pkl"; }, {"ZIP-005"}},
      {"method", [](Entry& e) { e.local.method = 8; }, {"ZIP-005"}},
      {"encrypted locally", [](Entry& e) { e.local.flags = kFlagEncrypted; }, {"ZIP-005"}},
      {"crc", [](Entry& e) { e.local.crc ^= 1; }, {"ZIP-005"}},
      {"size", [](Entry& e) { e.local.size = 1; }, {"ZIP-005"}},
      {"packed size", [](Entry& e) { e.local.packed = 7; }, {"ZIP-005"}},
      {"zero sizes without descriptor",
       [](Entry& e) { e.local.packed = e.local.size = 0; },
       {"ZIP-005"}},
      {"encrypted in the directory",
       [](Entry& e) { e.central.flags = kFlagEncrypted; },
       {"ZIP-005", "ZIP-022"}},
      {"strong encryption",
       [](Entry& e) { e.local.flags = e.central.flags = kFlagStrongEncryption; },
       {"ZIP-022"}},
      {"masked header",
       [](Entry& e) { e.local.flags = e.central.flags = kFlagMasked; },
       {"ZIP-022"}},
      {"bzip2", [](Entry& e) { e.local.method = e.central.method = 12; }, {"ZIP-023"}},
      {"patch", [](Entry& e) { e.local.flags = e.central.flags = kFlagPatched; }, {"ZIP-023"}},
      {"wrong crc", [](Entry& e) { e.local.crc = e.central.crc = 1; }, {"ZIP-004"}},
      {"two sizes", [](Entry& e) { e.local.size = e.central.size = 3; }, {"ZIP-033", "ZIP-038"}},
      {"traversal", [](Entry& e) { e.local.name = e.central.name = "a/../../x"; }, {"ZIP-030"}},
      {"absolute", [](Entry& e) { e.local.name = e.central.name = "/etc/x"; }, {"ZIP-030"}},
      {"drive", [](Entry& e) { e.local.name = e.central.name = "C:x"; }, {"ZIP-030"}},
      {"backslash traversal",
       [](Entry& e) { e.local.name = e.central.name = "a\\..\\x"; },
       {"ZIP-030", "ZIP-031"}},
      {"nul",
       [](Entry& e) { e.local.name = e.central.name = std::string("a/x\0y", 5); },
       {"ZIP-031"}},
      {"no name", [](Entry& e) { e.local.name = e.central.name = ""; }, {"ZIP-031"}},
      {"dots that leave nothing",
       [](Entry& e) { e.local.name = e.central.name = "a/..b/x.."; },
       {}},
      {"folder with bytes", [](Entry& e) { e.local.name = e.central.name = "a/f/"; }, {"ZIP-037"}},
      {"DOS folder with bytes", [](Entry& e) { e.attributes = 0x10; }, {"ZIP-037"}},
      {"symlink",
       [](Entry& e) {
         e.made_by = 0x314;
         e.attributes = 0120777U << 16;
       },
       {"ZIP-032"}},
      {"device",
       [](Entry& e) {
         e.made_by = 0x314;
         e.attributes = 0020666U << 16;
       },
       {"ZIP-032"}},
      {"regular mode",
       [](Entry& e) {
         e.made_by = 0x314;
         e.attributes = 0100644U << 16;
       },
       {}},
      {"mode of another system", [](Entry& e) { e.attributes = 0120777U << 16; }, {}},
      {"header beyond the file", [](Entry& e) { e.offset = 0x7fffffff; }, {"ZIP-001", "ZIP-024"}},
      {"header that is none", [](Entry& e) { e.offset = 2; }, {"ZIP-024"}},
      {"exact duplicate",
       [](Entry& e) { e.local.name = e.central.name = "a/data/0"; },
       {"ZIP-020"}},
      {"folded duplicate",
       [](Entry& e) { e.local.name = e.central.name = "a/DATA/0"; },
       {"ZIP-003"}},
      {"prepended", [](Entry& e) { e.before = "MZ"; }, {"ZIP-001"}},
      {"gap", [](Entry& e) { e.after = "leftover"; }, {"ZIP-027"}},
      {"hidden member",
       [](Entry& e) { e.after = zip({stored("evil.pkl", "x")}).substr(0, 39); },
       {"ZIP-026"}},
  };
  for (const EntryCase& c : cases) {
    auto ids = examine(with(0, c.change));
    // A first header in a wrong place leaves its true place to be found as hidden.
    if (c.ids.size() == 1 && c.ids[0] == "ZIP-024") std::erase(ids, "ZIP-026");
    if (std::string_view(c.what) == "header beyond the file")
      EXPECT_THAT(ids, testing::Contains("ZIP-024")) << c.what;
    else
      EXPECT_EQ(ids, c.ids) << c.what;
  }
}

TEST(ZipArchive, sees_what_is_wrong_with_deflated_members) {
  EXPECT_THAT(examine(with(2, [](Entry& e) { e.local.size = e.central.size = 9; })),
              ElementsAre("ZIP-033"));
  EXPECT_THAT(examine(with(2, [](Entry& e) { e.local.size = e.central.size = 1; })),
              ElementsAre("ZIP-033", "ZIP-036"));
  EXPECT_THAT(examine(with(2, [](Entry& e) { e.content[0] = '\xff'; })), ElementsAre("ZIP-036"));
  const auto behind = [](Entry& e) {
    e.content += "behind the stream";
    e.local.packed = e.central.packed = e.content.size();
  };
  EXPECT_THAT(examine(with(2, behind)), ElementsAre("ZIP-033", "ZIP-036"));
  EXPECT_THAT(examine(with(2,
                           [&](Entry& e) {
                             behind(e);
                             e.local.size = e.central.size = 9;
                           })),
              ElementsAre("ZIP-033", "ZIP-036"));
  EXPECT_THAT(examine(with(2, [](Entry& e) { e.local.crc = e.central.crc = 5; })),
              ElementsAre("ZIP-004"));
  const std::string zeroes(2 << 20, '\0');
  EXPECT_THAT(examine(zip({deflated("a/z", zeroes)})), IsEmpty());
  std::string noise(2 << 20, '\0');
  std::minstd_rand random;
  for (char& c : noise) c = static_cast<char>(random());
  const auto stating = [](const std::string& content, const std::vector<std::uint64_t>& sizes) {
    std::vector<Entry> entries;
    for (const std::uint64_t size : sizes) {
      entries.push_back(deflated("a/" + std::to_string(size), content));
      entries.back().local.size = entries.back().central.size = size;
    }
    return examine(zip(entries));
  };
  EXPECT_THAT(stating(zeroes, {1U << 28}), ElementsAre("ZIP-033"));
  EXPECT_THAT(stating(zeroes, {3U << 28}), ElementsAre("ZIP-034"));  // and is not read
  EXPECT_THAT(stating(zeroes, {1U << 27, (1U << 27) + 1}), ElementsAre("ZIP-033", "ZIP-034"));
  EXPECT_THAT(stating(noise, {1U << 30}), ElementsAre("ZIP-033"));
  EXPECT_THAT(stating(noise, {(1U << 30) + 1}), ElementsAre("ZIP-034"));
  EXPECT_THAT(stating(noise, {1U << 29, (1U << 29) + 1}), ElementsAre("ZIP-033", "ZIP-034"));
}

TEST(ZipArchive, sees_members_that_share_bytes) {
  EXPECT_THAT(examine(with(1, [](Entry& e) { e.offset = 0; })),
              ElementsAre("ZIP-004", "ZIP-005", "ZIP-025", "ZIP-027"));
  EXPECT_THAT(examine(with(2,
                           [](Entry& e) {
                             e.local.method = e.central.method = 0;
                             e.local.packed = e.local.size = e.central.packed = e.central.size =
                                 200;
                           })),
              ElementsAre("ZIP-024", "ZIP-033"));
}

TEST(ZipArchive, reads_shared_bytes_only_so_often) {
  std::vector<Entry> entries = {stored("a/0", std::string(4 << 20, 'x'))};
  for (int i = 1; i < 50; ++i) {
    entries.push_back(entries[0]);
    entries.back().content = "";
    entries.back().local.name = entries.back().central.name = "a/" + std::to_string(i);
    entries.back().offset = 0;
  }
  EXPECT_THAT(examine(zip(entries)), testing::IsSupersetOf({"ZIP-025", "ZIP-036"}));
}

struct EndCase {
  const char* what;
  std::function<void(End&)> change;
  std::vector<std::string> ids;
};

TEST(ZipArchive, holds_the_end_record_against_the_directory) {
  const std::vector<EndCase> cases = {
      {"comment", [](End& e) { e.comment = "hello"; }, {"ZIP-039"}},
      {"trailing", [](End& e) { e.after = "junk"; }, {"ZIP-007"}},
      {"trailing 60 KiB", [](End& e) { e.after = std::string(60'000, 'j'); }, {"ZIP-007"}},
      {"trailing 100 KB", [](End& e) { e.after = std::string(100'000, 'j'); }, {"ZIP-021"}},
      {"fewer counted", [](End& e) { e.entries = e.entries_here = 2; }, {"ZIP-029"}},
      {"more counted", [](End& e) { e.entries = e.entries_here = 4; }, {"ZIP-029"}},
      {"counts differ", [](End& e) { e.entries_here = 2; }, {"ZIP-029"}},
      {"directory shorter", [](End& e) { e.size -= 46 + 9; }, {"ZIP-026", "ZIP-029"}},
      {"directory longer than the file", [](End& e) { e.size = 1'000'000; }, {"ZIP-021"}},
      {"huge directory", [](End& e) { e.size = 0x7fffffff; }, {"ZIP-028"}},
      {"directory elsewhere", [](End& e) { e.offset += 1; }, {"ZIP-021"}},
      {"bytes behind the directory", [](End& e) { e.zip64 = "fake"; }, {"ZIP-029"}},
      {"bytes before the directory", [](End& e) { e.before_directory = "fake"; }, {"ZIP-001"}},
      {"zip64 locator to nothing",
       [](End& e) { e.zip64 = zip64_end(3, e.size, e.offset, 9).substr(56); },
       {"ZIP-029"}},
      {"zip64 disagrees",
       [](End& e) { e.zip64 = zip64_end(3, e.size, e.offset, e.offset + e.size), e.entries = 2; },
       {"ZIP-029"}},
      {"zip64 agrees",
       [](End& e) { e.zip64 = zip64_end(3, e.size, e.offset, e.offset + e.size); },
       {}},
      {"zip64 with a huge count",
       [](End& e) { e.zip64 = zip64_end(1ULL << 40, e.size, e.offset, e.offset + e.size); },
       {"ZIP-028"}},
  };
  for (const EndCase& c : cases) {
    auto ids = examine(zip(plain(), c.change));
    if (std::string_view(c.what) == "bytes before the directory")
      EXPECT_THAT(ids, testing::Contains("ZIP-001")) << c.what;
    else
      EXPECT_EQ(ids, c.ids) << c.what;
  }
}

TEST(ZipArchive, sees_a_second_end_record) {
  const std::string inner = zip({stored("x", "y")});
  // The outer comment holds a whole archive: the last end record wins, the first reaches the end.
  EXPECT_THAT(examine(zip(plain(), [&](End& end) { end.comment = inner; })),
              testing::Contains("ZIP-029"));
}

TEST(ZipArchive, opens_an_archive_behind_other_bytes) {
  const std::string bytes = "#!/bin/sh\n" + zip(plain());
  EXPECT_THAT(examine(bytes), ElementsAre("ZIP-001"));
  EXPECT_EQ(content(bytes, "a/data.pkl"), "pickle");
}

TEST(ZipArchive, refuses_what_is_no_zip) {
  EXPECT_THAT(examine(""), ElementsAre("ZIP-021"));
  EXPECT_THAT(examine("PK\x03\x04"), ElementsAre("ZIP-021"));
  EXPECT_THAT(examine(std::string(100'000, 'P')), ElementsAre("ZIP-021"));
  const std::string whole = zip(plain());
  for (std::size_t cut = 1; cut < whole.size(); ++cut)
    EXPECT_FALSE(examine(whole.substr(0, cut)).empty()) << cut;
}

TEST(ZipArchive, names_every_rule_once) {
  std::vector<std::string_view> seen;
  for (const findings::Rule* rule : zip_rules()) {
    EXPECT_TRUE(rule->id.starts_with("ZIP-"));
    EXPECT_THAT(seen, testing::Not(testing::Contains(rule->id)));
    seen.push_back(rule->id);
  }
}

}  // namespace
}  // namespace gh::archive
