// `gatehouse policy check|show|reference`.

#include "cli/policy.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/find_key.h"
#include "cli/output.h"
#include "cli/policy_key.h"
#include "json/json.h"
#include "policy/files.h"
#include "policy/load.h"
#include "policy/settings.h"
#include "policy/settings_text.h"

namespace gh::cli {
namespace {

using policy::Effective;
using policy::Loaded;

void write_problems(json::Writer& out, std::string_view name,
                    const std::vector<policy::Problem>& problems) {
  out.key(name).begin_array();
  for (const policy::Problem& problem : problems) {
    out.begin_object();
    out.member("file", escape(problem.file, 4096));
    out.key("line").unsigned_integer(problem.line);
    out.key("column").unsigned_integer(problem.column);
    out.member("message", problem.message);
    out.end_object();
  }
  out.end_array();
}

std::string check_json(const Loaded& loaded) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  out.key("ok").boolean(loaded.problems.empty());
  write_problems(out, "problems", loaded.problems);
  write_problems(out, "notes", loaded.notes);
  out.end_object();
  return text + "\n";
}

std::string check_text(const Loaded& loaded, const PolicyCheck& command) {
  std::string out;
  for (const policy::Problem& problem : loaded.problems) out += policy::format(problem) + "\n";
  for (const policy::Problem& note : loaded.notes) out += "note: " + policy::format(note) + "\n";
  const std::size_t count = loaded.problems.size();
  const std::string name = escape(command.config, 512);
  if (count == 0) return command.quiet ? out : out + fmt::format("{}: valid\n", name);
  return out + fmt::format("{}: {} problem{}\n", name, count, count == 1 ? "" : "s");
}

// Everything that a request of the tenant meets: its own settings, those of its models and their
// upstreams, and the limits of the whole.
std::vector<Effective> of_tenant(const Loaded& loaded, const policy::Tenant& tenant) {
  const policy::Snapshot& snapshot = *loaded.snapshot;
  std::set<std::string> prefixes = {fmt::format("tenants.{}.", tenant.name), "limits."};
  for (const policy::Grant& grant : tenant.grants) {
    const policy::Model& model = snapshot.models[grant.model];
    prefixes.insert(fmt::format("models.{}.", model.base.empty() ? model.name : model.base));
    prefixes.insert(fmt::format("upstreams.{}.", snapshot.upstreams[grant.upstream].name));
  }
  std::vector<Effective> values;
  std::ranges::copy_if(loaded.effective, std::back_inserter(values), [&](const Effective& value) {
    return std::ranges::any_of(
        prefixes, [&](const std::string& prefix) { return value.path.starts_with(prefix); });
  });
  return values;
}

std::string show_text(const std::vector<Effective>& values) {
  std::vector<std::vector<std::string>> rows = {{"SETTING", "VALUE", "FROM"}};
  for (const Effective& value : values) {
    rows.push_back({escape(value.path), escape(value.value), escape(value.origin, 512)});
  }
  return table(rows) + "\ntool guard: none\n";
}

std::string show_json(const PolicyShow& command, const std::vector<Effective>& values) {
  std::string text;
  json::Writer out(text);
  const auto named = [&](std::string_view name, const std::string& value) {
    out.key(name);
    value.empty() ? out.null() : out.string(escape(value));
  };
  out.begin_object();
  named("tenant", command.tenant);
  named("key", command.key);
  out.member("tool_guard", "none");
  out.key("settings").begin_array();
  for (const Effective& value : values) {
    out.begin_object();
    out.member("path", value.path);
    out.member("value", value.value);
    out.member("origin", value.origin);
    out.end_object();
  }
  out.end_array();
  out.end_object();
  return text + "\n";
}

int no_tenant(const policy::Snapshot& snapshot, const std::string& name) {
  std::vector<std::string_view> names;
  for (const policy::Tenant& tenant : snapshot.tenants) names.push_back(tenant.name);
  return complain(kFindings, fmt::format("there is no tenant `{}`{}", escape(name, 64),
                                         suggestion(name, names)));
}

}  // namespace

int run(const PolicyCheck& command) {
  if (const auto readable = policy::check_file(command.config); !readable) {
    return complain(kUndecided, readable.error().message);
  }
  const Loaded loaded = policy::load(command.config);
  return print(loaded.problems.empty() ? kFine : kFindings,
               command.json ? check_json(loaded) : check_text(loaded, command));
}

int run(const PolicyShow& command) {
  const Loaded loaded = policy::load(command.config, {.effective = true});
  if (loaded.snapshot == nullptr) {
    complain_of(loaded.problems);
    return kUndecided;
  }
  std::vector<Effective> values;
  if (!command.key.empty()) {
    const auto keys = open_keys(*loaded.snapshot);
    if (!keys) return keys.error();
    const auto key = find_key(*keys, command.key);
    if (!key) return key.error();
    const policy::Tenant* tenant = loaded.snapshot->tenant(key->tenant);
    if (tenant == nullptr) return no_tenant(*loaded.snapshot, key->tenant);
    values = of_key(loaded, *tenant, *key);
    std::ranges::move(of_tenant(loaded, *tenant), std::back_inserter(values));
  } else if (!command.tenant.empty()) {
    const policy::Tenant* tenant = loaded.snapshot->tenant(command.tenant);
    if (tenant == nullptr) return no_tenant(*loaded.snapshot, command.tenant);
    values = of_tenant(loaded, *tenant);
  } else {
    values = loaded.effective;
  }
  return print(kFine, command.json ? show_json(command, values) : show_text(values));
}

int run(const PolicyReference& command) {
  if (command.section.empty()) return print(kFine, policy::settings_markdown());
  const auto text = policy::setting_text(command.section);
  return text ? print(kFine, *text) : complain(kUsage, text.error().message);
}

}  // namespace gh::cli
