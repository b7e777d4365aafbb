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
  int writable = 0;
  bool answer_at_end = false;

  void on_body(std::string_view bytes) override { body += bytes; }
  void on_body_end() override {
    ended = true;
    if (answer_at_end) answer(200, "ok");
  }
  void on_writable() override { ++writable; }
  void on_gone() override {
    gone = true;
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
    requests.push_back(std::move(request));
    RecordedRequest& made = *requests.back();
    if (answer_at_once != 0) made.answer(answer_at_once, "no");
    return &made;
  }
  void on_glitch(Glitch glitch, const net::Address&) override {
    glitches.emplace_back(name(glitch));
  }

  std::vector<std::unique_ptr<RecordedRequest>> requests;
  std::vector<std::string> glitches;
  int connections = 0;
  int disconnections = 0;
  int max_connections = 1 << 20;
  bool answer_at_end = false;
  int answer_at_once = 0;  // a status
};

}  // namespace gh::http
