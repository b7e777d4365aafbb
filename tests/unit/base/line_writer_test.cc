#include "base/line_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>
#include <vector>

namespace gh {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::steady_clock;

std::string gap_line(std::uint64_t lines) {
  return "gap of " + std::to_string(lines) + "\n";
}

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
    read_end = ends[0];
    write_end = ends[1];
    size = static_cast<std::size_t>(fcntl(write_end, F_SETPIPE_SZ, 4096));
  }
  ~Pipe() { stop_reading(); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  void stop_reading() {
    if (read_end >= 0) close(std::exchange(read_end, -1));
  }
  // All lines until the other end is closed.
  std::vector<std::string> lines() const {
    std::string text;
    std::array<char, 4096> piece{};
    for (ssize_t got = 0; (got = read(read_end, piece.data(), piece.size())) > 0;) {
      text.append(piece.data(), static_cast<std::size_t>(got));
    }
    std::vector<std::string> all;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
  }

  int read_end = -1;
  int write_end = -1;
  std::size_t size = 0;
};

TEST(LineWriter, TheEndWritesWhatWaits) {
  const Pipe pipe;
  {
    LineWriter writer({.every = minutes(10), .gap_line = gap_line});
    writer.write_to(pipe.write_end);
    writer.write("one\n");
    writer.write("two\n");
    EXPECT_EQ(writer.finish(), 0u);
    EXPECT_EQ(writer.finish(), 0u);
  }
  EXPECT_EQ(pipe.lines(), (std::vector<std::string>{"one", "two"}));
}

TEST(LineWriter, LinesLeaveAtOnceWhereThatIsAskedFor) {
  const Pipe pipe;
  LineWriter writer({.gap_line = gap_line});
  writer.write_to(pipe.write_end);
  writer.write("now\n");
  std::array<char, 8> piece{};
  EXPECT_EQ(read(pipe.read_end, piece.data(), piece.size()), 4);
}

TEST(LineWriter, NothingIsKeptWithoutATarget) {
  LineWriter writer({.most_waiting = 1, .gap_line = gap_line});
  for (int i = 0; i < 10; ++i) writer.write("gone\n");
  EXPECT_EQ(writer.dropped(), 0u);
}

TEST(LineWriter, AStuckReaderHoldsUpNeitherLinesNorTheEnd) {
  signal(SIGPIPE, SIG_IGN);  // for the thread that is left behind
  const Pipe pipe;
  const auto began = steady_clock::now();
  {
    LineWriter writer({.most_waiting = 100, .patience = milliseconds(50), .gap_line = gap_line});
    writer.write_to(pipe.write_end);
    writer.write(std::string(pipe.size + 1, 'x') + "\n");
    for (int i = 0; i < 1000; ++i) writer.write("0123456789\n");
    EXPECT_GE(writer.dropped(), 1000u - 10);
    const std::uint64_t dropped = writer.dropped();
    const std::uint64_t left = writer.finish();
    EXPECT_EQ(dropped + left, 1001u);
    EXPECT_EQ(writer.dropped(), 1001u);
  }
  EXPECT_LT(steady_clock::now() - began, minutes(1));
}

TEST(LineWriter, AGapIsTold) {
  const Pipe pipe;
  std::vector<std::string> lines;
  std::uint64_t dropped = 0;
  {
    LineWriter writer({.most_waiting = 20, .every = minutes(10), .gap_line = gap_line});
    writer.write_to(pipe.write_end);
    for (int i = 0; i < 10; ++i) writer.write("0123456789\n");
    dropped = writer.dropped();
  }
  EXPECT_EQ(dropped, 8u);
  EXPECT_EQ(pipe.lines(), (std::vector<std::string>{"0123456789", "0123456789", "gap of 8"}));
}

TEST(LineWriter, AGapIsToldWhereItIs) {
  const Pipe pipe;
  {
    LineWriter writer({.most_waiting = 20, .gap_line = gap_line});
    writer.write_to(pipe.write_end);
    const std::string first(pipe.size, '1');
    // Only when it has left, and fills the pipe, the next ones are those that wait.
    writer.write(first + "\n");
    int written = 0;
    while (ioctl(pipe.read_end, FIONREAD, &written) == 0 && written == 0) std::this_thread::yield();
    for (const char* line : {"second, fits\n", "third, fits\n", "lost\n", "lost\n"}) {
      writer.write(line);
    }
    EXPECT_EQ(writer.dropped(), 2u);
    std::string read_so_far(first.size() + 1, '\0');
    for (std::size_t got = 0; got < read_so_far.size();) {
      got += static_cast<std::size_t>(
          read(pipe.read_end, &read_so_far[got], read_so_far.size() - got));
    }
    std::string next(std::string("second, fits\nthird, fits\n").size(), '\0');
    ASSERT_EQ(read(pipe.read_end, next.data(), next.size()), static_cast<ssize_t>(next.size()));
    EXPECT_EQ(next, "second, fits\nthird, fits\n");
    writer.write("last\n");
    EXPECT_EQ(writer.finish(), 0u);
  }
  EXPECT_EQ(pipe.lines(), (std::vector<std::string>{"gap of 2", "last"}));
}

// A reload opens the same file again: what is half there stays a line of its own.
TEST(LineWriter, ALineThatIsTornEndsInTheSameFileOpenedAnew) {
  const std::string path = testing::TempDir() + "torn-line-" + std::to_string(getpid());
  const auto opened = [&] {
    return open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  };
  signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{.rlim_cur = 15, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  {
    LineWriter writer({.gap_line = gap_line});
    writer.write_to(opened());
    writer.write("0123456789\n0123456789\n");
    while (writer.dropped() < 1) std::this_thread::yield();
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
    writer.write_to(opened());
    writer.write("kept\n");
  }
  std::ifstream file(path);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  EXPECT_EQ(text, "0123456789\n0123\ngap of 1\nkept\n");
  unlink(path.c_str());
}

std::vector<int> reported;

TEST(LineWriter, AWriteThatFailsLosesItsLinesAloud) {
  signal(SIGPIPE, SIG_IGN);
  Pipe broken;
  broken.stop_reading();
  const Pipe good;
  {
    LineWriter writer(
        {.gap_line = gap_line, .on_failure = [](int error) { reported.push_back(error); }});
    writer.write_to(broken.write_end);
    writer.write("lost\n");
    while (writer.dropped() < 1) std::this_thread::yield();
    writer.write_to(good.write_end);
    writer.write("kept\n");
  }
  EXPECT_EQ(reported, std::vector<int>{EPIPE});
  EXPECT_EQ(good.lines(), (std::vector<std::string>{"gap of 1", "kept"}));
}

TEST(LineWriter, WhatGoesOnFailingIsReportedOnce) {
  signal(SIGPIPE, SIG_IGN);
  reported.clear();
  Pipe broken;
  broken.stop_reading();
  {
    LineWriter writer(
        {.gap_line = gap_line, .on_failure = [](int error) { reported.push_back(error); }});
    std::uint64_t lost = 0;
    const auto lose = [&] {
      writer.write("lost\n");
      for (++lost; writer.dropped() < lost;) std::this_thread::yield();
    };
    writer.write_to(broken.write_end);
    for (int i = 0; i < 50; ++i) lose();
    writer.write_to(open("/dev/full", O_WRONLY | O_CLOEXEC));
    for (int i = 0; i < 50; ++i) lose();
  }
  EXPECT_EQ(reported, (std::vector<int>{EPIPE, ENOSPC}));
}

// As a terminal or a pipe is that another program has set so: the flag is shared with it.
TEST(LineWriter, ANonBlockingTargetIsWaitedFor) {
  const Pipe pipe;
  ASSERT_EQ(fcntl(pipe.write_end, F_SETFL, O_NONBLOCK), 0);
  const std::string line(pipe.size, 'x');
  std::vector<std::string> lines;
  std::thread reader;
  {
    LineWriter writer({.gap_line = gap_line});
    writer.write_to(pipe.write_end);
    for (int i = 0; i < 20; ++i) writer.write(line + "\n");
    reader = std::thread([&] { lines = pipe.lines(); });
    EXPECT_EQ(writer.finish(), 0u);
    EXPECT_EQ(writer.dropped(), 0u);
  }
  reader.join();
  EXPECT_EQ(lines, std::vector<std::string>(20, line));
}

}  // namespace
}  // namespace gh
