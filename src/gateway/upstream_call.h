#pragma once
// One request to an upstream: chooses a URL, takes or makes a connection, sends, and passes the
// answer on. Another attempt, of three at most, is made only while not one byte of the request has
// been given to the kernel (a pooled connection that turned out dead, a connect that failed).
// Destroying the call closes its connection at once, which is how vLLM learns that nobody waits any
// more. Loop thread only.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "gateway/upstream_pool.h"
#include "http/client.h"
#include "net/loop.h"

namespace gh::gateway {

// What is asked of the upstream. The head is ours throughout.
struct UpstreamRequest {
  std::string_view path;  // one of our own literals
  RequestId id;
  bool stream = false;
  std::string body;
};

class UpstreamCall final : private http::AnswerEvents {
 public:
  // Both outlive the call.
  UpstreamCall(UpstreamPool& pool, http::AnswerEvents& events);
  ~UpstreamCall();
  UpstreamCall(const UpstreamCall&) = delete;
  UpstreamCall& operator=(const UpstreamCall&) = delete;

  // Begins; exactly one of on_answer_end and on_answer_failed follows, later, unless the call is
  // destroyed first.
  void start(UpstreamRequest request);
  // The answer was another request's: no connection that is open to its URL is used again.
  void distrust();
  // Of the body of an answer that is no 200, for the log (openai/response.h).
  std::string error_detail(std::string_view answer) const;
  // Back-pressure on the answer.
  void pause(bool paused);
  // The URL that was tried last, as written in the policy; "" when none was usable.
  std::string_view url() const { return tried_; }

 private:
  void attempt();
  bool choose_url();
  void fail_later(http::ClientFailure failure, std::string detail);
  void drop_connection();
  void leave_url();
  void fail_now(http::ClientFailure failure, std::string_view detail);
  static void timer_fired(void* self);

  void on_connected() override;
  void on_answer_head(const http::AnswerHead& head) override;
  void on_answer_data(std::string_view bytes) override;
  void on_answer_end() override;
  void on_answer_failed(http::ClientFailure failure, std::string_view detail) override;

  UpstreamPool& pool_;
  http::AnswerEvents& events_;
  std::unique_ptr<http::ClientConnection> connection_;
  std::optional<net::Address> connecting_to_;  // with a new connection, until it is known to be up
  UpstreamUrlState* url_ = nullptr;
  std::string_view tried_;
  UpstreamRequest request_;  // its body is kept until a good answer begins
  net::Timer timer_;         // the connect deadline, or the failure that is due
  std::optional<http::ClientFailure> failure_due_;
  std::string failure_detail_;
  int attempts_ = 0;
  int status_ = 0;  // of the answer, once its head has come
};

// What stands in the Host field of a request to `url`.
void append_host(std::string& head, const policy::UpstreamUrl& url);

// The head that goes with `request` to `url`: method, path, Host, fields and Content-Length.
std::string request_head(const UpstreamRequest& request, const policy::UpstreamUrl& url,
                         std::string_view api_key);

}  // namespace gh::gateway
