// Steps 3 to 6: who asks for what, and may it be read at all.

#include <algorithm>
#include <array>
#include <cstring>

#include "base/text.h"
#include "gateway/asks.h"
#include "gateway/exchange.h"
#include "gateway/refusals.h"
#include "gateway/worker.h"
#include "identity/rule_name.h"
#include "openai/models.h"

namespace gh::gateway {
namespace {

using policy::Code;

// What follows "Bearer " when that is the whole of the only credential; else nothing.
std::optional<std::string_view> bearer_token(const http::RequestHead& head) {
  const auto value = head.only("authorization");
  if (!value || value->size() < 8) return std::nullopt;
  if (!equals_ignoring_case(value->substr(0, 7), "bearer ")) return std::nullopt;
  const std::string_view token = value->substr(7);
  // Neither a second credential after a comma nor padding that another parser might trim.
  const bool whole =
      std::ranges::none_of(token, [](char c) { return c == ' ' || c == '\t' || c == ','; });
  if (!whole) return std::nullopt;
  return token;
}

// Other places where clients put keys. A request with two credentials has none.
bool has_other_credential(const http::RequestHead& head) {
  return head.count("x-api-key") > 0 || head.count("api-key") > 0 ||
         head.count("proxy-authorization") > 0;
}

bool is_json(std::string_view content_type) {
  const std::string_view media = trim(content_type.substr(0, content_type.find(';')));
  if (!equals_ignoring_case(media, "application/json")) return false;
  // The document is UTF-8 whatever a charset parameter says, so one that says otherwise lies.
  const auto parameter = content_type.find(';');
  if (parameter == std::string_view::npos) return true;
  const std::string_view said = trim(content_type.substr(parameter + 1));
  return said.empty() || equals_ignoring_case(said, "charset=utf-8") ||
         equals_ignoring_case(said, "charset=\"utf-8\"");
}

}  // namespace

Exchange::Outcome Exchange::find_route() {
  if (worker_.shared().draining.load(std::memory_order_relaxed)) {
    return refuse({.code = Code::draining,
                   .message = "This server is about to stop; send the request again.",
                   .rule = "drain",
                   .retry_after = std::chrono::seconds(1)});
  }
  const auto routed = gateway::find_route(intake_->head->method, intake_->head->target);
  if (!routed) return refuse(routed.error());
  intake_->routed = *routed;
  intake_->model_id = std::string(routed->model_id);
  record_.route = routed->route;
  return Outcome::next;
}

Exchange::Outcome Exchange::limit_address() {
  if (!intake_->client_known) {
    return refuse({.code = Code::invalid_request,
                   .message = "The X-Forwarded-For field cannot be read.",
                   .rule = listener_rule(listener_, "proxies.address")});
  }
  const policy::Listener& listener = policy().listeners[listener_];
  if (!listener.requests_per_ip) return Outcome::next;
  limits::Table& table = worker_.shared().addresses;
  const limits::Ask ask{.subject = of_client(limits::Scope::ip),
                        .rate = &*listener.requests_per_ip};
  const MonoTime now = worker_.loop().now();
  const auto admitted = table.admit({&ask, 1}, now);
  if (!admitted) return refuse(rate_refusal(admitted.error()));
  next_admission_ = now + admitted->wait;
  return Outcome::next;
}

// The client's address, as this listener sees it: each has limits of its own.
limits::Subject Exchange::of_client(limits::Scope scope) const {
  const std::string_view block = record_.client.client_block();
  std::array<char, 16 + sizeof listener_> name{};
  std::memcpy(name.data(), &listener_, sizeof listener_);
  const std::size_t size = sizeof listener_ + block.copy(name.data() + sizeof listener_, 16);
  return worker_.shared().addresses.subject(scope, {name.data(), size});
}

Exchange::Outcome Exchange::authenticate() {
  const http::RequestHead& head = *intake_->head;
  auto failure = identity::AuthFailure::missing;
  const auto token = bearer_token(head);
  if (token && !has_other_credential(head)) {
    const auto found = runtime().directory->authenticate(*token, worker_.pepper(), record_.at);
    if (found) {
      principal_ = *found;
      record_.tenant = principal_->tenant->name;
      record_.key_id = principal_->key_id;
      record_.user = principal_->user;
      return Outcome::next;
    }
    failure = found.error();
  } else if (head.count("authorization") > 0) {
    failure = identity::AuthFailure::malformed;
  }
  record_.auth_failure = identity::name(failure);
  // Only failures are counted, and only failures are refused for them: a valid key always passes.
  const policy::Listener& listener = policy().listeners[listener_];
  limits::Table& table = worker_.shared().addresses;
  const limits::Ask ask{.subject = of_client(limits::Scope::failed_auth),
                        .rate = &listener.failed_auth_per_ip};
  const auto admitted = table.admit({&ask, 1}, worker_.loop().now());
  if (!admitted) return refuse(rate_refusal(admitted.error()));
  return refuse({.code = Code::invalid_api_key,
                 .message = "The API key is missing or not valid.",
                 .rule = "authentication"});
}

Exchange::Outcome Exchange::admit() {
  if (intake_->routed.endpoint && !principal_->endpoints.has(*intake_->routed.endpoint)) {
    return refuse({.code = Code::endpoint_not_allowed,
                   .message = "This key may not use this endpoint.",
                   .rule = fmt::format("keys.{}.endpoints", principal_->key_id)});
  }
  const MonoTime now = worker_.loop().now();
  auto admitted = worker_.shared().principals.admit(common_asks().all(), now);
  if (!admitted) {
    note(admitted.error().standing);
    return refuse(rate_refusal(admitted.error()));
  }
  place_.lease = std::move(admitted->lease);
  intake_->taken = admitted->taken;
  intake_->next_before = next_admission_;
  next_admission_ = std::max(next_admission_, now + admitted->wait);
  note(admitted->standing);
  return Outcome::next;
}

// What is limited whichever model is asked.
Asks Exchange::common_asks() const {
  const policy::Tenant& tenant = *principal_->tenant;
  Asks asks(worker_.shared().principals);
  asks.add(limits::Scope::global, "", policy().global.whole);
  asks.add(limits::Scope::tenant, tenant.name, tenant.limits.whole);
  if (!principal_->user.empty()) {
    asks.add(limits::Scope::user, tenant.name + '\0' + principal_->user, tenant.limits.per_user);
  }
  asks.add(limits::Scope::key, principal_->key_id, principal_->limit);
  return asks;
}

// For the x-ratelimit fields: of the rates that were asked, the one that is nearest to its end.
void Exchange::note(const std::optional<limits::Standing>& standing) {
  if (!standing) return;
  if (standing_ == nullptr) {
    standing_ = std::make_unique<limits::Standing>(*standing);
  } else if (limits::nearer_to_its_end(*standing, *standing_)) {
    *standing_ = *standing;
  }
}

Exchange::Outcome Exchange::answer_from_policy() {
  if (intake_->routed.endpoint) return Outcome::next;
  if (intake_->head->has_body) {
    return refuse({.code = Code::invalid_request,
                   .message = "This request takes no body.",
                   .rule = "routes"});
  }
  std::string body;
  if (record_.route == Route::models) {
    openai::write_models(body, policy(), principal_->usable_grants(policy()),
                         worker_.shared().started);
  } else {
    const policy::Grant* grant = principal_->grant(policy(), intake_->model_id);
    const policy::Model* model = grant == nullptr ? nullptr : &policy().models[grant->model];
    if (model == nullptr || !principal_->can_ask(*model)) {
      return refuse({.code = Code::model_not_found,
                     .message = "There is no such model, or this key may not use it.",
                     .param = "model",
                     .rule = model == nullptr
                                 ? identity::model_rule(policy(), *principal_, intake_->model_id)
                                 : fmt::format("keys.{}.endpoints", principal_->key_id)});
    }
    openai::write_model(body, *model, worker_.shared().started);
  }
  send_whole(200, "application/json", body);
  finish_answer();
  return Outcome::answered;
}

Exchange::Outcome Exchange::take_body() {
  if (intake_->body_complete) {
    record_.body_bytes = intake_->body.size();
    return Outcome::next;
  }
  const http::RequestHead& head = *intake_->head;
  if (head.no_length) {
    return refuse({.code = Code::length_required,
                   .message = "Send the body with `Content-Length`, or in chunks.",
                   .rule = "content_length"});
  }
  const auto content_type = head.only("content-type");
  if (!content_type || !is_json(*content_type)) {
    return refuse({.code = Code::unsupported_media_type,
                   .message = "Send the request as `Content-Type: application/json`.",
                   .rule = "content_type"});
  }
  if (head.content_encoded) {
    return refuse({.code = Code::unsupported_media_type,
                   .message = "A compressed request body is not accepted; send it as it is.",
                   .rule = "content_encoding"});
  }
  if (!head.has_body) {
    return refuse({.code = Code::invalid_json,
                   .message = "The request has no body.",
                   .rule = "request.json"});
  }
  if (head.content_length && *head.content_length > principal_->caps.max_body) {
    return refuse({.code = Code::body_too_large,
                   .message = fmt::format("The body has {} bytes; at most {} are accepted.",
                                          *head.content_length, principal_->caps.max_body),
                   .rule = "request.max_body"});
  }
  if (head.content_length && !hold_memory(*head.content_length)) return Outcome::answered;
  if (head.expects_continue) client_->send_continue();
  return Outcome::wait;
}

void Exchange::on_body(std::string_view bytes, std::uint64_t ahead) {
  if (intake_ == nullptr || ended_) return;  // answered early; the codec drains what still comes
  const std::uint64_t size = intake_->body.size() + bytes.size();
  const std::uint64_t most = principal_->caps.max_body;
  if (size > most || ahead > most - size) {
    refuse({.code = Code::body_too_large,
            .message = fmt::format("At most {} bytes of body are accepted.", most),
            .rule = "request.max_body"});
    return;
  }
  if (size > held_ && !hold_memory(size - held_)) return;
  if (intake_->body.empty() && held_ > bytes.size()) {
    intake_->body.prepare(held_);  // all of it is coming: no growing on the way
  }
  intake_->body.append(bytes);
}

void Exchange::on_body_end() {
  if (intake_ == nullptr || ended_) return;
  intake_->body_complete = true;
  run();
}

}  // namespace gh::gateway
