#pragma once
// All rules that a program can apply, by id. Immutable after construction; any thread.

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "findings/finding.h"

namespace gh::findings {

class Catalogue {
 public:
  // Sorted by id. The rules are constants and outlive it.
  Catalogue(std::initializer_list<std::span<const Rule* const>> folders);

  std::span<const Rule* const> rules() const { return rules_; }
  const Rule* find(std::string_view id) const;
  // Ids as people write them: "stf-8" is STF-008.
  const Rule* find_loosely(std::string_view id) const;
  // The closest id, for "did you mean".
  std::optional<std::string_view> closest(std::string_view id) const;

 private:
  std::vector<const Rule*> rules_;
};

// docs/rules.md, whole.
std::string rules_markdown(const Catalogue& catalogue);
// What `explain` says of one rule.
std::string rule_text(const Rule& rule);
// What `rules list --format json` says.
std::string rules_json(const Catalogue& catalogue);

// "finding", "inconclusive", "unsupported".
std::string_view name(Effect effect);

}  // namespace gh::findings
