// `gatehouse policy explain`.

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/explain_body.h"
#include "cli/find_key.h"
#include "cli/output.h"
#include "cli/policy.h"
#include "cli/policy_key.h"
#include "identity/directory.h"
#include "json/json.h"
#include "openai/request.h"
#include "policy/explain.h"
#include "policy/files.h"

namespace gh::cli {
namespace {

constexpr std::size_t kMostRequestBytes = 64u << 20;

struct Asked {
  policy::Question question;
  std::string key;                          // a handle, instead of a tenant
  std::optional<policy::Refusal> refusal;   // of a body that no answer to the question changes
  std::optional<policy::Refusal> no_model;  // of one that names none; who asks is looked at first
  json::Parser parser;                      // holds the body
  json::Value body;
};

struct Answer {
  policy::Explanation explanation;
  std::optional<openai::RequestFacts> facts;  // of a body that passes
};

Result<std::string> text_member(json::Value object, std::string_view name) {
  const json::Value value = object[name];
  if (!value.exists()) return std::string();
  if (!value.is_string() || value.string().empty()) {
    return fail("`{}` must be a text", name);
  }
  return std::string(value.string());
}

// A key of the client's body that is there twice. Who asks cannot be read then, and does not
// matter: the gateway refuses it from everybody.
policy::Refusal refused_body(json::ParseError error) {
  error.path = error.path.substr(std::string_view("body.").size());
  error.message = "duplicate key: " + error.path;
  return openai::refusal(error);
}

Result<Asked> read_request(const std::string& path) {
  const auto file = policy::read_file(path, kMostRequestBytes);
  if (!file) return std::unexpected(file.error());
  Asked asked;
  const auto document = asked.parser.parse(file->text);
  if (!document && document.error().path.starts_with("body.")) {
    asked.refusal = refused_body(document.error());
    return asked;
  }
  if (!document) return fail("`{}`: {}", escape(path, 512), document.error().message);
  const json::Value root = document->root();
  for (const auto [key, value] : root.members()) {
    if (key != "tenant" && key != "key" && key != "endpoint" && key != "body") {
      return fail("unknown `{}`; write tenant or key, endpoint and body", escape(key, 64));
    }
  }
  if (!root["body"].exists()) return fail("`body` is needed: what the client sends");
  auto tenant = text_member(root, "tenant");
  auto key = text_member(root, "key");
  auto endpoint = text_member(root, "endpoint");
  for (const auto* text : {&tenant, &key, &endpoint}) {
    if (!*text) return std::unexpected(text->error());
  }
  if (tenant->empty() == key->empty()) return fail("name either a `tenant` or a `key`");
  if (endpoint->empty()) return fail("`endpoint` is needed");
  asked.body = root["body"];
  asked.question.tenant = std::move(*tenant);
  asked.question.endpoint = std::move(*endpoint);
  if (auto model = openai::requested_model(asked.body)) {
    asked.question.model = *model;
  } else {
    asked.no_model = std::move(model.error());
  }
  asked.key = std::move(*key);
  return asked;
}

policy::Explanation refused_key(const identity::KeyRecord& key, std::string_view why) {
  policy::Explanation explanation;
  explanation.refusal = policy::Refusal{.code = policy::Code::invalid_api_key,
                                        .message = fmt::format("the key {} {}", key.id, why),
                                        .param = {},
                                        .rule = "authentication",
                                        .retry_after = {}};
  return explanation;
}

// In the place of the steps of those rules, or at the end.
void put(std::vector<policy::Step>& steps, const std::vector<std::string>& rules,
         const policy::Effective& value) {
  const auto is_narrowed = [&rules](const policy::Step& step) {
    return std::ranges::find(rules, step.rule) != rules.end();
  };
  auto place = steps.insert(std::ranges::find_if(steps, is_narrowed),
                            {value.path, value.value, value.origin});
  steps.erase(std::remove_if(++place, steps.end(), is_narrowed), steps.end());
}

// Those of the tenant that never bind a key with this one of its own.
std::vector<std::string> narrowed_rates(const policy::Limit& limit, const policy::Rate& own) {
  std::vector<std::string> rules;
  for (const policy::Rate& rate : limit.requests) {
    if (policy::never_binds(rate, own)) rules.push_back(rate.rule);
  }
  return rules;
}

policy::Explanation explain_key(const policy::Loaded& loaded, const identity::KeyRecord& key,
                                policy::Question question) {
  if (key.revoked) return refused_key(key, "was revoked");
  if (key.expires && *key.expires <= system_clock().wall()) return refused_key(key, "has expired");
  question.tenant = key.tenant;
  question.key_id = key.id;
  question.key_models = key.models;
  question.key_endpoints = key.endpoints;
  policy::Explanation explanation = policy::explain(loaded, question);
  if (explanation.refusal) return explanation;
  // What the key narrows stands in the place of what it narrows.
  const policy::Tenant& tenant = *loaded.snapshot->tenant(key.tenant);
  const policy::Limit& limit = tenant.limits.per_key;
  const std::string own = fmt::format("keys.{}.", key.id);
  for (const policy::Effective& value : of_key(loaded, tenant, key)) {
    if (value.origin != fmt::format("key {}", key.id)) continue;  // it is the tenant's
    const std::string setting = value.path.substr(own.size());
    if (setting == "limits.requests") {
      put(explanation.limits, narrowed_rates(limit, *key.limits.requests), value);
    } else if (setting == "limits.concurrent") {
      put(explanation.limits, {limit.concurrent ? limit.concurrent->rule : ""}, value);
    } else if (setting.starts_with("request.")) {
      put(explanation.caps, {fmt::format("tenants.{}.{}", tenant.name, setting)}, value);
    }
  }
  return explanation;
}

void write_steps(json::Writer& out, std::string_view name, const std::vector<policy::Step>& steps) {
  out.key(name).begin_array();
  for (const policy::Step& step : steps) {
    out.begin_object();
    out.member("rule", step.rule);
    out.member("value", step.value);
    out.member("origin", step.origin);
    out.end_object();
  }
  out.end_array();
}

// A body with nothing but its model asks about the grants alone.
void look_at_body(const policy::Snapshot& snapshot, const Asked& asked,
                  const identity::Principal& principal, Answer& answer) {
  const policy::Explanation& explanation = answer.explanation;
  if (explanation.refusal || asked.body.size() == 1) return;
  const auto endpoint = *std::ranges::find(vllm::kEndpoints, asked.question.endpoint,
                                           [](vllm::Endpoint e) { return vllm::name(e); });
  auto facts = check_body(asked.body, snapshot, *explanation.grant, endpoint, principal);
  if (facts) {
    answer.facts = *facts;
  } else {
    answer.explanation.refusal = std::move(facts.error());
  }
}

std::string_view decision(const Answer& answer) {
  if (answer.explanation.refusal) return "refused";
  return answer.facts ? "accepted" : "open";
}

void write_facts(json::Writer& out, const openai::RequestFacts& facts) {
  out.key("request").begin_object();
  out.key("prompt_tokens").unsigned_integer(facts.prompt_tokens);
  out.key("prompt_needs_count").boolean(facts.prompt_needs_count);
  out.key("max_tokens").unsigned_integer(facts.max_tokens);
  out.key("completion_bound").unsigned_integer(facts.completion_bound());
  out.key("ignored_fields").unsigned_integer(facts.ignored_fields);
  out.end_object();
}

std::string explain_json(const Answer& answer) {
  const policy::Explanation& explanation = answer.explanation;
  std::string text;
  json::Writer out(text);
  out.begin_object();
  out.member("decision", decision(answer));
  if (const auto& refusal = explanation.refusal) {
    const policy::Step* step = deciding_step(explanation);
    out.member("rule", step == nullptr ? refusal->rule : step->rule);
    if (step != nullptr) {
      out.member("value", step->value);
      out.member("origin", step->origin);
    }
    if (!refusal->param.empty()) out.member("param", refusal->param);
    out.member("code", policy::name(refusal->code));
    out.member("status", static_cast<std::int64_t>(policy::status(refusal->code)));
    out.member("message", refusal->message);
  }
  if (answer.facts) write_facts(out, *answer.facts);
  write_steps(out, "grants", explanation.grants);
  write_steps(out, "limits", explanation.limits);
  write_steps(out, "caps", explanation.caps);
  out.end_object();
  return text + "\n";
}

std::string steps_text(std::string_view title, const std::vector<policy::Step>& steps) {
  if (steps.empty()) return {};
  std::vector<std::vector<std::string>> rows;
  for (const policy::Step& step : steps) {
    rows.push_back({"  " + escape(step.rule), escape(step.value), escape(step.origin, 512)});
  }
  return fmt::format("\n{}\n{}", title, table(rows));
}

std::string explain_text(const Answer& answer) {
  const policy::Explanation& explanation = answer.explanation;
  std::string out;
  if (const auto& refusal = explanation.refusal) {
    const policy::Step* step = deciding_step(explanation);
    const std::string& rule = step == nullptr ? refusal->rule : step->rule;
    out = fmt::format("refused by {}: {} ({} {})\n", escape(rule), refusal->message,
                      policy::status(refusal->code), policy::name(refusal->code));
    if (step != nullptr) {
      out += fmt::format("  which is {} ({})\n", escape(step->value), escape(step->origin, 512));
    }
  } else if (answer.facts) {
    out = fmt::format(
        "accepted: the body passes too, with about {} prompt tokens{} and at most {} to be made;\n"
        "limits decide when the request comes\n",
        answer.facts->prompt_tokens,
        answer.facts->prompt_needs_count ? " (near the cap: vLLM's own count decides)" : "",
        answer.facts->completion_bound());
  } else {
    out = "open: who asks may ask this; limits and body decide when the request comes\n";
  }
  out += steps_text("Grants, in the order they were looked at", explanation.grants);
  out += steps_text("Limits that it counts against", explanation.limits);
  return out + steps_text("Caps that its body is held against", explanation.caps);
}

}  // namespace

int run(const PolicyExplain& command) {
  const policy::Loaded loaded = policy::load(command.config, {.effective = true});
  if (loaded.snapshot == nullptr) {
    complain_of(loaded.problems);
    return kUndecided;
  }
  auto asked = read_request(command.request_file);
  if (!asked) return complain(kUndecided, asked.error().message);
  const policy::Snapshot& snapshot = *loaded.snapshot;
  Answer answer;
  if (asked->refusal) {
    answer.explanation.refusal = std::move(asked->refusal);
  } else if (asked->key.empty()) {
    answer.explanation = policy::explain(loaded, asked->question);
    const policy::Tenant* tenant = snapshot.tenant(asked->question.tenant);
    if (tenant != nullptr) {
      look_at_body(snapshot, *asked, identity::Principal::resolve(snapshot, *tenant, {}), answer);
    }
  } else {
    const auto keys = open_keys(snapshot);
    if (!keys) return keys.error();
    const auto key = find_key(*keys, asked->key);
    if (!key) return key.error();
    answer.explanation = explain_key(loaded, *key, asked->question);
    const policy::Tenant* tenant = snapshot.tenant(key->tenant);
    if (tenant != nullptr) {
      look_at_body(snapshot, *asked, identity::Principal::resolve(snapshot, *tenant, *key), answer);
    }
  }
  auto& refusal = answer.explanation.refusal;
  if (asked->no_model && refusal && refusal->code == policy::Code::model_not_found) {
    refusal = std::move(asked->no_model);
  }
  return print(refusal ? kFindings : kFine,
               command.json ? explain_json(answer) : explain_text(answer));
}

}  // namespace gh::cli
