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
  // In whichever folder, as another reader may take another.
  return std::ranges::any_of(archive.members(), [](const archive::ZipMember& member) {
    const std::string_view name = last_of(member.name);
    return equals_ignoring_case(name, "archive_format") || equals_ignoring_case(name, kGraph);
  });
}

std::string_view folder_of_export(const archive::ZipArchive& archive) {
  if (archive.members().empty()) return "";
  const std::string_view first = archive.members().front().name;
  return first.substr(0, first.find('/') + 1);
}

bool is_graph_of_export(std::string_view member, std::string_view folder) {
  if (equals_ignoring_case(member, kGraph)) return true;
  if (folder.empty() || !member.starts_with(folder)) return false;
  const std::string_view record = member.substr(folder.size());
  return record.starts_with("models/") && ends_with_ignoring_case(record, ".json");
}

}  // namespace gh::artifacts
