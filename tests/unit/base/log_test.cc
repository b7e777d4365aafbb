#include "base/log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <thread>

namespace gh::log {
namespace {

// Stderr, for as long as it lives, is a pipe of one page.
class PipedStderr {
 public:
  PipedStderr() : before_(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)) {
    std::array<int, 2> ends{};
    EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
    EXPECT_GT(fcntl(ends[1], F_SETPIPE_SZ, 4096), 0);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    read_end_ = ends[0];
  }
  ~PipedStderr() {
    restore();
    close(before_);
    close(read_end_);
  }
  PipedStderr(const PipedStderr&) = delete;
  PipedStderr& operator=(const PipedStderr&) = delete;

  void restore() const { dup2(before_, STDERR_FILENO); }
  // Until nobody has the other end.
  std::string read_all() const {
    std::string text;
    std::array<char, 4096> piece{};
    for (ssize_t got = 0; (got = read(read_end_, piece.data(), piece.size())) > 0;) {
      text.append(piece.data(), static_cast<std::size_t>(got));
    }
    return text;
  }

 private:
  const int before_;
  int read_end_ = -1;
};

constexpr std::string_view kMissing = " lines before this one are missing";

TEST(Log, InTheBackgroundNobodyWaitsForStderr) {
  const PipedStderr piped;
  std::string text;
  std::thread reader;
  {
    const Background background;
    const std::string message(100, 'x');
    for (int i = 0; i < 20'000; ++i) warn("{}", message);  // 3 MB, and nobody reads
    piped.restore();
    reader = std::thread([&] { text = piped.read_all(); });
  }
  reader.join();
  auto written = static_cast<std::size_t>(std::ranges::count(text, '\n'));
  std::size_t missing = 0;
  // More than one gap when the thread began late.
  for (auto gap = text.find(kMissing); gap != std::string::npos;
       gap = text.find(kMissing, gap + 1)) {
    const auto begin = text.rfind('"', gap) + 1;
    missing += std::stoul(text.substr(begin, gap - begin));
    --written;
  }
  EXPECT_GT(missing, 0u);
  EXPECT_EQ(written + missing, 20'000u);
  EXPECT_TRUE(text.ends_with("\"}\n"));
}

TEST(Log, TheEndOfTheBackgroundWritesWhatWaits) {
  const PipedStderr piped;
  {
    const Background background;
    info("{}", "at last");
    piped.restore();
  }
  EXPECT_NE(piped.read_all().find(R"("level":"info","message":"at last"})"), std::string::npos);
}

}  // namespace
}  // namespace gh::log
