// The reference page, from the table.

#include <fmt/format.h>

#include <iterator>
#include <map>
#include <string>

#include "policy/settings.h"
#include "policy/value.h"

namespace gh::policy {
namespace {

constexpr std::string_view kPreface = R"(# Policy reference

Made from the table that the validator uses; `gatehouse policy reference` prints it.

One YAML file. Unknown keys, duplicate keys, anchors, aliases, tags, several documents and tabs as
indentation are errors, each with file, line and column. Relative paths start at the folder of the
policy file; those of `include` at the file that names them. Secrets are never written in it:
`{ file: PATH }`, `{ credential: NAME }` for a systemd credential, or `{ env: NAME }`. Such a file is
closed to others, and to its group but for reading, which root or the gateway's user must have allowed
by owning it: modes 0600, 0400, 0640 and 0440.

- **counts**: `20`, `100k`, `5M`, `1G` (decimal)
- **sizes**: `512`, `8KiB`, `1MiB`, `2GiB` (binary), `64kB`, `1MB`, `1GB` (decimal)
- **durations**: `500ms`, `30s`, `5m`, `12h`, `90d`
- **rates**: `3/s`, `20/min`, `500/h`, `5M/day`, at most `1M/s`

A tenant starts from `defaults` and states what differs. A rate is one rule: a tenant that writes
`requests` inherits nothing of the one in `defaults`.
)";

bool is_section(const Setting& setting) {
  return !setting.members.empty();
}

std::string default_text(const Setting& setting) {
  if (setting.required) return "required";
  if (is_section(setting)) return {};
  if (setting.fallback.empty()) return "none";
  if (setting.fallback.starts_with('(')) {
    return std::string(setting.fallback.substr(1, setting.fallback.size() - 2));
  }
  return fmt::format("`{}`", setting.fallback);
}

// The forms of quantities stand in the preface.
std::string form(const Setting& setting) {
  const std::string or_word = setting.word.empty() ? "" : fmt::format(" or `{}`", setting.word);
  switch (setting.type) {
    case Type::section:
      return "section";
    case Type::sections:
      return "list of sections";
    case Type::words:
      return "list; each " + accepted(setting, setting.item);
    case Type::count:
      return "count" + or_word;
    case Type::bytes:
      return "size";
    case Type::duration:
      return "duration" + or_word;
    case Type::rate:
      return "rate";
    default:
      return accepted(setting, setting.type);
  }
}

std::string range_text(const Setting& setting) {
  if (setting.least == setting.most) return std::string(setting.least);
  return fmt::format("{} – {}", setting.least, setting.most);
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
      out_ += fmt::format("| `{}` | {} | {} | {} | {} |\n", setting.name, form(setting),
                          range_text(setting), default_text(setting), setting.help);
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
