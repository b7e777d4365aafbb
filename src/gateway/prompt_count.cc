#include "gateway/prompt_count.h"

#include "gateway/refusals.h"
#include "gateway/worker.h"

namespace gh::gateway {

void Exchange::PromptCount::ask(const RequestId& id, std::string body) {
  call_.start({.path = "/tokenize", .id = id, .stream = false, .body = std::move(body)});
}

void Exchange::PromptCount::on_answer_head(const http::AnswerHead& head) {
  status_ = head.status;
}

void Exchange::PromptCount::on_answer_data(std::string_view bytes) {
  if (body_.size() + bytes.size() > kMostAnswer) {
    too_large_ = true;
  } else {
    body_.append(bytes);
  }
}

void Exchange::PromptCount::on_answer_end() {
  exchange_.counted(result());
}

void Exchange::PromptCount::on_answer_failed(http::ClientFailure failure, std::string_view detail) {
  exchange_.record_.detail = detail;
  exchange_.counted(std::unexpected(failure_refusal(failure)));
}

policy::Decision<std::uint64_t> Exchange::PromptCount::result() {
  if (status_ != 200) {
    exchange_.record_.upstream_status = status_;
    exchange_.record_.detail = call_.error_detail(body_.view());
    return std::unexpected(openai::translate_error(status_, body_.view()));
  }
  std::optional<std::int64_t> count;
  if (!too_large_) {
    if (const auto answer = exchange_.worker_.answer_parser().parse_padded(body_.view())) {
      const json::Value value = answer->root()["count"];
      if (value.is_integer()) count = value.int64();
    }
  }
  if (!count || *count < 0) {
    exchange_.record_.detail = "/tokenize gave no count";
    return std::unexpected(invalid_answer());
  }
  return static_cast<std::uint64_t>(*count);
}

}  // namespace gh::gateway
