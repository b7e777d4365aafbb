#pragma once
// An answer on its way: bytes now, and how long until the next ones. Pure of sockets and clocks;
// the connection that drives it waits and sends. Destroying one early means that the client left.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "simulator/engine.h"
#include "simulator/generation.h"

namespace gh::simulator {

class Answer {
 public:
  enum class End : std::uint8_t {
    no,     // call next() again after `wait`
    keep,   // the answer is complete; the next request may come, if the client keeps the connection
    close,  // close the connection in order
    reset,  // reset it
  };
  struct Next {
    End end = End::no;
    Duration wait{};  // before next() is called again, or before the connection ends
  };
  virtual ~Answer() = default;
  // Appends what is to be sent now.
  virtual Next next(std::string& out) = 0;
};

// One part of an answer and the time before it.
struct TimedBytes {
  Duration wait{};
  std::string bytes;
};

// Parts that are all known: short answers, and every answer with a fault.
class ScriptedAnswer final : public Answer {
 public:
  // `running` may be null, for what does not reach the model.
  ScriptedAnswer(std::vector<TimedBytes> parts, Next last,
                 std::unique_ptr<Engine::Running> running);
  Next next(std::string& out) override;

 private:
  std::vector<TimedBytes> parts_;
  Next last_;
  std::unique_ptr<Engine::Running> running_;
  std::size_t at_ = 0;
  bool waited_ = false;
};

// What a request decides about its answer's head.
struct HeadFields {
  std::string request_id;  // x-request-id, when the server is told to send it
  bool close = false;      // the client asked for it
};

// What the model is working on, streamed or not.
class GeneratedAnswer final : public Answer {
 public:
  GeneratedAnswer(Engine& engine, Generation generation, HeadFields head, Duration first_wait,
                  std::unique_ptr<Engine::Running> running);
  Next next(std::string& out) override;

 private:
  Next next_events(std::string& out);
  Next whole(std::string& out);
  Next finished();
  void count();

  Engine& engine_;
  Generation generation_;
  HeadFields head_;
  Duration wait_;  // before the head, until it has been waited for
  std::unique_ptr<Engine::Running> running_;
  std::uint64_t counted_ = 0;
  bool waited_ = false;
  bool begun_ = false;
};

}  // namespace gh::simulator
