#pragma once
// The operator's log: one JSON object per line on stderr with time, level and message. Requests
// are logged elsewhere (gateway/request_log.h); this is for what the program itself has to say.
// Thread-safe. Never given a key, a prompt or an Authorization value. A line is written before the
// call returns, unless a `Background` lives.

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace gh::log {

enum class Level { debug, info, warn, error };

void set_level(Level level);
bool enabled(Level level);
void write(Level level, std::string_view message);

// While it lives, a thread of its own writes: a stderr that is stuck holds up nobody. What does not
// fit into 1 MiB is dropped, and a line says how many were. At its end what waits is written,
// within two seconds. One at a time; when it ends, no other thread may be logging.
class Background {
 public:
  Background();
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;
};

template <class... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::debug)) write(Level::debug, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::info)) write(Level::info, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void warn(fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::warn)) write(Level::warn, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void error(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::error, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace gh::log
