#include "cli/key_options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <set>

#include "base/text.h"
#include "policy/units.h"

namespace gh::cli {
namespace {

constexpr std::size_t kLongestName = 64;
constexpr std::size_t kLongestUser = 128;

// "; did you mean `x`?", or all the words that there are; for the few of this program's own.
std::string hint(std::string_view word, const std::vector<std::string_view>& words) {
  if (const auto close = did_you_mean(word, words)) {
    return fmt::format("; did you mean `{}`?", *close);
  }
  std::string list;
  for (const std::string_view known : words) {
    list += fmt::format("{}`{}`", list.empty() ? "" : ", ", known);
  }
  return "; there is " + list;
}

// Names appear in handles ("tenant/name") and tables, so they are plain words.
Result<std::string> parse_name(const std::string& text) {
  const bool plain = std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-' || c == '@';
  });
  if (text.empty() || text.size() > kLongestName || !plain) {
    return fail("--name `{}`: a name has 1 to {} letters, digits and characters of `._-@`",
                escape(text), kLongestName);
  }
  return text;
}

Result<std::string> parse_user(const std::string& text) {
  if (text.size() > kLongestUser || escape(text) != text) {
    return fail("--user `{}`: a label has at most {} bytes of printable UTF-8, no backslash",
                escape(text), kLongestUser);
  }
  return text;
}

Result<std::vector<std::string>> parse_models(const std::vector<std::string>& texts,
                                              const policy::Snapshot& policy,
                                              const policy::Tenant& tenant) {
  std::vector<std::string_view> known;
  for (const policy::Grant& grant : tenant.grants) known.push_back(policy.models[grant.model].name);
  std::set<std::string> models;
  for (const std::string& text : texts) {
    if (std::ranges::find(known, text) == known.end()) {
      return fail("--models `{}`: tenant `{}` has no such model{}", escape(text), tenant.name,
                  suggestion(text, known));
    }
    models.insert(text);
  }
  return std::vector<std::string>(models.begin(), models.end());
}

Result<policy::EndpointSet> parse_endpoints(const std::vector<std::string>& texts) {
  policy::EndpointSet set;
  for (const std::string& text : texts) {
    const auto* const found = std::ranges::find_if(
        vllm::kEndpoints, [&text](vllm::Endpoint endpoint) { return name(endpoint) == text; });
    if (found == std::end(vllm::kEndpoints)) {
      std::vector<std::string_view> known;
      for (const vllm::Endpoint endpoint : vllm::kEndpoints) known.push_back(name(endpoint));
      return fail("--endpoints `{}`: no such endpoint{}", escape(text), hint(text, known));
    }
    set.add(*found);
  }
  return set;
}

std::string listed(policy::EndpointSet endpoints) {
  std::string list;
  for (const vllm::Endpoint endpoint : vllm::kEndpoints) {
    if (endpoints.has(endpoint))
      list += fmt::format("{}`{}`", list.empty() ? "" : ", ", name(endpoint));
  }
  return list;
}

policy::EndpointSet endpoints_of(const std::vector<const policy::Model*>& models) {
  policy::EndpointSet all;
  for (const policy::Model* model : models) {
    for (const vllm::Endpoint endpoint : vllm::kEndpoints) {
      if (model->endpoints.has(endpoint)) all.add(endpoint);
    }
  }
  return all;
}

// Those that `key` names, or all of its tenant.
std::vector<const policy::Model*> models_of(const identity::KeyRecord& key,
                                            const policy::Snapshot& policy) {
  std::vector<const policy::Model*> models;
  const policy::Tenant* tenant = policy.tenant(key.tenant);
  if (tenant == nullptr) return models;
  for (const policy::Grant& grant : tenant->grants) {
    const policy::Model& model = policy.models[grant.model];
    if (key.models.empty() || std::ranges::find(key.models, model.name) != key.models.end())
      models.push_back(&model);
  }
  return models;
}

// A key whose models and endpoints have nothing in common could ask nothing.
Result<> check_use(const identity::KeyRecord& key, const policy::Snapshot& policy) {
  const auto offered = endpoints_of(models_of(key, policy));
  if (key.endpoints.empty() || offered.empty() || !(offered & key.endpoints).empty()) return {};
  return fail("--endpoints: the key could ask nothing: no model of {} has {}; there is {}",
              key.models.empty() ? fmt::format("tenant `{}`", key.tenant) : "--models",
              listed(key.endpoints), listed(offered));
}

// Exactly `size` digits of `text` at `at`; -1 for anything else.
int digits(std::string_view text, std::size_t at, std::size_t size) {
  int value = -1;
  if (text.size() < at + size) return -1;
  const char* const end = text.data() + at + size;
  const auto [stop, error] = std::from_chars(text.data() + at, end, value);
  return error == std::errc() && stop == end && text[at] != '-' ? value : -1;
}

// RFC 3339 in UTC with whole seconds, or a date alone.
std::optional<std::chrono::sys_seconds> parse_moment(std::string_view text) {
  if (text.size() != 10 && text.size() != 20) return std::nullopt;
  // What is not digits is -1, which makes no valid date.
  const std::chrono::year_month_day date(
      std::chrono::year(digits(text, 0, 4)),
      std::chrono::month(static_cast<unsigned>(digits(text, 5, 2))),
      std::chrono::day(static_cast<unsigned>(digits(text, 8, 2))));
  if (text[4] != '-' || text[7] != '-' || date.year() < std::chrono::year(0) || !date.ok()) {
    return std::nullopt;
  }
  const std::chrono::sys_days midnight(date);
  if (text.size() == 10) return midnight;
  const int hour = digits(text, 11, 2);
  const int minute = digits(text, 14, 2);
  const int second = digits(text, 17, 2);
  if (text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[19] != 'Z') return std::nullopt;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
    return std::nullopt;
  }
  return midnight + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

Result<std::uint32_t> parse_cap(std::string_view option, std::string_view text) {
  const Result<std::uint64_t> count = policy::parse_count(text);
  if (!count) return fail("--limit {}: {}", option, count.error().message);
  if (*count == 0 || *count > std::numeric_limits<std::uint32_t>::max()) {
    return fail("--limit {}: `{}` is outside 1 to 4294967295", option, escape(text));
  }
  return static_cast<std::uint32_t>(*count);
}

Result<policy::Rate> parse_requests(std::string_view text) {
  const Result<policy::CountPer> rate = policy::parse_rate(text);
  if (!rate) return fail("--limit requests: {}", rate.error().message);
  return policy::Rate{rate->count, rate->period, policy::usual_burst(*rate), ""};
}

struct Cap {
  std::string_view name;
  std::string_view example;
  std::optional<std::uint32_t> identity::KeyLimits::* value;
  std::uint32_t policy::RequestCaps::* of_tenant;  // null: among the tenant's limits
};
constexpr std::array<Cap, 4> kCaps = {
    {{"concurrent", "2", &identity::KeyLimits::concurrent, nullptr},
     {"max_tokens", "256", &identity::KeyLimits::max_tokens, &policy::RequestCaps::max_tokens},
     {"max_prompt_tokens", "1000", &identity::KeyLimits::max_prompt_tokens,
      &policy::RequestCaps::max_prompt_tokens},
     {"n", "1", &identity::KeyLimits::n, &policy::RequestCaps::n}}};

// What binds any key of the tenant anyway.
std::uint32_t bound_of(const Cap& cap, const policy::Tenant& tenant) {
  if (cap.of_tenant != nullptr) return tenant.request.*cap.of_tenant;
  std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
  for (const policy::Limit* limit : {&tenant.limits.whole, &tenant.limits.per_key}) {
    if (limit->concurrent) most = std::min(most, limit->concurrent->most);
  }
  return most;
}

Result<> parse_limit(std::string_view text, identity::KeyLimits& limits) {
  const std::size_t sign = text.find('=');
  const std::string_view option = text.substr(0, sign);
  const std::string_view value =
      sign == std::string_view::npos ? std::string_view() : text.substr(sign + 1);
  const auto twice = [&] { return fail("--limit {}: given twice", option); };

  if (option == "requests") {
    if (limits.requests) return twice();
    const Result<policy::Rate> rate = parse_requests(value);
    if (!rate) return std::unexpected(rate.error());
    limits.requests = *rate;
    return {};
  }
  for (const Cap& cap : kCaps) {
    if (option != cap.name) continue;
    if (limits.*cap.value) return twice();
    const Result<std::uint32_t> parsed = parse_cap(option, value);
    if (!parsed) return std::unexpected(parsed.error());
    limits.*cap.value = *parsed;
    return {};
  }
  std::vector<std::string_view> known = {"requests"};
  for (const Cap& cap : kCaps) known.push_back(cap.name);
  return fail("--limit `{}`: no such limit{}", escape(option), hint(option, known));
}

}  // namespace

Result<std::optional<WallTime>> parse_expiry(const std::string& text, WallTime now) {
  if (text == "never") return std::nullopt;
  // Whatever a clock of 64-bit nanoseconds cannot hold, in the year 2262.
  constexpr std::chrono::sys_seconds kEnd{std::chrono::seconds(INT64_MAX / 1'000'000'000)};
  if (const auto moment = parse_moment(text)) {
    const std::int64_t seconds = moment->time_since_epoch().count();
    if (*moment >= kEnd) return fail("--expires `{}` is too far away", text);
    if (seconds <= now.seconds()) return fail("--expires `{}` is in the past", text);
    return WallTime{seconds * 1'000'000'000};
  }
  const Result<Duration> duration = policy::parse_duration(text);
  if (!duration || *duration <= Duration::zero()) {
    return fail(
        "--expires `{}`: write a duration like 90d or 12h, a day like 2027-01-31, a time like "
        "2027-01-31T12:00:00Z, or never",
        escape(text));
  }
  WallTime end;
  if (__builtin_add_overflow(now.ns, duration->count(), &end.ns)) {
    return fail("--expires `{}` is too far away", text);
  }
  return end;
}

std::string limit_examples() {
  std::string examples = "requests=5/min";
  for (const Cap& cap : kCaps) examples += fmt::format(", {}={}", cap.name, cap.example);
  return examples;
}

Result<identity::KeyLimits> parse_limits(const std::vector<std::string>& texts) {
  identity::KeyLimits limits;
  for (const std::string& text : texts) {
    if (const Result<> parsed = parse_limit(text, limits); !parsed) {
      return std::unexpected(parsed.error());
    }
  }
  return limits;
}

Result<identity::KeyRecord> key_from_options(const KeysCreate& command,
                                             const policy::Snapshot& policy, WallTime now) {
  const policy::Tenant* tenant = policy.tenant(command.tenant);
  if (tenant == nullptr) {
    std::vector<std::string_view> known;
    for (const policy::Tenant& t : policy.tenants) known.push_back(t.name);
    return fail("--tenant `{}`: the policy has no such tenant{}", escape(command.tenant),
                suggestion(command.tenant, known));
  }
  const auto name = parse_name(command.name);
  if (!name) return std::unexpected(name.error());
  const auto user = parse_user(command.user);
  if (!user) return std::unexpected(user.error());
  auto models = parse_models(command.models, policy, *tenant);
  if (!models) return std::unexpected(models.error());
  const auto endpoints = parse_endpoints(command.endpoints);
  if (!endpoints) return std::unexpected(endpoints.error());
  const auto limits = parse_limits(command.limits);
  if (!limits) return std::unexpected(limits.error());
  const auto expires = parse_expiry(command.expires, now);
  if (!expires) return std::unexpected(expires.error());

  identity::KeyRecord key;
  key.tenant = tenant->name;
  key.name = *name;
  key.user = *user;
  key.models = std::move(*models);
  key.endpoints = *endpoints;
  key.limits = *limits;
  key.created = now;
  key.expires = *expires;
  if (const auto use = check_use(key, policy); !use) return std::unexpected(use.error());
  return key;
}

std::string idle_part(const identity::KeyRecord& key, const policy::Snapshot& policy) {
  if (key.endpoints.empty()) return {};
  const auto models = models_of(key, policy);
  const policy::EndpointSet offered = endpoints_of(models);
  policy::EndpointSet idle;
  for (const vllm::Endpoint endpoint : vllm::kEndpoints) {
    if (key.endpoints.has(endpoint) && !offered.has(endpoint)) idle.add(endpoint);
  }
  if (!idle.empty()) return fmt::format("none of this key's models has {}", listed(idle));
  // Without --models nobody said that it should have each of them.
  if (key.models.empty()) return {};
  for (const policy::Model* model : models) {
    if ((model->endpoints & key.endpoints).empty()) {
      return fmt::format("this key cannot use `{}`, which has {} only", model->name,
                         listed(model->endpoints));
    }
  }
  return {};
}

std::string idle_limit(const identity::KeyRecord& key, const policy::Snapshot& policy) {
  const policy::Tenant* const tenant = policy.tenant(key.tenant);
  if (tenant == nullptr) return {};
  for (const Cap& cap : kCaps) {
    const auto& asked = key.limits.*cap.value;
    const std::uint32_t bound = bound_of(cap, *tenant);
    if (asked && *asked >= bound) {
      return fmt::format("--limit {}={} narrows nothing: tenant `{}` has {}", cap.name, *asked,
                         tenant->name, bound);
    }
  }
  if (!key.limits.requests) return {};
  for (const policy::Limit* limit : {&tenant->limits.whole, &tenant->limits.per_key}) {
    for (const policy::Rate& rate : limit->requests) {
      if (never_binds(*key.limits.requests, rate)) {
        return fmt::format("--limit requests narrows nothing: `{}` is as tight", rate.rule);
      }
    }
  }
  return {};
}

}  // namespace gh::cli
