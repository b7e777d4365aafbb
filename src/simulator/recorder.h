#pragma once
// Writes down what was received, byte for byte, so that a test can say what an upstream was sent,
// or that it was sent nothing. One JSON object per line:
//   {"connection":1,"complete":true,"bytes":"<base64 of head and body>"}
// `complete` is false for bytes that did not become a request before their connection ended. Each
// line is written before the request is answered. One thread.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "net/socket.h"

namespace gh::simulator {

class Recorder {
 public:
  Recorder() = default;  // records nothing
  // Appends to that file; "" records nothing.
  static Result<Recorder> open(const std::string& path);

  void record(std::uint64_t connection, bool complete, std::string_view bytes);

 private:
  Fd file_;
};

}  // namespace gh::simulator
