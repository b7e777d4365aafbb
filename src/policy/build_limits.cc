#include <set>
#include <utility>

#include "policy/build.h"
#include "policy/tenant_rules.h"

namespace gh::policy {
namespace {

// GCRA keeps the time that a full burst is worth; beyond this it means nothing and could overflow.
constexpr Duration kLongestRefill = std::chrono::days(366);

std::uint64_t largest_burst(const Rate& rate) {
  const Duration gap = rate.period / static_cast<std::int64_t>(rate.count);
  return static_cast<std::uint64_t>(kLongestRefill / gap);
}

Limit read_limit(const Section& section) {
  Limit limit;
  if (auto rate = read_rate(section, "requests")) limit.requests.push_back(std::move(*rate));
  if (const std::uint32_t most = section.number32("concurrent"); most > 0) {
    limit.concurrent = Concurrency{most, section.path() + ".concurrent"};
  }
  return limit;
}

}  // namespace

std::optional<Rate> read_rate(const Section& parent, std::string_view name) {
  const Section section = parent.section(name);
  const auto per = section.get<CountPer>("rate");
  if (!per) return std::nullopt;
  Rate rate{per->count, per->period, 0, section.path()};
  if (const auto burst = section.get<std::uint64_t>("burst")) {
    rate.burst = *burst;
  } else {
    rate.burst = usual_burst(*per);
    section.computed("burst", std::to_string(rate.burst));
  }
  if (const std::uint64_t most = largest_burst(rate); rate.burst > most) {
    section.report().problem(
        section.at("burst"),
        "`burst`: {} would take more than a year to fill again; write {} or less", rate.burst,
        most);
  }
  return rate;
}

void note_idle(const Section& section, const Limit& part, const Limit& whole) {
  for (const Rate& rate : part.requests) {
    for (const Rate& tight : whole.requests) {
      if (!never_binds(rate, tight)) continue;
      section.report().note(section.at("requests"), "`{}` never binds: `{}` is as tight", rate.rule,
                            tight.rule);
    }
  }
  if (part.concurrent && whole.concurrent && part.concurrent->most >= whole.concurrent->most) {
    section.report().note(section.at("concurrent"), "`{}` never binds: `{}` is as tight",
                          part.concurrent->rule, whole.concurrent->rule);
  }
}

Limits read_limits(const Section& section) {
  const Section per_key = section.section("per_key");
  const Section per_user = section.section("per_user");
  Limits limits;
  limits.whole = read_limit(section);
  limits.per_key = read_limit(per_key);
  limits.per_user = read_limit(per_user);
  note_idle(per_key, limits.per_key, limits.whole);
  note_idle(per_user, limits.per_user, limits.whole);
  return limits;
}

void build_global_limits(Draft& draft, const Section& root) {
  const Section section = root.section("limits");
  draft.snapshot.global = read_limits(section);
  std::set<std::size_t> upstreams;
  for (std::size_t i = 0; i < draft.snapshot.upstreams.size(); ++i) upstreams.insert(i);
  const std::string excess =
      above_in_flight(section.number32("concurrent"), upstreams, draft.snapshot);
  if (!excess.empty()) {
    draft.report.note(section.at("concurrent"), "`concurrent`: {}", excess);
  }
}

}  // namespace gh::policy
