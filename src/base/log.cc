#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/clock.h"
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

}  // namespace

void set_level(Level level) {
  logger().set_level(to_spdlog(level));
}

bool enabled(Level level) {
  return logger().should_log(to_spdlog(level));
}

void write(Level level, std::string_view message) {
  std::string line = R"({"ts":")" + rfc3339(system_clock().wall()) + R"(","level":")";
  line += kNames[static_cast<std::size_t>(level)];
  line += R"(","message":")";
  append_json_escaped(line, message);
  line += R"("})";
  logger().log(to_spdlog(level), line);
}

}  // namespace gh::log
