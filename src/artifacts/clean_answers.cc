#include "artifacts/clean_answers.h"

#include "artifacts/folders.h"

namespace gh::artifacts {

void CleanAnswers::keep(const NamedFileState& file, const Answer& answer) {
  if (kept_.size() >= kMost || !answer.findings.empty() || bytes_of(answer.facts) > kMaxFacts) {
    return;
  }
  kept_.insert_or_assign(file, answer);
}

const Answer* CleanAnswers::find(const NamedFileState& file) const {
  const auto kept = kept_.find(file);
  return kept == kept_.end() ? nullptr : &kept->second;
}

}  // namespace gh::artifacts
