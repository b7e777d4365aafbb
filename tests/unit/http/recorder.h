#pragma once
// A gateway for tests: keeps what the codec said, and answers as told.

#include <memory>
#include <string>
#include <vector>

#include "http/server.h"

namespace gh::http {

struct RecordedRequest final : RequestEvents {
  ServerStream* stream = nullptr;  // null once answered or gone
  std::string line;                // "POST /v1/x?q"
  std::string authority;
  std::string fields;  // "name=value" separated by spaces
  std::string body;
  bool ended = false;
  bool gone = false;
  bool slow_reader = false;
  int writable = 0;
  bool answer_at_end = false;
  std::string bad_body;     // "slow_body 408"
  bool answer_bad = false;  // where it may be answered

  void on_body(std::string_view bytes, std::uint64_t) override { body += bytes; }
  void on_body_end() override {
    ended = true;
    if (answer_at_end) answer(200, "ok");
  }
  void on_writable() override { ++writable; }
  void on_gone() override {
    gone = true;
    stream = nullptr;
  }
  void on_slow_reader() override {
    slow_reader = true;
    stream = nullptr;
  }
  void on_bad_body(Glitch glitch, int status) override {
    bad_body = std::string(name(glitch)) + " " + std::to_string(status);
    if (answer_bad && status == 408) return answer(status, "too slow");
    stream = nullptr;
  }
  void answer(int status, std::string_view text) {
    ServerStream* to = std::exchange(stream, nullptr);
    to->send_head({.status = status, .fields = {}, .content_length = text.size()});
    if (!text.empty()) to->send_data(text);
    to->finish();
  }
};

class Recorder final : public ServerEvents {
 public:
  bool on_connection(const net::Address&) override { return ++connections <= max_connections; }
  void on_disconnection(const net::Address&) override { ++disconnections; }
  RequestEvents* on_request(ServerStream& stream, const RequestHead& head) override {
    auto request = std::make_unique<RecordedRequest>();
    request->stream = &stream;
    request->line = std::string(name(head.method)) + " " + std::string(head.target);
    if (!head.query.empty()) request->line += "?" + std::string(head.query);
    request->authority = head.authority;
    for (const Field& field : head.fields) {
      request->fields += std::string(request->fields.empty() ? "" : " ") + std::string(field.name) +
                         "=" + std::string(field.value);
    }
    request->answer_at_end = answer_at_end;
    request->answer_bad = answer_bad;
    requests.push_back(std::move(request));
    RecordedRequest& made = *requests.back();
    if (answer_at_once != 0) made.answer(answer_at_once, "no");
    return &made;
  }
  void on_bad_head(ServerStream& stream, Glitch glitch) override {
    bad_heads.emplace_back(name(glitch));
    if (!answer_bad) return;
    RecordedRequest answering;
    answering.stream = &stream;
    answering.answer(status_of(glitch), "not this head");
  }
  void on_glitch(Glitch glitch, const net::Address&) override {
    glitches.emplace_back(name(glitch));
  }

  std::vector<std::unique_ptr<RecordedRequest>> requests;
  std::vector<std::string> glitches;
  std::vector<std::string> bad_heads;
  int connections = 0;
  int disconnections = 0;
  int max_connections = 1 << 20;
  bool answer_at_end = false;
  int answer_at_once = 0;   // a status
  bool answer_bad = false;  // heads and bodies that may be answered
};

}  // namespace gh::http
