#include "simulator/answer.h"

#include <utility>

#include "simulator/wire.h"

namespace gh::simulator {
namespace {

// How much a flood of events writes before it looks whether the client keeps up.
constexpr std::size_t kBurst = 32 << 10;

}  // namespace

ScriptedAnswer::ScriptedAnswer(std::vector<TimedBytes> parts, Next last,
                               std::unique_ptr<Engine::Running> running)
    : parts_(std::move(parts)), last_(last), running_(std::move(running)) {}

Answer::Next ScriptedAnswer::next(std::string& out) {
  const std::size_t most = out.size() + kBurst;
  while (at_ < parts_.size() && out.size() < most) {
    TimedBytes& part = parts_[at_];
    if (part.wait > Duration{} && !waited_) {
      waited_ = true;
      return {End::no, part.wait};
    }
    waited_ = false;
    out += part.bytes;
    ++at_;
  }
  if (at_ < parts_.size()) return {};
  if (running_ != nullptr && last_.end == End::keep) running_->finish();
  return last_;
}

GeneratedAnswer::GeneratedAnswer(Engine& engine, Generation generation, HeadFields head,
                                 Duration first_wait, std::unique_ptr<Engine::Running> running)
    : engine_(engine),
      generation_(std::move(generation)),
      head_(std::move(head)),
      wait_(first_wait),
      running_(std::move(running)) {
  if (!generation_.request().stream) {
    wait_ += engine_.profile().options.token_delay * static_cast<std::int64_t>(generation_.steps());
  }
}

Answer::Next GeneratedAnswer::next(std::string& out) {
  if (wait_ > Duration{} && !waited_) {
    waited_ = true;
    return {End::no, wait_};
  }
  return generation_.request().stream ? next_events(out) : whole(out);
}

Answer::Next GeneratedAnswer::next_events(std::string& out) {
  if (!begun_) {
    begun_ = true;
    write_head(out, {.date = engine_.http_date(),
                     .content_type = kEventStream,
                     .request_id = head_.request_id,
                     .close = head_.close});
  }
  const Duration delay = engine_.profile().options.token_delay;
  const std::size_t most = out.size() + kBurst;
  std::string event;
  while (out.size() < most) {
    event.clear();
    const Generation::After after = generation_.next_event(event);
    write_chunk(out, event);
    if (after == Generation::After::end) {
      out += kLastChunk;
      return finished();
    }
    if (after == Generation::After::step && delay > Duration{}) {
      count();
      return {End::no, delay};
    }
  }
  count();
  return {};
}

Answer::Next GeneratedAnswer::whole(std::string& out) {
  std::string body;
  generation_.write_body(body);
  write_head(out, {.date = engine_.http_date(),
                   .content_type = kJson,
                   .length = body.size(),
                   .request_id = head_.request_id,
                   .close = head_.close});
  out += body;
  return finished();
}

Answer::Next GeneratedAnswer::finished() {
  count();
  const std::uint64_t stopped = generation_.stopped();
  engine_.counters().finished_by_stop += stopped;
  engine_.counters().finished_by_length += generation_.choices() - stopped;
  running_->finish();
  return {End::keep, {}};
}

void GeneratedAnswer::count() {
  engine_.counters().generation_tokens += generation_.generated() - counted_;
  counted_ = generation_.generated();
}

}  // namespace gh::simulator
