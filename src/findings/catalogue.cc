#include "findings/catalogue.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "json/json.h"

namespace gh::findings {

namespace {

// "stf-8" → "STF-008"; anything that is not letters, "-" and digits stays.
std::string canonical(std::string_view id) {
  const std::size_t dash = id.find('-');
  if (dash == std::string_view::npos) return std::string(id);
  std::string out;
  for (const char c : id.substr(0, dash))
    out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  const std::string_view number = id.substr(dash + 1);
  return out + "-" + std::string(3 - std::min<std::size_t>(3, number.size()), '0') +
         std::string(number);
}

std::string_view sentence_of(const Rule& rule) {
  const bool decided = rule.effect == Effect::finding || rule.effect == Effect::unexamined;
  if (rule.id.starts_with("SIG-")) {
    return decided ? "`verify` refuses a model with it, whatever its severity: exit code 1."
                   : "`verify` cannot decide about a model with it: exit code 2.";
  }
  switch (rule.effect) {
    case Effect::finding:
      return "A file with it has the verdict `findings` when the severity reaches `--fail-on`, "
             "and is clean with a note otherwise.";
    case Effect::unexamined:
      return "A file with it has the verdict `findings` when the severity reaches `--fail-on`, "
             "and is `inconclusive` otherwise, or where it is accepted: not all of it was "
             "examined.";
    case Effect::inconclusive:
      return "A file with it cannot be clean: its verdict is `inconclusive`, whatever "
             "`--fail-on` says.";
    case Effect::unsupported:
      break;
  }
  return "A file with it cannot be clean: its verdict is `unsupported`. It passes as that where "
         "`--allow-unsupported` names it.";
}

}  // namespace

std::string_view name(Effect effect) {
  switch (effect) {
    case Effect::finding:
      return "finding";
    case Effect::unexamined:
      return "unexamined";
    case Effect::inconclusive:
      return "inconclusive";
    case Effect::unsupported:
      break;
  }
  return "unsupported";
}

Catalogue::Catalogue(std::initializer_list<std::span<const Rule* const>> folders) {
  for (const auto& folder : folders) rules_.insert(rules_.end(), folder.begin(), folder.end());
  std::ranges::sort(rules_, {}, &Rule::id);
}

const Rule* Catalogue::find(std::string_view id) const {
  const auto at = std::ranges::lower_bound(rules_, id, {}, &Rule::id);
  return at != rules_.end() && (*at)->id == id ? *at : nullptr;
}

const Rule* Catalogue::find_loosely(std::string_view id) const {
  return find(canonical(id));
}

std::optional<std::string_view> Catalogue::closest(std::string_view id) const {
  std::vector<std::string_view> ids;
  for (const Rule* rule : rules_) ids.push_back(rule->id);
  return did_you_mean(canonical(id), ids);
}

std::string rule_text(const Rule& rule) {
  return fmt::format(
      "{}  {}, {}, {} confidence\n\n  {}\n\nWhy it matters\n  {}\n\nWhat to do\n  {}\n\nVerdict\n  "
      "{}\n",
      rule.id, name(rule.severity), name(rule.effect), name(rule.confidence), rule.title, rule.why,
      rule.fix, sentence_of(rule));
}

std::string rules_json(const Catalogue& catalogue) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  out.member("version", std::int64_t{1});
  out.key("rules").begin_array();
  for (const Rule* rule : catalogue.rules()) {
    out.begin_object();
    out.member("id", rule->id);
    out.member("severity", name(rule->severity));
    out.member("confidence", name(rule->confidence));
    out.member("effect", name(rule->effect));
    out.member("title", rule->title);
    out.member("why", rule->why);
    out.member("fix", rule->fix);
    out.key("references").begin_array();
    for (const std::string_view id : references(*rule)) out.string(id);
    out.end_array();
    out.end_object();
  }
  out.end_array();
  out.end_object();
  return text + "\n";
}

}  // namespace gh::findings
