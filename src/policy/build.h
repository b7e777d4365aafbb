#pragma once
// From the tree to a Snapshot, section by section. Each function reads its sections, resolves what
// they refer to, and reports what can be seen there; rules.h looks at the whole afterwards. After
// a problem the draft goes on with whatever was readable, so that every problem is found, and is
// thrown away in the end.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "policy/report.h"
#include "policy/section.h"
#include "policy/snapshot.h"

namespace gh::policy {

struct Named {
  std::size_t index = 0;
  yaml::Position at;  // of the name
};
// The index of what a mistake refers to; no rule looks further there.
inline constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

using Names = std::map<std::string, Named, std::less<>>;

struct TenantPlace {
  yaml::Position at;
  yaml::Position max_body;
  yaml::Position isolation;
};

struct Draft {
  Report& report;
  std::string directory;  // that relative paths start from
  bool upstream_keys;     // LoadOptions
  Snapshot snapshot;

  Names upstream_names;
  Names model_names;  // with the adapters
  Names tenant_names;
  // Of the elements of the vectors of the same name in `snapshot`.
  std::vector<yaml::Position> upstreams;
  // By upstream, the number of its prefix cache: upstreams with a URL in common have one.
  std::vector<std::size_t> caches;
  std::vector<yaml::Position> models;
  std::vector<TenantPlace> tenants;
};

void build_listeners(Draft& draft, const Section& root);
void build_upstreams(Draft& draft, const Section& root);
// After the upstreams.
void build_models(Draft& draft, const Section& root);
// Before the tenants, after the upstreams.
void build_global_limits(Draft& draft, const Section& root);
// After the models.
void build_tenants(Draft& draft, const Section& root);
// state, secrets.
void build_state(Draft& draft, const Section& root);
// log, drain, workers, memory.
void build_rest(Draft& draft, const Section& root);

// `name` is that of a rate section; nothing when nobody wrote it and it has no default.
std::optional<Rate> read_rate(const Section& parent, std::string_view name);
Limits read_limits(const Section& limits);
// Notes what of `part`, read from `section`, is never the one to refuse: `whole`, which binds the
// same requests and others, is as tight. No problem: both hold, so nobody gets more than either
// says; and whoever lowers a wider limit in need must not have to lower all narrower ones first.
void note_idle(const Section& section, const Limit& part, const Limit& whole);
RequestCaps read_request(const Section& request);

// At `word`: "unknown upstream `lama`; did you mean `llama`?"
void report_unknown(Report& report, const Word& word, std::string_view kind, const Names& names);

// Enters the name that `element` gives itself; false, and a problem, when it is taken. An absent
// name is never new: its absence was told.
bool enter_name(const Section& element, std::string_view kind, std::size_t index, Names& names);

}  // namespace gh::policy
