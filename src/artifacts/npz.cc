#include "artifacts/npz.h"

#include <algorithm>
#include <string_view>

#include "artifacts/container.h"

namespace gh::artifacts {

bool is_npz(const archive::ZipArchive& archive) {
  return !archive.members().empty() &&
         std::ranges::all_of(archive.members(), [](const archive::ZipMember& member) {
           return std::string_view(member.name).ends_with(".npy");
         });
}

void examine_npz(const archive::ZipArchive& archive, Context& context) {
  context.examination.set_kind("NumPy npz archive");
  for (const archive::ZipMember& member : archive.members())
    if (!member.directory) examine_zip_member(archive, member, context);
}

}  // namespace gh::artifacts
