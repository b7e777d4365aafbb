#pragma once
// One HTTP/1.1 connection to an upstream, one request at a time. The upstream is not trusted: its
// framing is held to the grammar and limits of requests; bodies end by Content-Length, by the last
// chunk, or by close when the head has neither. 1xx answers are swallowed, 101 is refused, as are
// trailers, which we never ask for. `reusable()` is true only after an exchange without any doubt
// about framing. Loop thread only.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "http/message.h"
#include "net/stream.h"

namespace gh::http {

enum class ClientFailure : std::uint8_t {
  shortage,        // nothing was written: here is no descriptor, port or memory (net/socket.h)
  connect_failed,  // nothing was written
  tls_failed,      // nothing was written
  reset,           // the connection ended before the answer did
  invalid,         // the answer breaks the grammar or a limit
};
constexpr bool never_connected(ClientFailure failure) {
  return failure <= ClientFailure::tls_failed;
}
std::string_view name(ClientFailure failure);

struct AnswerHead {
  int status = 0;
  std::span<const Field> fields;
  std::optional<std::uint64_t> content_length;
  std::optional<std::string_view> only(std::string_view name) const;  // as only_field
};

class AnswerEvents {
 public:
  // The connection is up, its handshake included; only for a request that was sent before.
  virtual void on_connected() {}
  // Views are valid during the call.
  virtual void on_answer_head(const AnswerHead& head) = 0;
  virtual void on_answer_data(std::string_view bytes) = 0;
  virtual void on_answer_end() = 0;
  virtual void on_answer_failed(ClientFailure failure, std::string_view detail) = 0;

 protected:
  ~AnswerEvents() = default;
};

struct ClientLimits {
  std::uint64_t body_bytes = UINT64_MAX;
};

class ClientConnection final : public net::Deferred, private net::StreamEvents {
 public:
  ClientConnection(net::Loop& loop, Fd fd, const net::Stream::Connect& how, ClientLimits limits);
  ~ClientConnection() override;

  // Begins an exchange: `head` is a complete request head with Content-Length, `body` follows it;
  // both are copied. Queued until the connection is up. Exactly one of on_answer_end and
  // on_answer_failed follows, unless close() comes first. Any callback may call close(), and after
  // close() or a failure the owner gives the object to Loop::delete_later.
  void send(std::string_view head, std::string_view body, AnswerEvents& events);
  // Whether any byte of the current request may have been given to the kernel.
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
  MonoTime made_at() const;

 private:
  void on_open() override;
  void on_data(std::string_view bytes) override;
  void on_close(net::CloseReason reason, std::string_view detail) override;

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gh::http
