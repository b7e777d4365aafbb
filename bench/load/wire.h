#pragma once
// What the load generator and the upstream mock share: sockets, time and their fixed requests and
// answers. One thread each; anything unexpected ends the process with a message, because a
// measurement that limps is worth nothing.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gh::bench {

[[noreturn]] void die(std::string_view what);        // "bench: what", exit 1
[[noreturn]] void die_errno(std::string_view what);  // … with the text of errno

// CLOCK_MONOTONIC, ns.
std::int64_t now_ns();

// `address` is "127.0.0.1:PORT".
int listen_on(std::string_view address);  // non-blocking
int connect_to(std::string_view address, bool blocking);
std::uint16_t local_port(int fd);
void raise_descriptor_limit();

// A `--name value` or `--name` list. Unknown names and missing values end the process.
class Arguments {
 public:
  Arguments(int argc, char** argv);
  std::string text(std::string_view name, std::string_view fallback);
  std::uint64_t number(std::string_view name, std::uint64_t fallback);
  bool flag(std::string_view name);
  void check_all_used() const;

 private:
  struct Entry {
    std::string name;
    std::string value;
    bool used = false;
  };
  std::string* find(std::string_view name);
  std::vector<Entry> entries_;
};

// A valid chat request body of exactly `size` bytes (at least 300): a system and a user message
// of English words, with an escaped character now and then as in real prompts.
std::string chat_body(std::size_t size, bool stream);

// Body of a vLLM 0.32 chat completion with usage.
std::string_view completion_body();

// One event of a vLLM 0.32 chat stream as a chunk of HTTP/1.1, 230 bytes or so.
// `tokens` is the completion so far; `usage` adds the count that `continuous_usage_stats` asks for.
enum class Event : std::uint8_t { role, content, finish, usage, done };
std::string stream_event(Event event, unsigned tokens, bool usage);

}  // namespace gh::bench
