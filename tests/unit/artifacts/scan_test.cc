// What the whole of a scan says about itself.

#include "artifacts/scan.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "../sandbox/no_filters.h"
#include "artifacts/catalogue.h"
#include "base/file_state.h"
#include "temporary_folder.h"

namespace gh::artifacts {
namespace {

using findings::Severity;
using testing::HasSubstr;

struct Scanned {
  std::string text;
  int exit = -1;
};

Scanned scan_of(
    const ScanOptions& options,
    const std::function<void(const Progress&)>& progress = [](const Progress&) {}) {
  Scanned scanned;
  const auto writer = findings::make_report(findings::Format::ndjson, {},
                                            [&](std::string_view part) { scanned.text += part; });
  findings::Suppressions none;
  const auto tally = scan(options, catalogue(), none, *writer, [&](const Progress& now) {
    progress(now);
    return true;
  });
  EXPECT_TRUE(tally.has_value());
  scanned.exit = tally ? tally->exit_code() : -1;
  return scanned;
}

ScanOptions options_for(std::string path, std::size_t jobs = 1) {
  ScanOptions options;
  options.paths = {std::move(path)};
  options.jobs = jobs;
  return options;
}

TEST(Catalogue, EveryRuleOnceAndComplete) {
  const findings::Catalogue all = catalogue();
  std::set<std::string_view> ids;
  for (const findings::Rule* rule : all.rules()) {
    EXPECT_TRUE(ids.insert(rule->id).second) << rule->id << " is there twice";
    EXPECT_FALSE(rule->title.empty() || rule->why.empty() || rule->fix.empty()) << rule->id;
  }
  EXPECT_GT(ids.size(), 100);
}

TEST(Scan, SaysWhenTheKernelHasNoFilters) {
  const TemporaryFolder folder;
  folder.write("empty.bin", "");
  const int process = ::fork();
  if (process == 0) {
    if (!sandbox::deny_filters()) ::_exit(3);
    const Scanned scanned = scan_of(options_for(folder.path()));
    ScanOptions lenient = options_for(folder.path());
    lenient.fail_on = Severity::high;
    const bool said = scanned.text.find("SYS-007") != std::string::npos;
    ::_exit(said && scanned.exit == 1 && scan_of(lenient).exit == 0 ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(process, &status, 0), process);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_THAT(scan_of(options_for(folder.path())).text, testing::Not(HasSubstr("SYS-007")));
}

TEST(Scan, AFileThatChangesMeanwhileIsInconclusive) {
  const TemporaryFolder folder;
  std::string slow = "\x80\x02";
  for (int i = 0; i < 32 << 20; ++i) slow += "N0";
  folder.write("a.bin", "");
  folder.write("b.pkl", slow + "N.");
  bool changed = false;
  const Scanned scanned = scan_of(options_for(folder.path(), 2), [&](const Progress& progress) {
    if (changed || progress.files != 1) return;
    changed = true;
    std::ofstream(folder.path("b.pkl"), std::ios::app) << "more";
  });
  ASSERT_TRUE(changed);
  EXPECT_THAT(scanned.text, HasSubstr("SYS-009"));
  EXPECT_NE(scanned.exit, 0);
}

// Writes the same number of other bytes, and sets the time of that back; not that of the kernel.
void rewrite(const std::string& path, const std::string& content) {
  struct stat before{};
  ASSERT_EQ(::stat(path.c_str(), &before), 0);
  for (struct stat after = before; file_state(after).changed == file_state(before).changed;) {
    std::ofstream(path, std::ios::in | std::ios::binary) << content;
    const timespec times[] = {before.st_atim, before.st_mtim};
    ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
    ASSERT_EQ(::stat(path.c_str(), &after), 0);
    ASSERT_EQ(after.st_size, before.st_size);
  }
}

TEST(Scan, AFileThatIsAnotherUnderItsSecondNameIsExaminedAgain) {
  const std::string good = R"({"chat_template": "{{ messages[0].content }}"})";
  std::string evil = R"({"chat_template": "{{ cycler.__init__ }}"})";
  evil.resize(good.size(), ' ');
  const TemporaryFolder folder;
  folder.write("a/tokenizer_config.json", good);
  folder.write("b/x.txt", "words");
  std::filesystem::create_directories(folder.path("c"));
  std::filesystem::create_hard_link(folder.path("a/tokenizer_config.json"),
                                    folder.path("c/tokenizer_config.json"));
  EXPECT_EQ(scan_of(options_for(folder.path())).exit, 0);
  bool changed = false;
  const Scanned scanned = scan_of(options_for(folder.path()), [&](const Progress& progress) {
    if (changed || progress.files != 1) return;
    changed = true;
    rewrite(folder.path("a/tokenizer_config.json"), evil);
  });
  ASSERT_TRUE(changed);
  EXPECT_THAT(scanned.text, HasSubstr("TPL-1"));
  EXPECT_NE(scanned.exit, 0);
}

TEST(Scan, AFolderWhoseFilesChangeBeforeTheyAreComparedIsInconclusive) {
  for (const std::string name : {"adapter_config.json", "vocab.json"}) {
    const TemporaryFolder folder;
    folder.write("m/adapter_config.json", R"({"peft_type": "LORA", "r": 4})");
    folder.write("m/added_tokens.json", R"({"b": 1})");
    folder.write("m/vocab.json", R"({"a": 0})");
    bool changed = false;
    const Scanned scanned = scan_of(options_for(folder.path()), [&](const Progress& progress) {
      if (changed || progress.files != 3) return;
      changed = true;
      std::string other(std::filesystem::file_size(folder.path("m/" + name)) - 2, ' ');
      rewrite(folder.path("m/" + name), "{" + other + "}");
    });
    ASSERT_TRUE(changed);
    EXPECT_THAT(scanned.text, HasSubstr("SYS-009")) << name;
    EXPECT_NE(scanned.exit, 0);
  }
}

// As when nobody reads the report any more.
TEST(Scan, EndsWhenItIsTold) {
  const TemporaryFolder folder;
  for (int i = 0; i < 20; ++i) folder.write(std::to_string(i) + ".safetensors", "abc");
  std::string text;
  const auto writer = findings::make_report(findings::Format::ndjson, {},
                                            [&](std::string_view part) { text += part; });
  findings::Suppressions none;
  Progress last;
  const auto tally =
      scan(options_for(folder.path()), catalogue(), none, *writer, [&](const Progress& progress) {
        last = progress;
        return false;
      });
  EXPECT_FALSE(tally);
  EXPECT_LT(last.files, 20);
  EXPECT_THAT(text, testing::Not(HasSubstr("summary")));
}

TEST(Scan, CountsProgress) {
  const TemporaryFolder folder;
  for (int i = 0; i < 20; ++i) folder.write(std::to_string(i) + ".safetensors", "abc");
  Progress last;
  const Scanned scanned =
      scan_of(options_for(folder.path(), 3), [&](const Progress& progress) { last = progress; });
  EXPECT_EQ(last.files, 20);
  EXPECT_EQ(last.bytes, 60);
  EXPECT_EQ(scanned.exit, 1);
}

}  // namespace
}  // namespace gh::artifacts
