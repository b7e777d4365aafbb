// What the whole of a scan says about itself.

#include "artifacts/scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>

#include "../sandbox/no_filters.h"
#include "artifacts/catalogue.h"
#include "temporary_folder.h"

namespace gh::artifacts {
namespace {

using findings::Severity;
using findings::Verdict;
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
  const auto tally = scan(options, catalogue(), none, *writer, progress);
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
