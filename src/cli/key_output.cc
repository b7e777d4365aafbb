#include "cli/key_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "cli/shell.h"
#include "json/json.h"

namespace gh::cli {
namespace {

using identity::KeyRecord;

std::string join(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ",") + escape(word);
  return out;
}

std::string models_of(const KeyRecord& key) {
  return key.models.empty() ? "all" : join(key.models);
}

std::vector<std::string> endpoints_of(const KeyRecord& key) {
  std::vector<std::string> names;
  for (const vllm::Endpoint endpoint : vllm::kEndpoints) {
    if (key.endpoints.has(endpoint)) names.emplace_back(name(endpoint));
  }
  return names;
}

std::string kids_of(const KeyRecord& key) {
  std::vector<std::string> kids;
  for (const identity::KeySecret& secret : key.secrets) kids.push_back(secret.kid);
  return join(kids);
}

std::string expiry_of(const KeyRecord& key) {
  return key.expires ? rfc3339(*key.expires) : "never";
}

std::string period_of(Duration period) {
  constexpr std::array<std::pair<Duration, std::string_view>, 4> kUnits = {
      {{std::chrono::days(1), "day"},
       {std::chrono::hours(1), "h"},
       {std::chrono::minutes(1), "min"},
       {std::chrono::seconds(1), "s"}}};
  for (const auto& [unit, unit_name] : kUnits) {
    if (period == unit) return std::string(unit_name);
  }
  return fmt::format("{}ns", period.count());
}

std::vector<std::pair<std::string_view, std::string>> limits_of(const KeyRecord& key) {
  std::vector<std::pair<std::string_view, std::string>> limits;
  if (const auto& rate = key.limits.requests) {
    limits.emplace_back("requests", fmt::format("{}/{}", rate->count, period_of(rate->period)));
  }
  const auto add = [&limits](std::string_view limit, std::optional<std::uint32_t> value) {
    if (value) limits.emplace_back(limit, std::to_string(*value));
  };
  add("concurrent", key.limits.concurrent);
  add("max_tokens", key.limits.max_tokens);
  add("max_prompt_tokens", key.limits.max_prompt_tokens);
  add("n", key.limits.n);
  return limits;
}

// The members that every JSON output of a key begins with; `secret` may be null.
void write_common(json::Writer& out, const KeyRecord& key, const Secret* secret) {
  out.member("id", key.id);
  if (secret != nullptr) out.member("key", secret->reveal());
  out.member("tenant", key.tenant).member("name", key.name).member("user", key.user);
  if (key.expires) {
    out.member("expires", rfc3339(*key.expires));
  } else {
    out.key("expires").null();
  }
}

void write_strings(json::Writer& out, std::string_view member,
                   const std::vector<std::string>& words) {
  out.key(member).begin_array();
  for (const std::string& word : words) out.string(word);
  out.end_array();
}

void write_key(json::Writer& out, const KeyRecord& key, const policy::Snapshot& policy,
               WallTime now) {
  out.begin_object();
  write_common(out, key, nullptr);
  out.member("state", state_of(key, policy, now)).member("created", rfc3339(key.created));
  if (key.revoked) out.member("revoked", rfc3339(*key.revoked));
  std::vector<std::string> kids;
  for (const identity::KeySecret& kept : key.secrets) kids.push_back(kept.kid);
  write_strings(out, "kids", kids);
  write_strings(out, "models", key.models);
  write_strings(out, "endpoints", endpoints_of(key));
  out.key("limits").begin_object();
  for (const auto& [limit, value] : limits_of(key)) out.member(limit, value);
  out.end_object().end_object();
}

// Port 0: only `serve` will know it.
constexpr std::string_view kAnyPort = ":0";

// Where a person at this machine would send a request.
std::string curl_target(const policy::Listener& listener) {
  const std::string scheme = listener.tls ? "https://" : "http://";
  constexpr std::string_view kUnix = "unix:";
  if (listener.address.starts_with(kUnix)) {
    return fmt::format("--unix-socket {} {}localhost/v1/models",
                       shell_word(listener.address.substr(kUnix.size())), scheme);
  }
  std::string address = listener.address;
  for (const std::string_view any : {"0.0.0.0:", "[::]:"}) {
    if (address.starts_with(any)) address = "localhost:" + address.substr(any.size());
  }
  if (address.ends_with(kAnyPort)) address.replace(address.size() - 1, 1, "PORT");
  const std::string trust =
      listener.tls ? fmt::format("--cacert {} ", shell_word(listener.tls->certificate_file)) : "";
  return trust + scheme + address + "/v1/models";
}

std::string trial(const policy::Snapshot& policy) {
  const auto is_known = [](const policy::Listener& listener) {
    return listener.address.starts_with("unix:") || !listener.address.ends_with(kAnyPort);
  };
  auto listener = std::ranges::find_if(policy.listeners, is_known);
  const bool known = listener != policy.listeners.end();
  if (!known) listener = policy.listeners.begin();
  return fmt::format(
      "To try it, with the key in GATEHOUSE_KEY{}:\n"
      "  curl -H \"Authorization: Bearer $GATEHOUSE_KEY\" {}\n",
      known ? "" : ", and the port that `serve` prints in the place of PORT",
      curl_target(*listener));
}

Secret take(std::string& text) {
  Secret secret(text);
  wipe(text.data(), text.size());
  return secret;
}

}  // namespace

std::string_view state_of(const KeyRecord& key, const policy::Snapshot& policy, WallTime now) {
  if (key.revoked) return "revoked";
  if (key.expires && now >= *key.expires) return "expired";
  if (policy.tenant(key.tenant) == nullptr) return "no tenant";
  return "in force";
}

std::string key_table(const std::vector<KeyRecord>& keys, const policy::Snapshot& policy,
                      WallTime now) {
  using Row = std::array<std::string, 8>;
  std::vector<Row> rows = {{"ID", "KID", "TENANT", "NAME", "USER", "STATE", "EXPIRES", "MODELS"}};
  for (const KeyRecord& key : keys) {
    rows.push_back({key.id, kids_of(key), escape(key.tenant), escape(key.name), escape(key.user),
                    std::string(state_of(key, policy, now)), expiry_of(key), models_of(key)});
  }
  std::array<std::size_t, 8> width{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) width[i] = std::max(width[i], row[i].size());
  }
  std::string out;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += fmt::format("{:<{}}  ", row[i], width[i]);
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

std::string key_text(const KeyRecord& key, const policy::Snapshot& policy, WallTime now) {
  std::string out;
  const auto line = [&out](std::string_view label, std::string_view value) {
    out += fmt::format("{:<10}{}\n", label, value);
  };
  line("id", key.id);
  line("kid", kids_of(key));
  line("tenant", escape(key.tenant));
  line("name", escape(key.name));
  if (!key.user.empty()) line("user", escape(key.user));
  line("state", state_of(key, policy, now));
  line("created", rfc3339(key.created));
  line("expires", expiry_of(key));
  if (key.revoked) line("revoked", rfc3339(*key.revoked));
  line("models", models_of(key));
  line("endpoints", key.endpoints.empty() ? "all" : join(endpoints_of(key)));
  for (const auto& [limit, value] : limits_of(key))
    line("limit", fmt::format("{}={}", limit, value));
  return out;
}

std::string key_json(const KeyRecord& key, const policy::Snapshot& policy, WallTime now) {
  std::string out;
  json::Writer writer(out);
  write_key(writer, key, policy, now);
  return out + "\n";
}

std::string key_list_json(const std::vector<KeyRecord>& keys, const policy::Snapshot& policy,
                          WallTime now) {
  std::string out;
  json::Writer writer(out);
  writer.begin_array();
  for (const KeyRecord& key : keys) write_key(writer, key, policy, now);
  writer.end_array();
  return out + "\n";
}

Secret new_key_text(const KeyRecord& key, const Secret& secret, const policy::Snapshot& policy) {
  std::string out = fmt::format(
      "{}\n\n"
      "This is the only time the key is shown; keep it as you would a password.\n"
      "id {}, tenant {}, name {}, expires {}\n\n{}",
      secret.reveal(), key.id, escape(key.tenant), escape(key.name), expiry_of(key), trial(policy));
  return take(out);
}

Secret new_key_alone(const Secret& secret) {
  std::string out(secret.reveal());
  out += '\n';
  return take(out);
}

Secret new_key_json(const KeyRecord& key, const Secret& secret) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  write_common(writer, key, &secret);
  writer.end_object();
  out += '\n';
  return take(out);
}

}  // namespace gh::cli
