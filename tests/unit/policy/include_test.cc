#include "policy/include.h"

#include <gmock/gmock.h>

#include "policy_cases.h"
#include "temporary_folder.h"

namespace gh::policy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr Edit kInclude{"drain: 30s", "drain: 30s\ninclude: [more.yaml]"};

std::vector<std::string> problems(const TemporaryFolder& folder, std::vector<Edit> edits) {
  const Loaded loaded = load(folder.write("p.yaml", edited(kBase, edits)));
  std::vector<std::string> all;
  for (const Problem& problem : loaded.problems) {
    all.push_back(format(problem).substr(folder.path().size() + 1));
  }
  return all;
}

TEST(Include, JoinsListsAndMergesSections) {
  const TemporaryFolder folder;
  folder.write("more.yaml",
               "tenants:\n  - name: gamma\n    models: [small]\n"
               "defaults: { isolation: { cache: user } }\n"
               "workers: 2\n");
  // The embedding upstream of the base cannot isolate users.
  const Edit no_cache{"    url: unix:/run/own.sock",
                      "    url: unix:/run/own.sock\n    prefix_caching: false"};
  ASSERT_THAT(problems(folder, {kInclude, no_cache}), ElementsAre());
  const Loaded loaded = load(folder / "p.yaml", {.effective = true});
  ASSERT_NE(loaded.snapshot->tenant("gamma"), nullptr);
  EXPECT_EQ(loaded.snapshot->tenant("alpha")->isolation.kind, CacheIsolation::Kind::user);
  EXPECT_EQ(loaded.snapshot->tenant("gamma")->request.max_tokens, 1024u);
  EXPECT_EQ(loaded.snapshot->workers, 2u);
  EXPECT_EQ(loaded.find("workers")->origin, folder / "more.yaml:5:10");
}

TEST(Include, TellsTheRightFile) {
  const TemporaryFolder folder;
  folder.write("more.yaml", "tenants:\n  - name: gamma\n    models: [smal]\n    colour: red\n");
  EXPECT_THAT(problems(folder, {kInclude}),
              ElementsAre("more.yaml:3:14: unknown model `smal`; did you mean `small`?",
                          HasSubstr("more.yaml:4:5: unknown setting `colour`")));
}

TEST(Include, ASettingStandsInOneFileOnly) {
  const TemporaryFolder folder;
  folder.write("more.yaml", "drain: 10s\nlog: { level: debug }\nstate: here\n");
  EXPECT_THAT(problems(folder, {kInclude}),
              ElementsAre("more.yaml:1:1: `drain` is set twice; first at " +
                              (folder / "p.yaml:37:1") + "; remove one",
                          "more.yaml:2:8: `level` is set twice; first at " +
                              (folder / "p.yaml:36:26") + "; remove one",
                          "more.yaml:3:1: `state` is set twice; first at " +
                              (folder / "p.yaml:5:1") + "; remove one"));
}

TEST(Include, TwoTenantsOfOneNameInTwoFiles) {
  const TemporaryFolder folder;
  folder.write("more.yaml", "tenants:\n  - { name: alpha, models: [small] }\n");
  EXPECT_THAT(
      problems(folder, {kInclude}),
      ElementsAre("more.yaml:2:13: a second tenant `alpha`; the first is at " +
                  (folder / "p.yaml:30:11") + "; give one of them another name, or remove it"));
}

TEST(Include, IsRelativeToTheFileThatNamesIt) {
  const TemporaryFolder folder;
  folder.write("a/b.yaml", "include: [c.yaml]\n");
  folder.write("a/c.yaml", "workers: 2\n");
  ASSERT_THAT(problems(folder, {{"drain: 30s", "include: [a/b.yaml]"}}), ElementsAre());
  EXPECT_EQ(load(folder / "p.yaml").snapshot->workers, 2u);
}

TEST(Include, OtherPathsAreRelativeToThePolicy) {
  const TemporaryFolder folder;
  folder.write("a/b.yaml", "secrets: { pepper: { file: secrets/pepper } }\n");
  ASSERT_THAT(problems(folder, {{"drain: 30s", "include: [a/b.yaml]"}}), ElementsAre());
  EXPECT_EQ(load(folder / "p.yaml").snapshot->pepper_file, folder / "secrets/pepper");
}

TEST(Include, ReadsEachFileOnce) {
  const TemporaryFolder folder;
  folder.write("more.yaml", "include: [p.yaml, ./more.yaml, other.yaml]\n");
  folder.write("other.yaml", "include: [more.yaml]\n");
  EXPECT_THAT(problems(folder, {kInclude}),
              ElementsAre("more.yaml:1:11: `include`: `p.yaml` is read already, as " +
                              (folder / "p.yaml:1:1") + "; remove this",
                          "more.yaml:1:19: `include`: `./more.yaml` is read already, as " +
                              (folder / "more.yaml:1:1") + "; remove this",
                          "other.yaml:1:11: `include`: `more.yaml` is read already, as " +
                              (folder / "more.yaml:1:1") + "; remove this"));
}

TEST(Include, BadFilesAreToldAndStopTheRest) {
  const TemporaryFolder folder;
  folder.write("broken.yaml", "a: [1\n");
  folder.write("list.yaml", "- a\n");
  folder.write("writable.yaml", "workers: 2\n", 0666);
  EXPECT_THAT(
      problems(folder,
               {{"drain: 30s",
                 "drain: 30\ninclude: [broken.yaml, list.yaml, writable.yaml, gone.yaml]"}}),
      ElementsAre(HasSubstr("p.yaml:38:50: cannot read"),
                  HasSubstr("broken.yaml:2:1: `,` or `]` is missing"),
                  "list.yaml:1:1: an included file is a mapping of settings, like the policy",
                  HasSubstr("writable.yaml:1:1: everybody may write this file (mode 0666)")));
}

TEST(Include, EntriesAreTexts) {
  const TemporaryFolder folder;
  EXPECT_THAT(problems(folder, {{"drain: 30s", "include: [[a], \"\", {b: c}, \"a\\0b\"]"}}),
              ElementsAre(HasSubstr("p.yaml:37:11: `include`: an entry is not a path"),
                          HasSubstr("p.yaml:37:16: `include`: an entry is not a path"),
                          HasSubstr("p.yaml:37:20: `include`: an entry is not a path"),
                          HasSubstr("p.yaml:37:28: `include`: an entry is not a path")));
}

TEST(Include, AtMostSoManyFiles) {
  const TemporaryFolder folder;
  for (int i = 0; i < 70; ++i) {
    folder.write("f" + std::to_string(i), "include: [f" + std::to_string(i + 1) + "]\n");
  }
  EXPECT_THAT(problems(folder, {{"drain: 30s", "include: [f0]"}}),
              ElementsAre(HasSubstr("f62:1:11: `include`: more than 64 files")));
}

}  // namespace
}  // namespace gh::policy
