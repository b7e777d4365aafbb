// The reference page, from the table.

#include <fmt/format.h>

#include <iterator>
#include <map>
#include <string>

#include "policy/settings.h"
#include "policy/settings_words.h"

namespace gh::policy {
namespace {

constexpr std::string_view kPreface = R"(# Policy reference

Made from the table that the validator uses; `gatehouse policy reference` prints it.

One YAML file. Unknown keys, duplicate keys, anchors, aliases, tags, several documents and tabs as
indentation are errors, each with file, line and column. Relative paths, those of `unix:` too, start at
the folder of the policy file; those of `include` at the file that names them. `localhost` as an address
to listen on is 127.0.0.1; any other name is an error, for what it means may change. Secrets are never written in it:
`{ file: PATH }`, `{ credential: NAME }` for a systemd credential, or `{ env: NAME }`. Such a file is
closed to others, and to its group but for reading, which root or the gateway's user must have allowed
by owning it: modes 0600, 0400, 0640 and 0440. A secret that is known to everybody or waits to be
replaced (`changeme`, `<your-key>`, `EMPTY`, `sk-1234`), repeats a short piece or has fewer than 8
characters is refused, and so is a short one of the state's own; an upstream's key with fewer than 16
is noted. `openssl rand -hex 32` makes one.

- **counts**: `20`, `100k`, `5M`, `1G` (decimal)
- **sizes**: `512`, `8KiB`, `1MiB`, `2GiB` (binary), `64kB`, `1MB`, `1GB` (decimal)
- **durations**: `500ms`, `30s`, `5m`, `12h`, `90d`
- **rates**: `3/s`, `20/min`, `500/h`, `5M/day`, at most `1M/s`

A tenant starts from `defaults` and states what differs. A rate is one rule: a tenant that writes
`requests` inherits nothing of the one in `defaults`.

A rule that can match nothing is an error, with what to do about it: a tenant's cap on tools where the
tenant has none, a limit per address where there are no addresses. A value that is only superfluous gives a
note: `tool_bytes` above `max_body`, a prompt above every context, a key's limit that the tenant's is as
tight as (the tenant's can be tightened at any time). One in `defaults` is judged by all the tenants that
inherit it, and noted when it decides for none. Models and upstreams that nobody uses yet give a note, too.
)";

std::string markdown_default(const Setting& setting) {
  if (setting.required) return "required";
  if (is_section(setting)) return {};
  const std::string text = default_text(setting);
  return is_literal_default(setting) ? fmt::format("`{}`", text) : text;
}

class Page {
 public:
  std::string write() && {
    out_ += kPreface;
    section("", settings());
    return std::move(out_);
  }

 private:
  void section(const std::string& path, std::span<const Setting> members) {
    out_ += fmt::format("\n## {}\n\n", path.empty() ? "Top level" : fmt::format("`{}`", path));
    if (const auto [first, is_new] = printed_.emplace(members.data(), path); !is_new) {
      out_ += fmt::format("As `{}`.\n", first->second);
      return;
    }
    out_ += "| setting | form | range | default | |\n|---|---|---|---|---|\n";
    for (const Setting& setting : members) row(setting);
    for (const Setting& setting : members) {
      if (!is_section(setting)) continue;
      section(fmt::format("{}{}{}{}", path, path.empty() ? "" : ".", setting.name,
                          setting.type == Type::sections ? "[]" : ""),
              setting.members);
    }
  }

  void row(const Setting& setting) {
    if (!setting.later.empty()) {
      out_ += fmt::format("| `{}` | | | | Not supported yet: {}. |\n", setting.name, setting.later);
    } else {
      out_ += fmt::format("| `{}` | {} | {} | {} | {} |\n", setting.name, form_text(setting),
                          range_text(setting), markdown_default(setting), setting.help);
    }
  }

  std::string out_;
  std::map<const Setting*, std::string> printed_;
};

}  // namespace

std::string settings_markdown() {
  return Page().write();
}

}  // namespace gh::policy
