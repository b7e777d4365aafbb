// What the end of a child means, with real children.

#include "artifacts/job.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <new>
#include <stdexcept>

#include "artifacts/catalogue.h"
#include "artifacts/open.h"
#include "temporary_folder.h"

namespace gh::artifacts {
namespace {

using namespace std::chrono_literals;
using findings::Verdict;

const findings::Catalogue& rules() {
  static const findings::Catalogue all = catalogue();
  return all;
}

Answer answer_to(const sandbox::Job& job, std::size_t answer_limit = kMaxAnswer) {
  prepare_children();
  auto children = sandbox::Children::make(answer_limit);
  EXPECT_TRUE(children.has_value());
  Answer answer;
  children->start(job,
                  [&](const sandbox::Outcome& outcome) { answer = answer_of(outcome, rules()); });
  while (children->running() > 0) children->wait(60s);
  return answer;
}

std::string only_rule(const Answer& answer) {
  return answer.findings.size() == 1 ? std::string(answer.findings[0].rule->id) : "not one finding";
}

sandbox::Job job_of(std::function<std::string()> work) {
  return {.work = std::move(work), .descriptors = {}, .limits = {}, .wall = 60s};
}

// Never clean, whatever happens to the child.
TEST(Job, EveryOtherEndIsInconclusive) {
  sandbox::Job endless = job_of([] {
    for (volatile bool forever = true; forever;) {
    }
    return std::string();
  });
  endless.wall = 30ms;
  const std::pair<std::string, sandbox::Job> cases[] = {
      {"SYS-002", endless},
      {"SYS-003", job_of([]() -> std::string { throw std::bad_alloc(); })},
      {"SYS-004", job_of([]() -> std::string { throw std::runtime_error("no"); })},
      {"SYS-004", job_of([]() -> std::string { ::_exit(1); })},
      {"SYS-005", job_of([] { return std::to_string(::getppid()); })},
      {"SYS-006", job_of([] { return std::string("clean"); })},
      {"SYS-006", job_of([] { return std::string(); })},
      {"SYS-006", job_of([]() -> std::string { ::_exit(0); })},
      {"SYS-006", job_of([] { return std::string(kMaxAnswer + 1, ' '); })},
  };
  for (const auto& [id, job] : cases) {
    const Answer answer = answer_to(job);
    EXPECT_EQ(only_rule(answer), id);
    EXPECT_EQ(findings::judge(answer.findings, findings::Severity::critical),
              Verdict::inconclusive);
  }
}

TEST(Job, WhatCouldNotBeStartedIsInconclusive) {
  const Answer answer = answer_of(sandbox::Outcome{}, rules());
  EXPECT_EQ(only_rule(answer), "SYS-010");
  EXPECT_EQ(findings::judge(answer.findings, findings::Severity::critical), Verdict::inconclusive);
}

class FileJob : public testing::Test {
 protected:
  Answer examine(const std::string& name, const std::string& content, const Digests& digests = {}) {
    folder_.write(name, content);
    auto file = open_node(AT_FDCWD, folder_.path(name));
    EXPECT_TRUE(file.has_value());
    return answer_to(
        file_job({.descriptor = file->descriptor.get(), .size = file->node.bytes, .name = name}, {},
                 {}, digests));
  }
  TemporaryFolder folder_;
};

TEST_F(FileJob, ReadsAndAnswers) {
  const Answer answer = examine("empty.txt", "");
  EXPECT_EQ(answer.kind, "empty file");
  EXPECT_TRUE(answer.findings.empty());
}

TEST_F(FileJob, FindsAndGivesTheDigest) {
  const Answer answer = examine("a.safetensors", "abc");
  EXPECT_EQ(only_rule(answer), "STF-001");
  EXPECT_EQ(answer.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(answer.bytes_read, 3);
}

// Whatever does not pass can be accepted by digest.
TEST_F(FileJob, GivesTheDigestOfWhatIsNotUnderstood) {
  for (const auto fail_on : {findings::Severity::medium, findings::Severity::critical}) {
    EXPECT_NE(examine("unknown.dat", "\xC8\xC9\xCA", {.fail_on = fail_on}).sha256, "");
    EXPECT_NE(examine("cut.json", "{", {.fail_on = fail_on}).sha256, "");
  }
}

// A hole costs whoever makes it nothing: no time is given for it, and no digest goes over it.
TEST_F(FileJob, HolesBuyNoTime) {
  folder_.write("sparse.dat", "\xC8\xC9\xCA");
  std::filesystem::resize_file(folder_.path("sparse.dat"), 200ull << 30);
  auto file = open_node(AT_FDCWD, folder_.path("sparse.dat"));
  ASSERT_TRUE(file.has_value());
  EXPECT_LT(bytes_on_disk(file->descriptor.get()), 1u << 20);
  const auto job = file_job(
      {.descriptor = file->descriptor.get(), .size = file->node.bytes, .name = "sparse.dat"}, {},
      {.time = std::chrono::seconds(20)}, {});
  EXPECT_EQ(job.wall, std::chrono::seconds(20));
  const Answer answer = answer_to(job);
  ASSERT_EQ(answer.findings.size(), 2u);
  EXPECT_EQ(answer.findings[0].rule->id, "FIL-002");
  EXPECT_EQ(answer.findings[1].rule->id, "SYS-011");
  EXPECT_EQ(answer.sha256, "");
  const auto digest =
      digest_job(file->descriptor.get(), file->node.bytes, {.time = std::chrono::seconds(20)});
  EXPECT_EQ(only_rule(answer_to(digest)), "SYS-011");
  EXPECT_EQ(answer_to(digest).sha256, "");
}

TEST_F(FileJob, GivesNoDigestThatNobodyNeeds) {
  EXPECT_EQ(examine("empty.txt", "").sha256, "");
  EXPECT_EQ(examine("a.safetensors", "abc", {.fail_on = findings::Severity::critical}).sha256, "");
  EXPECT_NE(examine("empty.txt", "", {.all = true}).sha256, "");
  EXPECT_NE(
      examine("a.safetensors", "abc", {.noted = true, .fail_on = findings::Severity::critical})
          .sha256,
      "");
}

}  // namespace
}  // namespace gh::artifacts
