#pragma once
// How many tokens a prompt has, asked of the upstream's /tokenize. Only for prompts whose estimate
// is too near the cap to decide; clients never reach that route themselves. Owned by its Exchange.

#include <string>

#include "gateway/exchange.h"
#include "gateway/upstream_call.h"

namespace gh::gateway {

class Exchange::PromptCount final : private http::AnswerEvents {
 public:
  PromptCount(Exchange& exchange, UpstreamPool& pool) : exchange_(exchange), call_(pool, *this) {}

  // Exchange::counted() follows, which destroys this.
  void ask(const RequestId& id, std::string body);
  std::string_view url() const { return call_.url(); }

 private:
  static constexpr std::size_t kMostAnswer = 4 << 20;  // it lists the token ids too

  void on_answer_head(const http::AnswerHead& head) override;
  void on_answer_data(std::string_view bytes) override;
  void on_answer_end() override;
  void on_answer_failed(http::ClientFailure failure, std::string_view detail) override;
  policy::Decision<std::uint64_t> result();

  Exchange& exchange_;
  UpstreamCall call_;
  Buffer body_;
  int status_ = 0;
  bool too_large_ = false;
};

}  // namespace gh::gateway
