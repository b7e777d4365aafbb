#pragma once
// A connection without a socket and with a clock that stands still: what a session writes is kept,
// what it wishes is done by the test.

#include <string>
#include <string_view>
#include <utility>

#include "http/session.h"

namespace gh::http {

class FakeTransport final : public Transport {
 public:
  Buffer& out() override {
    if (out_.empty()) progress_ = time;
    return out_;
  }
  void queued() override {}
  std::size_t pending() const override { return out_.size(); }
  MonoTime write_progress() const override { return progress_; }
  void pause_reading(bool paused) override { reading_paused = paused; }
  void close_after_flush() override { closing = true; }
  void close() override { reset = true; }
  void wake_at(MonoTime at) override { wake = at; }
  void flush_later() override { wants_flush = true; }
  MonoTime now() const override { return time; }
  const net::Address& peer() const override { return peer_; }
  bool has_client_certificate() const override { return true; }

  bool ended() const { return closing || reset; }
  void attach(Session* session) { session_ = session; }

  void receive(std::string_view bytes) {
    if (!ended()) session_->on_data(bytes);
    end_turn();
  }
  // Ends the turn without the client reading anything.
  void run_flushes() {
    while (wants_flush && !ended()) {
      wants_flush = false;
      session_->on_flush();
    }
  }
  void end_turn() {
    run_flushes();
    while (reading && !out_.empty()) {
      const bool was_high = out_.size() > net::Stream::kHighWater;
      sent += out_.view();
      out_.clear();
      progress_ = time;
      if (was_high && !ended()) session_->on_drained();
      run_flushes();
    }
  }
  // The client takes so many bytes, and no more.
  void read_some(std::size_t size) {
    sent += out_.view().substr(0, size);
    out_.consume(size);
    progress_ = time;
  }
  // Lets time pass, calling the session when it wished for it.
  void advance(Duration duration) {
    const MonoTime until = time + duration;
    while (!ended() && wake <= until) {
      time = std::max(time, std::exchange(wake, MonoTime::never()));
      session_->on_deadline();
      end_turn();
    }
    time = until;
  }
  std::string take_sent() { return std::exchange(sent, {}); }

  MonoTime time{1'000'000'000'000};
  MonoTime wake = MonoTime::never();
  std::string sent;
  bool reading = true;  // the client takes what is written
  bool reading_paused = false;
  bool closing = false;
  bool reset = false;
  bool wants_flush = false;

 private:
  Session* session_ = nullptr;
  Buffer out_;
  MonoTime progress_{1'000'000'000'000};
  net::Address peer_;
};

}  // namespace gh::http
