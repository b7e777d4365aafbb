#include "policy/settings_text.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "policy/settings.h"
#include "policy/settings_words.h"

namespace gh::policy {
namespace {

// "count, 1 – 128, default 1"
std::string facts(const Setting& setting) {
  std::string text = form_text(setting);
  if (const std::string range = range_text(setting); !range.empty()) text += ", " + range;
  if (setting.required) return text + ", required";
  return is_section(setting) ? text : fmt::format("{}, default {}", text, default_text(setting));
}

void write(std::string& out, const Setting& setting, std::size_t depth) {
  const std::string indent(2 * depth, ' ');
  if (!setting.later.empty()) {
    out += fmt::format("{}{}: not supported yet: {}\n", indent, setting.name, setting.later);
    return;
  }
  out += fmt::format("{}{}: {}\n{}    {}\n", indent, setting.name, facts(setting), indent,
                     setting.help);
  for (const Setting& member : setting.members) write(out, member, depth + 1);
}

std::vector<std::string_view> names(std::span<const Setting> members) {
  std::vector<std::string_view> names;
  for (const Setting& member : members) names.push_back(member.name);
  return names;
}

std::unexpected<Error> unknown(std::string_view word, std::span<const Setting> members) {
  const std::string name = escape(word, 64);
  if (members.empty()) return fail("`{}`: there is nothing below that setting", name);
  const auto close = did_you_mean(word, names(members));
  if (close) return fail("no setting `{}`; did you mean `{}`?", name, *close);
  return fail("no setting `{}`; there is {}", name, fmt::join(names(members), ", "));
}

Result<const Setting*> find_below(std::span<const Setting> members, std::string_view path) {
  const std::size_t dot = path.find('.');
  std::string_view word = path.substr(0, dot);
  if (word.ends_with("[]")) word.remove_suffix(2);
  const Setting* const found = find(members, word);
  if (found == nullptr) return unknown(word, members);
  return dot == path.npos ? found : find_below(found->members, path.substr(dot + 1));
}

}  // namespace

std::string settings_overview() {
  std::size_t width = 0;
  for (const Setting& setting : settings()) width = std::max(width, setting.name.size());
  std::string out;
  for (const Setting& setting : settings()) {
    if (!setting.later.empty()) continue;
    out += fmt::format("  {:<{}}  {}\n", setting.name, width, setting.help);
  }
  return out;
}

Result<std::string> setting_text(std::string_view path) {
  const auto setting = find_below(settings(), path);
  if (!setting) return std::unexpected(setting.error());
  std::string out;
  write(out, **setting, 0);
  return out;
}

}  // namespace gh::policy
