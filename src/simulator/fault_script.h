#pragma once
// Turns a good answer into the bad one that a fault asks for. Pure.

#include <string>
#include <vector>

#include "simulator/answer.h"
#include "simulator/fault.h"
#include "simulator/wire.h"

namespace gh::simulator {

// A good answer in pieces: the events of a stream, or one body.
struct GoodAnswer {
  Head head;  // as it would be sent, but for its length
  bool stream = false;
  bool nested_errors = true;
  std::vector<TimedBytes> pieces;
};

struct Script {
  std::vector<TimedBytes> parts;
  Answer::Next last;
};

// For every kind but those that change what the model says (lying_usage, no_usage, tool_call, stop,
// echo, huge_event, huge_body), which answer as usual.
Script bad_answer(const Fault& fault, GoodAnswer good);

}  // namespace gh::simulator
