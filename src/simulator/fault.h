#pragma once
// Faults that a request asks for in its own prompt: a hardened gateway passes on neither headers
// nor unknown fields, but it does pass on text. A prompt or message that begins with
// `sim:fault=NAME,key=value,…` gets that fault; README.md lists names and keys. A name, key
// or value that is not known is refused, so that a test never passes for want of a fault.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "simulator/api_error.h"

namespace gh::simulator {

class Fault {
 public:
  enum class Kind : std::uint8_t {
    late,
    cut_after,
    huge_event,
    huge_body,
    huge_head,
    invalid_json,
    invalid_sse,
    invalid_head,
    lying_usage,
    no_usage,
    wrong_content_type,
    status,
    error_event,
    no_done,
    extra_bytes,
    short_body,
    one_oh,
    chunk_garbage,
    trailers,
    slow_drip,
    keepalive_comments,
    interim,
    split,
    tool_call,
    stop,
    echo,
    hang,
  };

  // Nothing when `text` asks for no fault.
  static Expected<std::optional<Fault>> parse(std::string_view text);

  Kind kind() const { return kind_; }
  // A parameter, or its default; numbers are at most 256 Mi.
  std::uint64_t number(std::string_view key, std::uint64_t otherwise) const;
  std::string_view text(std::string_view key, std::string_view otherwise) const;
  Duration milliseconds(std::string_view key, std::uint64_t otherwise) const;

 private:
  Kind kind_ = Kind::late;
  std::map<std::string, std::string, std::less<>> parameters_;
};

}  // namespace gh::simulator
