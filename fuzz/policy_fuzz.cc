// gh-link: gh_policy
// Any text is a policy or a list of what is wrong with it; one that is accepted holds together.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "policy/explain.h"
#include "policy/load.h"

namespace {

void check_lines(const std::vector<gh::policy::Problem>& lines) {
  for (const gh::policy::Problem& line : lines) {
    const std::string text = gh::policy::format(line);
    GH_CHECK(line.line >= 1 && line.column >= 1);
    GH_CHECK(gh::is_utf8(text));
    GH_CHECK(
        std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
  }
}

void check_snapshot(const gh::policy::Loaded& loaded) {
  const gh::policy::Snapshot& snapshot = *loaded.snapshot;
  GH_CHECK(!snapshot.listeners.empty() && !snapshot.upstreams.empty());
  for (const gh::policy::Model& model : snapshot.models) {
    GH_CHECK(snapshot.model(model.name) == &model);
    GH_CHECK(model.upstream < snapshot.upstreams.size() && !model.endpoints.empty());
  }
  for (const gh::policy::Tenant& tenant : snapshot.tenants) {
    GH_CHECK(snapshot.tenant(tenant.name) == &tenant);
    GH_CHECK(!tenant.grants.empty());
    GH_CHECK(tenant.request.default_max_tokens <= tenant.request.max_tokens);
    for (const gh::policy::Grant& grant : tenant.grants) {
      const std::string& model = snapshot.models[grant.model].name;
      GH_CHECK(snapshot.grant(tenant, model) == &grant);
      GH_CHECK(grant.upstream < snapshot.upstreams.size());
      for (const char* endpoint : {"chat", "completions", "embeddings"}) {
        const auto explanation = gh::policy::explain(
            loaded, {.tenant = tenant.name, .endpoint = endpoint, .model = model});
        GH_CHECK(explanation.refusal || !explanation.caps.empty());
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto loaded = gh::policy::load_text(text, "p.yaml", "/nonexistent", {.effective = true});
  GH_CHECK((loaded.snapshot == nullptr) == !loaded.problems.empty());
  check_lines(loaded.problems);
  check_lines(loaded.notes);
  if (loaded.snapshot != nullptr) check_snapshot(loaded);
  return 0;
}
