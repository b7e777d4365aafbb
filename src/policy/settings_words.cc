#include "policy/settings_words.h"

#include <fmt/format.h>

#include "policy/value.h"

namespace gh::policy {

bool is_section(const Setting& setting) {
  return !setting.members.empty();
}

std::string form_text(const Setting& setting) {
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

std::string default_text(const Setting& setting) {
  if (setting.fallback.empty()) return "none";
  if (is_literal_default(setting)) return std::string(setting.fallback);
  return std::string(setting.fallback.substr(1, setting.fallback.size() - 2));
}

bool is_literal_default(const Setting& setting) {
  return !setting.fallback.empty() && !setting.fallback.starts_with('(');
}

}  // namespace gh::policy
