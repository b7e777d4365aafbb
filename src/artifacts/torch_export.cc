#include "artifacts/torch_export.h"

#include <algorithm>

#include "base/text.h"

namespace gh::artifacts {

namespace {

constexpr std::string_view kGraph = "serialized_exported_program.json";

std::string_view last_of(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

bool is_torch_export(const archive::ZipArchive& archive) {
  // Whichever folder: PyTorch takes that of the first entry.
  return std::ranges::any_of(archive.members(), [](const archive::ZipMember& member) {
    const std::string_view name = last_of(member.name);
    return equals_ignoring_case(name, "archive_format") || equals_ignoring_case(name, kGraph);
  });
}

bool is_graph_of_export(std::string_view member) {
  const std::string_view record = member.substr(member.find('/') + 1);
  return equals_ignoring_case(member, kGraph) ||
         (record.starts_with("models/") && ends_with_ignoring_case(record, ".json"));
}

}  // namespace gh::artifacts
