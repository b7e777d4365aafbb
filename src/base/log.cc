#include "base/log.h"

#include <fcntl.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <atomic>
#include <memory>

#include "base/check.h"
#include "base/clock.h"
#include "base/line_writer.h"
#include "base/text.h"

namespace gh::log {
namespace {

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warn:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

constexpr std::string_view kNames[] = {"debug", "info", "warn", "error"};

spdlog::logger& logger() {
  static spdlog::logger instance = [] {
    spdlog::logger made("gatehouse", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made.set_pattern("%v");  // the whole line is ours
    made.set_level(spdlog::level::info);
    made.flush_on(spdlog::level::debug);
    return made;
  }();
  return instance;
}

std::string make_line(Level level, std::string_view message) {
  std::string line = R"({"ts":")" + rfc3339(system_clock().wall()) + R"(","level":")";
  line += kNames[static_cast<std::size_t>(level)];
  line += R"(","message":")";
  append_json_escaped(line, message);
  line += R"("})";
  return line;
}

std::string gap_line(std::uint64_t lines) {
  return make_line(
             Level::warn,
             fmt::format("{} lines before this one are missing: stderr took no more", lines)) +
         '\n';
}

std::atomic<LineWriter*> background{nullptr};

}  // namespace

Background::Background() {
  auto writer = std::make_unique<LineWriter>(
      LineWriter::Options{.most_waiting = 1 << 20, .gap_line = gap_line});
  writer->write_to(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0));
  GH_CHECK(background.exchange(writer.release()) == nullptr);
}

Background::~Background() {
  delete background.exchange(nullptr);
}

void set_level(Level level) {
  logger().set_level(to_spdlog(level));
}

bool enabled(Level level) {
  return logger().should_log(to_spdlog(level));
}

void write(Level level, std::string_view message) {
  if (LineWriter* writer = background.load(std::memory_order_acquire)) {
    writer->write(make_line(level, message) + '\n');
  } else {
    logger().log(to_spdlog(level), make_line(level, message));
  }
}

}  // namespace gh::log
