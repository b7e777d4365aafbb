#include "gateway/exchange.h"

#include <algorithm>
#include <array>

#include "gateway/prompt_count.h"
#include "gateway/refusals.h"
#include "gateway/worker.h"
#include "http/session.h"
#include "identity/rule_name.h"

namespace gh::gateway {
namespace {

// "6m0s", "1.5s", "12ms": what OpenAI's SDKs and their users parse.
std::string duration_text(Duration value) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(value).count();
  if (ms < 1000) return std::to_string(ms) + "ms";
  const auto seconds = static_cast<double>(ms % 60'000) / 1000;
  if (ms < 60'000) return fmt::format("{}s", seconds);
  return fmt::format("{}m{}s", ms / 60'000, seconds);
}

}  // namespace

Exchange::Exchange(Worker& worker, std::size_t listener, http::ServerStream& client, Handle handle)
    : worker_(worker),
      client_(&client),
      handle_(handle),
      listener_(static_cast<std::uint16_t>(listener)),
      runtime_(worker.runtime()),
      intake_(std::make_unique<Intake>()),
      timer_(worker.loop(), deadline, this) {
  record_.id = worker.next_id();
  record_.at = worker.wall_now();
  record_.began = worker.loop().now();
  record_.client = client.peer();
}

// Objects go at the end of the turn, after what was queued in it has been sent: a client does not
// wait for the line that is written about it.
Exchange::~Exchange() {
  if (ended_) worker_.shared().log->write(record_, ended_at_);
}

const Runtime& Exchange::runtime() const {
  return *runtime_->runtime;
}

const policy::Snapshot& Exchange::policy() const {
  return runtime_->runtime->policy();
}

void Exchange::begin(const http::RequestHead& head) {
  intake_->head = &head;
  // For the log, whatever becomes of it.
  const auto named = runtime().proxies[listener_].client(client_->peer(), head);
  intake_->client_known = named.has_value();
  if (named) record_.client = *named;
  run();
  if (intake_ != nullptr) intake_->head = nullptr;
}

Exchange::Outcome Exchange::refuse(policy::Refusal refusal, Ending ending) {
  record_.code = refusal.code;
  record_.rule =
      principal_ == nullptr ? refusal.rule : identity::rule_name(refusal.rule, *principal_, model_);
  if (refusal.retry_after) {
    // Whatever refuses it, the rates that it passed have counted it: no sooner than they say.
    refusal.retry_after = std::max(*refusal.retry_after, next_admission_ - worker_.loop().now());
  }
  if (client_ == nullptr) {
    end(ending);
  } else if (sent_ == Sent::all) {
    break_off(ending);
  } else if (sent_ != Sent::nothing) {
    break_stream(refusal);
    end(ending);
  } else {
    std::string body;
    std::string_view content_type = "application/json";
    if (refusal.in_text) {
      content_type = "text/plain";
      body = refusal.message + "\n";
    } else {
      openai::write_error(body, refusal);
    }
    record_.ending = ending;
    send_whole(policy::status(refusal.code), content_type, body, &refusal);
    finish_answer();
  }
  return Outcome::answered;
}

void Exchange::send_whole(int status, std::string_view content_type, std::string_view body,
                          const policy::Refusal* refusal) {
  send_head(status, content_type, refusal, body.size());
  client_->send_data(body);
  const bool head_only =
      intake_ != nullptr && intake_->head != nullptr && intake_->head->method == http::Method::head;
  if (!head_only) record_.answer_bytes += body.size();
}

// What is not read is memory, and stays held as such: the request counts as running until the
// client has taken the answer, though not against the model, which is done with it. The client has
// as long as it would have for a body of that size.
void Exchange::wait_for_client() {
  sent_ = Sent::all;
  settle();
  answer_->body.release();
  worker_.shrink_later();
  place_.give_back_model();
  timer_.arm(http::body_deadline(*runtime().server_options[listener_], worker_.loop().now(),
                                 record_.answer_bytes));
}

// Of a whole answer that is on its way.
void Exchange::break_off(Ending ending) {
  std::exchange(client_, nullptr)->abort();
  end(ending);
}

void Exchange::finish_answer() {
  std::exchange(client_, nullptr)->finish();
  end(record_.ending);
}

void Exchange::send_head(int status, std::string_view content_type, const policy::Refusal* refusal,
                         std::optional<std::uint64_t> content_length) {
  std::array<http::Field, 10> fields;
  std::size_t count = 0;
  const auto add = [&](std::string_view name, std::string_view value) {
    fields[count++] = {.name = name, .value = value};
  };
  add("content-type", content_type);
  add("x-request-id", record_.id.view());
  if (!content_length) add("cache-control", "no-store");
  std::string retry_after;
  std::string limit;
  std::string remaining;
  std::string reset;
  std::string retry_after_ms;
  if (refusal != nullptr && refusal->retry_after) {
    retry_after = std::to_string(std::max<std::int64_t>(
        1, std::chrono::ceil<std::chrono::seconds>(*refusal->retry_after).count()));
    retry_after_ms =
        std::to_string(std::chrono::ceil<std::chrono::milliseconds>(*refusal->retry_after).count());
    add("retry-after", retry_after);
    add("retry-after-ms", retry_after_ms);
  }
  if (status == 401) add("www-authenticate", "Bearer");
  if (status == 405) {
    add("allow", intake_->head == nullptr ? "GET, POST" : allowed_method(intake_->head->target));
  }
  if (standing_ != nullptr) {
    limit = std::to_string(standing_->limit);
    remaining = std::to_string(standing_->remaining);
    reset = duration_text(standing_->reset);
    add("x-ratelimit-limit-requests", limit);
    add("x-ratelimit-remaining-requests", remaining);
    add("x-ratelimit-reset-requests", reset);
  }
  sent_ = Sent::head;
  record_.status = status;
  client_->send_head(
      {.status = status, .fields = {fields.data(), count}, .content_length = content_length});
}

void Exchange::break_stream(const policy::Refusal& refusal) {
  std::string event;
  openai::write_error_event(event, refusal);
  record_.answer_bytes += event.size();
  client_->send_data(event);
  std::exchange(client_, nullptr)->abort();
}

void Exchange::shut_down() {
  if (client_ == nullptr) return end(Ending::complete);  // after [DONE]
  refuse({.code = policy::Code::draining,
          .message = "This server has stopped; send the request again.",
          .rule = "drain"},
         Ending::shutdown);
}

void Exchange::on_gone() {
  client_ = nullptr;
  end(Ending::client_left);
}

void Exchange::on_slow_reader() {
  client_ = nullptr;
  refuse(slow_reader_refusal(listener_, "timeouts.write"), Ending::timeout);
}

// There is neither a route nor a key, so that nothing but the address says whose it was.
void Exchange::refuse_head(http::Glitch glitch) {
  refuse_http(glitch);
}

// While the body is waited for, unless the client has broken the stream itself (0): that can be at
// any time, and is no more than leaving once the request was let in.
void Exchange::on_bad_body(http::Glitch glitch, int status) {
  if (status == 0) client_ = nullptr;
  if (client_ == nullptr && record_.admitted) return end(Ending::client_left);
  refuse_http(glitch);
}

void Exchange::refuse_http(http::Glitch glitch) {
  policy::Refusal refusal = http_refusal(glitch, listener_);
  const bool slow = refusal.code == policy::Code::timeout;
  refuse(std::move(refusal), slow ? Ending::timeout : Ending::refused);
}

void Exchange::arm_deadline() {
  timer_.arm(std::min({stop_at_, first_byte_by_, next_event_by_}));
}

// The setting whose time is over.
std::string Exchange::passed_deadline() const {
  const MonoTime now = worker_.loop().now();
  const UpstreamState& upstream = place_.upstream != nullptr
                                      ? *place_.upstream
                                      : runtime_->pools[intake_->grant->upstream]->state();
  const std::string_view which = now >= stop_at_         ? "total"
                                 : now >= first_byte_by_ ? "first_byte"
                                                         : "idle";
  return fmt::format("upstreams.{}.timeouts.{}", upstream.definition().name, which);
}

void Exchange::deadline(void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  if (exchange.sent_ == Sent::all) {
    exchange.refuse(slow_reader_refusal(exchange.listener_, "timeouts.body"), Ending::timeout);
    return;
  }
  if (exchange.client_ == nullptr) return exchange.end(Ending::complete);  // after [DONE]
  exchange.upstream_failed({.code = policy::Code::upstream_timeout,
                            .message = "The model did not answer in time.",
                            .rule = exchange.passed_deadline()},
                           "deadline", Ending::timeout);
}

void Exchange::settle() {
  if (answer_ != nullptr && answer_->stream != nullptr) {
    record_.usage = answer_->stream->usage();
    // Who counts events knows nothing of the prompt.
    if (record_.usage.estimated && record_.usage.prompt_tokens == 0) {
      record_.usage.prompt_tokens = facts_.prompt_tokens;
    }
    record_.dropped_fields = answer_->stream->dropped_fields();
  }
  if (!reservation_.open()) return;
  const openai::UsageMeter::Total& usage = record_.usage;
  if (asked_ == Asked::no || charge_nothing_) {
    reservation_.release();
  } else if (usage.seen && !usage.nonsense) {
    reservation_.settle({.prompt_tokens = usage.prompt_tokens,
                         .completion_tokens = usage.completion_tokens,
                         .cached_tokens = usage.cached_tokens,
                         .estimated = usage.estimated});
  } else {
    record_.charged_in_full = true;
    reservation_.settle_in_full();
  }
}

void Exchange::end(Ending ending) {
  if (ended_) return;
  ended_ = true;
  timer_.disarm();
  settle();
  release_memory();
  if (intake_ != nullptr) record_.body_bytes = intake_->body.size();  // so far
  if (count_ != nullptr) record_.upstream = count_->url();
  if (answer_ != nullptr) record_.upstream = answer_->call.url();
  // Destroying the calls closes their connections now, which is what stops the upstream.
  count_.reset();
  answer_.reset();
  intake_.reset();
  if (asked_ == Asked::yes) {
    worker_.departing().keep(std::move(place_));
  } else {
    place_.give_back();
  }
  record_.ending = ending;
  ended_at_ = system_clock().mono();  // not the turn's: it may have begun in this one
  worker_.metrics().record(record_, ended_at_);
  worker_.remove(handle_);
}

}  // namespace gh::gateway
