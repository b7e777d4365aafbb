#include "artifacts/clean_answers.h"

#include "artifacts/folders.h"

namespace gh::artifacts {

bool same_content(const Node& before, const Node& after) {
  return before.bytes == after.bytes && before.changed.tv_sec == after.changed.tv_sec &&
         before.changed.tv_nsec == after.changed.tv_nsec;
}

void CleanAnswers::keep(const Node& node, const std::string& name, const Answer& answer) {
  if (kept_.size() >= kMost || !answer.findings.empty() || bytes_of(answer.facts) > kMaxFacts) {
    return;
  }
  kept_.insert_or_assign(NamedNode{node, name}, Kept{.node = node, .answer = answer});
}

const Answer* CleanAnswers::find(const Node& node, const std::string& name) const {
  const auto kept = kept_.find({node, name});
  if (kept == kept_.end() || !same_content(kept->second.node, node)) return nullptr;
  return &kept->second.answer;
}

}  // namespace gh::artifacts
