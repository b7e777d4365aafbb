#pragma once
// The one table of the policy file's settings. The validator, the defaults, the reference page
// (settings_markdown below) and the command line's help (settings_text.h) all come from it.
// Constant data; any thread.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace gh::policy {

enum class Type : std::uint8_t {
  section,      // a mapping of `members`
  sections,     // a list of such mappings
  words,        // a list of `item`s
  routes,       // a mapping from model names to upstream names
  secret,       // { file: PATH }, { credential: NAME } or { env: NAME }
  secret_file,  // the same without env
  // Scalars:
  boolean,
  count,
  bytes,
  duration,
  rate,
  choice,       // one of `choices`
  name,         // of a tenant or an upstream
  model_name,   // what clients say
  served_name,  // what the upstream is told
  version,      // of vLLM
  path,
  address,     // to listen on
  url,         // of an upstream
  network,     // CIDR, or "unix"
  cache,       // the isolation modes
  log_target,  // stdout, stderr, none or a path
};

struct Setting {
  std::string_view name;
  Type type = Type::section;
  std::string_view help = {};  // one sentence
  // The default as it would be written; "" = none. In parentheses: computed, in words.
  std::string_view fallback = {};
  bool required = false;
  std::string_view least = {};  // bounds as they would be written; "" = none
  std::string_view most = {};
  std::string_view word = {};  // may stand for a value: "off", "deny"
  std::span<const std::string_view> choices = {};
  Type item = Type::name;                 // of Type::words
  std::span<const Setting> members = {};  // of a section, or of each of several
  // A section that is one rule: whoever writes it does not inherit the rest of it.
  bool whole = false;
  // What has to be built before this setting means anything; "" = it does.
  std::string_view later = {};
};

// The settings of the whole file.
std::span<const Setting> settings();

// One of `members`; null when there is none of that name.
const Setting* find(std::span<const Setting> members, std::string_view name);

// By its path in the reference, "tenants[].request.max_tokens"; null when there is none.
const Setting* find_setting(std::string_view path);

// docs/policy-reference.md.
std::string settings_markdown();

}  // namespace gh::policy
