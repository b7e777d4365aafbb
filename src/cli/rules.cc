#include "cli/rules.h"

#include <fmt/format.h>

#include "artifacts/catalogue.h"
#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "findings/catalogue.h"
#include "signing/rules.h"

namespace gh::cli {
namespace {

std::string list_text(const findings::Catalogue& catalogue) {
  std::vector<std::vector<std::string>> rows;
  for (const findings::Rule* rule : catalogue.rules()) {
    rows.push_back({std::string(rule->id), std::string(findings::name(rule->severity)),
                    std::string(findings::name(rule->effect)), std::string(rule->title)});
  }
  return table(rows);
}

}  // namespace

findings::Catalogue all_rules() {
  const findings::Catalogue scan = artifacts::catalogue();
  return {scan.rules(), signing::rules()};
}

int run(const RulesList& command) {
  const findings::Catalogue catalogue = all_rules();
  if (command.format == "json") return print(kFine, findings::rules_json(catalogue));
  if (command.format == "markdown") return print(kFine, findings::rules_markdown(catalogue));
  return print(kFine, list_text(catalogue));
}

int run(const Explain& command) {
  const findings::Catalogue catalogue = all_rules();
  if (const findings::Rule* rule = catalogue.find_loosely(command.id); rule != nullptr) {
    return print(kFine, findings::rule_text(*rule));
  }
  const auto close = catalogue.closest(command.id);
  return complain(kFindings, fmt::format("there is no rule `{}`{}; `gatehouse rules list` has all",
                                         escape(command.id, 64),
                                         close ? fmt::format("; did you mean {}?", *close) : ""));
}

}  // namespace gh::cli
