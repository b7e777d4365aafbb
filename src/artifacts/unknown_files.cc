#include "artifacts/unknown_files.h"

#include <fmt/format.h>

#include <algorithm>

#include "artifacts/kind_rules.h"
#include "artifacts/onnx_rules.h"
#include "base/text.h"

namespace gh::artifacts {

namespace {

using findings::Finding;

constexpr std::size_t kShownPath = 4096;  // bytes

// What is written of the model at `index` of its folder, whose data this is.
Finding data_of(const FolderState& folder, std::size_t index) {
  Finding finding;
  finding.rule = &kOnnxData;
  finding.message = fmt::format("of {}", escape(folder.facts.files[index].path, kShownPath));
  return finding;
}

}  // namespace

bool UnknownFiles::keep(Slot& slot) {
  const bool is_unknown =
      !slot.places.empty() && std::ranges::any_of(slot.report.findings, [](const Finding& f) {
        return f.rule == &kUnknownKind && f.member.empty();
      });
  if (is_unknown) waiting_[slot.places.front().folder.get()].push_back(&slot);
  return is_unknown;
}

std::vector<Slot*> UnknownFiles::take(const FolderState& folder) {
  auto of_folder = waiting_.extract(&folder);
  if (of_folder.empty()) return {};
  for (Slot* slot : of_folder.mapped()) {
    const std::string& name = folder.facts.files[slot->places.front().index].path;
    const auto model = folder.tensors.model_of(name, slot->report.bytes);
    if (!model) continue;
    std::erase_if(slot->report.findings,
                  [](const Finding& finding) { return finding.rule == &kUnknownKind; });
    slot->report.kind = "ONNX tensor data";
    slot->report.findings.push_back(data_of(folder, *model));
  }
  return std::move(of_folder.mapped());
}

}  // namespace gh::artifacts
