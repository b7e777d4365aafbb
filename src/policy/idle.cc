#include "policy/idle.h"

#include <fmt/format.h>

namespace gh::policy {

void IdleValues::judge(const Section& section, std::string_view name, std::string_view useless,
                       std::string_view superfluous) {
  if (!section.has(name)) return;
  Judgement& judgement = values_[section.at(name)];
  judgement.decides |= useless.empty() && superfluous.empty();
  judgement.mistake |= !useless.empty() && section.written(name);
  if (judgement.message.empty()) {
    judgement.message =
        fmt::format("`{}` can never apply: {}", name, useless.empty() ? superfluous : useless);
  }
}

void IdleValues::judge_as_told(const Section& section, std::string_view name, std::string message) {
  if (!section.has(name)) return;
  Judgement& judgement = values_[section.at(name)];
  judgement.decides |= message.empty();
  if (judgement.message.empty()) judgement.message = std::move(message);
}

void IdleValues::tell(Report& report) const {
  for (const auto& [at, judgement] : values_) {
    if (judgement.decides) continue;
    if (judgement.mistake) {
      report.problem(at, "{}", judgement.message);
    } else {
      report.note(at, "{}", judgement.message);
    }
  }
}

}  // namespace gh::policy
