#pragma once
// The server side of HTTP as the gateway sees it, the same for HTTP/1.1 and HTTP/2.
//
// For each request: ServerEvents::on_request gives the head and asks for a RequestEvents; then
// on_body … on_body_end; the handler answers through ServerStream with send_head, send_data …,
// finish (or abort). Answering early is allowed: the codec reads and drops up to kDrainLimit bytes
// of body that still come, then keeps the connection, or closes it when there is more. After
// finish, abort, on_gone, on_slow_reader or on_bad_body neither side calls the other again and the
// ServerStream is gone. No call of a ServerStream calls its handler back; one that ends the
// connection (abort, of an HTTP/1.1 answer with a length) may call ServerEvents::on_disconnection.
// Loop thread only.

#include <cstdint>
#include <memory>
#include <string_view>

#include "http/glitch.h"
#include "http/message.h"
#include "net/address.h"
#include "net/stream.h"
#include "net/tls.h"

namespace gh::http {

inline constexpr std::size_t kDrainLimit = 64 << 10;

// One request's answer. Owned by the codec; valid until finish, abort or the last call of its
// handler.
class ServerStream {
 public:
  // Begins the answer; once. With content_length 0 nothing but finish() may follow.
  virtual void send_head(const ResponseHead& head) = 0;
  virtual void send_data(std::string_view bytes) = 0;  // copied
  virtual void finish() = 0;
  // Ends it so that the client can tell: HTTP/1.1 closes without the last chunk, HTTP/2 sends
  // RST_STREAM(INTERNAL_ERROR). What was sent before still leaves.
  virtual void abort() = 0;
  // Sends "100 Continue" when the head asked for it and nothing was sent yet.
  virtual void send_continue() = 0;
  // Answer bytes accepted but not yet taken by the kernel (HTTP/2: by flow control).
  virtual std::size_t pending() const = 0;
  virtual const net::Address& peer() const = 0;
  virtual bool has_client_certificate() const = 0;  // one that was verified

 protected:
  ~ServerStream() = default;
};

// One request as the handler sees it. Owned by the handler; must live until finish, abort, on_gone,
// on_slow_reader or on_bad_body.
class RequestEvents {
 public:
  // `ahead`: how many more the client has said will follow at least, as of the rest of a chunk.
  virtual void on_body(std::string_view bytes, std::uint64_t ahead) = 0;
  virtual void on_body_end() = 0;
  virtual void on_writable() = 0;  // pending() fell to the low water mark
  virtual void on_gone() = 0;      // the client left, or the connection broke
  // The client has not taken what was sent for ServerOptions::write_timeout, and was cut. The last
  // call, as on_gone.
  virtual void on_slow_reader() = 0;
  // The rest of the body does not come: it is too slow, or not HTTP. The last call, as on_gone,
  // unless the handler answers at once and whole. Else the codec answers `status` in text. 0 says
  // that there is nothing left to answer on: the answer has begun and is cut, or the client broke
  // the HTTP/2 stream, which it can do at any time before it has the whole answer.
  virtual void on_bad_body(Glitch glitch, int status) = 0;

 protected:
  ~RequestEvents() = default;
};

class ServerEvents {
 public:
  // False refuses the connection (caps); no further callback for it.
  virtual bool on_connection(const net::Address& peer) = 0;
  virtual void on_disconnection(const net::Address& peer) = 0;  // for each that on_connection took
  // The head's views are valid during the call only. Never null; the handler may answer at once.
  virtual RequestEvents* on_request(ServerStream& stream, const RequestHead& head) = 0;
  // A head that is refused, with status_of(glitch). The handler may answer at once and whole; else
  // the codec does, in text. HTTP/1.1 closes then.
  virtual void on_bad_head(ServerStream& stream, Glitch glitch) = 0;
  virtual void on_glitch(Glitch glitch, const net::Address& peer) = 0;

 protected:
  ~ServerEvents() = default;
};

struct ServerOptions {
  Duration handshake_timeout = std::chrono::seconds(10);
  Duration head_timeout = std::chrono::seconds(10);  // from accept, or from the first byte of a
                                                     // later request
  Duration body_timeout = std::chrono::seconds(10);  // plus size / body_min_rate, absolute
  std::uint64_t body_min_rate = 16 << 10;            // bytes per second
  Duration keep_alive_timeout = std::chrono::seconds(60);
  Duration write_timeout = std::chrono::seconds(30);  // no byte taken by the client for so long
};

// Everything that one listener's connections share on one loop. Accept with `accept`; each
// connection owns itself and ends by itself. Not more than one thread.
class Server {
 public:
  Server(net::Loop& loop, ServerEvents& events);
  ~Server();  // closes what is open, in the middle of an answer too
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // The protocol is chosen by ALPN; plain connections speak HTTP/1.1, or HTTP/2 by prior knowledge.
  void accept(Fd fd, const net::Address& peer, net::Stream::Accept how,
              std::shared_ptr<const ServerOptions> options);
  // For draining: closes idle connections, others once what runs on them has been answered.
  // HTTP/1.1 says "Connection: close" from now on, HTTP/2 GOAWAY as the last frame.
  void drain();
  std::size_t connections() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gh::http
