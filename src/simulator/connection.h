#pragma once
// One client connection: reads requests one after another and plays their answers in time. Ends by
// itself and hands itself to its owner. A client that closes or half-closes while it is answered
// has left: the answer is dropped at once, as vLLM does (0.32.0, measured). Loop thread only.

#include <cstdint>
#include <memory>
#include <string>

#include "base/buffer.h"
#include "net/loop.h"
#include "net/stream.h"
#include "simulator/answer.h"
#include "simulator/engine.h"
#include "simulator/recorder.h"

namespace gh::simulator {

class Connection;

class ConnectionOwner {
 public:
  // Called once, last; the callee deletes the connection after the turn.
  virtual void on_end(Connection& connection) = 0;

 protected:
  ~ConnectionOwner() = default;
};

class Connection final : public net::Deferred, private net::StreamEvents {
 public:
  Connection(net::Loop& loop, Fd fd, const net::Address& peer, Engine& engine, Recorder& recorder,
             std::uint64_t id, ConnectionOwner& owner);

  std::uint64_t id() const { return id_; }

 private:
  void on_data(std::string_view bytes) override;
  void on_drained() override;
  void on_close(net::CloseReason reason, std::string_view detail) override;
  static void timer_fired(void* self);

  void read_next();
  void play();
  void answered();
  void end();

  net::Loop& loop_;
  Engine& engine_;
  Recorder& recorder_;
  const std::uint64_t id_;
  ConnectionOwner& owner_;
  Buffer in_;
  std::size_t needed_ = 1;  // bytes of in_ that make another look worth while
  std::unique_ptr<Answer> answer_;
  Answer::End ending_ = Answer::End::no;  // what the timer is waiting to do, if anything
  MonoTime due_;                          // of the answer's next part
  bool last_ = false;                     // no request after this one
  net::Timer timer_;
  std::unique_ptr<net::Stream> stream_;
};

}  // namespace gh::simulator
