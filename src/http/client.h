#pragma once
// One HTTP/1.1 connection to an upstream, one request at a time. The upstream is not trusted: its
// framing is held to the same grammar, bodies end by Content-Length, by the last chunk, or by
// close when the head allows that; 1xx answers are swallowed; trailers are dropped. `reusable()`
// is true only after an exchange without any doubt about framing. Loop thread only.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "net/stream.h"

namespace gh::http {

enum class ClientFailure : std::uint8_t {
  connect_failed,  // nothing was written
  tls_failed,      // nothing was written
  reset,           // the connection ended before the answer did
  invalid,         // the answer breaks the grammar or a limit
};

struct AnswerHead {
  int status = 0;
  std::span<const Field> fields;
  std::optional<std::uint64_t> content_length;
  // The only field of that lower-case name, nothing when absent or repeated.
  std::optional<std::string_view> only(std::string_view name) const;
};

class AnswerEvents {
 public:
  // Views are valid during the call.
  virtual void on_answer_head(const AnswerHead& head) = 0;
  virtual void on_answer_data(std::string_view bytes) = 0;
  virtual void on_answer_end() = 0;
  virtual void on_answer_failed(ClientFailure failure, std::string_view detail) = 0;

 protected:
  ~AnswerEvents() = default;
};

struct ClientLimits {
  std::size_t head_bytes = 32 << 10;
  std::size_t fields = 64;
  std::uint64_t body_bytes = UINT64_MAX;
};

class ClientConnection final : public net::Deferred, private net::StreamEvents {
 public:
  ClientConnection(net::Loop& loop, net::Fd fd, net::Stream::Connect how, ClientLimits limits);
  ~ClientConnection() override;

  // Begins an exchange: `head` is a complete request head with Content-Length, `body` follows it.
  // Queued until the connection is up. Exactly one of on_answer_end and on_answer_failed follows,
  // unless close() comes first.
  void send(std::string_view head, std::string_view body, AnswerEvents& events);
  // Whether any byte of the current request has been given to the kernel.
  bool request_begun() const;
  // Back-pressure: stops reading the answer.
  void pause(bool paused);
  void close();

  bool connected() const;
  // After on_answer_end: may carry another request.
  bool reusable() const;
  // A pooled connection must be asked right before use: false when bytes or an end are waiting.
  bool fresh() const;
  MonoTime idle_since() const;

 private:
  void on_open() override;
  void on_data(std::string_view bytes) override;
  void on_close(net::CloseReason reason, std::string_view detail) override;

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gh::http
