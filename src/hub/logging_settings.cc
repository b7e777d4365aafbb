#include "hub/logging_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.h"
#include "hub/config_rules.h"
#include "hub/target.h"

namespace gh::hub {

namespace {

using json::Value;

constexpr std::size_t kQuoted = 120;

// Where formatters, handlers and filters are that such files name.
constexpr auto kUsual = std::to_array<std::string_view>({"asgi_correlation_id",
                                                         "colorlog",
                                                         "colorlog.formatter",
                                                         "concurrent_log_handler",
                                                         "gunicorn.glogging",
                                                         "gunicorn.instrument.statsd",
                                                         "json_log_formatter",
                                                         "logging",
                                                         "logging.handlers",
                                                         "logging_loki",
                                                         "logstash_async.handler",
                                                         "pythonjsonlogger.json",
                                                         "pythonjsonlogger.jsonlogger",
                                                         "pythonjsonlogger.orjson",
                                                         "queue",
                                                         "rich.logging",
                                                         "sentry_sdk.integrations.logging",
                                                         "structlog",
                                                         "structlog.stdlib",
                                                         "uvicorn.logging",
                                                         "watchtower"});

// A class right there: "logging.os.system" is none.
bool is_usual(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot + 1 == name.size()) return false;
  const std::string_view last = name.substr(dot + 1);
  const Target judged = judge_target(name);
  if (judged == Target::runs || judged == Target::loader || last[0] < 'A' || last[0] > 'Z')
    return false;
  return name.starts_with("vllm.") ||
         std::ranges::find(kUsual, name.substr(0, dot)) != kUsual.end();
}

void called(const Input& input, std::string_view key, Value name) {
  if (name.is_string() && !is_usual(name.string())) examine_target(input, key, name.string());
}

void imported(const Input& input, std::string_view key, std::string_view text) {
  static constexpr std::string_view kScheme = "ext://";
  if (!text.starts_with(kScheme)) return;
  const std::string_view name = text.substr(kScheme.size());
  if (name == "sys.stdout" || name == "sys.stderr" || name == "sys.stdin" || is_usual(name)) return;
  // Constants: "socket.SOCK_STREAM", "logging.handlers.SysLogHandler.LOG_USER".
  const bool constant = name.starts_with("socket.SOCK_") || name.starts_with("logging.");
  if (constant && judge_target(name.substr(name.find('.') + 1)) == Target::unknown) return;
  input.add(rule::kImport, fmt::format("{} is {}", escape(key, 64), escape(text, kQuoted)), text);
}

void part(const Input& input, std::string_view key, Value value) {
  if (value.is_string()) imported(input, key, value.string());
  called(input, "()", value["()"]);
  for (const Value element : value.elements()) part(input, key, element);
  for (const auto [name, member] : value.members()) part(input, name, member);
}

}  // namespace

void examine_logging(const Input& input, Value object) {
  static constexpr auto kSections =
      std::to_array<std::string_view>({"filters", "formatters", "handlers", "loggers", "root"});
  // Python refuses one without a version.
  if (!object["version"].exists()) return;
  for (const std::string_view section : kSections) {
    const Value parts = object[section];
    if (!parts.is_object()) continue;
    part(input, section, parts);
    for (const auto [name, one] : parts.members()) {
      if (one["()"].exists()) continue;  // it is taken for that, whatever else it says
      called(input, "class", one["class"]);
      if (section != "handlers") continue;
      called(input, "queue", one["queue"]);
      called(input, "listener", one["listener"]);
    }
  }
}

}  // namespace gh::hub
