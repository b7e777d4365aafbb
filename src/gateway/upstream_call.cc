#include "gateway/upstream_call.h"

#include <cstdint>
#include <utility>

#include "base/text.h"
#include "openai/response.h"

namespace gh::gateway {
namespace {

constexpr int kMostAttempts = 3;  // a dead pooled connection, a URL that does not answer, another

bool is_server_error(int status) {
  return status >= 500;
}

}  // namespace

void append_host(std::string& head, const policy::UpstreamUrl& url) {
  if (url.scheme == policy::UpstreamUrl::Scheme::unix_socket) {
    head += "localhost";
    return;
  }
  const bool v6 = url.host.find(':') != std::string::npos;
  if (v6) head += '[';
  head += url.host;
  if (v6) head += ']';
  head += ':';
  append_number(head, url.port);
}

std::string request_head(const UpstreamRequest& request, const policy::UpstreamUrl& url,
                         std::string_view api_key) {
  std::string head;
  head.reserve(320);
  head += "POST ";
  head += request.path;
  head += " HTTP/1.1\r\nHost: ";
  append_host(head, url);
  head += "\r\nUser-Agent: gatehouse\r\nX-Request-Id: ";
  head += request.id.view();
  head += request.stream ? "\r\nAccept: text/event-stream" : "\r\nAccept: application/json";
  head += "\r\nContent-Type: application/json";
  if (!api_key.empty()) {
    head += "\r\nAuthorization: Bearer ";
    head += api_key;
  }
  head += "\r\nContent-Length: ";
  append_number(head, request.body.size());
  head += "\r\n\r\n";
  return head;
}

UpstreamCall::UpstreamCall(UpstreamPool& pool, http::AnswerEvents& events)
    : pool_(pool), events_(events), timer_(pool.loop(), timer_fired, this) {}

UpstreamCall::~UpstreamCall() {
  drop_connection();
  leave_url();
}

void UpstreamCall::start(UpstreamRequest request) {
  request_ = std::move(request);
  attempt();
}

void UpstreamCall::distrust() {
  drop_connection();
  if (url_ != nullptr) url_->distrust(pool_.loop().now());
}

std::string UpstreamCall::error_detail(std::string_view answer) const {
  return openai::error_detail(answer, request_.body, pool_.state().definition().api_key.reveal());
}

void UpstreamCall::pause(bool paused) {
  if (connection_ != nullptr) connection_->pause(paused);
}

void UpstreamCall::attempt() {
  std::string why = "no URL of the upstream is usable now";
  auto failure = http::ClientFailure::connect_failed;
  while (connection_ == nullptr) {
    if (attempts_ == kMostAttempts || !choose_url()) return fail_later(failure, std::move(why));
    connection_ = pool_.take_idle(*url_);
    if (connection_ != nullptr) break;
    auto fresh = pool_.connect(*url_);
    if (fresh) {
      connection_ = std::move(fresh->connection);
      connecting_to_ = fresh->to;
      timer_.arm(pool_.loop().now() + pool_.state().definition().timeouts.connect);
    } else {
      why = std::move(fresh.error().message);
      // Of a shortage too: another URL may have a connection left.
      failure = fresh.error().shortage ? http::ClientFailure::shortage
                                       : http::ClientFailure::connect_failed;
    }
  }
  connection_->send(request_head(request_, url_->url, pool_.state().definition().api_key.reveal()),
                    request_.body, *this);
}

// For another attempt; not the URL of the last one, if it can be helped.
bool UpstreamCall::choose_url() {
  const UpstreamUrlState* failed = url_;
  leave_url();
  ++attempts_;
  const MonoTime now = pool_.loop().now();
  UpstreamUrlState* url = pool_.state().choose(now, failed);
  // With one URL the second attempt goes there again, if it is not known to be down.
  if (url == nullptr && failed != nullptr) url = pool_.state().choose(now, nullptr);
  if (url == nullptr) return false;
  url_ = url;
  tried_ = url->url.text;
  url_->in_flight.fetch_add(1, std::memory_order_relaxed);
  return true;
}

void UpstreamCall::fail_later(http::ClientFailure failure, std::string detail) {
  // Never from inside start(): the caller is not ready for it.
  failure_due_ = failure;
  failure_detail_ = std::move(detail);
  timer_.arm(pool_.loop().now());
}

void UpstreamCall::timer_fired(void* self) {
  auto& call = *static_cast<UpstreamCall*>(self);
  if (call.failure_due_) {
    call.fail_now(*call.failure_due_, std::exchange(call.failure_detail_, {}));
  } else {
    call.on_answer_failed(http::ClientFailure::connect_failed, "connect deadline");
  }
}

void UpstreamCall::drop_connection() {
  connecting_to_.reset();
  if (connection_ == nullptr) return;
  connection_->close();
  pool_.loop().delete_later(std::move(connection_));
}

void UpstreamCall::leave_url() {
  if (url_ != nullptr) url_->in_flight.fetch_sub(1, std::memory_order_relaxed);
  url_ = nullptr;
}

void UpstreamCall::fail_now(http::ClientFailure failure, std::string_view detail) {
  timer_.disarm();
  drop_connection();
  events_.on_answer_failed(failure, detail);
}

void UpstreamCall::on_connected() {
  timer_.disarm();
  if (connecting_to_) url_->reached(*std::exchange(connecting_to_, {}));
}

void UpstreamCall::on_answer_head(const http::AnswerHead& head) {
  status_ = head.status;
  // At its head: of a long one the rest is not read.
  if (is_server_error(status_)) {
    url_->failed(pool_.loop().now(), UpstreamUrlState::Failure::broken);
  }
  // The body of a failure is compared with what it may repeat.
  if (head.status == 200) std::string().swap(request_.body);
  events_.on_answer_head(head);
}

void UpstreamCall::on_answer_data(std::string_view bytes) {
  events_.on_answer_data(bytes);
}

void UpstreamCall::on_answer_end() {
  if (status_ == 200) url_->succeeded();
  connection_->pause(false);  // the last bytes may have come while the client was slow
  pool_.give_back(*url_, std::move(connection_));
  events_.on_answer_end();
}

void UpstreamCall::on_answer_failed(http::ClientFailure failure, std::string_view detail) {
  const bool unsent = connection_ != nullptr && !connection_->request_begun() && status_ == 0;
  const MonoTime now = pool_.loop().now();
  if (never_connected(failure) && connecting_to_) {
    url_->unreachable(*std::exchange(connecting_to_, {}), now, detail);
  } else if (!is_server_error(status_)) {
    url_->failed(now, UpstreamUrlState::Failure::broken, detail);
  }
  if (unsent && attempts_ < kMostAttempts) {
    drop_connection();
    return attempt();
  }
  const std::string why(detail);  // its owner may be the connection that goes now
  fail_now(failure, why);
}

}  // namespace gh::gateway
