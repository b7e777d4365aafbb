#pragma once
// The seam between a connection and the protocol on it: a Session gets bytes and time, a Transport
// takes bytes and wishes. So HTTP/1.1 and HTTP/2 are tested and fuzzed without sockets or sleep.
// Loop thread only.

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "base/clock.h"
#include "http/glitch.h"
#include "http/h1_request.h"
#include "http/server.h"
#include "net/address.h"

namespace gh::http {

// What a session needs of its connection. After close() and close_after_flush() the session is
// called no more, except by its owner's destruction.
class Transport {
 public:
  // Where to append what shall be sent; call queued() afterwards.
  virtual Buffer& out() = 0;
  virtual void queued() = 0;
  // Bytes queued that the kernel has not taken yet.
  virtual std::size_t pending() const = 0;
  // When the kernel last took bytes, or when bytes were queued on an empty queue.
  virtual MonoTime write_progress() const = 0;
  virtual void pause_reading(bool paused) = 0;
  virtual void close_after_flush() = 0;
  virtual void close() = 0;  // resets the connection
  // Asks for on_flush before the loop sleeps.
  virtual void flush_later() = 0;
  // Asks for on_deadline at that time, in place of an earlier wish. never() is no wish.
  virtual void wake_at(MonoTime time) = 0;
  virtual MonoTime now() const = 0;
  virtual const net::Address& peer() const = 0;
  virtual bool has_client_certificate() const = 0;

 protected:
  ~Transport() = default;
};

class Session {
 public:
  virtual ~Session() = default;
  virtual void on_data(std::string_view bytes) = 0;
  // pending() was above the transport's high water mark and has fallen to its low one.
  virtual void on_drained() = 0;
  virtual void on_deadline() = 0;
  virtual void on_flush() = 0;
  // The connection has ended; the session tells its open requests.
  virtual void on_disconnected() = 0;
  // No request after those that have begun.
  virtual void drain() = 0;
};

class H2Library;

// For a client that has connected and not asked yet when the program is about to end.
inline constexpr Duration kLastChance = std::chrono::seconds(1);

// What all sessions of one Server share.
struct Shared {
  explicit Shared(ServerEvents& receiver);
  ~Shared();

  // "Wed, 25 Nov 2026 17:15:23 GMT", made once a second.
  std::string_view date();
  std::unique_ptr<H1Request> take_parser();
  void give_back(std::unique_ptr<H1Request> parser);

  ServerEvents& events;
  std::unique_ptr<H2Library> h2;
  bool draining = false;  // connections end when they are idle, new ones after kLastChance

 private:
  std::unique_ptr<H1Request> spare_;
  std::string date_;
  std::int64_t date_second_ = -1;
};

// When a body of `size` bytes that began at `now` has to be complete.
MonoTime body_deadline(const ServerOptions& options, MonoTime now, std::uint64_t size);

// The text of an answer below the level of requests.
std::string glitch_text(Glitch glitch);

}  // namespace gh::http
