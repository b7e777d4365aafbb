#pragma once
// One template through `examine_template`, and what was said of it.

#include <set>
#include <string>
#include <string_view>

#include "jinja/template.h"

namespace gh::jinja {

// Ids of the rules that found something, in order, joined by a space.
inline std::string found(std::string_view text) {
  findings::Examination examination(0);
  examine_template(text, examination);
  std::set<std::string_view> ids;
  for (const findings::Finding& finding : examination.findings()) ids.insert(finding.rule->id);
  std::string out;
  for (const std::string_view id : ids) out += (out.empty() ? "" : " ") + std::string(id);
  return out;
}

struct Case {
  std::string_view text;
  std::string_view ids;
};

}  // namespace gh::jinja
