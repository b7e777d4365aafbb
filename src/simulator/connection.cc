#include "simulator/connection.h"

#include <utility>

#include "simulator/http_reader.h"
#include "simulator/router.h"

namespace gh::simulator {

Connection::Connection(net::Loop& loop, Fd fd, const net::Address& peer, Engine& engine,
                       Recorder& recorder, std::uint64_t id, ConnectionOwner& owner)
    : loop_(loop),
      engine_(engine),
      recorder_(recorder),
      id_(id),
      owner_(owner),
      timer_(loop, timer_fired, this),
      stream_(net::Stream::accept(loop, std::move(fd), peer, {}, *this)) {}

void Connection::on_data(std::string_view bytes) {
  // What comes while a request is answered waits; more of it than one request is not read.
  if (in_.size() > engine_.profile().options.max_body + kMaxHead) return end();
  in_.append(bytes);
  if (answer_ == nullptr && in_.size() >= needed_) read_next();
}

void Connection::read_next() {
  HttpRequest request;
  const ReadState state =
      read_request(in_.view(), engine_.profile().options.max_body, request, needed_);
  if (state == ReadState::need_more) return timer_.disarm();
  if (state == ReadState::bad) {
    recorder_.record(id_, false, in_.view());
    in_.clear();
    last_ = true;
    answer_ = answer_invalid(engine_);
  } else {
    recorder_.record(id_, true, request.raw);
    last_ = !request.keep_alive;
    answer_ = answer(engine_, request);
    in_.consume(request.raw.size());
  }
  needed_ = 1;
  due_ = loop_.now();
  play();
}

void Connection::play() {
  std::string bytes;
  while (stream_->pending() <= net::Stream::kHighWater) {
    if (loop_.now() < due_) return timer_.arm(due_);
    bytes.clear();
    const Answer::Next next = answer_->next(bytes);
    stream_->write(bytes);
    due_ = loop_.now() + next.wait;
    if (next.end == Answer::End::no) continue;
    if (next.end == Answer::End::keep && !last_) return answered();
    // The end waits for its time; what was written leaves before that.
    ending_ = next.end;
    return next.wait > Duration{} ? timer_.arm(due_) : timer_fired(this);
  }
}

void Connection::answered() {
  answer_.reset();
  if (!in_.empty()) {
    // By way of the loop, so that pipelined requests do not starve the other connections.
    return timer_.arm(loop_.now());
  }
  in_.release();
  const Duration idle = engine_.profile().options.keep_alive;
  if (idle > Duration{}) timer_.arm(loop_.now() + idle);
}

void Connection::timer_fired(void* self) {
  auto& connection = *static_cast<Connection*>(self);
  if (connection.ending_ == Answer::End::reset) {
    connection.stream_->close(true);
    return connection.end();
  }
  if (connection.ending_ != Answer::End::no) {
    connection.answer_.reset();
    return connection.stream_->close_after_flush();
  }
  if (connection.answer_ != nullptr) return connection.play();
  if (!connection.in_.empty()) return connection.read_next();
  connection.stream_->close_after_flush();  // idle for too long
}

void Connection::on_drained() {
  if (answer_ != nullptr && ending_ == Answer::End::no) play();
}

void Connection::on_close(net::CloseReason, std::string_view) {
  end();
}

void Connection::end() {
  timer_.disarm();
  answer_.reset();
  if (!in_.empty()) recorder_.record(id_, false, in_.view());
  stream_->close();
  owner_.on_end(*this);
}

}  // namespace gh::simulator
