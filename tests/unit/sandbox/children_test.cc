// What a child can do, and above all what it cannot: the kernel is asked, not our code.

#include "sandbox/children.h"

#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <new>
#include <stdexcept>

#include "base/sanitizer.h"
#include "no_filters.h"

namespace gh::sandbox {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kAnswerLimit = 1 << 20;

Outcome run(Job job) {
  auto children = Children::make(kAnswerLimit);
  EXPECT_TRUE(children.has_value());
  Outcome outcome;
  bool ended = false;
  children->start(job, [&](Outcome of_child) {
    outcome = std::move(of_child);
    ended = true;
  });
  while (!ended) children->wait(60s);
  return outcome;
}

Outcome run(std::function<std::string()> work) {
  return run(Job{.work = std::move(work), .descriptors = {}, .limits = {}});
}

struct Forbidden {
  const char* name;
  void (*call)();
};

void PrintTo(const Forbidden& forbidden, std::ostream* out) {
  *out << forbidden.name;
}

class Refuses : public testing::TestWithParam<Forbidden> {};

TEST_P(Refuses, AndTheChildIsKilled) {
  const Outcome outcome = run([] {
    GetParam().call();
    return std::string("still here");
  });
  EXPECT_EQ(outcome.end, End::refused);
  EXPECT_EQ(outcome.signal, SIGSYS);
  EXPECT_TRUE(outcome.confined);
  EXPECT_EQ(outcome.answer, "");
}

char program[] = "/bin/true";

const Forbidden kForbidden[] = {
    {"opens_a_file", [] { (void)::open("/etc/passwd", O_RDONLY); }},
    {"creates_a_file", [] { (void)::open("/tmp/gatehouse", O_CREAT | O_WRONLY, 0600); }},
    {"removes_a_file", [] { (void)::unlink("/tmp/gatehouse"); }},
    {"makes_a_link", [] { (void)!::symlink("/etc/passwd", "/tmp/gatehouse"); }},
    {"makes_a_socket", [] { (void)::socket(AF_INET, SOCK_STREAM, 0); }},
    {"makes_a_unix_socket", [] { (void)::socket(AF_UNIX, SOCK_STREAM, 0); }},
    {"forks", [] { (void)::fork(); }},
    {"runs_a_program",
     [] {
       char* const arguments[] = {program, nullptr};
       (void)::execv(program, arguments);
     }},
    {"signals_its_parent", [] { (void)::kill(::getppid(), SIGTERM); }},
    {"asks_who_its_parent_is", [] { (void)::getppid(); }},
    {"reads_with_an_offset_of_its_own",
     [] {
       char c;
       (void)!::read(0, &c, 1);
     }},
    {"makes_memory_executable",
     [] {
       void* page =
           ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
       (void)::mprotect(page, 4096, PROT_READ | PROT_EXEC);
     }},
    {"maps_executable_memory",
     [] {
       (void)::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
                    -1, 0);
     }},
    {"changes_its_user", [] { (void)!::setuid(0); }},
    {"takes_a_descriptor_along", [] { (void)::dup2(1, 7); }},
    {"waits_on_descriptors", [] { (void)::poll(nullptr, 0, 1); }},
    {"lifts_the_filter", [] { (void)::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); }},
};

INSTANTIATE_TEST_SUITE_P(Child, Refuses, testing::ValuesIn(kForbidden),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(Child, Answers) {
  const Outcome outcome = run([] { return std::string("forty-two"); });
  EXPECT_EQ(outcome.end, End::answered);
  EXPECT_EQ(outcome.answer, "forty-two");
  EXPECT_TRUE(outcome.confined);
}

TEST(Child, AnswersWithNothing) {
  const Outcome outcome = run([] { return std::string(); });
  EXPECT_EQ(outcome.end, End::answered);
  EXPECT_EQ(outcome.answer, "");
}

TEST(Child, AnswersAsMuchAsIsTaken) {
  EXPECT_EQ(run([] { return std::string(kAnswerLimit, 'a'); }).answer.size(), kAnswerLimit);
  const Outcome outcome = run([] { return std::string(kAnswerLimit + 1, 'a'); });
  EXPECT_EQ(outcome.end, End::too_long);
  EXPECT_EQ(outcome.answer, "");
}

TEST(Child, ReadsWhatItWasGivenAndNothingElse) {
  std::FILE* given = std::tmpfile();
  std::FILE* other = std::tmpfile();
  std::fputs("given", given);
  std::fflush(given);
  const int descriptor = fileno(given);
  const int kept_back = fileno(other);
  const Outcome outcome =
      run(Job{.work =
                  [descriptor, kept_back] {
                    char text[5] = {};
                    const ssize_t got = ::pread(descriptor, text, sizeof text, 0);
                    const ssize_t none = ::pread(kept_back, text, sizeof text, 0);
                    return std::string(text, 5) + std::to_string(got) + std::to_string(none) +
                           std::to_string(errno == EBADF);
                  },
              .descriptors = {descriptor},
              .limits = {}});
  EXPECT_EQ(outcome.answer, "given5-11");
  std::fclose(given);
  std::fclose(other);
}

TEST(Child, WritesToItsAnswerOnly) {
  std::FILE* file = std::tmpfile();
  const int descriptor = fileno(file);
  const Outcome outcome =
      run(Job{.work = [descriptor] { return std::to_string(::write(descriptor, "x", 1)); },
              .descriptors = {descriptor},
              .limits = {}});
  EXPECT_EQ(outcome.answer, "-1");
  std::fclose(file);
}

TEST(Child, CrashIsSeen) {
  const Outcome outcome = run([]() -> std::string {
    *static_cast<volatile int*>(nullptr) = 1;  // NOLINT(clang-analyzer-core.NullDereference)
    return "";
  });
  EXPECT_EQ(outcome.answer, "");
#if defined(GH_ADDRESS_SANITIZER) || defined(GH_THREAD_SANITIZER)
  // A sanitizer writes a report of its own, which the filter stops.
  EXPECT_TRUE(outcome.end == End::refused || outcome.end == End::crashed);
#else
  EXPECT_EQ(outcome.end, End::crashed);
  EXPECT_EQ(outcome.signal, SIGSEGV);
#endif
}

TEST(Child, AbortIsACrash) {
#if defined(GH_ADDRESS_SANITIZER) || defined(GH_THREAD_SANITIZER)
  GTEST_SKIP() << "a sanitizer writes a report of its own, which the filter stops";
#endif
  EXPECT_EQ(run([]() -> std::string { ::abort(); }).end, End::crashed);
}

TEST(Child, ExceptionIsACrash) {
  EXPECT_EQ(run([]() -> std::string { throw std::runtime_error("no"); }).end, End::crashed);
}

TEST(Child, LeavingEarlyIsNoAnswerOfWorth) {
  EXPECT_EQ(run([]() -> std::string { ::_exit(7); }).end, End::crashed);
  // The code that a whole answer has; what was said until then is an answer, and worth nothing.
  const Outcome outcome = run([]() -> std::string { ::_exit(0); });
  EXPECT_EQ(outcome.end, End::answered);
  EXPECT_EQ(outcome.answer, "");
  const Outcome half =
      run([]() -> std::string { ::_exit(::write(kAnswer, "half", 4) == 4 ? 0 : 1); });
  EXPECT_EQ(half.end, End::answered);
  EXPECT_EQ(half.answer, "half");
}

TEST(Child, ExhaustedMemoryIsSeen) {
#if defined(GH_ADDRESS_SANITIZER) || defined(GH_THREAD_SANITIZER)
  GTEST_SKIP() << "sanitizers map more than any limit, so there is none";
#endif
  const Outcome outcome = run([] {
    std::string all;
    for (;;) all.append(64 << 20, 'x');
    return all;
  });
  EXPECT_EQ(outcome.end, End::out_of_memory);
  EXPECT_EQ(outcome.answer, "");
}

// Whose end the system does not tell has not answered, and its number gets no signal.
TEST(Child, WhoseEndIsNotToldHasNotAnswered) {
  const auto before = ::signal(SIGCHLD, SIG_IGN);
  const Outcome outcome = run([] { return std::string("forty-two"); });
  ::signal(SIGCHLD, before);
  EXPECT_EQ(outcome.end, End::crashed);
  EXPECT_EQ(outcome.signal, 0);
  EXPECT_EQ(outcome.answer, "");
}

TEST(Child, WallClockEndsIt) {
  Job job{.work =
              [] {
                for (volatile bool forever = true; forever;) {
                }
                return std::string();
              },
          .descriptors = {},
          .limits = {},
          .wall = 50ms};
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(run(job).end, End::out_of_time);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
}

TEST(Child, ProcessorTimeEndsIt) {
  Job job{.work =
              [] {
                for (volatile bool forever = true; forever;) {
                }
                return std::string();
              },
          .descriptors = {},
          .limits = {.cpu_seconds = 1}};
  EXPECT_EQ(run(job).end, End::out_of_time);
}

TEST(Child, ManyAtOnceEachWithItsOwnAnswer) {
  auto children = Children::make(kAnswerLimit);
  ASSERT_TRUE(children.has_value());
  std::vector<std::string> answers(200);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    children->start(
        {.work = [i] { return std::string(i * 100, 'a'); }, .descriptors = {}, .limits = {}},
        [&answers, i](Outcome outcome) { answers[i] = outcome.answer; });
    while (children->running() >= 8) children->wait(60s);
  }
  while (children->running() > 0) children->wait(60s);
  for (std::size_t i = 0; i < answers.size(); ++i) EXPECT_EQ(answers[i].size(), i * 100);
}

TEST(Child, WaitReturnsWhenNoneEnds) {
  auto children = Children::make(kAnswerLimit);
  ASSERT_TRUE(children.has_value());
  children->start({.work =
                       [] {
                         for (volatile bool forever = true; forever;) {
                         }
                         return std::string();
                       },
                   .descriptors = {},
                   .limits = {}},
                  [](const Outcome&) { FAIL() << "must not end"; });
  children->wait(20ms);
  EXPECT_EQ(children->running(), 1);
}  // and is ended with its `Children`

// How a child ends whose filter the kernel, as seen through one, refuses with `error`.
void expect_without_filter(int error, End end, bool confined) {
  const int process = ::fork();
  if (process == 0) {
    if (!deny_filters(error)) ::_exit(3);
    const Outcome outcome = run([] { return std::string("still confined otherwise"); });
    ::_exit(outcome.end == end && outcome.confined == confined ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(process, &status, 0), process);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0) << errno_text(error);
}

TEST(Child, WithoutFiltersInTheKernelItRunsAndSaysSo) {
  expect_without_filter(EINVAL, End::answered, false);
  expect_without_filter(ENOSYS, End::answered, false);
}

TEST(Child, WhoseFilterFailsOtherwiseDoesNotRun) {
  expect_without_filter(ENOMEM, End::out_of_memory, true);
  expect_without_filter(EPERM, End::crashed, true);
}

}  // namespace
}  // namespace gh::sandbox
