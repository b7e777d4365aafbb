#pragma once
// One accepted connection: a stream, a timer, and the session of the protocol that was chosen.
// Loop thread only.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/session.h"
#include "net/loop.h"
#include "net/stream.h"

namespace gh::http {

class Connection final : public net::Deferred,
                         private Transport,
                         private net::StreamEvents,
                         private net::Flushable {
 public:
  class Owner {
   public:
    // The connection has ended. Called from inside whatever ended it: a callback of its stream, a
    // timer, or a handler that aborts its answer.
    virtual void on_ended(Connection& connection) = 0;

   protected:
    ~Owner() = default;
  };

  Connection(net::Loop& loop, Fd fd, const net::Address& peer, net::Stream::Accept how,
             std::shared_ptr<const ServerOptions> options, Shared& shared, Owner& owner);
  ~Connection() override;

  void drain();

  std::size_t place = 0;  // in the owner's list

 private:
  // StreamEvents
  bool on_peer(const net::Address& peer) override;
  void on_open() override;
  void on_data(std::string_view bytes) override;
  void on_drained() override;
  void on_close(net::CloseReason reason, std::string_view detail) override;

  // Transport
  Buffer& out() override { return stream_->out(); }
  void queued() override { stream_->queued(); }
  std::size_t pending() const override { return stream_->pending(); }
  MonoTime write_progress() const override { return stream_->write_progress(); }
  void pause_reading(bool paused) override;
  void close_after_flush() override;
  void close() override;
  void flush_later() override;
  void wake_at(MonoTime time) override;
  MonoTime now() const override { return loop_.now(); }
  const net::Address& peer() const override { return stream_->peer(); }
  bool has_client_certificate() const override { return stream_->has_client_certificate(); }

  void flush() override;
  static void timer_fired(void* self);
  void on_timer();
  template <class Protocol>
  void begin();
  bool choose_protocol(std::string_view bytes);
  void end();

  net::Loop& loop_;
  Shared& shared_;
  Owner& owner_;
  std::shared_ptr<const ServerOptions> options_;
  MonoTime accepted_;
  std::unique_ptr<net::Stream> stream_;
  std::unique_ptr<Session> session_;
  net::Timer timer_;
  std::uint8_t preface_seen_ = 0;  // bytes of HTTP/2's preface, of a protocol not chosen yet
  bool plain_;
  bool taken_ = false;    // on_connection said yes
  bool chosen_ = false;   // the protocol is certain
  bool closing_ = false;  // close_after_flush was called
  bool ended_ = false;
  bool flush_pending_ = false;
};

}  // namespace gh::http
