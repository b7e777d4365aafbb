// Step 13: what the upstream says, and what of it the client gets.

#include <algorithm>

#include "base/text.h"
#include "gateway/exchange.h"
#include "gateway/refusals.h"
#include "gateway/worker.h"
#include "openai/answer_id.h"

namespace gh::gateway {
namespace {

using policy::Refusal;

constexpr std::size_t kMostAnswer = 64 << 20;       // a whole JSON answer; embeddings can be large
constexpr std::size_t kMostErrorAnswer = 64 << 10;  // a small one
// After [DONE] the upstream has only its last chunk to send.
constexpr auto kAfterDone = std::chrono::seconds(1);

bool is_media_type(std::optional<std::string_view> content_type, std::string_view wanted) {
  return content_type &&
         equals_ignoring_case(trim(content_type->substr(0, content_type->find(';'))), wanted);
}

// Nothing but identity was asked for.
bool is_encoded(const http::AnswerHead& head) {
  return std::ranges::any_of(head.fields, [](const http::Field& field) {
    return field.name == "content-encoding" && !equals_ignoring_case(field.value, "identity");
  });
}

}  // namespace

void Exchange::on_answer_head(const http::AnswerHead& head) {
  release_memory();
  record_.upstream_status = answer_->status = head.status;
  if (head.status != 200) return;  // its body says why, to the operator
  if (is_encoded(head)) {
    return upstream_failed(invalid_answer(), "an answer with content-encoding",
                           Ending::upstream_error);
  }
  const auto content_type = head.only("content-type");
  if (facts_.stream) {
    if (!is_media_type(content_type, "text/event-stream")) {
      return upstream_failed(invalid_answer(), "a stream without text/event-stream",
                             Ending::upstream_error);
    }
    answer_->stream =
        std::make_unique<openai::StreamRewriter>(answer_->rules, worker_.answer_parser());
  } else if (!is_media_type(content_type, "application/json")) {
    return upstream_failed(invalid_answer(), "an answer without application/json",
                           Ending::upstream_error);
  } else if (head.content_length) {
    if (*head.content_length > kMostAnswer) return answer_too_large();
    if (!hold_answer(*head.content_length)) return;
    answer_->body.prepare(*head.content_length);
  }
}

void Exchange::on_answer_data(std::string_view bytes) {
  if (answer_->stream != nullptr) return stream_data(bytes);
  const bool good = answer_->status == 200;
  if (!record_.first_byte) record_.first_byte = worker_.loop().now();
  const std::size_t size = answer_->body.size() + bytes.size();
  if (size > (good ? kMostAnswer : kMostErrorAnswer)) {
    return good ? answer_too_large() : answer_error();  // of an error the beginning is enough
  }
  if (!hold_answer(size)) return;
  answer_->body.append(bytes);
}

void Exchange::answer_too_large() {
  upstream_failed(invalid_answer(), "the answer is too large", Ending::upstream_error);
}

void Exchange::answer_error() {
  charge_nothing_ = true;
  upstream_failed(openai::translate_error(answer_->status, answer_->body.view()),
                  answer_->call.error_detail(answer_->body.view()), Ending::upstream_error);
}

void Exchange::stream_data(std::string_view bytes) {
  if (client_ == nullptr) return;  // [DONE] was passed on; nothing that follows matters
  const MonoTime now = worker_.loop().now();
  if (!record_.first_byte) record_.first_byte = now;
  // Lines, of comments too; an event that comes byte by byte is not there yet.
  if (bytes.contains('\n') || first_byte_by_ != MonoTime::never()) {
    next_event_by_ = now + place_.upstream->definition().timeouts.idle;
  }
  first_byte_by_ = MonoTime::never();
  arm_deadline();

  std::string& out = worker_.event_scratch();
  out.clear();
  const auto state = answer_->stream->feed(bytes, out);
  if (!out.empty()) {
    if (sent_ == Sent::nothing)
      send_head(200, "text/event-stream; charset=utf-8", nullptr, std::nullopt);
    record_.answer_bytes += out.size();
    client_->send_data(out);
  }
  switch (state) {
    case openai::StreamRewriter::State::open:
      if (!answer_->paused && client_->pending() > net::Stream::kHighWater) {
        answer_->paused = true;
        answer_->call.pause(true);
      }
      if (answer_->paused) {
        // Nothing can come while nothing is read; the client's own write deadline runs.
        next_event_by_ = MonoTime::never();
        arm_deadline();
      }
      return;
    case openai::StreamRewriter::State::done:
      record_.status = 200;
      asked_ = Asked::over;
      place_.give_back_slots();  // a client may ask again once it has read the end
      std::exchange(client_, nullptr)->finish();
      if (std::exchange(answer_->paused, false)) answer_->call.pause(false);
      next_event_by_ = now + kAfterDone;
      arm_deadline();
      return;
    case openai::StreamRewriter::State::failed:
      charge_nothing_ = sent_ == Sent::nothing;
      return upstream_failed(answer_->stream->refusal(), answer_->stream->problem(),
                             Ending::upstream_error);
    case openai::StreamRewriter::State::invalid:
      return upstream_failed(invalid_answer(), answer_->stream->problem(), Ending::upstream_error);
    case openai::StreamRewriter::State::foreign:
      return answer_is_foreign();
  }
}

void Exchange::on_answer_end() {
  asked_ = Asked::over;
  if (answer_->stream != nullptr) {
    if (client_ == nullptr) return end(Ending::complete);
    return upstream_failed(failure_refusal(http::ClientFailure::reset),
                           "the stream ended without [DONE]", Ending::upstream_error);
  }
  answer_->status == 200 ? answer_whole() : answer_error();
}

void Exchange::answer_whole() {
  const auto document = worker_.answer_parser().parse_padded(answer_->body.view());
  if (!document) {
    return upstream_failed(invalid_answer(), openai::parse_problem(document.error()),
                           Ending::upstream_error);
  }
  if (openai::names_another_request(document->root(), record_.id.view())) {
    return answer_is_foreign();
  }
  std::string& out = worker_.event_scratch();
  out.clear();
  const auto rewritten = openai::rewrite(out, document->root(), answer_->rules);
  if (!rewritten)
    return upstream_failed(invalid_answer(), rewritten.error(), Ending::upstream_error);
  record_.usage = rewritten->usage;
  record_.dropped_fields = rewritten->dropped_fields;
  send_whole(200, "application/json", out);
  client_->pending() > net::Stream::kHighWater ? wait_for_client() : finish_answer();
}

// Somebody else's answer: a connection is out of step, between here and vLLM or in it.
void Exchange::answer_is_foreign() {
  worker_.metrics().foreign_answer();
  answer_->call.distrust();
  Refusal refusal = invalid_answer();
  refusal.rule = "upstream.answer_id";
  upstream_failed(std::move(refusal), "the answer has the id of another request",
                  Ending::upstream_error);
}

void Exchange::on_answer_failed(http::ClientFailure failure, std::string_view detail) {
  asked_ = Asked::over;
  if (client_ == nullptr) return end(Ending::complete);  // after [DONE]
  charge_nothing_ = never_connected(failure);
  upstream_failed(
      failure_refusal(failure), std::string(detail),
      failure == http::ClientFailure::shortage ? Ending::refused : Ending::upstream_error);
}

void Exchange::upstream_failed(policy::Refusal refusal, std::string detail, Ending ending) {
  if (record_.detail.empty()) record_.detail = std::move(detail);
  refuse(std::move(refusal), ending);
}

void Exchange::on_writable() {
  if (sent_ == Sent::all) return finish_answer();
  if (answer_ == nullptr || !answer_->paused) return;
  answer_->paused = false;
  answer_->call.pause(false);
  next_event_by_ = worker_.loop().now() + place_.upstream->definition().timeouts.idle;
  arm_deadline();
}

}  // namespace gh::gateway
