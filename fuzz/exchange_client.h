#pragma once
// A client of one exchange that holds the gateway to the contract of http::ServerStream: one head,
// all of a body or none, nothing after the end, and an end that tells a whole answer from a broken
// one.

#include <string>
#include <string_view>

#include "base/check.h"
#include "http/server.h"

namespace gh::fuzz {

class Client final : public http::ServerStream {
 public:
  explicit Client(std::string_view body) : rest(body) {}

  // The gateway, until the exchange has ended for this side.
  http::RequestEvents* exchange = nullptr;
  std::string_view rest;  // of the request's body
  bool body_ended = false;
  bool slow = false;  // takes nothing until it is told to
  bool ended = false;

  void take_all() { pending_ = 0; }
  void leave() {
    ended = true;
    exchange->on_gone();
  }

  // Takes nothing for too long.
  void stall() {
    ended = true;
    exchange->on_slow_reader();
  }

  // Over HTTP/2, by a frame that is an error.
  void break_stream() {
    ended = true;
    exchange->on_bad_body(http::Glitch::h2_protocol, 0);
  }

  // The rest of the body is too slow, or not HTTP.
  void spoil_body(http::Glitch glitch) {
    const bool begun = head_sent_;
    spoiled_ = true;
    exchange->on_bad_body(glitch, begun ? 0 : http::status_of(glitch));
    GH_CHECK(begun ? !ended : ended && status_ == http::status_of(glitch));
    ended = true;
  }

  void send_head(const http::ResponseHead& head) override {
    GH_CHECK(!ended && !head_sent_);
    GH_CHECK(head.status >= 200 && head.status <= 599);
    GH_CHECK(!head.fields.empty());
    head_sent_ = true;
    status_ = head.status;
    content_length_ = head.content_length;
    in_text_ = head.fields.front().value == "text/plain";
    GH_CHECK(in_text_ == (spoiled_ && status_ == 400));
  }
  void send_data(std::string_view bytes) override {
    GH_CHECK(!ended && head_sent_);
    answer_ += bytes;
    if (slow) pending_ += bytes.size();
  }
  void finish() override {
    GH_CHECK(!ended && head_sent_);
    ended = true;
    if (content_length_) {
      GH_CHECK(answer_.size() == *content_length_ && answer_.ends_with(in_text_ ? '\n' : '}'));
    } else {
      GH_CHECK(status_ == 200 && answer_.ends_with("data: [DONE]\n\n"));
      GH_CHECK(!answer_.contains("data: {\"error\":"));
    }
  }
  void abort() override {
    GH_CHECK(!ended && head_sent_);
    ended = true;
    // All of it was sent, and the client does not take it.
    if (content_length_) return GH_CHECK(slow && answer_.size() == *content_length_);
    const auto last = answer_.rfind("data: ");
    GH_CHECK(last != std::string::npos);
    GH_CHECK(std::string_view(answer_).substr(last).starts_with("data: {\"error\":"));
    GH_CHECK(!answer_.contains("[DONE]"));
  }
  void send_continue() override { GH_CHECK(!ended && !head_sent_); }
  std::size_t pending() const override { return pending_; }
  const net::Address& peer() const override { return peer_; }
  bool has_client_certificate() const override { return false; }

 private:
  const net::Address peer_ = net::Address::unix_socket();
  std::string answer_;
  std::size_t pending_ = 0;
  bool head_sent_ = false;
  bool spoiled_ = false;
  bool in_text_ = false;
  int status_ = 0;
  std::optional<std::uint64_t> content_length_;
};

}  // namespace gh::fuzz
