// gh-link: gh_archive
// Whatever the bytes are: members that are listed can be found and read, within the budget, and
// reading a second time gives the same bytes.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "archive/zip.h"
#include "base/check.h"

namespace {

constexpr std::uint64_t kWork = 4 << 20;

std::string read(gh::source::Source& source) {
  std::string bytes(64 * 1024, '\0');
  bytes.resize(source.read_at(0, bytes));
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gh::source::MemorySource source({reinterpret_cast<const char*>(data), size});
  gh::findings::Examination examination(kWork);
  const auto archive = gh::archive::ZipArchive::open(source, examination);
  GH_CHECK(archive || !examination.findings().empty());
  (void)gh::archive::ends_as_zip(source);
  if (!archive) return 0;
  for (const gh::archive::ZipMember& member : archive->members()) {
    GH_CHECK(archive->find(member.name) != nullptr);
    const auto bytes = archive->member(member, examination);
    GH_CHECK(member.readable || bytes == nullptr);
    if (!bytes) continue;
    const std::string first = read(*bytes);
    GH_CHECK(bytes->error() || read(*bytes) == first);
    GH_CHECK(member.method == 0 || first.size() <= member.size + 1);
    const gh::findings::Examination::Member scope(examination, member.name);
    archive->check_content(member, *bytes, examination);
  }
  GH_CHECK(examination.work() <= kWork);
  return 0;
}
