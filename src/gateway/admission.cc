// Steps 7 to 12: what exactly is asked, what it may cost, and where it goes.

#include "gateway/asks.h"
#include "gateway/exchange.h"
#include "gateway/prompt_count.h"
#include "gateway/worker.h"
#include "identity/rule_name.h"

namespace gh::gateway {
namespace {

using policy::Code;

// Model name, salt, options of the stream, and the step in which text is written; more is no error,
// only a copy.
constexpr std::size_t kRoomForAdded = 1536;

}  // namespace

Exchange::Outcome Exchange::parse() {
  auto document = worker_.parse_request(intake_->body.view());
  if (!document) return refuse(openai::refusal(document.error()));
  const json::Value body = document->root();
  intake_->document = body;
  intake_->parse_serial = worker_.parse_serial();
  const auto name = openai::requested_model(body);
  if (!name) return refuse(name.error());
  const policy::Snapshot& snapshot = policy();
  const policy::Grant* grant = principal_->grant(snapshot, *name);
  const vllm::Endpoint endpoint = *intake_->routed.endpoint;
  // Unknown, hidden, and not on this endpoint are the same to a client.
  if (grant == nullptr || !snapshot.models[grant->model].endpoints.has(endpoint)) {
    return refuse({.code = Code::model_not_found,
                   .message = "There is no such model, or this key may not use it here.",
                   .param = "model",
                   .rule = identity::model_rule(snapshot, *principal_, *name)});
  }
  intake_->grant = grant;
  model_ = &snapshot.models[grant->model];
  record_.model = model_->name;
  intake_->rules = {.endpoint = endpoint,
                    .surface = &snapshot.upstreams[grant->upstream].surface,
                    .caps = &principal_->caps,
                    .max_model_len = model_->max_model_len};
  auto facts = openai::check(body, intake_->rules);
  if (!facts) return refuse(facts.error());
  facts_ = *facts;
  record_.n = facts_.n;
  record_.max_tokens = facts_.max_tokens;
  record_.streamed = facts_.stream;
  record_.ignored_fields = facts_.ignored_fields;
  return Outcome::next;
}

Exchange::Outcome Exchange::admit_model() {
  const policy::Limits& limits = model_->limits;
  limits::Table& table = worker_.shared().principals;
  // An adapter counts as the model that it is on.
  Asks asks(table, model_->base.empty() ? model_->name : model_->base);
  asks.add(limits::Scope::model, {}, limits.whole);
  if (!principal_->user.empty()) {
    asks.add(limits::Scope::user, principal_->tenant->name + '\0' + principal_->user,
             limits.per_user);
  }
  asks.add(limits::Scope::key, principal_->key_id, limits.per_key);
  if (asks.all().empty()) return Outcome::next;
  const MonoTime now = worker_.loop().now();
  auto admitted = table.admit(asks.all(), now);
  if (!admitted) {
    // All limits or none: the model's alone decides when there is room for this request.
    const limits::Pace rest = table.withdraw(common_asks().all(), intake_->taken, now);
    next_admission_ = std::max(intake_->next_before, now + rest.wait);
    standing_.reset();
    note(rest.standing);
    note(admitted.error().standing);
    return refuse({.code = Code::rate_limit_exceeded,
                   .message = "This model takes no more requests now; wait before the next one.",
                   .rule = std::string(admitted.error().rule),
                   .retry_after = admitted.error().retry_after});
  }
  place_.model_lease = std::move(admitted->lease);
  note(admitted->standing);
  next_admission_ = std::max(next_admission_, now + admitted->wait);
  return Outcome::next;
}

Exchange::Outcome Exchange::count_prompt() {
  if (!facts_.prompt_needs_count || intake_->counted) return Outcome::next;
  const vllm::Surface& surface = *intake_->rules.surface;
  const bool can_count =
      intake_->rules.endpoint == vllm::Endpoint::chat ? surface.tokenize_chat : surface.tokenize;
  if (!can_count) return Outcome::next;  // the estimate is all there is
  if (const Outcome outcome = enter_upstream(); outcome != Outcome::next) return outcome;
  if (const Outcome outcome = hold_document(); outcome != Outcome::next) return outcome;
  std::string body;
  openai::write_tokenize(body, intake_->document, intake_->rules, model_->served_as);
  UpstreamPool& pool = *runtime_->pools[intake_->grant->upstream];
  count_ = std::make_unique<PromptCount>(*this, pool);
  count_->ask(record_.id, std::move(body));
  stop_at_ = worker_.loop().now() + pool.state().definition().timeouts.total;
  arm_deadline();
  return Outcome::wait;
}

void Exchange::counted(policy::Decision<std::uint64_t> tokens) {
  record_.upstream = count_->url();
  count_.reset();
  intake_->counted = true;
  if (!tokens) {
    refuse(std::move(tokens.error()));
    return;
  }
  if (*tokens > principal_->caps.max_prompt_tokens) {
    refuse({.code = Code::request_exceeds_limit,
            .message = fmt::format("The prompt has {} tokens; at most {} are accepted.", *tokens,
                                   principal_->caps.max_prompt_tokens),
            .param = intake_->rules.endpoint == vllm::Endpoint::chat ? "messages" : "prompt",
            .rule = "request.max_prompt_tokens"});
    return;
  }
  facts_.prompt_tokens = *tokens;
  run();
}

// Parses the body once more when this exchange has waited and another one has used the parser: the
// same bytes give the same document. Only its memory can have become scarce.
Exchange::Outcome Exchange::hold_document() {
  if (intake_->parse_serial == worker_.parse_serial()) return Outcome::next;
  const auto again = worker_.parse_request(intake_->body.view());
  if (!again) {
    return refuse({.code = Code::overloaded,
                   .message = "The server lacks memory for this request; send it again.",
                   .rule = "memory",
                   .retry_after = std::chrono::seconds(1)});
  }
  intake_->document = again->root();
  intake_->parse_serial = worker_.parse_serial();
  return Outcome::next;
}

// One of the places at the upstream, from the count of the prompt on.
Exchange::Outcome Exchange::enter_upstream() {
  if (place_.upstream != nullptr) return Outcome::next;
  const auto& upstream = runtime().upstreams[intake_->grant->upstream];
  if (!upstream->enter()) {
    return refuse({.code = Code::overloaded,
                   .message = "The model is busy; send the request again.",
                   .rule = fmt::format("upstreams.{}.in_flight", upstream->definition().name),
                   .retry_after = std::chrono::seconds(1)});
  }
  place_.upstream = upstream;
  return Outcome::next;
}

Exchange::Outcome Exchange::reserve() {
  if (reservation_.open()) return Outcome::next;  // it came late and has called run()
  reserving_ = true;
  worker_.shared().ledger->reserve(
      {.prompt_tokens = facts_.prompt_tokens, .completion_tokens = facts_.completion_bound()},
      [&worker = worker_,
       handle = handle_](std::expected<limits::Reservation, limits::Denial> answer) {
        if (Exchange* exchange = worker.find(handle); exchange != nullptr) {
          exchange->reserved(std::move(answer));
        } else if (answer) {
          answer->release();  // the client has left meanwhile
        }
      });
  reserving_ = false;
  if (ended_) return Outcome::answered;
  return reservation_.open() ? Outcome::next : Outcome::wait;
}

void Exchange::reserved(std::expected<limits::Reservation, limits::Denial> answer) {
  if (!answer) {
    refuse({.code = Code::insufficient_quota,
            .message = "The budget for this request is used up.",
            .rule = std::string(answer.error().rule),
            .retry_after = answer.error().retry_after});
    return;
  }
  reservation_ = std::move(*answer);
  if (!reserving_) run();
}

Exchange::Outcome Exchange::place() {
  if (const Outcome outcome = enter_upstream(); outcome != Outcome::next) return outcome;
  if (const Outcome outcome = hold_document(); outcome != Outcome::next) return outcome;
  const policy::Model& model = *model_;
  std::string_view salt;
  if (intake_->rules.surface->cache_salt[static_cast<std::size_t>(intake_->rules.endpoint)]) {
    salt = worker_.salts().salt({.tenant = principal_->tenant,
                                 .user = principal_->user,
                                 .key_id = principal_->key_id,
                                 .model = &model});
  }
  // It is written no longer than it came, but for what is added.
  intake_->upstream_body.reserve(intake_->body.size() + kRoomForAdded);
  openai::write(intake_->upstream_body, intake_->document, intake_->rules, facts_,
                {.served_as = model.served_as, .cache_salt = salt});
  return Outcome::next;
}

Exchange::Outcome Exchange::record_admission() {
  record_.admitted = true;
  return Outcome::next;
}

Exchange::Outcome Exchange::send() {
  const MonoTime now = worker_.loop().now();
  const policy::Upstream::Timeouts& timeouts = place_.upstream->definition().timeouts;
  answer_ = std::make_unique<Answer>(*runtime_->pools[intake_->grant->upstream],
                                     static_cast<http::AnswerEvents&>(*this));
  answer_->rules = {.endpoint = intake_->rules.endpoint,
                    .surface = intake_->rules.surface,
                    .client_model = model_->name,
                    .facts = facts_,
                    .request_id = record_.id.view()};
  // Whoever had to be counted first has begun already.
  if (stop_at_ == MonoTime::never()) stop_at_ = now + timeouts.total;
  if (facts_.stream) first_byte_by_ = now + timeouts.first_byte;
  arm_deadline();
  UpstreamRequest request{.path = vllm::path(intake_->rules.endpoint),
                          .id = record_.id,
                          .stream = facts_.stream,
                          .body = std::move(intake_->upstream_body)};
  intake_.reset();  // the client's bytes are not needed any more
  asked_ = Asked::yes;
  answer_->call.start(std::move(request));
  return Outcome::next;
}

}  // namespace gh::gateway
