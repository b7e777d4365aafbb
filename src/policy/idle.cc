#include "policy/idle.h"

#include <fmt/format.h>

namespace gh::policy {

void IdleValues::judge(const Section& section, std::string_view name, std::string_view reason) {
  if (!section.has(name)) return;
  Judgement& judgement = values_[section.at(name)];
  judgement.decides |= reason.empty();
  if (judgement.message.empty()) {
    judgement.message = fmt::format("`{}` can never apply: {}", name, reason);
  }
}

void IdleValues::tell(Report& report) const {
  for (const auto& [at, judgement] : values_) {
    if (!judgement.decides) report.problem(at, "{}", judgement.message);
  }
}

}  // namespace gh::policy
