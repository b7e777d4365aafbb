#pragma once
// One connection as a stream of bytes, plain or TLS, accepted or connected.
//
// Life: made → (PROXY head) → (TLS handshake | connect) → on_open → on_data … → on_close. The owner
// gets on_close exactly once unless it calls close() itself; after either, no callback comes and
// the owner gives the object to Loop::delete_later. Writes are queued and leave at the end of the
// loop's turn. The peer's end of file is on_close(eof): a client that half-closes has left.
// Loop thread only.

#include <ev.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "net/address.h"
#include "net/loop.h"
#include "net/socket.h"
#include "net/tls.h"

using SSL = struct ssl_st;

namespace gh::net {

enum class CloseReason : std::uint8_t {
  eof,    // the peer closed in order
  reset,  // the peer or the network broke it
  connect_failed,
  tls_failed,  // handshake or record error, or an untrusted certificate
  bad_proxy_head,
};
std::string_view name(CloseReason reason);

class StreamEvents {
 public:
  // The peer's address is known (for a proxied connection: the real one). False refuses it: the
  // stream is closed without further callback.
  virtual bool on_peer(const Address&) { return true; }
  virtual void on_open() {}
  // All bytes are the callee's to take; the view is valid during the call.
  virtual void on_data(std::string_view bytes) = 0;
  // pending() was above kHighWater and has fallen to kLowWater.
  virtual void on_drained() {}
  // `detail` is for the operator: an OpenSSL or errno text.
  virtual void on_close(CloseReason reason, std::string_view detail) = 0;

 protected:
  ~StreamEvents() = default;
};

class Stream final : public Deferred, private Flushable {
 public:
  static constexpr std::size_t kHighWater = 64 << 10;
  static constexpr std::size_t kLowWater = 32 << 10;

  struct Accept {
    std::shared_ptr<const TlsServer> tls;  // null: plain
    bool proxy_head = false;               // a PROXY v2 head comes first
  };
  static std::unique_ptr<Stream> accept(Loop& loop, Fd fd, const Address& peer, Accept how,
                                        StreamEvents& events);

  struct Connect {
    std::shared_ptr<const TlsClient> tls;  // null: plain
    std::string server_name;               // verified against the certificate
  };
  // `fd` from begin_connect. Deadlines are the owner's.
  static std::unique_ptr<Stream> connect(Loop& loop, Fd fd, const Connect& how,
                                         StreamEvents& events);

  ~Stream() override;

  // Queues bytes; of many, what the kernel takes of them at once is not copied first. Nothing
  // happens after close, and no callback comes from here.
  void write(std::string_view bytes);
  // Where to append more without a copy; call queued() afterwards.
  Buffer& out() { return out_; }
  void queued();
  // Bytes queued that the kernel has not taken yet.
  std::size_t pending() const { return out_.size(); }
  // Bytes that the kernel has taken, in all; also when the stream is closed.
  std::uint64_t sent() const { return sent_; }
  // When the kernel last took bytes, or when bytes were queued on an empty queue.
  MonoTime write_progress() const { return write_progress_; }

  // Reading stops while any reason bit is set.
  void pause(std::uint8_t reason);
  void resume(std::uint8_t reason);
  bool paused() const { return pauses_ != 0; }

  // Ends it now; queued bytes are lost. `abort` resets a TCP connection instead of closing it in
  // order.
  void close(bool abort = false);
  // Sends what is queued, says goodbye, and waits for the peer to close or for at most two
  // seconds, so that the peer can read the last answer. on_close follows.
  void close_after_flush();

  bool is_open() const { return state_ == State::open; }
  bool is_closed() const { return state_ == State::closed; }
  // Whether bytes, an end or an error are waiting to be read: a pooled connection that says yes is
  // not fit for use.
  bool has_news() const;
  const Address& peer() const { return peer_; }
  bool alpn_h2() const;
  // One that the handshake has verified. Whose it is may be in any of its names: the subject of
  // some is empty.
  bool has_client_certificate() const;
  Loop& loop() { return loop_; }

 private:
  enum class State : std::uint8_t {
    proxy_head,
    accepted,
    handshake,
    connecting,
    open,
    lingering,
    closed
  };

  Stream(Loop& loop, Fd fd, const Address& peer, StreamEvents& events, State state);
  static void ready(struct ev_loop*, ev_io* watcher, int revents);
  static void timer_due(void* self);
  void flush() override;
  void flush_at_end_of_turn();
  // Sends the buffer and as much of `bytes` as the kernel takes; how much of `bytes` that was.
  std::size_t send_directly(std::string_view bytes);
  void on_readable();
  void on_writable();
  void read_proxy_head();
  void begin_accepted();
  void finish_connect();
  void shake_hands();
  void read_some();
  void read_held_next_turn();
  long read_into(char* place, std::size_t size);  // > 0 bytes, 0 would block, -1 ended
  void opened();
  void fail_tls(int error);  // as SSL_get_error gives it
  void fail(CloseReason reason, std::string_view detail);
  void update_interest();
  void say_goodbye();

  Loop& loop_;
  StreamEvents& events_;
  Fd fd_;
  SSL* ssl_ = nullptr;
  ev_io io_;
  Buffer out_;
  Address peer_;
  MonoTime write_progress_;
  std::uint64_t sent_ = 0;
  std::uint64_t read_turn_ = 0;  // the loop's turn of the last read
  State state_;
  std::uint8_t pauses_ = 0;
  bool is_tls_ = false;            // of a connecting stream
  bool want_write_ = false;        // the kernel took less than there is
  bool read_wants_write_ = false;  // OpenSSL must send before it reads on
  bool handshake_wants_write_ = false;
  bool above_high_water_ = false;
  bool flush_pending_ = false;
  bool close_when_flushed_ = false;
  Timer timer_;  // the next turn, for what needs no event of the socket; the end of lingering
  std::shared_ptr<const TlsServer> tls_server_;
  std::string proxy_head_;
};

}  // namespace gh::net
